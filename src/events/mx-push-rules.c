/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Rules are compiled once when they arrive; an event is then judged without allocating. What is not
 * understood never matches and never acts. */
#include "config.h"

#include "mx-push-rules.h"

#include "mx-matrix-id.h"
#include "mx-push-defaults.h"
#include "mx-push-glob.h"

#include <string.h>

#define MAX_RULES 2000

typedef enum
{
  KIND_OVERRIDE,
  KIND_CONTENT,
  KIND_ROOM,
  KIND_SENDER,
  KIND_UNDERRIDE,
  N_KINDS,
} RuleKind;

static const char *const kind_names[N_KINDS] = { "override",
                                                 "content",
                                                 "room",
                                                 "sender",
                                                 "underride" };

typedef enum
{
  CONDITION_NEVER,
  CONDITION_EVENT_MATCH,
  CONDITION_PROPERTY_IS,
  CONDITION_PROPERTY_CONTAINS,
  CONDITION_DISPLAY_NAME,
  CONDITION_MEMBER_COUNT,
  CONDITION_SENDER_PERMISSION,
} ConditionKind;

typedef struct
{
  ConditionKind kind;
  GStrv path;    /* of the key */
  char *pattern; /* or the text that a property is compared with */
  MxJsonType value_type;
  gint64 value; /* integers and booleans */
  char comparison[3];
  unsigned count;
} Condition;

typedef struct
{
  char *id;
  gboolean enabled;
  gboolean legacy_mention;
  GPtrArray *conditions;
  MxPushActions actions;
} Rule;

struct _MxPushRules
{
  gatomicrefcount ref_count;
  GPtrArray *rules[N_KINDS];
};

static void
condition_free (Condition *self)
{
  g_strfreev (self->path);
  g_free (self->pattern);
  g_free (self);
}

static void
rule_free (Rule *self)
{
  g_free (self->id);
  g_clear_pointer (&self->conditions, g_ptr_array_unref);
  g_free (self);
}

MxPushRules *
mx_push_rules_ref (MxPushRules *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
mx_push_rules_unref (MxPushRules *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  for (RuleKind kind = 0; kind < N_KINDS; kind++)
    g_ptr_array_unref (self->rules[kind]);
  g_free (self);
}

/* "content.m\.mentions.room" → content, m.mentions, room */
static GStrv
split_key (const char *key)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GString) part = g_string_new (NULL);

  for (const char *p = key; *p != '\0'; p++)
    {
      if (*p == '\\' && (p[1] == '.' || p[1] == '\\'))
        g_string_append_c (part, *++p);
      else if (*p == '.')
        {
          g_strv_builder_add (builder, part->str);
          g_string_truncate (part, 0);
        }
      else
        g_string_append_c (part, *p);
    }
  g_strv_builder_add (builder, part->str);

  return g_strv_builder_end (builder);
}

static void
parse_count (Condition *self, const char *is)
{
  gsize length = strspn (is, "<>=");
  guint64 count;

  if (length < sizeof self->comparison &&
      g_ascii_string_to_unsigned (is + length, 10, 0, G_MAXUINT, &count, NULL))
    {
      self->kind = CONDITION_MEMBER_COUNT;
      self->count = (unsigned) count;
      g_strlcpy (self->comparison,
                 length > 0 ? is : "==",
                 length > 0 ? length + 1 : sizeof self->comparison);
    }
}

static void
parse_property (Condition *self, ConditionKind kind, MxJson value)
{
  self->value_type = mx_json_type (value);
  switch (self->value_type)
    {
    case MX_JSON_STRING:
      self->pattern = g_strdup (mx_json_string (value));
      break;
    case MX_JSON_INTEGER:
      self->value = mx_json_int (value, 0);
      break;
    case MX_JSON_BOOLEAN:
      self->value = mx_json_bool (value, FALSE);
      break;
    case MX_JSON_NULL:
      break;
    default:
      return;
    }
  self->kind = kind;
}

static Condition *
parse_condition (MxJson json)
{
  Condition *self = g_new0 (Condition, 1);
  const char *kind = mx_json_string_or (mx_json_get (json, "kind"), "");
  const char *key = mx_json_get_string (json, "key");
  const char *pattern = mx_json_get_string (json, "pattern");
  const char *is = mx_json_get_string (json, "is");

  if (key != NULL)
    self->path = split_key (key);

  if (strcmp (kind, "event_match") == 0 && key != NULL && pattern != NULL)
    {
      self->kind = CONDITION_EVENT_MATCH;
      self->pattern = g_strdup (pattern);
    }
  else if (strcmp (kind, "event_property_is") == 0 && key != NULL)
    parse_property (self, CONDITION_PROPERTY_IS, mx_json_get (json, "value"));
  else if (strcmp (kind, "event_property_contains") == 0 && key != NULL)
    parse_property (self, CONDITION_PROPERTY_CONTAINS, mx_json_get (json, "value"));
  else if (strcmp (kind, "contains_display_name") == 0)
    self->kind = CONDITION_DISPLAY_NAME;
  else if (strcmp (kind, "room_member_count") == 0 && is != NULL)
    parse_count (self, is);
  else if (strcmp (kind, "sender_notification_permission") == 0 && g_strcmp0 (key, "room") == 0)
    self->kind = CONDITION_SENDER_PERMISSION;

  return self;
}

