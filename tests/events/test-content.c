/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What events say: each kind, the rules of edits, and content that is not what it should be. */
#include "mx-content.h"

#include <string.h>

static MxEvent *
new_event (const char *type, const char *rest)
{
  g_autofree char *json =
    g_strdup_printf ("{\"event_id\":\"$e\",\"sender\":\"@a:b.fr\",\"type\":\"%s\"%s}", type, rest);
  g_autoptr (GError) error = NULL;
  MxEvent *event = mx_event_new_from_text (json, &error);

  g_assert_no_error (error);

  return event;
}

static MxContent *
read_content (const char *type, const char *content)
{
  g_autofree char *rest = g_strdup_printf (",\"content\":%s", content);
  g_autoptr (MxEvent) event = new_event (type, rest);

  return mx_content_new (event);
}

static MxContent *
read_message (const char *content)
{
  return read_content ("m.room.message", content);
}

static void
test_text (void)
{
  g_autoptr (MxContent) text = read_message (
    "{\"msgtype\":\"m.text\",\"body\":\"a\",\"format\":\"org.matrix.custom.html\",\"formatted_body\":\"<b>a</b>\","
    "\"m.mentions\":{\"user_ids\":[\"@l:b.fr\",7,\"x\"],\"room\":true}}");
  g_autoptr (MxContent) other = read_message (
    "{\"msgtype\":\"m.notice\",\"body\":\"a\",\"format\":\"x\",\"formatted_body\":\"<b>a</b>\",\"m.mentions\":[]}");
  g_autoptr (MxContent) emote = read_message ("{\"msgtype\":\"m.emote\",\"body\":\"salue\"}");

  g_assert_cmpint (mx_content_get_kind (text), ==, MX_CONTENT_TEXT);
  g_assert_cmpstr (mx_content_get_body (text), ==, "a");
  g_assert_cmpstr (mx_content_get_html (text), ==, "<b>a</b>");
  g_assert_cmpstr (mx_content_get_mentions (text)[0], ==, "@l:b.fr");
  g_assert_null (mx_content_get_mentions (text)[1]);
  g_assert_true (mx_content_mentions_room (text));
  g_assert_null (mx_content_get_media (text));
  g_assert_cmpint (mx_content_get_kind (other), ==, MX_CONTENT_NOTICE);
  g_assert_null (mx_content_get_html (other));
  g_assert_null (mx_content_get_mentions (other)[0]);
  g_assert_false (mx_content_mentions_room (other));
  g_assert_cmpint (mx_content_get_kind (emote), ==, MX_CONTENT_EMOTE);
}

static void
test_malformed (void)
{
  static const char *const contents[] = {
    "{}",
    "[]",
    "\"text\"",
    "{\"msgtype\":\"m.text\"}",
    "{\"msgtype\":\"m.text\",\"body\":{}}",
    "{\"msgtype\":7,\"body\":\"x\"}",
    "{\"msgtype\":\"m.text\",\"body\":null}",
  };
  g_autoptr (MxContent) unknown =
    read_message ("{\"msgtype\":\"org.example.dance\",\"body\":\"danse\"}");

  for (gsize i = 0; i < G_N_ELEMENTS (contents); i++)
    {
      g_autoptr (MxContent) content = read_message (contents[i]);

      g_assert_cmpint (mx_content_get_kind (content), ==, MX_CONTENT_UNKNOWN);
      g_assert_nonnull (mx_content_get_body (content));
      g_assert_nonnull (mx_content_get_type_name (content));
    }
  g_assert_cmpint (mx_content_get_kind (unknown), ==, MX_CONTENT_UNKNOWN);
  g_assert_cmpstr (mx_content_get_type_name (unknown), ==, "org.example.dance");
  g_assert_cmpstr (mx_content_get_body (unknown), ==, "danse");
}

#define REPLY ",\"m.relates_to\":{\"m.in_reply_to\":{\"event_id\":\"$r\"}}}"

