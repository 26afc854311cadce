/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The flows of encryption with a server that says what a test needs: how they ask, one at a time,
 * and what they make of answers that a real one does not give on demand. */
#include "config.h"

#include "session-fixture.h"

#include "local-server.h"
#include "mx-base64.h"
#include "mx-curve25519.h"
#include "mx-device-keys.h"
#include "mx-device-recovery.h"
#include "mx-device-tracker.h"
#include "mx-encryption-private.h"
#include "mx-error.h"
#include "mx-identities-private.h"
#include "mx-key-backup.h"
#include "mx-olm-claims.h"
#include "mx-olm-outbox.h"
#include "mx-olm-session.h"
#include "mx-store-identities.h"

#include <string.h>

#define USERS   600
#define SENDERS 8
#define PEER    FIXTURE_OTHER
#define DEVICE  "BUREAU"

typedef struct
{
  LocalServer *server;
  SessionFixture session;
  MxOlmAccount *peer; /* its one device */
  MxSecret *backup_key;

  unsigned queries, claims, versions, signatures;
  unsigned most_asked; /* users in one query */
  GHashTable *asked;   /* user ids of all queries */
  GPtrArray *sent;     /* char*: bodies of /sendToDevice */
  const char *login;   /* what /login answers */
} Fixture;

static MxJsonDocument *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  MxJsonDocument *document = mx_json_document_parse (text, -1, &error);

  g_assert_no_error (error);

  return document;
}

/* -- The server */

static void
answer_query (Fixture *self, Request *request)
{
  g_autoptr (MxJsonDocument) body = parse (request->body);
  MxJson users = mx_json_get (mx_json_document_root (body), "device_keys");
  g_autoptr (GString) reply = g_string_new ("{\"device_keys\":{");
  const char *user_id = NULL;
  MxJsonIter iter;
  MxJson unused;

  self->queries++;
  self->most_asked = MAX (self->most_asked, mx_json_size (users));
  g_assert_cmpint (mx_json_int (mx_json_get (mx_json_document_root (body), "timeout"), 0),
                   ==,
                   10000);
  mx_json_iter_init (&iter, users);
  while (mx_json_iter_next (&iter, &user_id, &unused))
    {
      g_assert_true (g_hash_table_add (self->asked, g_strdup (user_id)));
      if (g_str_equal (user_id, PEER))
        {
          g_autofree char *keys = mx_device_keys_new_signed (self->peer, PEER, DEVICE, NULL);

          g_string_append_printf (reply, "\"" PEER "\":{\"" DEVICE "\":%s}", keys);
        }
    }
  g_string_append (reply, "}}");
  respond_json (request, 200, reply->str);
}

static void
answer_claim (Fixture *self, Request *request)
{
  g_autoptr (GPtrArray) keys = NULL;
  g_autofree char *object = NULL;
  g_autofree char *reply = NULL;
  const MxOlmPublicKey *key = NULL;

  self->claims++;
  keys = mx_olm_account_dup_one_time_keys (self->peer, NULL);
  key = g_ptr_array_index (keys, 0);
  object = mx_device_keys_new_one_time_key (self->peer, PEER, DEVICE, key, FALSE, NULL);
  reply = g_strdup_printf ("{\"one_time_keys\":{\"" PEER "\":{\"" DEVICE
                           "\":{\"signed_curve25519:%s\":%s}}}}",
                           key->id,
                           object);
  respond_json (request, 200, reply);
}

