/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The contents of verification messages, written and read (spec "Key verification framework"). Pure
 * functions. */
#pragma once

#include "mx-json.h"

G_BEGIN_DECLS

#define MX_VERIFICATION_PREFIX  "m.key.verification."
#define MX_VERIFICATION_REQUEST "m.key.verification.request"
#define MX_VERIFICATION_SAS     "m.sas.v1"

/* Why a verification ended. As GError: what was wrong with a message, and the code that the other
 * side is told. */
typedef enum
{
  MX_VERIFICATION_ERROR_USER,
  MX_VERIFICATION_ERROR_TIMEOUT,
  MX_VERIFICATION_ERROR_UNKNOWN_TRANSACTION,
  MX_VERIFICATION_ERROR_UNKNOWN_METHOD,
  MX_VERIFICATION_ERROR_UNEXPECTED_MESSAGE,
  MX_VERIFICATION_ERROR_KEY_MISMATCH,
  MX_VERIFICATION_ERROR_USER_MISMATCH,
  MX_VERIFICATION_ERROR_INVALID_MESSAGE,
  MX_VERIFICATION_ERROR_ACCEPTED,
  MX_VERIFICATION_ERROR_MISMATCHED_COMMITMENT,
  MX_VERIFICATION_ERROR_MISMATCHED_SAS,
} MxVerificationError;
#define MX_VERIFICATION_ERROR (mx_verification_error_quark ())
GQuark mx_verification_error_quark (void);
const char *mx_verification_error_get_code (MxVerificationError error); /* "m.user"… */

typedef enum
{
  MX_VERIFICATION_MESSAGE_UNKNOWN,
  MX_VERIFICATION_MESSAGE_REQUEST,
  MX_VERIFICATION_MESSAGE_READY,
  MX_VERIFICATION_MESSAGE_START,
  MX_VERIFICATION_MESSAGE_ACCEPT,
  MX_VERIFICATION_MESSAGE_KEY,
  MX_VERIFICATION_MESSAGE_MAC,
  MX_VERIFICATION_MESSAGE_DONE,
  MX_VERIFICATION_MESSAGE_CANCEL,
  MX_VERIFICATION_MESSAGE_COUNT,
} MxVerificationMessage;
/* Of an event type; that of a request in a room is m.room.message: see
 * mx_verification_message_of_event(). */
MxVerificationMessage mx_verification_message_of_type (const char *type);
/* The same for an event of a room, where the request is a message. */
MxVerificationMessage mx_verification_message_of_event (const char *type, MxJson content);
const char *mx_verification_message_get_type (MxVerificationMessage message);

/* To what a message belongs: the event of the request in a room, or an id by to-device. NULL:
 * absent. Borrowed. */
const char *mx_verification_get_reference (MxJson content, gboolean in_room);
/* Whether the list of strings names the word. */
gboolean mx_verification_has_word (MxJson list, const char *word);

/* A content begun with its reference; ended by mx_verification_message_end(), which the caller
 * frees. */
MxJsonWriter *mx_verification_message_begin (const char *transaction_id, gboolean in_room);
char *mx_verification_message_end (MxJsonWriter *writer);

/* Whole contents; the caller frees. */
char *
mx_verification_write_request (const char *transaction_id, const char *device_id, gint64 now_ms);
/* fallback: what a client shows that does not know of verifications. */
char *mx_verification_write_room_request (const char *device_id,
                                          const char *user_id,
                                          const char *fallback);
char *
mx_verification_write_ready (const char *transaction_id, gboolean in_room, const char *device_id);
char *mx_verification_write_done (const char *transaction_id, gboolean in_room);
char *mx_verification_write_cancel (const char *transaction_id,
                                    gboolean in_room,
                                    MxVerificationError code);

G_END_DECLS
