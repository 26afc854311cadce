/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* OlmAccount. */
#include "config.h"

#include "mx-olm-account.h"

#include "mx-base64.h"
#include "mx-olm-library.h"

struct _MxOlmAccount
{
  OlmAccount *olm; /* in locked memory */
  guint8 curve25519_key[MX_CURVE25519_KEY_SIZE];
  guint8 ed25519_key[MX_ED25519_KEY_SIZE];
};

static gboolean read_identity_keys (MxOlmAccount *self, GError **error);

MX_OLM_DEFINE_TYPE (MxOlmAccount,
                    mx_olm_account,
                    account,
                    MX_OLM_PICKLE_ACCOUNT,
                    read_identity_keys)

static gboolean
read_identity_keys (MxOlmAccount *self, GError **error)
{
  gsize size = olm_account_identity_keys_length (self->olm);
  g_autofree char *text = g_malloc (size);
  g_autoptr (MxJsonDocument) document = NULL;
  MxJson keys;

  if (olm_account_identity_keys (self->olm, text, size) == olm_error ())
    return fail (self, error);

  document = mx_json_document_parse (text, (gssize) size, error);
  keys = mx_json_document_root (document);

  return document != NULL &&
         mx_base64_decode_exact (mx_json_get_string (keys, "curve25519"),
                                 self->curve25519_key,
                                 sizeof self->curve25519_key,
                                 error) &&
         mx_base64_decode_exact (mx_json_get_string (keys, "ed25519"),
                                 self->ed25519_key,
                                 sizeof self->ed25519_key,
                                 error);
}

MxOlmAccount *
mx_olm_account_new (void)
{
  MxOlmAccount *self = mx_olm_account_alloc ();
  gsize size = olm_create_account_random_length (self->olm);
  guint8 *random = mx_olm_scratch_new_random (size);
  gsize result = olm_create_account (self->olm, random, size);

  mx_olm_scratch_free (random, size);
  /* It only fails for want of randomness. */
  if (result == olm_error () || !read_identity_keys (self, NULL))
    g_error ("No Olm account can be made");

  return self;
}

OlmAccount *
mx_olm_account_get_olm (MxOlmAccount *self)
{
  return self->olm;
}

const guint8 *
mx_olm_account_get_curve25519_key (MxOlmAccount *self)
{
  return self->curve25519_key;
}

const guint8 *
mx_olm_account_get_ed25519_key (MxOlmAccount *self)
{
  return self->ed25519_key;
}

gboolean
mx_olm_account_sign (MxOlmAccount *self,
                     gconstpointer data,
                     gsize size,
                     guint8 signature[MX_ED25519_SIGNATURE_SIZE],
                     GError **error)
{
  gsize length = olm_account_signature_length (self->olm);
  g_autofree char *text = g_malloc0 (length + 1);

  if (olm_account_sign (self->olm, data, size, text, length) == olm_error ())
    return fail (self, error);

  return mx_base64_decode_exact (text, signature, MX_ED25519_SIGNATURE_SIZE, error);
}

guint
mx_olm_account_get_capacity (MxOlmAccount *self)
{
  return (guint) olm_account_max_number_of_one_time_keys (self->olm);
}

gboolean
mx_olm_account_generate_one_time_keys (MxOlmAccount *self, guint count, GError **error)
{
  gsize size = olm_account_generate_one_time_keys_random_length (self->olm, count);
  guint8 *random = mx_olm_scratch_new_random (size);
  gsize result = olm_account_generate_one_time_keys (self->olm, count, random, size);

  mx_olm_scratch_free (random, size);

  return result != olm_error () || fail (self, error);
}

gboolean
mx_olm_account_generate_fallback_key (MxOlmAccount *self, GError **error)
{
  gsize size = olm_account_generate_fallback_key_random_length (self->olm);
  guint8 *random = mx_olm_scratch_new_random (size);
  gsize result = olm_account_generate_fallback_key (self->olm, random, size);

  mx_olm_scratch_free (random, size);

  return result != olm_error () || fail (self, error);
}

static void
public_key_free (gpointer data)
{
  MxOlmPublicKey *key = data;

  g_free (key->id);
  g_free (key);
}

/* text: {"curve25519":{"AAAAAQ":"…"}} */
static GPtrArray *
parse_public_keys (const char *text, gsize size, GError **error)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (public_key_free);
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (text, (gssize) size, error);
  const char *id = NULL;
  MxJsonIter iter;
  MxJson value;

  if (document == NULL)
    return NULL;

  mx_json_iter_init (&iter, mx_json_get (mx_json_document_root (document), "curve25519"));
  while (mx_json_iter_next (&iter, &id, &value))
    {
      MxOlmPublicKey *key = g_new0 (MxOlmPublicKey, 1);

      key->id = g_strdup (id);
      g_ptr_array_add (keys, key);
      if (!mx_base64_decode_exact (mx_json_string (value), key->key, sizeof key->key, error))
        return NULL;
    }

  return g_steal_pointer (&keys);
}

GPtrArray *
mx_olm_account_dup_one_time_keys (MxOlmAccount *self, GError **error)
{
  gsize size = olm_account_one_time_keys_length (self->olm);
  g_autofree char *text = g_malloc (size);

  if (olm_account_one_time_keys (self->olm, text, size) == olm_error ())
    {
      fail (self, error);
      return NULL;
    }

  return parse_public_keys (text, size, error);
}

GPtrArray *
mx_olm_account_dup_fallback_keys (MxOlmAccount *self, GError **error)
{
  gsize size = olm_account_unpublished_fallback_key_length (self->olm);
  g_autofree char *text = g_malloc (size);

  if (olm_account_unpublished_fallback_key (self->olm, text, size) == olm_error ())
    {
      fail (self, error);
      return NULL;
    }

  return parse_public_keys (text, size, error);
}

void
mx_olm_account_mark_as_published (MxOlmAccount *self)
{
  olm_account_mark_keys_as_published (self->olm);
}

void
mx_olm_account_forget_old_fallback_key (MxOlmAccount *self)
{
  olm_account_forget_old_fallback_key (self->olm);
}
