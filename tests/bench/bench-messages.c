/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* bench-messages FOLDER: what it costs to read encrypted messages, from the bytes of the answer to
 * the rows of the timeline, committed; in answers of fifty, as after an absence, and of one. */
#include "device.h"

#include "mx-megolm-inbound.h"
#include "mx-megolm-outbound.h"
#include "mx-store-megolm.h"
#include "mx-store-timeline.h"

#include <string.h>

#define SESSION_MESSAGES 100 /* of each session, as rooms rotate */
#define PAGE             50
#define PAGES            40
#define SINGLES          500

#define SENDER "@camille:bench.test"
#define BODY                                                                                        \
  "Le compte rendu de la réunion est relu ; la note part demain au service, avec le calendrier et " \
  "le budget du projet. Merci de confirmer avant vendredi."

typedef struct
{
  BenchDevice *device;
  MxMegolmOutbound *olm;
  char *session_id;
  unsigned used; /* messages of olm */
  unsigned sent;
} Author;

static void
store_key (Author *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MxSecret) key = mx_megolm_outbound_dup_key (self->olm, &error);
  g_autoptr (MxMegolmInbound) inbound =
    mx_megolm_inbound_new (mx_secret_get_text (key), self->session_id, &error);
  g_autoptr (MxStoredMegolm) stored = g_new0 (MxStoredMegolm, 1);

  bench_check (error);
  stored->room_id = g_strdup (ROOM_ID);
  stored->session_id = g_strdup (self->session_id);
  stored->sender = g_strdup (SENDER);
  stored->origin = MX_KEY_ORIGIN_OLM;
  stored->pickle = mx_megolm_inbound_pickle (inbound, self->device->key, &error);
  bench_check (error);
  bench_device_begin (self->device);
  mx_store_put_megolm (self->device->store, stored, &error);
  bench_check (error);
  bench_device_commit (self->device);
}

static char *
write_event (Author *self)
{
  const char *plain = "{\"type\":\"m.room.message\",\"room_id\":\"" ROOM_ID "\",\"content\":{"
                      "\"msgtype\":\"m.text\",\"m.mentions\":{},\"body\":\"" BODY "\"}}";
  g_autoptr (GError) error = NULL;
  g_autofree char *ciphertext = NULL;

  if (self->olm == NULL || self->used == SESSION_MESSAGES)
    {
      g_clear_pointer (&self->olm, mx_megolm_outbound_free);
      g_clear_pointer (&self->session_id, g_free);
      self->olm = mx_megolm_outbound_new ();
      self->session_id = mx_megolm_outbound_dup_id (self->olm);
      self->used = 0;
      store_key (self);
    }
  ciphertext = mx_megolm_outbound_encrypt (self->olm, plain, strlen (plain), &error);
  bench_check (error);
  self->used++;
  self->sent++;

  return g_strdup_printf ("{\"event_id\":\"$message%u\",\"sender\":\"" SENDER "\","
                          "\"type\":\"m.room.encrypted\",\"origin_server_ts\":%u,"
                          "\"unsigned\":{\"age\":100,\"membership\":\"join\"},"
                          "\"content\":{\"algorithm\":\"m.megolm.v1.aes-sha2\","
                          "\"session_id\":\"%s\",\"ciphertext\":\"%s\"}}",
                          self->sent,
                          self->sent,
                          self->session_id,
                          ciphertext);
}

static GBytes *
write_reply (Author *self, unsigned count)
{
  GString *events = g_string_new (NULL);
  GBytes *reply = NULL;

  for (unsigned i = 0; i < count; i++)
    {
      g_autofree char *text = write_event (self);

      if (i > 0)
        g_string_append_c (events, ',');
      g_string_append (events, text);
    }
  reply = bench_reply ("", events->str);
  g_string_free (events, TRUE);

  return reply;
}

/* As the main thread does, on its own connection. */
static void
load_rows (MxStore *reader, unsigned count)
{
  g_autoptr (GError) error = NULL;
  gboolean at_start = FALSE;
  g_autoptr (GPtrArray) rows =
    mx_store_load_before (reader, ROOM_ID, NULL, count, &at_start, &error);

  bench_check (error);
  for (guint i = 0; i < rows->len; i++)
    {
      const MxTimelineRow *row = g_ptr_array_index (rows, i);

      if (row->kind == MX_TIMELINE_ROW_EVENT && row->failure != MX_DECRYPTION_OK)
        g_error ("A message was not read");
    }
}

/* Median CPU microseconds of a message, in answers of so many. */
static double
read_messages (Author *author, unsigned answers, unsigned count)
{
  BenchDevice *device = author->device;
  g_autoptr (GError) error = NULL;
  g_autoptr (MxStore) reader = mx_store_open (device->path, device->key, MX_STORE_READ, &error);
  g_autofree double *spent = g_new (double, answers);

  bench_check (error);
  for (unsigned i = 0; i < answers; i++)
    {
      g_autoptr (GBytes) reply = write_reply (author, count);
      double begun = bench_cpu ();

      bench_device_sync (device, reply);
      load_rows (reader, count);
      spent[i] = (bench_cpu () - begun) * 1e3 / count;
    }

  return bench_median (spent, answers);
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) members = g_ptr_array_new ();
  BenchDevice device = { 0 };
  Author author = { .device = &device };

  if (argc != 2)
    return 2;
  bench_device_open (&device, argv[1]);
  g_ptr_array_add (members, (char *) SENDER);
  bench_device_enter (&device, members);

  bench_report ("messages.page", read_messages (&author, PAGES, PAGE), "us");
  bench_report ("messages.single", read_messages (&author, SINGLES, 1), "us");

  g_clear_pointer (&author.olm, mx_megolm_outbound_free);
  g_clear_pointer (&author.session_id, g_free);
  bench_device_close (&device);

  return 0;
}