static Condition *
new_match (const char *key, const char *pattern)
{
  Condition *self = g_new0 (Condition, 1);

  self->kind = CONDITION_EVENT_MATCH;
  self->path = split_key (key);
  self->pattern = g_strdup (pattern);

  return self;
}

static MxPushActions
parse_actions (MxJson json)
{
  MxPushActions actions = { 0 };
  MxJsonIter iter;
  MxJson action;
  const char *name;

  mx_json_iter_init (&iter, json);
  while (mx_json_iter_next (&iter, &name, &action))
    {
      const char *tweak = mx_json_get_string (action, "set_tweak");

      if (g_strcmp0 (mx_json_string (action), "notify") == 0)
        actions.notify = TRUE;
      else if (g_strcmp0 (tweak, "highlight") == 0)
        actions.highlight = mx_json_bool (mx_json_get (action, "value"), TRUE);
      else if (g_strcmp0 (tweak, "sound") == 0)
        actions.sound = mx_json_get_string (action, "value") != NULL;
    }

  if (!actions.notify)
    actions = (MxPushActions) { 0 };

  return actions;
}

static Rule *
parse_rule (RuleKind kind, MxJson json)
{
  const char *id = mx_json_get_string (json, "rule_id");
  const char *pattern = mx_json_get_string (json, "pattern");
  MxJsonIter iter;
  MxJson condition;
  const char *name;
  Rule *self;

  if (id == NULL || (kind == KIND_CONTENT && pattern == NULL))
    return NULL;

  self = g_new0 (Rule, 1);
  self->id = g_strdup (id);
  self->enabled = mx_json_bool (mx_json_get (json, "enabled"), TRUE);
  self->legacy_mention = strcmp (id, ".m.rule.contains_display_name") == 0 ||
                         strcmp (id, ".m.rule.contains_user_name") == 0 ||
                         strcmp (id, ".m.rule.roomnotif") == 0;
  self->actions = parse_actions (mx_json_get (json, "actions"));
  self->conditions = g_ptr_array_new_with_free_func ((GDestroyNotify) condition_free);

  switch (kind)
    {
    case KIND_CONTENT:
      g_ptr_array_add (self->conditions, new_match ("content.body", pattern));
      break;
    case KIND_ROOM:
    case KIND_SENDER:
      {
        Condition *is = new_match (kind == KIND_ROOM ? "room_id" : "sender", id);

        is->kind = CONDITION_PROPERTY_IS;
        is->value_type = MX_JSON_STRING;
        g_ptr_array_add (self->conditions, is);
        break;
      }
    default:
      mx_json_iter_init (&iter, mx_json_get (json, "conditions"));
      while (mx_json_iter_next (&iter, &name, &condition))
        g_ptr_array_add (self->conditions, parse_condition (condition));
      break;
    }

  return self;
}

static GPtrArray *
parse_rules (RuleKind kind, MxJson list)
{
  GPtrArray *rules = g_ptr_array_new_with_free_func ((GDestroyNotify) rule_free);
  MxJsonIter iter;
  MxJson json;
  const char *name;

  mx_json_iter_init (&iter, list);
  while (rules->len < MAX_RULES && mx_json_iter_next (&iter, &name, &json))
    {
      Rule *rule = parse_rule (kind, json);

      if (rule != NULL)
        g_ptr_array_add (rules, rule);
    }

  return rules;
}

static gboolean
find_rule (GPtrArray *rules, const char *id, guint *index)
{
  for (guint i = 0; i < rules->len; i++)
    if (strcmp (((const Rule *) g_ptr_array_index (rules, i))->id, id) == 0)
      {
        *index = i;
        return TRUE;
      }

  return FALSE;
}

/* Rules that an older server does not know come to where the specification has them. Legacy ones
 * are never added. */
