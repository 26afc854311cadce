/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Secret storage with a server that keeps account data, and fails when it is told to: what is
 * opened by what, what is written, and what of other clients stays. */
#include "config.h"

#include "local-server.h"
#include "session-fixture.h"

#include "mx-error.h"
#include "mx-json.h"
#include "mx-recovery-key.h"
#include "mx-secret-storage.h"
#include "mx-secret-vault.h"

#include <string.h>

#define SECRET     "m.cross_signing.master"
#define DEFAULT    "m.secret_storage.default_key"
#define PREFIX     "m.secret_storage.key."
#define ALGORITHM  "m.secret_storage.v1.aes-hmac-sha2"
#define PASSPHRASE "agrafe batterie cheval correct"

typedef struct
{
  LocalServer *server;
  SessionFixture session;
  MxScope *scope;
  MxSecretVault vault;
  GHashTable *account_data; /* type → JSON text */
  char *broken;             /* the type that is answered by 500; NULL */
} Fixture;

/* What a fiber does with the vault, and what came of it. */
typedef struct _Call Call;
struct _Call
{
  gboolean (*run) (MxSecretVault *vault, const Call *call, GError **error);
  MxSecretVault *vault;
  MxSecret *secret;
  gboolean keep;
  char **text;      /* out */
  MxSecret **bytes; /* out */
};

/* -- The server */

static void
server_cb (Request *request, gpointer data)
{
  Fixture *self = data;
  const char *text = strstr (request->path, "/account_data/");
  const char *type = text != NULL ? text + strlen ("/account_data/") : NULL;

  if (type == NULL)
    {
      hold (request); /* the sync loop waits */
      return;
    }
  if (g_strcmp0 (type, self->broken) == 0)
    respond_json (request, 500, "{\"errcode\":\"M_UNKNOWN\"}");
  else if (g_str_equal (soup_server_message_get_method (request->message), "PUT"))
    {
      g_hash_table_insert (self->account_data, g_strdup (type), g_strdup (request->body));
      respond_json (request, 200, "{}");
    }
  else if (g_hash_table_contains (self->account_data, type))
    respond_json (request, 200, g_hash_table_lookup (self->account_data, type));
  else
    respond_json (request, 404, "{\"errcode\":\"M_NOT_FOUND\"}");
}

static const char *
stored (Fixture *self, const char *type)
{
  return g_hash_table_lookup (self->account_data, type);
}

static void
store (Fixture *self, const char *type, const char *content)
{
  g_hash_table_insert (self->account_data, g_strdup (type), g_strdup (content));
}

/* A key that another client made; passphrase: JSON of that member, NULL. */
static void
store_key (Fixture *self, const char *key_id, MxSecret *key, const char *passphrase)
{
  g_auto (MxSealedSecret) check = { 0 };
  g_autofree char *type = g_strconcat (PREFIX, key_id, NULL);
  g_autofree char *pointer = g_strdup_printf ("{\"key\":\"%s\"}", key_id);
  g_autofree char *content = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (mx_secret_storage_describe_key (key, &check, &error));
  g_assert_no_error (error);
  content = g_strdup_printf ("{\"algorithm\":\"" ALGORITHM "\",\"iv\":\"%s\",\"mac\":\"%s\"%s%s}",
                             check.iv,
                             check.mac,
                             passphrase != NULL ? ",\"passphrase\":" : "",
                             passphrase != NULL ? passphrase : "");
  store (self, type, content);
  store (self, DEFAULT, pointer);
}

/* -- Calls */

static DexFuture *
call_fiber (gpointer data)
{
  const Call *call = data;
  g_autoptr (GError) error = NULL;

  if (call->run (call->vault, call, &error))
    return dex_future_new_true ();
  if (error != NULL)
    return dex_future_new_for_error (g_steal_pointer (&error));

  return dex_future_new_false ();
}

/* TRUE: it said so; FALSE without error: it said that, too. */
static gboolean
run (Fixture *self, Call call, GError **error)
{
  g_autoptr (DexFuture) done = NULL;
  const GValue *value = NULL;

  call.vault = &self->vault;
  if (!await (mx_flow_run (call_fiber, &call, NULL), &done, error))
    return FALSE;
  value = dex_future_get_value (done, NULL);

  return g_value_get_boolean (value);
}

static gboolean
run_open (MxSecretVault *vault, const Call *call, GError **error)
{
  return mx_secret_vault_open (vault, call->secret, error);
}

static gboolean
run_reopen (MxSecretVault *vault, const Call *call, GError **error)
{
  return mx_secret_vault_reopen (vault, call->secret, error);
}

