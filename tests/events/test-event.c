/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Events: what is refused, what is read, and that an event outlives the reply that it came in. */
#include "mx-event.h"

#include "mx-error.h"

#include <string.h>

#define EVENT(rest)                                                                                \
  "{\"event_id\":\"$e\",\"sender\":\"@a:b.fr\",\"type\":\"m.room.message\"" rest "}"

static void
assert_refused (const char *json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MxEvent) event = mx_event_new_from_text (json, &error);

  g_assert_null (event);
  g_assert_error (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_INVALID_RESPONSE);
}

static MxEvent *
read_event (const char *json)
{
  g_autoptr (GError) error = NULL;
  MxEvent *event = mx_event_new_from_text (json, &error);

  g_assert_no_error (error);
  g_assert_nonnull (event);

  return event;
}

static void
test_fields (void)
{
  g_autoptr (MxEvent) event = read_event (EVENT (
    ",\"origin_server_ts\":1700000000123,\"content\":{\"msgtype\":\"m.text\",\"body\":\"é\"},"
    "\"unsigned\":{\"transaction_id\":\"t1\"}"));

  g_assert_cmpstr (mx_event_get_id (event), ==, "$e");
  g_assert_cmpstr (mx_event_get_sender (event), ==, "@a:b.fr");
  g_assert_cmpstr (mx_event_get_event_type (event), ==, "m.room.message");
  g_assert_cmpstr (mx_event_get_wire_type (event), ==, "m.room.message");
  g_assert_null (mx_event_get_state_key (event));
  g_assert_cmpint (mx_event_get_timestamp (event), ==, 1700000000123);
  g_assert_cmpstr (mx_json_get_string (mx_event_get_content (event), "body"), ==, "é");
  g_assert_cmpstr (mx_event_get_transaction_id (event), ==, "t1");
  g_assert_false (mx_event_is_redacted (event));
  g_assert_null (mx_event_get_clear (event));
  g_assert_null (mx_event_get_relation_type (event));
  g_assert_null (mx_event_get_redacts (event));
}

static void
test_refused (void)
{
  g_autofree char *long_type = g_strnfill (256, 't');
  g_autofree char *typed =
    g_strdup_printf ("{\"event_id\":\"$e\",\"sender\":\"@a:b.fr\",\"type\":\"%s\"}", long_type);

  assert_refused ("{}");
  assert_refused ("[]");
  assert_refused ("");
  assert_refused ("{\"event_id\":\"$e\",\"sender\":\"@a:b.fr\"}");
  assert_refused ("{\"event_id\":\"e\",\"sender\":\"@a:b.fr\",\"type\":\"t\"}");
  assert_refused ("{\"event_id\":7,\"sender\":\"@a:b.fr\",\"type\":\"t\"}");
  assert_refused ("{\"event_id\":\"$e\",\"sender\":\"a:b.fr\",\"type\":\"t\"}");
  assert_refused ("{\"event_id\":\"$e\",\"sender\":[\"@a:b.fr\"],\"type\":\"t\"}");
  assert_refused ("{\"event_id\":\"$e\",\"sender\":\"@a:b.fr\",\"type\":\"\"}");
  assert_refused ("{\"event_id\":\"$e\",\"sender\":\"@a:b.fr\",\"type\":{}}");
  assert_refused (EVENT (",\"state_key\":{}"));
  assert_refused (typed);
}

static void
test_wrong_types (void)
{
  g_autoptr (MxEvent) event = read_event (EVENT (
    ",\"content\":\"text\",\"unsigned\":[1],\"origin_server_ts\":\"soon\",\"state_key\":null"));
  g_autoptr (MxEvent) relation = read_event (EVENT (
    ",\"content\":{\"m.relates_to\":{\"rel_type\":{},\"event_id\":1,\"m.in_reply_to\":[]}}"));

  g_assert_false (mx_json_is_object (mx_event_get_content (event)));
  g_assert_null (mx_event_get_transaction_id (event));
  g_assert_cmpint (mx_event_get_timestamp (event), ==, 0);
  g_assert_null (mx_event_get_state_key (event));
  g_assert_null (mx_event_get_relation_type (relation));
  g_assert_null (mx_event_get_relation_target (relation));
  g_assert_null (mx_event_get_reply_target (relation));
}

static void
test_clock_skew (void)
{
  g_autoptr (MxEvent) future = read_event (EVENT (",\"origin_server_ts\":9007199254740991"));
  g_autoptr (MxEvent) past = read_event (EVENT (",\"origin_server_ts\":-5"));
  gint64 now = g_get_real_time () / 1000;

  g_assert_cmpint (mx_event_get_timestamp (future), >, now);
  g_assert_cmpint (mx_event_get_timestamp (future), <, now + 2 * 24 * 60 * 60 * 1000);
  g_assert_cmpint (mx_event_get_timestamp (past), ==, 0);
}