static void
add_missing (GPtrArray *rules, GPtrArray *defaults)
{
  guint position = 0;

  while (position < rules->len &&
         (*((const Rule *) g_ptr_array_index (rules, position))->id != '.' ||
          strcmp (((const Rule *) g_ptr_array_index (rules, position))->id, ".m.rule.master") == 0))
    position++;

  while (defaults->len > 0)
    {
      Rule *rule = g_ptr_array_steal_index (defaults, 0);
      guint found;

      if (find_rule (rules, rule->id, &found))
        {
          if (strcmp (rule->id, ".m.rule.master") != 0)
            position = found + 1;
          rule_free (rule);
        }
      else if (rule->legacy_mention)
        rule_free (rule);
      else
        g_ptr_array_insert (rules, (int) position++, rule);
    }
}

MxPushRules *
mx_push_rules_new (MxJson account_data_content)
{
  MxJson given = mx_json_get (account_data_content, "global");
  MxPushRules *self = g_new0 (MxPushRules, 1);

  g_atomic_ref_count_init (&self->ref_count);
  for (RuleKind kind = 0; kind < N_KINDS; kind++)
    {
      g_autoptr (MxJsonDocument) document = mx_push_default_rules (kind_names[kind]);
      g_autoptr (GPtrArray) built_in = parse_rules (kind, mx_json_document_root (document));

      if (mx_json_is_object (given))
        {
          self->rules[kind] = parse_rules (kind, mx_json_get (given, kind_names[kind]));
          add_missing (self->rules[kind], built_in);
        }
      else
        self->rules[kind] = g_steal_pointer (&built_in);
    }

  return self;
}

/* What a key names in an event. The relation is read from the clear part, mentions from the payload
 * (E2E-085). */
static MxJson
look_up (const Condition *condition, MxEvent *event)
{
  GStrv path = condition->path;
  MxJson value;

  if (strcmp (path[0], "content") != 0)
    value = mx_json_get (mx_event_get_json (event), path[0]);
  else if (path[1] != NULL && strcmp (path[1], "m.relates_to") == 0)
    value = mx_event_get_wire_content (event);
  else
    value = mx_event_get_content (event);

  for (guint i = 1; path[i] != NULL; i++)
    value = mx_json_get (value, path[i]);

  return value;
}

/* The text that a key names; NULL when it is no text. */
static const char *
look_up_text (const Condition *condition, MxEvent *event, const MxPushContext *context)
{
  GStrv path = condition->path;

  if (path[1] == NULL)
    {
      if (strcmp (path[0], "room_id") == 0)
        return context->room_id;
      if (strcmp (path[0], "type") == 0)
        return mx_event_get_event_type (event);
      if (strcmp (path[0], "sender") == 0)
        return mx_event_get_sender (event);
      if (strcmp (path[0], "state_key") == 0)
        return mx_event_get_state_key (event);
    }

  return mx_json_string (look_up (condition, event));
}

static gboolean
is_body (const Condition *condition)
{
  return strcmp (condition->path[0], "content") == 0 &&
         g_strcmp0 (condition->path[1], "body") == 0 && condition->path[2] == NULL;
}

static gboolean
event_matches (const Condition *condition, MxEvent *event, const MxPushContext *context)
{
  const char *text = look_up_text (condition, event, context);
  const char *pattern = condition->pattern;

  if (text == NULL)
    return FALSE;

  if (strcmp (pattern, MX_PUSH_OWN_ID) == 0)
    return strcmp (text, context->user_id) == 0;
  if (strcmp (pattern, MX_PUSH_OWN_LOCALPART) == 0)
    {
      g_autofree char *localpart = mx_user_id_dup_localpart (context->user_id);

      return localpart != NULL && mx_push_text_has_word (localpart, text);
    }

  return is_body (condition) ? mx_push_glob_matches_word (pattern, text)
                             : mx_push_glob_matches (pattern, text);
}

static gboolean
value_equals (const Condition *condition, MxJson value, const MxPushContext *context)
{
  const char *expected = condition->pattern;

  if (mx_json_type (value) != condition->value_type)
    return FALSE;

  switch (condition->value_type)
    {
    case MX_JSON_STRING:
      if (strcmp (expected, MX_PUSH_OWN_ID) == 0)
        expected = context->user_id;
      return strcmp (mx_json_string (value), expected) == 0;
    case MX_JSON_INTEGER:
      return mx_json_int (value, 0) == condition->value;
    case MX_JSON_BOOLEAN:
      return mx_json_bool (value, FALSE) == (gboolean) condition->value;
    default:
      return TRUE;
    }
}

static gboolean
property_is (const Condition *condition, MxEvent *event, const MxPushContext *context)
{
  if (condition->value_type == MX_JSON_STRING && condition->path[1] == NULL)
    return g_strcmp0 (look_up_text (condition, event, context), condition->pattern) == 0;

  return value_equals (condition, look_up (condition, event), context);
}

