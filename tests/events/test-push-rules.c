/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Push rules: the defaults, each condition, the order of kinds (research/protocol §8). */
#include "mx-push-rules.h"

#include "mx-push-glob.h"

#define OWN_ID  "@moi:b.fr"
#define ROOM_ID "!salon:b.fr"

static const MxPushContext group = {
  .user_id = OWN_ID,
  .display_name = "Camille D.",
  .joined_members = 10,
  .sender_power = 0,
  .room_notification_power = 50,
  .room_id = ROOM_ID,
};

static MxPushRules *
new_rules (const char *global)
{
  g_autofree char *json = g_strdup_printf ("{\"global\":%s}", global);
  g_autoptr (GError) error = NULL;
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (json, -1, &error);

  g_assert_no_error (error);

  return mx_push_rules_new (mx_json_document_root (document));
}

static MxPushActions
evaluate (MxPushRules *rules, const MxPushContext *context, const char *type, const char *rest)
{
  g_autofree char *json =
    g_strdup_printf ("{\"event_id\":\"$e\",\"sender\":\"@autre:b.fr\",\"type\":\"%s\",%s}",
                     type,
                     rest);
  g_autoptr (GError) error = NULL;
  g_autoptr (MxEvent) event = mx_event_new_from_text (json, &error);

  g_assert_no_error (error);

  return mx_push_rules_evaluate (rules, event, context);
}

static void
assert_actions (MxPushActions found, const char *expected)
{
  g_autofree char *text = g_strdup_printf ("%s%s%s",
                                           found.notify ? "n" : "",
                                           found.highlight ? "h" : "",
                                           found.sound ? "s" : "");

  g_assert_cmpstr (text, ==, expected);
}

#define BODY(body) "\"content\":{\"msgtype\":\"m.text\",\"body\":\"" body "\"}"

static void
test_defaults (void)
{
  g_autoptr (MxPushRules) rules = mx_push_rules_new ((MxJson) { NULL });
  MxPushContext direct = group;
  MxPushContext powerful = group;

  direct.joined_members = 2;
  powerful.sender_power = 50;

  assert_actions (evaluate (rules, &group, "m.room.message", BODY ("bonjour")), "n");
  assert_actions (evaluate (rules, &direct, "m.room.message", BODY ("bonjour")), "ns");
  assert_actions (evaluate (rules, &group, "m.room.encrypted", "\"content\":{}"), "n");
  assert_actions (evaluate (rules, &direct, "m.room.encrypted", "\"content\":{}"), "ns");
  assert_actions (evaluate (rules,
                            &group,
                            "m.room.message",
                            "\"content\":{\"msgtype\":\"m.notice\",\"body\":\"moi\"}"),
                  "");
  assert_actions (evaluate (rules,
                            &group,
                            "m.room.member",
                            "\"state_key\":\"" OWN_ID "\",\"content\":{\"membership\":\"invite\"}"),
                  "ns");
  assert_actions (evaluate (rules,
                            &group,
                            "m.room.member",
                            "\"state_key\":\"@x:b.fr\",\"content\":{\"membership\":\"invite\"}"),
                  "");
  assert_actions (evaluate (rules, &group, "m.reaction", "\"content\":{}"), "");
  assert_actions (evaluate (rules, &group, "m.room.tombstone", "\"state_key\":\"\",\"content\":{}"),
                  "nh");
  assert_actions (evaluate (rules,
                            &group,
                            "m.room.server_acl",
                            "\"state_key\":\"\",\"content\":{}"),
                  "");
  assert_actions (evaluate (rules, &group, "m.room.topic", "\"state_key\":\"\",\"content\":{}"),
                  "");
  assert_actions (evaluate (rules, &group, "m.call.invite", "\"content\":{}"), "ns");
  /* legacy mentions */
  assert_actions (evaluate (rules, &group, "m.room.message", BODY ("Bonjour camille d., ça va")),
                  "nhs");
  assert_actions (evaluate (rules, &group, "m.room.message", BODY ("dis-moi tout")), "nhs");
  assert_actions (evaluate (rules, &group, "m.room.message", BODY ("moisson")), "n");
  assert_actions (evaluate (rules, &group, "m.room.message", BODY ("@room")), "n");
  assert_actions (evaluate (rules, &powerful, "m.room.message", BODY ("attention @room !")), "nh");
}

