/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What one does with devices: asking for them, naming, signing out, accepting an identity. Main
 * thread. */
#include "config.h"

#include "mx-device-private.h"

#include "mx-auth.h"
#include "mx-device-requests.h"
#include "mx-device-tracker.h"
#include "mx-encryption-private.h"
#include "mx-error.h"
#include "mx-identities-private.h"
#include "mx-session-steps.h"

#define MAX_DEVICES 1000
#define SEEN_KEY    "mx-seen-devices"

/* -- The server's list */

static void
mx_seen_device_free (gpointer data)
{
  MxSeenDevice *seen = data;

  g_free (seen->display_name);
  g_free (seen->last_ip);
  g_free (seen);
}

GHashTable *
mx_encryption_get_seen_devices (MxEncryption *self)
{
  return g_object_get_data (G_OBJECT (self), SEEN_KEY);
}

static void
take_list (MxEncryption *self, GBytes *reply)
{
  g_autoptr (MxJsonDocument) document = mx_json_document_parse_bytes (reply, NULL);
  GHashTable *seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, mx_seen_device_free);
  MxJsonIter iter;
  MxJson item;

  if (document != NULL)
    {
      mx_json_iter_init (&iter, mx_json_get (mx_json_document_root (document), "devices"));
      while (mx_json_iter_next (&iter, NULL, &item) && g_hash_table_size (seen) < MAX_DEVICES)
        {
          const char *device_id = mx_json_get_string (item, "device_id");
          MxSeenDevice *device = NULL;

          if (device_id == NULL || *device_id == '\0')
            continue;
          device = g_new0 (MxSeenDevice, 1);
          device->display_name = g_strdup (mx_json_get_string (item, "display_name"));
          device->last_ip = g_strdup (mx_json_get_string (item, "last_seen_ip"));
          device->last_seen = MAX (mx_json_int (mx_json_get (item, "last_seen_ts"), 0), 0);
          g_hash_table_insert (seen, g_strdup (device_id), device);
        }
    }
  g_object_set_data_full (G_OBJECT (self), SEEN_KEY, seen, (GDestroyNotify) g_hash_table_unref);
}

/* -- Acts */

typedef struct
{
  MxEncryption *encryption;
  MxSession *session;
  MxScope *scope;
  char *user_id;
  char *name;
  GStrv device_ids;
  MxAuthFunc auth;
  gpointer auth_data;
} MxDeviceAct;

static void
mx_device_act_clear (gpointer data)
{
  MxDeviceAct *act = data;

  g_clear_object (&act->encryption);
  g_clear_object (&act->session);
  g_clear_pointer (&act->scope, mx_scope_unref);
  g_free (act->user_id);
  g_free (act->name);
  g_strfreev (act->device_ids);
}

MX_SESSION_DEFINE_STEPS (MxDeviceAct, mx_device_act)

/* NULL: the session is closed. */
static MxDeviceAct *
mx_device_act_new (MxEncryption *encryption, const char *user_id)
{
  MxSession *session = mx_encryption_get_session (encryption);
  MxDeviceAct *act = NULL;

  if (session == NULL || mx_session_get_http (session) == NULL)
    return NULL;

  act = g_atomic_rc_box_new0 (MxDeviceAct);
  act->encryption = g_object_ref (encryption);
  act->session = g_object_ref (session);
  act->scope = mx_scope_ref (mx_session_get_scope (session));
  act->user_id = g_strdup (user_id != NULL ? user_id : mx_session_get_user_id (session));

  return act;
}

