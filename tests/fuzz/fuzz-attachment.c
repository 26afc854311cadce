/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The description of an encrypted file in a message: refused, or a key that decrypts and is written
 * the same way. */
#include "config.h"

#include "fuzz.h"

#include "mx-attachment.h"

static char *
write_key (MxAttachmentKey *key)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();

  mx_json_begin_object (writer, NULL);
  mx_attachment_key_write (key, writer);
  mx_json_end (writer);

  return mx_json_writer_to_text (writer);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (MxJsonDocument) document =
    mx_json_document_parse ((const char *) data, (gssize) size, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (MxAttachmentKey) key = NULL;
  guint8 out[16];

  if (document == NULL)
    return 0;

  key = mx_attachment_key_parse (mx_json_document_root (document), &error);
  g_assert_true ((key == NULL) == (error != NULL));
  if (key != NULL)
    {
      g_autoptr (MxAttachmentStream) stream = mx_attachment_stream_new_decrypt (key, NULL);
      g_autofree char *text = write_key (key);
      g_autoptr (MxJsonDocument) parsed = mx_json_document_parse (text, -1, NULL);
      g_autoptr (MxAttachmentKey) again =
        mx_attachment_key_parse (mx_json_document_root (parsed), NULL);
      g_autofree char *text_again = write_key (again);

      g_assert_cmpstr (text, ==, text_again);
      g_assert_true (mx_attachment_stream_update (stream,
                                                  (const guint8 *) "0123456789abcdef",
                                                  sizeof out,
                                                  out,
                                                  NULL));
      g_assert_null (mx_attachment_stream_finish (stream, NULL));
    }

  return 0;
}
