/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What each room version keeps of a redacted event (spec, "Redactions" of room versions 1, 6, 8, 9,
 * 11). */
#include "mx-event.h"

#include <string.h>

static MxEvent *
redact (const char *type, const char *content, const char *version, gboolean state)
{
  g_autofree char *json = g_strdup_printf (
    "{\"event_id\":\"$e\",\"sender\":\"@a:b.fr\",\"type\":\"%s\",\"room_id\":\"!r:b.fr\",\"origin\":\"b.fr\","
    "\"origin_server_ts\":5,\"extra\":1,%s\"content\":%s,\"unsigned\":{\"age\":3,\"transaction_id\":\"t\"}}",
    type,
    state ? "\"state_key\":\"\"," : "",
    content);
  g_autoptr (GError) error = NULL;
  g_autoptr (MxEvent) event = mx_event_new_from_text (json, &error);

  g_assert_no_error (error);

  return mx_event_redacted_copy (event, version, NULL);
}

static void
assert_kept (const char *type, const char *content, const char *version, const char *expected)
{
  g_autoptr (MxEvent) redacted = redact (type, content, version, TRUE);
  g_autofree char *kept = mx_json_to_text (mx_event_get_content (redacted));

  g_assert_cmpstr (kept, ==, expected);
  g_assert_true (mx_event_is_redacted (redacted));
}

static void
test_message (void)
{
  g_autoptr (MxEvent) redacted =
    redact ("m.room.message", "{\"msgtype\":\"m.text\",\"body\":\"x\"}", "10", FALSE);

  g_assert_true (mx_event_is_redacted (redacted));
  g_assert_cmpuint (mx_json_size (mx_event_get_content (redacted)), ==, 0);
  g_assert_true (mx_json_is_object (mx_event_get_content (redacted)));
  g_assert_cmpstr (mx_event_get_id (redacted), ==, "$e");
  g_assert_cmpint (mx_event_get_timestamp (redacted), ==, 5);
  g_assert_null (strstr (mx_event_get_raw (redacted), "extra"));
  g_assert_nonnull (strstr (mx_event_get_raw (redacted), "origin\""));
  g_assert_cmpstr (mx_event_get_transaction_id (redacted), ==, "t");
  g_assert_null (mx_event_get_state_key (redacted));
}

static void
test_origin_gone_in_11 (void)
{
  g_autoptr (MxEvent) redacted = redact ("m.room.message", "{}", "11", FALSE);

  g_assert_null (strstr (mx_event_get_raw (redacted), "origin\""));
}

static void
test_member (void)
{
  const char *content =
    "{\"membership\":\"join\",\"displayname\":\"X\",\"join_authorised_via_users_server\":\"@c:d\","
    "\"third_party_invite\":{\"display_name\":\"Y\",\"signed\":{\"token\":\"z\"}}}";

  assert_kept ("m.room.member", content, "1", "{\"membership\":\"join\"}");
  assert_kept ("m.room.member", content, "8", "{\"membership\":\"join\"}");
  assert_kept ("m.room.member",
               content,
               "9",
               "{\"membership\":\"join\",\"join_authorised_via_users_server\":\"@c:d\"}");
  assert_kept ("m.room.member",
               content,
               "11",
               "{\"membership\":\"join\",\"join_authorised_via_users_server\":\"@c:d\","
               "\"third_party_invite\":{\"signed\":{\"token\":\"z\"}}}");
}

static void
test_create (void)
{
  const char *content = "{\"creator\":\"@a:b\",\"room_version\":\"11\"}";

  assert_kept ("m.room.create", content, "1", "{\"creator\":\"@a:b\"}");
  assert_kept ("m.room.create", content, "10", "{\"creator\":\"@a:b\"}");
  assert_kept ("m.room.create", content, "11", content);
  assert_kept ("m.room.create", content, "12", content);
  assert_kept ("m.room.create", content, "org.example.future", content);
}