/* All of them refused, inside an answer that says 200. */
static void
answer_signatures (Fixture *self, Request *request)
{
  g_autoptr (MxJsonDocument) body = parse (request->body);
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autofree char *reply = NULL;
  const char *user_id = NULL;
  MxJsonIter users;
  MxJson targets;

  self->signatures++;
  mx_json_begin_object (writer, NULL);
  mx_json_begin_object (writer, "failures");
  mx_json_iter_init (&users, mx_json_document_root (body));
  while (mx_json_iter_next (&users, &user_id, &targets))
    {
      const char *target = NULL;
      MxJsonIter iter;

      mx_json_begin_object (writer, user_id);
      mx_json_iter_init (&iter, targets);
      while (mx_json_iter_next (&iter, &target, NULL))
        {
          mx_json_begin_object (writer, target);
          mx_json_add_string (writer, "errcode", "M_INVALID_SIGNATURE");
          mx_json_end (writer);
        }
      mx_json_end (writer);
    }
  mx_json_end (writer);
  mx_json_end (writer);
  reply = mx_json_writer_to_text (writer);
  respond_json (request, 200, reply);
}

static void
answer_version (Fixture *self, Request *request)
{
  guint8 key[MX_CURVE25519_KEY_SIZE];
  g_autofree char *text = NULL;
  g_autofree char *reply = NULL;

  self->versions++;
  g_assert_true (mx_curve25519_derive_public (self->backup_key, key, NULL));
  text = mx_base64_encode (key, sizeof key);
  reply = g_strdup_printf ("{\"version\":\"1\",\"algorithm\":\"" MX_BACKUP_ALGORITHM
                           "\",\"count\":0,\"etag\":\"0\",\"auth_data\":{\"public_key\":\"%s\"}}",
                           text);
  respond_json (request, 200, reply);
}

static void
server_cb (Request *request, gpointer data)
{
  Fixture *self = data;

  if (strstr (request->path, "/keys/query") != NULL)
    answer_query (self, request);
  else if (strstr (request->path, "/keys/claim") != NULL)
    answer_claim (self, request);
  else if (strstr (request->path, "/keys/signatures/upload") != NULL)
    answer_signatures (self, request);
  else if (strstr (request->path, "/room_keys/version") != NULL)
    answer_version (self, request);
  else if (strstr (request->path, "/login") != NULL)
    respond_json (request, 200, self->login);
  else if (strstr (request->path, "/sync") != NULL)
    hold (request);
  else
    {
      if (strstr (request->path, "/sendToDevice/") != NULL)
        g_ptr_array_add (self->sent, g_strdup (request->body));
      respond_json (request, 200, "{}");
    }
}

static void
set_up (Fixture *self, gconstpointer unused)
{
  memset (self, 0, sizeof *self);
  self->asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->sent = g_ptr_array_new_with_free_func (g_free);
  self->peer = mx_olm_account_new ();
  g_assert_true (mx_olm_account_generate_one_time_keys (self->peer, 1, NULL));
  self->backup_key = mx_secret_new_random (MX_CURVE25519_KEY_SIZE);
  self->server = local_server_new (server_cb, self);
  session_fixture_init_at (&self->session, self->server->base);
}

static void
tear_down (Fixture *self, gconstpointer unused)
{
  session_fixture_clear (&self->session);
  local_server_free (self->server);
  mx_olm_account_free (self->peer);
  mx_secret_unref (self->backup_key);
  g_hash_table_unref (self->asked);
  g_ptr_array_unref (self->sent);
}

/* -- Steps */

static void
settle (Fixture *self, MxEncryptionFlags flag)
{
  MxEncryption *encryption = mx_session_get_encryption (self->session.session);
  MxWorkLoop *loop = mx_encryption_get_loop (encryption, flag);
  g_autoptr (DexFuture) settled = NULL;

  mx_work_loop_kick (loop);
  settled = session_fixture_wait (mx_work_loop_settle (loop));
}

static void
write_store (Fixture *self, MxStoreFunc func)
{
  g_autoptr (DexFuture) written =
    session_fixture_wait (mx_session_write (self->session.session, func, self, NULL));
}

static void
learn_peer (Fixture *self)
{
  const char *const user_ids[] = { PEER, NULL };
  g_autoptr (DexFuture) learned =
    session_fixture_wait (mx_device_tracker_ensure (self->session.session, user_ids));
}

static MxStoredDevice *
peer_device (Fixture *self)
{
  MxStoredDevice *device =
    mx_store_get_device (mx_session_get_reader (self->session.session), PEER, DEVICE);

  g_assert_nonnull (device);

  return device;
}

