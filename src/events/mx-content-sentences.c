/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-content-sentences.h"

#include "mx-room-name.h"
#include "mx-text-clean.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_NAME      100
#define MAX_TEXT      200
#define ADMINISTRATOR 100
#define MODERATOR     50

char *
mx_content_dup_person (const char *user_id, MxNameFunc resolve, gpointer data)
{
  return mx_user_name_compute (resolve != NULL ? resolve (user_id, data) : NULL, user_id, FALSE);
}

static char *
dup_clean (MxJson object, const char *member)
{
  return mx_text_clean_line (mx_json_get_string (object, member), MAX_TEXT);
}

static char *
dup_display_name (MxJson member)
{
  return mx_text_clean_name (mx_json_get_string (member, "displayname"), MAX_TEXT);
}

static MxJson
get_previous (MxEvent *event)
{
  return mx_json_get (mx_event_get_unsigned (event), "prev_content");
}

/* -- Members -- */

static char *
with_reason (char *sentence, MxEvent *event)
{
  g_autofree char *reason = dup_clean (mx_event_get_content (event), "reason");
  g_autofree char *plain = sentence;

  if (*reason == '\0')
    return g_steal_pointer (&plain);

  /* Translators: what happened to somebody, then the reason that was given */
  return g_strdup_printf (_ ("%s: %s"), plain, reason);
}

static char *
dup_rename (MxEvent *event, const char *person)
{
  g_autofree char *before = dup_display_name (get_previous (event));
  g_autofree char *after = dup_display_name (mx_event_get_content (event));

  if (*after == '\0')
    return g_strdup_printf (_ ("%s removed their name"), *before != '\0' ? before : person);
  if (*before == '\0')
    return g_strdup_printf (_ ("%s chose the name %s"), person, after);

  return g_strdup_printf (_ ("%s is now called %s"), before, after);
}

/* Whoever joined without a profile in the list of members: the event says who it is. */
static char *
dup_target (MxEvent *event, MxNameFunc resolve, gpointer data)
{
  const char *name = resolve != NULL ? resolve (mx_event_get_state_key (event), data) : NULL;

  if (name == NULL || *name == '\0')
    name = mx_json_get_string (mx_event_get_content (event), "displayname");
  if (name == NULL || *name == '\0')
    name = mx_json_get_string (get_previous (event), "displayname");

  return mx_user_name_compute (name, mx_event_get_state_key (event), FALSE);
}

char *
mx_content_dup_member_sentence (MxContent *content,
                                MxEvent *event,
                                MxNameFunc resolve,
                                gpointer data)
{
  g_autofree char *sender = mx_content_dup_person (mx_event_get_sender (event), resolve, data);
  g_autofree char *target = dup_target (event, resolve, data);

  switch (mx_content_get_membership_change (content))
    {
    case MX_MEMBERSHIP_CHANGE_JOINED:
      return g_strdup_printf (_ ("%s joined the room"), target);
    case MX_MEMBERSHIP_CHANGE_LEFT:
      return with_reason (g_strdup_printf (_ ("%s left the room"), target), event);
    case MX_MEMBERSHIP_CHANGE_INVITED:
      return g_strdup_printf (_ ("%s invited %s"), sender, target);
    case MX_MEMBERSHIP_CHANGE_INVITE_REFUSED:
      return g_strdup_printf (_ ("%s declined the invitation"), target);
    case MX_MEMBERSHIP_CHANGE_INVITE_WITHDRAWN:
      return g_strdup_printf (_ ("%s withdrew the invitation of %s"), sender, target);
    case MX_MEMBERSHIP_CHANGE_KICKED:
      return with_reason (g_strdup_printf (_ ("%s removed %s from the room"), sender, target),
                          event);
    case MX_MEMBERSHIP_CHANGE_BANNED:
      return with_reason (g_strdup_printf (_ ("%s banned %s from the room"), sender, target),
                          event);
    case MX_MEMBERSHIP_CHANGE_UNBANNED:
      return g_strdup_printf (_ ("%s lifted the ban of %s"), sender, target);
    case MX_MEMBERSHIP_CHANGE_RENAMED:
      return dup_rename (event, target);
    case MX_MEMBERSHIP_CHANGE_AVATAR:
      return g_strdup_printf (_ ("%s changed their profile picture"), target);
    case MX_MEMBERSHIP_CHANGE_KNOCKED:
      return with_reason (g_strdup_printf (_ ("%s asks to join"), target), event);
    case MX_MEMBERSHIP_CHANGE_NONE:
      break;
    }

  return g_strdup_printf (_ ("%s changed nothing"), target);
}

