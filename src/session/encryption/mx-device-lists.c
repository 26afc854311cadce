/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What /keys/query says of devices, checked and pinned (E2E-021). Account thread. */
#include "config.h"

#include "mx-device-recovery.h"
#include "mx-device-tracker.h"

#include "mx-error.h"
#include "mx-identities.h"
#include "mx-matrix-id.h"
#include "mx-olm-machine-private.h"

#include <string.h>

/* Of one user, and of one device (E2E-168). */
#define MAX_DEVICES  500
#define MAX_KEYS     65536
#define MAX_ID_BYTES 255

typedef struct
{
  MxOlmMachine *machine;
  MxStoreChanges *changes;
  const char *user_id;
  gboolean is_own;
  gboolean is_known;  /* an answer came before */
  GHashTable *stored; /* device id → MxStoredDevice, those not seen in the answer yet */
  unsigned count;
  gboolean changed;
} MxDeviceAnswer;

/* Ours, as the server shows it to everybody, must be ours (E2E-004). */
static gboolean
check_own (MxDeviceAnswer *answer, MxJson object, GError **error)
{
  MxOlmMachine *machine = answer->machine;
  MxOlmAccount *account = mx_olm_machine_get_account (machine, error);
  g_autoptr (GError) wrong = NULL;
  MxDeviceKeys keys;
  gboolean are_ours = FALSE;

  if (account == NULL)
    return FALSE;
  are_ours =
    mx_device_keys_parse (object, machine->user_id, machine->device_id, &keys, &wrong) &&
    memcmp (keys.curve25519, mx_olm_account_get_curve25519_key (account), sizeof keys.curve25519) ==
      0 &&
    memcmp (keys.ed25519, mx_olm_account_get_ed25519_key (account), sizeof keys.ed25519) == 0;

  return mx_device_recovery_take_own_keys (machine,
                                           are_ours,
                                           g_get_real_time () / 1000,
                                           answer->changes,
                                           error);
}

/* The server does not have our keys, although it took them once: they are uploaded again. */
static gboolean
upload_again (MxDeviceAnswer *answer, GError **error)
{
  g_autoptr (MxStoredAccount) stored = mx_store_get_olm_account (answer->machine->store);

  if (stored == NULL || !stored->is_uploaded)
    return TRUE;

  stored->is_uploaded = FALSE;
  answer->changes->encryption |= MX_ENCRYPTION_UPLOAD_KEYS;

  return mx_store_put_olm_account (answer->machine->store, stored, error);
}

static MxStoredDevice *
new_device (MxDeviceAnswer *answer, const char *device_id, const MxDeviceKeys *keys)
{
  MxStoredDevice *device = g_new0 (MxStoredDevice, 1);

  device->user_id = g_strdup (answer->user_id);
  device->device_id = g_strdup (device_id);
  memcpy (device->curve25519, keys->curve25519, sizeof device->curve25519);
  memcpy (device->ed25519, keys->ed25519, sizeof device->ed25519);
  device->first_seen_ms = g_get_real_time () / 1000;

  return device;
}

/* Name, signatures and the like may change, keys may not. */
static gboolean
write_device (MxDeviceAnswer *answer, MxStoredDevice *device, MxJson object, GError **error)
{
  const char *name =
    mx_json_string (mx_json_path (object, "unsigned", "device_display_name", NULL));
  gboolean is_dehydrated = mx_json_bool (mx_json_get (object, "dehydrated"), FALSE);
  g_autofree char *text = mx_json_to_text (object);

  if (strlen (text) > MAX_KEYS)
    return TRUE;
  if (g_strcmp0 (device->keys, text) == 0 && !device->is_gone)
    return TRUE;

  g_set_str (&device->keys, text);
  g_set_str (&device->display_name, name);
  device->is_dehydrated = is_dehydrated;
  device->is_gone = FALSE;
  answer->changed = TRUE;

  return mx_store_put_device (answer->machine->store, device, error);
}

