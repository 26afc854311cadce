/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What support may see of a session: versions, settings, health, reachability. No content, and no
 * ids but the account's own server. Main thread. */
#include "config.h"

#include "mx-error.h"
#include "mx-json.h"
#include "mx-room-list.h"
#include "mx-session-private.h"
#include "mx-store-decryption.h"
#include "mx-sync-loop.h"

#define REACH_MS      15000
#define REPORTED_DAYS 30

static gboolean
health_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  g_value_init (result, G_TYPE_STRING);
  g_value_take_string (result, mx_store_health (store));

  return TRUE;
}

static void
add_enum (MxJsonWriter *writer, const char *name, GType type, int value)
{
  GEnumClass *klass = g_type_class_ref (type);
  const GEnumValue *found = g_enum_get_value (klass, value);

  mx_json_add_string (writer, name, found != NULL ? found->value_nick : NULL);
  g_type_class_unref (klass);
}

static void
add_error (MxJsonWriter *writer, const char *name, const GError *error)
{
  if (error == NULL)
    return;

  mx_json_begin_object (writer, name);
  mx_json_add_string (writer, "domain", g_quark_to_string (error->domain));
  mx_json_add_int (writer, "code", error->code);
  mx_json_end (writer);
}

static void
add_server (MxJsonWriter *writer, MxSession *self)
{
  const MxNetworkSettings *network = &mx_session_get_entry (self)->network;
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();
  gboolean reached = FALSE;

  mx_json_begin_object (writer, "server");
  mx_json_add_string (writer, "base_url", mx_session_get_base_url (self));
  mx_json_add_bool (writer, "own_proxy", network->proxy_uri != NULL);
  mx_json_add_bool (writer, "own_ca", network->ca_file != NULL);
  if (mx_session_get_http (self) != NULL)
    {
      reached = dex_await (mx_timeout (mx_http_request (mx_session_get_http (self),
                                                        "GET",
                                                        "/_matrix/client/versions",
                                                        NULL,
                                                        MX_HTTP_NO_AUTH),
                                       REACH_MS),
                           &error);
      mx_json_add_bool (writer, "reachable", reached);
      mx_json_add_int (writer, "answer_ms", (g_get_monotonic_time () - start) / 1000);
      add_error (writer, "error", error);
    }
  mx_json_end (writer);
}

static void
add_store (MxJsonWriter *writer, MxSession *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *health = NULL;
  g_auto (GStrv) lines = NULL;

  if (mx_session_get_worker (self) == NULL)
    return;

  health = dex_await_string (mx_session_work (self, health_work, NULL, NULL), &error);
  if (health == NULL)
    {
      add_error (writer, "store_error", error);
      return;
    }

  lines = g_strsplit (health, "\n", -1);
  mx_json_begin_array (writer, "store");
  for (gsize i = 0; lines[i] != NULL; i++)
    if (*lines[i] != '\0')
      mx_json_add_string (writer, NULL, lines[i]);
  mx_json_end (writer);
}

static gboolean
read_days_call (MxSession *session, gpointer data, GError **error)
{
  MxStore *reader = mx_session_get_reader (session);
  GArray **days = data;

  if (reader != NULL)
    *days = mx_store_load_decryption_days (reader, REPORTED_DAYS);

  return TRUE;
}

/* How well encrypted messages could be read: numbers only. */
static void
add_decryption (MxJsonWriter *writer, MxSession *self)
{
  g_autoptr (GArray) days = NULL;
  g_autoptr (GError) error = NULL;

  if (!dex_await (mx_session_call (self, read_days_call, &days), &error) || days == NULL)
    return;

  mx_json_begin_array (writer, "decryption");
  for (guint i = 0; i < days->len; i++)
    {
      const MxDecryptionDay *day = &g_array_index (days, MxDecryptionDay, i);
      const char *outcome = day->outcome < 0 ? "read_late"
                            : day->outcome == MX_DECRYPTION_OK
                              ? "read"
                              : mx_decryption_failure_get_name (day->outcome);

      mx_json_begin_object (writer, NULL);
      mx_json_add_string (writer, "day", day->day);
      mx_json_add_string (writer, "outcome", outcome);
      mx_json_add_int (writer, "count", day->count);
      mx_json_end (writer);
    }
  mx_json_end (writer);
}

static DexFuture *
report_fiber (gpointer data)
{
  MxSession *self = data;
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  MxRoomList *rooms = mx_session_get_rooms (self);
  MxSyncLoop *loop = mx_session_get_sync_loop (self);
  guint waiting = 0;

  g_object_get (self, "outbox-waiting", &waiting, NULL);

  mx_json_begin_object (writer, NULL);
  mx_json_add_string (writer, "version", PACKAGE_VERSION);
  add_enum (writer, "state", mx_session_state_get_type (), mx_session_get_state (self));
  add_enum (writer, "connection", mx_connection_get_type (), mx_session_get_connection (self));
  add_error (writer, "error", mx_session_get_error (self));
  add_error (writer, "connection_error", mx_session_get_connection_error (self));
  if (loop != NULL)
    mx_json_add_string (writer, "sync", mx_sync_loop_get_kind_name (loop));
  mx_json_add_string (writer, "sync_forced", g_getenv ("CHAPPE_SYNC"));
  mx_json_add_int (writer, "rooms", g_list_model_get_n_items (G_LIST_MODEL (rooms)));
  mx_json_add_int (writer, "outbox_waiting", waiting);
  add_server (writer, self);
  add_store (writer, self);
  add_decryption (writer, self);
  mx_json_end (writer);

  return dex_future_new_take_string (mx_json_writer_to_text (writer));
}

DexFuture *
mx_session_report (MxSession *self)
{
  g_return_val_if_fail (MX_IS_SESSION (self), NULL);

  return mx_flow_run (report_fiber, g_object_ref (self), g_object_unref);
}
