/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "megolm-fixture.h"

#include "mx-store-timeline.h"

#include <string.h>

#define FIRST_TS  (G_GINT64_CONSTANT (1900000000) * 1000)
#define MAX_TURNS 20

char *
json (const char *format, ...)
{
  va_list arguments;
  char *text;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  return g_strdelimit (text, "'", '"');
}

static MxEvent *
parse_event (const char *text)
{
  g_autoptr (GError) error = NULL;
  MxEvent *event = mx_event_new_from_text (text, &error);

  g_assert_no_error (error);

  return event;
}

MxEvent *
room_event (const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_strdelimit (text, "'", '"');

  return parse_event (text);
}

static MxRoomDelta *
add_room (MxSyncDelta *delta, const char *room_id)
{
  MxRoomDelta *room = mx_room_delta_new (room_id);

  room->membership = MX_MEMBERSHIP_JOIN;
  g_ptr_array_add (delta->rooms, room);

  return room;
}

void
seat_see (EncryptionFixture *server, Seat *seat, const char *room_id, ...)
{
  MxSyncDelta *delta = mx_sync_delta_new (MX_SYNC_CLASSIC);
  MxRoomDelta *room = add_room (delta, room_id);
  const char *event;
  va_list arguments;

  va_start (arguments, room_id);
  while ((event = va_arg (arguments, const char *)) != NULL)
    {
      g_autofree char *text = g_strdelimit (g_strdup (event), "'", '"');

      g_ptr_array_add (room->timeline, parse_event (text));
    }
  va_end (arguments);
  room->live = room->timeline->len;
  seat_sync (server, seat, delta);
}

static char *
member_event (const char *user_id, const char *membership)
{
  static unsigned serial;

  return json ("{'event_id':'$m%u','sender':'%s','type':'m.room.member','state_key':'%s',"
               "'origin_server_ts':1,'content':{'membership':'%s'}}",
               serial++,
               user_id,
               user_id,
               membership);
}

void
seat_enter (EncryptionFixture *server,
            Seat *seat,
            const char *room_id,
            const char *settings,
            const char *first,
            ...)
{
  MxSyncDelta *delta = mx_sync_delta_new (MX_SYNC_CLASSIC);
  MxRoomDelta *room = add_room (delta, room_id);
  g_autoptr (GPtrArray) members = g_ptr_array_new_with_free_func ((GDestroyNotify) mx_event_unref);
  g_autoptr (GError) error = NULL;
  va_list arguments;

  va_start (arguments, first);
  for (const char *user_id = first; user_id != NULL; user_id = va_arg (arguments, const char *))
    {
      g_autofree char *text = member_event (user_id, "join");

      g_ptr_array_add (members, parse_event (text));
      g_ptr_array_add (room->state, parse_event (text));
    }
  va_end (arguments);
  g_ptr_array_add (room->state,
                   room_event ("{'event_id':'$encryption','sender':'%s','type':'m.room.encryption',"
                               "'state_key':'','origin_server_ts':1,"
                               "'content':{'algorithm':'m.megolm.v1.aes-sha2'%s}}",
                               first,
                               settings));
  seat_sync (server, seat, delta);

  seat_begin (seat);
  mx_store_apply_members (seat->store, room_id, members, seat->changes, &error);
  g_assert_no_error (error);
  seat_commit (seat);
}

void
seat_member (EncryptionFixture *server,
             Seat *seat,
             const char *room_id,
             const char *user_id,
             const char *membership)
{
  g_autofree char *text = member_event (user_id, membership);

  seat_see (server, seat, room_id, text, NULL);
}

/* -- Encrypting */

static Seat *
find_seat (EncryptionFixture *server, const MxStoredDevice *device)
{
  for (guint i = 0; i < server->seats->len; i++)
    {
      Seat *seat = g_ptr_array_index (server->seats, i);

      if (g_str_equal (seat->user_id, device->user_id) &&
          g_str_equal (seat->device_id, device->device_id))
        return seat;
    }

  return NULL;
}

static void
help (EncryptionFixture *server, Seat *seat, MxRoomSessionNeeds *needs, MxRoomSessionTried *tried)
{
  g_assert_false (needs->members);
  if (needs->outdated != NULL)
    {
      for (gsize i = 0; needs->outdated[i] != NULL; i++)
        seat_query (server, seat, needs->outdated[i], NULL);
      tried->devices = TRUE;
      return;
    }
  for (guint i = 0; needs->unopened != NULL && i < needs->unopened->len; i++)
    {
      Seat *other = find_seat (server, g_ptr_array_index (needs->unopened, i));

      if (other != NULL)
        seat_claim (server, seat, other, FALSE);
    }
  tried->sessions |= needs->unopened != NULL;
  if (needs->flush)
    {
      seat_flush (server, seat);
      tried->flushed = TRUE;
    }
}

