/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Secret storage in account data. */
#include "config.h"

#include "mx-secret-vault.h"

#include "mx-base64.h"
#include "mx-error.h"
#include "mx-json.h"
#include "mx-recovery-key.h"
#include "mx-room-requests.h"
#include "mx-secret-storage.h"
#include "mx-worker.h"

#include <string.h>

#define ALGORITHM   "m.secret_storage.v1.aes-hmac-sha2"
#define DEFAULT_KEY "m.secret_storage.default_key"
#define KEY_PREFIX  "m.secret_storage.key."
#define SALT_SIZE   24

void
mx_secret_vault_init (MxSecretVault *self, MxSession *session, MxScope *scope)
{
  *self = (MxSecretVault) { .session = g_object_ref (session), .scope = mx_scope_ref (scope) };
}

void
mx_secret_vault_clear (MxSecretVault *self)
{
  g_clear_object (&self->session);
  g_clear_pointer (&self->scope, mx_scope_unref);
  g_clear_pointer (&self->key_id, g_free);
  g_clear_pointer (&self->key, mx_secret_unref);
}

/* -- Account data */

/* NULL without error: the server has none. */
static MxJsonDocument *
fetch (MxSecretVault *self, const char *type, GError **error)
{
  MxHttp *http = mx_session_get_http (self->session);
  g_autoptr (GError) failure = NULL;
  g_autoptr (GBytes) reply = NULL;

  if (http == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The session was closed");
      return NULL;
    }
  reply =
    dex_await_boxed (mx_guard (self->scope,
                               mx_rooms_get_account_data (http,
                                                          mx_session_get_user_id (self->session),
                                                          type)),
                     &failure);
  if (reply != NULL)
    return mx_json_document_parse_bytes (reply, error);
  if (!g_error_matches (failure, MX_MATRIX_ERROR, MX_MATRIX_ERROR_NOT_FOUND))
    g_propagate_error (error, g_steal_pointer (&failure));

  return NULL;
}

typedef struct
{
  char *type;
  char *content;
} MxEcho;

static void
mx_echo_free (gpointer data)
{
  MxEcho *echo = data;

  g_free (echo->type);
  g_free (echo->content);
  g_free (echo);
}

static gboolean
echo_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  const MxEcho *echo = data;

  g_ptr_array_add (changes->account_data, g_strdup (echo->type));

  return mx_store_set_account_data (store, NULL, echo->type, echo->content, error);
}

gboolean
mx_secret_vault_put (MxSecretVault *self, const char *type, const char *content, GError **error)
{
  MxHttp *http = mx_session_get_http (self->session);
  MxEcho *echo = NULL;

  if (http == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The session was closed");
      return FALSE;
    }
  if (!dex_await (mx_guard (self->scope,
                            mx_rooms_set_account_data (
                              http, mx_session_get_user_id (self->session), NULL, type, content)),
                  error))
    return FALSE;

  echo = g_new0 (MxEcho, 1);
  echo->type = g_strdup (type);
  echo->content = g_strdup (content);

  return dex_await (mx_session_write (self->session, echo_work, echo, mx_echo_free), error);
}

/* -- PBKDF2, on a thread of its own (E2E-125) */

typedef struct
{
  MxSecret *passphrase;
  char *salt;
  gint64 rounds;
  gint64 bits;
} MxDerivation;

static void
mx_derivation_free (gpointer data)
{
  MxDerivation *derivation = data;

  mx_secret_unref (derivation->passphrase);
  g_free (derivation->salt);
  g_free (derivation);
}

static gboolean
derive_work (gpointer data, GValue *result, GError **error)
{
  const MxDerivation *derivation = data;
  MxSecret *key = mx_secret_storage_key_from_passphrase (derivation->passphrase,
                                                         derivation->salt,
                                                         derivation->rounds,
                                                         derivation->bits,
                                                         error);

  if (key == NULL)
    return FALSE;
  g_value_init (result, MX_TYPE_SECRET);
  g_value_take_boxed (result, key);

  return TRUE;
}

