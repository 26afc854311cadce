/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-room-keys.h. */
#include "config.h"

#include "mx-room-keys.h"

gboolean
mx_room_keys_receive (MxOlmMachine *machine,
                      const MxToDeviceMessage *message,
                      MxStoreChanges *changes,
                      GError **error)
{
  return TRUE;
}

void
mx_room_keys_decrypt (MxOlmMachine *machine,
                      const char *room_id,
                      MxEvent *event,
                      MxDecryption *decryption)
{
  decryption->event = mx_event_ref (event);
  decryption->failure = MX_DECRYPTION_NO_KEY;
}

gboolean
mx_room_keys_finish_sync (MxOlmMachine *machine, MxStoreChanges *changes, GError **error)
{
  return TRUE;
}

void
mx_room_keys_rolled_back (MxOlmMachine *machine)
{
}

gboolean
mx_room_keys_import (MxOlmMachine *machine,
                     MxJson session,
                     MxKeyOrigin origin,
                     const char *backed_up,
                     MxStoreChanges *changes,
                     gboolean *imported,
                     GError **error)
{
  *imported = FALSE;

  return TRUE;
}

gboolean
mx_room_keys_export (MxOlmMachine *machine,
                     const MxStoredMegolm *session,
                     gboolean in_backup,
                     MxJsonWriter *writer,
                     const char *name,
                     GError **error)
{
  mx_json_begin_object (writer, name);
  mx_json_end (writer);

  return TRUE;
}