static void
test_mentions (void)
{
  g_autoptr (MxPushRules) rules = mx_push_rules_new ((MxJson) { NULL });
  MxPushContext powerful = group;

  powerful.sender_power = 100;
#define MENTIONS(mentions, body)                                                                   \
  "\"content\":{\"msgtype\":\"m.text\",\"body\":\"" body "\",\"m.mentions\":" mentions "}"
  assert_actions (evaluate (rules,
                            &group,
                            "m.room.message",
                            MENTIONS ("{\"user_ids\":[\"" OWN_ID "\"]}", "x")),
                  "nhs");
  assert_actions (evaluate (rules,
                            &group,
                            "m.room.message",
                            MENTIONS ("{\"user_ids\":[\"@x:b.fr\"]}", "x")),
                  "n");
  /* with m.mentions the text says nothing about mentions */
  assert_actions (evaluate (rules,
                            &powerful,
                            "m.room.message",
                            MENTIONS ("{}", "moi Camille D. @room")),
                  "n");
  assert_actions (evaluate (rules, &powerful, "m.room.message", MENTIONS ("{\"room\":true}", "x")),
                  "nh");
  assert_actions (evaluate (rules, &group, "m.room.message", MENTIONS ("{\"room\":true}", "x")),
                  "n");
  assert_actions (evaluate (rules,
                            &powerful,
                            "m.room.message",
                            MENTIONS ("{\"room\":\"true\"}", "x")),
                  "n");
  /* an edit is silent unless it mentions anew */
#define EDIT(mentions)                                                                             \
  "\"content\":{\"msgtype\":\"m.text\",\"body\":\"x\",\"m.mentions\":" mentions                    \
  ",\"m.relates_to\":{\"rel_type\":\"m.replace\","                                                 \
  "\"event_id\":\"$o\"}}"
  assert_actions (evaluate (rules, &group, "m.room.message", EDIT ("{}")), "");
  assert_actions (evaluate (rules,
                            &group,
                            "m.room.message",
                            EDIT ("{\"user_ids\":[\"" OWN_ID "\"]}")),
                  "nhs");
}

static void
test_own_events (void)
{
  g_autoptr (MxPushRules) rules = mx_push_rules_new ((MxJson) { NULL });
  g_autoptr (MxEvent) event =
    mx_event_new_from_text ("{\"event_id\":\"$e\",\"sender\":\"" OWN_ID
                            "\",\"type\":\"m.room.message\"," BODY ("moi") "}",
                            NULL);

  assert_actions (mx_push_rules_evaluate (rules, event, &group), "");
}

#define RULE(conditions)                                                                           \
  "{\"override\":[{\"rule_id\":\"r\",\"enabled\":true,\"conditions\":[" conditions                 \
  "],\"actions\":[\"notify\",{\"set_tweak\":\"highlight\"}]}]}"

/* Whether one condition holds: a rule with it answers "nh", the defaults answer otherwise. */
static gboolean
holds (const char *condition, const MxPushContext *context, const char *content)
{
  g_autofree char *global = g_strdup_printf (RULE ("%s"), condition);
  g_autofree char *rest = g_strdup_printf ("\"content\":%s", content);
  g_autoptr (MxPushRules) rules = new_rules (global);

  return evaluate (rules, context, "org.test", rest).highlight;
}

