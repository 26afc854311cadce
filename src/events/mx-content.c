/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Reading what an event says (spec "Instant messaging", research/protocol §7.2). */
#include "config.h"

#include "mx-content.h"

#include "mx-matrix-id.h"
#include "mx-text-clean.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_DIMENSION 32767
#define MAX_DURATION  (G_GINT64_CONSTANT (1000) * 60 * 60 * 24 * 7)
#define MAX_MENTIONS  1000
#define MAX_MIMETYPE  127

struct _MxContent
{
  gatomicrefcount ref_count;

  MxContentKind kind;
  char *type_name;
  char *body;
  char *html;
  char *filename;
  gboolean has_caption;
  MxMediaInfo *media;
  GStrv mentions;
  gboolean mentions_room;
  MxMembershipChange membership_change;
};

G_DEFINE_BOXED_TYPE (MxContent, mx_content, mx_content_ref, mx_content_unref)

static const char *const no_mentions[] = { NULL };

static void
media_info_free (MxMediaInfo *self)
{
  g_free (self->url);
  g_free (self->encrypted_file);
  g_free (self->mimetype);
  g_free (self->thumbnail_url);
  g_free (self->thumbnail_encrypted_file);
  g_free (self);
}

MxContent *
mx_content_ref (MxContent *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
mx_content_unref (MxContent *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->type_name);
  g_free (self->body);
  g_free (self->html);
  g_free (self->filename);
  g_clear_pointer (&self->media, media_info_free);
  g_strfreev (self->mentions);
  g_free (self);
}

/* "> <@user:server> …" lines that clients before v1.13 put in front of a reply. What the writer
 * quoted himself stays. */
static const char *
skip_reply_fallback (const char *body)
{
  const char *p = body;

  if (!g_str_has_prefix (body, "> <") && !g_str_has_prefix (body, "> * <"))
    return body;

  while (g_str_has_prefix (p, "> ") || strcmp (p, ">") == 0 || g_str_has_prefix (p, ">\n"))
    {
      const char *end = strchr (p, '\n');

      if (end == NULL)
        return body;
      p = end + 1;
    }
  if (*p == '\n')
    p++;

  return *p != '\0' ? p : body;
}

static gboolean
is_reply (MxJson relates_to)
{
  return mx_json_is_object (mx_json_get (relates_to, "m.in_reply_to"));
}

static void
read_body (MxContent *self, MxJson content, MxJson relates_to)
{
  const char *body = mx_json_get_string (content, "body");
  const char *html = mx_json_get_string (content, "formatted_body");

  if (body != NULL)
    self->body = g_strdup (is_reply (relates_to) ? skip_reply_fallback (body) : body);
  if (html != NULL && *html != '\0' &&
      g_strcmp0 (mx_json_get_string (content, "format"), "org.matrix.custom.html") == 0)
    self->html = g_strdup (html);
}

static char *
dup_mimetype (const char *mimetype)
{
  if (mimetype == NULL || strlen (mimetype) > MAX_MIMETYPE || strchr (mimetype, '/') == NULL)
    return NULL;
  for (const char *p = mimetype; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr ("/.+-_", *p) == NULL)
      return NULL;

  return g_ascii_strdown (mimetype, -1);
}

/* A picture's or file's place: `url`, or `file` with the keys to it. */
static void
read_location (MxJson holder,
               const char *url_key,
               const char *file_key,
               char **url,
               char **encrypted)
{
  MxJson file = mx_json_get (holder, file_key);
  const char *place = mx_json_is_object (file) ? mx_json_get_string (file, "url")
                                               : mx_json_get_string (holder, url_key);

  if (place == NULL || !mx_mxc_parse (place, NULL, NULL))
    return;

  *url = g_strdup (place);
  if (mx_json_is_object (file))
    *encrypted = mx_json_to_text (file);
}

