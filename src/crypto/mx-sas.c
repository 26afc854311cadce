/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Short authentication strings, without libolm: X25519 of libsodium, HKDF and HMAC of libcrypto. */
#include "config.h"

#include "mx-sas.h"

#include <string.h>

#include "mx-base64.h"
#include "mx-error.h"
#include "mx-kdf.h"

struct _MxSas
{
  MxSecret *private_key;
  guint8 public_key[MX_CURVE25519_KEY_SIZE];
  guint8 their_key[MX_CURVE25519_KEY_SIZE];
  MxSecret *shared; /* NULL until their key is known */
};

MxSas *
mx_sas_new (void)
{
  MxSas *self = g_new0 (MxSas, 1);

  self->private_key = mx_curve25519_generate (self->public_key);

  return self;
}

MxSas *
mx_sas_new_for_key (MxSecret *private_key, GError **error)
{
  g_autoptr (MxSas) self = g_new0 (MxSas, 1);

  self->private_key = mx_secret_ref (private_key);
  if (!mx_curve25519_derive_public (private_key, self->public_key, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
mx_sas_free (MxSas *self)
{
  g_clear_pointer (&self->private_key, mx_secret_unref);
  g_clear_pointer (&self->shared, mx_secret_unref);
  g_free (self);
}

const guint8 *
mx_sas_get_public_key (MxSas *self)
{
  return self->public_key;
}

gboolean
mx_sas_set_their_key (MxSas *self, const guint8 key[MX_CURVE25519_KEY_SIZE], GError **error)
{
  g_return_val_if_fail (self->shared == NULL, FALSE);

  self->shared = mx_curve25519_agree (self->private_key, key, error);
  if (self->shared == NULL)
    return FALSE;
  memcpy (self->their_key, key, sizeof self->their_key);

  return TRUE;
}

char *
mx_sas_compute_commitment (const guint8 key[MX_CURVE25519_KEY_SIZE], MxJson start, GError **error)
{
  g_autofree char *key_text = mx_base64_encode (key, MX_CURVE25519_KEY_SIZE);
  g_autofree char *canonical = mx_json_to_canonical (start, NULL, error);
  g_autofree char *input = NULL;
  guint8 digest[MX_SHA256_SIZE];

  if (canonical == NULL)
    return NULL;

  input = g_strconcat (key_text, canonical, NULL);
  if (!mx_sha256 (input, strlen (input), digest, error))
    return NULL;

  return mx_base64_encode (digest, sizeof digest);
}

gboolean
mx_sas_check_commitment (const char *commitment,
                         const guint8 key[MX_CURVE25519_KEY_SIZE],
                         MxJson start,
                         GError **error)
{
  g_autofree char *expected = mx_sas_compute_commitment (key, start, error);

  if (expected == NULL)
    return FALSE;
  if (g_strcmp0 (commitment, expected) == 0)
    return TRUE;

  g_set_error_literal (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_MAC, "Another key was promised");

  return FALSE;
}

static gboolean
derive (MxSas *self, const char *info, guint8 *out, gsize size, GError **error)
{
  gsize shared_size = 0;
  const guint8 *shared = NULL;

  g_return_val_if_fail (self->shared != NULL, FALSE);

  shared = mx_secret_get_data (self->shared, &shared_size);

  return mx_hkdf_sha256 (shared, shared_size, info, out, size, error);
}

/* A missing part would shorten what is derived from, without a trace. */
static gboolean
is_complete (const MxSasParties *parties)
{
  return parties->our_user_id != NULL && parties->our_device_id != NULL &&
         parties->their_user_id != NULL && parties->their_device_id != NULL &&
         parties->transaction_id != NULL;
}

gboolean
mx_sas_compute_bytes (MxSas *self,
                      const MxSasParties *parties,
                      guint8 bytes[MX_SAS_BYTES],
                      GError **error)
{
  g_autofree char *our_key = mx_base64_encode (self->public_key, sizeof self->public_key);
  g_autofree char *their_key = mx_base64_encode (self->their_key, sizeof self->their_key);
  const char *ours[] = { parties->our_user_id, parties->our_device_id, our_key };
  const char *theirs[] = { parties->their_user_id, parties->their_device_id, their_key };
  const char **starter = parties->we_started ? ours : theirs;
  const char **accepter = parties->we_started ? theirs : ours;
  g_autofree char *info = g_strjoin ("|",
                                     "MATRIX_KEY_VERIFICATION_SAS",
                                     starter[0],
                                     starter[1],
                                     starter[2],
                                     accepter[0],
                                     accepter[1],
                                     accepter[2],
                                     parties->transaction_id,
                                     NULL);

  g_return_val_if_fail (is_complete (parties), FALSE);

  return derive (self, info, bytes, MX_SAS_BYTES, error);
}

void
mx_sas_get_decimals (const guint8 bytes[MX_SAS_BYTES], guint decimals[MX_SAS_DECIMALS])
{
  /* three numbers of 13 bits, in the first five bytes */
  decimals[0] = (((guint) bytes[0] << 5) | (bytes[1] >> 3)) + 1000;
  decimals[1] = (((bytes[1] & 0x07u) << 10) | ((guint) bytes[2] << 2) | (bytes[3] >> 6)) + 1000;
  decimals[2] = (((bytes[3] & 0x3fu) << 7) | (bytes[4] >> 1)) + 1000;
}

void
mx_sas_get_emoji (const guint8 bytes[MX_SAS_BYTES], guint emoji[MX_SAS_EMOJI])
{
  guint64 bits = 0;

  for (gsize i = 0; i < MX_SAS_BYTES; i++)
    bits = bits << 8 | bytes[i];

  /* seven numbers of 6 bits: the first 42 of 48 */
  for (gsize i = 0; i < MX_SAS_EMOJI; i++)
    emoji[i] = (bits >> (42 - 6 * i)) & 0x3f;
}

/* libolm once wrote the base64 over the MAC while it was reading it: from the second group on it
 * encodes its own output. Peers that only know the first method expect exactly that. */
static char *
encode_over_itself (const guint8 mac[MX_SHA256_SIZE])
{
  char buffer[44] = { 0 };

  memcpy (buffer, mac, MX_SHA256_SIZE);
  for (gsize i = 0; 3 * i < MX_SHA256_SIZE; i++)
    {
      g_autofree char *group = mx_base64_encode (buffer + 3 * i, MIN (3, MX_SHA256_SIZE - 3 * i));

      memcpy (buffer + 4 * i, group, strlen (group));
    }

  return g_strdup (buffer);
}

char *
mx_sas_compute_mac (MxSas *self,
                    MxSasMacMethod method,
                    const MxSasParties *parties,
                    gboolean sent_by_us,
                    const char *key_id,
                    const char *input,
                    GError **error)
{
  const char *ours[] = { parties->our_user_id, parties->our_device_id };
  const char *theirs[] = { parties->their_user_id, parties->their_device_id };
  const char **sender = sent_by_us ? ours : theirs;
  const char **other = sent_by_us ? theirs : ours;
  g_autofree char *info = g_strconcat ("MATRIX_KEY_VERIFICATION_MAC",
                                       sender[0],
                                       sender[1],
                                       other[0],
                                       other[1],
                                       parties->transaction_id,
                                       key_id,
                                       NULL);
  guint8 key[MX_SHA256_SIZE];
  guint8 mac[MX_SHA256_SIZE];
  gboolean done = FALSE;

  g_return_val_if_fail (is_complete (parties) && key_id != NULL, NULL);

  done = derive (self, info, key, sizeof key, error) &&
         mx_hmac_sha256 (key, sizeof key, input, strlen (input), mac, error);

  mx_wipe (key, sizeof key);
  if (!done)
    return NULL;

  return method == MX_SAS_MAC_HKDF_HMAC_SHA256 ? encode_over_itself (mac)
                                               : mx_base64_encode (mac, sizeof mac);
}

static gboolean
check_mac (MxSas *self,
           MxSasMacMethod method,
           const MxSasParties *parties,
           const char *key_id,
           const char *input,
           const char *mac,
           GError **error)
{
  g_autofree char *expected =
    mx_sas_compute_mac (self, method, parties, FALSE, key_id, input, error);

  if (expected == NULL)
    return FALSE;
  if (mac != NULL && strlen (mac) == strlen (expected) &&
      mx_mac_equal (mac, expected, strlen (expected)))
    return TRUE;

  g_set_error_literal (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_MAC, "A key does not match");

  return FALSE;
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* The ids of the "mac" member, sorted and joined with commas. */
static char *
join_ids (MxJson macs)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  const char *id = NULL;
  MxJsonIter iter;

  mx_json_iter_init (&iter, macs);
  while (mx_json_iter_next (&iter, &id, NULL))
    g_ptr_array_add (ids, (gpointer) id);
  g_ptr_array_sort (ids, compare_ids);
  g_ptr_array_add (ids, NULL);

  return g_strjoinv (",", (char **) ids->pdata);
}

GStrv
mx_sas_verify_macs (MxSas *self,
                    MxSasMacMethod method,
                    const MxSasParties *parties,
                    MxJson content,
                    const MxSasKey *keys,
                    gsize n_keys,
                    GError **error)
{
  g_autoptr (GStrvBuilder) verified = g_strv_builder_new ();
  g_auto (GStrv) ids = NULL;
  MxJson macs = mx_json_get (content, "mac");
  g_autofree char *list = NULL;

  if (!mx_json_is_object (macs))
    {
      g_set_error_literal (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_FORMAT, "There are no MACs");
      return NULL;
    }

  list = join_ids (macs);
  if (!check_mac (
        self, method, parties, "KEY_IDS", list, mx_json_get_string (content, "keys"), error))
    return NULL;

  for (gsize i = 0; i < n_keys; i++)
    {
      MxJson mac = mx_json_get (macs, keys[i].key_id);

      if (mx_json_type (mac) == MX_JSON_ABSENT)
        continue;
      if (!check_mac (
            self, method, parties, keys[i].key_id, keys[i].key, mx_json_string (mac), error))
        return NULL;
      g_strv_builder_add (verified, keys[i].key_id);
    }

  ids = g_strv_builder_end (verified);
  if (ids[0] == NULL)
    {
      g_set_error_literal (error,
                           MX_CRYPTO_ERROR,
                           MX_CRYPTO_ERROR_BAD_MAC,
                           "No key is vouched for");
      return NULL;
    }

  return g_steal_pointer (&ids);
}
