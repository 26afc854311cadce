/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "device.h"

#include "mx-sync-classic.h"

#include <glib/gstdio.h>
#include <string.h>

void
bench_check (const GError *error)
{
  if (error != NULL)
    g_error ("%s", error->message);
}

static void
unlink_store (const char *path)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };

  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *name = g_strconcat (path, suffixes[i], NULL);

      g_unlink (name);
    }
}

void
bench_device_open (BenchDevice *self, const char *folder)
{
  const MxEncryptionPolicy policy = { .share_with_all = TRUE };
  g_autoptr (GError) error = NULL;

  self->path = g_build_filename (folder, "bench-device.db", NULL);
  unlink_store (self->path);
  self->key = mx_secret_new_random (32);
  self->store = mx_store_open (self->path, self->key, MX_STORE_WRITE, &error);
  bench_check (error);
  self->machine = mx_olm_machine_new (self->store, OWN_ID, OWN_DEVICE, self->key, &policy, &error);
  bench_check (error);
}

void
bench_device_close (BenchDevice *self)
{
  g_clear_pointer (&self->machine, mx_olm_machine_free);
  g_clear_pointer (&self->store, mx_store_close);
  g_clear_pointer (&self->changes, mx_store_changes_unref);
  unlink_store (self->path);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->key, mx_secret_unref);
}

void
bench_device_begin (BenchDevice *self)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->changes, mx_store_changes_unref);
  self->changes = mx_store_changes_new ();
  mx_store_begin (self->store, &error);
  bench_check (error);
}

void
bench_device_commit (BenchDevice *self)
{
  g_autoptr (GError) error = NULL;

  mx_store_commit (self->store, &error);
  bench_check (error);
}

void
bench_device_sync (BenchDevice *self, GBytes *reply)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MxSyncDelta) delta = mx_sync_classic_decode (reply, "s0", &error);

  bench_check (error);
  bench_device_begin (self);
  mx_olm_machine_receive_sync (self->machine, delta, self->changes, &error);
  bench_check (error);
  mx_store_apply_sync (self->store, delta, OWN_ID, self->changes, &error);
  bench_check (error);
  mx_olm_machine_finish_sync (self->machine, delta, self->changes, &error);
  bench_check (error);
  mx_store_set_value (self->store, "classic_token", delta->next_token, &error);
  bench_check (error);
  bench_device_commit (self);
}

GBytes *
bench_reply (const char *state, const char *timeline)
{
  char *text =
    g_strdup_printf ("{\"next_batch\":\"s1\",\"rooms\":{\"join\":{\"" ROOM_ID "\":{"
                     "\"state\":{\"events\":[%s]},"
                     "\"timeline\":{\"events\":[%s],\"limited\":false,\"prev_batch\":\"p\"},"
                     "\"unread_notifications\":{}}}}}",
                     state,
                     timeline);

  return g_bytes_new_take (text, strlen (text));
}

static char *
write_member (const char *user_id)
{
  static unsigned serial;

  return g_strdup_printf ("{\"event_id\":\"$member%u\",\"sender\":\"%s\",\"state_key\":\"%s\","
                          "\"type\":\"m.room.member\",\"origin_server_ts\":1,"
                          "\"content\":{\"membership\":\"join\"}}",
                          serial++,
                          user_id,
                          user_id);
}

void
bench_device_enter (BenchDevice *self, GPtrArray *members)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func ((GDestroyNotify) mx_event_unref);
  g_autoptr (GBytes) reply = NULL;
  g_autofree char *own = write_member (OWN_ID);
  GString *state =
    g_string_new ("{\"event_id\":\"$encryption\",\"sender\":\"" OWN_ID "\",\"state_key\":\"\","
                  "\"type\":\"m.room.encryption\",\"origin_server_ts\":1,"
                  "\"content\":{\"algorithm\":\"m.megolm.v1.aes-sha2\","
                  "\"rotation_period_msgs\":10000}},");

  g_string_append (state, own);
  g_ptr_array_add (events, mx_event_new_from_text (own, &error));
  bench_check (error);
  for (guint i = 0; i < members->len; i++)
    {
      g_autofree char *text = write_member (g_ptr_array_index (members, i));

      g_string_append_c (state, ',');
      g_string_append (state, text);
      g_ptr_array_add (events, mx_event_new_from_text (text, &error));
      bench_check (error);
    }
  reply = bench_reply (state->str, "");
  g_string_free (state, TRUE);
  bench_device_sync (self, reply);

  bench_device_begin (self);
  mx_store_apply_members (self->store, ROOM_ID, events, self->changes, &error);
  bench_check (error);
  bench_device_commit (self);
}