static void
read_media (MxContent *self, MxJson content)
{
  MxJson info = mx_json_get (content, "info");
  MxMediaInfo *media = g_new0 (MxMediaInfo, 1);
  gint64 duration;

  read_location (content, "url", "file", &media->url, &media->encrypted_file);
  read_location (info,
                 "thumbnail_url",
                 "thumbnail_file",
                 &media->thumbnail_url,
                 &media->thumbnail_encrypted_file);
  media->mimetype = dup_mimetype (mx_json_get_string (info, "mimetype"));
  media->size = MAX (mx_json_int (mx_json_get (info, "size"), -1), -1);
  media->width = (int) CLAMP (mx_json_int (mx_json_get (info, "w"), 0), 0, MAX_DIMENSION);
  media->height = (int) CLAMP (mx_json_int (mx_json_get (info, "h"), 0), 0, MAX_DIMENSION);
  duration = mx_json_int (mx_json_get (info, "duration"), -1);
  if (duration < 0)
    duration =
      mx_json_int (mx_json_path (content, "org.matrix.msc1767.audio", "duration", NULL), -1);
  media->duration = CLAMP (duration, -1, MAX_DURATION);
  self->media = media;
}

/* With `filename`, a different `body` is a caption; else `body` is the name. */
static void
read_filename (MxContent *self, MxJson content)
{
  const char *filename = mx_json_get_string (content, "filename");

  self->has_caption = filename != NULL && *filename != '\0' && self->body != NULL &&
                      *self->body != '\0' && strcmp (filename, self->body) != 0;
  if (filename == NULL || *filename == '\0')
    filename = self->body;
  self->filename = mx_text_clean_filename (filename);

  if (!self->has_caption)
    {
      g_clear_pointer (&self->body, g_free);
      g_clear_pointer (&self->html, g_free);
    }
}

static void
read_mentions (MxContent *self, MxJson content)
{
  MxJson mentions = mx_json_get (content, "m.mentions");
  MxJson ids = mx_json_get (mentions, "user_ids");
  g_autoptr (GStrvBuilder) builder = NULL;
  MxJsonIter iter;
  MxJson id;
  const char *name;
  unsigned count = 0;

  self->mentions_room = mx_json_bool (mx_json_get (mentions, "room"), FALSE);
  if (mx_json_type (ids) != MX_JSON_ARRAY || mx_json_size (ids) == 0)
    return;

  builder = g_strv_builder_new ();
  mx_json_iter_init (&iter, ids);
  while (count < MAX_MENTIONS && mx_json_iter_next (&iter, &name, &id))
    if (mx_json_string (id) != NULL && mx_user_id_is_valid (mx_json_string (id)))
      {
        g_strv_builder_add (builder, mx_json_string (id));
        count++;
      }
  self->mentions = g_strv_builder_end (builder);
}

static const char *
get_poll_text (MxJson holder)
{
  MxJson stable = mx_json_get (holder, "m.text");
  const char *text = mx_json_get_string (holder, "org.matrix.msc1767.text");

  if (text == NULL)
    text = mx_json_get_string (mx_json_at (stable, 0), "body");
  if (text == NULL)
    text = mx_json_get_string (holder, "body");

  return text;
}

static void
read_poll (MxContent *self, MxJson content)
{
  MxJson poll = mx_json_get (content, "m.poll");
  const char *question;

  if (!mx_json_is_object (poll))
    poll = mx_json_get (content, "m.poll.start");
  if (!mx_json_is_object (poll))
    poll = mx_json_get (content, "org.matrix.msc3381.poll.start");

  question = get_poll_text (mx_json_get (poll, "question"));
  if (question == NULL)
    return;

  self->kind = MX_CONTENT_POLL;
  self->body = g_strdup (question);
}