static gboolean
run_default_key (MxSecretVault *vault, const Call *call, GError **error)
{
  *call->text = mx_secret_vault_dup_default_key (vault, error);

  return *call->text != NULL;
}

static gboolean
run_new_key (MxSecretVault *vault, const Call *call, GError **error)
{
  return mx_secret_vault_new_key (vault, call->secret, error);
}

static gboolean
run_make_default (MxSecretVault *vault, const Call *call, GError **error)
{
  return mx_secret_vault_make_default (vault, error);
}

static gboolean
run_write (MxSecretVault *vault, const Call *call, GError **error)
{
  return mx_secret_vault_write (vault, SECRET, call->secret, call->keep, error);
}

static gboolean
run_read (MxSecretVault *vault, const Call *call, GError **error)
{
  *call->bytes = mx_secret_vault_read (vault, SECRET, error);

  return *call->bytes != NULL;
}

static void
assert_run (Fixture *self, Call call)
{
  g_autoptr (GError) error = NULL;
  gboolean done = run (self, call, &error);

  g_assert_no_error (error);
  g_assert_true (done);
}

static void
assert_refused (Fixture *self, Call call, GQuark domain, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (run (self, call, &error));
  g_assert_error (error, domain, code);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->account_data = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->server = local_server_new (server_cb, self);
  session_fixture_init_at (&self->session, self->server->base);
  self->scope = mx_scope_new ();
  mx_secret_vault_init (&self->vault, self->session.session, self->scope);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  mx_secret_vault_clear (&self->vault);
  mx_scope_unref (self->scope);
  session_fixture_clear (&self->session);
  local_server_free (self->server);
  g_hash_table_unref (self->account_data);
  g_free (self->broken);
}

/* -- Opening */

static void
assert_closed (Fixture *self)
{
  g_assert_null (self->vault.key);
  g_assert_null (self->vault.key_id);
}

/* E2E-121: none, half of one, one that cannot be asked for. */
static void
test_nothing_there (Fixture *self, gconstpointer data)
{
  g_autoptr (MxSecret) key = mx_secret_new_random (MX_SECRET_STORAGE_KEY_SIZE);
  g_autoptr (MxSecret) code = mx_recovery_key_encode (key);
  static const char *const contents[] = {
    "{}", "{\"key\":7}", "{\"key\":\"\"}", "{\"key\":\"none\"}"
  };
  g_autoptr (GError) error = NULL;
  char *key_id = NULL;

  g_assert_false (run (self, (Call) { .run = run_default_key, .text = &key_id }, &error));
  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (contents); i++)
    {
      store (self, DEFAULT, contents[i]);
      g_assert_false (run (self, (Call) { .run = run_default_key, .text = &key_id }, &error));
      g_assert_no_error (error);
    }
  assert_refused (self,
                  (Call) { .run = run_open, .secret = code },
                  MX_SESSION_ERROR,
                  MX_SESSION_ERROR_FAILED);
  g_assert_false (run (self, (Call) { .run = run_reopen, .secret = key }, &error));
  g_assert_no_error (error);

  self->broken = g_strdup (DEFAULT);
  g_assert_false (run (self, (Call) { .run = run_default_key, .text = &key_id }, &error));
  g_assert_nonnull (error);
  assert_closed (self);
}

static void
test_open_by_code (Fixture *self, gconstpointer data)
{
  g_autoptr (MxSecret) key = mx_secret_new_random (MX_SECRET_STORAGE_KEY_SIZE);
  g_autoptr (MxSecret) code = mx_recovery_key_encode (key);
  g_autofree char *key_id = NULL;

  store_key (self, "abc", key, NULL);
  assert_run (self, (Call) { .run = run_default_key, .text = &key_id });
  g_assert_cmpstr (key_id, ==, "abc");
  assert_run (self, (Call) { .run = run_open, .secret = code });
  g_assert_cmpstr (self->vault.key_id, ==, "abc");
  g_assert_true (mx_secret_equal (self->vault.key, key));
}

static void
test_open_by_passphrase (Fixture *self, gconstpointer data)
{
  static const char described[] =
    "{\"algorithm\":\"m.pbkdf2\",\"salt\":\"du sel\",\"iterations\":10}";
  g_autoptr (MxSecret) passphrase = mx_secret_new_text (PASSPHRASE);
  g_autoptr (MxSecret) wrong = mx_secret_new_text (PASSPHRASE "s");
  g_autoptr (GError) error = NULL;
  g_autoptr (MxSecret) key =
    mx_secret_storage_key_from_passphrase (passphrase, "du sel", 10, 256, &error);

  g_assert_no_error (error);
  store_key (self, "abc", key, described);
  assert_refused (self,
                  (Call) { .run = run_open, .secret = wrong },
                  MX_SESSION_ERROR,
                  MX_SESSION_ERROR_WRONG_CODE);
  assert_closed (self);
  assert_run (self, (Call) { .run = run_open, .secret = passphrase });
  g_assert_true (mx_secret_equal (self->vault.key, key));
}