static void
test_event_match (void)
{
#define MATCH(key, pattern)                                                                        \
  "{\"kind\":\"event_match\",\"key\":\"" key "\",\"pattern\":\"" pattern "\"}"
  g_assert_true (holds (MATCH ("content.a", "b"), &group, "{\"a\":\"B\"}"));
  g_assert_false (holds (MATCH ("content.a", "b"), &group, "{\"a\":\"b c\"}"));
  g_assert_true (holds (MATCH ("content.a", "b*"), &group, "{\"a\":\"b c\"}"));
  g_assert_true (holds (MATCH ("content.a", "?b"), &group, "{\"a\":\"éb\"}"));
  g_assert_false (holds (MATCH ("content.a", "*"), &group, "{}"));
  g_assert_false (holds (MATCH ("content.a", "*"), &group, "{\"a\":7}"));
  g_assert_true (holds (MATCH ("content.a.b", "x"), &group, "{\"a\":{\"b\":\"x\"}}"));
  g_assert_true (holds (MATCH ("content.a\\\\.b", "x"), &group, "{\"a.b\":\"x\"}"));
  g_assert_true (holds (MATCH ("content.a\\\\\\\\b", "x"), &group, "{\"a\\\\b\":\"x\"}"));
  g_assert_true (
    holds (MATCH ("content.body", "projet*"), &group, "{\"body\":\"le projet-x avance\"}"));
  g_assert_false (
    holds (MATCH ("content.body", "rojet"), &group, "{\"body\":\"le projet avance\"}"));
  g_assert_true (holds (MATCH ("type", "org.*"), &group, "{}"));
  g_assert_true (holds (MATCH ("room_id", ROOM_ID), &group, "{}"));
  g_assert_true (holds (MATCH ("sender", "@autre:b.fr"), &group, "{}"));
  g_assert_false (holds (MATCH ("state_key", "*"), &group, "{}"));
}

static void
test_properties (void)
{
#define IS(key, value) "{\"kind\":\"event_property_is\",\"key\":\"" key "\",\"value\":" value "}"
#define CONTAINS(key, value)                                                                       \
  "{\"kind\":\"event_property_contains\",\"key\":\"" key "\",\"value\":" value "}"
  g_assert_true (holds (IS ("content.a", "true"), &group, "{\"a\":true}"));
  g_assert_false (holds (IS ("content.a", "true"), &group, "{\"a\":1}"));
  g_assert_false (holds (IS ("content.a", "true"), &group, "{\"a\":\"true\"}"));
  g_assert_true (holds (IS ("content.a", "1"), &group, "{\"a\":1}"));
  g_assert_true (holds (IS ("content.a", "null"), &group, "{\"a\":null}"));
  g_assert_false (holds (IS ("content.a", "null"), &group, "{}"));
  g_assert_true (holds (IS ("content.a", "\"X\""), &group, "{\"a\":\"X\"}"));
  g_assert_false (holds (IS ("content.a", "\"x\""), &group, "{\"a\":\"X\"}"));
  g_assert_false (holds (IS ("content.a", "{}"), &group, "{\"a\":{}}"));
  g_assert_true (holds (CONTAINS ("content.a", "2"), &group, "{\"a\":[1,\"x\",2]}"));
  g_assert_false (holds (CONTAINS ("content.a", "\"2\""), &group, "{\"a\":[1,\"x\",2]}"));
  g_assert_false (holds (CONTAINS ("content.a", "2"), &group, "{\"a\":2}"));
}

static void
test_counts_and_permissions (void)
{
#define COUNT(is) "{\"kind\":\"room_member_count\",\"is\":\"" is "\"}"
  MxPushContext creator = group;

  creator.sender_power = G_MAXINT;
  g_assert_true (holds (COUNT ("10"), &group, "{}"));
  g_assert_true (holds (COUNT ("==10"), &group, "{}"));
  g_assert_true (holds (COUNT (">9"), &group, "{}"));
  g_assert_true (holds (COUNT ("<=10"), &group, "{}"));
  g_assert_false (holds (COUNT ("<10"), &group, "{}"));
  g_assert_false (holds (COUNT (">=11"), &group, "{}"));
  g_assert_false (holds (COUNT (""), &group, "{}"));
  g_assert_false (holds (COUNT ("x"), &group, "{}"));
  g_assert_false (holds (COUNT ("=<10"), &group, "{}"));
  g_assert_true (
    holds ("{\"kind\":\"sender_notification_permission\",\"key\":\"room\"}", &creator, "{}"));
  g_assert_false (
    holds ("{\"kind\":\"sender_notification_permission\",\"key\":\"room\"}", &group, "{}"));
  g_assert_false (holds ("{\"kind\":\"org.unknown\"}", &group, "{}"));
  g_assert_false (holds ("7", &group, "{}"));
}

