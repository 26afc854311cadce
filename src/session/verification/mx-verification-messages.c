/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-verification-messages.h. */
#include "config.h"

#include "mx-verification-messages.h"

#include <string.h>

G_DEFINE_QUARK (mx - verification - error - quark, mx_verification_error)

/* By MxVerificationError. The words are for the logs of other clients. */
static const struct
{
  const char *code;
  const char *reason;
} cancellations[] = {
  { "m.user", "The user cancelled the verification" },
  { "m.timeout", "The verification took too long" },
  { "m.unknown_transaction", "This verification is not known" },
  { "m.unknown_method", "There is no method that both know" },
  { "m.unexpected_message", "This message was not expected now" },
  { "m.key_mismatch", "A key does not match" },
  { "m.user_mismatch", "The message is from somebody else" },
  { "m.invalid_message", "The message is not valid" },
  { "m.accepted", "Another device answered" },
  { "m.mismatched_commitment", "The key is not the promised one" },
  { "m.mismatched_sas", "The emoji do not match" },
};

const char *
mx_verification_error_get_code (MxVerificationError error)
{
  g_return_val_if_fail ((gsize) error < G_N_ELEMENTS (cancellations), NULL);

  return cancellations[error].code;
}

/* By MxVerificationMessage. */
static const char *const types[MX_VERIFICATION_MESSAGE_COUNT] = {
  NULL,
  MX_VERIFICATION_REQUEST,
  MX_VERIFICATION_PREFIX "ready",
  MX_VERIFICATION_PREFIX "start",
  MX_VERIFICATION_PREFIX "accept",
  MX_VERIFICATION_PREFIX "key",
  MX_VERIFICATION_PREFIX "mac",
  MX_VERIFICATION_PREFIX "done",
  MX_VERIFICATION_PREFIX "cancel",
};

MxVerificationMessage
mx_verification_message_of_type (const char *type)
{
  for (guint i = 1; i < G_N_ELEMENTS (types); i++)
    if (g_strcmp0 (type, types[i]) == 0)
      return i;

  return MX_VERIFICATION_MESSAGE_UNKNOWN;
}

MxVerificationMessage
mx_verification_message_of_event (const char *type, MxJson content)
{
  MxVerificationMessage message = mx_verification_message_of_type (type);

  if (g_strcmp0 (type, "m.room.message") == 0 &&
      g_strcmp0 (mx_json_get_string (content, "msgtype"), MX_VERIFICATION_REQUEST) == 0)
    return MX_VERIFICATION_MESSAGE_REQUEST;

  return message == MX_VERIFICATION_MESSAGE_REQUEST ? MX_VERIFICATION_MESSAGE_UNKNOWN : message;
}

const char *
mx_verification_message_get_type (MxVerificationMessage message)
{
  g_return_val_if_fail ((gsize) message < G_N_ELEMENTS (types), NULL);

  return types[message];
}

const char *
mx_verification_get_reference (MxJson content, gboolean in_room)
{
  MxJson relation = mx_json_get (content, "m.relates_to");

  if (!in_room)
    return mx_json_get_string (content, "transaction_id");
  if (g_strcmp0 (mx_json_get_string (relation, "rel_type"), "m.reference") != 0)
    return NULL;

  return mx_json_get_string (relation, "event_id");
}

gboolean
mx_verification_has_word (MxJson list, const char *word)
{
  MxJsonIter iter;
  MxJson value;

  if (mx_json_type (list) != MX_JSON_ARRAY)
    return FALSE;

  mx_json_iter_init (&iter, list);
  while (mx_json_iter_next (&iter, NULL, &value))
    if (g_strcmp0 (mx_json_string (value), word) == 0)
      return TRUE;

  return FALSE;
}

MxJsonWriter *
mx_verification_message_begin (const char *transaction_id, gboolean in_room)
{
  MxJsonWriter *writer = mx_json_writer_new ();

  mx_json_begin_object (writer, NULL);
  if (in_room)
    {
      mx_json_begin_object (writer, "m.relates_to");
      mx_json_add_string (writer, "rel_type", "m.reference");
      mx_json_add_string (writer, "event_id", transaction_id);
      mx_json_end (writer);
    }
  else
    mx_json_add_string (writer, "transaction_id", transaction_id);

  return writer;
}

char *
mx_verification_message_end (MxJsonWriter *writer)
{
  g_autoptr (MxJsonWriter) owned = writer;

  mx_json_end (owned);

  return mx_json_writer_to_text (owned);
}

static void
add_methods (MxJsonWriter *writer)
{
  mx_json_begin_array (writer, "methods");
  mx_json_add_string (writer, NULL, MX_VERIFICATION_SAS);
  mx_json_end (writer);
}

char *
mx_verification_write_request (const char *transaction_id, const char *device_id, gint64 now_ms)
{
  MxJsonWriter *writer = mx_verification_message_begin (transaction_id, FALSE);

  mx_json_add_string (writer, "from_device", device_id);
  add_methods (writer);
  mx_json_add_int (writer, "timestamp", now_ms);

  return mx_verification_message_end (writer);
}

char *
mx_verification_write_room_request (const char *device_id,
                                    const char *user_id,
                                    const char *fallback)
{
  MxJsonWriter *writer = mx_json_writer_new ();

  mx_json_begin_object (writer, NULL);
  mx_json_add_string (writer, "msgtype", MX_VERIFICATION_REQUEST);
  mx_json_add_string (writer, "body", fallback);
  mx_json_add_string (writer, "from_device", device_id);
  mx_json_add_string (writer, "to", user_id);
  add_methods (writer);

  return mx_verification_message_end (writer);
}

char *
mx_verification_write_ready (const char *transaction_id, gboolean in_room, const char *device_id)
{
  MxJsonWriter *writer = mx_verification_message_begin (transaction_id, in_room);

  mx_json_add_string (writer, "from_device", device_id);
  add_methods (writer);

  return mx_verification_message_end (writer);
}

char *
mx_verification_write_done (const char *transaction_id, gboolean in_room)
{
  return mx_verification_message_end (mx_verification_message_begin (transaction_id, in_room));
}

char *
mx_verification_write_cancel (const char *transaction_id,
                              gboolean in_room,
                              MxVerificationError code)
{
  MxJsonWriter *writer = mx_verification_message_begin (transaction_id, in_room);

  mx_json_add_string (writer, "code", mx_verification_error_get_code (code));
  mx_json_add_string (writer, "reason", cancellations[code].reason);

  return mx_verification_message_end (writer);
}
