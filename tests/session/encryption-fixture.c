/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "encryption-fixture.h"

#include "mx-device-recovery.h"
#include "mx-device-tracker.h"
#include "mx-key-upload.h"
#include "mx-matrix-id.h"
#include "mx-olm-claims.h"
#include "mx-olm-outbox.h"
#include "mx-store-to-device.h"

#include <glib/gstdio.h>
#include <string.h>

#define KEY_SIZE 32
#define BATCH    250

static gint64
now (void)
{
  return g_get_real_time () / 1000;
}

static MxJsonDocument *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  MxJsonDocument *document = mx_json_document_parse (text, -1, &error);

  g_assert_no_error (error);

  return document;
}

/* -- Seats */

static void
seat_open (Seat *self)
{
  const MxEncryptionPolicy policy = { .share_with_all = TRUE };
  g_autofree char *path = g_build_filename (self->folder, "store.db", NULL);
  g_autoptr (GError) error = NULL;

  self->store = mx_store_open (path, self->key, MX_STORE_WRITE, &error);
  g_assert_no_error (error);
  self->machine =
    mx_olm_machine_new (self->store, self->user_id, self->device_id, self->key, &policy, &error);
  g_assert_no_error (error);
}

static void
seat_close (Seat *self)
{
  g_clear_pointer (&self->machine, mx_olm_machine_free);
  g_clear_pointer (&self->store, mx_store_close);
}

static void
seat_free (gpointer data)
{
  Seat *self = data;
  const char *const names[] = { "store.db", "store.db-wal", "store.db-shm", "store.lock" };

  seat_close (self);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (self->folder, names[i], NULL);

      g_remove (path);
    }
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_clear_pointer (&self->key, mx_secret_unref);
  g_clear_pointer (&self->changes, mx_store_changes_unref);
  g_clear_pointer (&self->inbox, g_ptr_array_unref);
  g_clear_pointer (&self->one_time, g_hash_table_unref);
  g_queue_clear_full (&self->one_time_order, g_free);
  g_free (self->fallback);
  g_free (self->device_keys);
  g_free (self->user_id);
  g_free (self->device_id);
  g_free (self->folder);
  g_free (self);
}

void
seat_begin (Seat *self)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->changes, mx_store_changes_unref);
  self->changes = mx_store_changes_new ();
  mx_store_begin (self->store, &error);
  g_assert_no_error (error);
}

void
seat_commit (Seat *self)
{
  g_autoptr (GError) error = NULL;

  mx_store_commit (self->store, &error);
  g_assert_no_error (error);
}

void
seat_roll_back (Seat *self)
{
  mx_store_rollback (self->store);
}

void
seat_restart (Seat *self)
{
  seat_close (self);
  seat_open (self);
}

GBytes *
seat_save (Seat *self)
{
  g_autofree char *path = g_build_filename (self->folder, "store.db", NULL);
  g_autoptr (GError) error = NULL;
  char *data = NULL;
  gsize size = 0;

  seat_close (self);
  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  seat_open (self);

  return g_bytes_new_take (data, size);
}

void
seat_put_back (Seat *self, GBytes *saved)
{
  g_autofree char *path = g_build_filename (self->folder, "store.db", NULL);
  g_autoptr (GError) error = NULL;
  gsize size = 0;
  const char *data = g_bytes_get_data (saved, &size);

  seat_close (self);
  g_file_set_contents (path, data, (gssize) size, &error);
  g_assert_no_error (error);
  seat_open (self);
}

/* -- The server */

