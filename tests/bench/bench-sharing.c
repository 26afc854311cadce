/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* bench-sharing FOLDER DEVICES: the devices of a room are learned, a new session is shared with all
 * of them (keys claimed from a stand-in for the server, everything committed and taken out of the
 * queue as it would leave), and messages are encrypted. */
#include "device.h"

#include "mx-device-keys.h"
#include "mx-device-tracker.h"
#include "mx-olm-claims.h"
#include "mx-room-session.h"
#include "mx-store-outbox.h"
#include "mx-store-to-device.h"

#include <string.h>

#define BATCH    250
#define MESSAGES 200
#define TURNS    1000

#define CONTENT                                                                                    \
  "{\"msgtype\":\"m.text\",\"m.mentions\":{},\"body\":\"Le compte rendu de la réunion est relu ; " \
  "la note part demain au service, avec le calendrier et le budget du projet. Merci de confirmer " \
  "avant vendredi.\"}"

/* The server: of each user, the one device and its one-time key, as JSON texts. */
typedef struct
{
  GPtrArray *user_ids;
  GPtrArray *device_keys;
  GHashTable *one_time; /* user id → "signed_curve25519:id":object */
} Server;

static void
server_add (Server *self, unsigned number)
{
  g_autoptr (MxOlmAccount) account = mx_olm_account_new ();
  char *user_id = g_strdup_printf ("@agent%u:bench.test", number);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) keys = NULL;
  g_autofree char *object = NULL;
  const MxOlmPublicKey *key = NULL;

  g_ptr_array_add (self->user_ids, user_id);
  g_ptr_array_add (self->device_keys,
                   mx_device_keys_new_signed (account, user_id, "DEVICE", &error));
  bench_check (error);
  mx_olm_account_generate_one_time_keys (account, 1, &error);
  bench_check (error);
  keys = mx_olm_account_dup_one_time_keys (account, &error);
  bench_check (error);
  key = g_ptr_array_index (keys, 0);
  object = mx_device_keys_new_one_time_key (account, user_id, "DEVICE", key, FALSE, &error);
  bench_check (error);
  g_hash_table_insert (self->one_time,
                       user_id,
                       g_strdup_printf ("\"signed_curve25519:%s\":%s", key->id, object));
}

static void
server_init (Server *self, unsigned devices)
{
  self->user_ids = g_ptr_array_new_with_free_func (g_free);
  self->device_keys = g_ptr_array_new_with_free_func (g_free);
  self->one_time = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  for (unsigned i = 0; i < devices; i++)
    server_add (self, i);
}

static void
server_clear (Server *self)
{
  g_clear_pointer (&self->one_time, g_hash_table_unref);
  g_clear_pointer (&self->device_keys, g_ptr_array_unref);
  g_clear_pointer (&self->user_ids, g_ptr_array_unref);
}

static MxJsonDocument *
parse (GString *text)
{
  g_autoptr (GError) error = NULL;
  MxJsonDocument *document = mx_json_document_parse (text->str, (gssize) text->len, &error);

  bench_check (error);
  g_string_free (text, TRUE);

  return document;
}

/* -- Learning the devices */

static void
learn (Server *server, BenchDevice *device)
{
  for (guint first = 0; first < server->user_ids->len; first += BATCH)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GStrvBuilder) users = g_strv_builder_new ();
      g_autoptr (MxJsonDocument) reply = NULL;
      g_auto (GStrv) user_ids = NULL;
      GString *text = g_string_new ("{\"device_keys\":{");

      for (guint i = first; i < MIN (first + BATCH, server->user_ids->len); i++)
        {
          g_strv_builder_add (users, g_ptr_array_index (server->user_ids, i));
          g_string_append_printf (text,
                                  "%s\"%s\":{\"DEVICE\":%s}",
                                  i > first ? "," : "",
                                  (char *) g_ptr_array_index (server->user_ids, i),
                                  (char *) g_ptr_array_index (server->device_keys, i));
        }
      g_string_append (text, "}}");
      reply = parse (text);
      user_ids = g_strv_builder_end (users);
      bench_device_begin (device);
      mx_device_tracker_apply (device->machine,
                               (const char *const *) user_ids,
                               G_MAXINT64,
                               mx_json_document_root (reply),
                               device->changes,
                               &error);
      bench_check (error);
      bench_device_commit (device);
    }
}

