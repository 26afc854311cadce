/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Every event in one line: previews and the sentences of the timeline. */
#include "mx-content.h"

static const char *
resolve (const char *user_id, gpointer data)
{
  if (g_str_equal (user_id, "@a:b.fr"))
    return "Léa";
  if (g_str_equal (user_id, "@c:b.fr"))
    return "Paul";

  return NULL;
}

static void
assert_summary (const char *type, const char *rest, const char *expected)
{
  g_autofree char *json =
    g_strdup_printf ("{\"event_id\":\"$e\",\"sender\":\"@a:b.fr\",\"type\":\"%s\",%s}", type, rest);
  g_autoptr (GError) error = NULL;
  g_autoptr (MxEvent) event = mx_event_new_from_text (json, &error);
  g_autoptr (MxContent) content = NULL;
  g_autofree char *summary = NULL;

  g_assert_no_error (error);
  content = mx_content_new (event);
  summary = mx_content_dup_summary (content, event, resolve, NULL);
  g_assert_cmpstr (summary, ==, expected);
}

#define MESSAGE(content) "m.room.message", "\"content\":{" content "}"

static void
test_messages (void)
{
  assert_summary (MESSAGE ("\"msgtype\":\"m.text\",\"body\":\"un\\n deux\\u202e\""), "un deux");
  assert_summary (MESSAGE ("\"msgtype\":\"m.emote\",\"body\":\"salue\""), "Léa salue");
  assert_summary (MESSAGE ("\"msgtype\":\"m.image\",\"body\":\"photo.jpg\",\"url\":\"mxc://b/c\""),
                  "Picture: photo.jpg");
  assert_summary (MESSAGE (
                    "\"msgtype\":\"m.image\",\"body\":\"Regarde\",\"filename\":\"photo.jpg\""),
                  "Picture: Regarde");
  assert_summary (MESSAGE ("\"msgtype\":\"m.file\",\"body\":\"note.pdf\""), "File: note.pdf");
  assert_summary (MESSAGE ("\"msgtype\":\"m.video\",\"body\":\"v.mp4\""), "Video: v.mp4");
  assert_summary (MESSAGE ("\"msgtype\":\"m.audio\",\"body\":\"m.mp3\""), "Audio: m.mp3");
  assert_summary (
    MESSAGE (
      "\"msgtype\":\"m.audio\",\"body\":\"v\",\"org.matrix.msc3245.voice\":{},\"info\":{\"duration\":65000}"),
    "Voice message (1:05)");
  assert_summary (MESSAGE ("\"msgtype\":\"m.location\",\"body\":\"Paris\""), "Location");
  assert_summary (MESSAGE ("\"msgtype\":\"org.x.y\""), "Message of an unknown kind (org.x.y)");
  assert_summary (MESSAGE ("\"msgtype\":\"org.x.y\",\"body\":\"texte\""), "texte");
  assert_summary ("m.sticker", "\"content\":{\"body\":\"chat\"}", "Sticker: chat");
  assert_summary ("m.room.encrypted", "\"content\":{}", "Locked message");
  assert_summary ("m.room.message",
                  "\"content\":{},\"unsigned\":{\"redacted_because\":{}}",
                  "Message deleted");
  assert_summary (
    "m.reaction",
    "\"content\":{\"m.relates_to\":{\"rel_type\":\"m.annotation\",\"event_id\":\"$x\",\"key\":\"👍\"}}",
    "Reaction: 👍");
  assert_summary ("fr.inconnu", "\"content\":{}", "Message of an unknown kind (fr.inconnu)");
}

static void
test_spoiler_is_hidden (void)
{
  assert_summary (
    MESSAGE ("\"msgtype\":\"m.text\",\"body\":\"il meurt\",\"format\":\"org.matrix.custom.html\","
             "\"formatted_body\":\"<span data-mx-spoiler>il meurt</span>\""),
    "██ █████");
}

static void
assert_member (const char *state_key, const char *content, const char *before, const char *expected)
{
  g_autofree char *rest =
    g_strdup_printf ("\"state_key\":\"%s\",\"content\":{%s},\"unsigned\":{\"prev_content\":{%s}}",
                     state_key,
                     content,
                     before);

  assert_summary ("m.room.member", rest, expected);
}

static void
test_members (void)
{
  assert_member ("@a:b.fr", "\"membership\":\"join\"", "", "Léa joined the room");
  assert_member ("@a:b.fr",
                 "\"membership\":\"leave\"",
                 "\"membership\":\"join\"",
                 "Léa left the room");
  assert_member ("@c:b.fr", "\"membership\":\"invite\"", "", "Léa invited Paul");
  assert_member ("@new:b.fr",
                 "\"membership\":\"invite\",\"displayname\":\"Zoé\"",
                 "",
                 "Léa invited Zoé");
  assert_member ("@new:b.fr", "\"membership\":\"invite\"", "", "Léa invited new");
  assert_member ("@c:b.fr",
                 "\"membership\":\"leave\",\"reason\":\"hors\\nsujet\"",
                 "\"membership\":\"join\"",
                 "Léa removed Paul from the room: hors sujet");
  assert_member ("@c:b.fr",
                 "\"membership\":\"ban\"",
                 "\"membership\":\"join\"",
                 "Léa banned Paul from the room");
  assert_member ("@c:b.fr",
                 "\"membership\":\"leave\"",
                 "\"membership\":\"ban\"",
                 "Léa lifted the ban of Paul");
  assert_member ("@c:b.fr",
                 "\"membership\":\"leave\"",
                 "\"membership\":\"invite\"",
                 "Léa withdrew the invitation of Paul");
  assert_member ("@a:b.fr",
                 "\"membership\":\"leave\"",
                 "\"membership\":\"invite\"",
                 "Léa declined the invitation");
  assert_member ("@a:b.fr",
                 "\"membership\":\"join\",\"displayname\":\"Léa R\"",
                 "\"membership\":\"join\",\"displayname\":\"L\\u202e\"",
                 "L is now called Léa R");
  assert_member ("@a:b.fr", "\"membership\":\"knock\"", "", "Léa asks to join");
}