char *
seat_try_encrypt (EncryptionFixture *server,
                  Seat *seat,
                  const char *room_id,
                  const char *content,
                  GError **error)
{
  MxRoomSessionTried tried = {
    .for_verification = mx_room_session_is_for_verification ("m.room.message", content),
  };

  for (unsigned i = 0; i < MAX_TURNS; i++)
    {
      g_auto (MxRoomSessionNeeds) needs = { 0 };
      char *wire = NULL;

      seat_begin (seat);
      if (!mx_room_session_prepare (seat->machine, room_id, &tried, &needs, seat->changes, error))
        {
          seat_roll_back (seat);
          return NULL;
        }
      if (!mx_room_session_needs_any (&needs))
        {
          wire = mx_room_session_encrypt (seat->machine, room_id, "m.room.message", content, error);
          if (wire == NULL)
            seat_roll_back (seat);
          else
            seat_commit (seat);
          return wire;
        }
      seat_commit (seat);
      help (server, seat, &needs, &tried);
    }
  g_assert_not_reached ();
}

char *
seat_encrypt (EncryptionFixture *server, Seat *seat, const char *room_id, const char *body)
{
  g_autofree char *content = json ("{'msgtype':'m.text','body':'%s'}", body);
  g_autoptr (GError) error = NULL;
  char *wire = seat_try_encrypt (server, seat, room_id, content, &error);

  g_assert_no_error (error);
  g_assert_nonnull (wire);

  return wire;
}

/* -- Reading */

void
seat_hear (EncryptionFixture *server,
           Seat *seat,
           const char *room_id,
           const char *event_id,
           const char *sender,
           const char *wire)
{
  g_autofree char *text =
    g_strdup_printf ("{\"event_id\":\"%s\",\"sender\":\"%s\",\"type\":\"m.room.encrypted\","
                     "\"origin_server_ts\":%" G_GINT64_FORMAT ",\"content\":%s}",
                     event_id,
                     sender,
                     FIRST_TS,
                     wire);

  seat_see (server, seat, room_id, text, NULL);
}

char *
seat_read (Seat *seat, const char *room_id, const char *event_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MxTimelineRow) row = mx_store_load_event (seat->store, room_id, event_id, &error);

  g_assert_no_error (error);
  g_assert_nonnull (row);
  if (row->failure != MX_DECRYPTION_OK)
    return g_strconcat ("!", mx_decryption_failure_get_name (row->failure), NULL);

  return g_strdup (mx_json_get_string (mx_event_get_content (row->event), "body"));
}

void
seat_assert_reads (Seat *seat, const char *event_id, const char *expected)
{
  g_autofree char *text = seat_read (seat, ROOM, event_id);

  g_assert_cmpstr (text, ==, expected);
}

/* -- Details */

char *
wire_session (const char *wire)
{
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (wire, -1, NULL);

  return g_strdup (mx_json_get_string (mx_json_document_root (document), "session_id"));
}

char *
wire_replace (const char *wire, const char *member, const char *value)
{
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (wire, -1, NULL);
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  const char *name = NULL;
  MxJsonIter iter;
  MxJson old;

  mx_json_begin_object (writer, NULL);
  mx_json_iter_init (&iter, mx_json_document_root (document));
  while (mx_json_iter_next (&iter, &name, &old))
    if (!g_str_equal (name, member))
      mx_json_add_json (writer, name, old);
  mx_json_add_string (writer, member, value);
  mx_json_end (writer);

  return mx_json_writer_to_text (writer);
}

unsigned
seat_count_clear (Seat *seat, const char *type)
{
  unsigned count = 0;

  for (guint i = 0; i < seat->inbox->len; i++)
    {
      g_autoptr (MxJsonDocument) document =
        mx_json_document_parse (g_ptr_array_index (seat->inbox, i), -1, NULL);

      count += g_strcmp0 (mx_json_get_string (mx_json_document_root (document), "type"), type) == 0;
    }

  return count;
}

