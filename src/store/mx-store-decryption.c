/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-store-decryption.h. */
#include "config.h"

#include "mx-store-decryption.h"

#include "mx-sql.h"

void
mx_decryption_clear (MxDecryption *self)
{
  g_clear_pointer (&self->event, mx_event_unref);
  g_clear_pointer (&self->session_id, g_free);
}

void
mx_store_set_decryptor (MxStore *self, const MxDecryptor *decryptor, gpointer data)
{
  self->decryptor = decryptor;
  self->decryptor_data = data;
}

int
mx_store_decrypt_again (MxStore *self,
                        const char *room_id,
                        const char *session_id,
                        MxStoreChanges *changes,
                        GError **error)
{
  return 0;
}

GStrv
mx_store_load_missing_sessions (MxStore *self, const char *room_id, unsigned max)
{
  return g_new0 (char *, 1);
}

void
mx_room_encryption_free (MxRoomEncryption *self)
{
  if (self == NULL)
    return;
  g_free (self->algorithm);
  g_free (self);
}

MxRoomEncryption *
mx_store_get_room_encryption (MxStore *self, const char *room_id)
{
  return NULL;
}
