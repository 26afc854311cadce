/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What is not confirmed is one value of the store, {ROOM: EVENT}; it changes together with the
 * local read position, so a crash loses neither. Main thread. */
#include "config.h"

#include "mx-read-markers.h"

#include "mx-error.h"
#include "mx-json.h"
#include "mx-matrix-id.h"
#include "mx-preferences.h"
#include "mx-room-requests.h"

/* Somebody who scrolls passes many events. */
#define SETTLE_MS 600

#define FIRST_BACK_OFF 2000
#define LAST_BACK_OFF  60000

struct _MxReadMarkers
{
  GObject parent_instance;

  MxSession *session;  /* not owned: owns us */
  GHashTable *pending; /* room id → event id */
  gboolean running;
};

G_DEFINE_FINAL_TYPE (MxReadMarkers, mx_read_markers, G_TYPE_OBJECT)

typedef struct
{
  MxReadMarkers *markers;
  MxSession *session;
  MxScope *scope;
} MxMarkersRun;

static void
mx_read_markers_finalize (GObject *object)
{
  MxReadMarkers *self = MX_READ_MARKERS (object);

  g_clear_pointer (&self->pending, g_hash_table_unref);

  G_OBJECT_CLASS (mx_read_markers_parent_class)->finalize (object);
}

static void
mx_read_markers_class_init (MxReadMarkersClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mx_read_markers_finalize;
}

static void
mx_read_markers_init (MxReadMarkers *self)
{
  self->pending = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

MxReadMarkers *
mx_read_markers_new (MxSession *session)
{
  MxReadMarkers *self = g_object_new (MX_TYPE_READ_MARKERS, NULL);

  self->session = session;

  return self;
}

void
mx_read_markers_load (MxReadMarkers *self, const char *pending)
{
  g_autoptr (MxJsonDocument) document = NULL;
  g_autoptr (GError) error = NULL;
  MxJsonIter iter;
  MxJson value;
  const char *room_id = NULL;

  if (pending == NULL)
    return;
  document = mx_json_document_parse (pending, -1, &error);
  if (document == NULL)
    return;

  mx_json_iter_init (&iter, mx_json_document_root (document));
  while (mx_json_iter_next (&iter, &room_id, &value))
    if (mx_room_id_is_valid (room_id) && mx_event_id_is_valid (mx_json_string (value)))
      g_hash_table_insert (self->pending, g_strdup (room_id), g_strdup (mx_json_string (value)));
}

/* Caller owns; NULL: nothing is pending. */
static char *
pending_to_json (MxReadMarkers *self)
{
  g_autoptr (MxJsonWriter) writer = NULL;
  GHashTableIter iter;
  gpointer room_id = NULL;
  gpointer event_id = NULL;

  if (g_hash_table_size (self->pending) == 0)
    return NULL;

  writer = mx_json_writer_new ();
  mx_json_begin_object (writer, NULL);
  g_hash_table_iter_init (&iter, self->pending);
  while (g_hash_table_iter_next (&iter, &room_id, &event_id))
    mx_json_add_string (writer, room_id, event_id);
  mx_json_end (writer);

  return mx_json_writer_to_text (writer);
}

/* -- Sending */

static void
mx_markers_run_free (gpointer data)
{
  MxMarkersRun *run = data;

  g_clear_object (&run->markers);
  g_clear_object (&run->session);
  g_clear_pointer (&run->scope, mx_scope_unref);
  g_free (run);
}

static void
confirm (MxReadMarkers *self, const char *room_id, const char *event_id)
{
  g_autofree char *json = NULL;

  if (g_strcmp0 (g_hash_table_lookup (self->pending, room_id), event_id) != 0)
    return; /* one has read on meanwhile */

  g_hash_table_remove (self->pending, room_id);
  json = pending_to_json (self);
  mx_session_set_value (self->session, "receipts_pending", json);
}

/* One room; FALSE with error when the rest must wait. */
static gboolean
send_one (MxMarkersRun *run, const char *room_id, const char *event_id, GError **error)
{
  MxHttp *http = mx_session_get_http (run->session);
  MxPreferences *preferences = mx_session_get_preferences (run->session);
  gboolean is_private = !mx_preferences_get_send_read_receipts (preferences);
  g_autoptr (GError) failure = NULL;

  if (http == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The session was closed");
      return FALSE;
    }

  if (!dex_await (mx_guard (run->scope,
                            mx_rooms_read_markers (http, room_id, event_id, event_id, is_private)),
                  &failure) &&
      (failure->domain != MX_MATRIX_ERROR || mx_error_is_transient (failure) ||
       failure->code == MX_MATRIX_ERROR_INVALID_RESPONSE || mx_session_is_end (failure)))
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }

  /* Refused for good (left, unknown event): nothing more can be done. */
  confirm (run->markers, room_id, event_id);

  return TRUE;
}