/* Neither what was typed nor the name of the key stays behind. */
static void
test_key_that_does_not_fit (Fixture *self, gconstpointer data)
{
  g_autoptr (MxSecret) key = mx_secret_new_random (MX_SECRET_STORAGE_KEY_SIZE);
  g_autoptr (MxSecret) other = mx_secret_new_random (MX_SECRET_STORAGE_KEY_SIZE);
  g_autoptr (MxSecret) wrong = mx_recovery_key_encode (other);
  g_autoptr (MxSecret) nonsense = mx_secret_new_text ("EsTc LW2K");
  g_autoptr (GError) error = NULL;

  store_key (self, "abc", key, NULL);
  assert_refused (self,
                  (Call) { .run = run_open, .secret = wrong },
                  MX_SESSION_ERROR,
                  MX_SESSION_ERROR_WRONG_CODE);
  assert_refused (self,
                  (Call) { .run = run_open, .secret = nonsense },
                  MX_RECOVERY_KEY_ERROR,
                  MX_RECOVERY_KEY_ERROR_LENGTH);
  g_assert_false (run (self, (Call) { .run = run_reopen, .secret = other }, &error));
  g_assert_no_error (error);
  assert_closed (self);
  assert_run (self, (Call) { .run = run_reopen, .secret = key });
  g_assert_cmpstr (self->vault.key_id, ==, "abc");
}

static void
test_other_kind (Fixture *self, gconstpointer data)
{
  g_autoptr (MxSecret) key = mx_secret_new_random (MX_SECRET_STORAGE_KEY_SIZE);

  store (self, DEFAULT, "{\"key\":\"new\"}");
  store (self, PREFIX "new", "{\"algorithm\":\"m.secret_storage.v2\"}");
  assert_refused (self,
                  (Call) { .run = run_reopen, .secret = key },
                  MX_CRYPTO_ERROR,
                  MX_CRYPTO_ERROR_UNSUPPORTED);
  assert_closed (self);
}

/* -- Keys of ours */

static void
test_new_key (Fixture *self, gconstpointer data)
{
  g_autofree char *type = NULL;
  g_autofree char *key_id = NULL;
  g_autoptr (MxSecret) key = NULL;

  assert_run (self, (Call) { .run = run_new_key });
  g_assert_null (stored (self, DEFAULT)); /* not yet */
  type = g_strconcat (PREFIX, self->vault.key_id, NULL);
  g_assert_nonnull (stored (self, type));
  g_assert_null (strstr (stored (self, type), "passphrase"));

  assert_run (self, (Call) { .run = run_make_default });
  assert_run (self, (Call) { .run = run_default_key, .text = &key_id });
  g_assert_cmpstr (key_id, ==, self->vault.key_id);
  key = mx_secret_ref (self->vault.key);
  assert_run (self, (Call) { .run = run_reopen, .secret = key });
}

/* The server has not got it: there is none. */
static void
test_new_key_refused (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  local_server_free (self->server);
  self->server = NULL;
  g_assert_false (run (self, (Call) { .run = run_new_key }, &error));
  g_assert_nonnull (error);
  assert_closed (self);
  self->server = local_server_new (server_cb, self);
}

/* -- Secrets */

/* What other clients have of it: a key of the known kind, one of a kind to come, one whose
 * description is gone. */
static void
store_others (Fixture *self)
{
  store (self, PREFIX "old", "{\"algorithm\":\"" ALGORITHM "\"}");
  store (self, PREFIX "coming", "{\"algorithm\":\"m.secret_storage.v2\"}");
  store (self,
         SECRET,
         "{\"encrypted\":{\"old\":{\"iv\":\"a\"},\"coming\":{\"new\":1},\"lost\":{\"iv\":\"b\"}}}");
}

/* Whether this key has something of the secret. */
static gboolean
has (Fixture *self, const char *key_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (stored (self, SECRET), -1, &error);

  g_assert_no_error (error);

  return mx_json_is_object (
    mx_json_path (mx_json_document_root (document), "encrypted", key_id, NULL));
}