void
seat_set_device (Seat *seat, Seat *other, gboolean cross_signed, MxLocalTrust trust)
{
  g_autoptr (MxStoredDevice) device =
    mx_store_get_device (seat->store, other->user_id, other->device_id);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (device);
  device->is_cross_signed = cross_signed;
  device->trust = trust;
  seat_begin (seat);
  mx_store_put_device (seat->store, device, &error);
  g_assert_no_error (error);
  seat_commit (seat);
}

void
seat_set_policy (Seat *seat, gboolean share_with_all)
{
  const MxEncryptionPolicy policy = { .share_with_all = share_with_all };

  mx_olm_machine_set_policy (seat->machine, &policy);
}

MxStoredOutbound *
seat_outbound (Seat *seat)
{
  MxStoredOutbound *session = mx_store_get_outbound (seat->store, ROOM);

  g_assert_nonnull (session);

  return session;
}

void
seat_put_outbound (Seat *seat, const MxStoredOutbound *session)
{
  g_autoptr (GError) error = NULL;

  seat_begin (seat);
  mx_store_put_outbound (seat->store, session, &error);
  g_assert_no_error (error);
  seat_commit (seat);
}

/* -- Sessions without a device */

void
session_init (Session *self)
{
  g_autoptr (GError) error = NULL;

  self->olm = mx_megolm_outbound_new ();
  self->id = mx_megolm_outbound_dup_id (self->olm);
  self->key = mx_megolm_outbound_dup_key (self->olm, &error);
  g_assert_no_error (error);
}

void
session_clear (Session *self)
{
  g_clear_pointer (&self->olm, mx_megolm_outbound_free);
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->key, mx_secret_unref);
}

/* The key as it is now. */
MxSecret *
session_key_now (Session *self)
{
  return mx_megolm_outbound_dup_key (self->olm, NULL);
}

/* A wire content of any plaintext (JSON with ' for "). */
char *
session_encrypt (Session *self, const char *plaintext)
{
  g_autofree char *text = json ("%s", plaintext);
  g_autofree char *ciphertext = mx_megolm_outbound_encrypt (self->olm, text, strlen (text), NULL);

  return g_strdup_printf (
    "{\"algorithm\":\"m.megolm.v1.aes-sha2\",\"session_id\":\"%s\",\"ciphertext\":\"%s\"}",
    self->id,
    ciphertext);
}

char *
session_say (Session *self, const char *body)
{
  g_autofree char *text = g_strdup_printf (
    "{'type':'m.room.message','room_id':'%s','content':{'msgtype':'m.text','body':'%s'}}",
    ROOM,
    body);

  return session_encrypt (self, text);
}

/* -- A conversation */

void
conversation_set_up (Conversation *self, gconstpointer settings)
{
  encryption_fixture_init (&self->server);
  self->alice = encryption_fixture_add (&self->server, ALICE, "ALICE");
  self->bob = encryption_fixture_add (&self->server, BOB, "BOB");
  seat_upload (&self->server, self->alice);
  seat_upload (&self->server, self->bob);
  seat_enter (&self->server, self->alice, ROOM, settings ? settings : "", ALICE, BOB, NULL);
  seat_enter (&self->server, self->bob, ROOM, "", ALICE, BOB, NULL);
}

void
conversation_tear_down (Conversation *self, gconstpointer unused)
{
  encryption_fixture_clear (&self->server);
}

char *
conversation_write_message (Conversation *self, const char *event_id)
{
  g_autofree char *wire = seat_encrypt (&self->server, self->alice, ROOM, event_id);

  seat_hear (&self->server, self->alice, ROOM, event_id, ALICE, wire);
  seat_hear (&self->server, self->bob, ROOM, event_id, ALICE, wire);

  return wire_session (wire);
}

Seat *
conversation_add_device (Conversation *self, const char *user_id, const char *device_id)
{
  Seat *seat = encryption_fixture_add (&self->server, user_id, device_id);

  seat_upload (&self->server, seat);
  seat_enter (&self->server, seat, ROOM, "", ALICE, BOB, NULL);
  seat_query (&self->server, self->alice, user_id, NULL);

  return seat;
}

void
conversation_say_visibility (Conversation *self, const char *event_id, const char *visibility)
{
  g_autofree char *event =
    json ("{'event_id':'%s','sender':'%s','type':'m.room.history_visibility','state_key':'',"
          "'origin_server_ts':3,'content':{'history_visibility':'%s'}}",
          event_id,
          BOB,
          visibility);

  seat_see (&self->server, self->alice, ROOM, event, NULL);
}
