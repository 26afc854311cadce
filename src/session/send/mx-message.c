/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* m.mentions is always there, so that receivers do not guess from the text. */
#include "config.h"

#include "mx-message.h"

#include <string.h>

#include "mx-error.h"
#include "mx-json.h"
#include "mx-markdown.h"

/* An event may have 65,536 bytes with all that the server adds. */
#define MAX_CONTENT (60 * 1000)

static void
add_body (MxJsonWriter *writer, const char *msgtype, const char *text, const char *html)
{
  mx_json_add_string (writer, "msgtype", msgtype);
  mx_json_add_string (writer, "body", text);
  if (html != NULL)
    {
      mx_json_add_string (writer, "format", "org.matrix.custom.html");
      mx_json_add_string (writer, "formatted_body", html);
    }
  mx_json_begin_object (writer, "m.mentions");
  mx_json_end (writer);
}

char *
mx_message_new_text (const char *msgtype, const char *text, gboolean markdown)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autofree char *html = markdown ? mx_markdown_to_html (text) : NULL;

  mx_json_begin_object (writer, NULL);
  add_body (writer, msgtype, text, html);
  mx_json_end (writer);

  return mx_json_writer_to_text (writer);
}

char *
mx_message_new_edit (const char *event_id, const char *msgtype, const char *text, gboolean markdown)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autofree char *html = markdown ? mx_markdown_to_html (text) : NULL;
  g_autofree char *fallback = g_strconcat ("* ", text, NULL);
  g_autofree char *html_fallback = html != NULL ? g_strconcat ("* ", html, NULL) : NULL;

  mx_json_begin_object (writer, NULL);
  add_body (writer, msgtype, fallback, html_fallback);
  mx_json_begin_object (writer, "m.new_content");
  add_body (writer, msgtype, text, html);
  mx_json_end (writer);
  mx_json_begin_object (writer, "m.relates_to");
  mx_json_add_string (writer, "rel_type", "m.replace");
  mx_json_add_string (writer, "event_id", event_id);
  mx_json_end (writer);
  mx_json_end (writer);

  return mx_json_writer_to_text (writer);
}

gboolean
mx_message_fits (const char *content, GError **error)
{
  if (strlen (content) <= MAX_CONTENT)
    return TRUE;

  g_set_error_literal (error,
                       MX_SESSION_ERROR,
                       MX_SESSION_ERROR_TOO_LONG,
                       "The message does not fit in an event");

  return FALSE;
}