static void
test_reply_fallback (void)
{
  g_autoptr (MxContent) reply =
    read_message ("{\"msgtype\":\"m.text\",\"body\":\"> <@l:b.fr> un\\n> deux\\n\\ntrois\"" REPLY);
  g_autoptr (MxContent) own_quote =
    read_message ("{\"msgtype\":\"m.text\",\"body\":\"> un\\n\\ndeux\"" REPLY);
  g_autoptr (MxContent) no_reply =
    read_message ("{\"msgtype\":\"m.text\",\"body\":\"> <@l:b.fr> un\\n\\ndeux\"}");
  g_autoptr (MxContent) nothing_else =
    read_message ("{\"msgtype\":\"m.text\",\"body\":\"> <@l:b.fr> un\"" REPLY);

  g_assert_cmpstr (mx_content_get_body (reply), ==, "trois");
  g_assert_cmpstr (mx_content_get_body (own_quote), ==, "> un\n\ndeux");
  g_assert_cmpstr (mx_content_get_body (no_reply), ==, "> <@l:b.fr> un\n\ndeux");
  g_assert_cmpstr (mx_content_get_body (nothing_else), ==, "> <@l:b.fr> un");
}

static void
test_image (void)
{
  g_autoptr (MxContent) image = read_message (
    "{\"msgtype\":\"m.image\",\"body\":\"photo.jpg\",\"url\":\"mxc://b.fr/abc\",\"info\":{\"mimetype\":\"Image/JPEG\","
    "\"size\":1234,\"w\":800,\"h\":600,\"thumbnail_url\":\"mxc://b.fr/def\"}}");
  const MxMediaInfo *media = mx_content_get_media (image);

  g_assert_cmpint (mx_content_get_kind (image), ==, MX_CONTENT_IMAGE);
  g_assert_cmpstr (media->url, ==, "mxc://b.fr/abc");
  g_assert_null (media->encrypted_file);
  g_assert_cmpstr (media->mimetype, ==, "image/jpeg");
  g_assert_cmpint (media->size, ==, 1234);
  g_assert_cmpint (media->width, ==, 800);
  g_assert_cmpint (media->height, ==, 600);
  g_assert_cmpint (media->duration, ==, -1);
  g_assert_cmpstr (media->thumbnail_url, ==, "mxc://b.fr/def");
  g_assert_cmpstr (mx_content_get_filename (image), ==, "photo.jpg");
  g_assert_false (mx_content_has_caption (image));
  g_assert_cmpstr (mx_content_get_body (image), ==, "");
}

static void
test_caption (void)
{
  g_autoptr (MxContent) with = read_message (
    "{\"msgtype\":\"m.file\",\"body\":\"Voici la note\",\"filename\":\"note.pdf\",\"url\":\"mxc://b.fr/a\"}");
  g_autoptr (MxContent) same = read_message (
    "{\"msgtype\":\"m.file\",\"body\":\"note.pdf\",\"filename\":\"note.pdf\",\"url\":\"mxc://b.fr/a\"}");

  g_assert_true (mx_content_has_caption (with));
  g_assert_cmpstr (mx_content_get_body (with), ==, "Voici la note");
  g_assert_cmpstr (mx_content_get_filename (with), ==, "note.pdf");
  g_assert_false (mx_content_has_caption (same));
}

static void
test_encrypted_file (void)
{
  g_autoptr (MxContent) content = read_message (
    "{\"msgtype\":\"m.video\",\"body\":\"v.mp4\",\"url\":\"mxc://b.fr/wrong\",\"file\":{\"url\":\"mxc://b.fr/right\","
    "\"key\":{\"k\":\"x\"}},\"info\":{\"duration\":5000,\"thumbnail_file\":{\"url\":\"mxc://b.fr/t\"}}}");
  const MxMediaInfo *media = mx_content_get_media (content);

  g_assert_cmpint (mx_content_get_kind (content), ==, MX_CONTENT_VIDEO);
  g_assert_cmpstr (media->url, ==, "mxc://b.fr/right");
  g_assert_nonnull (strstr (media->encrypted_file, "\"k\":\"x\""));
  g_assert_cmpstr (media->thumbnail_url, ==, "mxc://b.fr/t");
  g_assert_nonnull (media->thumbnail_encrypted_file);
  g_assert_cmpint (media->duration, ==, 5000);
}