static void
test_order_and_actions (void)
{
  g_autoptr (MxPushRules) master = new_rules (
    "{\"override\":[{\"rule_id\":\".m.rule.master\",\"enabled\":true,\"conditions\":[],\"actions\":[]}]}");
  g_autoptr (MxPushRules) disabled = new_rules (
    "{\"override\":[{\"rule_id\":\"r\",\"enabled\":false,\"conditions\":[],\"actions\":[]}],"
    "\"content\":[{\"rule_id\":\"k\",\"enabled\":true,\"pattern\":\"urgent\",\"actions\":[\"notify\",{\"set_tweak\":\"highlight\"}]}],"
    "\"room\":[{\"rule_id\":\"" ROOM_ID "\",\"enabled\":true,\"actions\":[\"dont_notify\"]}],"
    "\"sender\":[{\"rule_id\":\"@autre:b.fr\",\"enabled\":true,\"actions\":[\"notify\",{\"set_tweak\":\"sound\",\"value\":\"default\"}]}]}");
  g_autoptr (MxPushRules) sender = new_rules (
    "{\"sender\":[{\"rule_id\":\"@autre:b.fr\",\"enabled\":true,\"actions\":[\"notify\",\"coalesce\",{\"set_tweak\":\"highlight\",\"value\":false},{\"set_tweak\":\"danse\"}]}]}");

  assert_actions (evaluate (master, &group, "m.room.message", BODY ("moi")), "");
  assert_actions (evaluate (disabled, &group, "m.room.message", BODY ("très urgent !")), "nh");
  assert_actions (evaluate (disabled, &group, "m.room.message", BODY ("calme")), "");
  assert_actions (evaluate (sender, &group, "m.room.topic", "\"content\":{}"), "n");
}

/* A server that is older than a rule: the rule comes to its place, legacy ones stay away. */
static void
test_missing_defaults (void)
{
  g_autoptr (MxPushRules) rules = new_rules (
    "{\"override\":[{\"rule_id\":\".m.rule.suppress_edits\",\"enabled\":true,\"conditions\":[{\"kind\":\"event_property_is\","
    "\"key\":\"content.m\\\\.relates_to.rel_type\",\"value\":\"m.replace\"}],\"actions\":[]}],\"underride\":[]}");

  assert_actions (evaluate (rules,
                            &group,
                            "m.room.message",
                            EDIT ("{\"user_ids\":[\"" OWN_ID "\"]}")),
                  "nhs");
  assert_actions (evaluate (rules, &group, "m.room.message", BODY ("moi")), "n");
}

