/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* One row of a conversation: a message, a folded group of state events, a day, a gap, the read
 * marker, the footer. Kept for as long as it is shown; edits, reactions and send states change it
 * in place. Main thread. */
#pragma once

#include "mx-content.h"
#include "mx-decryption-failure.h"
#include "mx-reaction-row.h"
#include "mx-reading-attempts.h"
#include "mx-room.h"
#include <gio/gio.h>
#include <libdex.h>

G_BEGIN_DECLS

typedef enum
{
  MX_ITEM_MESSAGE, /* an event drawn by itself: text, media, unknown, redacted, unreadable; sent or
                      not */
  MX_ITEM_STATE,   /* one or several state events in a row, folded: mx_timeline_item_get_events() */
  MX_ITEM_DAY,     /* separator: mx_timeline_item_get_timestamp() lies in that local day */
  MX_ITEM_READ_MARKER, /* "new messages" */
  MX_ITEM_GAP,         /* history that is not here yet: fills by itself; "gap-state" */
  MX_ITEM_START,       /* the beginning of the room */
  MX_ITEM_FOOTER,      /* always last: typing people, spacer */
} MxItemKind;

typedef enum
{
  MX_SEND_NONE /* from the server */,
  MX_SEND_WAITING,
  MX_SEND_SENDING,
  MX_SEND_FAILED,
  MX_SEND_SENT
} MxSendState;
typedef enum
{
  MX_GAP_IDLE,
  MX_GAP_LOADING,
  MX_GAP_FAILED
} MxGapState;
GType mx_item_kind_get_type (void);
GType mx_send_state_get_type (void);
GType mx_gap_state_get_type (void);

/* How far a message is to be believed (E2E-156): nothing is said of most. */
typedef enum
{
  MX_SHIELD_NONE,
  MX_SHIELD_GREY,
  MX_SHIELD_RED
} MxShield;
typedef enum
{
  MX_SHIELD_REASON_NONE,
  MX_SHIELD_REASON_NOT_AUTHENTIC,     /* grey: its key came from a backup or a file, not from the
                                         sender's device */
  MX_SHIELD_REASON_UNKNOWN_DEVICE,    /* red from here on: of a device that its sender does not
                                         list */
  MX_SHIELD_REASON_UNSIGNED_DEVICE,   /* … that its owner did not verify */
  MX_SHIELD_REASON_MISMATCHED_SENDER, /* the device is not the sender's */
  MX_SHIELD_REASON_IDENTITY_CHANGED,  /* the sender was verified and has another identity now */
  MX_SHIELD_REASON_NOT_ENCRYPTED,     /* in an encrypted room */
} MxShieldReason;
GType mx_shield_get_type (void);
GType mx_shield_reason_get_type (void);

#define MX_TYPE_TIMELINE_ITEM (mx_timeline_item_get_type ())
G_DECLARE_FINAL_TYPE (MxTimelineItem, mx_timeline_item, MX, TIMELINE_ITEM, GObject)

/* Properties (notify): "content" (MxContent), "reactions" (boxed GPtrArray of MxReactionRow),
 * "edited" (boolean), "send-state", "error" (boxed GError), "gap-state", "first-of-group",
 * "last-of-group" (boolean: grouping by sender within 20 minutes), "sender-name" (string), "reply"
 * (MxTimelineItem: the quoted message, NULL while unknown), "receipts" (boxed GStrv of user ids),
 * "summary" (string: STATE), "expanded" (boolean, STATE: writable), "failure"
 * (MxDecryptionFailure), "shield" (MxShield; notified also when only its reason changed). */
MxItemKind mx_timeline_item_get_kind (MxTimelineItem *self);
MxRoom *mx_timeline_item_get_room (MxTimelineItem *self); /* borrowed */
const char *
mx_timeline_item_get_event_id (MxTimelineItem *self);           /* NULL for local and non-events */
const char *mx_timeline_item_get_txn_id (MxTimelineItem *self); /* outbox entry, NULL */
const char *mx_timeline_item_get_sender (MxTimelineItem *self);
const char *mx_timeline_item_get_sender_name (MxTimelineItem *self);
const char *mx_timeline_item_get_sender_avatar (MxTimelineItem *self); /* mxc, NULL */
gboolean mx_timeline_item_is_own (MxTimelineItem *self);
gint64 mx_timeline_item_get_timestamp (MxTimelineItem *self); /* ms */
MxContent *
mx_timeline_item_get_content (MxTimelineItem *self);        /* MESSAGE; borrowed; the edited one */
MxEvent *mx_timeline_item_get_event (MxTimelineItem *self); /* NULL for local ones */
gboolean mx_timeline_item_is_edited (MxTimelineItem *self);
GPtrArray *mx_timeline_item_get_reactions (MxTimelineItem *self); /* of MxReactionRow, NULL none */
MxSendState mx_timeline_item_get_send_state (MxTimelineItem *self);
const GError *mx_timeline_item_get_error (
  MxTimelineItem *self); /* why it was not sent, or why the gap did not fill */
MxGapState mx_timeline_item_get_gap_state (MxTimelineItem *self);
gboolean mx_timeline_item_is_first_of_group (MxTimelineItem *self);
gboolean mx_timeline_item_is_last_of_group (MxTimelineItem *self);
const char *mx_timeline_item_get_reply_id (MxTimelineItem *self); /* event replied to, NULL */
MxTimelineItem *mx_timeline_item_get_reply (MxTimelineItem *self);
GListModel *mx_timeline_item_get_events (
  MxTimelineItem *self); /* STATE: of MxTimelineItem (each with summary) */
const char *const *
mx_timeline_item_get_receipts (MxTimelineItem *self);         /* user ids of others, never NULL */
gboolean mx_timeline_item_is_expanded (MxTimelineItem *self); /* STATE */
void mx_timeline_item_set_expanded (MxTimelineItem *self, gboolean expanded);
/* MESSAGE, encrypted: why it cannot be read, OK when it can; its content is MX_CONTENT_ENCRYPTED
 * then. Since when that is known, ms wall clock, 0: it never failed. A failure of the last seconds
 * is not worth showing: the key is on its way mostly (E2E-082). */
MxDecryptionFailure mx_timeline_item_get_failure (MxTimelineItem *self);
gint64 mx_timeline_item_get_failed_since (MxTimelineItem *self);
/* Asks for the key once more (backup, own devices) and tries again. Resolves to a boolean: whether
 * it can be read now. A key that comes later changes the item all the same. */
DexFuture *mx_timeline_item_read_again (MxTimelineItem *self) G_GNUC_WARN_UNUSED_RESULT;
/* What was done for it up to now. */
void mx_timeline_item_get_attempts (MxTimelineItem *self, MxReadingAttempts *attempts);
/* Derived from what is known of the sender's device at this moment, never stored. reason is
 * nullable. */
MxShield mx_timeline_item_get_shield (MxTimelineItem *self, MxShieldReason *reason);
gboolean mx_timeline_item_is_encrypted (MxTimelineItem *self); /* as sent, readable or not */
char *mx_timeline_item_dup_summary (
  MxTimelineItem *self); /* STATE: "Anne LE GALL joined, 3 others left"; MESSAGE: one line */
/* Who, what, when, state: one sentence. said, nullable, is told in the place of the message. */
char *mx_timeline_item_dup_accessible_text (MxTimelineItem *self, const char *said);

G_END_DECLS
