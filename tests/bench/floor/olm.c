/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* olm: libolm alone, in microseconds: a message of a room encrypted and decrypted in order, a
 * session with a device opened and the room key encrypted by it, a key of the backup decrypted and
 * imported. Sizes are those of bench-messages, bench-sharing and bench-restore. */
#include "../bench.h"

#include <glib.h>
#include <olm/olm.h>
#include <olm/pk.h>
#include <string.h>

#define MESSAGES 1000
#define DEVICES  50
#define KEYS     200

#define MESSAGE_SIZE 260
#define PAYLOAD_SIZE 1300
#define EXPORT_SIZE  480
#define MAX_SIZE     4096

static void *
randomness (size_t size)
{
  static guint8 bytes[MAX_SIZE];

  for (size_t i = 0; i < size; i++)
    bytes[i] = (guint8) g_random_int ();
  return bytes;
}

static void
check (size_t result)
{
  if (result == olm_error ())
    g_error ("libolm refused");
}

/* -- Messages of a room */

static void
megolm (void)
{
  static char plain[MESSAGE_SIZE], out[MAX_SIZE], work[MAX_SIZE];
  char *messages[MESSAGES];
  size_t sizes[MESSAGES];
  OlmOutboundGroupSession *sender =
    olm_outbound_group_session (g_malloc (olm_outbound_group_session_size ()));
  OlmInboundGroupSession *reader =
    olm_inbound_group_session (g_malloc (olm_inbound_group_session_size ()));
  size_t size = olm_init_outbound_group_session_random_length (sender);
  g_autofree char *key = NULL;

  memset (plain, 'e', sizeof plain);
  check (olm_init_outbound_group_session (sender, randomness (size), size));
  size = olm_outbound_group_session_key_length (sender);
  key = g_malloc (size);
  check (olm_outbound_group_session_key (sender, (guint8 *) key, size));
  {
    double begun = bench_cpu ();

    for (int i = 0; i < MESSAGES; i++)
      {
        size_t length = olm_group_encrypt_message_length (sender, sizeof plain);

        messages[i] = g_malloc (length);
        sizes[i] = olm_group_encrypt (sender,
                                      (guint8 *) plain,
                                      sizeof plain,
                                      (guint8 *) messages[i],
                                      length);
        check (sizes[i]);
      }
    bench_report ("olm.group-encrypt", (bench_cpu () - begun) * 1e3 / MESSAGES, "us");
  }
  check (olm_init_inbound_group_session (reader, (guint8 *) key, size));
  {
    double begun = bench_cpu ();

    for (int i = 0; i < MESSAGES; i++)
      {
        guint32 index = 0;

        memcpy (work, messages[i], sizes[i]);
        check (olm_group_decrypt (
          reader, (guint8 *) work, sizes[i], (guint8 *) out, sizeof out, &index));
      }
    bench_report ("olm.group-decrypt", (bench_cpu () - begun) * 1e3 / MESSAGES, "us");
  }
  for (int i = 0; i < MESSAGES; i++)
    g_free (messages[i]);
  g_free (sender);
  g_free (reader);
}

/* -- Devices */

static OlmAccount *
new_account (void)
{
  OlmAccount *account = olm_account (g_malloc (olm_account_size ()));
  size_t size = olm_create_account_random_length (account);

  check (olm_create_account (account, randomness (size), size));
  size = olm_account_generate_one_time_keys_random_length (account, 1);
  check (olm_account_generate_one_time_keys (account, 1, randomness (size), size));
  return account;
}

/* The value of the last member called so, 43 characters of base64. */
static char *
find_key (const char *json, const char *name)
{
  const char *found = strstr (json, name);

  g_assert (found != NULL);
  found = strchr (found + strlen (name), ':');
  while (*found == ':' || *found == '{')
    {
      found = strchr (found, '"') + 1;
      if (strchr (found, '"') - found == 43)
        return g_strndup (found, 43);
      found = strchr (found, ':');
    }
  g_assert_not_reached ();
}

