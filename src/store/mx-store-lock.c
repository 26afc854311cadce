/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-store-lock.h. */
#include "config.h"

#include "mx-store-lock.h"

#include "mx-error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

int
mx_store_lock_take (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = g_build_filename (folder, "store.lock", NULL);
  int fd = open (name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

  if (fd < 0)
    {
      g_set_error (error,
                   MX_STORE_ERROR,
                   errno == ENOSPC ? MX_STORE_ERROR_FULL : MX_STORE_ERROR_FAILED,
                   "The lock file cannot be made: %s",
                   g_strerror (errno));
      return -1;
    }

  while (flock (fd, LOCK_EX | LOCK_NB) != 0)
    {
      if (errno == EINTR)
        continue;
      g_set_error (error,
                   MX_STORE_ERROR,
                   errno == EWOULDBLOCK ? MX_STORE_ERROR_BUSY : MX_STORE_ERROR_FAILED,
                   "The store cannot be locked: %s",
                   g_strerror (errno));
      close (fd);
      return -1;
    }
  return fd;
}

void
mx_store_lock_release (int fd)
{
  if (fd >= 0)
    close (fd);
}

void
mx_store_lock_write_salt (int fd, const guint8 *salt)
{
  guint8 known[MX_STORE_SALT_SIZE];

  if (pread (fd, known, sizeof known, 0) == sizeof known && memcmp (known, salt, sizeof known) == 0)
    return;
  if (pwrite (fd, salt, MX_STORE_SALT_SIZE, 0) != MX_STORE_SALT_SIZE || fdatasync (fd) != 0)
    g_debug ("The salt was not written down: %d", errno);
}

gboolean
mx_store_lock_read_salt (const char *path, guint8 *salt)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = g_build_filename (folder, "store.lock", NULL);
  int fd = open (name, O_RDONLY | O_CLOEXEC);
  gboolean found = fd >= 0 && pread (fd, salt, MX_STORE_SALT_SIZE, 0) == MX_STORE_SALT_SIZE;

  if (fd >= 0)
    close (fd);
  return found;
}