/* -- Questions */

static void
test_batches (Fixture *self, gconstpointer unused)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) user_ids = NULL;
  g_autoptr (DexFuture) asked = NULL;

  for (unsigned i = 0; i < USERS; i++)
    g_strv_builder_take (builder, g_strdup_printf ("@agent%u:ministere.test", i));
  user_ids = g_strv_builder_end (builder);
  asked = session_fixture_wait (
    mx_device_tracker_ensure (self->session.session, (const char *const *) user_ids));

  /* Everybody once (answer_query () looks after that), in as few questions as may be. */
  for (unsigned i = 0; i < USERS; i++)
    g_assert_true (g_hash_table_contains (self->asked, user_ids[i]));
  g_assert_cmpuint (self->queries, ==, 3);
  g_assert_cmpuint (self->most_asked, <=, 250);
}

/* -- One user of a session at a time */

static gboolean
send_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  Fixture *self = data;
  MxOlmMachine *machine = mx_session_get_machine (self->session.session);
  g_autoptr (MxStoredDevice) device = mx_store_get_device (store, PEER, DEVICE);
  g_autoptr (MxJsonDocument) content = parse ("{}");

  return mx_olm_outbox_send (
    machine, device, "m.dummy", mx_json_document_root (content), changes, NULL, error);
}

/* The Olm message for the peer in a body of /sendToDevice. */
static MxJson
find_message (Fixture *self, MxJsonDocument *body)
{
  g_autofree char *key =
    mx_base64_encode (mx_olm_account_get_curve25519_key (self->peer), MX_CURVE25519_KEY_SIZE);
  MxJson message =
    mx_json_path (mx_json_document_root (body), "messages", PEER, DEVICE, "ciphertext", key, NULL);

  g_assert_true (mx_json_is_object (message));

  return message;
}

/* Each message is another step of one ratchet: the peer reads them all. */
static void
assert_peer_reads (Fixture *self)
{
  g_autoptr (MxOlmSession) session = NULL;

  for (guint i = 0; i < self->sent->len; i++)
    {
      g_autoptr (MxJsonDocument) body = parse (g_ptr_array_index (self->sent, i));
      g_autofree char *sender_key = g_strdup (mx_json_string (
        mx_json_path (mx_json_document_root (body), "messages", PEER, DEVICE, "sender_key", NULL)));
      MxJson message = find_message (self, body);
      const char *text = mx_json_get_string (message, "body");
      g_autoptr (GBytes) plain = NULL;
      g_autoptr (GError) error = NULL;
      guint8 key[MX_CURVE25519_KEY_SIZE];

      g_assert_true (mx_base64_decode_exact (sender_key, key, sizeof key, NULL));
      if (session == NULL)
        session = mx_olm_session_new_inbound (self->peer, key, text, &plain, &error);
      else
        plain = mx_olm_session_decrypt (session, MX_OLM_MESSAGE_PRE_KEY, text, &error);
      g_assert_no_error (error);
      g_assert_nonnull (plain);
    }
}

static void
test_senders_at_once (Fixture *self, gconstpointer unused)
{
  g_autoptr (GPtrArray) devices = NULL;
  DexFuture *claims[SENDERS] = { NULL };
  DexFuture *sends[SENDERS] = { NULL };
  g_autoptr (DexFuture) flushed = NULL;

  learn_peer (self);
  devices = g_ptr_array_new_with_free_func ((GDestroyNotify) mx_stored_device_free);
  g_ptr_array_add (devices, peer_device (self));
  for (unsigned i = 0; i < SENDERS; i++)
    claims[i] = mx_olm_claims_ensure (self->session.session, devices, FALSE);
  for (unsigned i = 0; i < SENDERS; i++)
    dex_unref (session_fixture_wait (claims[i]));
  g_assert_cmpuint (self->claims, ==, 1);

  for (unsigned i = 0; i < SENDERS; i++)
    sends[i] = mx_session_write (self->session.session, send_work, self, NULL);
  for (unsigned i = 0; i < SENDERS; i++)
    dex_unref (session_fixture_wait (sends[i]));
  flushed = session_fixture_wait (mx_olm_outbox_flush (self->session.session));
  g_assert_cmpuint (self->sent->len, ==, SENDERS);
  assert_peer_reads (self);
}