static MxContentKind
message_kind (const char *msgtype, MxJson content)
{
  static const struct
  {
    const char *msgtype;
    MxContentKind kind;
  } kinds[] = {
    { "m.text", MX_CONTENT_TEXT },
    { "m.notice", MX_CONTENT_NOTICE },
    { "m.server_notice", MX_CONTENT_NOTICE },
    { "m.emote", MX_CONTENT_EMOTE },
    { "m.image", MX_CONTENT_IMAGE },
    { "m.file", MX_CONTENT_FILE },
    { "m.audio", MX_CONTENT_AUDIO },
    { "m.video", MX_CONTENT_VIDEO },
    { "m.location", MX_CONTENT_LOCATION },
    { "m.key.verification.request", MX_CONTENT_VERIFICATION },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (msgtype, kinds[i].msgtype) == 0)
      {
        if (kinds[i].kind == MX_CONTENT_AUDIO &&
            (mx_json_is_object (mx_json_get (content, "org.matrix.msc3245.voice")) ||
             mx_json_is_object (mx_json_get (content, "m.voice"))))
          return MX_CONTENT_VOICE;
        return kinds[i].kind;
      }

  return MX_CONTENT_UNKNOWN;
}

static void
read_message (MxContent *self, MxJson content, MxJson relates_to)
{
  const char *msgtype = mx_json_get_string (content, "msgtype");
  MxContentKind kind;

  if (msgtype == NULL)
    return;

  kind = message_kind (msgtype, content);
  read_body (self, content, relates_to);
  read_mentions (self, content);
  switch (kind)
    {
    case MX_CONTENT_IMAGE:
    case MX_CONTENT_FILE:
    case MX_CONTENT_AUDIO:
    case MX_CONTENT_VOICE:
    case MX_CONTENT_VIDEO:
      read_media (self, content);
      read_filename (self, content);
      break;

    case MX_CONTENT_UNKNOWN:
      g_free (self->type_name);
      self->type_name = mx_text_clean_line (msgtype, 100);
      break;

    case MX_CONTENT_TEXT:
    case MX_CONTENT_NOTICE:
    case MX_CONTENT_EMOTE:
      if (self->body == NULL)
        return;
      break;

    default:
      break;
    }
  self->kind = kind;
}

static MxMembershipChange
change_of_profile (MxJson before, MxJson after)
{
  if (!mx_json_is_object (before))
    return MX_MEMBERSHIP_CHANGE_NONE;
  if (g_strcmp0 (mx_json_get_string (before, "displayname"),
                 mx_json_get_string (after, "displayname")) != 0)
    return MX_MEMBERSHIP_CHANGE_RENAMED;
  if (g_strcmp0 (mx_json_get_string (before, "avatar_url"),
                 mx_json_get_string (after, "avatar_url")) != 0)
    return MX_MEMBERSHIP_CHANGE_AVATAR;

  return MX_MEMBERSHIP_CHANGE_NONE;
}

static MxMembershipChange
change_to_leave (const char *was, gboolean by_oneself)
{
  if (strcmp (was, "leave") == 0)
    return MX_MEMBERSHIP_CHANGE_NONE;
  if (strcmp (was, "ban") == 0)
    return MX_MEMBERSHIP_CHANGE_UNBANNED;
  if (strcmp (was, "invite") == 0)
    return by_oneself ? MX_MEMBERSHIP_CHANGE_INVITE_REFUSED : MX_MEMBERSHIP_CHANGE_INVITE_WITHDRAWN;

  return by_oneself ? MX_MEMBERSHIP_CHANGE_LEFT : MX_MEMBERSHIP_CHANGE_KICKED;
}

