/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Answers of /keys/query, as the device tracker takes them. What stands for something signed
 * ($MASTER, $SELF, $USER: Alice's identity; $DEVICE: her device, $SIGNED: the same signed by her
 * identity; $EVE: a device of somebody else's) is put in before. Whatever comes, what is known
 * stays, and nobody is verified. It is undone, so that no input depends on the one before. */
#include "config.h"

#include "fuzz.h"

#include "encryption-fixture.h"

#include "mx-cross-signing.h"
#include "mx-device-tracker.h"
#include "mx-error.h"
#include "mx-store-identities.h"

#include <stdlib.h>
#include <string.h>

#define MAX_SIZE (256 * 1024)

static EncryptionFixture server;
static Seat *alice;
static Seat *bob;
static struct
{
  const char *name;
  char *text;
} words[6];

static void
end (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    g_free (words[i].text);
  encryption_fixture_clear (&server);
}

static char *
sign_device (Seat *seat, MxSecret *self_signing)
{
  g_autoptr (MxJsonDocument) plain = mx_json_document_parse (seat->device_keys, -1, NULL);
  g_autofree char *text =
    mx_cross_signing_sign (mx_json_document_root (plain), seat->user_id, self_signing, NULL);
  g_autoptr (MxJsonDocument) other = mx_json_document_parse (text, -1, NULL);

  return mx_signature_merge (mx_json_document_root (plain), mx_json_document_root (other));
}

static void
start (void)
{
  g_autoptr (MxSecret) master = mx_secret_new_random (MX_STORE_KEY_SIZE);
  g_autoptr (MxSecret) self_signing = mx_secret_new_random (MX_STORE_KEY_SIZE);
  g_autoptr (MxSecret) user_signing = mx_secret_new_random (MX_STORE_KEY_SIZE);
  Seat *eve;
  gsize n = 0;

  encryption_fixture_init (&server);
  alice = encryption_fixture_add (&server, ALICE, "ALICE");
  bob = encryption_fixture_add (&server, BOB, "BOB");
  eve = encryption_fixture_add (&server, CAROL, "EVE");
  seat_upload (&server, eve);
  encryption_fixture_introduce (&server, alice, bob);

  words[n].name = "$MASTER";
  words[n++].text = mx_cross_signing_new_key (master, MX_CROSS_SIGNING_MASTER, ALICE, NULL, NULL);
  words[n].name = "$SELF";
  words[n++].text =
    mx_cross_signing_new_key (self_signing, MX_CROSS_SIGNING_SELF_SIGNING, ALICE, master, NULL);
  words[n].name = "$USER";
  words[n++].text =
    mx_cross_signing_new_key (user_signing, MX_CROSS_SIGNING_USER_SIGNING, ALICE, master, NULL);
  words[n].name = "$DEVICE";
  words[n++].text = g_strdup (alice->device_keys);
  words[n].name = "$SIGNED";
  words[n++].text = sign_device (alice, self_signing);
  words[n].name = "$EVE";
  words[n++].text = g_strdup (eve->device_keys);
  atexit (end);
}

/* Not more than a few of each: a mutation may be all dollars. */
static char *
fill_in (const guint8 *data, gsize size)
{
  GString *text = g_string_new_len ((const char *) data, (gssize) size);

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    g_string_replace (text, words[i].name, words[i].text, 8);

  return g_string_free (text, FALSE);
}

static void
check_device (Seat *known)
{
  g_autoptr (MxJsonDocument) published = mx_json_document_parse (known->device_keys, -1, NULL);
  g_autoptr (MxStoredDevice) device =
    mx_store_get_device (bob->store, known->user_id, known->device_id);
  MxDeviceKeys keys;

  g_assert_nonnull (device);
  g_assert_true (mx_device_keys_parse (mx_json_document_root (published),
                                       known->user_id,
                                       known->device_id,
                                       &keys,
                                       NULL));
  g_assert_cmpmem (device->ed25519, MX_STORE_KEY_SIZE, keys.ed25519, MX_STORE_KEY_SIZE);
  g_assert_cmpmem (device->curve25519, MX_STORE_KEY_SIZE, keys.curve25519, MX_STORE_KEY_SIZE);
  g_assert_cmpint (device->trust, ==, MX_LOCAL_TRUST_NONE);
}

static void
check (void)
{
  static const char *const users[] = { ALICE, BOB, CAROL };

  check_device (alice);
  for (gsize i = 0; i < G_N_ELEMENTS (users); i++)
    {
      g_autoptr (MxStoredIdentity) identity = mx_store_get_identity (bob->store, users[i]);

      g_assert_true (identity == NULL || (!identity->is_verified && !identity->was_verified));
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const char *const users[] = { ALICE, BOB, CAROL, NULL };
  g_autoptr (MxJsonDocument) document = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  if (alice == NULL)
    start ();
  if (size > MAX_SIZE)
    return 0;

  text = fill_in (data, size);
  document = mx_json_document_parse (text, -1, NULL);
  if (document == NULL)
    return 0;

  seat_begin (bob);
  if (!mx_device_tracker_apply (
        bob->machine, users, G_MAXINT64, mx_json_document_root (document), bob->changes, &error))
    g_assert_cmpint (error->domain, ==, MX_MATRIX_ERROR);
  check ();
  seat_roll_back (bob);

  return 0;
}