static DexFuture *
markers_fiber (gpointer data)
{
  MxMarkersRun *run = data;
  MxReadMarkers *self = run->markers;
  unsigned wait = FIRST_BACK_OFF;
  g_autoptr (GError) error = NULL;
  gboolean good = dex_await (mx_guard (run->scope, mx_sleep (SETTLE_MS)), &error);

  while (good && g_hash_table_size (self->pending) > 0)
    {
      GHashTableIter iter;
      gpointer key = NULL;
      gpointer value = NULL;
      g_autofree char *room_id = NULL;
      g_autofree char *event_id = NULL;

      g_hash_table_iter_init (&iter, self->pending);
      if (g_hash_table_iter_next (&iter, &key, &value))
        {
          room_id = g_strdup (key);
          event_id = g_strdup (value);
        }

      if (send_one (run, room_id, event_id, &error))
        wait = FIRST_BACK_OFF;
      else if (mx_session_is_end (error))
        {
          mx_session_end (run->session, error);
          good = FALSE;
        }
      else if (mx_error_is_cancelled (error))
        good = FALSE;
      else
        {
          g_clear_error (&error);
          good =
            dex_await (mx_guard (run->scope, mx_session_wait_nudge (run->session, wait)), &error);
          wait = MIN (wait * 2, LAST_BACK_OFF);
        }
    }

  self->running = FALSE;
  mx_read_markers_start (self); /* stopped and started again meanwhile */

  return dex_future_new_true ();
}

void
mx_read_markers_start (MxReadMarkers *self)
{
  MxMarkersRun *run = NULL;

  g_return_if_fail (MX_IS_READ_MARKERS (self));

  if (self->running || g_hash_table_size (self->pending) == 0 ||
      !mx_session_is_running (self->session))
    return;

  self->running = TRUE;
  run = g_new0 (MxMarkersRun, 1);
  run->markers = g_object_ref (self);
  run->session = g_object_ref (self->session);
  run->scope = mx_scope_ref (mx_session_get_scope (self->session));
  mx_flow_start ("read markers", markers_fiber, run, mx_markers_run_free);
}

typedef struct
{
  char *room_id;
  char *event_id;
  char *pending;
} MxMark;

static void
mx_mark_free (gpointer data)
{
  MxMark *mark = data;

  g_free (mark->room_id);
  g_free (mark->event_id);
  g_free (mark->pending);
  g_free (mark);
}

static gboolean
mark_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  const MxMark *mark = data;

  return mx_store_set_own_receipt (store, mark->room_id, mark->event_id, TRUE, changes, error) &&
         mx_store_set_value (store, "receipts_pending", mark->pending, error);
}

void
mx_read_markers_mark (MxReadMarkers *self, const char *room_id, const char *event_id)
{
  MxMark *mark = NULL;

  g_return_if_fail (MX_IS_READ_MARKERS (self));

  if (g_strcmp0 (g_hash_table_lookup (self->pending, room_id), event_id) == 0)
    return;

  g_hash_table_insert (self->pending, g_strdup (room_id), g_strdup (event_id));
  mark = g_new0 (MxMark, 1);
  mark->room_id = g_strdup (room_id);
  mark->event_id = g_strdup (event_id);
  mark->pending = pending_to_json (self);
  mx_session_write_later (self->session, mark_work, mark, mx_mark_free);
  mx_read_markers_start (self);
}
