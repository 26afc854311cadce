/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Requests and answers of both kinds of sync (research/protocol §3.1, §3.2). The window of sliding
 * sync starts with the rooms that fit on a screen and grows by steps; the list of all rooms keeps
 * one event per room, because Synapse sends every room again when that number rises, and a second
 * list asks for more of the most recent ones. */
#include "config.h"

#include "mx-sync-position.h"

#include "mx-error.h"
#include "mx-preferences.h"
#include "mx-olm-machine.h"
#include "mx-store-devices.h"
#include "mx-store-timeline.h"
#include "mx-sync-classic.h"
#include "mx-sync-sliding.h"

#define FIRST_RANGE_END 19
#define FIRST_STEP      100
#define STEP            200
#define SPARE_ROOMS     100 /* rooms that may come before the window is moved */
#define CONNECTION_ID   "room-list"

/* To-device events in one answer of either kind. */
#define TO_DEVICE_LIMIT 100

static const char *
kind_name (MxSyncKind kind)
{
  return kind == MX_SYNC_SLIDING ? "sliding" : "classic";
}

void
mx_sync_position_clear (MxSyncPosition *self)
{
  g_clear_pointer (&self->token, g_free);
  g_clear_pointer (&self->filter_id, g_free);
  g_clear_pointer (&self->to_device_token, g_free);
  g_clear_pointer (&self->listed, g_hash_table_unref);
}

void
mx_sync_position_reset (MxSyncPosition *self, MxSyncKind kind)
{
  g_clear_pointer (&self->token, g_free);
  self->decided = TRUE;
  self->kind = kind;
  self->range_end = FIRST_RANGE_END;
  self->total = -1;
  self->growing = kind == MX_SYNC_SLIDING;
  g_clear_pointer (&self->listed, g_hash_table_unref);
  self->listed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/* The filter's id is good for as long as the filter is the same. */
static char *
filter_hash (void)
{
  g_autofree char *filter = mx_sync_classic_filter ();

  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, filter, -1);
}

/* Caller owns; NULL: undecided. CHAPPE_SYNC is for tests. */
static char *
read_wanted_kind (MxStore *reader, const char *kind)
{
  const char *forced = g_getenv ("CHAPPE_SYNC");
  g_autofree char *tried = mx_store_get_value (reader, "sync_try");
  g_autofree char *refused = mx_store_get_value (reader, "sliding_refused");

  if (forced != NULL)
    return g_strdup (forced);
  if (kind != NULL && tried != NULL && refused == NULL)
    return g_steal_pointer (&tried);

  return g_strdup (kind);
}

void
mx_sync_position_load (MxSyncPosition *self, MxStore *reader)
{
  g_autofree char *kind = mx_store_get_value (reader, "sync_kind");
  g_autofree char *gappy = mx_store_get_value (reader, "sync_gappy");
  g_autofree char *wanted = read_wanted_kind (reader, kind);
  gboolean sliding = g_strcmp0 (wanted, "sliding") == 0;

  mx_sync_position_clear (self);
  mx_sync_position_reset (self, sliding ? MX_SYNC_SLIDING : MX_SYNC_CLASSIC);
  self->decided = wanted != NULL;
  self->gappy = gappy != NULL;
  self->to_device_token = mx_store_get_value (reader, "to_device_token");
  if (!self->decided)
    return;
  if (kind != NULL && g_strcmp0 (kind, kind_name (self->kind)) != 0)
    {
      self->gappy = TRUE;
      return;
    }

  if (self->kind == MX_SYNC_SLIDING)
    {
      g_autofree char *total = mx_store_get_value (reader, "sliding_total");

      self->token = mx_store_get_value (reader, "sliding_pos");
      if (self->token != NULL && total != NULL)
        {
          self->total = g_ascii_strtoll (total, NULL, 10);
          self->range_end = CLAMP (self->total, FIRST_RANGE_END, G_MAXINT / 2) + SPARE_ROOMS;
          self->growing = FALSE;
        }
      else
        g_clear_pointer (&self->token, g_free);
    }
  else
    {
      g_autofree char *hash = mx_store_get_value (reader, "filter_hash");
      g_autofree char *current = filter_hash ();

      self->token = mx_store_get_value (reader, "classic_token");
      if (g_strcmp0 (hash, current) == 0)
        self->filter_id = mx_store_get_value (reader, "filter_id");
    }
}

/* -- Requests */

