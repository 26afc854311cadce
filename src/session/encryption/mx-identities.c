/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Whose identity is whose. What is derived (verified, cross-signed) is always derived from the
 * stored, signed objects, so that a change of one link reaches everything that hangs on it. */
#include "config.h"

#include "mx-identities-private.h"

#include "mx-base64.h"
#include "mx-cross-signing.h"
#include "mx-error.h"

#include <string.h>

static const struct
{
  const char *secret;
  MxCrossSigningUsage usage;
} keys[] = {
  { MX_SECRET_MASTER, MX_CROSS_SIGNING_MASTER },
  { MX_SECRET_SELF_SIGNING, MX_CROSS_SIGNING_SELF_SIGNING },
  { MX_SECRET_USER_SIGNING, MX_CROSS_SIGNING_USER_SIGNING },
};

static gboolean
is_own (MxOlmMachine *machine, const char *user_id)
{
  return g_str_equal (mx_olm_machine_get_user_id (machine), user_id);
}

const char *
mx_identity_get_key_text (const MxStoredIdentity *identity, const char *secret)
{
  if (g_str_equal (secret, MX_SECRET_MASTER))
    return identity->master;
  if (g_str_equal (secret, MX_SECRET_SELF_SIGNING))
    return identity->self_signing;

  return g_str_equal (secret, MX_SECRET_USER_SIGNING) ? identity->user_signing : NULL;
}

gboolean
mx_identity_read_key (const char *text,
                      const char *secret,
                      const char *user_id,
                      guint8 key[MX_STORE_KEY_SIZE],
                      GError **error)
{
  g_autoptr (MxJsonDocument) document =
    text != NULL ? mx_json_document_parse (text, -1, error) : NULL;

  if (document == NULL)
    {
      if (text == NULL)
        g_set_error_literal (error,
                             MX_CRYPTO_ERROR,
                             MX_CRYPTO_ERROR_BAD_KEY,
                             "The identity has no such key");
      return FALSE;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if (g_str_equal (keys[i].secret, secret))
      return mx_cross_signing_parse_key (mx_json_document_root (document),
                                         keys[i].usage,
                                         user_id,
                                         key,
                                         error);

  g_set_error_literal (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_KEY, "No key of an identity");
  return FALSE;
}

/* -- What the server says */

/* A key below the master key, text gets it; absent is no error, everything wrong with it is one. */
static gboolean
read_sub_key (MxJson object,
              MxCrossSigningUsage usage,
              const char *user_id,
              const guint8 master_key[MX_STORE_KEY_SIZE],
              char **text,
              GError **error)
{
  guint8 key[MX_STORE_KEY_SIZE];

  if (!mx_json_is_object (object))
    return TRUE;
  if (!mx_cross_signing_parse_key (object, usage, user_id, key, error) ||
      !mx_cross_signing_verify (object, user_id, master_key, error))
    return FALSE;
  *text = mx_json_to_text (object);

  return TRUE;
}

/* Every link inside an identity (E2E-093, E2E-100); NULL: it is none. */
static MxStoredIdentity *
read_identity (const char *user_id,
               gboolean own,
               MxJson master,
               MxJson self_signing,
               MxJson user_signing,
               GError **error)
{
  g_autoptr (MxStoredIdentity) identity = g_new0 (MxStoredIdentity, 1);

  if (!mx_cross_signing_parse_key (master,
                                   MX_CROSS_SIGNING_MASTER,
                                   user_id,
                                   identity->master_key,
                                   error) ||
      !read_sub_key (self_signing,
                     MX_CROSS_SIGNING_SELF_SIGNING,
                     user_id,
                     identity->master_key,
                     &identity->self_signing,
                     error))
    return NULL;
  if (own && !read_sub_key (user_signing,
                            MX_CROSS_SIGNING_USER_SIGNING,
                            user_id,
                            identity->master_key,
                            &identity->user_signing,
                            error))
    return NULL;

  identity->user_id = g_strdup (user_id);
  identity->master = mx_json_to_text (master);
  memcpy (identity->pinned_key, identity->master_key, MX_STORE_KEY_SIZE);

  return g_steal_pointer (&identity);
}

/* What the new object inherits of the one that was known. Our signature may be on its way: it is
 * kept while the key is the same. */
static void
inherit (MxStoredIdentity *identity, const MxStoredIdentity *known)
{
  g_autoptr (MxJsonDocument) fresh = mx_json_document_parse (identity->master, -1, NULL);
  g_autoptr (MxJsonDocument) stored = mx_json_document_parse (known->master, -1, NULL);

  memcpy (identity->pinned_key, known->pinned_key, MX_STORE_KEY_SIZE);
  identity->was_verified = known->was_verified;
  if (memcmp (identity->master_key, known->master_key, MX_STORE_KEY_SIZE) != 0)
    return;

  identity->is_verified = known->is_verified;
  if (fresh != NULL && stored != NULL)
    {
      g_free (identity->master);
      identity->master =
        mx_signature_merge (mx_json_document_root (fresh), mx_json_document_root (stored));
    }
}

gboolean
mx_identities_is_ambiguous (MxStore *store, const MxStoredIdentity *identity)
{
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      const char *text = mx_identity_get_key_text (identity, keys[i].secret);
      guint8 key[MX_STORE_KEY_SIZE];
      g_autofree char *name = NULL;
      g_autoptr (MxStoredDevice) device = NULL;

      if (text == NULL ||
          !mx_identity_read_key (text, keys[i].secret, identity->user_id, key, NULL))
        continue;
      name = mx_base64_encode (key, sizeof key);
      device = mx_store_get_device (store, identity->user_id, name);
      if (device != NULL)
        return TRUE;
    }

  return FALSE;
}

