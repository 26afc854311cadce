/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* OlmSession. */
#include "config.h"

#include "mx-olm-session.h"

#include <string.h>

#include "mx-base64.h"
#include "mx-olm-library.h"

struct _MxOlmSession
{
  OlmSession *olm; /* in locked memory */
};

MX_OLM_DEFINE_TYPE (MxOlmSession, mx_olm_session, session, MX_OLM_PICKLE_SESSION, mx_olm_is_whole)

MxOlmSession *
mx_olm_session_new_outbound (MxOlmAccount *account,
                             const guint8 identity_key[MX_CURVE25519_KEY_SIZE],
                             const guint8 one_time_key[MX_CURVE25519_KEY_SIZE],
                             GError **error)
{
  g_autoptr (MxOlmSession) self = NULL;
  g_autofree char *identity = mx_base64_encode (identity_key, MX_CURVE25519_KEY_SIZE);
  g_autofree char *one_time = mx_base64_encode (one_time_key, MX_CURVE25519_KEY_SIZE);
  guint8 *random = NULL;
  gsize size = 0;
  gsize result = 0;

  if (!mx_curve25519_check_public (identity_key, error) ||
      !mx_curve25519_check_public (one_time_key, error))
    return NULL;

  self = mx_olm_session_alloc ();
  size = olm_create_outbound_session_random_length (self->olm);
  random = mx_olm_scratch_new_random (size);
  result = olm_create_outbound_session (self->olm,
                                        mx_olm_account_get_olm (account),
                                        identity,
                                        strlen (identity),
                                        one_time,
                                        strlen (one_time),
                                        random,
                                        size);
  mx_olm_scratch_free (random, size);
  if (result == olm_error ())
    {
      fail (self, error);
      return NULL;
    }

  return g_steal_pointer (&self);
}

MxOlmSession *
mx_olm_session_new_inbound (MxOlmAccount *account,
                            const guint8 sender_key[MX_CURVE25519_KEY_SIZE],
                            const char *body,
                            GBytes **plaintext,
                            GError **error)
{
  g_autoptr (MxOlmSession) self = mx_olm_session_alloc ();
  g_autofree char *sender = mx_base64_encode (sender_key, MX_CURVE25519_KEY_SIZE);
  g_autoptr (GBytes) decrypted = NULL;
  gsize size = 0;
  g_autofree guint8 *message = NULL;

  if (!mx_curve25519_check_public (sender_key, error))
    return NULL;
  message = mx_olm_scratch_new_base64 (body, &size, error);
  if (message == NULL)
    return NULL;

  if (olm_create_inbound_session_from (self->olm,
                                       mx_olm_account_get_olm (account),
                                       sender,
                                       strlen (sender),
                                       message,
                                       size) == olm_error ())
    {
      fail (self, error);
      return NULL;
    }

  /* So far nothing is proven: the MAC is checked here. */
  decrypted = mx_olm_session_decrypt (self, MX_OLM_MESSAGE_PRE_KEY, body, error);
  if (decrypted == NULL)
    return NULL;

  if (olm_remove_one_time_keys (mx_olm_account_get_olm (account), self->olm) == olm_error ())
    {
      enum OlmErrorCode code = olm_account_last_error_code (mx_olm_account_get_olm (account));

      mx_olm_fail (code, error);
      return NULL;
    }

  *plaintext = g_steal_pointer (&decrypted);

  return g_steal_pointer (&self);
}

char *
mx_olm_session_dup_id (MxOlmSession *self)
{
  gsize size = olm_session_id_length (self->olm);
  char *id = g_malloc0 (size + 1);

  olm_session_id (self->olm, id, size);

  return id;
}

gboolean
mx_olm_session_has_received (MxOlmSession *self)
{
  return olm_session_has_received_message (self->olm) != 0;
}

gboolean
mx_olm_session_matches (MxOlmSession *self,
                        const guint8 sender_key[MX_CURVE25519_KEY_SIZE],
                        const char *body)
{
  g_autofree char *sender = mx_base64_encode (sender_key, MX_CURVE25519_KEY_SIZE);
  gsize size = 0;
  g_autofree guint8 *message = mx_olm_scratch_new_base64 (body, &size, NULL);

  return message != NULL &&
         olm_matches_inbound_session_from (self->olm, sender, strlen (sender), message, size) == 1;
}

char *
mx_olm_session_encrypt (MxOlmSession *self,
                        gconstpointer plaintext,
                        gsize size,
                        MxOlmMessageType *type,
                        GError **error)
{
  gsize length = olm_encrypt_message_length (self->olm, size);
  g_autofree char *message = g_malloc0 (length + 1);
  gsize random_size = olm_encrypt_random_length (self->olm);
  guint8 *random = mx_olm_scratch_new_random (random_size);
  gsize result = 0;

  *type = olm_encrypt_message_type (self->olm) == OLM_MESSAGE_TYPE_PRE_KEY ? MX_OLM_MESSAGE_PRE_KEY
                                                                           : MX_OLM_MESSAGE_NORMAL;
  result = olm_encrypt (self->olm, plaintext, size, random, random_size, message, length);
  mx_olm_scratch_free (random, random_size);
  if (result == olm_error ())
    {
      fail (self, error);
      return NULL;
    }

  return g_steal_pointer (&message);
}

GBytes *
mx_olm_session_decrypt (MxOlmSession *self, MxOlmMessageType type, const char *body, GError **error)
{
  gsize size = 0;
  g_autofree guint8 *message = mx_olm_scratch_new_base64 (body, &size, error);
  g_autofree guint8 *again = NULL;
  guint8 *plaintext = NULL;
  gsize capacity = 0;
  gsize length = 0;

  if (message == NULL)
    return NULL;

  /* Both calls destroy what they read. */
  again = g_memdup2 (message, size);
  capacity = olm_decrypt_max_plaintext_length (self->olm, type, again, size);
  if (capacity == olm_error ())
    {
      fail (self, error);
      return NULL;
    }

  plaintext = g_malloc (MAX (capacity, 1));
  length = olm_decrypt (self->olm, type, message, size, plaintext, capacity);
  if (length == olm_error ())
    {
      enum OlmErrorCode code = olm_session_last_error_code (self->olm);

      mx_olm_scratch_free (plaintext, capacity);
      if (code == OLM_BAD_MESSAGE_MAC)
        g_set_error_literal (error,
                             MX_CRYPTO_ERROR,
                             MX_CRYPTO_ERROR_WEDGED,
                             "This session does not read that message");
      else
        mx_olm_fail (code, error);
      return NULL;
    }

  return mx_olm_plaintext_new (plaintext, capacity, length);
}