/* -- Room -- */

static char *
dup_topic (MxEvent *event, const char *sender)
{
  MxJson content = mx_event_get_content (event);
  MxJson text = mx_json_at (mx_json_path (content, "m.topic", "m.text", NULL), 0);
  g_autofree char *topic = dup_clean (text, "body");

  if (*topic == '\0')
    {
      g_free (topic);
      topic = dup_clean (content, "topic");
    }
  if (*topic == '\0')
    return g_strdup_printf (_ ("%s removed the topic"), sender);

  return g_strdup_printf (_ ("%s set the topic: %s"), sender, topic);
}

static char *
dup_name (MxEvent *event, const char *sender)
{
  g_autofree char *name = dup_clean (mx_event_get_content (event), "name");

  if (*name == '\0')
    return g_strdup_printf (_ ("%s removed the name of the room"), sender);

  return g_strdup_printf (_ ("%s named the room %s"), sender, name);
}

static char *
dup_avatar (MxEvent *event, const char *sender)
{
  const char *url = mx_json_get_string (mx_event_get_content (event), "url");

  if (url == NULL || *url == '\0')
    return g_strdup_printf (_ ("%s removed the picture of the room"), sender);

  return g_strdup_printf (_ ("%s changed the picture of the room"), sender);
}

/* Who has another rank than before: NULL when nobody or several have; count says which. */
static const char *
find_new_rank (MxEvent *event, gint64 *rank, unsigned *count)
{
  MxJson content = mx_event_get_content (event);
  MxJson after = mx_json_get (content, "users");
  MxJson before = mx_json_get (get_previous (event), "users");
  gint64 default_rank = mx_json_int (mx_json_get (content, "users_default"), 0);
  const char *found = NULL;
  const char *user_id;
  MxJsonIter iter;
  MxJson value;

  *count = 0;
  mx_json_iter_init (&iter, after);
  while (mx_json_iter_next (&iter, &user_id, &value))
    if (mx_json_int (value, 0) != mx_json_int (mx_json_get (before, user_id), default_rank))
      {
        (*count)++;
        found = user_id;
        *rank = mx_json_int (value, 0);
      }

  mx_json_iter_init (&iter, before);
  while (mx_json_iter_next (&iter, &user_id, &value))
    if (mx_json_type (mx_json_get (after, user_id)) == MX_JSON_ABSENT &&
        mx_json_int (value, 0) != default_rank)
      {
        (*count)++;
        found = user_id;
        *rank = default_rank;
      }

  return *count == 1 ? found : NULL;
}

static char *
dup_power_levels (MxEvent *event, const char *sender, MxNameFunc resolve, gpointer data)
{
  g_autofree char *person = NULL;
  const char *user_id = NULL;
  gint64 rank = 0;
  unsigned count = 0;

  if (mx_json_is_object (get_previous (event)))
    user_id = find_new_rank (event, &rank, &count);
  if (count > 1)
    return g_strdup_printf (_ ("%s changed the ranks of several members"), sender);
  if (user_id == NULL)
    return g_strdup_printf (_ ("%s changed the permissions of the room"), sender);

  person = mx_content_dup_person (user_id, resolve, data);
  if (rank >= ADMINISTRATOR)
    return g_strdup_printf (_ ("%s made %s an administrator"), sender, person);
  if (rank >= MODERATOR)
    return g_strdup_printf (_ ("%s made %s a moderator"), sender, person);

  return g_strdup_printf (_ ("%s made %s an ordinary member"), sender, person);
}