/* -- Our own private keys */

/* The identity that was made here has reached the server: its private keys are ours now. */
static gboolean
promote_new_secrets (MxStore *store, const MxStoredIdentity *identity, GError **error)
{
  g_autoptr (MxSecret) master = mx_store_get_secret (store, MX_SECRET_NEW MX_SECRET_MASTER);

  if (master == NULL || !mx_cross_signing_check_seed (master, identity->master_key, NULL))
    return TRUE;

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *name = g_strconcat (MX_SECRET_NEW, keys[i].secret, NULL);
      g_autoptr (MxSecret) secret = mx_store_get_secret (store, name);

      if (!mx_store_set_secret (store, keys[i].secret, secret, error) ||
          !mx_store_set_secret (store, name, NULL, error))
        return FALSE;
    }

  return TRUE;
}

/* Private keys that belong to another identity than the published one are of no use, and dangerous
 * (E2E-098). is_trusted gets whether the master key is ours. */
static gboolean
check_own_secrets (MxStore *store,
                   const MxStoredIdentity *identity,
                   gboolean *is_trusted,
                   GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (MxSecret) secret = mx_store_get_secret (store, keys[i].secret);
      const char *text = mx_identity_get_key_text (identity, keys[i].secret);
      guint8 key[MX_STORE_KEY_SIZE];

      if (secret == NULL)
        continue;
      if (mx_identity_read_key (text, keys[i].secret, identity->user_id, key, NULL) &&
          mx_cross_signing_check_seed (secret, key, NULL))
        {
          if (keys[i].usage == MX_CROSS_SIGNING_MASTER)
            *is_trusted = TRUE;
          continue;
        }
      g_message ("A private key of ours is no longer that of our identity");
      if (!mx_store_set_secret (store, keys[i].secret, NULL, error))
        return FALSE;
    }

  return TRUE;
}

/* -- Derivation */

/* USK signed by our MSK, which we trust; their MSK signed by our USK. */
static gboolean
is_signed_by_us (MxOlmMachine *machine, const MxStoredIdentity *identity)
{
  const char *own_user_id = mx_olm_machine_get_user_id (machine);
  g_autoptr (MxStoredIdentity) own =
    mx_store_get_identity (mx_olm_machine_get_store (machine), own_user_id);
  g_autoptr (MxJsonDocument) master = NULL;
  guint8 key[MX_STORE_KEY_SIZE];

  if (own == NULL || !own->is_verified || own->user_signing == NULL ||
      !mx_identity_read_key (own->user_signing, MX_SECRET_USER_SIGNING, own_user_id, key, NULL))
    return FALSE;
  master = mx_json_document_parse (identity->master, -1, NULL);

  return master != NULL &&
         mx_cross_signing_verify (mx_json_document_root (master), own_user_id, key, NULL);
}