static MxMembershipChange
find_membership_change (MxEvent *event, MxJson content)
{
  MxJson before = mx_json_get (mx_event_get_unsigned (event), "prev_content");
  const char *was = mx_json_string_or (mx_json_get (before, "membership"), "");
  const char *is = mx_json_string_or (mx_json_get (content, "membership"), "");
  gboolean same = strcmp (was, is) == 0;
  gboolean by_oneself =
    g_strcmp0 (mx_event_get_sender (event), mx_event_get_state_key (event)) == 0;

  if (strcmp (is, "join") == 0)
    return same ? change_of_profile (before, content) : MX_MEMBERSHIP_CHANGE_JOINED;
  if (strcmp (is, "leave") == 0)
    return change_to_leave (was, by_oneself);
  if (same)
    return MX_MEMBERSHIP_CHANGE_NONE;
  if (strcmp (is, "invite") == 0)
    return MX_MEMBERSHIP_CHANGE_INVITED;
  if (strcmp (is, "ban") == 0)
    return MX_MEMBERSHIP_CHANGE_BANNED;
  if (strcmp (is, "knock") == 0)
    return MX_MEMBERSHIP_CHANGE_KNOCKED;

  return MX_MEMBERSHIP_CHANGE_NONE;
}

static void
read_state (MxContent *self, MxEvent *event, MxJson content)
{
  const char *type = mx_event_get_event_type (event);

  if (strcmp (type, "m.room.member") == 0)
    {
      /* one that says nothing is nobody's */
      if (mx_json_get_string (content, "membership") == NULL ||
          !mx_user_id_is_valid (mx_event_get_state_key (event)))
        return;
      self->kind = MX_CONTENT_MEMBER;
      self->membership_change = find_membership_change (event, content);
    }
  else if (strcmp (type, "m.room.create") == 0)
    self->kind = MX_CONTENT_CREATE;
  else if (strcmp (type, "m.room.tombstone") == 0)
    {
      const char *body = mx_json_get_string (content, "body");

      self->kind = MX_CONTENT_TOMBSTONE;
      self->body = g_strdup (body);
    }
  else
    self->kind = MX_CONTENT_STATE;
}

static gboolean
is_call (const char *type)
{
  return g_str_has_prefix (type, "m.call.") || strcmp (type, "m.rtc.notification") == 0 ||
         strcmp (type, "org.matrix.msc4075.rtc.notification") == 0 ||
         strcmp (type, "org.matrix.msc4075.call.notify") == 0;
}

static void
read_by_type (MxContent *self, const char *type, MxJson content, MxJson relates_to)
{
  if (strcmp (type, "m.room.message") == 0)
    read_message (self, content, relates_to);
  else if (strcmp (type, "m.sticker") == 0)
    {
      read_body (self, content, relates_to);
      read_mentions (self, content);
      read_media (self, content);
      self->filename = mx_text_clean_line (self->body, 200);
      self->kind = MX_CONTENT_STICKER;
    }
  else if (strcmp (type, "m.room.encrypted") == 0)
    self->kind = MX_CONTENT_ENCRYPTED;
  else if (strcmp (type, "m.poll.start") == 0 ||
           strcmp (type, "org.matrix.msc3381.poll.start") == 0)
    {
      read_mentions (self, content);
      read_poll (self, content);
    }
  else if (is_call (type))
    self->kind = MX_CONTENT_CALL;
  else if (g_str_has_prefix (type, "m.key.verification."))
    self->kind = MX_CONTENT_VERIFICATION;
}

