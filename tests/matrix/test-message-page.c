/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Pages of history. */
#include "config.h"

#include "mx-error.h"
#include "mx-room-requests.h"

#include <string.h>

#define EVENT(id)                                                                                  \
  "{\"event_id\":\"$" id "\",\"sender\":\"@a:b\",\"type\":\"m.room.message\",\"content\":{}}"

typedef MxMessagePage *(*Decode) (GBytes *reply, GError **error);

static MxMessagePage *
decode (Decode function, const char *text, GError **error)
{
  g_autoptr (GBytes) reply = g_bytes_new (text, strlen (text));

  return function (reply, error);
}

static const char *
id_at (MxMessagePage *page, unsigned i)
{
  return mx_event_get_id (g_ptr_array_index (page->events, i));
}

static void
test_page (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MxMessagePage) page = NULL;
  g_autoptr (MxMessagePage) last = NULL;
  g_autoptr (MxMessagePage) copy = NULL;

  page = decode (mx_message_page_decode,
                 "{\"start\":\"s\",\"end\":\"e\",\"chunk\":[" EVENT ("1") ",7,{}," EVENT (
                   "2") "],\"state\":[" EVENT ("m") "]}",
                 &error);
  g_assert_no_error (error);
  g_assert_cmpstr (page->start, ==, "s");
  g_assert_cmpstr (page->end, ==, "e");
  g_assert_cmpuint (page->events->len, ==, 2);
  g_assert_cmpstr (id_at (page, 0), ==, "$1");
  g_assert_cmpuint (page->state->len, ==, 1);
  copy = mx_message_page_copy (page);
  g_assert_cmpstr (copy->end, ==, "e");

  last = decode (mx_message_page_decode, "{\"chunk\":[],\"end\":null}", &error);
  g_assert_no_error (error);
  g_assert_null (last->end);
}

static void
test_context (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MxMessagePage) page = NULL;

  page = decode (
    mx_message_context_decode,
    "{\"start\":\"s\",\"end\":\"e\",\"events_before\":[" EVENT ("3") "," EVENT ("2") "," EVENT (
      "1") "],\"event\":" EVENT ("4") ",\"events_after\":[" EVENT ("5") "]}",
    &error);
  g_assert_no_error (error);
  g_assert_cmpuint (page->events->len, ==, 5);
  g_assert_cmpstr (id_at (page, 0), ==, "$1");
  g_assert_cmpstr (id_at (page, 2), ==, "$3");
  g_assert_cmpstr (id_at (page, 4), ==, "$5");
  g_assert_cmpstr (page->before, ==, "s");
  g_assert_cmpstr (page->after, ==, "e");
}

/* History does not end because an answer was spoilt. */
static void
test_refused (void)
{
  static const char *const pages[] = { "",
                                       "[]",
                                       "{}",
                                       "{\"chunk\":\"x\"}",
                                       "{\"end\":\"e\"}",
                                       "{\"chunk\":[],\"end\":5}",
                                       "{\"chunk\":[],\"end\":{}}" };
  static const char *const contexts[] = { "{}",
                                          "{\"event\":7}",
                                          "{\"event\":" EVENT ("1") ",\"start\":5}" };

  for (gsize i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (decode (mx_message_page_decode, pages[i], &error));
      g_assert_error (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_INVALID_RESPONSE);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (contexts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (decode (mx_message_context_decode, contexts[i], &error));
      g_assert_error (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_INVALID_RESPONSE);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/message-page/page", test_page);
  g_test_add_func ("/message-page/context", test_context);
  g_test_add_func ("/message-page/refused", test_refused);

  return g_test_run ();
}
