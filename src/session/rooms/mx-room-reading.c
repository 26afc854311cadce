/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The reader of a room: drafts, typing, how far one has read, tags and marks. None of it waits for
 * the network. Main thread. */
#include "config.h"

#include "mx-room-private.h"

#include "mx-error.h"
#include "mx-json.h"
#include "mx-read-markers.h"
#include "mx-room-encrypter.h"
#include "mx-room-requests.h"
#include "mx-store-timeline.h"

/* "I am typing" is said again after this time, and holds for a little longer. */
#define TYPING_AGAIN_US (4 * G_USEC_PER_SEC)
#define TYPING_HOLDS_MS 8000

/* -- Drafts. The store's form is {"text": …}; one write at a time, the newest text wins. */

typedef struct
{
  MxRoom *room;
  MxSession *session;
  char *text; /* "" none */
} MxDraftWrite;

static void save_draft (MxRoom *self);

static void
mx_draft_write_free (gpointer data)
{
  MxDraftWrite *write = data;

  g_clear_object (&write->room);
  g_clear_object (&write->session);
  g_free (write->text);
  g_free (write);
}

typedef struct
{
  char *room_id;
  char *draft; /* NULL: none */
} MxStoredDraft;

static void
mx_stored_draft_free (gpointer data)
{
  MxStoredDraft *stored = data;

  g_free (stored->room_id);
  g_free (stored->draft);
  g_free (stored);
}

static gboolean
draft_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  const MxStoredDraft *stored = data;

  return mx_store_set_draft (store, stored->room_id, stored->draft, error) &&
         mx_store_refresh_row (store, stored->room_id, changes, error);
}

static char *
draft_to_json (const char *text)
{
  g_autoptr (MxJsonWriter) writer = NULL;

  if (*text == '\0')
    return NULL;

  writer = mx_json_writer_new ();
  mx_json_begin_object (writer, NULL);
  mx_json_add_string (writer, "text", text);
  mx_json_end (writer);

  return mx_json_writer_to_text (writer);
}

static DexFuture *
draft_fiber (gpointer data)
{
  MxDraftWrite *write = data;
  MxStoredDraft *stored = g_new0 (MxStoredDraft, 1);
  g_autoptr (GError) error = NULL;

  stored->room_id = g_strdup (mx_room_get_id (write->room));
  stored->draft = draft_to_json (write->text);
  if (!dex_await (mx_session_write (write->session, draft_work, stored, mx_stored_draft_free),
                  &error) &&
      !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CLOSED))
    mx_session_set_error (write->session, error);

  write->room->draft_saving = FALSE;
  if (write->room->draft_changed)
    save_draft (write->room);

  return dex_future_new_true ();
}

static void
save_draft (MxRoom *self)
{
  MxDraftWrite *write = NULL;

  self->draft_changed = self->draft_saving;
  if (self->draft_saving || self->session == NULL)
    return;

  self->draft_saving = TRUE;
  write = g_new0 (MxDraftWrite, 1);
  write->room = g_object_ref (self);
  write->session = g_object_ref (self->session);
  write->text = g_strdup (self->draft);
  mx_flow_start ("draft", draft_fiber, write, mx_draft_write_free);
}

static char *
read_draft (MxRoom *self)
{
  MxStore *reader = self->session != NULL ? mx_session_get_reader (self->session) : NULL;
  g_autofree char *stored = reader != NULL ? mx_store_get_draft (reader, self->id) : NULL;
  g_autoptr (MxJsonDocument) document = NULL;
  g_autoptr (GError) error = NULL;

  if (stored == NULL)
    return g_strdup ("");
  document = mx_json_document_parse (stored, -1, &error);
  if (document == NULL)
    return g_strdup ("");

  return g_strdup (mx_json_string_or (mx_json_get (mx_json_document_root (document), "text"), ""));
}

char *
mx_room_dup_draft (MxRoom *self)
{
  g_return_val_if_fail (MX_IS_ROOM (self), NULL);

  if (self->draft == NULL)
    self->draft = read_draft (self);

  return *self->draft != '\0' ? g_strdup (self->draft) : NULL;
}

void
mx_room_set_draft (MxRoom *self, const char *text)
{
  g_return_if_fail (MX_IS_ROOM (self));

  if (self->draft == NULL)
    self->draft = read_draft (self);
  if (g_set_str (&self->draft, text != NULL ? text : ""))
    save_draft (self);
}

/* -- Typing */

typedef struct
{
  MxSession *session;
  MxScope *scope;
  char *room_id;
  gboolean typing;
} MxTypingRun;

static void
mx_typing_run_free (gpointer data)
{
  MxTypingRun *run = data;

  g_clear_object (&run->session);
  g_clear_pointer (&run->scope, mx_scope_unref);
  g_free (run->room_id);
  g_free (run);
}

static DexFuture *
typing_fiber (gpointer data)
{
  MxTypingRun *run = data;
  g_autoptr (GError) error = NULL;

  if (!dex_await (mx_guard (run->scope,
                            mx_rooms_typing (mx_session_get_http (run->session),
                                             run->room_id,
                                             mx_session_get_user_id (run->session),
                                             run->typing,
                                             TYPING_HOLDS_MS)),
                  &error))
    g_debug ("Typing was not told: %d", error->code);

  return dex_future_new_true ();
}