void
encryption_fixture_init (EncryptionFixture *self)
{
  *self = (EncryptionFixture) { 0 };
  self->seats = g_ptr_array_new_with_free_func (seat_free);
  self->cross_signing = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->dead_servers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

void
encryption_fixture_clear (EncryptionFixture *self)
{
  g_clear_pointer (&self->seats, g_ptr_array_unref);
  g_clear_pointer (&self->cross_signing, g_hash_table_unref);
  g_clear_pointer (&self->dead_servers, g_hash_table_unref);
}

Seat *
encryption_fixture_add (EncryptionFixture *self, const char *user_id, const char *device_id)
{
  Seat *seat = g_new0 (Seat, 1);
  g_autoptr (GError) error = NULL;

  seat->user_id = g_strdup (user_id);
  seat->device_id = g_strdup (device_id);
  seat->folder = g_dir_make_tmp ("chappe-seat-XXXXXX", &error);
  g_assert_no_error (error);
  seat->key = mx_secret_new_random (KEY_SIZE);
  seat->inbox = g_ptr_array_new_with_free_func (g_free);
  seat->one_time = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_queue_init (&seat->one_time_order);
  g_ptr_array_add (self->seats, seat);
  seat_open (seat);

  return seat;
}

static Seat *
find_seat (EncryptionFixture *self, const char *user_id, const char *device_id)
{
  for (guint i = 0; i < self->seats->len; i++)
    {
      Seat *seat = g_ptr_array_index (self->seats, i);

      if (g_str_equal (seat->user_id, user_id) && g_str_equal (seat->device_id, device_id))
        return seat;
    }

  return NULL;
}

static gboolean
is_dead (EncryptionFixture *self, const char *user_id)
{
  return g_hash_table_contains (self->dead_servers, mx_id_get_server (user_id));
}

static void
add_failures (EncryptionFixture *self, MxJsonWriter *writer)
{
  GHashTableIter iter;
  gpointer server = NULL;

  mx_json_begin_object (writer, "failures");
  g_hash_table_iter_init (&iter, self->dead_servers);
  while (g_hash_table_iter_next (&iter, &server, NULL))
    {
      mx_json_begin_object (writer, server);
      mx_json_end (writer);
    }
  mx_json_end (writer);
}

/* -- /keys/upload */

/* Another key is there under one of the ids. */
static gboolean
has_conflict (Seat *seat, MxJson body)
{
  const char *id = NULL;
  MxJsonIter iter;
  MxJson value;

  mx_json_iter_init (&iter, mx_json_get (body, "one_time_keys"));
  while (mx_json_iter_next (&iter, &id, &value))
    {
      g_autofree char *text = mx_json_to_text (value);
      const char *there = g_hash_table_lookup (seat->one_time, id);

      if (there != NULL && !g_str_equal (there, text))
        return TRUE;
    }

  return FALSE;
}

/* Takes back what the server has of its keys. */
static void
drain (EncryptionFixture *self, Seat *seat)
{
  while (mx_key_upload_must_drain (seat->machine))
    {
      g_autofree char *claim = mx_key_upload_write_claim (seat->machine);
      g_autofree char *answer = encryption_fixture_answer_claim (self, claim);
      g_autoptr (MxJsonDocument) reply = parse (answer);
      g_autoptr (GError) error = NULL;

      seat_begin (seat);
      mx_key_upload_drained (seat->machine, mx_json_document_root (reply), &error);
      g_assert_no_error (error);
      seat_commit (seat);
    }
}

static void
take_upload (Seat *seat, MxJson body)
{
  const char *id = NULL;
  MxJsonIter iter;
  MxJson value;

  if (mx_json_is_object (mx_json_get (body, "device_keys")))
    {
      g_free (seat->device_keys);
      seat->device_keys = mx_json_to_text (mx_json_get (body, "device_keys"));
    }
  mx_json_iter_init (&iter, mx_json_get (body, "one_time_keys"));
  while (mx_json_iter_next (&iter, &id, &value))
    {
      char *text = mx_json_to_text (value);

      g_assert_true (g_hash_table_insert (seat->one_time, g_strdup (id), text));
      g_queue_push_tail (&seat->one_time_order, g_strdup (id));
    }
  if (mx_json_is_object (mx_json_get (body, "fallback_keys")))
    {
      g_free (seat->fallback);
      seat->fallback = mx_json_to_text (mx_json_get (body, "fallback_keys"));
      seat->fallback_used = FALSE;
    }
}

void
seat_upload (EncryptionFixture *self, Seat *seat)
{
  for (;;)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MxJsonDocument) document = NULL;
      g_autoptr (MxJsonDocument) reply = NULL;
      g_autofree char *body = NULL;
      g_autofree char *answer = NULL;
      gint64 wait_ms = 0;

      drain (self, seat);
      seat_begin (seat);
      mx_key_upload_prepare (seat->machine, now (), &body, &wait_ms, &error);
      g_assert_no_error (error);
      seat_commit (seat);
      if (body == NULL)
        return;

      document = parse (body);
      if (has_conflict (seat, mx_json_document_root (document)))
        {
          seat_begin (seat);
          mx_device_recovery_take_conflict (seat->machine, now (), seat->changes, &error);
          g_assert_no_error (error);
          seat_commit (seat);
          continue;
        }
      take_upload (seat, mx_json_document_root (document));
      answer = g_strdup_printf ("{\"one_time_key_counts\":{\"signed_curve25519\":%u}}",
                                g_hash_table_size (seat->one_time));
      reply = parse (answer);
      seat_begin (seat);
      mx_key_upload_accepted (seat->machine, now (), mx_json_document_root (reply), &error);
      g_assert_no_error (error);
      seat_commit (seat);
    }
}