static void
test_hostile_media (void)
{
  g_autoptr (MxContent) content = read_message (
    "{\"msgtype\":\"m.image\",\"body\":\"../../\\u202egpj.exe\",\"url\":\"https://espion.fr/x\",\"info\":"
    "{\"mimetype\":\"image/png; x=\\\"y\\\"\",\"size\":-5,\"w\":99999999999,\"h\":-1,\"duration\":1e300}}");
  g_autoptr (MxContent) traversal = read_message (
    "{\"msgtype\":\"m.image\",\"body\":\"\",\"file\":{\"url\":\"mxc://b.fr/../x\"},\"info\":[]}");
  const MxMediaInfo *media = mx_content_get_media (content);

  g_assert_null (media->url);
  g_assert_null (media->mimetype);
  g_assert_cmpint (media->size, ==, -1);
  g_assert_cmpint (media->width, ==, 32767);
  g_assert_cmpint (media->height, ==, 0);
  g_assert_cmpstr (mx_content_get_filename (content), ==, "gpj.exe");
  g_assert_null (mx_content_get_media (traversal)->url);
  g_assert_null (mx_content_get_media (traversal)->encrypted_file);
  g_assert_nonnull (mx_content_get_filename (traversal));
}

static void
test_other_kinds (void)
{
  static const struct
  {
    const char *type;
    const char *content;
    MxContentKind kind;
  } cases[] = {
    { "m.room.message",
      "{\"msgtype\":\"m.audio\",\"body\":\"v.ogg\",\"org.matrix.msc3245.voice\":{},\"url\":\"mxc://b.fr/a\"}",
      MX_CONTENT_VOICE },
    { "m.room.message",
      "{\"msgtype\":\"m.audio\",\"body\":\"m.mp3\",\"url\":\"mxc://b.fr/a\"}",
      MX_CONTENT_AUDIO },
    { "m.room.message",
      "{\"msgtype\":\"m.location\",\"body\":\"Paris\",\"geo_uri\":\"geo:48,2\"}",
      MX_CONTENT_LOCATION },
    { "m.room.message",
      "{\"msgtype\":\"m.key.verification.request\",\"body\":\"x\"}",
      MX_CONTENT_VERIFICATION },
    { "m.sticker", "{\"body\":\"chat\",\"url\":\"mxc://b.fr/a\"}", MX_CONTENT_STICKER },
    { "m.room.encrypted", "{\"algorithm\":\"m.megolm.v1.aes-sha2\"}", MX_CONTENT_ENCRYPTED },
    { "org.matrix.msc3381.poll.start",
      "{\"org.matrix.msc3381.poll.start\":{\"question\":{\"org.matrix.msc1767.text\":\"Quand ?\"}}}",
      MX_CONTENT_POLL },
    { "m.poll.start",
      "{\"m.poll\":{\"question\":{\"m.text\":[{\"body\":\"Quand ?\"}]}}}",
      MX_CONTENT_POLL },
    { "m.poll.start", "{\"m.poll\":{\"question\":[]}}", MX_CONTENT_UNKNOWN },
    { "m.call.invite", "{}", MX_CONTENT_CALL },
    { "m.key.verification.start", "{}", MX_CONTENT_VERIFICATION },
    { "m.room.name", "{\"name\":\"sans clé d'état\"}", MX_CONTENT_UNKNOWN },
    { "fr.gouv.inconnu", "{}", MX_CONTENT_UNKNOWN },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MxContent) content = read_content (cases[i].type, cases[i].content);

      g_test_message ("%s %s", cases[i].type, cases[i].content);
      g_assert_cmpint (mx_content_get_kind (content), ==, cases[i].kind);
    }
}

