/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Secret bytes. Each secret has pages of its own, because locking and "leave out of core dumps"
 * work on whole pages, and unlocking one secret must not unlock its neighbour. Any thread. */
#include "config.h"

#include "mx-secret.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

struct _MxSecret
{
  gatomicrefcount refs;
  guint8 *data; /* NUL-terminated beyond size */
  gsize size;
};

G_DEFINE_BOXED_TYPE (MxSecret, mx_secret, mx_secret_ref, mx_secret_unref)

void
mx_secret_guard_process (gboolean traceable)
{
  const struct rlimit none = { 0, 0 };

  if (setrlimit (RLIMIT_CORE, &none) != 0)
    g_message ("Core dumps cannot be turned off: %s", g_strerror (errno));
#ifndef __SANITIZE_ADDRESS__ /* its search for leaks traces the process */
  if (!traceable && prctl (PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
    g_message ("The process stays traceable: %s", g_strerror (errno));
#endif
}

static gsize
round_to_pages (gsize size)
{
  const gsize page = (gsize) sysconf (_SC_PAGESIZE);

  g_assert (size < G_MAXSSIZE - page);

  return (MAX (size, 1) + page - 1) / page * page;
}

/* Single pages that were given back, wiped and still locked: making one takes the kernel longer
 * than what most of them are made for. */
#define MAX_SPARE 32

static GMutex spare_lock;
static gpointer spare_pages[MAX_SPARE];
static unsigned spare_count;

static gpointer
take_spare (gsize mapped)
{
  gpointer page = NULL;

  if (mapped != (gsize) sysconf (_SC_PAGESIZE))
    return NULL;
  g_mutex_lock (&spare_lock);
  if (spare_count > 0)
    page = spare_pages[--spare_count];
  g_mutex_unlock (&spare_lock);

  return page;
}

static gboolean
keep_spare (gpointer page, gsize mapped)
{
  gboolean kept = FALSE;

  if (mapped != (gsize) sysconf (_SC_PAGESIZE))
    return FALSE;
  g_mutex_lock (&spare_lock);
  kept = spare_count < MAX_SPARE;
  if (kept)
    spare_pages[spare_count++] = page;
  g_mutex_unlock (&spare_lock);

  return kept;
}

gpointer
mx_locked_alloc (gsize size)
{
  const gsize mapped = round_to_pages (size);
  gpointer data = take_spare (mapped);

  if (data != NULL)
    return data;
  data = mmap (NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  if (data == MAP_FAILED)
    g_error ("No memory for a secret: %s", g_strerror (errno));

  /* Best effort: the limit on locked memory is small on some systems, and a sandbox may forbid it.
   */
  (void) mlock (data, mapped);
  (void) madvise (data, mapped, MADV_DONTDUMP);

  return data;
}

void
mx_locked_free (gpointer data, gsize size)
{
  if (data == NULL)
    return;

  mx_wipe (data, round_to_pages (size));
  if (!keep_spare (data, round_to_pages (size)))
    munmap (data, round_to_pages (size));
}

static MxSecret *
secret_alloc (gsize size)
{
  MxSecret *self = g_new0 (MxSecret, 1);

  g_atomic_ref_count_init (&self->refs);
  self->size = size;
  self->data = mx_locked_alloc (size + 1);

  return self;
}

static MxSecret *
secret_seal (MxSecret *self)
{
  (void) mprotect (self->data, round_to_pages (self->size + 1), PROT_READ);

  return self;
}

MxSecret *
mx_secret_new (gconstpointer data, gsize size)
{
  MxSecret *self = secret_alloc (size);

  if (size > 0)
    memcpy (self->data, data, size);

  return secret_seal (self);
}

MxSecret *
mx_secret_new_text (const char *text)
{
  g_return_val_if_fail (text != NULL, NULL);

  return mx_secret_new (text, strlen (text));
}

MxSecret *
mx_secret_new_random (gsize size)
{
  MxSecret *self = secret_alloc (size);

  mx_random (self->data, size);

  return secret_seal (self);
}

MxSecret *
mx_secret_ref (MxSecret *self)
{
  g_atomic_ref_count_inc (&self->refs);

  return self;
}

void
mx_secret_unref (MxSecret *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;

  /* The kernel has a limit on mappings, and changing one may need another: then it stays, and is
   * lost. */
  if (mprotect (self->data, round_to_pages (self->size + 1), PROT_READ | PROT_WRITE) == 0)
    mx_locked_free (self->data, self->size + 1);
  g_free (self);
}

const guint8 *
mx_secret_get_data (MxSecret *self, gsize *size)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (size != NULL)
    *size = self->size;

  return self->data;
}

const char *
mx_secret_get_text (MxSecret *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char *) self->data;
}

gboolean
mx_secret_equal (MxSecret *a, MxSecret *b)
{
  volatile guint8 difference = 0;

  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  if (a->size != b->size)
    return FALSE;

  for (gsize i = 0; i < a->size; i++)
    difference |= a->data[i] ^ b->data[i];

  return difference == 0;
}

void
mx_wipe (gpointer data, gsize size)
{
  if (data != NULL)
    explicit_bzero (data, size);
}

void
mx_random (gpointer data, gsize size)
{
  guint8 *bytes = data;

  for (gsize done = 0; done < size;)
    {
      gsize part = MIN (size - done, 256); /* what one call may ask for */

      if (getentropy (bytes + done, part) != 0)
        g_error ("The system has no random numbers: %s", g_strerror (errno));
      done += part;
    }
}

void
mx_wipe_free (char *text)
{
  if (text != NULL)
    mx_wipe (text, strlen (text));
  g_free (text);
}