static MxContent *
new_of_type (const char *type)
{
  MxContent *self = g_new0 (MxContent, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->type_name = mx_text_clean_line (type, 100);

  return self;
}

MxContent *
mx_content_new (MxEvent *event)
{
  MxJson content;
  MxContent *self;

  g_return_val_if_fail (event != NULL, NULL);

  self = new_of_type (mx_event_get_event_type (event));
  content = mx_event_get_content (event);

  if (mx_event_get_state_key (event) != NULL)
    read_state (self, event, content);
  else if (mx_event_is_redacted (event))
    self->kind = MX_CONTENT_REDACTED;
  else
    read_by_type (self,
                  mx_event_get_event_type (event),
                  content,
                  mx_json_get (mx_event_get_wire_content (event), "m.relates_to"));

  return self;
}

/* E2E-084: whatever is missing here lets somebody else rewrite a message. */
static gboolean
is_valid_edit (MxEvent *original, MxEvent *edit)
{
  const char *type = mx_event_get_event_type (original);

  return g_strcmp0 (mx_event_get_relation_type (edit), "m.replace") == 0 &&
         g_strcmp0 (mx_event_get_relation_target (edit), mx_event_get_id (original)) == 0 &&
         strcmp (mx_event_get_sender (original), mx_event_get_sender (edit)) == 0 &&
         strcmp (type, mx_event_get_event_type (edit)) == 0 &&
         mx_event_get_state_key (original) == NULL && mx_event_get_state_key (edit) == NULL &&
         g_strcmp0 (mx_event_get_relation_type (original), "m.replace") != 0 &&
         !mx_event_is_redacted (original) && !mx_event_is_redacted (edit) &&
         strcmp (type, "m.room.encrypted") != 0 &&
         (strcmp (mx_event_get_wire_type (original), "m.room.encrypted") != 0 ||
          strcmp (mx_event_get_wire_type (edit), "m.room.encrypted") == 0);
}

MxContent *
mx_content_new_edited (MxEvent *original, MxEvent *edit)
{
  MxJson content;
  MxContent *self;

  g_return_val_if_fail (original != NULL, NULL);
  g_return_val_if_fail (edit != NULL, NULL);

  content = mx_json_get (mx_event_get_content (edit), "m.new_content");
  if (!mx_json_is_object (content) || !is_valid_edit (original, edit))
    return NULL;

  self = new_of_type (mx_event_get_event_type (original));
  read_by_type (self,
                mx_event_get_event_type (original),
                content,
                mx_json_get (mx_event_get_wire_content (original), "m.relates_to"));
  /* an edit that says nothing would hide what was said */
  if (self->kind == MX_CONTENT_UNKNOWN)
    g_clear_pointer (&self, mx_content_unref);

  return self;
}

MxContent *
mx_content_new_local (const char *event_type, MxJson content)
{
  MxContent *self;

  g_return_val_if_fail (event_type != NULL, NULL);

  self = new_of_type (event_type);
  read_by_type (self, event_type, content, mx_json_get (content, "m.relates_to"));

  return self;
}

MxContentKind
mx_content_get_kind (MxContent *self)
{
  return self->kind;
}

const char *
mx_content_get_body (MxContent *self)
{
  return self->body != NULL ? self->body : "";
}

const char *
mx_content_get_html (MxContent *self)
{
  return self->html;
}

MxRichText *
mx_content_dup_rich_text (MxContent *self, const char *const *hosts)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (self->html != NULL)
    {
      g_autoptr (MxRichText) text = mx_rich_text_from_html (self->html, hosts);

      if (!mx_rich_text_is_truncated (text) && mx_rich_text_get_blocks (text)->len > 0)
        return g_steal_pointer (&text);
    }

  return mx_rich_text_from_plain (mx_content_get_body (self), hosts);
}

const char *
mx_content_get_filename (MxContent *self)
{
  if (self->filename != NULL && *self->filename != '\0')
    return self->filename;

  return self->media != NULL ? _ ("Unnamed file") : NULL;
}

gboolean
mx_content_has_caption (MxContent *self)
{
  return self->has_caption;
}

const MxMediaInfo *
mx_content_get_media (MxContent *self)
{
  return self->media;
}

const char *
mx_content_get_type_name (MxContent *self)
{
  return self->type_name;
}

const char *const *
mx_content_get_mentions (MxContent *self)
{
  return self->mentions != NULL ? (const char *const *) self->mentions : no_mentions;
}

gboolean
mx_content_mentions_room (MxContent *self)
{
  return self->mentions_room;
}

MxMembershipChange
mx_content_get_membership_change (MxContent *self)
{
  return self->membership_change;
}
