/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* OlmOutboundGroupSession. */
#include "config.h"

#include "mx-megolm-outbound.h"

#include "mx-olm-library.h"

struct _MxMegolmOutbound
{
  OlmOutboundGroupSession *olm; /* in locked memory */
};

static MxMegolmOutbound *
outbound_alloc (void)
{
  MxMegolmOutbound *self = g_new0 (MxMegolmOutbound, 1);

  self->olm = olm_outbound_group_session (mx_locked_alloc (olm_outbound_group_session_size ()));

  return self;
}

static gboolean
fail (MxMegolmOutbound *self, GError **error)
{
  enum OlmErrorCode code = olm_outbound_group_session_last_error_code (self->olm);

  return mx_olm_fail (code, error);
}

MxMegolmOutbound *
mx_megolm_outbound_new (void)
{
  MxMegolmOutbound *self = outbound_alloc ();
  gsize size = olm_init_outbound_group_session_random_length (self->olm);
  guint8 *random = mx_olm_scratch_new_random (size);
  gsize result = olm_init_outbound_group_session (self->olm, random, size);

  mx_olm_scratch_free (random, size);
  /* It only fails for want of randomness. */
  if (result == olm_error ())
    g_error ("No Megolm session can be made");

  return self;
}

void
mx_megolm_outbound_free (MxMegolmOutbound *self)
{
  olm_clear_outbound_group_session (self->olm);
  mx_locked_free (self->olm, olm_outbound_group_session_size ());
  g_free (self);
}

GBytes *
mx_megolm_outbound_pickle (MxMegolmOutbound *self, MxSecret *pickle_key, GError **error)
{
  const guint8 *key = mx_olm_pickle_key (pickle_key, error);
  gsize size = olm_pickle_outbound_group_session_length (self->olm);
  g_autofree guint8 *pickle = NULL;

  if (key == NULL)
    return NULL;

  pickle = mx_olm_pickle_new (MX_OLM_PICKLE_MEGOLM_OUTBOUND, size);
  if (olm_pickle_outbound_group_session (self->olm,
                                         key,
                                         MX_OLM_PICKLE_KEY_SIZE,
                                         pickle + MX_OLM_PICKLE_HEAD_SIZE,
                                         size) == olm_error ())
    {
      fail (self, error);
      return NULL;
    }

  return g_bytes_new_take (g_steal_pointer (&pickle), MX_OLM_PICKLE_HEAD_SIZE + size);
}

MxMegolmOutbound *
mx_megolm_outbound_unpickle (GBytes *pickle, MxSecret *pickle_key, GError **error)
{
  g_autoptr (MxMegolmOutbound) self = outbound_alloc ();
  const guint8 *key = mx_olm_pickle_key (pickle_key, error);
  g_autofree guint8 *text = NULL;
  gsize size = 0;

  if (key == NULL)
    return NULL;
  text = mx_olm_pickle_open (pickle, MX_OLM_PICKLE_MEGOLM_OUTBOUND, &size, error);
  if (text == NULL)
    return NULL;

  if (olm_unpickle_outbound_group_session (self->olm, key, MX_OLM_PICKLE_KEY_SIZE, text, size) ==
      olm_error ())
    {
      fail (self, error);
      return NULL;
    }

  return g_steal_pointer (&self);
}

char *
mx_megolm_outbound_dup_id (MxMegolmOutbound *self)
{
  gsize size = olm_outbound_group_session_id_length (self->olm);
  char *id = g_malloc0 (size + 1);

  olm_outbound_group_session_id (self->olm, (guint8 *) id, size);

  return id;
}

guint32
mx_megolm_outbound_get_index (MxMegolmOutbound *self)
{
  return olm_outbound_group_session_message_index (self->olm);
}

MxSecret *
mx_megolm_outbound_dup_key (MxMegolmOutbound *self, GError **error)
{
  gsize size = olm_outbound_group_session_key_length (self->olm);
  guint8 *text = g_malloc (size);
  MxSecret *key = NULL;

  if (olm_outbound_group_session_key (self->olm, text, size) == olm_error ())
    fail (self, error);
  else
    key = mx_secret_new (text, size);
  mx_olm_scratch_free (text, size);

  return key;
}

char *
mx_megolm_outbound_encrypt (MxMegolmOutbound *self,
                            gconstpointer plaintext,
                            gsize size,
                            GError **error)
{
  gsize length = olm_group_encrypt_message_length (self->olm, size);
  g_autofree char *message = g_malloc0 (length + 1);

  if (olm_group_encrypt (self->olm, plaintext, size, (guint8 *) message, length) == olm_error ())
    {
      fail (self, error);
      return NULL;
    }

  return g_steal_pointer (&message);
}