/* -- Signatures that the server refuses */

static gboolean
verify_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  g_autoptr (MxStoredIdentity) identity = g_new0 (MxStoredIdentity, 1);

  identity->user_id = g_strdup (PEER);
  identity->master = g_strdup ("{\"keys\":{},\"signatures\":{\"" PEER "\":{\"a\":\"theirs\"},"
                               "\"" FIXTURE_USER "\":{\"b\":\"ours\"}}}");
  identity->is_verified = TRUE;
  identity->was_verified = TRUE;

  return mx_store_put_identity (store, identity, error) &&
         mx_store_add_signature (store, PEER, "target", "{\"signatures\":{}}", error);
}

static void
test_refused_signature (Fixture *self, gconstpointer unused)
{
  MxStore *reader = mx_session_get_reader (self->session.session);
  g_autoptr (MxStoredIdentity) identity = NULL;
  g_autofree char *pending = NULL;

  learn_peer (self);
  write_store (self, verify_work);
  settle (self, MX_ENCRYPTION_SIGN);
  g_assert_cmpuint (self->signatures, ==, 1);

  /* Not verified, nothing said of it any more, and the server is asked what it has. */
  identity = mx_store_get_identity (reader, PEER);
  g_assert_cmpint (mx_stored_identity_get_state (identity), !=, MX_IDENTITY_STATE_VERIFIED);
  g_assert_null (strstr (identity->master, "ours"));
  g_assert_nonnull (strstr (identity->master, "theirs"));
  pending = mx_store_dup_signatures (reader);
  g_assert_null (pending);
  g_assert_true (mx_store_is_user_outdated (reader, PEER));
}

/* -- The backup's switch */

static gboolean
own_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  Fixture *self = data;

  return mx_store_set_secret (store, MX_SECRET_BACKUP, self->backup_key, error);
}

static MxBackupState
look_at_backup (Fixture *self)
{
  MxEncryption *encryption = mx_session_get_encryption (self->session.session);

  mx_key_backup_recheck (encryption);
  settle (self, MX_ENCRYPTION_BACK_UP);

  return mx_encryption_get_backup_state (encryption);
}

static void
switch_backup (Fixture *self, gboolean on)
{
  g_autofree char *event =
    g_strdup_printf ("{\"type\":\"m.key_backup\",\"content\":{\"enabled\":%s}}",
                     on ? "true" : "false");

  session_fixture_account_data (&self->session, event);
}

/* Whoever can write account data, a server above all, does not stop a backup that is in use. */
static void
test_switched_off_by_others (Fixture *self, gconstpointer unused)
{
  g_autofree char *wish = NULL;

  write_store (self, own_work);
  g_assert_cmpint (look_at_backup (self), ==, MX_BACKUP_ON);
  switch_backup (self, FALSE);
  g_assert_cmpint (look_at_backup (self), ==, MX_BACKUP_ON);
  wish = mx_store_get_value (mx_session_get_reader (self->session.session), MX_BACKUP_VALUE_WISH);
  g_assert_cmpstr (wish, !=, "off");
}

/* Nor does it start one where the user has none. */
static void
test_switched_on_by_others (Fixture *self, gconstpointer unused)
{
  write_store (self, own_work);
  switch_backup (self, FALSE);
  g_assert_cmpint (look_at_backup (self), ==, MX_BACKUP_DISABLED);
  switch_backup (self, TRUE);
  g_assert_cmpint (look_at_backup (self), ==, MX_BACKUP_DISABLED);
  g_assert_cmpuint (self->versions, ==, 0);
}

/* -- The token ran out */