static gboolean
derive_verified (MxOlmMachine *machine, MxStoredIdentity *identity, GError **error)
{
  MxStore *store = mx_olm_machine_get_store (machine);

  if (is_own (machine, identity->user_id))
    {
      if (!promote_new_secrets (store, identity, error) ||
          !check_own_secrets (store, identity, &identity->is_verified, error))
        return FALSE;
    }
  else
    {
      identity->is_verified =
        is_signed_by_us (machine, identity) && !mx_identities_is_ambiguous (store, identity);
    }

  if (identity->is_verified)
    {
      identity->was_verified = TRUE;
      memcpy (identity->pinned_key, identity->master_key, MX_STORE_KEY_SIZE);
    }

  return TRUE;
}

static gboolean
is_signed_by_owner (const MxStoredIdentity *identity,
                    const guint8 self_signing[MX_STORE_KEY_SIZE],
                    const MxStoredDevice *device)
{
  g_autoptr (MxJsonDocument) object = mx_json_document_parse (device->keys, -1, NULL);

  return object != NULL && mx_cross_signing_verify (mx_json_document_root (object),
                                                    identity->user_id,
                                                    self_signing,
                                                    NULL);
}

/* A violated identity speaks for no device until the user has decided (E2E-063). changed gets set
 * when a device's flag did. */
