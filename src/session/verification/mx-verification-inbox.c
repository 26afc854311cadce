/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Verification messages as they come in, by to-device or in rooms: to whom they belong, and which
 * requests the user sees (research/protocol E2E-101, E2E-105). A message whose sender's devices are
 * not known waits until they were asked for. */
#include "config.h"

#include "mx-verification-inbox.h"

#include "mx-device-tracker.h"
#include "mx-room-list.h"
#include "mx-store-devices.h"
#include "mx-store-timeline.h"
#include "mx-store-verification.h"
#include "mx-verification-record.h"

#define MAX_LIVE    32 /* verifications at a time */
#define MAX_OF_USER 4
#define MAX_WAITING 64
#define MAX_NOTES   32 /* that wait in one place */
#define DEVICES_MS  15000

/* A note, read. Borrows from it. */
typedef struct
{
  const MxVerificationNote *note;
  MxVerificationMessage message;
  MxJson content;
  const char *transaction_id;
  const char *device_id; /* from_device, NULL */
  gboolean in_room;
  gboolean from_us;
} MxLetterIn;

static gboolean
read_note (MxVerifications *self,
           const MxVerificationNote *note,
           MxJsonDocument *document,
           MxLetterIn *letter)
{
  MxJson content = mx_json_document_root (document);
  gboolean in_room = note->room_id != NULL;

  *letter = (MxLetterIn) {
    .note = note,
    .message = in_room ? mx_verification_message_of_event (note->type, content)
                       : mx_verification_message_of_type (note->type),
    .content = content,
    .in_room = in_room,
    .device_id = mx_json_get_string (content, "from_device"),
    .from_us = g_strcmp0 (note->sender, mx_session_get_user_id (self->session)) == 0,
  };
  letter->transaction_id = in_room && letter->message == MX_VERIFICATION_MESSAGE_REQUEST
                             ? note->event_id
                             : mx_verification_get_reference (content, in_room);

  return letter->message != MX_VERIFICATION_MESSAGE_UNKNOWN && letter->transaction_id != NULL &&
         mx_json_is_object (content);
}

/* -- Requests */

static gboolean
is_fresh (const MxLetterIn *letter)
{
  gint64 made = letter->in_room ? letter->note->timestamp_ms
                                : mx_json_int (mx_json_get (letter->content, "timestamp"), 0);
  gint64 age = mx_verifications_now () - made;

  return age <= MX_VERIFICATION_LIFE_MS && age >= -MX_VERIFICATION_FUTURE_MS;
}

/* One that the user may want to see: for us, of now, with a method that we know. */
static gboolean
is_request_for_us (MxVerifications *self, const MxLetterIn *letter)
{
  const char *own_user = mx_session_get_user_id (self->session);
  const char *own_device = mx_session_get_device_id (self->session);

  if (letter->message != MX_VERIFICATION_MESSAGE_REQUEST || letter->device_id == NULL ||
      !is_fresh (letter) ||
      !mx_verification_has_word (mx_json_get (letter->content, "methods"), MX_VERIFICATION_SAS))
    return FALSE;
  if (letter->in_room)
    return !letter->from_us && !mx_session_is_ignored (self->session, letter->note->sender) &&
           g_strcmp0 (mx_json_get_string (letter->content, "to"), own_user) == 0;

  return letter->from_us && g_strcmp0 (letter->device_id, own_device) != 0;
}

static gboolean
has_place (MxVerifications *self, const char *user_id)
{
  guint of_user = 0;

  for (guint i = 0; i < self->items->len; i++)
    if (g_str_equal (mx_verification_get_user_id (g_ptr_array_index (self->items, i)), user_id))
      of_user++;

  return self->items->len < MAX_LIVE && of_user < MAX_OF_USER;
}

static gboolean
knows_device (MxVerifications *self, const MxLetterIn *letter)
{
  MxStore *reader = mx_session_get_reader (self->session);
  g_autoptr (MxStoredDevice) device =
    mx_store_get_device (reader, letter->note->sender, letter->device_id);

  return device != NULL && !device->is_gone;
}

static void
take_request (MxVerifications *self, const MxLetterIn *letter)
{
  const char *user_id = letter->note->sender;
  gint64 made = letter->in_room ? letter->note->timestamp_ms
                                : mx_json_int (mx_json_get (letter->content, "timestamp"), 0);
  MxVerificationSpec spec =
    mx_verifications_spec (self, user_id, letter->note->room_id, letter->transaction_id, made);
  MxVerification *verification = NULL;

  if (!is_request_for_us (self, letter) || !has_place (self, user_id) ||
      !knows_device (self, letter))
    return;

  verification = mx_verification_new_incoming (&spec, letter->device_id);
  mx_verifications_add (self, verification);
  g_signal_emit_by_name (self, "request", verification);
}

