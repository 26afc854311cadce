/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The reader and the serializers of JSON: what was read is written, read again, and is the same. */
#include "config.h"

#include "fuzz.h"

#include "mx-json.h"

static void
walk (MxJson value)
{
  const char *name = NULL;
  MxJsonIter iter;
  MxJson child;

  mx_json_int (value, 0);
  mx_json_double (value, 0);
  mx_json_bool (value, FALSE);
  mx_json_at (value, 0);
  mx_json_get (value, "a");
  g_assert_true (mx_json_string (value) == NULL ||
                 g_utf8_validate (mx_json_string (value), -1, NULL));
  mx_json_iter_init (&iter, value);
  while (mx_json_iter_next (&iter, &name, &child))
    walk (child);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (MxJsonDocument) document =
    mx_json_document_parse ((const char *) data, (gssize) size, NULL);
  g_autoptr (MxJsonDocument) again = NULL;
  g_autofree char *text = NULL;
  g_autofree char *text_again = NULL;
  g_autofree char *canonical = NULL;

  if (document == NULL)
    return 0;

  walk (mx_json_document_root (document));
  text = mx_json_to_text (mx_json_document_root (document));
  again = mx_json_document_parse (text, -1, NULL);
  g_assert_nonnull (again);
  text_again = mx_json_to_text (mx_json_document_root (again));
  g_assert_cmpstr (text, ==, text_again);

  canonical = mx_json_to_canonical (mx_json_document_root (document), NULL, NULL);
  if (canonical != NULL)
    {
      g_autoptr (MxJsonDocument) parsed = mx_json_document_parse (canonical, -1, NULL);
      g_autofree char *same = mx_json_to_canonical (mx_json_document_root (parsed), NULL, NULL);

      g_assert_cmpstr (canonical, ==, same);
    }

  return 0;
}
