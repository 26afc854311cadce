/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A page of history: the answers of /messages and /context. Any thread; hostile input. */
#include "config.h"

#include "mx-room-requests.h"
#include "mx-http-reply.h"

G_DEFINE_BOXED_TYPE (MxMessagePage, mx_message_page, mx_message_page_copy, mx_message_page_free)

MxMessagePage *
mx_message_page_copy (const MxMessagePage *self)
{
  MxMessagePage *copy = g_new0 (MxMessagePage, 1);

  copy->start = g_strdup (self->start);
  copy->end = g_strdup (self->end);
  copy->events = g_ptr_array_ref (self->events);
  copy->state = g_ptr_array_ref (self->state);
  copy->before = g_strdup (self->before);
  copy->after = g_strdup (self->after);
  return copy;
}

void
mx_message_page_free (MxMessagePage *self)
{
  g_free (self->start);
  g_free (self->end);
  g_clear_pointer (&self->events, g_ptr_array_unref);
  g_clear_pointer (&self->state, g_ptr_array_unref);
  g_free (self->before);
  g_free (self->after);
  g_free (self);
}

static MxMessagePage *
page_new (void)
{
  MxMessagePage *self = g_new0 (MxMessagePage, 1);

  self->events = g_ptr_array_new_with_free_func ((GDestroyNotify) mx_event_unref);
  self->state = g_ptr_array_new_with_free_func ((GDestroyNotify) mx_event_unref);
  return self;
}

static void
add_event (GPtrArray *events, MxJson json)
{
  MxEvent *event = mx_event_new_from_json (json, NULL);

  if (event != NULL)
    g_ptr_array_add (events, event);
  else
    g_debug ("An event of a page was left out");
}

static void
add_events (GPtrArray *events, MxJson array, gboolean reverse)
{
  MxJsonIter iter;
  MxJson json;
  gsize first = events->len;

  if (mx_json_type (array) != MX_JSON_ARRAY)
    return;
  mx_json_iter_init (&iter, array);
  while (mx_json_iter_next (&iter, NULL, &json))
    add_event (events, json);

  for (gsize i = first, j = events->len; reverse && i + 1 < j; i++, j--)
    {
      gpointer swapped = events->pdata[i];

      events->pdata[i] = events->pdata[j - 1];
      events->pdata[j - 1] = swapped;
    }
}

/* Absent means that nothing is further that way, so nonsense must not read as absent: history would
 * end there for good. */
static gboolean
token_is_sane (MxJson root, const char *member)
{
  MxJson token = mx_json_get (root, member);
  MxJsonType type = mx_json_type (token);

  return type == MX_JSON_ABSENT || type == MX_JSON_NULL ||
         (type == MX_JSON_STRING &&
          (*mx_json_string (token) == '\0' || mx_http_token_is_usable (mx_json_string (token))));
}

/* An empty token leads nowhere. */
static char *
dup_token (MxJson root, const char *member)
{
  const char *token = mx_json_get_string (root, member);

  return token != NULL && *token != '\0' ? g_strdup (token) : NULL;
}

static MxJsonDocument *
parse (GBytes *reply, MxJson *root, GError **error)
{
  MxJsonDocument *document = mx_json_document_parse_bytes (reply, error);

  if (document == NULL)
    return NULL;
  *root = mx_json_document_root (document);
  if (mx_json_is_object (*root) && token_is_sane (*root, "start") && token_is_sane (*root, "end"))
    return document;
  mx_json_document_unref (document);
  mx_http_set_invalid (error, "Not a page of messages");
  return NULL;
}

MxMessagePage *
mx_message_page_decode (GBytes *reply, GError **error)
{
  g_autoptr (MxMessagePage) page = NULL;
  g_autoptr (MxJsonDocument) document = NULL;
  MxJson root;

  document = parse (reply, &root, error);
  if (document == NULL)
    return NULL;
  if (mx_json_type (mx_json_get (root, "chunk")) != MX_JSON_ARRAY)
    {
      mx_http_set_invalid (error, "A page of messages has no messages");
      return NULL;
    }

  page = page_new ();
  page->start = dup_token (root, "start");
  page->end = dup_token (root, "end");
  add_events (page->events, mx_json_get (root, "chunk"), FALSE);
  add_events (page->state, mx_json_get (root, "state"), FALSE);
  return g_steal_pointer (&page);
}

MxMessagePage *
mx_message_context_decode (GBytes *reply, GError **error)
{
  g_autoptr (MxMessagePage) page = NULL;
  g_autoptr (MxJsonDocument) document = NULL;
  MxJson root;

  document = parse (reply, &root, error);
  if (document == NULL)
    return NULL;
  if (!mx_json_is_object (mx_json_get (root, "event")))
    {
      mx_http_set_invalid (error, "The context lacks its event");
      return NULL;
    }

  page = page_new ();
  page->before = dup_token (root, "start");
  page->after = dup_token (root, "end");
  add_events (page->events, mx_json_get (root, "events_before"), TRUE);
  add_event (page->events, mx_json_get (root, "event"));
  add_events (page->events, mx_json_get (root, "events_after"), FALSE);
  add_events (page->state, mx_json_get (root, "state"), FALSE);
  return g_steal_pointer (&page);
}