static double
share (OlmAccount *own, const char *identity, const char *one_time)
{
  static char payload[PAYLOAD_SIZE], body[MAX_SIZE];
  OlmSession *session = olm_session (g_malloc (olm_session_size ()));
  double begun = bench_cpu ();
  size_t size = olm_create_outbound_session_random_length (session);

  memset (payload, 'e', sizeof payload);
  check (olm_create_outbound_session (
    session, own, identity, 43, one_time, 43, randomness (size), size));
  size = olm_encrypt_random_length (session);
  check (
    olm_encrypt (session, payload, sizeof payload, randomness (size), size, body, sizeof body));
  begun = (bench_cpu () - begun) * 1e3;
  g_free (session);
  return begun;
}

static void
olm (void)
{
  OlmAccount *own = new_account ();
  double spent[DEVICES];

  for (int i = 0; i < DEVICES; i++)
    {
      static char json[MAX_SIZE];
      OlmAccount *other = new_account ();
      g_autofree char *identity = NULL;
      g_autofree char *one_time = NULL;

      memset (json, 0, sizeof json);
      check (olm_account_identity_keys (other, json, sizeof json));
      identity = find_key (json, "\"curve25519\"");
      memset (json, 0, sizeof json);
      check (olm_account_one_time_keys (other, json, sizeof json));
      one_time = find_key (json, "\"curve25519\"");
      spent[i] = share (own, identity, one_time);
      g_free (other);
    }
  bench_report ("olm.share", bench_median (spent, DEVICES), "us");
  g_free (own);
}

/* -- Keys of the backup */

static void
backup (void)
{
  static char public_key[64], ciphertext[MAX_SIZE], mac[64], ephemeral[64], plain[MAX_SIZE];
  static char work[MAX_SIZE], session_key[MAX_SIZE];
  OlmPkDecryption *reader = olm_pk_decryption (g_malloc (olm_pk_decryption_size ()));
  OlmPkEncryption *writer = olm_pk_encryption (g_malloc (olm_pk_encryption_size ()));
  OlmInboundGroupSession *session =
    olm_inbound_group_session (g_malloc (olm_inbound_group_session_size ()));
  size_t ciphertext_size = olm_pk_ciphertext_length (writer, EXPORT_SIZE);
  size_t mac_size = olm_pk_mac_length (writer);
  size_t key_size = olm_pk_key_length ();
  size_t size = olm_pk_private_key_length ();
  guint8 exported[165] = { 1 };
  double begun = 0;

  check (olm_pk_key_from_private (reader, public_key, key_size, randomness (size), size));
  check (olm_pk_encryption_set_recipient_key (writer, public_key, key_size));
  size = olm_pk_encrypt_random_length (writer);
  check (olm_pk_encrypt (writer,
                         plain,
                         EXPORT_SIZE,
                         ciphertext,
                         ciphertext_size,
                         mac,
                         mac_size,
                         ephemeral,
                         key_size,
                         randomness (size),
                         size));
  {
    g_autofree char *text = g_base64_encode (exported, sizeof exported);

    g_strlcpy (session_key, text, sizeof session_key);
  }
  begun = bench_cpu ();
  for (int i = 0; i < KEYS; i++)
    {
      memcpy (work, ciphertext, ciphertext_size);
      check (olm_pk_decrypt (
        reader, ephemeral, key_size, mac, mac_size, work, ciphertext_size, plain, sizeof plain));
      memcpy (work, session_key, sizeof session_key);
      check (olm_import_inbound_group_session (session, (guint8 *) work, strlen (session_key)));
    }
  bench_report ("olm.restore", (bench_cpu () - begun) * 1e3 / KEYS, "us");
  g_free (session);
  g_free (writer);
  g_free (reader);
}

int
main (void)
{
  megolm ();
  olm ();
  backup ();

  return 0;
}
