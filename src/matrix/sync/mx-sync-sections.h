/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The parts that both kinds of sync reply have in common, read into a delta. What has the wrong
 * type reads as absent; what does not parse is left out. For this folder only. Any thread. */
#pragma once

#include "mx-json.h"
#include "mx-sync-delta.h"

G_BEGIN_DECLS

/* Adds the events of array to events (MxEvent). state: only those with a state key. Returns how
 * many were left out. */
unsigned mx_sync_read_events (MxJson array, gboolean state, GPtrArray *events);
/* Adds the JSON text of each object of array (to-device, stripped state, presence), limited to max.
 */
void mx_sync_read_texts (MxJson array, unsigned max, GPtrArray *texts);
/* MxAccountDatum of each {type, content}. */
void mx_sync_read_account_data (MxJson array, GPtrArray *account_data);
/* An m.receipt or m.typing event. */
void mx_sync_read_ephemeral (MxJson event, MxRoomDelta *room);
/* Strings of an array that valid (nullable) likes; NULL when it is no array. */
GStrv mx_sync_read_strings (MxJson array, gboolean (*valid) (const char *text));
/* device_lists, one-time key counts and unused fallback keys, under whichever names hold them. */
void mx_sync_read_device_lists (MxJson device_lists, MxSyncDelta *delta);
void mx_sync_read_key_counts (MxJson counts, MxJson fallback_keys, MxSyncDelta *delta);
/* A count: clamped to 0…2^31, -1 when absent. */
gint64 mx_sync_read_count (MxJson number);
/* A membership's name; NONE for anything else. */
MxMembership mx_sync_read_membership (const char *membership);
/* FALSE when one of members (NULL-terminated) is there and is no object. Where a whole section is
 * of the wrong kind, what it should have said is lost; the token must not be used then. An empty
 * array passes: some languages write an empty map so. */
gboolean mx_sync_has_objects (MxJson object, const char *const *members, GError **error);
/* Parses reply, which must be an object. */
MxJsonDocument *mx_sync_parse (GBytes *reply, MxJson *root, GError **error);

G_END_DECLS
