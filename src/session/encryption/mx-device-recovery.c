/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-device-recovery.h. */
#include "config.h"

#include "mx-device-recovery.h"

#include "mx-olm-machine-private.h"
#include "mx-store-room-sessions.h"

#define HOUR_MS (G_GINT64_CONSTANT (60 * 60) * 1000)
#define DAY_MS  (24 * HOUR_MS)

gint64
mx_device_recovery_get_time (MxStore *store, const char *value)
{
  g_autofree char *text = mx_store_get_value (store, value);

  return text != NULL ? g_ascii_strtoll (text, NULL, 10) : 0;
}

static gboolean
set_time (MxStore *store, const char *value, gint64 now_ms, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, now_ms);

  return mx_store_set_value (store, value, text, error);
}

/* A clock that was set back does not make it due (E2E-167). */
static gboolean
is_due (MxStore *store, const char *value, gint64 now_ms)
{
  gint64 last = mx_device_recovery_get_time (store, value);

  return last == 0 || now_ms - last >= DAY_MS;
}

/* -- An earlier profile */

static gboolean
drain_server (MxStore *store, GError **error)
{
  g_autoptr (MxStoredAccount) stored = mx_store_get_olm_account (store);

  if (stored == NULL)
    return TRUE;
  g_clear_pointer (&stored->upload, g_free);
  stored->must_drain = TRUE;
  stored->fallback_used = TRUE;

  return mx_store_put_olm_account (store, stored, error);
}

gboolean
mx_device_recovery_go_back (MxStore *store, gint64 now_ms, GError **error)
{
  g_message ("This profile has gone back in time: new keys are made");

  return mx_store_end_outbound (store, NULL, error) &&
         mx_store_retire_olm_sessions (store, error) && mx_store_mark_all_outdated (store, error) &&
         drain_server (store, error) &&
         mx_store_set_value (store, MX_VALUE_DEVICE_NOTE, MX_DEVICE_NOTE_BACK, error) &&
         set_time (store, MX_VALUE_DEVICE_WENT_BACK, now_ms, error);
}

gboolean
mx_device_recovery_take_conflict (MxOlmMachine *machine,
                                  gint64 now_ms,
                                  MxStoreChanges *changes,
                                  GError **error)
{
  static const char conflict[] = "device_conflict_ms";
  g_autoptr (MxStoredAccount) stored = mx_store_get_olm_account (machine->store);
  MxOlmAccount *account = mx_olm_machine_get_account (machine, error);

  if (stored == NULL || account == NULL)
    return FALSE;
  /* it was found out by something else while the upload was on its way */
  if (stored->must_drain)
    return TRUE;
  if (!is_due (machine->store, conflict, now_ms))
    return mx_olm_machine_break (machine, "one-time-key-conflict", changes, error);

  /* The ids of those that were made are taken: the next ones get others. */
  mx_olm_account_mark_as_published (account);
  changes->encryption |= MX_ENCRYPTION_UPLOAD_KEYS | MX_ENCRYPTION_QUERY_DEVICES;

  return set_time (machine->store, conflict, now_ms, error) &&
         mx_device_recovery_go_back (machine->store, now_ms, error) &&
         mx_olm_machine_save_account (machine, error);
}

/* -- Other keys at the server */

static gboolean
upload_ours (MxOlmMachine *machine, GError **error)
{
  g_autoptr (MxStoredAccount) stored = mx_store_get_olm_account (machine->store);

  if (stored == NULL)
    return TRUE;
  stored->is_uploaded = FALSE;

  return mx_store_put_olm_account (machine->store, stored, error);
}

gboolean
mx_device_recovery_take_own_keys (MxOlmMachine *machine,
                                  gboolean are_ours,
                                  gint64 now_ms,
                                  MxStoreChanges *changes,
                                  GError **error)
{
  MxStore *store = machine->store;

  if (are_ours)
    return mx_store_set_value (store, MX_VALUE_DEVICE_DOUBTED, NULL, error);
  if (!is_due (store, MX_VALUE_DEVICE_CONTESTED, now_ms))
    return mx_olm_machine_break (machine, "other-keys-at-server", changes, error);

  g_message ("The server shows other keys for this device: ours are published again");
  changes->encryption |= MX_ENCRYPTION_UPLOAD_KEYS;

  return set_time (store, MX_VALUE_DEVICE_CONTESTED, now_ms, error) &&
         mx_store_set_value (store, MX_VALUE_DEVICE_DOUBTED, "1", error) &&
         mx_store_set_value (store, MX_VALUE_DEVICE_NOTE, MX_DEVICE_NOTE_REPLACED, error) &&
         upload_ours (machine, error);
}

/* -- Messages that this profile does not remember */

/* Encrypted with a session that is in use, further on than it is. */
static gboolean
is_ahead (MxOlmMachine *machine, const char *room_id, const char *session_id, gint64 index)
{
  g_autoptr (MxStoredOutbound) outbound = mx_store_get_outbound (machine->store, room_id);

  return outbound != NULL && !outbound->is_over && g_str_equal (outbound->session_id, session_id) &&
         index >= outbound->messages;
}

/* Sent by this device, as the server says, and after it last began anew, with a session that it
 * would have if it had made it. A server that makes that up costs a new beginning an hour. */
static gboolean
is_forgotten (MxOlmMachine *machine, MxEvent *event)
{
  gint64 last = mx_device_recovery_get_time (machine->store, MX_VALUE_DEVICE_WENT_BACK);
  gint64 now = g_get_real_time () / 1000;

  return mx_json_get_string (mx_event_get_unsigned (event), "transaction_id") != NULL &&
         mx_event_get_timestamp (event) > last && (last > now || now - last >= HOUR_MS);
}

void
mx_device_recovery_take_own_event (MxOlmMachine *machine,
                                   const char *room_id,
                                   MxEvent *event,
                                   const char *session_id,
                                   gint64 index)
{
  g_autoptr (GError) error = NULL;

  if (g_strcmp0 (mx_event_get_sender (event), machine->user_id) != 0 ||
      (index < 0 ? !is_forgotten (machine, event)
                 : !is_ahead (machine, room_id, session_id, index)))
    return;

  /* After an error the transaction is lost anyway. */
  if (!mx_device_recovery_go_back (machine->store, g_get_real_time () / 1000, &error))
    g_debug ("That the profile went back could not be noted");
}