static void
test_redacted (void)
{
  g_autoptr (MxEvent) message =
    new_event ("m.room.message",
               ",\"content\":{},\"unsigned\":{\"redacted_because\":{\"event_id\":\"$r\"}}");
  g_autoptr (MxEvent) member = new_event (
    "m.room.member",
    ",\"state_key\":\"@a:b.fr\",\"content\":{\"membership\":\"join\"},\"unsigned\":{\"redacted_because\":{}}");
  g_autoptr (MxContent) first = mx_content_new (message);
  g_autoptr (MxContent) second = mx_content_new (member);

  g_assert_cmpint (mx_content_get_kind (first), ==, MX_CONTENT_REDACTED);
  g_assert_cmpint (mx_content_get_kind (second), ==, MX_CONTENT_MEMBER);
}

static void
test_membership (void)
{
  static const struct
  {
    const char *before;
    const char *after;
    gboolean by_oneself;
    MxMembershipChange change;
  } cases[] = {
    { NULL, "join", TRUE, MX_MEMBERSHIP_CHANGE_JOINED },
    { "invite", "join", TRUE, MX_MEMBERSHIP_CHANGE_JOINED },
    { "leave", "join", TRUE, MX_MEMBERSHIP_CHANGE_JOINED },
    { "join", "join", TRUE, MX_MEMBERSHIP_CHANGE_NONE },
    { "join", "leave", TRUE, MX_MEMBERSHIP_CHANGE_LEFT },
    { "join", "leave", FALSE, MX_MEMBERSHIP_CHANGE_KICKED },
    { "invite", "leave", TRUE, MX_MEMBERSHIP_CHANGE_INVITE_REFUSED },
    { "invite", "leave", FALSE, MX_MEMBERSHIP_CHANGE_INVITE_WITHDRAWN },
    { "ban", "leave", FALSE, MX_MEMBERSHIP_CHANGE_UNBANNED },
    { "leave", "leave", TRUE, MX_MEMBERSHIP_CHANGE_NONE },
    { NULL, "invite", FALSE, MX_MEMBERSHIP_CHANGE_INVITED },
    { "knock", "invite", FALSE, MX_MEMBERSHIP_CHANGE_INVITED },
    { "join", "ban", FALSE, MX_MEMBERSHIP_CHANGE_BANNED },
    { "leave", "knock", TRUE, MX_MEMBERSHIP_CHANGE_KNOCKED },
    { NULL, "danse", TRUE, MX_MEMBERSHIP_CHANGE_NONE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *before =
        cases[i].before != NULL
          ? g_strdup_printf (",\"unsigned\":{\"prev_content\":{\"membership\":\"%s\"}}",
                             cases[i].before)
          : g_strdup ("");
      g_autofree char *rest =
        g_strdup_printf (",\"state_key\":\"%s\",\"content\":{\"membership\":\"%s\"}%s",
                         cases[i].by_oneself ? "@a:b.fr" : "@c:b.fr",
                         cases[i].after,
                         before);
      g_autoptr (MxEvent) event = new_event ("m.room.member", rest);
      g_autoptr (MxContent) content = mx_content_new (event);

      g_test_message ("%s → %s", cases[i].before, cases[i].after);
      g_assert_cmpint (mx_content_get_membership_change (content), ==, cases[i].change);
    }
}

static void
test_profile_changes (void)
{
#define JOINED(profile, before)                                                                    \
  ",\"state_key\":\"@a:b.fr\",\"content\":{\"membership\":\"join\"" profile                        \
  "},\"unsigned\":{\"prev_content\":"                                                              \
  "{\"membership\":\"join\"" before "}}"
  g_autoptr (MxEvent) renamed =
    new_event ("m.room.member", JOINED (",\"displayname\":\"B\"", ",\"displayname\":\"A\""));
  g_autoptr (MxEvent) pictured =
    new_event ("m.room.member", JOINED (",\"avatar_url\":\"mxc://b/1\"", ""));
  g_autoptr (MxContent) first = mx_content_new (renamed);
  g_autoptr (MxContent) second = mx_content_new (pictured);

  g_assert_cmpint (mx_content_get_membership_change (first), ==, MX_MEMBERSHIP_CHANGE_RENAMED);
  g_assert_cmpint (mx_content_get_membership_change (second), ==, MX_MEMBERSHIP_CHANGE_AVATAR);
}

static MxEvent *
read_event (const char *json)
{
  g_autoptr (GError) error = NULL;
  MxEvent *event = mx_event_new_from_text (json, &error);

  g_assert_no_error (error);

  return event;
}

#define EDIT(sender, type, target, extra)                                                          \
  "{\"event_id\":\"$n\",\"sender\":\"" sender "\",\"type\":\"" type "\"" extra                     \
  ",\"content\":{\"msgtype\":\"m.text\","                                                          \
  "\"body\":\"* b\",\"m.new_content\":{\"msgtype\":\"m.text\",\"body\":\"b\"},\"m.relates_to\":"   \
  "{\"rel_type\":\"m.replace\",\"event_id\":\"" target "\"}}}"
#define ORIGINAL                                                                                   \
  "{\"event_id\":\"$o\",\"sender\":\"@a:b.fr\",\"type\":\"m.room.message\",\"content\":{\"msgtype\":\"m.text\",\"body\":\"a\"}}"

static void
assert_edit (const char *original_json, const char *edit_json, const char *expected)
{
  g_autoptr (MxEvent) original = read_event (original_json);
  g_autoptr (MxEvent) edit = read_event (edit_json);
  MxContent *content = mx_content_new_edited (original, edit);

  if (expected == NULL)
    g_assert_null (content);
  else
    {
      g_assert_nonnull (content);
      g_assert_cmpstr (mx_content_get_body (content), ==, expected);
      mx_content_unref (content);
    }
}

/* E2E-084 */
static void
test_edits (void)
{
  assert_edit (ORIGINAL, EDIT ("@a:b.fr", "m.room.message", "$o", ""), "b");
  assert_edit (ORIGINAL, EDIT ("@x:b.fr", "m.room.message", "$o", ""), NULL);
  assert_edit (ORIGINAL, EDIT ("@a:b.fr", "m.sticker", "$o", ""), NULL);
  assert_edit (ORIGINAL, EDIT ("@a:b.fr", "m.room.message", "$p", ""), NULL);
  assert_edit (ORIGINAL, EDIT ("@a:b.fr", "m.room.message", "$o", ",\"state_key\":\"\""), NULL);
  assert_edit (ORIGINAL,
               EDIT ("@a:b.fr", "m.room.message", "$o", ",\"unsigned\":{\"redacted_because\":{}}"),
               NULL);
  /* the original is an edit */
  assert_edit (
    "{\"event_id\":\"$o\",\"sender\":\"@a:b.fr\",\"type\":\"m.room.message\",\"content\":{\"msgtype\":\"m.text\","
    "\"body\":\"a\",\"m.relates_to\":{\"rel_type\":\"m.replace\",\"event_id\":\"$q\"}}}",
    EDIT ("@a:b.fr", "m.room.message", "$o", ""),
    NULL);
  /* no or bad new content */
  assert_edit (
    ORIGINAL,
    "{\"event_id\":\"$n\",\"sender\":\"@a:b.fr\",\"type\":\"m.room.message\",\"content\":{\"msgtype\":\"m.text\","
    "\"body\":\"b\",\"m.relates_to\":{\"rel_type\":\"m.replace\",\"event_id\":\"$o\"}}}",
    NULL);
  assert_edit (
    ORIGINAL,
    "{\"event_id\":\"$n\",\"sender\":\"@a:b.fr\",\"type\":\"m.room.message\",\"content\":{\"m.new_content\":"
    "{\"msgtype\":\"m.text\"},\"m.relates_to\":{\"rel_type\":\"m.replace\",\"event_id\":\"$o\"}}}",
    NULL);
}

static void
test_edits_of_encrypted (void)
{
  g_autoptr (MxEvent) wire = read_event (
    "{\"event_id\":\"$o\",\"sender\":\"@a:b.fr\",\"type\":\"m.room.encrypted\",\"content\":{}}");
  g_autoptr (MxEvent) original = mx_event_with_clear (
    wire,
    "{\"type\":\"m.room.message\",\"content\":{\"msgtype\":\"m.text\",\"body\":\"a\"}}",
    NULL);
  g_autoptr (MxEvent) plain_edit = read_event (EDIT ("@a:b.fr", "m.room.message", "$o", ""));
  g_autoptr (MxEvent) wire_edit = read_event (
    "{\"event_id\":\"$n\",\"sender\":\"@a:b.fr\",\"type\":\"m.room.encrypted\",\"content\":{\"m.relates_to\":"
    "{\"rel_type\":\"m.replace\",\"event_id\":\"$o\"}}}");
  g_autoptr (MxEvent) edit = mx_event_with_clear (
    wire_edit,
    "{\"type\":\"m.room.message\",\"content\":{\"m.new_content\":{\"msgtype\":\"m.text\",\"body\":\"b\"}}}",
    NULL);
  g_autoptr (MxContent) content = NULL;

  g_assert_null (mx_content_new_edited (original, plain_edit));
  g_assert_null (mx_content_new_edited (wire, wire_edit));
  content = mx_content_new_edited (original, edit);
  g_assert_nonnull (content);
  g_assert_cmpstr (mx_content_get_body (content), ==, "b");
}

static void
test_local (void)
{
  g_autoptr (MxJsonDocument) document =
    mx_json_document_parse ("{\"msgtype\":\"m.text\",\"body\":\"à envoyer\"}", -1, NULL);
  g_autoptr (MxContent) content =
    mx_content_new_local ("m.room.message", mx_json_document_root (document));

  g_assert_cmpint (mx_content_get_kind (content), ==, MX_CONTENT_TEXT);
  g_assert_cmpstr (mx_content_get_body (content), ==, "à envoyer");
}

static char *
dup_shown (const char *content_json)
{
  g_autoptr (MxContent) content = read_message (content_json);
  g_autoptr (MxRichText) text = mx_content_dup_rich_text (content, NULL);

  return mx_rich_text_to_plain (text);
}

static void
test_rich_text (void)
{
#define WITH_HTML(html)                                                                                         \
  "{\"msgtype\":\"m.text\",\"body\":\"corps\",\"format\":\"org.matrix.custom.html\",\"formatted_body\":\"" html \
  "\"}"
  g_autofree char *html = dup_shown (WITH_HTML ("<b>gras</b>"));
  g_autofree char *empty = dup_shown (WITH_HTML ("<script>x</script>"));
  g_autoptr (GString) rules = g_string_new (NULL);
  g_autofree char *too_many = NULL;
  g_autofree char *shown = NULL;

  for (int i = 0; i < 12000; i++)
    g_string_append (rules, "<hr>");
  too_many = g_strdup_printf (WITH_HTML ("%s"), rules->str);
  shown = dup_shown (too_many);

  g_assert_cmpstr (html, ==, "gras");
  g_assert_cmpstr (empty, ==, "corps");
  g_assert_cmpstr (shown, ==, "corps");
}

int
main (int argc, char **argv)
{
  g_setenv ("LANGUAGE", "C", TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/content/text", test_text);
  g_test_add_func ("/content/malformed", test_malformed);
  g_test_add_func ("/content/reply-fallback", test_reply_fallback);
  g_test_add_func ("/content/image", test_image);
  g_test_add_func ("/content/caption", test_caption);
  g_test_add_func ("/content/encrypted-file", test_encrypted_file);
  g_test_add_func ("/content/hostile-media", test_hostile_media);
  g_test_add_func ("/content/other-kinds", test_other_kinds);
  g_test_add_func ("/content/redacted", test_redacted);
  g_test_add_func ("/content/membership", test_membership);
  g_test_add_func ("/content/profile-changes", test_profile_changes);
  g_test_add_func ("/content/E2E-084-edits", test_edits);
  g_test_add_func ("/content/E2E-084-edits-of-encrypted", test_edits_of_encrypted);
  g_test_add_func ("/content/local", test_local);
  g_test_add_func ("/content/rich-text", test_rich_text);

  return g_test_run ();
}