static void
learn_own (BenchDevice *device)
{
  const char *const user_ids[] = { OWN_ID, NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *keys = mx_olm_machine_dup_device_keys (device->machine, &error);
  GString *text = g_string_new (NULL);
  g_autoptr (MxJsonDocument) reply = NULL;

  bench_check (error);
  g_string_printf (text, "{\"device_keys\":{\"" OWN_ID "\":{\"" OWN_DEVICE "\":%s}}}", keys);
  reply = parse (text);
  bench_device_begin (device);
  mx_device_tracker_apply (device->machine,
                           user_ids,
                           G_MAXINT64,
                           mx_json_document_root (reply),
                           device->changes,
                           &error);
  bench_check (error);
  bench_device_commit (device);
}

/* -- Sharing */

static void
claim (Server *server, BenchDevice *device, GPtrArray *unopened)
{
  for (guint first = 0; first < unopened->len; first += BATCH)
    {
      g_autoptr (GPtrArray) wanted = g_ptr_array_new ();
      g_autoptr (GPtrArray) chosen = NULL;
      g_autoptr (MxJsonDocument) reply = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *body = NULL;
      GString *text = g_string_new ("{\"one_time_keys\":{");

      for (guint i = first; i < MIN (first + BATCH, unopened->len); i++)
        g_ptr_array_add (wanted, g_ptr_array_index (unopened, i));
      chosen =
        mx_olm_claims_choose (device->machine, wanted, FALSE, g_get_real_time () / 1000, NULL);
      body = mx_olm_claims_write_body (chosen);
      for (guint i = 0; i < chosen->len; i++)
        {
          const MxStoredDevice *one = g_ptr_array_index (chosen, i);

          g_string_append_printf (text,
                                  "%s\"%s\":{\"DEVICE\":{%s}}",
                                  i > 0 ? "," : "",
                                  one->user_id,
                                  (char *) g_hash_table_lookup (server->one_time, one->user_id));
        }
      g_string_append (text, "}}");
      reply = parse (text);
      bench_device_begin (device);
      mx_olm_claims_apply (device->machine,
                           chosen,
                           FALSE,
                           g_get_real_time () / 1000,
                           mx_json_document_root (reply),
                           device->changes,
                           &error);
      bench_check (error);
      bench_device_commit (device);
    }
}

static void
flush (BenchDevice *device)
{
  for (;;)
    {
      g_autoptr (MxToDeviceBatch) batch = NULL;
      g_autoptr (GError) error = NULL;

      bench_device_begin (device);
      batch = mx_store_next_to_device (device->store, BATCH, &error);
      bench_check (error);
      bench_device_commit (device);
      if (batch == NULL)
        return;
      bench_device_begin (device);
      mx_store_to_device_sent (device->store, batch->txn_id, &error);
      bench_check (error);
      bench_device_commit (device);
    }
}

/* What mx-room-encrypter.c does, until nothing is missing; then the message. txn_id NULL: none. */
static void
encrypt (Server *server, BenchDevice *device, const char *txn_id)
{
  MxRoomSessionTried tried = { 0 };

  for (unsigned turn = 0; turn < TURNS; turn++)
    {
      g_auto (MxRoomSessionNeeds) needs = { 0 };
      g_autoptr (GError) error = NULL;
      g_autofree char *wire = NULL;
      gboolean ready = FALSE;

      bench_device_begin (device);
      mx_room_session_prepare (device->machine, ROOM_ID, &tried, &needs, device->changes, &error);
      bench_check (error);
      ready = needs.unopened == NULL && !needs.flush && !needs.more;
      if (ready && txn_id != NULL)
        {
          wire =
            mx_room_session_encrypt (device->machine, ROOM_ID, "m.room.message", CONTENT, &error);
          bench_check (error);
          mx_store_outbox_set_wire (device->store, txn_id, "m.room.encrypted", wire, &error);
          bench_check (error);
        }
      bench_device_commit (device);
      if (ready)
        return;

      g_assert (!needs.members && needs.outdated == NULL);
      if (needs.unopened != NULL)
        {
          claim (server, device, needs.unopened);
          tried.sessions = TRUE;
        }
      else if (needs.flush && !needs.more)
        {
          flush (device);
          tried.flushed = TRUE;
        }
    }
  g_error ("Sharing does not end");
}

/* -- A message, from what was typed to what leaves */

static void
send_message (Server *server, BenchDevice *device, unsigned number)
{
  g_autofree char *txn_id = g_strdup_printf ("t%u", number);
  g_autoptr (GError) error = NULL;
  MxOutboxRow row = { .room_id = (char *) ROOM_ID,
                      .txn_id = txn_id,
                      .event_type = (char *) "m.room.message",
                      .content = (char *) CONTENT };

  bench_device_begin (device);
  mx_store_outbox_add (device->store, &row, device->changes, &error);
  bench_check (error);
  bench_device_commit (device);
  encrypt (server, device, txn_id);

  /* It left, and its echo came. */
  bench_device_begin (device);
  mx_store_outbox_remove (device->store, txn_id, device->changes, &error);
  bench_check (error);
  bench_device_commit (device);
}

int
main (int argc, char **argv)
{
  BenchDevice device = { 0 };
  Server server = { 0 };
  double spent[MESSAGES];
  double begun = 0;

  if (argc != 3)
    return 2;
  bench_device_open (&device, argv[1]);
  server_init (&server, (unsigned) g_ascii_strtoull (argv[2], NULL, 10));
  bench_device_enter (&device, server.user_ids);
  learn_own (&device);

  begun = bench_cpu ();
  learn (&server, &device);
  bench_report ("sharing.learn", bench_cpu () - begun, "ms");

  begun = bench_cpu ();
  encrypt (&server, &device, NULL);
  bench_report ("sharing.share", bench_cpu () - begun, "ms");

  for (unsigned i = 0; i < MESSAGES; i++)
    {
      begun = bench_cpu ();
      send_message (&server, &device, i);
      spent[i] = (bench_cpu () - begun) * 1e3;
    }
  bench_report ("sharing.encrypt", bench_median (spent, MESSAGES), "us");

  server_clear (&server);
  bench_device_close (&device);

  return 0;
}