static void
test_join_rules (void)
{
  const char *content = "{\"join_rule\":\"restricted\",\"allow\":[{\"room_id\":\"!s\"}],\"x\":1}";

  assert_kept ("m.room.join_rules", content, "7", "{\"join_rule\":\"restricted\"}");
  assert_kept ("m.room.join_rules",
               content,
               "8",
               "{\"join_rule\":\"restricted\",\"allow\":[{\"room_id\":\"!s\"}]}");
}

static void
test_power_levels (void)
{
  const char *content =
    "{\"ban\":50,\"invite\":0,\"users\":{\"@a:b\":100},\"notifications\":{\"room\":20}}";

  assert_kept ("m.room.power_levels", content, "10", "{\"ban\":50,\"users\":{\"@a:b\":100}}");
  assert_kept ("m.room.power_levels",
               content,
               "11",
               "{\"ban\":50,\"invite\":0,\"users\":{\"@a:b\":100}}");
}

static void
test_others (void)
{
  assert_kept ("m.room.aliases", "{\"aliases\":[\"#a:b\"]}", "5", "{\"aliases\":[\"#a:b\"]}");
  assert_kept ("m.room.aliases", "{\"aliases\":[\"#a:b\"]}", "6", "{}");
  assert_kept ("m.room.history_visibility",
               "{\"history_visibility\":\"shared\",\"x\":1}",
               "1",
               "{\"history_visibility\":\"shared\"}");
  assert_kept ("m.room.redaction", "{\"redacts\":\"$x\",\"reason\":\"y\"}", "10", "{}");
  assert_kept ("m.room.redaction",
               "{\"redacts\":\"$x\",\"reason\":\"y\"}",
               "11",
               "{\"redacts\":\"$x\"}");
  assert_kept ("m.room.topic", "{\"topic\":\"t\"}", "11", "{}");
}

/* What was decrypted goes too, and the mark survives being stored. */
static void
test_encrypted_and_stored (void)
{
  g_autoptr (MxEvent) encrypted = mx_event_new_from_text (
    "{\"event_id\":\"$e\",\"sender\":\"@a:b.fr\",\"type\":\"m.room.encrypted\","
    "\"content\":{\"ciphertext\":\"c\"}}",
    NULL);
  g_autoptr (MxEvent) clear =
    mx_event_with_clear (encrypted,
                         "{\"type\":\"m.room.message\",\"content\":{\"body\":\"secret\"}}",
                         NULL);
  g_autoptr (MxEvent) redaction = mx_event_new_from_text (
    "{\"event_id\":\"$r\",\"sender\":\"@m:b.fr\",\"type\":\"m.room.redaction\","
    "\"redacts\":\"$e\",\"content\":{\"reason\":\"erreur\"}}",
    NULL);
  g_autoptr (MxEvent) redacted = mx_event_redacted_copy (clear, "10", redaction);
  g_autoptr (MxEvent) stored = mx_event_new_from_text (mx_event_get_raw (redacted), NULL);

  g_assert_null (mx_event_get_clear (redacted));
  g_assert_null (strstr (mx_event_get_raw (redacted), "ciphertext"));
  g_assert_true (mx_event_is_redacted (stored));
  g_assert_cmpstr (mx_json_string (mx_json_path (mx_event_get_unsigned (stored),
                                                 "redacted_because",
                                                 "content",
                                                 "reason",
                                                 NULL)),
                   ==,
                   "erreur");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/redaction/message", test_message);
  g_test_add_func ("/redaction/origin-gone-in-11", test_origin_gone_in_11);
  g_test_add_func ("/redaction/member", test_member);
  g_test_add_func ("/redaction/create", test_create);
  g_test_add_func ("/redaction/join-rules", test_join_rules);
  g_test_add_func ("/redaction/power-levels", test_power_levels);
  g_test_add_func ("/redaction/others", test_others);
  g_test_add_func ("/redaction/encrypted-and-stored", test_encrypted_and_stored);

  return g_test_run ();
}
