/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-timeline-server.h"

#include "mx-encryption-private.h"
#include "mx-error.h"
#include "mx-room-requests.h"
#include "mx-session-private.h"
#include "mx-store-decryption.h"
#include "mx-store-timeline.h"
#include "mx-timeline.h"

#define PAGE 50

/* One errand to the server for a room; shared by the flows below. */
typedef struct
{
  MxSession *session;
  MxScope *scope;
  char *room_id;
  char *event_id;
  char *token; /* of the gap; of what is read again: the session, NULL: all */
  gint64 gap_id;
  gint64 timestamp;
  gboolean backwards;
  gboolean readable;
} Errand;

static void
errand_free (gpointer data)
{
  Errand *errand = data;

  g_clear_object (&errand->session);
  g_clear_pointer (&errand->scope, mx_scope_unref);
  g_free (errand->room_id);
  g_free (errand->event_id);
  g_free (errand->token);
  g_free (errand);
}

static Errand *
errand_new (MxRoom *room, MxScope *scope)
{
  Errand *errand = g_new0 (Errand, 1);
  MxSession *session = mx_room_get_session (room);

  errand->session = session != NULL ? g_object_ref (session) : NULL;
  errand->room_id = g_strdup (mx_room_get_id (room));
  if (scope != NULL)
    errand->scope = mx_scope_ref (scope);
  else if (session != NULL)
    errand->scope = mx_scope_ref (mx_session_get_scope (session));

  return errand;
}

/* What a reply of the server becomes on the account thread. */
typedef struct
{
  GBytes *reply;
  char *room_id;
  gint64 gap_id;
  gboolean backwards;
} Page;

static void
page_free (gpointer data)
{
  Page *page = data;

  g_bytes_unref (page->reply);
  g_free (page->room_id);
  g_free (page);
}

static Page *
page_new (Errand *errand, GBytes *reply)
{
  Page *page = g_new0 (Page, 1);

  page->reply = g_bytes_ref (reply);
  page->room_id = g_strdup (errand->room_id);
  page->gap_id = errand->gap_id;
  page->backwards = errand->backwards;

  return page;
}

static gboolean
apply_page (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  Page *page = data;
  g_autoptr (MxMessagePage) decoded = mx_message_page_decode (page->reply, error);

  return decoded != NULL && mx_store_apply_page (store,
                                                 page->room_id,
                                                 page->gap_id,
                                                 decoded->events,
                                                 page->backwards,
                                                 decoded->end,
                                                 decoded->state,
                                                 changes,
                                                 error);
}

static gboolean
apply_context (MxStore *store,
               MxStoreChanges *changes,
               gpointer data,
               GValue *result,
               GError **error)
{
  Page *page = data;
  g_autoptr (MxMessagePage) decoded = mx_message_context_decode (page->reply, error);

  return decoded != NULL && mx_store_apply_context (store,
                                                    page->room_id,
                                                    decoded->events,
                                                    decoded->before,
                                                    decoded->after,
                                                    decoded->state,
                                                    changes,
                                                    error);
}

static gboolean
apply_single (MxStore *store,
              MxStoreChanges *changes,
              gpointer data,
              GValue *result,
              GError **error)
{
  Page *page = data;
  g_autoptr (MxJsonDocument) document = mx_json_document_parse_bytes (page->reply, error);
  g_autoptr (MxEvent) event = NULL;

  if (document == NULL ||
      !(event = mx_event_new_from_json (mx_json_document_root (document), error)))
    return FALSE;

  return mx_store_apply_single (store, page->room_id, event, changes, error);
}

static DexFuture *
apply (Errand *errand, GBytes *reply, MxStoreFunc func)
{
  g_autoptr (GError) error = NULL;

  if (!dex_await (mx_session_write (errand->session, func, page_new (errand, reply), page_free),
                  &error))
    return dex_future_new_for_error (g_steal_pointer (&error));

  return dex_future_new_true ();
}

