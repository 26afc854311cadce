/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-room-encrypter.h. The account thread says what is missing (members, device lists, Olm
 * sessions, keys that are still on their way); the flow gets it and asks again, until nothing is.
 * The last look and the encryption are one transaction, so it does not matter what else happens
 * meanwhile. In an ordinary room whose key is shared, that is the only step. */
#include "config.h"

#include "mx-room-encrypter.h"

#include "mx-device-tracker.h"
#include "mx-error.h"
#include "mx-olm-outbox.h"
#include "mx-room-list.h"
#include "mx-room-private.h"
#include "mx-room-session.h"
#include "mx-store-outbox.h"

/* Of a room where people come and go while one asks. */
#define MAX_STEPS 100
/* Sharing early is worth trying again after this time. */
#define PREPARE_AGAIN_US (60 * G_USEC_PER_SEC)

typedef struct
{
  MxSession *session;
  MxScope *scope;
  char *room_id;
  char *txn_id; /* NULL: only the key is shared */

  /* Of one step, filled in on the account thread while the flow waits. */
  MxRoomSessionTried tried;
  MxRoomSessionNeeds needs;
  char *wire;
} Encryption;

static Encryption *
encryption_new (MxSession *session, const char *room_id, const char *txn_id)
{
  Encryption *self = g_new0 (Encryption, 1);

  self->session = g_object_ref (session);
  self->scope = mx_scope_ref (mx_session_get_scope (session));
  self->room_id = g_strdup (room_id);
  self->txn_id = g_strdup (txn_id);

  return self;
}

static void
encryption_free (gpointer data)
{
  Encryption *self = data;

  mx_room_session_needs_clear (&self->needs);
  g_clear_object (&self->session);
  g_clear_pointer (&self->scope, mx_scope_unref);
  g_free (self->room_id);
  g_free (self->txn_id);
  g_free (self->wire);
  g_free (self);
}

/* -- On the account thread */

/* What is encrypted is what the entry holds now: it may have been edited while the key was shared.
 */
static gboolean
encrypt_entry (Encryption *self, MxOlmMachine *machine, MxStore *store, GError **error)
{
  g_autoptr (MxOutboxRow) row = mx_store_outbox_get (store, self->txn_id);

  if (row == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The message was deleted");
      return FALSE;
    }
  /* Never the same message by two indices. */
  if (row->wire_content != NULL)
    {
      self->wire = g_strdup (row->wire_content);
      return TRUE;
    }

  self->wire =
    mx_room_session_encrypt (machine, self->room_id, row->event_type, row->content, error);

  return self->wire != NULL &&
         mx_store_outbox_set_wire (store, self->txn_id, "m.room.encrypted", self->wire, error);
}

static gboolean
step_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  Encryption *self = data;
  MxOlmMachine *machine = mx_session_get_machine (self->session);

  if (machine == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The session is closed");
      return FALSE;
    }
  if (!mx_room_session_prepare (machine, self->room_id, &self->tried, &self->needs, changes, error))
    return FALSE;

  return self->txn_id == NULL || mx_room_session_needs_any (&self->needs) ||
         encrypt_entry (self, machine, store, error);
}

/* -- The flow */

/* Without all members somebody would be left out (E2E-024). */
static gboolean
load_members (Encryption *self, GError **error)
{
  MxRoom *room = mx_room_list_find (mx_session_get_rooms (self->session), self->room_id);

  if (room != NULL)
    return dex_await (mx_guard (self->scope, mx_room_ensure_members (room)), error);

  g_set_error_literal (error, MX_SESSION_ERROR, MX_SESSION_ERROR_NO_SUCH_ROOM, "No such room");
  return FALSE;
}

/* Gets what the last step lacked. */
static gboolean
help (Encryption *self, GError **error)
{
  if (self->needs.members)
    return load_members (self, error);

  if (self->needs.outdated != NULL)
    {
      self->tried.devices = TRUE;
      return dex_await (mx_guard (self->scope,
                                  mx_device_tracker_ensure (self->session,
                                                            (const char *const *)
                                                              self->needs.outdated)),
                        error);
    }

  if (self->needs.unopened != NULL)
    {
      if (!dex_await (mx_guard (self->scope,
                                mx_olm_claims_ensure (self->session, self->needs.unopened, FALSE)),
                      error))
        return FALSE;
      self->tried.sessions = TRUE;
    }
  if (self->needs.flush && self->needs.unopened == NULL && !self->needs.more)
    {
      if (!dex_await (mx_guard (self->scope, mx_olm_outbox_flush (self->session)), error))
        return FALSE;
      self->tried.flushed = TRUE;
    }

  return TRUE;
}

static DexFuture *
encrypt_fiber (gpointer data)
{
  Encryption *self = data;
  GError *error = NULL;

  /* What is stored may be days old (E2E-026). */
  if (!mx_session_wait_live (self->session, self->scope, &error))
    return dex_future_new_for_error (error);

  for (unsigned i = 0; i < MAX_STEPS; i++)
    {
      mx_room_session_needs_clear (&self->needs);
      /* Not guarded: the account thread has our memory until it is done. */
      if (!dex_await (mx_session_write (self->session, step_work, self, NULL), &error))
        return dex_future_new_for_error (error);
      if (self->wire != NULL)
        return dex_future_new_take_string (g_steal_pointer (&self->wire));
      if (!mx_room_session_needs_any (&self->needs))
        return dex_future_new_take_string (g_strdup (""));
      if (!help (self, &error))
        return dex_future_new_for_error (error);
    }

  return dex_future_new_reject (MX_SESSION_ERROR,
                                MX_SESSION_ERROR_NO_MEMBERS,
                                "Who is in the room does not settle");
}

DexFuture *
mx_room_encrypter_encrypt (MxSession *session,
                           const char *room_id,
                           const char *txn_id,
                           const char *type,
                           const char *content)
{
  Encryption *self = NULL;

  g_return_val_if_fail (MX_IS_SESSION (session), NULL);
  g_return_val_if_fail (room_id != NULL && txn_id != NULL, NULL);

  self = encryption_new (session, room_id, txn_id);
  self->tried.for_verification = mx_room_session_is_for_verification (type, content);

  return mx_flow_run (encrypt_fiber, self, encryption_free);
}

static gboolean
rotate_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  return mx_store_end_outbound (store, data, error);
}

DexFuture *
mx_room_encrypter_rotate (MxSession *session, const char *room_id)
{
  g_return_val_if_fail (MX_IS_SESSION (session), NULL);
  g_return_val_if_fail (room_id != NULL, NULL);

  return mx_session_write (session, rotate_work, g_strdup (room_id), g_free);
}

void
mx_room_encrypter_prepare (MxSession *session, const char *room_id)
{
  MxRoom *room = NULL;
  gint64 now = g_get_monotonic_time ();

  g_return_if_fail (MX_IS_SESSION (session));

  room = mx_room_list_find (mx_session_get_rooms (session), room_id);
  if (room == NULL || !room->row->is_encrypted || mx_session_get_http (session) == NULL ||
      mx_session_get_connection (session) == MX_CONNECTION_OFFLINE ||
      (room->prepared_us != 0 && now - room->prepared_us < PREPARE_AGAIN_US))
    return;

  room->prepared_us = now;
  mx_flow_start ("sharing a room key",
                 encrypt_fiber,
                 encryption_new (session, room_id, NULL),
                 encryption_free);
}