static MxSecret *
derive (MxSecretVault *self,
        MxSecret *passphrase,
        const char *salt,
        gint64 rounds,
        gint64 bits,
        GError **error)
{
  g_autoptr (MxWorker) worker = mx_worker_new ("mx-passphrase");
  MxDerivation *derivation = g_new0 (MxDerivation, 1);
  MxSecret *key = NULL;

  derivation->passphrase = mx_secret_ref (passphrase);
  derivation->salt = g_strdup (salt);
  derivation->rounds = rounds;
  derivation->bits = bits;
  key =
    dex_await_boxed (mx_worker_run (worker, derive_work, derivation, mx_derivation_free), error);
  mx_worker_stop (worker);

  return key;
}

/* -- Keys */

static char *
key_type (const char *key_id)
{
  return g_strconcat (KEY_PREFIX, key_id, NULL);
}

char *
mx_secret_vault_dup_default_key (MxSecretVault *self, GError **error)
{
  g_autoptr (MxJsonDocument) document = fetch (self, DEFAULT_KEY, error);
  const char *key_id =
    document != NULL ? mx_json_get_string (mx_json_document_root (document), "key") : NULL;
  g_autoptr (MxJsonDocument) description = NULL;
  g_autofree char *type = NULL;

  if (key_id == NULL || *key_id == '\0')
    return NULL;
  type = key_type (key_id);
  description = fetch (self, type, error);
  if (description == NULL ||
      mx_json_get_string (mx_json_document_root (description), "algorithm") == NULL)
    return NULL;

  return g_strdup (key_id);
}

/* The key that somebody typed, by one of its two representations. */
static MxSecret *
read_code (MxSecretVault *self, MxJson description, MxSecret *code, GError **error)
{
  MxJson passphrase = mx_json_get (description, "passphrase");
  g_autoptr (GError) misspelt = NULL;
  MxSecret *key = mx_recovery_key_decode (mx_secret_get_text (code), &misspelt);

  if (key != NULL)
    return key;
  if (g_strcmp0 (mx_json_get_string (passphrase, "algorithm"), "m.pbkdf2") != 0)
    {
      g_propagate_error (error, g_steal_pointer (&misspelt));
      return NULL;
    }

  return derive (self,
                 code,
                 mx_json_get_string (passphrase, "salt"),
                 mx_json_int (mx_json_get (passphrase, "iterations"), 0),
                 mx_json_int (mx_json_get (passphrase, "bits"), 256),
                 error);
}

/* The description of the default key, and its id, which the caller owns; NULL without error: there
 * is none. */
static MxJsonDocument *
fetch_description (MxSecretVault *self, char **id, GError **error)
{
  g_autofree char *key_id = mx_secret_vault_dup_default_key (self, error);
  g_autofree char *type = key_id != NULL ? key_type (key_id) : NULL;
  g_autoptr (MxJsonDocument) document = type != NULL ? fetch (self, type, error) : NULL;

  if (document == NULL)
    return NULL;
  if (g_strcmp0 (mx_json_get_string (mx_json_document_root (document), "algorithm"), ALGORITHM) !=
      0)
    {
      g_set_error_literal (error,
                           MX_CRYPTO_ERROR,
                           MX_CRYPTO_ERROR_UNSUPPORTED,
                           "Secret storage of another kind");
      return NULL;
    }
  *id = g_steal_pointer (&key_id);

  return g_steal_pointer (&document);
}

/* Takes key, if it is the one that is described. */
static gboolean
take_key (MxSecretVault *self, const char *key_id, MxJson description, MxSecret *key)
{
  if (!mx_secret_storage_check_key (key,
                                    mx_json_get_string (description, "iv"),
                                    mx_json_get_string (description, "mac"),
                                    NULL))
    return FALSE;
  g_clear_pointer (&self->key, mx_secret_unref);
  self->key = mx_secret_ref (key);
  g_set_str (&self->key_id, key_id);

  return TRUE;
}