static gboolean
property_contains (const Condition *condition, MxEvent *event, const MxPushContext *context)
{
  MxJson list = look_up (condition, event);
  MxJsonIter iter;
  MxJson value;
  const char *name;

  if (mx_json_type (list) != MX_JSON_ARRAY)
    return FALSE;

  mx_json_iter_init (&iter, list);
  while (mx_json_iter_next (&iter, &name, &value))
    if (value_equals (condition, value, context))
      return TRUE;

  return FALSE;
}

static gboolean
count_is (const Condition *condition, unsigned members)
{
  if (strcmp (condition->comparison, "==") == 0)
    return members == condition->count;
  if (strcmp (condition->comparison, "<") == 0)
    return members < condition->count;
  if (strcmp (condition->comparison, ">") == 0)
    return members > condition->count;
  if (strcmp (condition->comparison, "<=") == 0)
    return members <= condition->count;
  if (strcmp (condition->comparison, ">=") == 0)
    return members >= condition->count;

  return FALSE;
}

static gboolean
condition_holds (const Condition *condition, MxEvent *event, const MxPushContext *context)
{
  const char *body;

  switch (condition->kind)
    {
    case CONDITION_EVENT_MATCH:
      return event_matches (condition, event, context);
    case CONDITION_PROPERTY_IS:
      return property_is (condition, event, context);
    case CONDITION_PROPERTY_CONTAINS:
      return property_contains (condition, event, context);
    case CONDITION_DISPLAY_NAME:
      body = mx_json_get_string (mx_event_get_content (event), "body");
      return body != NULL && context->display_name != NULL &&
             mx_push_text_has_word (context->display_name, body);
    case CONDITION_MEMBER_COUNT:
      return count_is (condition, context->joined_members);
    case CONDITION_SENDER_PERMISSION:
      return context->sender_power >= context->room_notification_power;
    case CONDITION_NEVER:
      break;
    }

  return FALSE;
}

static gboolean
rule_matches (const Rule *rule, MxEvent *event, const MxPushContext *context, gboolean has_mentions)
{
  if (!rule->enabled || (rule->legacy_mention && has_mentions))
    return FALSE;

  for (guint i = 0; i < rule->conditions->len; i++)
    if (!condition_holds (g_ptr_array_index (rule->conditions, i), event, context))
      return FALSE;

  return TRUE;
}

MxPushActions
mx_push_rules_evaluate (MxPushRules *self, MxEvent *event, const MxPushContext *context)
{
  const MxPushActions none = { 0 };
  gboolean has_mentions;

  g_return_val_if_fail (self != NULL, none);
  g_return_val_if_fail (event != NULL, none);
  g_return_val_if_fail (context != NULL && context->user_id != NULL, none);

  if (strcmp (mx_event_get_sender (event), context->user_id) == 0)
    return none;

  has_mentions =
    mx_json_type (mx_json_get (mx_event_get_content (event), "m.mentions")) != MX_JSON_ABSENT;
  for (RuleKind kind = 0; kind < N_KINDS; kind++)
    for (guint i = 0; i < self->rules[kind]->len; i++)
      {
        const Rule *rule = g_ptr_array_index (self->rules[kind], i);

        if (rule_matches (rule, event, context, has_mentions))
          return rule->actions;
      }

  return none;
}

/* An override rule that is about this room and nothing else. */
static gboolean
is_about_room (const Rule *rule, const char *room_id)
{
  const Condition *condition;

  if (rule->conditions->len != 1)
    return FALSE;

  condition = g_ptr_array_index (rule->conditions, 0);

  return condition->kind == CONDITION_EVENT_MATCH && strcmp (condition->path[0], "room_id") == 0 &&
         condition->path[1] == NULL && strcmp (condition->pattern, room_id) == 0;
}

MxRoomNotifications
mx_push_rules_get_room_setting (MxPushRules *self, const char *room_id)
{
  guint index;

  g_return_val_if_fail (self != NULL, MX_ROOM_NOTIFICATIONS_DEFAULT);
  g_return_val_if_fail (room_id != NULL, MX_ROOM_NOTIFICATIONS_DEFAULT);

  for (guint i = 0; i < self->rules[KIND_OVERRIDE]->len; i++)
    {
      const Rule *rule = g_ptr_array_index (self->rules[KIND_OVERRIDE], i);

      if (rule->enabled && !rule->actions.notify && is_about_room (rule, room_id))
        return MX_ROOM_NOTIFICATIONS_MUTE;
    }

  if (find_rule (self->rules[KIND_ROOM], room_id, &index))
    {
      const Rule *rule = g_ptr_array_index (self->rules[KIND_ROOM], index);

      if (rule->enabled)
        return rule->actions.notify ? MX_ROOM_NOTIFICATIONS_ALL : MX_ROOM_NOTIFICATIONS_MENTIONS;
    }

  return MX_ROOM_NOTIFICATIONS_DEFAULT;
}