typedef struct
{
  MxSyncPosition *position;
  MxSession *session;
  unsigned timeout_ms;
} MxClassicRequest;

static void
mx_classic_request_free (gpointer data)
{
  MxClassicRequest *request = data;

  g_clear_object (&request->session);
  g_free (request);
}

static DexFuture *
send_classic (MxSyncPosition *self, MxSession *session, unsigned timeout_ms)
{
  return mx_sync_classic_request (mx_session_get_http (session),
                                  self->token,
                                  self->filter_id,
                                  timeout_ms,
                                  FALSE,
                                  !mx_preferences_get_send_presence (
                                    mx_session_get_preferences (session)));
}

static DexFuture *
filter_made_cb (DexFuture *future, gpointer data)
{
  MxClassicRequest *request = data;
  MxSyncPosition *self = request->position;
  g_autoptr (GError) error = NULL;
  g_autofree char *hash = filter_hash ();
  const GValue *value = dex_future_get_value (future, &error);

  if (value == NULL)
    return dex_future_new_for_error (g_steal_pointer (&error));

  g_free (self->filter_id);
  self->filter_id = g_value_dup_string (value);
  mx_session_set_value (request->session, "filter_id", self->filter_id);
  mx_session_set_value (request->session, "filter_hash", hash);

  return send_classic (self, request->session, request->timeout_ms);
}

static DexFuture *
request_classic (MxSyncPosition *self, MxSession *session, unsigned timeout_ms)
{
  MxClassicRequest *request = NULL;
  g_autofree char *filter = NULL;

  if (self->filter_id != NULL)
    return send_classic (self, session, timeout_ms);

  request = g_new0 (MxClassicRequest, 1);
  request->position = self;
  request->session = g_object_ref (session);
  request->timeout_ms = timeout_ms;
  filter = mx_sync_classic_filter ();

  return dex_future_then (mx_sync_classic_create_filter (mx_session_get_http (session),
                                                         mx_session_get_user_id (session),
                                                         filter),
                          filter_made_cb,
                          request,
                          mx_classic_request_free);
}

static DexFuture *
request_sliding (MxSyncPosition *self,
                 MxSession *session,
                 unsigned timeout_ms,
                 const char *const *subscriptions,
                 unsigned limit)
{
  MxSlidingRequest request = {
    .conn_id = CONNECTION_ID,
    .pos = self->token,
    .timeout_ms = timeout_ms,
    .range_end = self->range_end,
    .timeline_limit = 1,
    .subscriptions = subscriptions,
    .subscription_limit = limit,
    .recent_end = self->growing ? 0 : FIRST_RANGE_END,
    .recent_limit = MX_SYNC_RECENT_LIMIT,
    .to_device = TRUE,
    .to_device_since = self->to_device_token,
  };

  return mx_sync_sliding_request (mx_session_get_http (session), &request);
}

DexFuture *
mx_sync_position_request (MxSyncPosition *self,
                          MxSession *session,
                          unsigned timeout_ms,
                          const char *const *subscriptions,
                          unsigned limit)
{
  self->asked_us = g_get_monotonic_time ();
  if (self->kind == MX_SYNC_CLASSIC)
    return request_classic (self, session, timeout_ms);

  return request_sliding (self, session, timeout_ms, subscriptions, limit);
}

/* -- Answers */

typedef struct
{
  MxSyncPosition *position; /* main thread only */
  MxSession *session;
  MxSyncKind kind;
  char *token; /* as sent */
  char *user_id;
  gint64 asked_us;
  gboolean gappy;
  gboolean import;
  GHashTable
    *listed; /* account thread only, as long as the reply is under way; NULL: not a start */
  unsigned range_end;
  GBytes *reply;
  MxSyncDelta *delta; /* account thread only: freeing a large one takes longer than a frame */
  char *next_token;   /* of delta, as the three below */
  char *to_device_token;
  gint64 total_rooms;
  gboolean to_device_full;
  GPtrArray *arrived; /* room id, event id, room id, … */
} MxSyncReply;

static void
mx_sync_reply_free (gpointer data)
{
  MxSyncReply *reply = data;

  g_free (reply->token);
  g_free (reply->user_id);
  g_clear_pointer (&reply->reply, g_bytes_unref);
  g_clear_pointer (&reply->arrived, g_ptr_array_unref);
  g_clear_pointer (&reply->listed, g_hash_table_unref);
  g_clear_pointer (&reply->delta, mx_sync_delta_free);
  g_free (reply->next_token);
  g_free (reply->to_device_token);
  g_clear_object (&reply->session);
  g_free (reply);
}

