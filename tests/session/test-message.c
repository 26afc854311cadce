/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What a typed text becomes on the wire. */
#include "config.h"

#include "mx-error.h"
#include "mx-json.h"
#include "mx-message.h"

static MxJsonDocument *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  MxJsonDocument *document = mx_json_document_parse (text, -1, &error);

  g_assert_no_error (error);

  return document;
}

static void
test_plain (void)
{
  g_autofree char *text = mx_message_new_text ("m.text", "Bonjour, \"Anne\"\n  2 < 3", TRUE);
  g_autoptr (MxJsonDocument) document = parse (text);
  MxJson root = mx_json_document_root (document);

  g_assert_cmpstr (mx_json_get_string (root, "msgtype"), ==, "m.text");
  g_assert_cmpstr (mx_json_get_string (root, "body"), ==, "Bonjour, \"Anne\"\n  2 < 3");
  g_assert_null (mx_json_get_string (root, "formatted_body"));
  g_assert_true (mx_json_is_object (mx_json_get (root, "m.mentions")));
  g_assert_cmpuint (mx_json_size (mx_json_get (root, "m.mentions")), ==, 0);
}

static void
test_markdown (void)
{
  g_autofree char *text = mx_message_new_text ("m.text", "un **mot** <b>x</b>", TRUE);
  g_autofree char *plain = mx_message_new_text ("m.text", "un **mot**", FALSE);
  g_autoptr (MxJsonDocument) document = parse (text);
  g_autoptr (MxJsonDocument) plain_document = parse (plain);
  MxJson root = mx_json_document_root (document);

  g_assert_cmpstr (mx_json_get_string (root, "body"), ==, "un **mot** <b>x</b>");
  g_assert_cmpstr (mx_json_get_string (root, "format"), ==, "org.matrix.custom.html");
  g_assert_nonnull (strstr (mx_json_get_string (root, "formatted_body"), "<strong>mot</strong>"));
  g_assert_null (strstr (mx_json_get_string (root, "formatted_body"), "<b>"));
  g_assert_null (mx_json_get_string (mx_json_document_root (plain_document), "formatted_body"));
}

static void
test_edit (void)
{
  g_autofree char *text = mx_message_new_edit ("$original", "m.notice", "*corrigé*", TRUE);
  g_autoptr (MxJsonDocument) document = parse (text);
  MxJson root = mx_json_document_root (document);
  MxJson content = mx_json_get (root, "m.new_content");
  MxJson relation = mx_json_get (root, "m.relates_to");

  g_assert_cmpstr (mx_json_get_string (root, "body"), ==, "* *corrigé*");
  g_assert_cmpstr (mx_json_get_string (content, "body"), ==, "*corrigé*");
  g_assert_cmpstr (mx_json_get_string (content, "msgtype"), ==, "m.notice");
  g_assert_true (mx_json_is_object (mx_json_get (content, "m.mentions")));
  g_assert_true (g_str_has_prefix (mx_json_get_string (root, "formatted_body"), "* "));
  g_assert_cmpstr (mx_json_get_string (relation, "rel_type"), ==, "m.replace");
  g_assert_cmpstr (mx_json_get_string (relation, "event_id"), ==, "$original");
}

static void
test_too_long (void)
{
  g_autofree char *words = g_strnfill (61 * 1000, 'x');
  g_autofree char *content = mx_message_new_text ("m.text", words, FALSE);
  g_autofree char *edit = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (mx_message_fits (content, &error));
  g_assert_error (error, MX_SESSION_ERROR, MX_SESSION_ERROR_TOO_LONG);
  g_clear_error (&error);

  /* An edit carries the text twice. */
  words[40 * 1000] = '\0';
  g_clear_pointer (&content, g_free);
  content = mx_message_new_text ("m.text", words, FALSE);
  edit = mx_message_new_edit ("$original", "m.text", words, FALSE);
  g_assert_true (mx_message_fits (content, &error));
  g_assert_no_error (error);
  g_assert_false (mx_message_fits (edit, &error));
  g_assert_error (error, MX_SESSION_ERROR, MX_SESSION_ERROR_TOO_LONG);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/message/plain", test_plain);
  g_test_add_func ("/message/markdown", test_markdown);
  g_test_add_func ("/message/edit", test_edit);
  g_test_add_func ("/message/too-long", test_too_long);

  return g_test_run ();
}