static char *
dup_history_visibility (MxEvent *event, const char *sender)
{
  MxJson content = mx_event_get_content (event);
  const char *value = mx_json_string_or (mx_json_get (content, "history_visibility"), "");

  if (strcmp (value, "world_readable") == 0)
    return g_strdup_printf (_ ("%s let everyone read the messages"), sender);
  if (strcmp (value, "shared") == 0)
    return g_strdup_printf (_ ("%s let members read the earlier messages"), sender);
  if (strcmp (value, "invited") == 0)
    return g_strdup_printf (_ ("%s let members read the messages since their invitation"), sender);
  if (strcmp (value, "joined") == 0)
    return g_strdup_printf (_ ("%s let members read the messages since their arrival"), sender);

  return g_strdup_printf (_ ("%s changed who may read the earlier messages"), sender);
}

static char *
dup_join_rules (MxEvent *event, const char *sender)
{
  const char *rule =
    mx_json_string_or (mx_json_get (mx_event_get_content (event), "join_rule"), "");

  if (strcmp (rule, "public") == 0)
    return g_strdup_printf (_ ("%s made the room public"), sender);
  if (strcmp (rule, "invite") == 0)
    return g_strdup_printf (_ ("%s made the room accessible by invitation only"), sender);
  if (g_str_has_prefix (rule, "knock"))
    return g_strdup_printf (_ ("%s let people ask to join the room"), sender);
  if (strcmp (rule, "restricted") == 0)
    return g_strdup_printf (_ ("%s let the members of a space join the room"), sender);

  return g_strdup_printf (_ ("%s changed who may join the room"), sender);
}

static char *
dup_access_rules (MxEvent *event, const char *sender)
{
  const char *rule = mx_json_string_or (mx_json_get (mx_event_get_content (event), "rule"), "");

  if (strcmp (rule, "unrestricted") == 0)
    return g_strdup_printf (_ ("%s allowed externals to join this room"), sender);
  if (strcmp (rule, "restricted") == 0)
    return g_strdup_printf (_ ("%s no longer allows externals in this room"), sender);

  return g_strdup_printf (_ ("%s changed the access rule of the room"), sender);
}

static char *
dup_pinned (MxEvent *event, const char *sender)
{
  unsigned before = mx_json_size (mx_json_get (get_previous (event), "pinned"));
  unsigned after = mx_json_size (mx_json_get (mx_event_get_content (event), "pinned"));

  if (after == before + 1)
    return g_strdup_printf (_ ("%s pinned a message"), sender);
  if (after + 1 == before)
    return g_strdup_printf (_ ("%s unpinned a message"), sender);

  return g_strdup_printf (_ ("%s changed the pinned messages"), sender);
}

static char *
dup_create (MxEvent *event, const char *sender)
{
  MxJson content = mx_event_get_content (event);

  if (g_strcmp0 (mx_json_get_string (content, "type"), "m.space") == 0)
    return g_strdup_printf (_ ("%s created the space"), sender);
  if (mx_json_is_object (mx_json_get (content, "predecessor")))
    return g_strdup_printf (_ ("%s created this room as the continuation of another one"), sender);

  return g_strdup_printf (_ ("%s created the room"), sender);
}

static char *
dup_widget (MxEvent *event, const char *sender)
{
  MxJson content = mx_event_get_content (event);
  MxJson before = get_previous (event);
  gboolean removed = mx_json_get_string (content, "url") == NULL;
  const char *type = mx_json_string_or (mx_json_get (removed ? before : content, "type"), "");

  if (strstr (type, "jitsi") != NULL)
    return removed ? g_strdup_printf (_ ("%s ended the video conference"), sender)
                   : g_strdup_printf (_ ("%s started a video conference"), sender);

  return removed ? g_strdup_printf (_ ("%s removed a tool from the room"), sender)
                 : g_strdup_printf (_ ("%s added a tool to the room"), sender);
}

static char *
dup_space_child (MxEvent *event, const char *sender)
{
  if (mx_json_size (mx_json_get (mx_event_get_content (event), "via")) == 0)
    return g_strdup_printf (_ ("%s removed a room from the space"), sender);

  return g_strdup_printf (_ ("%s added a room to the space"), sender);
}

static char *
dup_third_party_invite (MxEvent *event, const char *sender)
{
  g_autofree char *name = dup_clean (mx_event_get_content (event), "display_name");

  if (*name == '\0')
    return g_strdup_printf (_ ("%s withdrew an invitation"), sender);

  return g_strdup_printf (_ ("%s invited %s"), sender, name);
}