static gboolean
take_device (MxDeviceAnswer *answer, const char *device_id, MxJson object, GError **error)
{
  g_autoptr (MxStoredDevice) device = NULL;
  g_autoptr (GError) wrong = NULL;
  gpointer known = NULL;
  MxDeviceKeys keys;

  if (g_hash_table_steal_extended (answer->stored, device_id, NULL, &known))
    device = known;
  else if (++answer->count > MAX_DEVICES || strlen (device_id) > MAX_ID_BYTES)
    return TRUE;

  if (answer->is_own && g_str_equal (device_id, answer->machine->device_id) &&
      !check_own (answer, object, error))
    return FALSE;

  if (!mx_device_keys_parse (object, answer->user_id, device_id, &keys, &wrong))
    {
      g_message ("A device does not prove its keys: %d", wrong->code);
      return TRUE;
    }
  if (device == NULL)
    {
      device = new_device (answer, device_id, &keys);
      if (answer->is_own && answer->is_known &&
          !g_str_equal (device_id, answer->machine->device_id))
        g_ptr_array_add (answer->changes->own_devices, g_strdup (device_id));
    }
  else if (memcmp (device->curve25519, keys.curve25519, sizeof keys.curve25519) != 0 ||
           memcmp (device->ed25519, keys.ed25519, sizeof keys.ed25519) != 0)
    {
      g_message ("A device came with other keys than before: they are not taken");
      return TRUE;
    }

  return write_device (answer, device, object, error);
}

/* Those of which the answer says nothing any more. */
static gboolean
retire_others (MxDeviceAnswer *answer, GError **error)
{
  GHashTableIter iter;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, answer->stored);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      MxStoredDevice *device = value;

      if (device->is_gone)
        continue;
      device->is_gone = TRUE;
      answer->changed = TRUE;
      if (!mx_store_put_device (answer->machine->store, device, error))
        return FALSE;
    }

  return TRUE;
}

static GHashTable *
load_stored (MxStore *store, const char *user_id)
{
  GHashTable *stored =
    g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) mx_stored_device_free);
  g_autoptr (GPtrArray) devices = mx_store_load_devices (store, user_id, TRUE);

  while (devices->len > 0)
    {
      MxStoredDevice *device = g_ptr_array_steal_index (devices, devices->len - 1);

      g_hash_table_insert (stored, device->device_id, device);
    }

  return stored;
}

/* A user of whom the server says nothing, without a failure, has no devices. */
static gboolean
apply_devices (MxDeviceAnswer *answer, MxJson devices, GError **error)
{
  gboolean has_own = FALSE;
  const char *device_id = NULL;
  MxJsonIter iter;
  MxJson object;

  mx_json_iter_init (&iter, devices);
  while (mx_json_iter_next (&iter, &device_id, &object))
    {
      if (device_id == NULL || !mx_json_is_object (object))
        continue;
      has_own |= answer->is_own && g_str_equal (device_id, answer->machine->device_id);
      if (!take_device (answer, device_id, object, error))
        return FALSE;
    }
  if (!retire_others (answer, error))
    return FALSE;

  return !answer->is_own || has_own || upload_again (answer, error);
}

static gboolean
apply_user (MxOlmMachine *machine,
            const char *user_id,
            MxJson reply,
            MxStoreChanges *changes,
            GError **error)
{
  g_autoptr (GHashTable) stored = load_stored (machine->store, user_id);
  MxDeviceAnswer answer = {
    .machine = machine,
    .changes = changes,
    .user_id = user_id,
    .is_own = g_str_equal (user_id, machine->user_id),
    .is_known = mx_store_is_user_known (machine->store, user_id),
    .stored = stored,
  };

  if (!apply_devices (&answer, mx_json_path (reply, "device_keys", user_id, NULL), error))
    return FALSE;
  if (answer.changed)
    g_hash_table_add (changes->device_users, g_strdup (user_id));

  return mx_identities_apply (machine,
                              user_id,
                              mx_json_path (reply, "master_keys", user_id, NULL),
                              mx_json_path (reply, "self_signing_keys", user_id, NULL),
                              mx_json_path (reply, "user_signing_keys", user_id, NULL),
                              changes,
                              error);
}

gboolean
mx_device_tracker_apply (MxOlmMachine *machine,
                         const char *const *user_ids,
                         gint64 sequence,
                         MxJson reply,
                         MxStoreChanges *changes,
                         GError **error)
{
  MxJson failures = mx_json_get (reply, "failures");
  gint64 now = g_get_real_time () / 1000;

  if (!mx_json_is_object (mx_json_get (reply, "device_keys")))
    {
      g_set_error_literal (error,
                           MX_MATRIX_ERROR,
                           MX_MATRIX_ERROR_INVALID_RESPONSE,
                           "An answer about devices without devices");
      return FALSE;
    }

  for (gsize i = 0; user_ids[i] != NULL; i++)
    {
      const char *server = mx_id_get_server (user_ids[i]);

      if (server != NULL && mx_json_type (mx_json_get (failures, server)) != MX_JSON_ABSENT)
        continue;
      if (!apply_user (machine, user_ids[i], reply, changes, error) ||
          !mx_store_clear_outdated (machine->store, user_ids[i], sequence, now, error))
        return FALSE;
    }

  return TRUE;
}