static void
test_size (void)
{
  g_autofree char *text = g_strnfill (65000, 'x');
  g_autofree char *fits = g_strdup_printf (EVENT (",\"content\":{\"body\":\"%s\"}"), text);
  g_autofree char *nested =
    g_strdup_printf (EVENT (",\"content\":{\"a\":[[\"%s\"],{\"b\":\"%s\"}]}"), text, text);
  g_autofree char *aside =
    g_strdup_printf (EVENT (",\"unsigned\":{\"prev_content\":{\"body\":\"%s%s\"}}"), text, text);
  g_autoptr (MxEvent) event = read_event (fits);
  g_autoptr (MxEvent) second = read_event (aside);

  assert_refused (nested);
  g_assert_nonnull (mx_json_get_string (mx_event_get_content (event), "body"));
  g_assert_nonnull (second);
}

/* The reply is dropped as soon as it was read. */
static void
test_outlives_document (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MxEvent) event = NULL;
  MxJsonDocument *reply =
    mx_json_document_parse ("{\"events\":[" EVENT (",\"content\":{\"body\":\"hier\"}") "]}",
                            -1,
                            &error);

  g_assert_no_error (error);
  event =
    mx_event_new_from_json (mx_json_at (mx_json_get (mx_json_document_root (reply), "events"), 0),
                            &error);
  g_assert_no_error (error);
  mx_json_document_unref (reply);

  g_assert_cmpstr (mx_json_get_string (mx_event_get_content (event), "body"), ==, "hier");
  g_assert_cmpstr (mx_event_get_raw (event), ==, EVENT (",\"content\":{\"body\":\"hier\"}"));
  g_assert_true (mx_event_get_raw (event) == mx_event_get_raw (event));
}

static gpointer
get_raw_thread (gpointer event)
{
  return (gpointer) mx_event_get_raw (event);
}

static void
test_raw_from_threads (void)
{
  for (int round = 0; round < 50; round++)
    {
      g_autoptr (MxEvent) event = read_event (EVENT (",\"content\":{\"body\":\"x\"}"));
      GThread *threads[4];
      gpointer first = NULL;

      for (int i = 0; i < 4; i++)
        threads[i] = g_thread_new ("raw", get_raw_thread, event);
      for (int i = 0; i < 4; i++)
        {
          gpointer raw = g_thread_join (threads[i]);

          if (first == NULL)
            first = raw;
          g_assert_true (raw == first);
        }
    }
}

static void
test_relations (void)
{
  g_autoptr (MxEvent) edit = read_event (
    EVENT (",\"content\":{\"m.relates_to\":{\"rel_type\":\"m.replace\",\"event_id\":\"$o\"}}"));
  g_autoptr (MxEvent) reply = read_event (
    EVENT (",\"content\":{\"m.relates_to\":{\"m.in_reply_to\":{\"event_id\":\"$r\"}}}"));
  g_autoptr (MxEvent) thread = read_event (
    EVENT (",\"content\":{\"m.relates_to\":{\"rel_type\":\"m.thread\",\"event_id\":\"$t\","
           "\"is_falling_back\":true,\"m.in_reply_to\":{\"event_id\":\"$r\"}}}"));
  g_autoptr (MxEvent) reaction = read_event (EVENT (
    ",\"content\":{\"m.relates_to\":{\"rel_type\":\"m.annotation\",\"event_id\":\"$o\",\"key\":\"👍\"}}"));

  g_assert_cmpstr (mx_event_get_relation_type (edit), ==, "m.replace");
  g_assert_cmpstr (mx_event_get_relation_target (edit), ==, "$o");
  g_assert_null (mx_event_get_thread_root (edit));
  g_assert_cmpstr (mx_event_get_reply_target (reply), ==, "$r");
  g_assert_null (mx_event_get_relation_type (reply));
  g_assert_cmpstr (mx_event_get_thread_root (thread), ==, "$t");
  g_assert_null (mx_event_get_reply_target (thread));
  g_assert_cmpstr (mx_event_get_relation_key (reaction), ==, "👍");
}

static void
test_redacts (void)
{
#define REDACTION(rest)                                                                            \
  "{\"event_id\":\"$e\",\"sender\":\"@a:b.fr\",\"type\":\"m.room.redaction\"" rest "}"
  g_autoptr (MxEvent) outer = read_event (REDACTION (",\"redacts\":\"$o\",\"content\":{}"));
  g_autoptr (MxEvent) inner = read_event (REDACTION (",\"content\":{\"redacts\":\"$i\"}"));
  g_autoptr (MxEvent) both =
    read_event (REDACTION (",\"redacts\":\"$o\",\"content\":{\"redacts\":\"$o\"}"));
  g_autoptr (MxEvent) forged =
    read_event (REDACTION (",\"redacts\":\"$o\",\"content\":{\"redacts\":\"$i\"}"));
  g_autoptr (MxEvent) message = read_event (EVENT (",\"redacts\":\"$o\""));

  g_assert_cmpstr (mx_event_get_redacts (outer), ==, "$o");
  g_assert_cmpstr (mx_event_get_redacts (inner), ==, "$i");
  g_assert_cmpstr (mx_event_get_redacts (both), ==, "$o");
  g_assert_null (mx_event_get_redacts (forged));
  g_assert_null (mx_event_get_redacts (message));
}

