/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What is done, and was done, for a message that cannot be read. */
#include "config.h"

#include "mx-timeline-item-private.h"

#include "mx-identities-private.h"
#include "mx-key-backup.h"
#include "mx-store-identities.h"
#include "mx-timeline-server.h"

DexFuture *
mx_timeline_item_read_again (MxTimelineItem *self)
{
  return mx_timeline_server_read_again (mx_timeline_item_get_room (self),
                                        mx_timeline_item_get_event_id (self),
                                        mx_timeline_item_get_session_id (self));
}

/* The latest of the requests to any of our other devices. */
static gint64
find_devices_asked (MxStore *reader, const char *user_id)
{
  g_autoptr (GPtrArray) devices = mx_store_load_devices (reader, user_id, FALSE);
  gint64 asked = 0;

  for (guint i = 0; i < devices->len; i++)
    {
      const MxStoredDevice *device = g_ptr_array_index (devices, i);

      asked =
        MAX (asked, mx_store_last_secret_request (reader, MX_SECRET_BACKUP, device->device_id));
    }

  return asked;
}

static gint64
find_healed (MxStore *reader, const char *sender)
{
  g_autoptr (GPtrArray) devices = mx_store_load_devices (reader, sender, FALSE);
  gint64 healed = 0;

  for (guint i = 0; i < devices->len; i++)
    healed = MAX (healed, ((const MxStoredDevice *) g_ptr_array_index (devices, i))->unwedged_ms);

  return healed;
}

void
mx_timeline_item_get_attempts (MxTimelineItem *self, MxReadingAttempts *attempts)
{
  MxRoom *room = mx_timeline_item_get_room (self);
  MxSession *session = mx_room_get_session (room);
  MxEncryption *encryption = session != NULL ? mx_session_get_encryption (session) : NULL;
  MxStore *reader = session != NULL ? mx_session_get_reader (session) : NULL;
  const char *session_id = mx_timeline_item_get_session_id (self);
  const char *sender = mx_timeline_item_get_sender (self);

  *attempts = (MxReadingAttempts) { .waiting_since_ms = mx_timeline_item_get_failed_since (self) };
  if (encryption == NULL || reader == NULL)
    return;

  attempts->identity = mx_encryption_get_own_identity (encryption);
  attempts->backup = mx_encryption_get_backup_state (encryption);
  if (session_id != NULL)
    attempts->backup_asked = mx_key_fetch_get_answers (encryption,
                                                       mx_room_get_id (room),
                                                       session_id,
                                                       &attempts->backup_asked_ms);
  attempts->devices_asked_ms = find_devices_asked (reader, mx_session_get_user_id (session));
  if (sender != NULL)
    attempts->sender_healed_ms = find_healed (reader, sender);
}