/* -- What belongs to nothing */

/* A request that this device made and that nobody here goes on with: the program ended, or gave up
 * waiting, before the server's answer told which event it is. */
static gboolean
is_request_of_nobody (MxVerifications *self, const MxLetterIn *letter)
{
  return letter->message == MX_VERIFICATION_MESSAGE_REQUEST && is_fresh (letter) &&
         g_strcmp0 (letter->device_id, mx_session_get_device_id (self->session)) == 0 &&
         mx_store_get_verification_outcome (mx_session_get_reader (self->session),
                                            letter->note->room_id,
                                            letter->transaction_id,
                                            NULL,
                                            NULL) == MX_VERIFICATION_OUTCOME_NONE;
}

/* The same, seen by what the other side says of it. */
static gboolean
is_lost_request (MxVerifications *self, const MxLetterIn *letter)
{
  MxTimelineRow *row = mx_store_load_event (mx_session_get_reader (self->session),
                                            letter->note->room_id,
                                            letter->transaction_id,
                                            NULL);
  MxJson content = { NULL };
  gboolean ours = FALSE;

  if (row != NULL && row->event != NULL)
    {
      content = mx_event_get_content (row->event);
      ours =
        g_strcmp0 (mx_event_get_sender (row->event), mx_session_get_user_id (self->session)) == 0 &&
        g_strcmp0 (mx_json_get_string (content, "from_device"),
                   mx_session_get_device_id (self->session)) == 0 &&
        g_strcmp0 (mx_json_get_string (content, "to"), letter->note->sender) == 0;
    }
  g_clear_pointer (&row, mx_timeline_row_free);

  return ours;
}

/* Whoever goes on with a verification that is not known here is told so; a start, a cancellation
 * and the courtesy at the end are not answered. */
static void
refuse_unknown (MxVerifications *self, const MxLetterIn *letter, const char *key)
{
  const char *const everybody[] = { letter->device_id != NULL ? letter->device_id : "*", NULL };
  g_autofree char *content =
    mx_verification_write_cancel (letter->transaction_id,
                                  FALSE,
                                  MX_VERIFICATION_ERROR_UNKNOWN_TRANSACTION);

  if (letter->message == MX_VERIFICATION_MESSAGE_REQUEST ||
      letter->message == MX_VERIFICATION_MESSAGE_START ||
      letter->message == MX_VERIFICATION_MESSAGE_DONE ||
      letter->message == MX_VERIFICATION_MESSAGE_CANCEL)
    return;

  if (!letter->in_room)
    {
      mx_verifications_note_end (self, key);
      mx_verifications_send (self,
                             letter->note->sender,
                             everybody,
                             mx_verification_message_get_type (MX_VERIFICATION_MESSAGE_CANCEL),
                             content);
    }
  else if (is_lost_request (self, letter)) /* in a room another device of ours may be at it */
    mx_verifications_cancel_lost (self,
                                  letter->note->room_id,
                                  letter->transaction_id,
                                  MX_VERIFICATION_ERROR_UNKNOWN_TRANSACTION);
}

/* -- Routing */

static void
route_stranger (MxVerifications *self, const MxLetterIn *letter, const MxVerification *verification)
{
  const char *const everybody[] = { letter->device_id != NULL ? letter->device_id : "*", NULL };
  g_autofree char *content = NULL;

  /* by to-device only our own devices verify each other; who meddles is told, once */
  if (letter->in_room || verification == NULL || letter->message == MX_VERIFICATION_MESSAGE_CANCEL)
    return;

  content = mx_verification_write_cancel (letter->transaction_id,
                                          FALSE,
                                          MX_VERIFICATION_ERROR_USER_MISMATCH);
  mx_verifications_send (self,
                         letter->note->sender,
                         everybody,
                         mx_verification_message_get_type (MX_VERIFICATION_MESSAGE_CANCEL),
                         content);
}

static void
route (MxVerifications *self, const MxLetterIn *letter, const char *key)
{
  MxVerification *verification = mx_verifications_find (self, key);
  const char *user_id = verification != NULL ? mx_verification_get_user_id (verification) : NULL;

  if (letter->in_room && letter->from_us)
    {
      if (verification != NULL)
        mx_verification_receive_own (verification, letter->message, letter->content);
      else if (is_request_of_nobody (self, letter))
        mx_verifications_cancel_lost (self,
                                      letter->note->room_id,
                                      letter->transaction_id,
                                      MX_VERIFICATION_ERROR_USER);
    }
  else if ((!letter->in_room && !letter->from_us) ||
           (user_id != NULL && !g_str_equal (user_id, letter->note->sender)))
    route_stranger (self, letter, verification);
  else if (verification != NULL)
    mx_verification_receive (verification, letter->message, letter->content);
  else if (letter->message == MX_VERIFICATION_MESSAGE_REQUEST)
    take_request (self, letter);
  else
    refuse_unknown (self, letter, key);
}