gboolean
mx_secret_vault_open (MxSecretVault *self, MxSecret *code, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autofree char *key_id = NULL;
  g_autoptr (MxJsonDocument) description = fetch_description (self, &key_id, &failure);
  g_autoptr (MxSecret) key = NULL;

  if (description == NULL)
    {
      if (failure == NULL)
        failure = g_error_new_literal (MX_SESSION_ERROR,
                                       MX_SESSION_ERROR_FAILED,
                                       "The account has no secret storage");
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }

  key = read_code (self, mx_json_document_root (description), code, error);
  if (key == NULL)
    return FALSE;
  if (take_key (self, key_id, mx_json_document_root (description), key))
    return TRUE;

  g_set_error_literal (error,
                       MX_SESSION_ERROR,
                       MX_SESSION_ERROR_WRONG_CODE,
                       "The code is not this account's");

  return FALSE;
}

gboolean
mx_secret_vault_reopen (MxSecretVault *self, MxSecret *key, GError **error)
{
  g_autofree char *key_id = NULL;
  g_autoptr (MxJsonDocument) description = fetch_description (self, &key_id, error);

  return description != NULL && take_key (self, key_id, mx_json_document_root (description), key);
}

static char *
describe_key (MxSecret *key, const char *salt, GError **error)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_auto (MxSealedSecret) check = { 0 };

  if (!mx_secret_storage_describe_key (key, &check, error))
    return NULL;

  mx_json_begin_object (writer, NULL);
  mx_json_add_string (writer, "algorithm", ALGORITHM);
  mx_json_add_string (writer, "iv", check.iv);
  mx_json_add_string (writer, "mac", check.mac);
  if (salt != NULL)
    {
      mx_json_begin_object (writer, "passphrase");
      mx_json_add_string (writer, "algorithm", "m.pbkdf2");
      mx_json_add_string (writer, "salt", salt);
      mx_json_add_int (writer, "iterations", MX_SECRET_STORAGE_ROUNDS);
      mx_json_add_int (writer, "bits", 8 * MX_SECRET_STORAGE_KEY_SIZE);
      mx_json_end (writer);
    }
  mx_json_end (writer);

  return mx_json_writer_to_text (writer);
}

static char *
random_text (gsize size)
{
  g_autofree guint8 *bytes = g_malloc (size);

  mx_random (bytes, size);

  return mx_base64_encode_url (bytes, size);
}

gboolean
mx_secret_vault_new_key (MxSecretVault *self, MxSecret *passphrase, GError **error)
{
  g_autofree char *key_id = random_text (SALT_SIZE);
  g_autofree char *salt = passphrase != NULL ? random_text (SALT_SIZE) : NULL;
  g_autofree char *type = key_type (key_id);
  g_autofree char *description = NULL;
  g_autoptr (MxSecret) key = NULL;

  key = passphrase != NULL ? derive (self,
                                     passphrase,
                                     salt,
                                     MX_SECRET_STORAGE_ROUNDS,
                                     8 * MX_SECRET_STORAGE_KEY_SIZE,
                                     error)
                           : mx_secret_new_random (MX_SECRET_STORAGE_KEY_SIZE);
  if (key == NULL)
    return FALSE;
  description = describe_key (key, salt, error);
  if (description == NULL || !mx_secret_vault_put (self, type, description, error))
    return FALSE;

  g_set_str (&self->key_id, key_id);
  g_clear_pointer (&self->key, mx_secret_unref);
  self->key = g_steal_pointer (&key);

  return TRUE;
}

gboolean
mx_secret_vault_make_default (MxSecretVault *self, GError **error)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autofree char *content = NULL;

  mx_json_begin_object (writer, NULL);
  mx_json_add_string (writer, "key", self->key_id);
  mx_json_end (writer);
  content = mx_json_writer_to_text (writer);

  return mx_secret_vault_put (self, DEFAULT_KEY, content, error);
}

