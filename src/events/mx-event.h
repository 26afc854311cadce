/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* An event of a room as the protocol sees it: immutable, ref-counted, parsed from JSON that a
 * stranger may have written. Every string is valid UTF-8 and bounded; fields of the wrong type read
 * as absent. Any thread. */
#pragma once

#include "mx-json.h"
#include <glib-object.h>

G_BEGIN_DECLS

#define MX_TYPE_EVENT (mx_event_get_type ())
typedef struct _MxEvent MxEvent;
GType mx_event_get_type (void);

/* json: an event object of /sync, /messages or sliding sync. NULL with error when event_id, sender
 * or type is missing or not valid, or the event is larger than 65 536 bytes plus unsigned. The
 * event keeps its part of the document alive. */
MxEvent *mx_event_new_from_json (MxJson json, GError **error);
MxEvent *mx_event_new_from_text (const char *json, GError **error);
MxEvent *mx_event_ref (MxEvent *self);
void mx_event_unref (MxEvent *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxEvent, mx_event_unref)

const char *mx_event_get_id (MxEvent *self);
const char *mx_event_get_sender (MxEvent *self);
const char *mx_event_get_event_type (MxEvent *self); /* of the clear event once decrypted */
const char *mx_event_get_wire_type (MxEvent *self);  /* as received */
const char *mx_event_get_state_key (MxEvent *self);  /* NULL: not a state event */
gint64
mx_event_get_timestamp (MxEvent *self); /* origin_server_ts, ms, clamped to 0…now+ (display only) */
MxJson mx_event_get_content (MxEvent *self); /* clear content once decrypted; borrowed */
MxJson mx_event_get_wire_content (
  MxEvent *self); /* as received: the ciphertext of an encrypted event; borrowed */
MxJson mx_event_get_unsigned (MxEvent *self);
MxJson mx_event_get_json (MxEvent *self); /* the whole object as received; borrowed */
const char *mx_event_get_transaction_id (MxEvent *self); /* unsigned.transaction_id, NULL */
const char *
mx_event_get_redacts (MxEvent *self); /* for m.room.redaction: either place (v11), else NULL */
gboolean
mx_event_is_redacted (MxEvent *self); /* unsigned.redacted_because present, or applied by us */
const char *mx_event_get_raw (MxEvent *self);   /* JSON text as received (compact); borrowed */
const char *mx_event_get_clear (MxEvent *self); /* decrypted JSON text, NULL */

/* Relations: clear part wins (E2E-085). */
const char *mx_event_get_relation_type (MxEvent *self);   /* rel_type, or NULL */
const char *mx_event_get_relation_target (MxEvent *self); /* event_id of rel_type */
const char *mx_event_get_relation_key (MxEvent *self);    /* annotations */
const char *mx_event_get_reply_target (MxEvent *self); /* m.in_reply_to, unless is_falling_back */
const char *mx_event_get_thread_root (MxEvent *self);

/* A copy whose type and content are those of clear (a JSON text {type, content, room_id}). */
MxEvent *mx_event_with_clear (MxEvent *self, const char *clear, GError **error);
/* A copy redacted by the keep-list of the room version (spec "Redactions"); redaction: the
 * redacting event, nullable. */
MxEvent *mx_event_redacted_copy (MxEvent *self, const char *room_version, MxEvent *redaction);

G_END_DECLS