/* On the account thread. */
static gboolean
decode_reply (gpointer data, GError **error)
{
  MxSyncReply *reply = data;

  if (reply->kind == MX_SYNC_SLIDING)
    reply->delta = mx_sync_sliding_decode (reply->reply, reply->user_id, error);
  else
    reply->delta = mx_sync_classic_decode (reply->reply, reply->token, error);
  g_clear_pointer (&reply->reply, g_bytes_unref);
  if (reply->delta == NULL)
    return FALSE;

  reply->delta->asked_us = reply->asked_us;

  return TRUE;
}

/* On the account thread, before the room is applied: which events are news to somebody who follows
 * it. Those that the server calls live, and after a lost position those that lie behind something
 * known: they were missed. */
static void
collect_arrived (MxStore *store, const MxRoomDelta *room, GPtrArray *arrived)
{
  unsigned length = room->timeline != NULL ? room->timeline->len : 0;
  unsigned first_live = length - MIN (room->live, length);
  g_autofree char *last = NULL;
  gboolean follows = FALSE;

  if (first_live > 0 && !room->expanded)
    {
      last = mx_store_last_event_id (store, room->room_id);
      follows = last != NULL;
    }

  for (unsigned i = 0; i < length; i++)
    {
      const char *event_id = mx_event_get_id (g_ptr_array_index (room->timeline, i));
      MxTimelineKey key;

      if (mx_store_find_key (store, room->room_id, event_id, &key))
        follows = TRUE;
      else if (follows || i >= first_live)
        {
          g_ptr_array_add (arrived, g_strdup (room->room_id));
          g_ptr_array_add (arrived, g_strdup (event_id));
        }
    }
}

/* To-device messages and what goes with them, then the rooms that they may be keys of. A new
 * connection does not repeat what changed since the old one (E2E-026). */
static gboolean
apply_delta (MxStore *store, MxStoreChanges *changes, MxSyncReply *reply, GError **error)
{
  MxOlmMachine *machine = mx_session_get_machine (reply->session);

  if (reply->token == NULL || reply->gappy)
    {
      if (!mx_store_mark_all_outdated (store, error))
        return FALSE;
      changes->encryption |= MX_ENCRYPTION_QUERY_DEVICES;
    }

  return mx_olm_machine_receive_sync (machine, reply->delta, changes, error) &&
         mx_store_apply_sync (store, reply->delta, reply->user_id, changes, error) &&
         mx_olm_machine_finish_sync (machine, reply->delta, changes, error);
}

/* What the main thread has to know of it. */
static void
finish_delta (MxSyncReply *reply)
{
  MxSyncDelta *delta = g_steal_pointer (&reply->delta);

  reply->next_token = g_steal_pointer (&delta->next_token);
  reply->to_device_token = g_steal_pointer (&delta->to_device_token);
  reply->total_rooms = delta->total_rooms;
  reply->to_device_full = delta->to_device != NULL && delta->to_device->len >= TO_DEVICE_LIMIT;
  mx_sync_delta_free (delta);
}

/* The reply's window holds all rooms. */
static gboolean
is_complete (const MxSyncReply *reply)
{
  gint64 total = reply->delta->total_rooms;

  return reply->kind == MX_SYNC_CLASSIC || (total >= 0 && reply->range_end + 1 >= total);
}

/* A start describes each room once, however many replies it takes; after the last one it is known
 * which there are. */
static void
list_rooms (MxSyncReply *reply)
{
  MxSyncDelta *delta = reply->delta;

  delta->is_start = reply->listed != NULL;
  if (!delta->is_start)
    return;

  for (unsigned i = 0; i < delta->rooms->len; i++)
    {
      const MxRoomDelta *room = g_ptr_array_index (delta->rooms, i);

      if (room->membership != MX_MEMBERSHIP_NONE)
        g_hash_table_add (reply->listed, g_strdup (room->room_id));
    }
  if (is_complete (reply))
    delta->listed = g_hash_table_ref (reply->listed);
}

