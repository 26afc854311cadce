/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-push-defaults.h"

#include <string.h>

/* JSON with ' for ". */
#define MATCH(key, pattern) "{'kind':'event_match','key':'" key "','pattern':'" pattern "'}"
#define IS(key, value)      "{'kind':'event_property_is','key':'" key "','value':" value "}"
#define CONTAINS_OWN_ID(key)                                                                       \
  "{'kind':'event_property_contains','key':'" key "','value':'" MX_PUSH_OWN_ID "'}"
#define TWO_MEMBERS     "{'kind':'room_member_count','is':'2'}"
#define MAY_NOTIFY_ROOM "{'kind':'sender_notification_permission','key':'room'}"

#define NOTHING          ""
#define NOTIFY           "'notify'"
#define NOTIFY_SOUND     "'notify',{'set_tweak':'sound','value':'default'}"
#define NOTIFY_RING      "'notify',{'set_tweak':'sound','value':'ring'}"
#define NOTIFY_HIGHLIGHT "'notify',{'set_tweak':'highlight'}"
#define NOTIFY_SOUND_HIGH                                                                          \
  "'notify',{'set_tweak':'sound','value':'default'},{'set_tweak':'highlight'}"

typedef struct
{
  const char *kind;
  const char *id;
  const char *conditions[3]; /* of a content rule: its pattern */
  const char *actions;
} DefaultRule;

/* In the order in which servers send them. */
static const DefaultRule rules[] = {
  { "override", ".m.rule.master", { NULL }, NOTHING },
  { "override", ".m.rule.suppress_notices", { MATCH ("content.msgtype", "m.notice") }, NOTHING },
  { "override",
    ".m.rule.invite_for_me",
    { MATCH ("type", "m.room.member"),
      MATCH ("content.membership", "invite"),
      MATCH ("state_key", MX_PUSH_OWN_ID) },
    NOTIFY_SOUND },
  { "override", ".m.rule.member_event", { MATCH ("type", "m.room.member") }, NOTHING },
  { "override",
    ".m.rule.is_user_mention",
    { CONTAINS_OWN_ID ("content.m\\\\.mentions.user_ids") },
    NOTIFY_SOUND_HIGH },
  { "override",
    ".m.rule.contains_display_name",
    { "{'kind':'contains_display_name'}" },
    NOTIFY_SOUND_HIGH },
  { "override",
    ".m.rule.is_room_mention",
    { IS ("content.m\\\\.mentions.room", "true"), MAY_NOTIFY_ROOM },
    NOTIFY_HIGHLIGHT },
  { "override",
    ".m.rule.roomnotif",
    { MAY_NOTIFY_ROOM, MATCH ("content.body", "@room") },
    NOTIFY_HIGHLIGHT },
  { "override",
    ".m.rule.tombstone",
    { MATCH ("type", "m.room.tombstone"), MATCH ("state_key", "") },
    NOTIFY_HIGHLIGHT },
  { "override", ".m.rule.reaction", { MATCH ("type", "m.reaction") }, NOTHING },
  { "override",
    ".m.rule.room.server_acl",
    { MATCH ("type", "m.room.server_acl"), MATCH ("state_key", "") },
    NOTHING },
  { "override",
    ".m.rule.suppress_edits",
    { IS ("content.m\\\\.relates_to.rel_type", "'m.replace'") },
    NOTHING },
  { "content", ".m.rule.contains_user_name", { MX_PUSH_OWN_LOCALPART }, NOTIFY_SOUND_HIGH },
  { "underride", ".m.rule.call", { MATCH ("type", "m.call.invite") }, NOTIFY_RING },
  { "underride",
    ".m.rule.encrypted_room_one_to_one",
    { TWO_MEMBERS, MATCH ("type", "m.room.encrypted") },
    NOTIFY_SOUND },
  { "underride",
    ".m.rule.room_one_to_one",
    { TWO_MEMBERS, MATCH ("type", "m.room.message") },
    NOTIFY_SOUND },
  { "underride", ".m.rule.message", { MATCH ("type", "m.room.message") }, NOTIFY },
  { "underride", ".m.rule.encrypted", { MATCH ("type", "m.room.encrypted") }, NOTIFY },
};

static void
append_rule (GString *text, const DefaultRule *rule)
{
  if (text->len > 1)
    g_string_append_c (text, ',');
  g_string_append_printf (text,
                          "{'rule_id':'%s','default':true,'enabled':%s,'actions':[%s],",
                          rule->id,
                          strcmp (rule->id, ".m.rule.master") == 0 ? "false" : "true",
                          rule->actions);

  if (strcmp (rule->kind, "content") == 0)
    {
      g_string_append_printf (text, "'pattern':'%s'}", rule->conditions[0]);
      return;
    }

  g_string_append (text, "'conditions':[");
  for (gsize i = 0; i < G_N_ELEMENTS (rule->conditions) && rule->conditions[i] != NULL; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "," : "", rule->conditions[i]);
  g_string_append (text, "]}");
}

MxJsonDocument *
mx_push_default_rules (const char *kind)
{
  g_autoptr (GString) text = g_string_new ("[");
  g_autoptr (GError) error = NULL;
  MxJsonDocument *document;

  for (gsize i = 0; i < G_N_ELEMENTS (rules); i++)
    if (strcmp (rules[i].kind, kind) == 0)
      append_rule (text, &rules[i]);
  g_string_append_c (text, ']');
  g_strdelimit (text->str, "'", '"');

  document = mx_json_document_parse (text->str, -1, &error);
  if (document == NULL)
    g_error ("The built-in push rules cannot be read: %s", error->message);

  return document;
}
