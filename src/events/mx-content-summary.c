/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Any content in one line: previews of the room list, notifications, quotes. What happens to a room
 * is in mx-content-sentences.c. */
#include "config.h"

#include "mx-content-sentences.h"
#include "mx-rich-text.h"
#include "mx-text-clean.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_LINE 300

static char *
dup_body_line (MxContent *content)
{
  const char *html = mx_content_get_html (content);
  g_autofree char *masked = NULL;

  /* The plain body of a spoiler says what it should not. */
  if (html != NULL && strstr (html, "data-mx-spoiler") != NULL)
    {
      g_autoptr (MxRichText) text = mx_rich_text_from_html (html, NULL);

      masked = mx_rich_text_to_preview (text);
    }

  return mx_text_clean_line (masked != NULL && *masked != '\0' ? masked
                                                               : mx_content_get_body (content),
                             MAX_LINE);
}

/* What a file is called by its sender, or what he says about it. */
static char *
dup_media_line (MxContent *content)
{
  return mx_content_has_caption (content) ? dup_body_line (content)
                                          : g_strdup (mx_content_get_filename (content));
}

static char *
dup_voice_line (MxContent *content)
{
  gint64 seconds = mx_content_get_media (content)->duration / 1000;

  if (mx_content_get_media (content)->duration < 0)
    return g_strdup (_ ("Voice message"));

  /* Translators: minutes and seconds */
  return g_strdup_printf (_ ("Voice message (%d:%02d)"),
                          (int) (seconds / 60),
                          (int) (seconds % 60));
}

static char *
dup_call_line (const char *type)
{
  if (strcmp (type, "m.call.hangup") == 0)
    return g_strdup (_ ("Call ended"));
  if (strcmp (type, "m.call.reject") == 0)
    return g_strdup (_ ("Call declined"));
  if (strcmp (type, "m.call.answer") == 0)
    return g_strdup (_ ("Call answered"));

  return g_strdup (_ ("Call"));
}

static char *
dup_unknown_line (MxContent *content, MxEvent *event)
{
  const char *type =
    event != NULL ? mx_event_get_event_type (event) : mx_content_get_type_name (content);
  const char *key = event != NULL ? mx_event_get_relation_key (event) : NULL;
  g_autofree char *body = dup_body_line (content);

  if (strcmp (type, "m.reaction") == 0 && key != NULL)
    {
      g_autofree char *shown = mx_text_clean_line (key, 50);

      return g_strdup_printf (_ ("Reaction: %s"), shown);
    }
  if (strcmp (type, "m.poll.response") == 0 ||
      strcmp (type, "org.matrix.msc3381.poll.response") == 0)
    return g_strdup (_ ("Vote in a poll"));
  if (strcmp (type, "m.poll.end") == 0 || strcmp (type, "org.matrix.msc3381.poll.end") == 0)
    return g_strdup (_ ("Poll ended"));
  if (strcmp (type, "m.room.redaction") == 0)
    return g_strdup (_ ("Message deleted"));
  if (*body != '\0')
    return g_steal_pointer (&body);

  /* Translators: %s: the technical name of what was received */
  return g_strdup_printf (_ ("Message of an unknown kind (%s)"),
                          mx_content_get_type_name (content));
}

char *
mx_content_dup_summary (MxContent *self, MxEvent *event, MxNameFunc resolve, gpointer data)
{
  g_autofree char *line = NULL;
  g_autofree char *name = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  switch (mx_content_get_kind (self))
    {
    case MX_CONTENT_TEXT:
    case MX_CONTENT_NOTICE:
      line = dup_body_line (self);
      return *line != '\0' ? g_steal_pointer (&line) : g_strdup (_ ("Empty message"));
    case MX_CONTENT_EMOTE:
      line = dup_body_line (self);
      if (event == NULL)
        return g_steal_pointer (&line);
      name = mx_content_dup_person (mx_event_get_sender (event), resolve, data);
      return g_strdup_printf ("%s %s", name, line);
    case MX_CONTENT_IMAGE:
      line = dup_media_line (self);
      return g_strdup_printf (_ ("Picture: %s"), line);
    case MX_CONTENT_STICKER:
      line = dup_media_line (self);
      return g_strdup_printf (_ ("Sticker: %s"), line);
    case MX_CONTENT_FILE:
      line = dup_media_line (self);
      return g_strdup_printf (_ ("File: %s"), line);
    case MX_CONTENT_AUDIO:
      line = dup_media_line (self);
      return g_strdup_printf (_ ("Audio: %s"), line);
    case MX_CONTENT_VIDEO:
      line = dup_media_line (self);
      return g_strdup_printf (_ ("Video: %s"), line);
    case MX_CONTENT_VOICE:
      return dup_voice_line (self);
    case MX_CONTENT_LOCATION:
      return g_strdup (_ ("Location"));
    case MX_CONTENT_POLL:
      line = dup_body_line (self);
      return g_strdup_printf (_ ("Poll: %s"), line);
    case MX_CONTENT_REDACTED:
      return g_strdup (_ ("Message deleted"));
    case MX_CONTENT_ENCRYPTED:
      return g_strdup (_ ("Locked message"));
    case MX_CONTENT_CALL:
      return dup_call_line (mx_content_get_type_name (self));
    case MX_CONTENT_VERIFICATION:
      return g_strdup (_ ("Request to compare a series of emoji"));
    case MX_CONTENT_MEMBER:
      return mx_content_dup_member_sentence (self, event, resolve, data);
    case MX_CONTENT_STATE:
    case MX_CONTENT_CREATE:
    case MX_CONTENT_TOMBSTONE:
      return mx_content_dup_state_sentence (event, resolve, data);
    case MX_CONTENT_UNKNOWN:
      break;
    }

  return dup_unknown_line (self, event);
}