static void
test_hostile (void)
{
  static const char *const contents[] = {
    "[]",
    "{}",
    "{\"global\":[]}",
    "{\"global\":{\"override\":{}}}",
    "{\"global\":{\"override\":[7,null,{},{\"rule_id\":7}],\"content\":[{\"rule_id\":\"x\"}],\"room\":\"x\"}}",
    "{\"global\":{\"override\":[{\"rule_id\":\"x\",\"conditions\":{},\"actions\":\"notify\"}]}}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (contents); i++)
    {
      g_autoptr (MxJsonDocument) document = mx_json_document_parse (contents[i], -1, NULL);
      g_autoptr (MxPushRules) rules = mx_push_rules_new (mx_json_document_root (document));

      evaluate (rules, &group, "m.room.message", BODY ("x"));
    }
}

static void
test_room_setting (void)
{
  g_autoptr (MxPushRules) none = new_rules ("{}");
  g_autoptr (MxPushRules) all = new_rules ("{\"room\":[{\"rule_id\":\"" ROOM_ID
                                           "\",\"enabled\":true,\"actions\":[\"notify\"]}]}");
  g_autoptr (MxPushRules) mentions =
    new_rules ("{\"room\":[{\"rule_id\":\"" ROOM_ID "\",\"enabled\":true,\"actions\":[]}]}");
  g_autoptr (MxPushRules) mute =
    new_rules ("{\"override\":[{\"rule_id\":\"" ROOM_ID
               "\",\"enabled\":true,\"actions\":[\"dont_notify\"],\"conditions\":["
               "{\"kind\":\"event_match\",\"key\":\"room_id\",\"pattern\":\"" ROOM_ID "\"}]}]}");
  g_autoptr (MxPushRules) off =
    new_rules ("{\"room\":[{\"rule_id\":\"" ROOM_ID "\",\"enabled\":false,\"actions\":[]}]}");

  g_assert_cmpint (mx_push_rules_get_room_setting (none, ROOM_ID),
                   ==,
                   MX_ROOM_NOTIFICATIONS_DEFAULT);
  g_assert_cmpint (mx_push_rules_get_room_setting (all, ROOM_ID), ==, MX_ROOM_NOTIFICATIONS_ALL);
  g_assert_cmpint (mx_push_rules_get_room_setting (mentions, ROOM_ID),
                   ==,
                   MX_ROOM_NOTIFICATIONS_MENTIONS);
  g_assert_cmpint (mx_push_rules_get_room_setting (mute, ROOM_ID), ==, MX_ROOM_NOTIFICATIONS_MUTE);
  g_assert_cmpint (mx_push_rules_get_room_setting (off, ROOM_ID),
                   ==,
                   MX_ROOM_NOTIFICATIONS_DEFAULT);
  assert_actions (evaluate (mentions, &group, "m.room.message", BODY ("moi")), "");
}

static void
test_globs (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GString) pattern = g_string_new (NULL);

  g_assert_true (mx_push_glob_matches ("", ""));
  g_assert_true (mx_push_glob_matches ("*", ""));
  g_assert_false (mx_push_glob_matches ("?", ""));
  g_assert_true (mx_push_glob_matches ("a*b*c", "aXXbXXbXXc"));
  g_assert_false (mx_push_glob_matches ("a*b*c", "aXXc"));
  g_assert_true (mx_push_glob_matches ("É[.]", "é[.]"));
  g_assert_true (mx_push_glob_matches_word ("@room", "@room"));
  g_assert_true (mx_push_glob_matches_word ("@room", "à @room!"));
  g_assert_false (mx_push_glob_matches_word ("@room", "x@room"));
  g_assert_false (mx_push_glob_matches_word ("@room", "@rooms"));
  g_assert_true (mx_push_glob_matches_word ("a b", "x a b y"));
  g_assert_false (mx_push_glob_matches_word ("", "x"));
  g_assert_true (mx_push_text_has_word ("*", "a * b"));
  g_assert_false (mx_push_text_has_word ("*", "a b"));

  /* as bad as it gets for a matcher that goes back */
  for (int i = 0; i < 30000; i++)
    g_string_append (text, "a ");
  for (int i = 0; i < 120; i++)
    g_string_append (pattern, "*a");
  g_string_append_c (pattern, 'b');
  g_assert_false (mx_push_glob_matches_word (pattern->str, text->str));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/push-rules/defaults", test_defaults);
  g_test_add_func ("/push-rules/mentions", test_mentions);
  g_test_add_func ("/push-rules/own-events", test_own_events);
  g_test_add_func ("/push-rules/event-match", test_event_match);
  g_test_add_func ("/push-rules/properties", test_properties);
  g_test_add_func ("/push-rules/counts-and-permissions", test_counts_and_permissions);
  g_test_add_func ("/push-rules/order-and-actions", test_order_and_actions);
  g_test_add_func ("/push-rules/missing-defaults", test_missing_defaults);
  g_test_add_func ("/push-rules/hostile", test_hostile);
  g_test_add_func ("/push-rules/room-setting", test_room_setting);
  g_test_add_func ("/push-rules/globs", test_globs);

  return g_test_run ();
}
