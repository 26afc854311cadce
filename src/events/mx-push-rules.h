/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The client's push rules (spec "Push notifications"; research/protocol §8), evaluated on one
 * event. Immutable once parsed. */
#pragma once

#include "mx-event.h"

G_BEGIN_DECLS

typedef struct _MxPushRules MxPushRules;
MxPushRules *
mx_push_rules_new (MxJson account_data_content); /* content of m.push_rules ({global:{…}}); absent:
                                                    server defaults */
MxPushRules *mx_push_rules_ref (MxPushRules *self);
void mx_push_rules_unref (MxPushRules *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxPushRules, mx_push_rules_unref)

typedef struct
{
  const char *user_id;
  const char *display_name; /* ours in this room, nullable */
  unsigned joined_members;
  int sender_power;            /* of the event's sender; G_MAXINT for a version 12 creator */
  int room_notification_power; /* notifications.room, default 50 */
  const char *room_id;
} MxPushContext;

typedef struct
{
  gboolean notify;
  gboolean highlight;
  gboolean sound;
} MxPushActions;

MxPushActions
mx_push_rules_evaluate (MxPushRules *self, MxEvent *event, const MxPushContext *context);

typedef enum
{
  MX_ROOM_NOTIFICATIONS_DEFAULT,
  MX_ROOM_NOTIFICATIONS_ALL,
  MX_ROOM_NOTIFICATIONS_MENTIONS,
  MX_ROOM_NOTIFICATIONS_MUTE
} MxRoomNotifications;
MxRoomNotifications mx_push_rules_get_room_setting (MxPushRules *self, const char *room_id);

G_END_DECLS
