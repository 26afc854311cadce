/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Trust given by a verification: what is signed, and with which key. */
#include "config.h"

#include "mx-signing.h"

#include "mx-base64.h"
#include "mx-cross-signing.h"
#include "mx-error.h"
#include "mx-identities-private.h"

#include <string.h>

typedef struct
{
  MxSession *session;
  char *user_id;
  char *device_id;
  gboolean has_device;
  gboolean has_master;
  guint8 device_key[MX_STORE_KEY_SIZE];
  guint8 master_key[MX_STORE_KEY_SIZE];
} MxTrust;

static void
mx_trust_free (gpointer data)
{
  MxTrust *trust = data;

  g_clear_object (&trust->session);
  g_free (trust->user_id);
  g_free (trust->device_id);
  g_free (trust);
}

/* What is stored must be what was compared; a device that bears the name of a key makes everything
 * doubtful (E2E-023). */
static gboolean
check_keys (MxStore *store,
            const MxTrust *trust,
            const MxStoredIdentity *identity,
            const MxStoredDevice *device,
            GError **error)
{
  gboolean wrong =
    (trust->has_master &&
     (identity == NULL ||
      memcmp (identity->master_key, trust->master_key, MX_STORE_KEY_SIZE) != 0)) ||
    (trust->has_device &&
     (device == NULL || memcmp (device->ed25519, trust->device_key, MX_STORE_KEY_SIZE) != 0)) ||
    (identity != NULL && mx_identities_is_ambiguous (store, identity));

  if (wrong)
    g_set_error_literal (error,
                         MX_SESSION_ERROR,
                         MX_SESSION_ERROR_IDENTITY_CHANGED,
                         "The keys are no longer those that were compared");

  return !wrong;
}

/* Signs text with a private key of ours, puts the signature on its way, and into *text. */
static gboolean
sign (MxOlmMachine *machine,
      const char *user_id,
      const char *target,
      MxSecret *seed,
      char **text,
      GError **error)
{
  g_autoptr (MxJsonDocument) object = mx_json_document_parse (*text, -1, error);
  g_autoptr (MxJsonDocument) signed_object = NULL;
  g_autofree char *signed_text = NULL;

  if (object == NULL)
    return FALSE;
  signed_text = mx_cross_signing_sign (mx_json_document_root (object),
                                       mx_olm_machine_get_user_id (machine),
                                       seed,
                                       error);
  if (signed_text == NULL || !mx_store_add_signature (mx_olm_machine_get_store (machine),
                                                      user_id,
                                                      target,
                                                      signed_text,
                                                      error))
    return FALSE;

  signed_object = mx_json_document_parse (signed_text, -1, error);
  if (signed_object == NULL)
    return FALSE;
  g_free (*text);
  *text =
    mx_signature_merge (mx_json_document_root (object), mx_json_document_root (signed_object));

  return TRUE;
}

static gboolean
trust_device_here (MxStore *store, MxStoredDevice *device, GError **error)
{
  device->trust = MX_LOCAL_TRUST_VERIFIED;

  return mx_store_put_device (store, device, error);
}

/* Our own identity, another device of ours. */
static gboolean
trust_own (MxOlmMachine *machine,
           const MxTrust *trust,
           MxStoredIdentity *identity,
           MxStoredDevice *device,
           GError **error)
{
  MxStore *store = mx_olm_machine_get_store (machine);
  g_autoptr (MxSecret) seed = mx_store_get_secret (store, MX_SECRET_SELF_SIGNING);

  if (trust->has_master)
    {
      identity->is_verified = TRUE;
      if (!mx_store_put_identity (store, identity, error))
        return FALSE;
    }
  if (!trust->has_device || g_str_equal (device->device_id, mx_olm_machine_get_device_id (machine)))
    return TRUE;
  if (seed == NULL)
    return trust_device_here (store, device, error);

  return sign (machine, device->user_id, device->device_id, seed, &device->keys, error) &&
         mx_store_put_device (store, device, error);
}

/* Their master key, so that it reaches all of their devices (E2E-099). */
static gboolean
trust_other (MxOlmMachine *machine,
             const MxTrust *trust,
             MxStoredIdentity *identity,
             MxStoredDevice *device,
             GError **error)
{
  MxStore *store = mx_olm_machine_get_store (machine);
  g_autoptr (MxSecret) seed = mx_store_get_secret (store, MX_SECRET_USER_SIGNING);
  g_autofree char *target = NULL;

  if (seed == NULL || !trust->has_master)
    return !trust->has_device || trust_device_here (store, device, error);

  target = mx_base64_encode (identity->master_key, MX_STORE_KEY_SIZE);

  return sign (machine, identity->user_id, target, seed, &identity->master, error) &&
         mx_store_put_identity (store, identity, error);
}

static gboolean
apply (MxOlmMachine *machine, const MxTrust *trust, MxStoreChanges *changes, GError **error)
{
  MxStore *store = mx_olm_machine_get_store (machine);
  g_autoptr (MxStoredIdentity) identity = mx_store_get_identity (store, trust->user_id);
  g_autoptr (MxStoredDevice) device =
    trust->device_id != NULL ? mx_store_get_device (store, trust->user_id, trust->device_id) : NULL;
  gboolean own = g_str_equal (trust->user_id, mx_olm_machine_get_user_id (machine));

  if (!check_keys (store, trust, identity, device, error))
    return FALSE;
  if (own ? !trust_own (machine, trust, identity, device, error)
          : !trust_other (machine, trust, identity, device, error))
    return FALSE;

  g_hash_table_add (changes->device_users, g_strdup (trust->user_id));
  changes->encryption |= MX_ENCRYPTION_SIGN;
  if (own)
    changes->encryption |= MX_ENCRYPTION_IDENTITY;

  return mx_identities_derive (machine, trust->user_id, changes, error) &&
         (!own || mx_identities_derive_all (machine, changes, error));
}

static void
take_keys (MxTrust *trust, const guint8 *device_key, const guint8 *master_key)
{
  trust->has_device = trust->device_id != NULL && device_key != NULL;
  trust->has_master = master_key != NULL;
  if (trust->has_device)
    memcpy (trust->device_key, device_key, MX_STORE_KEY_SIZE);
  if (trust->has_master)
    memcpy (trust->master_key, master_key, MX_STORE_KEY_SIZE);
}

gboolean
mx_signing_apply (MxOlmMachine *machine,
                  const char *user_id,
                  const char *device_id,
                  const guint8 *device_key,
                  const guint8 *master_key,
                  MxStoreChanges *changes,
                  GError **error)
{
  MxTrust trust = { .user_id = (char *) user_id, .device_id = (char *) device_id };

  take_keys (&trust, device_key, master_key);

  return apply (machine, &trust, changes, error);
}

static gboolean
trust_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  const MxTrust *trust = data;

  return apply (mx_session_get_machine (trust->session), trust, changes, error);
}

DexFuture *
mx_signing_trust (MxSession *session,
                  const char *user_id,
                  const char *device_id,
                  const guint8 *device_key,
                  const guint8 *master_key)
{
  MxTrust *trust = g_new0 (MxTrust, 1);

  trust->session = g_object_ref (session);
  trust->user_id = g_strdup (user_id);
  trust->device_id = g_strdup (device_id);
  take_keys (trust, device_key, master_key);

  return mx_session_write (session, trust_work, trust, mx_trust_free);
}