static void
test_sign_in_again (Fixture *self, gconstpointer unused)
{
  static const char *const others[] = {
    "{\"user_id\":\"" PEER "\",\"device_id\":\"TESTDEVICE\",\"access_token\":\"new\"}",
    "{\"user_id\":\"" FIXTURE_USER "\",\"device_id\":\"OTHER\",\"access_token\":\"new\"}",
  };
  MxSession *session = self->session.session;
  MxStore *reader = mx_session_get_reader (session);
  g_autofree char *before = mx_store_get_value (reader, "device_ed25519");
  g_autofree char *after = NULL;
  g_autoptr (MxSecret) password = mx_secret_new_text ("télégraphe");
  g_autoptr (DexFuture) signed_in = NULL;

  /* Nobody else goes on with these keys. */
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    {
      self->login = others[i];
      await_error (mx_session_sign_in_again (session, password),
                   MX_MATRIX_ERROR,
                   MX_MATRIX_ERROR_INVALID_RESPONSE);
    }
  self->login =
    "{\"user_id\":\"" FIXTURE_USER "\",\"device_id\":\"TESTDEVICE\",\"access_token\":\"new\"}";
  signed_in = session_fixture_wait (mx_session_sign_in_again (session, password));
  g_assert_cmpint (mx_session_get_state (session), ==, MX_SESSION_OPEN);
  after = mx_store_get_value (reader, "device_ed25519");
  g_assert_nonnull (before);
  g_assert_cmpstr (before, ==, after);
}

static gboolean
went_back_work (MxStore *store,
                MxStoreChanges *changes,
                gpointer data,
                GValue *result,
                GError **error)
{
  return mx_device_recovery_go_back (store, 1, error);
}

static gboolean
no_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  return TRUE;
}

static gboolean
contested_work (MxStore *store,
                MxStoreChanges *changes,
                gpointer data,
                GValue *result,
                GError **error)
{
  return mx_store_set_value (store, MX_VALUE_DEVICE_NOTE, MX_DEVICE_NOTE_REPLACED, error);
}

static void
count_cb (unsigned *count)
{
  ++*count;
}

/* The user is told until it was seen, and when it is something else. */
static void
test_told_that_it_went_back (Fixture *self, gconstpointer unused)
{
  MxEncryption *encryption = mx_session_get_encryption (self->session.session);
  unsigned told = 0;

  g_signal_connect_swapped (encryption, "device-note", G_CALLBACK (count_cb), &told);
  g_assert_cmpint (mx_encryption_get_device_note (encryption), ==, MX_DEVICE_NOTE_NONE);
  write_store (self, went_back_work);
  g_assert_cmpint (mx_encryption_get_device_note (encryption), ==, MX_DEVICE_NOTE_WENT_BACK);
  write_store (self, no_work);
  g_assert_cmpuint (told, ==, 1);
  write_store (self, contested_work);
  g_assert_cmpint (mx_encryption_get_device_note (encryption), ==, MX_DEVICE_NOTE_CONTESTED);
  g_assert_cmpuint (told, ==, 2);
  mx_encryption_drop_device_note (encryption);
  write_store (self, no_work);
  g_assert_cmpint (mx_encryption_get_device_note (encryption), ==, MX_DEVICE_NOTE_NONE);
  g_assert_cmpuint (told, ==, 2);
  g_signal_handlers_disconnect_by_func (encryption, count_cb, &told);
}

#define ADD(path, func) g_test_add ("/encryption/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();

  ADD ("E2E-009-told-that-it-went-back", test_told_that_it_went_back);
  ADD ("E2E-019-batches", test_batches);
  ADD ("E2E-050-E2E-029-senders-at-once", test_senders_at_once);
  ADD ("E2E-096-refused-signature", test_refused_signature);
  ADD ("E2E-139-switched-off-by-others", test_switched_off_by_others);
  ADD ("E2E-139-switched-on-by-others", test_switched_on_by_others);
  ADD ("E2E-166-sign-in-again", test_sign_in_again);

  return g_test_run ();
}