/* -- /keys/query */

static void
add_devices (EncryptionFixture *self, MxJsonWriter *writer, const char *user_id)
{
  mx_json_begin_object (writer, user_id);
  for (guint i = 0; i < self->seats->len; i++)
    {
      Seat *seat = g_ptr_array_index (self->seats, i);
      g_autoptr (MxJsonDocument) document = NULL;

      if (seat->device_keys == NULL || !g_str_equal (seat->user_id, user_id))
        continue;
      document = parse (seat->device_keys);
      mx_json_add_json (writer, seat->device_id, mx_json_document_root (document));
    }
  mx_json_end (writer);
}

static void
add_cross_signing (EncryptionFixture *self,
                   MxJsonWriter *writer,
                   const char *usage,
                   const char *const *user_ids)
{
  g_autofree char *name = g_strconcat (usage, "_keys", NULL);

  mx_json_begin_object (writer, name);
  for (gsize i = 0; user_ids[i] != NULL; i++)
    {
      g_autofree char *place = g_strconcat (usage, " ", user_ids[i], NULL);
      const char *text = g_hash_table_lookup (self->cross_signing, place);
      g_autoptr (MxJsonDocument) document = text != NULL ? parse (text) : NULL;

      if (document != NULL && !is_dead (self, user_ids[i]))
        mx_json_add_json (writer, user_ids[i], mx_json_document_root (document));
    }
  mx_json_end (writer);
}

char *
encryption_fixture_answer_query (EncryptionFixture *self, const char *const *user_ids)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();

  mx_json_begin_object (writer, NULL);
  mx_json_begin_object (writer, "device_keys");
  for (gsize i = 0; user_ids[i] != NULL; i++)
    if (!is_dead (self, user_ids[i]))
      add_devices (self, writer, user_ids[i]);
  mx_json_end (writer);
  add_cross_signing (self, writer, "master", user_ids);
  add_cross_signing (self, writer, "self_signing", user_ids);
  add_cross_signing (self, writer, "user_signing", user_ids);
  add_failures (self, writer);
  mx_json_end (writer);
  self->queries++;

  return mx_json_writer_to_text (writer);
}

static void
query_outdated (EncryptionFixture *self, Seat *seat)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MxJsonDocument) document = NULL;
  g_autofree char *reply = NULL;
  g_auto (GStrv) user_ids = NULL;
  gint64 sequence = 0;

  user_ids = mx_store_load_outdated (seat->store, BATCH, &sequence);
  if (user_ids[0] == NULL)
    return;

  reply = encryption_fixture_answer_query (self, (const char *const *) user_ids);
  document = parse (reply);
  seat_begin (seat);
  mx_device_tracker_apply (seat->machine,
                           (const char *const *) user_ids,
                           sequence,
                           mx_json_document_root (document),
                           seat->changes,
                           &error);
  g_assert_no_error (error);
  seat_commit (seat);
}

void
seat_query (EncryptionFixture *self, Seat *seat, const char *first, ...)
{
  va_list arguments;

  seat_begin (seat);
  va_start (arguments, first);
  for (const char *user_id = first; user_id != NULL; user_id = va_arg (arguments, const char *))
    {
      g_assert_true (mx_store_track_user (seat->store, user_id, NULL));
      g_assert_true (mx_store_mark_user_outdated (seat->store, user_id, NULL));
    }
  va_end (arguments);
  seat_commit (seat);
  query_outdated (self, seat);
}

/* -- /keys/claim */

