/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-store-salvage-note.h. */
#include "config.h"

#include "mx-store-salvage-note.h"

#include "mx-json.h"

#define NAME "salvage"

void
mx_salvage_free (MxSalvage *self)
{
  g_free (self->kept_file);
  g_clear_pointer (&self->tables, g_ptr_array_unref);
  g_free (self);
}

gboolean
mx_salvage_write (MxStore *store, const MxSalvage *report, GError **error)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autofree char *text = NULL;

  mx_json_begin_object (writer, NULL);
  mx_json_add_int (writer, "when_ms", report->when_ms);
  mx_json_add_string (writer, "kept_file", report->kept_file);
  mx_json_add_int (writer, "kept", report->kept);
  mx_json_add_int (writer, "lost", report->lost);
  mx_json_add_bool (writer, "lost_own_words", report->lost_own_words);
  mx_json_add_bool (writer, "lost_account", report->lost_account);
  mx_json_add_bool (writer, "lost_history", report->lost_history);
  mx_json_add_bool (writer, "lost_keys", report->lost_keys);
  mx_json_add_int (writer, "lost_changes", report->lost_changes);
  mx_json_begin_array (writer, "tables");
  for (guint i = 0; i < report->tables->len; i++)
    mx_json_add_string (writer, NULL, g_ptr_array_index (report->tables, i));
  mx_json_end (writer);
  mx_json_end (writer);
  text = mx_json_writer_to_text (writer);
  return mx_store_set_value (store, NAME, text, error);
}

MxSalvage *
mx_store_get_salvage (MxStore *self)
{
  g_autofree char *text = mx_store_get_value (self, NAME);
  g_autoptr (MxJsonDocument) document = NULL;
  MxSalvage *report = NULL;
  MxJson root, list;

  if (text == NULL)
    return NULL;
  document = mx_json_document_parse (text, -1, NULL);
  if (document == NULL)
    return NULL;

  root = mx_json_document_root (document);
  list = mx_json_get (root, "tables");
  report = g_new0 (MxSalvage, 1);
  report->tables = g_ptr_array_new_with_free_func (g_free);
  for (unsigned i = 0; i < mx_json_size (list); i++)
    g_ptr_array_add (report->tables, g_strdup (mx_json_string (mx_json_at (list, i))));
  report->when_ms = mx_json_int (mx_json_get (root, "when_ms"), 0);
  report->kept_file = g_strdup (mx_json_get_string (root, "kept_file"));
  report->kept = mx_json_int (mx_json_get (root, "kept"), 0);
  report->lost = mx_json_int (mx_json_get (root, "lost"), 0);
  report->lost_own_words = mx_json_bool (mx_json_get (root, "lost_own_words"), FALSE);
  report->lost_account = mx_json_bool (mx_json_get (root, "lost_account"), FALSE);
  report->lost_history = mx_json_bool (mx_json_get (root, "lost_history"), FALSE);
  report->lost_keys = mx_json_bool (mx_json_get (root, "lost_keys"), FALSE);
  report->lost_changes = mx_json_int (mx_json_get (root, "lost_changes"), 0);
  return report;
}

gboolean
mx_store_acknowledge_salvage (MxStore *self, GError **error)
{
  return mx_store_set_value (self, NAME, NULL, error);
}
