/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-device-mark.h. The store has a generation that rises with each opening, the machine and
 * the number of its file; the generation is also in a file beside it. The file system of a home
 * that is mounted elsewhere, or kept for a new system, gives the same number: only a copy has both
 * another machine and another number. */
#include "config.h"

#include "mx-device-mark.h"

#include "mx-device-recovery.h"
#include "mx-error.h"
#include "mx-olm-machine.h"

#include <glib/gstdio.h>
#include <string.h>

#define MARK_FILE   "device.mark"
#define MACHINE_ID  "/etc/machine-id"
#define MAX_MACHINE 256

char *
mx_device_mark_read_machine (void)
{
  g_autofree char *id = NULL;
  g_autofree char *salted = NULL;
  gsize length = 0;

  if (!g_file_get_contents (MACHINE_ID, &id, &length, NULL) || length == 0 || length > MAX_MACHINE)
    return NULL;
  salted = g_strconcat ("chappe device ", g_strstrip (id), NULL);

  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, salted, -1);
}

static char *
mark_path (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);

  return g_build_filename (folder, MARK_FILE, NULL);
}

/* 0: there is none. */
static gint64
read_mark (const char *path)
{
  g_autofree char *name = mark_path (path);
  g_autofree char *text = NULL;

  return g_file_get_contents (name, &text, NULL, NULL) ? g_ascii_strtoll (text, NULL, 10) : 0;
}

static gboolean
write_mark (const char *path, const char *generation, GError **error)
{
  g_autofree char *name = mark_path (path);
  g_autoptr (GError) failure = NULL;

  if (g_file_set_contents_full (name,
                                generation,
                                -1,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                0600,
                                &failure))
    return TRUE;

  g_set_error_literal (error,
                       MX_STORE_ERROR,
                       g_error_matches (failure, G_FILE_ERROR, G_FILE_ERROR_NOSPC)
                         ? MX_STORE_ERROR_FULL
                         : MX_STORE_ERROR_FAILED,
                       "The device's mark cannot be written");
  return FALSE;
}

static const char RESTORED[] = "restored";

/* NULL: nothing is wrong. */
static const char *
find_fault (MxStore *store, const char *path, const char *machine, const char *number)
{
  g_autofree char *generation = mx_store_get_value (store, "device_generation");
  g_autofree char *last_machine = mx_store_get_value (store, "device_machine");
  g_autofree char *last_number = mx_store_get_value (store, "device_file");

  if (generation == NULL)
    return NULL;
  if (read_mark (path) > g_ascii_strtoll (generation, NULL, 10))
    return RESTORED;
  if (machine != NULL && last_machine != NULL && strcmp (machine, last_machine) != 0 &&
      g_strcmp0 (number, last_number) != 0)
    return "copied";

  return NULL;
}

/* What was put back on the machine where it was goes on with new ratchets; a copy on another one is
 * a second user of this device. */
static gboolean
note_fault (MxStore *store, const char *fault, GError **error)
{
  if (fault == RESTORED)
    return mx_device_recovery_go_back (store, g_get_real_time () / 1000, error);

  return mx_store_set_value (store, MX_VALUE_DEVICE_BROKEN, fault, error);
}

static gboolean
write_values (MxStore *store,
              const char *path,
              const char *machine,
              const char *number,
              char **generation,
              GError **error)
{
  const char *fault = find_fault (store, path, machine, number);
  g_autofree char *last = mx_store_get_value (store, "device_generation");
  gint64 next = MAX (last != NULL ? g_ascii_strtoll (last, NULL, 10) : 0, read_mark (path)) + 1;

  *generation = g_strdup_printf ("%" G_GINT64_FORMAT, next);

  return (fault == NULL || note_fault (store, fault, error)) &&
         mx_store_set_value (store, "device_generation", *generation, error) &&
         mx_store_set_value (store, "device_machine", machine, error) &&
         mx_store_set_value (store, "device_file", number, error);
}

gboolean
mx_device_mark_check (MxStore *store, const char *path, const char *machine, GError **error)
{
  g_autofree char *number = NULL;
  g_autofree char *generation = NULL;
  GStatBuf status;

  if (g_stat (path, &status) == 0)
    number = g_strdup_printf ("%" G_GUINT64_FORMAT, (guint64) status.st_ino);

  if (!mx_store_begin (store, error))
    return FALSE;
  if (!write_values (store, path, machine, number, &generation, error))
    {
      mx_store_rollback (store);
      return FALSE;
    }

  /* The store first: that it is ahead of the mark is no fault. */
  return mx_store_commit (store, error) && write_mark (path, generation, error);
}