static DexFuture *
closed (void)
{
  return dex_future_new_reject (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The session is closed");
}

static gboolean
outdate_work (MxStore *store,
              MxStoreChanges *changes,
              gpointer data,
              GValue *result,
              GError **error)
{
  const MxDeviceAct *act = data;

  changes->encryption |= MX_ENCRYPTION_QUERY_DEVICES;

  return mx_store_track_user (store, act->user_id, error) &&
         mx_store_mark_user_outdated (store, act->user_id, error);
}

static gboolean
refresh (MxDeviceAct *act, GError **error)
{
  const char *const users[] = { act->user_id, NULL };
  g_autoptr (GBytes) reply = NULL;
  MxHttp *http = NULL;

  if (!mx_device_act_step (act, outdate_work, error) ||
      !dex_await (mx_guard (act->scope, mx_device_tracker_ensure (act->session, users)), error))
    return FALSE;
  http = mx_session_get_http (act->session);
  if (http == NULL || !g_str_equal (act->user_id, mx_session_get_user_id (act->session)))
    return TRUE;

  reply = dex_await_boxed (mx_guard (act->scope, mx_devices_list (http)), error);
  if (reply == NULL)
    return FALSE;
  take_list (act->encryption, reply);

  return TRUE;
}

static gboolean
tell_call (MxSession *session, gpointer data, GError **error)
{
  g_signal_emit_by_name (data, "devices-listed");

  return TRUE;
}

/* The act is done; that the lists could not be brought up to date is no failure of it. */
static void
refresh_after (MxDeviceAct *act)
{
  g_autoptr (GError) error = NULL;

  if (!refresh (act, &error) ||
      !dex_await (mx_session_call (act->session, tell_call, act->encryption), &error))
    g_debug ("devices: %s %d", g_quark_to_string (error->domain), error->code);
}

static DexFuture *
refresh_fiber (gpointer data)
{
  MxDeviceAct *act = data;
  GError *error = NULL;

  if (!refresh (act, &error) ||
      !dex_await (mx_session_call (act->session, tell_call, act->encryption), &error))
    return dex_future_new_for_error (error);

  return dex_future_new_true ();
}

DexFuture *
mx_encryption_refresh_devices (MxEncryption *self, const char *user_id)
{
  MxDeviceAct *act = mx_device_act_new (self, user_id);

  return act != NULL ? mx_flow_run (refresh_fiber, act, mx_device_act_unref) : closed ();
}

static DexFuture *
rename_fiber (gpointer data)
{
  MxDeviceAct *act = data;
  GError *error = NULL;

  if (!dex_await (mx_guard (act->scope,
                            mx_devices_rename (mx_session_get_http (act->session),
                                               act->device_ids[0],
                                               act->name)),
                  &error))
    return dex_future_new_for_error (error);
  refresh_after (act);

  return dex_future_new_true ();
}

DexFuture *
mx_device_rename (MxEncryption *self, const char *device_id, const char *name)
{
  MxDeviceAct *act = mx_device_act_new (self, NULL);

  if (act == NULL)
    return closed ();
  act->device_ids = g_new0 (char *, 2);
  act->device_ids[0] = g_strdup (device_id);
  act->name = g_strdup (name);

  return mx_flow_run (rename_fiber, act, mx_device_act_unref);
}

static DexFuture *
delete_devices (MxHttp *http, const char *auth, gpointer data)
{
  const MxDeviceAct *act = data;

  return mx_devices_delete (http, (const char *const *) act->device_ids, auth);
}

static DexFuture *
sign_out_fiber (gpointer data)
{
  MxDeviceAct *act = data;
  GError *error = NULL;

  if (!mx_auth_request (
        act->session, act->scope, delete_devices, act, act->auth, act->auth_data, &error))
    return dex_future_new_for_error (error);
  refresh_after (act);

  return dex_future_new_true ();
}

DexFuture *
mx_device_sign_out (MxEncryption *self,
                    const char *const *device_ids,
                    MxAuthFunc auth,
                    gpointer auth_data)
{
  MxDeviceAct *act = mx_device_act_new (self, NULL);

  if (act == NULL)
    return closed ();
  act->device_ids = g_strdupv ((char **) device_ids);
  act->auth = auth;
  act->auth_data = auth_data;

  return mx_flow_run (sign_out_fiber, act, mx_device_act_unref);
}

/* -- Identities */

G_STATIC_ASSERT ((int) MX_IDENTITY_NONE == (int) MX_IDENTITY_STATE_NONE);
G_STATIC_ASSERT ((int) MX_IDENTITY_VIOLATED == (int) MX_IDENTITY_STATE_VIOLATED);

MxIdentityTrust
mx_encryption_get_identity_trust (MxEncryption *self, const char *user_id)
{
  MxSession *session = mx_encryption_get_session (self);
  MxStore *reader = session != NULL ? mx_session_get_reader (session) : NULL;
  g_autoptr (MxStoredIdentity) identity =
    reader != NULL ? mx_store_get_identity (reader, user_id) : NULL;

  return (MxIdentityTrust) mx_stored_identity_get_state (identity);
}

static gboolean
accept_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  const MxDeviceAct *act = data;

  return mx_identities_accept (mx_session_get_machine (act->session), act->user_id, changes, error);
}

DexFuture *
mx_encryption_accept_identity (MxEncryption *self, const char *user_id)
{
  MxDeviceAct *act = mx_device_act_new (self, user_id);

  return act != NULL ? mx_session_write (act->session, accept_work, act, mx_device_act_unref)
                     : closed ();
}