/* On the account thread, in the transaction: how the next request continues. */
static gboolean
store_position (MxStore *store, const MxSyncReply *reply, GError **error)
{
  const MxSyncDelta *delta = reply->delta;
  gboolean sliding = reply->kind == MX_SYNC_SLIDING;
  g_autofree char *total = NULL;

  /* The next start begins with this window only if it holds all rooms. */
  if (sliding && is_complete (reply))
    total = g_strdup_printf ("%" G_GINT64_FORMAT, delta->total_rooms);

  return mx_store_set_value (store, "sync_kind", kind_name (reply->kind), error) &&
         mx_store_set_value (store, "sync_gappy", NULL, error) &&
         ((sliding && delta->total_rooms < 0) ||
          mx_store_set_value (store, "sliding_total", total, error)) &&
         mx_store_set_value (store, "sliding_pos", sliding ? delta->next_token : NULL, error) &&
         mx_store_set_value (store, "classic_token", sliding ? NULL : delta->next_token, error);
}

/* On the account thread: all of it or nothing. */
static gboolean
apply_reply (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  MxSyncReply *reply = data;
  MxSyncDelta *delta = reply->delta;

  reply->arrived = g_ptr_array_new_with_free_func (g_free);
  for (unsigned i = 0; i < delta->rooms->len; i++)
    collect_arrived (store, g_ptr_array_index (delta->rooms, i), reply->arrived);

  list_rooms (reply);
  mx_store_set_importing (store, reply->import);
  if (reply->gappy && !mx_store_mark_all_gappy (store, error))
    return FALSE;
  if (!apply_delta (store, changes, reply, error) || !store_position (store, reply, error))
    return FALSE;

  finish_delta (reply);

  return TRUE;
}

static void
grow (MxSyncPosition *self)
{
  gint64 last = self->total - 1;

  self->growing = self->total >= 0 && (gint64) self->range_end < last;
  if (!self->growing)
    self->range_end = MAX (self->range_end, (unsigned) (MAX (last, 0) + SPARE_ROOMS));
  else if (self->range_end == FIRST_RANGE_END)
    self->range_end += FIRST_STEP;
  else
    self->range_end += STEP;
}

/* On the main thread, committed. */
static void
reply_applied (MxSession *session, gpointer data)
{
  MxSyncReply *reply = data;
  MxSyncPosition *self = reply->position;

  g_set_str (&self->token, reply->next_token);
  self->gappy = FALSE;
  self->to_device_full = reply->to_device_full;
  if (reply->to_device_token != NULL)
    g_set_str (&self->to_device_token, reply->to_device_token);
  if (self->kind == MX_SYNC_SLIDING)
    {
      if (reply->total_rooms >= 0)
        self->total = reply->total_rooms;
      grow (self);
    }
  if (!self->growing)
    g_clear_pointer (&self->listed, g_hash_table_unref);

  for (unsigned i = 0; i + 1 < reply->arrived->len; i += 2)
    mx_session_event_arrived (session,
                              g_ptr_array_index (reply->arrived, i),
                              g_ptr_array_index (reply->arrived, i + 1));
}

DexFuture *
mx_sync_position_apply (MxSyncPosition *self, MxSession *session, GBytes *bytes)
{
  MxSyncReply *reply = g_new0 (MxSyncReply, 1);

  reply->position = self;
  reply->session = g_object_ref (session);
  reply->asked_us = self->asked_us;
  reply->kind = self->kind;
  reply->token = g_strdup (self->token);
  reply->user_id = g_strdup (mx_session_get_user_id (session));
  reply->gappy = self->gappy;
  reply->import = self->token == NULL || self->growing;
  if (reply->import && self->listed != NULL)
    reply->listed = g_hash_table_ref (self->listed);
  reply->range_end = self->range_end;
  reply->reply = g_bytes_ref (bytes);

  return mx_session_write_full (session,
                                decode_reply,
                                apply_reply,
                                reply_applied,
                                reply,
                                mx_sync_reply_free);
}

static gboolean
forget_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  return mx_store_set_value (store, "sync_gappy", "1", error) &&
         mx_store_set_value (store, "sync_kind", data, error) &&
         mx_store_set_value (store, "sliding_pos", NULL, error) &&
         mx_store_set_value (store, "sliding_total", NULL, error) &&
         mx_store_set_value (store, "classic_token", NULL, error);
}

void
mx_sync_position_forget (MxSyncPosition *self, MxSession *session)
{
  self->gappy = TRUE;
  mx_session_write_later (session, forget_work, (gpointer) kind_name (self->kind), NULL);
}