void
mx_room_set_typing (MxRoom *self, gboolean typing)
{
  MxTypingRun *run = NULL;
  gint64 now = g_get_monotonic_time ();

  g_return_if_fail (MX_IS_ROOM (self));

  if (self->session == NULL || mx_session_get_http (self->session) == NULL ||
      mx_session_get_connection (self->session) == MX_CONNECTION_OFFLINE ||
      self->row->membership != MX_MEMBERSHIP_JOIN)
    return;
  if (typing && self->typing_sent_us != 0 && now - self->typing_sent_us < TYPING_AGAIN_US)
    return;
  if (!typing && self->typing_sent_us == 0)
    return;

  self->typing_sent_us = typing ? now : 0;
  run = g_new0 (MxTypingRun, 1);
  run->session = g_object_ref (self->session);
  run->scope = mx_scope_ref (mx_session_get_scope (self->session));
  run->room_id = g_strdup (self->id);
  run->typing = typing;
  mx_flow_start ("typing", typing_fiber, run, mx_typing_run_free);
  if (typing)
    mx_room_encrypter_prepare (self->session, self->id);
}

/* -- How far one has read */

/* One's own messages need no receipt: everybody knows that one has seen them. */
static gboolean
is_own (MxRoom *self, MxStore *reader, const char *event_id)
{
  g_autoptr (GError) error = NULL;
  MxTimelineRow *row = mx_store_load_event (reader, self->id, event_id, &error);
  gboolean own =
    row != NULL && row->event != NULL &&
    g_strcmp0 (mx_event_get_sender (row->event), mx_session_get_user_id (self->session)) == 0;

  g_clear_pointer (&row, mx_timeline_row_free);

  return own;
}

/* Whether the event lies after what was read before. */
static gboolean
is_further (MxRoom *self, MxStore *reader, const char *event_id)
{
  g_autofree char *before = mx_store_get_own_receipt (reader, self->id);
  MxTimelineKey old_key;
  MxTimelineKey new_key;

  if (g_strcmp0 (before, event_id) == 0)
    return FALSE;
  if (!mx_store_find_key (reader, self->id, event_id, &new_key))
    return FALSE;

  return before == NULL || !mx_store_find_key (reader, self->id, before, &old_key) ||
         mx_timeline_key_compare (&new_key, &old_key) > 0;
}

void
mx_room_mark_read (MxRoom *self, const char *event_id)
{
  MxStore *reader = NULL;

  g_return_if_fail (MX_IS_ROOM (self));
  g_return_if_fail (event_id != NULL);

  reader = self->session != NULL ? mx_session_get_reader (self->session) : NULL;
  if (reader == NULL || self->row->membership != MX_MEMBERSHIP_JOIN)
    return;

  if (is_further (self, reader, event_id) && !is_own (self, reader, event_id))
    mx_read_markers_mark (mx_session_get_read_markers (self->session), self->id, event_id);
  if (self->row->marked_unread)
    mx_room_set_marked_unread (self, FALSE);
}

void
mx_room_set_marked_unread (MxRoom *self, gboolean unread)
{
  g_return_if_fail (MX_IS_ROOM (self));

  if (self->session != NULL)
    mx_session_put_account_data (self->session,
                                 self->id,
                                 "m.marked_unread",
                                 unread ? "{\"unread\":true}" : "{\"unread\":false}");
}

/* -- Tags (spec "Room tagging") */

/* The content of m.tag with one tag set or not, and another one gone. Caller owns. */
static char *
change_tags (MxRoom *self, const char *tag, gboolean set, const char *without)
{
  MxStore *reader = mx_session_get_reader (self->session);
  g_autofree char *stored =
    reader != NULL ? mx_store_get_account_data (reader, self->id, "m.tag") : NULL;
  g_autoptr (MxJsonDocument) document = NULL;
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autoptr (GError) error = NULL;
  MxJson tags = { NULL };
  MxJsonIter iter;
  MxJson value;
  const char *name = NULL;

  if (stored != NULL)
    {
      document = mx_json_document_parse (stored, -1, &error);
      if (document != NULL)
        tags = mx_json_get (mx_json_document_root (document), "tags");
    }

  mx_json_begin_object (writer, NULL);
  mx_json_begin_object (writer, "tags");
  mx_json_iter_init (&iter, tags);
  while (mx_json_iter_next (&iter, &name, &value))
    if (name != NULL && !g_str_equal (name, tag) && !(set && g_str_equal (name, without)))
      mx_json_add_json (writer, name, value);
  if (set)
    {
      mx_json_begin_object (writer, tag);
      mx_json_add_double (writer, "order", 0.5);
      mx_json_end (writer);
    }
  mx_json_end (writer);
  mx_json_end (writer);

  return mx_json_writer_to_text (writer);
}

static void
set_tag (MxRoom *self, const char *tag, gboolean set, const char *without)
{
  g_autofree char *content = NULL;

  if (self->session == NULL)
    return;

  content = change_tags (self, tag, set, without);
  mx_session_put_account_data (self->session, self->id, "m.tag", content);
}

void
mx_room_set_favourite (MxRoom *self, gboolean favourite)
{
  g_return_if_fail (MX_IS_ROOM (self));

  set_tag (self, "m.favourite", favourite, "m.lowpriority");
}

void
mx_room_set_low_priority (MxRoom *self, gboolean low)
{
  g_return_if_fail (MX_IS_ROOM (self));

  set_tag (self, "m.lowpriority", low, "m.favourite");
}