static void
assert_reads (Fixture *self, MxSecret *secret)
{
  g_autoptr (MxSecret) read = NULL;

  assert_run (self, (Call) { .run = run_read, .bytes = &read });
  g_assert_true (mx_secret_equal (read, secret));
}

static void
test_write (Fixture *self, gconstpointer data)
{
  g_autoptr (MxSecret) secret = mx_secret_new_random (32);
  g_autoptr (MxSecret) none = NULL;
  g_autoptr (GError) error = NULL;

  assert_run (self, (Call) { .run = run_new_key });
  g_assert_false (run (self, (Call) { .run = run_read, .bytes = &none }, &error));
  g_assert_no_error (error);
  assert_run (self, (Call) { .run = run_write, .secret = secret });
  assert_reads (self, secret);

  /* "not set" takes its place; nothing of it is left */
  assert_run (self, (Call) { .run = run_write });
  g_assert_cmpstr (stored (self, SECRET), ==, "{\"encrypted\":{}}");
  g_assert_false (run (self, (Call) { .run = run_read, .bytes = &none }, &error));
  g_assert_no_error (error);
}

static void
test_write_beside (Fixture *self, gconstpointer data)
{
  g_autoptr (MxSecret) secret = mx_secret_new_random (32);

  assert_run (self, (Call) { .run = run_new_key });
  store_others (self);
  assert_run (self, (Call) { .run = run_write, .secret = secret, .keep = TRUE });
  g_assert_true (has (self, "old") && has (self, "coming") && has (self, "lost"));
  assert_reads (self, secret);
}

static void
test_write_instead (Fixture *self, gconstpointer data)
{
  g_autoptr (MxSecret) secret = mx_secret_new_random (32);

  assert_run (self, (Call) { .run = run_new_key });
  store_others (self);
  assert_run (self, (Call) { .run = run_write, .secret = secret });
  g_assert_false (has (self, "old") || has (self, "lost"));
  g_assert_true (has (self, "coming"));
  assert_reads (self, secret);
}

/* Of what kind a key is cannot be learnt: nothing is removed by guess. */
static void
test_write_unsure (Fixture *self, gconstpointer data)
{
  g_autoptr (MxSecret) secret = mx_secret_new_random (32);
  g_autofree char *before = NULL;
  g_autoptr (GError) error = NULL;

  assert_run (self, (Call) { .run = run_new_key });
  store_others (self);
  before = g_strdup (stored (self, SECRET));
  self->broken = g_strdup (PREFIX "coming");
  g_assert_false (run (self, (Call) { .run = run_write, .secret = secret }, &error));
  g_assert_nonnull (error);
  g_assert_cmpstr (stored (self, SECRET), ==, before);
}

/* What lies there is not ours, or was meddled with. */
static void
test_read_damaged (Fixture *self, gconstpointer data)
{
  g_autoptr (MxSecret) secret = mx_secret_new_random (32);
  g_autoptr (MxSecret) read = NULL;
  g_autofree char *other = NULL;

  assert_run (self, (Call) { .run = run_new_key });
  assert_run (self, (Call) { .run = run_write, .secret = secret });
  other = g_strdup_printf ("{\"encrypted\":{\"%s\":{\"iv\":\"AAAAAAAAAAAAAAAAAAAAAA\","
                           "\"ciphertext\":\"AAAA\",\"mac\":\"%043d\"}}}",
                           self->vault.key_id,
                           0);
  store (self, SECRET, other);
  assert_refused (self,
                  (Call) { .run = run_read, .bytes = &read },
                  MX_CRYPTO_ERROR,
                  MX_CRYPTO_ERROR_BAD_MAC);
}

static void
add (const char *path, void (*func) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, func, tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("/secret-vault/E2E-121-nothing-there", test_nothing_there);
  add ("/secret-vault/open/by-code", test_open_by_code);
  add ("/secret-vault/open/E2E-125-by-passphrase", test_open_by_passphrase);
  add ("/secret-vault/open/key-that-does-not-fit", test_key_that_does_not_fit);
  add ("/secret-vault/open/other-kind", test_other_kind);
  add ("/secret-vault/new-key/described", test_new_key);
  add ("/secret-vault/new-key/refused", test_new_key_refused);
  add ("/secret-vault/write/alone", test_write);
  add ("/secret-vault/write/beside-others", test_write_beside);
  add ("/secret-vault/write/E2E-128-instead-of-others", test_write_instead);
  add ("/secret-vault/write/E2E-128-unsure", test_write_unsure);
  add ("/secret-vault/read-damaged", test_read_damaged);

  return g_test_run ();
}