static gboolean
derive_devices (MxOlmMachine *machine,
                const MxStoredIdentity *identity,
                gboolean *changed,
                GError **error)
{
  MxStore *store = mx_olm_machine_get_store (machine);
  g_autoptr (GPtrArray) devices = mx_store_load_devices (store, identity->user_id, FALSE);
  guint8 key[MX_STORE_KEY_SIZE];
  gboolean has_key = mx_stored_identity_get_state (identity) != MX_IDENTITY_STATE_VIOLATED &&
                     identity->self_signing != NULL &&
                     mx_identity_read_key (identity->self_signing,
                                           MX_SECRET_SELF_SIGNING,
                                           identity->user_id,
                                           key,
                                           NULL);

  for (guint i = 0; i < devices->len; i++)
    {
      MxStoredDevice *device = g_ptr_array_index (devices, i);
      gboolean is_signed = has_key && is_signed_by_owner (identity, key, device);

      if (is_signed == device->is_cross_signed)
        continue;
      device->is_cross_signed = is_signed;
      *changed = TRUE;
      if (!mx_store_put_device (store, device, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
is_same (const MxStoredIdentity *a, const MxStoredIdentity *b)
{
  return b != NULL && g_str_equal (a->master, b->master) &&
         g_strcmp0 (a->self_signing, b->self_signing) == 0 &&
         g_strcmp0 (a->user_signing, b->user_signing) == 0 &&
         memcmp (a->pinned_key, b->pinned_key, MX_STORE_KEY_SIZE) == 0 &&
         a->is_verified == b->is_verified && a->was_verified == b->was_verified;
}

/* Derives, and stores what is not as it was. */
static gboolean
put_derived (MxOlmMachine *machine,
             MxStoredIdentity *identity,
             const MxStoredIdentity *known,
             MxStoreChanges *changes,
             GError **error)
{
  MxStore *store = mx_olm_machine_get_store (machine);
  gboolean changed = FALSE;

  if (!derive_verified (machine, identity, error))
    return FALSE;
  if (!is_same (identity, known))
    {
      changed = TRUE;
      if (!mx_store_put_identity (store, identity, error))
        return FALSE;
    }
  if (!derive_devices (machine, identity, &changed, error))
    return FALSE;

  if (changed)
    g_hash_table_add (changes->device_users, g_strdup (identity->user_id));
  if (changed && is_own (machine, identity->user_id))
    {
      changes->encryption |= MX_ENCRYPTION_IDENTITY | MX_ENCRYPTION_SIGN | MX_ENCRYPTION_BACK_UP;
      return mx_identities_derive_all (machine, changes, error);
    }

  return TRUE;
}

gboolean
mx_identities_derive (MxOlmMachine *machine,
                      const char *user_id,
                      MxStoreChanges *changes,
                      GError **error)
{
  g_autoptr (MxStoredIdentity) known =
    mx_store_get_identity (mx_olm_machine_get_store (machine), user_id);
  g_autoptr (MxStoredIdentity) identity = known != NULL ? mx_stored_identity_copy (known) : NULL;

  return identity == NULL || put_derived (machine, identity, known, changes, error);
}

gboolean
mx_identities_derive_all (MxOlmMachine *machine, MxStoreChanges *changes, GError **error)
{
  g_auto (GStrv) users = mx_store_load_identity_users (mx_olm_machine_get_store (machine));

  for (gsize i = 0; users[i] != NULL; i++)
    if (!is_own (machine, users[i]) && !mx_identities_derive (machine, users[i], changes, error))
      return FALSE;

  return TRUE;
}

gboolean
mx_identities_apply (MxOlmMachine *machine,
                     const char *user_id,
                     MxJson master,
                     MxJson self_signing,
                     MxJson user_signing,
                     MxStoreChanges *changes,
                     GError **error)
{
  g_autoptr (MxStoredIdentity) known =
    mx_store_get_identity (mx_olm_machine_get_store (machine), user_id);
  g_autoptr (MxStoredIdentity) identity = NULL;
  g_autoptr (GError) invalid = NULL;

  if (mx_json_is_object (master))
    {
      identity = read_identity (user_id,
                                is_own (machine, user_id),
                                master,
                                self_signing,
                                user_signing,
                                &invalid);
      if (identity == NULL)
        g_message ("An identity is not what it says: %d", invalid->code);
    }

  /* What was seen once is not forgotten because the server no longer says it. */
  if (identity == NULL)
    return mx_identities_derive (machine, user_id, changes, error);

  if (known != NULL)
    inherit (identity, known);

  return put_derived (machine, identity, known, changes, error);
}

/* -- Trust */

gboolean
mx_identities_trusts_device (MxOlmMachine *machine, const MxStoredDevice *device)
{
  return device->trust != MX_LOCAL_TRUST_BLOCKED &&
         (device->is_cross_signed || device->trust == MX_LOCAL_TRUST_VERIFIED);
}

gboolean
mx_identities_is_own_verified (MxOlmMachine *machine, const MxStoredDevice *device)
{
  g_autoptr (MxStoredIdentity) own = NULL;

  if (device == NULL || device->is_gone || device->is_dehydrated ||
      !is_own (machine, device->user_id) || !mx_identities_trusts_device (machine, device))
    return FALSE;
  own = mx_store_get_identity (mx_olm_machine_get_store (machine), device->user_id);

  return own != NULL && own->is_verified;
}

gboolean
mx_identities_take_secret (MxOlmMachine *machine,
                           const char *name,
                           MxSecret *secret,
                           MxStoreChanges *changes,
                           GError **error)
{
  MxStore *store = mx_olm_machine_get_store (machine);
  const char *user_id = mx_olm_machine_get_user_id (machine);
  g_autoptr (MxStoredIdentity) own = mx_store_get_identity (store, user_id);
  guint8 key[MX_STORE_KEY_SIZE];

  if (!mx_identity_read_key (own != NULL ? mx_identity_get_key_text (own, name) : NULL,
                             name,
                             user_id,
                             key,
                             error) ||
      !mx_cross_signing_check_seed (secret, key, error) ||
      !mx_store_set_secret (store, name, secret, error))
    return FALSE;

  changes->encryption |= MX_ENCRYPTION_IDENTITY | MX_ENCRYPTION_SIGN | MX_ENCRYPTION_BACK_UP;

  return mx_identities_derive (machine, user_id, changes, error);
}

gboolean
mx_identities_accept (MxOlmMachine *machine,
                      const char *user_id,
                      MxStoreChanges *changes,
                      GError **error)
{
  MxStore *store = mx_olm_machine_get_store (machine);
  g_autoptr (MxStoredIdentity) known = mx_store_get_identity (store, user_id);
  g_autoptr (MxStoredIdentity) identity = NULL;

  if (known == NULL)
    return TRUE;

  identity = mx_stored_identity_copy (known);
  identity->was_verified = FALSE;
  memcpy (identity->pinned_key, identity->master_key, MX_STORE_KEY_SIZE);

  return put_derived (machine, identity, known, changes, error);
}
