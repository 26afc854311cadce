/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* OlmInboundGroupSession. */
#include "config.h"

#include "mx-megolm-inbound.h"

#include "mx-base64.h"
#include "mx-olm-library.h"

struct _MxMegolmInbound
{
  OlmInboundGroupSession *olm; /* in locked memory */
};

typedef size_t (*ReadKeyFunc) (OlmInboundGroupSession *session,
                               const uint8_t *session_key,
                               size_t session_key_length);

MX_OLM_DEFINE_TYPE (MxMegolmInbound,
                    mx_megolm_inbound,
                    inbound_group_session,
                    MX_OLM_PICKLE_MEGOLM_INBOUND,
                    mx_olm_is_whole)

static gboolean
check_id (MxMegolmInbound *self, const char *expected_id, GError **error)
{
  g_autofree char *id = mx_megolm_inbound_dup_id (self);

  if (expected_id == NULL || g_str_equal (id, expected_id))
    return TRUE;

  g_set_error_literal (error,
                       MX_CRYPTO_ERROR,
                       MX_CRYPTO_ERROR_BAD_KEY,
                       "The key of another session");

  return FALSE;
}

/* The id is the session's signing key. With one of small order anybody's signature holds. */
static gboolean
check_signer (MxMegolmInbound *self, GError **error)
{
  g_autofree char *id = mx_megolm_inbound_dup_id (self);
  guint8 key[MX_ED25519_KEY_SIZE];

  return mx_base64_decode_exact (id, key, sizeof key, error) &&
         mx_signature_check_public (key, error);
}

static MxMegolmInbound *
read_key (ReadKeyFunc read, const char *session_key, const char *expected_id, GError **error)
{
  g_autoptr (MxMegolmInbound) self = mx_megolm_inbound_alloc ();
  gsize size = 0;
  guint8 *text = mx_olm_scratch_new_base64 (session_key, &size, error);
  gsize result = 0;

  if (text == NULL)
    return NULL;

  result = read (self->olm, text, size);
  mx_olm_scratch_free (text, size);
  if (result == olm_error ())
    {
      fail (self, error);
      return NULL;
    }

  return check_id (self, expected_id, error) ? g_steal_pointer (&self) : NULL;
}

MxMegolmInbound *
mx_megolm_inbound_new (const char *session_key, const char *expected_id, GError **error)
{
  g_autoptr (MxMegolmInbound) self =
    read_key (olm_init_inbound_group_session, session_key, expected_id, error);

  return self != NULL && check_signer (self, error) ? g_steal_pointer (&self) : NULL;
}

/* Without check_signer(), which would be most of the time of a restore: nothing vouches for what is
 * imported anyway. */
MxMegolmInbound *
mx_megolm_inbound_import (const char *session_key, const char *expected_id, GError **error)
{
  return read_key (olm_import_inbound_group_session, session_key, expected_id, error);
}

char *
mx_megolm_inbound_dup_id (MxMegolmInbound *self)
{
  gsize size = olm_inbound_group_session_id_length (self->olm);
  char *id = g_malloc0 (size + 1);

  olm_inbound_group_session_id (self->olm, (guint8 *) id, size);

  return id;
}

guint32
mx_megolm_inbound_get_first_index (MxMegolmInbound *self)
{
  return olm_inbound_group_session_first_known_index (self->olm);
}

MxSecret *
mx_megolm_inbound_export (MxMegolmInbound *self, guint32 index, GError **error)
{
  gsize size = olm_export_inbound_group_session_length (self->olm);
  guint8 *text = g_malloc (size);
  MxSecret *key = NULL;

  if (olm_export_inbound_group_session (self->olm, text, size, index) == olm_error ())
    fail (self, error);
  else
    key = mx_secret_new (text, size);
  mx_olm_scratch_free (text, size);

  return key;
}

MxMegolmOrder
mx_megolm_inbound_compare (MxMegolmInbound *self, MxMegolmInbound *other)
{
  guint32 own_index = mx_megolm_inbound_get_first_index (self);
  guint32 other_index = mx_megolm_inbound_get_first_index (other);
  guint32 index = MAX (own_index, other_index);
  g_autoptr (MxSecret) own = mx_megolm_inbound_export (self, index, NULL);
  g_autoptr (MxSecret) others = mx_megolm_inbound_export (other, index, NULL);

  /* The earlier ratchet must lead to the later one. */
  if (own == NULL || others == NULL || !mx_secret_equal (own, others))
    return MX_MEGOLM_UNCONNECTED;
  if (own_index == other_index)
    return MX_MEGOLM_EQUAL;

  return own_index < other_index ? MX_MEGOLM_BETTER : MX_MEGOLM_WORSE;
}

GBytes *
mx_megolm_inbound_decrypt (MxMegolmInbound *self,
                           const char *ciphertext,
                           guint32 *index,
                           GError **error)
{
  gsize size = 0;
  g_autofree guint8 *message = mx_olm_scratch_new_base64 (ciphertext, &size, error);
  g_autofree guint8 *again = NULL;
  guint8 *plaintext = NULL;
  gsize capacity = 0;
  gsize length = 0;

  if (message == NULL)
    return NULL;

  /* Both calls destroy what they read. */
  again = g_memdup2 (message, size);
  capacity = olm_group_decrypt_max_plaintext_length (self->olm, again, size);
  if (capacity == olm_error ())
    {
      fail (self, error);
      return NULL;
    }

  plaintext = g_malloc (MAX (capacity, 1));
  length = olm_group_decrypt (self->olm, message, size, plaintext, capacity, index);
  if (length == olm_error ())
    {
      fail (self, error);
      mx_olm_scratch_free (plaintext, capacity);
      return NULL;
    }

  return mx_olm_plaintext_new (plaintext, capacity, length);
}
