/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Milestones go to the file that was asked for. (That nothing happens without one is what all other
 * tests show.) */
#include "config.h"

#include "mx-trace.h"

#include <glib/gstdio.h>

#include "mx-json.h"

int
main (void)
{
  g_autofree char *folder = g_dir_make_tmp ("chappe-trace-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "trace", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (MxJsonDocument) document = NULL;
  gint64 before = g_get_monotonic_time ();
  gint64 at = 0;

  g_setenv ("CHAPPE_TRACE", path, TRUE);
  g_assert_true (mx_trace_is_enabled ());
  mx_trace ("mapped");
  mx_trace ("calm");

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 3);
  document = mx_json_document_parse (lines[0], -1, NULL);
  at = mx_json_int (mx_json_get (mx_json_document_root (document), "us"), 0);
  g_assert_cmpint (at, >=, before);
  g_assert_cmpint (at, <=, g_get_monotonic_time ());
  g_assert_cmpstr (mx_json_get_string (mx_json_document_root (document), "milestone"),
                   ==,
                   "mapped");

  g_unlink (path);
  g_rmdir (folder);
  g_print ("1..1\nok 1 /trace\n");

  return 0;
}