static char *
dup_call_member (MxEvent *event, const char *sender)
{
  if (mx_json_size (mx_event_get_content (event)) == 0)
    return g_strdup_printf (_ ("%s left the call"), sender);

  return g_strdup_printf (_ ("%s joined the call"), sender);
}

/* A later event cannot turn it off (E2E-065). */
static char *
dup_encryption (MxEvent *event, const char *sender)
{
  const char *algorithm = mx_json_get_string (mx_event_get_content (event), "algorithm");
  gboolean was_on = mx_json_get_string (get_previous (event), "algorithm") != NULL;

  if (g_strcmp0 (algorithm, "m.megolm.v1.aes-sha2") != 0)
    return was_on
             ? g_strdup_printf (_ ("%s tried to turn off encryption; it stays on"), sender)
             : g_strdup_printf (_ ("%s asked for an encryption that is not known here"), sender);
  if (was_on)
    return g_strdup_printf (_ ("%s changed the settings of the encryption"), sender);

  return g_strdup_printf (_ ("%s turned on end-to-end encryption"), sender);
}

/* Events of which nothing but their sender needs to be told. */
static const struct
{
  const char *type;
  const char *sentence;
} plain_sentences[] = {
  { "m.room.guest_access", N_ ("%s changed the access of guests") },
  { "m.room.canonical_alias", N_ ("%s changed the addresses of the room") },
  { "m.room.aliases", N_ ("%s changed the addresses of the room") },
  { "m.room.server_acl", N_ ("%s changed which servers may take part") },
  { "m.room.retention", N_ ("%s changed how long messages are kept") },
  { "m.room.tombstone", N_ ("%s replaced this room by a new one") },
  { "m.space.parent", N_ ("%s changed the spaces of the room") },
  { "m.beacon_info", N_ ("%s shared their location") },
  { "org.matrix.msc3672.beacon_info", N_ ("%s shared their location") },
};

static const struct
{
  const char *type;
  char *(*dup) (MxEvent *event, const char *sender);
} told_sentences[] = {
  { "m.room.topic", dup_topic },
  { "m.room.name", dup_name },
  { "m.room.avatar", dup_avatar },
  { "m.room.history_visibility", dup_history_visibility },
  { "m.room.join_rules", dup_join_rules },
  { "im.vector.room.access_rules", dup_access_rules },
  { "m.room.pinned_events", dup_pinned },
  { "m.room.encryption", dup_encryption },
  { "m.room.create", dup_create },
  { "m.widget", dup_widget },
  { "im.vector.modular.widgets", dup_widget },
  { "m.space.child", dup_space_child },
  { "m.room.third_party_invite", dup_third_party_invite },
  { "m.call.member", dup_call_member },
  { "org.matrix.msc3401.call.member", dup_call_member },
};

/* Puts name in the place of %s; the translated sentence is no format of ours. */
static char *
fill (const char *sentence, const char *name)
{
  const char *place = strstr (sentence, "%s");

  if (place == NULL)
    return g_strdup (sentence);

  return g_strdup_printf ("%.*s%s%s", (int) (place - sentence), sentence, name, place + 2);
}

char *
mx_content_dup_state_sentence (MxEvent *event, MxNameFunc resolve, gpointer data)
{
  const char *type = mx_event_get_event_type (event);
  g_autofree char *sender = mx_content_dup_person (mx_event_get_sender (event), resolve, data);
  g_autofree char *shown_type = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (told_sentences); i++)
    if (strcmp (type, told_sentences[i].type) == 0)
      return told_sentences[i].dup (event, sender);
  for (gsize i = 0; i < G_N_ELEMENTS (plain_sentences); i++)
    if (strcmp (type, plain_sentences[i].type) == 0)
      return fill (_ (plain_sentences[i].sentence), sender);
  if (strcmp (type, "m.room.power_levels") == 0)
    return dup_power_levels (event, sender, resolve, data);

  shown_type = mx_text_clean_line (type, MAX_NAME);
  /* Translators: %s: a person, then the technical name of the setting */
  return g_strdup_printf (_ ("%s changed a setting of the room (%s)"), sender, shown_type);
}