#define STATE(content)           "\"state_key\":\"\",\"content\":{" content "}"
#define CHANGED(content, before) STATE (content) ",\"unsigned\":{\"prev_content\":{" before "}}"

static void
test_state (void)
{
  assert_summary ("m.room.create", STATE (""), "Léa created the room");
  assert_summary ("m.room.create", STATE ("\"type\":\"m.space\""), "Léa created the space");
  assert_summary ("m.room.name", STATE ("\"name\":\"Projet\""), "Léa named the room Projet");
  assert_summary ("m.room.name", STATE (""), "Léa removed the name of the room");
  assert_summary ("m.room.topic",
                  STATE ("\"topic\":\"100 %s %n\""),
                  "Léa set the topic: 100 %s %n");
  assert_summary ("m.room.topic",
                  STATE ("\"topic\":\"a\",\"m.topic\":{\"m.text\":[{\"body\":\"b\"}]}"),
                  "Léa set the topic: b");
  assert_summary ("m.room.avatar",
                  STATE ("\"url\":\"mxc://b/c\""),
                  "Léa changed the picture of the room");
#define MEGOLM "\"algorithm\":\"m.megolm.v1.aes-sha2\""
  assert_summary ("m.room.encryption", STATE (MEGOLM), "Léa turned on end-to-end encryption");
  assert_summary ("m.room.encryption",
                  CHANGED (MEGOLM ",\"rotation_period_msgs\":10", MEGOLM),
                  "Léa changed the settings of the encryption");
  assert_summary ("m.room.encryption",
                  CHANGED ("\"algorithm\":\"none\"", MEGOLM),
                  "Léa tried to turn off encryption; it stays on");
  assert_summary ("m.room.encryption",
                  CHANGED ("", MEGOLM),
                  "Léa tried to turn off encryption; it stays on");
  assert_summary ("m.room.encryption",
                  STATE ("\"algorithm\":\"rot13\""),
                  "Léa asked for an encryption that is not known here");
  assert_summary ("m.room.join_rules",
                  STATE ("\"join_rule\":\"public\""),
                  "Léa made the room public");
  assert_summary ("m.room.history_visibility",
                  STATE ("\"history_visibility\":\"shared\""),
                  "Léa let members read the earlier messages");
  assert_summary ("m.room.pinned_events",
                  CHANGED ("\"pinned\":[\"$a\"]", ""),
                  "Léa pinned a message");
  assert_summary ("m.room.pinned_events",
                  CHANGED ("", "\"pinned\":[\"$a\"]"),
                  "Léa unpinned a message");
  assert_summary ("m.room.tombstone", STATE (""), "Léa replaced this room by a new one");
  assert_summary ("im.vector.room.access_rules",
                  STATE ("\"rule\":\"unrestricted\""),
                  "Léa allowed externals to join this room");
  assert_summary ("m.widget",
                  STATE ("\"type\":\"jitsi\",\"url\":\"x\""),
                  "Léa started a video conference");
  assert_summary ("fr.reglage", STATE (""), "Léa changed a setting of the room (fr.reglage)");
}

static void
test_power_levels (void)
{
  const char *type = "m.room.power_levels";

  assert_summary (type,
                  CHANGED ("\"users\":{\"@c:b.fr\":100}", "\"users\":{}"),
                  "Léa made Paul an administrator");
  assert_summary (type,
                  CHANGED ("\"users\":{\"@c:b.fr\":50}", "\"users\":{\"@c:b.fr\":100}"),
                  "Léa made Paul a moderator");
  assert_summary (type,
                  CHANGED ("\"users\":{}", "\"users\":{\"@c:b.fr\":50}"),
                  "Léa made Paul an ordinary member");
  assert_summary (type,
                  CHANGED ("\"users\":{\"@c:b.fr\":50,\"@d:b.fr\":50}", "\"users\":{}"),
                  "Léa changed the ranks of several members");
  assert_summary (type,
                  CHANGED ("\"ban\":100", "\"ban\":50"),
                  "Léa changed the permissions of the room");
  assert_summary (type,
                  STATE ("\"users\":{\"@c:b.fr\":50}"),
                  "Léa changed the permissions of the room");
}

/* A message of ours that has no event yet, and nobody to ask for names. */
static void
test_without_event (void)
{
  g_autoptr (MxJsonDocument) document =
    mx_json_document_parse ("{\"msgtype\":\"m.emote\",\"body\":\"salue\"}", -1, NULL);
  g_autoptr (MxContent) content =
    mx_content_new_local ("m.room.message", mx_json_document_root (document));
  g_autofree char *summary = mx_content_dup_summary (content, NULL, NULL, NULL);

  g_assert_cmpstr (summary, ==, "salue");
}

int
main (int argc, char **argv)
{
  g_setenv ("LANGUAGE", "C", TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/summary/messages", test_messages);
  g_test_add_func ("/summary/spoiler-is-hidden", test_spoiler_is_hidden);
  g_test_add_func ("/summary/members", test_members);
  g_test_add_func ("/summary/state", test_state);
  g_test_add_func ("/summary/power-levels", test_power_levels);
  g_test_add_func ("/summary/without-event", test_without_event);

  return g_test_run ();
}
