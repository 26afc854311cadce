/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-store-damage.h. */
#include "config.h"

#include "mx-store-damage.h"

#include "mx-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define COPY "store.db"

static char *
beside (const char *path, const char *name)
{
  g_autofree char *folder = g_path_get_dirname (path);

  return g_build_filename (folder, name, NULL);
}

static gboolean
fail (int code, GError **error)
{
  g_set_error (error,
               MX_STORE_ERROR,
               code == ENOSPC ? MX_STORE_ERROR_FULL : MX_STORE_ERROR_FAILED,
               "The store's files cannot be moved: %s",
               g_strerror (code));
  return FALSE;
}

static gboolean
write_note (const char *file, const char *text, GError **error)
{
  g_autoptr (GError) failure = NULL;

  if (g_file_set_contents_full (file,
                                text,
                                -1,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                0600,
                                &failure))
    return TRUE;
  return fail (g_error_matches (failure, G_FILE_ERROR, G_FILE_ERROR_NOSPC) ? ENOSPC : EIO, error);
}

void
mx_damage_note (const char *path)
{
  g_autofree char *file = beside (path, "store.damaged");

  /* Where even that fails, the damage is met again. */
  if (!g_file_test (file, G_FILE_TEST_EXISTS))
    write_note (file, "", NULL);
}

gboolean
mx_damage_is_noted (const char *path)
{
  g_autofree char *file = beside (path, "store.damaged");

  return g_file_test (file, G_FILE_TEST_EXISTS);
}

char *
mx_salvage_folder (const char *path)
{
  return beside (path, "salvage");
}

void
mx_salvage_clean (const char *path)
{
  g_autofree char *folder = mx_salvage_folder (path);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name = NULL;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (folder, name, NULL);

      g_unlink (file);
    }
  g_rmdir (folder);
}

/* What is renamed must be on the disk first, and the names after. */
static gboolean
sync_to_disk (const char *file, int flags, GError **error)
{
  int fd = open (file, flags | O_CLOEXEC);
  gboolean synced = fd >= 0 && fsync (fd) == 0;
  int code = errno;

  if (fd >= 0)
    close (fd);
  return synced || fail (code, error);
}

/* Missing already: an earlier run came so far. */
static gboolean
move (const char *from, const char *to, GError **error)
{
  if (g_rename (from, to) == 0 || errno == ENOENT)
    return TRUE;
  return fail (errno, error);
}

static gboolean
move_with_log (const char *path, const char *aside, GError **error)
{
  g_autofree char *wal = g_strconcat (path, "-wal", NULL);
  g_autofree char *shm = g_strconcat (path, "-shm", NULL);
  g_autofree char *aside_wal = g_strconcat (aside, "-wal", NULL);

  /* The log first: beside the new file it would be applied to that. */
  if (!move (wal, aside_wal, error))
    return FALSE;
  g_unlink (shm);
  return move (path, aside, error);
}

gboolean
mx_salvage_finish_swap (const char *path, GError **error)
{
  g_autofree char *note = beside (path, "store.swap");
  g_autofree char *damaged = beside (path, "store.damaged");
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *copies = mx_salvage_folder (path);
  g_autofree char *copy = g_build_filename (copies, COPY, NULL);
  g_autofree char *name = NULL;
  g_autofree char *aside = NULL;

  if (!g_file_get_contents (note, &name, NULL, NULL))
    return TRUE;
  aside = g_build_filename (folder, name, NULL);
  /* Without the copy, the store at path is the new one already. */
  if (g_file_test (copy, G_FILE_TEST_EXISTS) &&
      (!move_with_log (path, aside, error) || !sync_to_disk (folder, O_RDONLY, error) ||
       !move (copy, path, error)))
    return FALSE;
  if (!sync_to_disk (folder, O_RDONLY, error))
    return FALSE;
  g_unlink (damaged);
  g_unlink (note);
  mx_salvage_clean (path);
  return TRUE;
}

gboolean
mx_salvage_swap (const char *path, const char *aside, GError **error)
{
  g_autofree char *note = beside (path, "store.swap");
  g_autofree char *copies = mx_salvage_folder (path);
  g_autofree char *copy = g_build_filename (copies, COPY, NULL);

  return sync_to_disk (copy, O_RDWR, error) && sync_to_disk (copies, O_RDONLY, error) &&
         write_note (note, aside, error) && mx_salvage_finish_swap (path, error);
}
