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

MX_OLM_DEFINE_TYPE (MxMegolmOutbound,
                    mx_megolm_outbound,
                    outbound_group_session,
                    MX_OLM_PICKLE_MEGOLM_OUTBOUND,
                    mx_olm_is_whole)

MxMegolmOutbound *
mx_megolm_outbound_new (void)
{
  MxMegolmOutbound *self = mx_megolm_outbound_alloc ();
  gsize size = olm_init_outbound_group_session_random_length (self->olm);
  guint8 *random = mx_olm_scratch_new_random (size);
  gsize result = olm_init_outbound_group_session (self->olm, random, size);

  mx_olm_scratch_free (random, size);
  /* It only fails for want of randomness. */
  if (result == olm_error ())
    g_error ("No Megolm session can be made");

  return self;
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