static void
route_note (MxVerifications *self, const MxVerificationNote *note)
{
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (note->content, -1, NULL);
  g_autofree char *key = NULL;
  MxLetterIn letter;

  if (self->session == NULL || document == NULL || !read_note (self, note, document, &letter))
    return;

  key = mx_verifications_make_key (note->room_id, letter.transaction_id);
  if (!g_hash_table_contains (self->ended, key))
    route (self, &letter, key);
}

/* -- Waiting */

static void
keep_note (GPtrArray *notes, const MxVerificationNote *note)
{
  if (notes->len < MAX_NOTES)
    g_ptr_array_add (notes, mx_verification_note_copy (note));
}

static GPtrArray *
notes_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) mx_verification_note_free);
}

static void
devices_cb (GObject *owner, const GValue *value, const GError *error, gpointer data)
{
  MxVerifications *self = MX_VERIFICATIONS (owner);
  g_autofree char *key = NULL;
  g_autoptr (GPtrArray) notes = NULL;

  g_hash_table_steal_extended (self->waiting, data, (gpointer *) &key, (gpointer *) &notes);
  for (guint i = 0; notes != NULL && i < notes->len; i++)
    route_note (self, g_ptr_array_index (notes, i));
}

/* Whether the sender's devices must be asked for first. */
static gboolean
needs_devices (MxVerifications *self, const MxLetterIn *letter, const char *key)
{
  MxStore *reader = mx_session_get_reader (self->session);

  if (letter->device_id == NULL || reader == NULL)
    return FALSE;
  if (letter->message == MX_VERIFICATION_MESSAGE_REQUEST)
    {
      if (!is_request_for_us (self, letter) || !has_place (self, letter->note->sender))
        return FALSE;
    }
  else if ((letter->message != MX_VERIFICATION_MESSAGE_READY &&
            letter->message != MX_VERIFICATION_MESSAGE_START) ||
           mx_verifications_find (self, key) == NULL || (letter->in_room && letter->from_us))
    return FALSE;

  return !knows_device (self, letter) || mx_store_is_user_outdated (reader, letter->note->sender);
}

static void
wait_for_devices (MxVerifications *self, const MxVerificationNote *note, const char *key)
{
  const char *const users[] = { note->sender, NULL };
  GPtrArray *notes = NULL;
  char *owned = NULL;

  if (g_hash_table_size (self->waiting) >= MAX_WAITING)
    return;

  notes = notes_new ();
  keep_note (notes, note);
  owned = g_strdup (key);
  g_hash_table_insert (self->waiting, owned, notes);
  mx_watch (self,
            mx_timeout (mx_device_tracker_ensure (self->session, users), DEVICES_MS),
            devices_cb,
            owned);
}

void
mx_verifications_take_note (MxVerifications *self, const MxVerificationNote *note)
{
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (note->content, -1, NULL);
  g_autofree char *key = NULL;
  GPtrArray *notes = NULL;
  MxLetterIn letter;

  if (self->session == NULL || document == NULL || !read_note (self, note, document, &letter))
    return;

  key = mx_verifications_make_key (note->room_id, letter.transaction_id);
  notes = g_hash_table_lookup (self->waiting, key);
  if (notes == NULL && letter.in_room && mx_verifications_find (self, key) == NULL &&
      letter.from_us == (letter.message == MX_VERIFICATION_MESSAGE_REQUEST))
    notes = g_hash_table_lookup (self->expected, note->room_id);

  if (notes != NULL)
    keep_note (notes, note);
  else if (g_hash_table_contains (self->ended, key))
    return;
  else if (needs_devices (self, &letter, key))
    wait_for_devices (self, note, key);
  else
    route (self, &letter, key);
}

void
mx_verifications_expect (MxVerifications *self, const char *room_id)
{
  if (!g_hash_table_contains (self->expected, room_id))
    g_hash_table_insert (self->expected, g_strdup (room_id), notes_new ());
}

void
mx_verifications_expect_no_more (MxVerifications *self, const char *room_id)
{
  g_autoptr (GPtrArray) notes = NULL;

  g_autofree char *key = NULL;

  g_hash_table_steal_extended (self->expected, room_id, (gpointer *) &key, (gpointer *) &notes);
  for (guint i = 0; notes != NULL && i < notes->len; i++)
    mx_verifications_take_note (self, g_ptr_array_index (notes, i));
}
