/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Events and their content: read, told in a line, redacted, used as an edit of themselves, as clear
 * text. */
#include "fuzz.h"

#include "mx-content.h"

#include <string.h>

static void
check_content (MxContent *content, MxEvent *event)
{
  g_autofree char *summary = mx_content_dup_summary (content, event, NULL, NULL);
  g_autoptr (MxRichText) text = mx_content_dup_rich_text (content, NULL);
  const MxMediaInfo *media = mx_content_get_media (content);

  g_assert_true (g_utf8_validate (summary, -1, NULL));
  g_assert_null (strpbrk (summary, "\n\r\x1b"));
  g_assert_nonnull (mx_content_get_body (content));
  g_assert_nonnull (mx_content_get_type_name (content));
  g_assert_nonnull (mx_content_get_mentions (content));
  if (media != NULL)
    {
      g_assert_cmpint (media->width, >=, 0);
      g_assert_cmpint (media->size, >=, -1);
      g_assert_nonnull (mx_content_get_filename (content));
    }
}

static void
check_event (MxEvent *event, const char *input)
{
  g_autoptr (MxContent) content = mx_content_new (event);
  g_autoptr (MxEvent) again = mx_event_new_from_text (mx_event_get_raw (event), NULL);
  g_autoptr (MxEvent) redacted = mx_event_redacted_copy (event, "1", NULL);
  g_autoptr (MxEvent) redacted_later = mx_event_redacted_copy (event, "12", event);
  g_autoptr (MxEvent) clear = mx_event_with_clear (event, input, NULL);
  MxContent *edited = mx_content_new_edited (event, event);

  check_content (content, event);
  g_assert_nonnull (again);
  g_assert_cmpstr (mx_event_get_id (again), ==, mx_event_get_id (event));
  g_assert_true (mx_event_is_redacted (redacted));
  g_assert_cmpstr (mx_event_get_sender (redacted_later), ==, mx_event_get_sender (event));
  g_assert_null (clear);
  g_clear_pointer (&edited, mx_content_unref);
  mx_event_get_redacts (event);
  mx_event_get_relation_key (event);
  mx_event_get_relation_target (event);
  mx_event_get_reply_target (event);
  mx_event_get_thread_root (event);
  mx_event_get_transaction_id (event);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *input = g_strndup ((const char *) data, size);
  g_autoptr (MxEvent) event = mx_event_new_from_text (input, NULL);
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (input, -1, NULL);

  if (event != NULL)
    check_event (event, input);
  if (document != NULL)
    {
      g_autoptr (MxContent) content =
        mx_content_new_local ("m.room.message", mx_json_document_root (document));
      g_autoptr (MxContent) poll =
        mx_content_new_local ("m.poll.start", mx_json_document_root (document));

      check_content (content, NULL);
      check_content (poll, NULL);
    }

  return 0;
}
