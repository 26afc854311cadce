/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Preloaded into the program under test (killing.py): it is killed at the $CHAPPE_KILL_STEP-th time
 * that it changes a file below $CHAPPE_KILL_FOLDER, or has it written to the disk. "7" is before
 * the seventh, "7t" in the middle of it: of a write, the first half is done. Those are the moments
 * around each commit. */

/* So that each function is the symbol of its own name. */
#undef _FILE_OFFSET_BITS
#include <dlfcn.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REAL(name) ((__typeof__ (&(name))) dlsym (RTLD_NEXT, #name))

static atomic_long steps;

static bool
is_below (const char *path)
{
  const char *folder = getenv ("CHAPPE_KILL_FOLDER");

  return folder != NULL && strncmp (path, folder, strlen (folder)) == 0;
}

static bool
is_ours (int fd)
{
  char name[40];
  char path[PATH_MAX];
  ssize_t size;

  snprintf (name, sizeof name, "/proc/self/fd/%d", fd);
  size = readlink (name, path, sizeof path - 1);
  if (size < 0)
    return false;
  path[size] = '\0';

  return is_below (path);
}

static void
die (void)
{
  kill (getpid (), SIGKILL);
  pause ();
}

/* Counts; true: this is the step to be torn. */
static bool
step (void)
{
  const char *wanted = getenv ("CHAPPE_KILL_STEP");
  char *rest = NULL;

  if (wanted == NULL || atomic_fetch_add (&steps, 1) + 1 != strtol (wanted, &rest, 10))
    return false;
  if (*rest != 't')
    die ();

  return true;
}

ssize_t
write (int fd, const void *data, size_t size)
{
  bool torn = is_ours (fd) && step ();
  ssize_t result = REAL (write) (fd, data, torn ? size / 2 : size);

  if (torn)
    die ();

  return result;
}

ssize_t
pwrite64 (int fd, const void *data, size_t size, off64_t offset)
{
  bool torn = is_ours (fd) && step ();
  ssize_t result = REAL (pwrite64) (fd, data, torn ? size / 2 : size, offset);

  if (torn)
    die ();

  return result;
}

int
fsync (int fd)
{
  if (is_ours (fd) && step ())
    die ();

  return REAL (fsync) (fd);
}

int
fdatasync (int fd)
{
  if (is_ours (fd) && step ())
    die ();

  return REAL (fdatasync) (fd);
}

int
ftruncate64 (int fd, off64_t size)
{
  if (is_ours (fd) && step ())
    die ();

  return REAL (ftruncate64) (fd, size);
}

int
rename (const char *from, const char *to)
{
  if (is_below (to) && step ())
    die ();

  return REAL (rename) (from, to);
}

int
unlink (const char *path)
{
  if (is_below (path) && step ())
    die ();

  return REAL (unlink) (path);
}