/* -- Secrets */

MxSecret *
mx_secret_vault_read (MxSecretVault *self, const char *name, GError **error)
{
  g_autoptr (MxJsonDocument) document = fetch (self, name, error);
  g_autoptr (MxSecret) text = NULL;
  MxJson sealed;

  if (document == NULL)
    return NULL;
  sealed = mx_json_path (mx_json_document_root (document), "encrypted", self->key_id, NULL);
  if (!mx_json_is_object (sealed) || mx_json_size (sealed) == 0)
    return NULL;

  text = mx_secret_storage_decrypt (self->key,
                                    name,
                                    mx_json_get_string (sealed, "iv"),
                                    mx_json_get_string (sealed, "ciphertext"),
                                    mx_json_get_string (sealed, "mac"),
                                    error);

  return text != NULL ? mx_base64_decode_secret (mx_secret_get_text (text), error) : NULL;
}

static gboolean
seal (MxSecretVault *self, MxJsonWriter *writer, const char *name, MxSecret *secret, GError **error)
{
  g_autoptr (MxSecret) text = mx_base64_encode_secret (secret);
  g_auto (MxSealedSecret) sealed = { 0 };

  if (!mx_secret_storage_encrypt (self->key, name, text, &sealed, error))
    return FALSE;
  mx_json_begin_object (writer, self->key_id);
  mx_json_add_string (writer, "iv", sealed.iv);
  mx_json_add_string (writer, "ciphertext", sealed.ciphertext);
  mx_json_add_string (writer, "mac", sealed.mac);
  mx_json_end (writer);

  return TRUE;
}

/* Whether another client keeps the secret under a key of a kind that we do not know: what it has
 * there is not ours to remove (E2E-128). */
static gboolean
is_foreign (MxSecretVault *self, const char *key_id, gboolean *foreign, GError **error)
{
  g_autofree char *type = key_type (key_id);
  g_autoptr (GError) failure = NULL;
  g_autoptr (MxJsonDocument) description = fetch (self, type, &failure);
  const char *algorithm = description != NULL
                            ? mx_json_get_string (mx_json_document_root (description), "algorithm")
                            : NULL;

  *foreign = algorithm != NULL && !g_str_equal (algorithm, ALGORITHM);
  if (failure == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));

  return FALSE;
}

/* What other keys have of a secret; see mx_secret_vault_write (). */
static gboolean
write_others (MxSecretVault *self,
              MxJsonWriter *writer,
              const char *name,
              gboolean keep,
              GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (MxJsonDocument) present = fetch (self, name, &failure);
  const char *key_id = NULL;
  MxJsonIter iter;
  MxJson value;

  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  if (present == NULL)
    return TRUE;

  mx_json_iter_init (&iter, mx_json_get (mx_json_document_root (present), "encrypted"));
  while (mx_json_iter_next (&iter, &key_id, &value))
    {
      gboolean stays = keep;

      if (g_strcmp0 (key_id, self->key_id) == 0)
        continue;
      if (!keep && !is_foreign (self, key_id, &stays, error))
        return FALSE;
      if (stays)
        mx_json_add_json (writer, key_id, value);
    }

  return TRUE;
}

gboolean
mx_secret_vault_write (MxSecretVault *self,
                       const char *name,
                       MxSecret *secret,
                       gboolean keep,
                       GError **error)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autofree char *content = NULL;

  mx_json_begin_object (writer, NULL);
  mx_json_begin_object (writer, "encrypted");
  if (!write_others (self, writer, name, keep, error))
    return FALSE;
  if (secret != NULL && !seal (self, writer, name, secret, error))
    return FALSE;
  mx_json_end (writer);
  mx_json_end (writer);
  content = mx_json_writer_to_text (writer);

  return mx_secret_vault_put (self, name, content, error);
}