/* The oldest one-time key, else the fallback key, as often as asked. */
static void
add_claimed (MxJsonWriter *writer, Seat *seat)
{
  g_autofree char *id = g_queue_pop_head (&seat->one_time_order);
  g_autoptr (MxJsonDocument) document = NULL;

  if (id != NULL)
    {
      document = parse (g_hash_table_lookup (seat->one_time, id));
      mx_json_begin_object (writer, seat->device_id);
      mx_json_add_json (writer, id, mx_json_document_root (document));
      mx_json_end (writer);
      g_hash_table_remove (seat->one_time, id);
    }
  else if (seat->fallback != NULL)
    {
      document = parse (seat->fallback);
      mx_json_add_json (writer, seat->device_id, mx_json_document_root (document));
      seat->fallback_used = TRUE;
    }
}

char *
encryption_fixture_answer_claim (EncryptionFixture *self, const char *body)
{
  g_autoptr (MxJsonDocument) document = parse (body);
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  const char *user_id = NULL;
  MxJsonIter users;
  MxJson devices;

  mx_json_begin_object (writer, NULL);
  mx_json_begin_object (writer, "one_time_keys");
  mx_json_iter_init (&users, mx_json_get (mx_json_document_root (document), "one_time_keys"));
  while (mx_json_iter_next (&users, &user_id, &devices))
    {
      const char *device_id = NULL;
      MxJsonIter iter;

      if (is_dead (self, user_id))
        continue;
      mx_json_begin_object (writer, user_id);
      mx_json_iter_init (&iter, devices);
      while (mx_json_iter_next (&iter, &device_id, NULL))
        {
          Seat *seat = find_seat (self, user_id, device_id);

          if (seat != NULL)
            add_claimed (writer, seat);
        }
      mx_json_end (writer);
    }
  mx_json_end (writer);
  add_failures (self, writer);
  mx_json_end (writer);
  self->claims++;

  return mx_json_writer_to_text (writer);
}

static unsigned
claim (EncryptionFixture *self, Seat *seat, GPtrArray *devices, gboolean again)
{
  g_autoptr (GPtrArray) chosen = mx_olm_claims_choose (seat->machine, devices, again, now (), NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (MxJsonDocument) document = NULL;
  g_autofree char *body = NULL;
  g_autofree char *reply = NULL;

  if (chosen->len == 0)
    return 0;

  body = mx_olm_claims_write_body (chosen);
  reply = encryption_fixture_answer_claim (self, body);
  document = parse (reply);
  seat_begin (seat);
  mx_olm_claims_apply (
    seat->machine, chosen, again, now (), mx_json_document_root (document), seat->changes, &error);
  g_assert_no_error (error);
  seat_commit (seat);

  return chosen->len;
}

gboolean
seat_claim (EncryptionFixture *self, Seat *seat, Seat *other, gboolean again)
{
  g_autoptr (GPtrArray) devices =
    g_ptr_array_new_with_free_func ((GDestroyNotify) mx_stored_device_free);
  MxStoredDevice *device = mx_store_get_device (seat->store, other->user_id, other->device_id);

  g_assert_nonnull (device);
  g_ptr_array_add (devices, device);

  return claim (self, seat, devices, again) > 0;
}

unsigned
seat_claim_wedged (EncryptionFixture *self, Seat *seat)
{
  return claim (self, seat, NULL, TRUE);
}

void
encryption_fixture_introduce (EncryptionFixture *self, Seat *first, Seat *second)
{
  seat_upload (self, first);
  seat_upload (self, second);
  seat_query (self, first, second->user_id, NULL);
  seat_query (self, second, first->user_id, NULL);
  g_assert_true (seat_claim (self, first, second, FALSE));
}

/* -- To-device */

void
seat_send (Seat *self, Seat *other, const char *type, const char *content)
{
  g_autoptr (MxStoredDevice) device =
    mx_store_get_device (self->store, other->user_id, other->device_id);
  g_autoptr (MxJsonDocument) document = parse (content);
  g_autoptr (GError) error = NULL;
  gboolean sent = FALSE;

  g_assert_nonnull (device);
  seat_begin (self);
  sent = mx_olm_outbox_send (
    self->machine, device, type, mx_json_document_root (document), self->changes, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (sent);
  seat_commit (self);
}

void
seat_put (Seat *self, const char *sender, const char *type, const char *content)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autoptr (MxJsonDocument) document = parse (content);

  mx_json_begin_object (writer, NULL);
  mx_json_add_string (writer, "type", type);
  mx_json_add_string (writer, "sender", sender);
  mx_json_add_json (writer, "content", mx_json_document_root (document));
  mx_json_end (writer);
  g_ptr_array_add (self->inbox, mx_json_writer_to_text (writer));
}

static void
deliver (EncryptionFixture *self, Seat *from, const MxToDeviceBatch *batch)
{
  g_autoptr (MxJsonDocument) document = parse (batch->body);
  const char *user_id = NULL;
  MxJsonIter users;
  MxJson devices;

  mx_json_iter_init (&users, mx_json_get (mx_json_document_root (document), "messages"));
  while (mx_json_iter_next (&users, &user_id, &devices))
    {
      const char *device_id = NULL;
      MxJsonIter iter;
      MxJson content;

      mx_json_iter_init (&iter, devices);
      while (mx_json_iter_next (&iter, &device_id, &content))
        for (guint i = 0; i < self->seats->len; i++)
          {
            Seat *seat = g_ptr_array_index (self->seats, i);
            g_autofree char *text = mx_json_to_text (content);

            if (g_str_equal (seat->user_id, user_id) &&
                (g_str_equal (device_id, "*") || g_str_equal (seat->device_id, device_id)))
              seat_put (seat, from->user_id, batch->type, text);
          }
    }
}

unsigned
seat_flush (EncryptionFixture *self, Seat *seat)
{
  unsigned requests = 0;

  for (;;)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MxToDeviceBatch) batch = NULL;

      seat_begin (seat);
      batch = mx_store_next_to_device (seat->store, BATCH, &error);
      g_assert_no_error (error);
      seat_commit (seat);
      if (batch == NULL)
        return requests;

      deliver (self, seat, batch);
      self->deliveries++;
      requests++;
      seat_begin (seat);
      mx_store_to_device_sent (seat->store, batch->txn_id, &error);
      g_assert_no_error (error);
      seat_commit (seat);
    }
}