static gboolean
errand_check (Errand *errand, GError **error)
{
  if (errand->session != NULL && errand->scope != NULL &&
      mx_session_get_http (errand->session) != NULL)
    return TRUE;

  g_set_error_literal (error,
                       MX_SESSION_ERROR,
                       MX_SESSION_ERROR_OFFLINE,
                       "The session is not connected");
  return FALSE;
}

static DexFuture *
fill_gap_fiber (gpointer data)
{
  Errand *errand = data;
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (GError) error = NULL;

  if (!errand_check (errand, &error) ||
      !(reply = dex_await_boxed (mx_guard (errand->scope,
                                           mx_rooms_messages (mx_session_get_http (errand->session),
                                                              errand->room_id,
                                                              errand->token,
                                                              NULL,
                                                              errand->backwards,
                                                              PAGE)),
                                 &error)))
    return dex_future_new_for_error (g_steal_pointer (&error));

  return apply (errand, reply, apply_page);
}

DexFuture *
mx_timeline_server_fill_gap (MxRoom *room,
                             gint64 gap_id,
                             const char *token,
                             gboolean backwards,
                             MxScope *scope)
{
  Errand *errand = errand_new (room, scope);

  errand->gap_id = gap_id;
  errand->token = g_strdup (token);
  errand->backwards = backwards;

  return mx_flow_run (fill_gap_fiber, errand, errand_free);
}

static DexFuture *
fetch_fiber (gpointer data)
{
  Errand *errand = data;
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (GError) error = NULL;

  if (!errand_check (errand, &error) ||
      !(reply = dex_await_boxed (mx_guard (errand->scope,
                                           mx_rooms_event (mx_session_get_http (errand->session),
                                                           errand->room_id,
                                                           errand->event_id)),
                                 &error)))
    return dex_future_new_for_error (g_steal_pointer (&error));

  return apply (errand, reply, apply_single);
}

DexFuture *
mx_timeline_server_fetch (MxRoom *room, const char *event_id, MxScope *scope)
{
  Errand *errand = errand_new (room, scope);

  errand->event_id = g_strdup (event_id);

  return mx_flow_run (fetch_fiber, errand, errand_free);
}

static gboolean
is_stored (Errand *errand, const char *event_id)
{
  MxTimelineKey key;
  MxStore *reader = mx_session_get_reader (errand->session);

  return reader != NULL && mx_store_find_key (reader, errand->room_id, event_id, &key);
}

/* Makes errand->event_id available; resolves to it. */
static DexFuture *
locate_fiber (gpointer data)
{
  Errand *errand = data;
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (GError) error = NULL;

  if (errand->session != NULL && is_stored (errand, errand->event_id))
    return dex_future_new_take_string (g_strdup (errand->event_id));

  if (!errand_check (errand, &error) ||
      !(reply = dex_await_boxed (mx_guard (errand->scope,
                                           mx_rooms_context (mx_session_get_http (errand->session),
                                                             errand->room_id,
                                                             errand->event_id,
                                                             PAGE)),
                                 &error)) ||
      !dex_await (apply (errand, reply, apply_context), &error))
    return dex_future_new_for_error (g_steal_pointer (&error));

  if (!is_stored (errand, errand->event_id))
    return dex_future_new_reject (MX_MATRIX_ERROR,
                                  MX_MATRIX_ERROR_NOT_FOUND,
                                  "The server did not return the event");

  return dex_future_new_take_string (g_strdup (errand->event_id));
}

DexFuture *
mx_timeline_locate (MxRoom *room, const char *event_id)
{
  Errand *errand = errand_new (room, NULL);

  errand->event_id = g_strdup (event_id);

  return mx_flow_run (locate_fiber, errand, errand_free);
}

/* The server knows the date best; without it, what is stored has to do. */
static char *
date_in_store (Errand *errand)
{
  MxStore *reader = mx_session_get_reader (errand->session);
  MxTimelineKey key;
  g_autoptr (GPtrArray) rows = NULL;
  gboolean at_end;

  if (reader == NULL || !mx_store_find_date (reader, errand->room_id, errand->timestamp, &key))
    return NULL;

  key.position--;
  rows = mx_store_load_after (reader, errand->room_id, &key, 1, &at_end, NULL);
  if (rows == NULL || rows->len == 0 ||
      ((MxTimelineRow *) g_ptr_array_index (rows, 0))->event == NULL)
    return NULL;

  return g_strdup (mx_event_get_id (((MxTimelineRow *) g_ptr_array_index (rows, 0))->event));
}

