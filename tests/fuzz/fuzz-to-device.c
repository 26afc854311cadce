/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* To-device events: as the server gives them, or, after a "P", {type, content} in an Olm message
 * from a device that we know (what is no such object is its whole plaintext). Whatever comes, the
 * transaction stays whole; it is undone, so that no input depends on the one before. */
#include "config.h"

#include "fuzz.h"

#include "encryption-fixture.h"

#include "mx-base64.h"
#include "mx-olm-machine-private.h"
#include "mx-olm-payload.h"
#include "mx-olm-session.h"

#include <stdlib.h>
#include <string.h>

static EncryptionFixture server;
static Seat *alice;
static Seat *bob;

static void
end (void)
{
  encryption_fixture_clear (&server);
}

static void
start (void)
{
  encryption_fixture_init (&server);
  alice = encryption_fixture_add (&server, ALICE, "ALICE");
  bob = encryption_fixture_add (&server, BOB, "BOB");
  encryption_fixture_introduce (&server, alice, bob);
  atexit (end);
}

/* The ratchet is not kept: each input is the session's first message. */
static char *
encrypt (const guint8 *data, gsize size)
{
  g_autoptr (MxStoredDevice) device = mx_store_get_device (alice->store, BOB, "BOB");
  g_autoptr (GPtrArray) sessions =
    mx_store_load_olm_sessions (alice->store, BOB, device->curve25519);
  MxStoredOlmSession *stored = g_ptr_array_index (sessions, 0);
  g_autoptr (MxOlmSession) session =
    mx_olm_session_unpickle (stored->pickle, alice->machine->pickle_key, NULL);
  g_autofree char *sender_key =
    mx_base64_encode (mx_olm_account_get_curve25519_key (
                        mx_olm_machine_get_account (alice->machine, NULL)),
                      MX_STORE_KEY_SIZE);
  g_autofree char *their_key = mx_base64_encode (device->curve25519, MX_STORE_KEY_SIZE);
  g_autofree char *body = NULL;
  MxOlmMessageType type = MX_OLM_MESSAGE_PRE_KEY;

  body = mx_olm_session_encrypt (session, data, size, &type, NULL);

  return g_strdup_printf ("{\"type\":\"m.room.encrypted\",\"sender\":\"" ALICE
                          "\",\"content\":{\"algorithm\":\"m.olm.v1.curve25519-aes-sha2\","
                          "\"sender_key\":\"%s\",\"ciphertext\":{\"%s\":{\"type\":%d,\"body\":"
                          "\"%s\"}}}}",
                          sender_key,
                          their_key,
                          type,
                          body);
}

/* From alice to bob, with all that makes it believed. */
static char *
wrap (const guint8 *data, gsize size)
{
  g_autoptr (MxJsonDocument) document =
    mx_json_document_parse ((const char *) data, (gssize) size, NULL);
  MxJson root = document != NULL ? mx_json_document_root (document) : (MxJson) { NULL };
  const char *type = mx_json_get_string (root, "type");

  if (type == NULL || !mx_json_is_object (mx_json_get (root, "content")))
    return encrypt (data, size);

  {
    g_autofree char *payload =
      mx_olm_payload_new (type,
                          mx_json_get (root, "content"),
                          ALICE,
                          mx_olm_account_get_ed25519_key (
                            mx_olm_machine_get_account (alice->machine, NULL)),
                          BOB,
                          mx_olm_account_get_ed25519_key (
                            mx_olm_machine_get_account (bob->machine, NULL)),
                          (MxJson) { NULL });

    return encrypt ((const guint8 *) payload, strlen (payload));
  }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (MxSyncDelta) delta = mx_sync_delta_new (MX_SYNC_SLIDING);
  g_autoptr (GError) error = NULL;

  if (alice == NULL)
    start ();

  g_ptr_array_add (delta->to_device,
                   size > 0 && data[0] == 'P' ? wrap (data + 1, size - 1)
                                              : g_strndup ((const char *) data, size));
  seat_begin (bob);
  mx_olm_machine_receive_sync (bob->machine, delta, bob->changes, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < bob->changes->verification->len; i++)
    {
      MxVerificationNote *note = g_ptr_array_index (bob->changes->verification, i);

      g_assert_true (note->sender != NULL && note->type != NULL && note->content != NULL);
    }
  seat_roll_back (bob);

  return 0;
}