#define ENCRYPTED(rest)                                                                                             \
  "{\"event_id\":\"$e\",\"sender\":\"@a:b.fr\",\"type\":\"m.room.encrypted\",\"content\":{\"algorithm\":\"x\"" rest \
  "}}"

static void
test_clear (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MxEvent) encrypted = read_event (ENCRYPTED (""));
  g_autoptr (MxEvent) clear = mx_event_with_clear (
    encrypted,
    "{\"type\":\"m.room.message\",\"room_id\":\"!r\",\"content\":{\"body\":\"secret\"}}",
    &error);

  g_assert_no_error (error);
  g_assert_cmpstr (mx_event_get_event_type (clear), ==, "m.room.message");
  g_assert_cmpstr (mx_event_get_wire_type (clear), ==, "m.room.encrypted");
  g_assert_cmpstr (mx_json_get_string (mx_event_get_content (clear), "body"), ==, "secret");
  g_assert_cmpstr (mx_json_get_string (mx_event_get_wire_content (clear), "algorithm"), ==, "x");
  g_assert_null (strstr (mx_event_get_raw (clear), "secret"));
  g_assert_nonnull (mx_event_get_clear (clear));
  g_assert_null (mx_event_get_clear (encrypted));
}

/* E2E-085 */
static void
test_clear_relation_wins (void)
{
  const char *payload = "{\"type\":\"m.room.message\",\"content\":{\"body\":\"x\",\"m.relates_to\":"
                        "{\"rel_type\":\"m.replace\",\"event_id\":\"$inner\"}}}";
  g_autoptr (MxEvent) without = read_event (ENCRYPTED (""));
  g_autoptr (MxEvent) with = read_event (
    ENCRYPTED (",\"m.relates_to\":{\"rel_type\":\"m.thread\",\"event_id\":\"$outer\"}"));
  g_autoptr (MxEvent) first = mx_event_with_clear (without, payload, NULL);
  g_autoptr (MxEvent) second = mx_event_with_clear (with, payload, NULL);

  g_assert_null (mx_event_get_relation_type (first));
  g_assert_cmpstr (mx_event_get_thread_root (second), ==, "$outer");
}

/* E2E-087 */
static void
test_clear_refused (void)
{
  static const char *const payloads[] = {
    "{}",
    "[]",
    "",
    "{\"type\":\"m.room.message\"}",
    "{\"type\":7,\"content\":{}}",
    "{\"type\":\"m.room.encrypted\",\"content\":{}}",
    "{\"type\":\"m.room.name\",\"state_key\":\"\",\"content\":{}}",
    "{\"type\":\"m.room.message\",\"content\":\"text\"}",
  };
  g_autoptr (MxEvent) encrypted = read_event (ENCRYPTED (""));
  g_autoptr (MxEvent) plain = read_event (EVENT (",\"content\":{}"));
  g_autoptr (GString) deep = g_string_new ("{\"type\":\"t\",\"content\":{\"a\":");
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (payloads); i++)
    {
      g_autoptr (GError) refused = NULL;

      g_assert_null (mx_event_with_clear (encrypted, payloads[i], &refused));
      g_assert_nonnull (refused);
    }

  for (int i = 0; i < 30000; i++)
    g_string_append_c (deep, '[');
  g_assert_null (mx_event_with_clear (encrypted, deep->str, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);

  g_assert_null (mx_event_with_clear (plain, "{\"type\":\"t\",\"content\":{}}", &error));
  g_assert_nonnull (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/event/fields", test_fields);
  g_test_add_func ("/event/refused", test_refused);
  g_test_add_func ("/event/wrong-types", test_wrong_types);
  g_test_add_func ("/event/clock-skew", test_clock_skew);
  g_test_add_func ("/event/size", test_size);
  g_test_add_func ("/event/outlives-document", test_outlives_document);
  g_test_add_func ("/event/raw-from-threads", test_raw_from_threads);
  g_test_add_func ("/event/relations", test_relations);
  g_test_add_func ("/event/redacts", test_redacts);
  g_test_add_func ("/event/clear", test_clear);
  g_test_add_func ("/event/E2E-085-clear-relation-wins", test_clear_relation_wins);
  g_test_add_func ("/event/E2E-087-clear-refused", test_clear_refused);

  return g_test_run ();
}