static DexFuture *
locate_date_fiber (gpointer data)
{
  Errand *errand = data;
  g_autoptr (GError) error = NULL;

  if (!errand_check (errand, &error))
    return dex_future_new_for_error (g_steal_pointer (&error));

  errand->event_id =
    dex_await_string (mx_guard (errand->scope,
                                mx_rooms_timestamp_to_event (mx_session_get_http (errand->session),
                                                             errand->room_id,
                                                             errand->timestamp,
                                                             FALSE)),
                      &error);
  if (errand->event_id == NULL && mx_error_is_cancelled (error))
    return dex_future_new_for_error (g_steal_pointer (&error));
  if (errand->event_id == NULL && (errand->event_id = date_in_store (errand)) == NULL)
    return dex_future_new_for_error (g_steal_pointer (&error));

  return locate_fiber (errand);
}

DexFuture *
mx_timeline_locate_date (MxRoom *room, gint64 ts_ms)
{
  Errand *errand = errand_new (room, NULL);

  errand->timestamp = ts_ms;

  return mx_flow_run (locate_date_fiber, errand, errand_free);
}

/* -- Keys */

/* How long one waits for the backup's answer. */
#define READ_AGAIN_MS 20000

static gboolean
read_again_work (MxStore *store,
                 MxStoreChanges *changes,
                 gpointer data,
                 GValue *result,
                 GError **error)
{
  Errand *errand = data;

  changes->encryption |= MX_ENCRYPTION_FETCH_KEYS;

  return mx_store_decrypt_again (store, errand->room_id, errand->token, changes, error) >= 0;
}

static gboolean
is_readable_call (MxSession *session, gpointer data, GError **error)
{
  Errand *errand = data;
  MxStore *reader = mx_session_get_reader (session);
  g_autoptr (MxTimelineRow) row = NULL;

  if (reader != NULL)
    row = mx_store_load_event (reader, errand->room_id, errand->event_id, NULL);
  errand->readable = row != NULL && row->failure == MX_DECRYPTION_OK;

  return TRUE;
}

static DexFuture *
read_again_fiber (gpointer data)
{
  Errand *errand = data;
  MxEncryption *encryption = NULL;
  MxWorkLoop *fetch = NULL;
  g_autoptr (GError) error = NULL;

  if (!errand_check (errand, &error) ||
      !dex_await (mx_session_write (errand->session, read_again_work, errand, NULL), &error))
    return dex_future_new_for_error (g_steal_pointer (&error));

  encryption = mx_session_get_encryption (errand->session);
  if (encryption != NULL)
    fetch = mx_encryption_get_loop (encryption, MX_ENCRYPTION_FETCH_KEYS);
  if (fetch != NULL &&
      !dex_await (mx_guard (errand->scope, mx_timeout (mx_work_loop_settle (fetch), READ_AGAIN_MS)),
                  &error))
    {
      if (mx_scope_is_cancelled (errand->scope))
        return dex_future_new_for_error (g_steal_pointer (&error));
      g_debug ("The backup did not answer: %d", error->code);
      g_clear_error (&error);
    }
  if (!dex_await (mx_session_call (errand->session, is_readable_call, errand), &error))
    return dex_future_new_for_error (g_steal_pointer (&error));

  return dex_future_new_for_boolean (errand->readable);
}

DexFuture *
mx_timeline_server_read_again (MxRoom *room, const char *event_id, const char *session_id)
{
  Errand *errand = errand_new (room, NULL);

  errand->event_id = g_strdup (event_id);
  errand->token = g_strdup (session_id);

  return mx_flow_run (read_again_fiber, errand, errand_free);
}
