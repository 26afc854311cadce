/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* bench-restore FOLDER KEYS: a backup of so many keys, as the server answers it, read into the
 * store; and what memory that takes, and what is left afterwards. */
#include "device.h"

#include "mx-backup-crypto.h"
#include "mx-backup-pages.h"
#include "mx-base64.h"
#include "mx-store-megolm.h"

#include <malloc.h>
#include <string.h>

#define ROOMS        1000
#define EXPORT_SIZE  165 /* version, index, ratchet, public key */
#define KEY_SIZE     32
#define VERSION_BYTE 1

typedef struct
{
  MxSecret *private_key;
  guint8 public_key[KEY_SIZE];
  char *sender_key;
} Backup;

/* One that can be imported; no message was ever encrypted with it. */
static void
write_entry (const Backup *self, GString *reply)
{
  guint8 session[EXPORT_SIZE] = { VERSION_BYTE };
  g_autofree char *session_id = NULL;
  g_autofree char *session_key = NULL;
  g_autofree char *text = NULL;
  g_autoptr (MxSecret) plain = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (MxBackupData) data = { 0 };

  mx_random (session + 5, sizeof session - 5);
  session_id = mx_base64_encode (session + EXPORT_SIZE - KEY_SIZE, KEY_SIZE);
  session_key = mx_base64_encode (session, sizeof session);
  text = g_strdup_printf ("{\"algorithm\":\"m.megolm.v1.aes-sha2\",\"sender_key\":\"%s\","
                          "\"sender_claimed_keys\":{\"ed25519\":\"%s\"},"
                          "\"forwarding_curve25519_key_chain\":[],\"session_key\":\"%s\"}",
                          self->sender_key,
                          self->sender_key,
                          session_key);
  plain = mx_secret_new_text (text);
  mx_backup_encrypt (self->public_key, plain, &data, &error);
  bench_check (error);
  g_string_append_printf (reply,
                          "\"%s\":{\"first_message_index\":0,\"forwarded_count\":0,"
                          "\"is_verified\":true,\"session_data\":{\"ephemeral\":\"%s\","
                          "\"ciphertext\":\"%s\",\"mac\":\"%s\"}}",
                          session_id,
                          data.ephemeral,
                          data.ciphertext,
                          data.mac);
}

static GBytes *
write_backup (const Backup *self, unsigned keys)
{
  GString *reply = g_string_new ("{\"rooms\":{");

  for (unsigned i = 0; i < keys; i++)
    {
      unsigned rooms = MIN (keys, ROOMS);

      if (i % (keys / rooms) == 0)
        g_string_append_printf (reply,
                                "%s\"!salon%u:bench.test\":{\"sessions\":{",
                                i > 0 ? "}}," : "",
                                i);
      else
        g_string_append_c (reply, ',');
      write_entry (self, reply);
    }
  g_string_append (reply, "}}}}");

  return g_string_free_to_bytes (reply);
}

/* Returns the highest resident memory, MiB. */
static double
restore (BenchDevice *device, const Backup *backup, GBytes *reply)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MxBackupPages) pages = mx_backup_pages_new (reply, &error);
  double highest = 0;

  bench_check (error);
  while (mx_backup_pages_get_done (pages) < mx_backup_pages_get_total (pages))
    {
      bench_device_begin (device);
      mx_backup_pages_import (pages,
                              device->machine,
                              backup->private_key,
                              "1",
                              device->changes,
                              &error);
      bench_check (error);
      bench_device_commit (device);
      highest = MAX (highest, bench_resident ());
    }
  if (mx_backup_pages_get_imported (pages) != mx_backup_pages_get_total (pages))
    g_error ("Not all keys were read");

  return highest;
}

int
main (int argc, char **argv)
{
  BenchDevice device = { 0 };
  Backup backup = { 0 };
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (GError) error = NULL;
  unsigned keys = 0;
  double rest = 0, before = 0, begun = 0, highest = 0;

  if (argc != 3)
    return 2;
  keys = (unsigned) g_ascii_strtoull (argv[2], NULL, 10);
  bench_device_open (&device, argv[1]);
  backup.private_key = mx_secret_new_random (KEY_SIZE);
  mx_curve25519_derive_public (backup.private_key, backup.public_key, &error);
  bench_check (error);
  backup.sender_key = mx_base64_encode (backup.public_key, KEY_SIZE);

  rest = bench_resident ();
  reply = write_backup (&backup, keys);
  before = bench_resident ();
  begun = bench_cpu ();
  highest = restore (&device, &backup, reply);
  bench_report ("restore.time", bench_cpu () - begun, "ms");
  bench_report ("restore.size", (double) g_bytes_get_size (reply) / 1e6, "MB");
  bench_report ("restore.highest", highest - before, "MiB");
  g_clear_pointer (&reply, g_bytes_unref);
  malloc_trim (0);
  bench_report ("restore.afterwards", bench_resident () - rest, "MiB");
  g_assert (mx_store_count_megolm (device.store, NULL) == keys);

  g_clear_pointer (&backup.private_key, mx_secret_unref);
  g_free (backup.sender_key);
  bench_device_close (&device);

  return 0;
}