void
seat_sync (EncryptionFixture *self, Seat *seat, MxSyncDelta *extra)
{
  g_autoptr (MxSyncDelta) delta = extra != NULL ? extra : mx_sync_delta_new (MX_SYNC_CLASSIC);
  g_autoptr (GStrvBuilder) unused = g_strv_builder_new ();
  g_autoptr (GError) error = NULL;

  while (seat->inbox->len > 0)
    g_ptr_array_add (delta->to_device, g_ptr_array_steal_index (seat->inbox, 0));
  delta->one_time_key_counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_insert (delta->one_time_key_counts,
                       g_strdup ("signed_curve25519"),
                       GUINT_TO_POINTER (g_hash_table_size (seat->one_time)));
  if (seat->fallback != NULL && !seat->fallback_used)
    g_strv_builder_add (unused, "signed_curve25519");
  delta->unused_fallback_keys = g_strv_builder_end (unused);

  seat_begin (seat);
  mx_olm_machine_receive_sync (seat->machine, delta, seat->changes, &error);
  g_assert_no_error (error);
  mx_store_apply_sync (seat->store, delta, seat->user_id, seat->changes, &error);
  g_assert_no_error (error);
  mx_olm_machine_finish_sync (seat->machine, delta, seat->changes, &error);
  g_assert_no_error (error);
  seat_commit (seat);
}

/* -- Words */

void
seat_say (EncryptionFixture *self, Seat *from, Seat *to, const char *what)
{
  g_autofree char *content = g_strdup_printf ("{\"what\":\"%s\"}", what);

  seat_send (from, to, SEAT_WORD, content);
  seat_flush (self, from);
}

/* What the last sync brought, joined by spaces; caller frees. */
static char *
heard (Seat *seat)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) parts = NULL;

  for (guint i = 0; i < seat->changes->verification->len; i++)
    {
      MxVerificationNote *note = g_ptr_array_index (seat->changes->verification, i);
      g_autoptr (MxJsonDocument) content = mx_json_document_parse (note->content, -1, NULL);

      g_strv_builder_add (builder,
                          mx_json_string_or (mx_json_get (mx_json_document_root (content), "what"),
                                             "?"));
    }
  parts = g_strv_builder_end (builder);

  return g_strjoinv (" ", parts);
}

void
seat_assert_heard (EncryptionFixture *self, Seat *seat, const char *expected)
{
  g_autofree char *words = NULL;

  seat_sync (self, seat, NULL);
  words = heard (seat);
  g_assert_cmpstr (words, ==, expected);
}
