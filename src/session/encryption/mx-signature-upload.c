/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Signatures on their way to the server: this device by our identity, our identity by this device
 * (E2E-099), and what verifications queued. A flow of MxEncryption. */
#include "config.h"

#include "mx-encryption-private.h"
#include "mx-identities-private.h"
#include "mx-key-requests.h"

#include "mx-base64.h"
#include "mx-cross-signing.h"

#include <string.h>

/* A server that says yes and forgets is not asked for ever. */
#define MAX_ATTEMPTS 3

typedef struct
{
  unsigned device_attempts; /* on the account thread */
  unsigned master_attempts;
} MxOwnSignatures;

typedef struct
{
  MxSession *session;
  MxOwnSignatures *own; /* lives as long as the session's work */
  GBytes *reply;
  char *body;
} MxSignStep;

static void
mx_sign_step_free (gpointer data)
{
  MxSignStep *step = data;

  g_clear_object (&step->session);
  g_clear_pointer (&step->reply, g_bytes_unref);
  g_free (step->body);
  g_free (step);
}

static MxSignStep *
mx_sign_step_new (const MxWorkRun *run)
{
  MxSignStep *step = g_new0 (MxSignStep, 1);

  step->session = g_object_ref (run->session);
  step->own = run->data;

  return step;
}

/* This device by our self-signing key. */
static gboolean
sign_device (MxOlmMachine *machine, MxOwnSignatures *own, GError **error)
{
  MxStore *store = mx_olm_machine_get_store (machine);
  const char *user_id = mx_olm_machine_get_user_id (machine);
  const char *device_id = mx_olm_machine_get_device_id (machine);
  g_autoptr (MxSecret) seed = mx_store_get_secret (store, MX_SECRET_SELF_SIGNING);
  g_autoptr (MxStoredDevice) device = mx_store_get_device (store, user_id, device_id);
  g_autoptr (MxJsonDocument) object = NULL;
  g_autofree char *text = NULL;

  if (seed == NULL || device == NULL || device->is_cross_signed ||
      own->device_attempts++ >= MAX_ATTEMPTS)
    return TRUE;

  object = mx_json_document_parse (device->keys, -1, error);
  if (object == NULL)
    return FALSE;
  text = mx_cross_signing_sign (mx_json_document_root (object), user_id, seed, error);

  return text != NULL && mx_store_add_signature (store, user_id, device_id, text, error);
}

/* Our master key by this device, so that those who trust the device find the identity. */
static gboolean
sign_master (MxOlmMachine *machine,
             MxOwnSignatures *own,
             const MxStoredIdentity *identity,
             GError **error)
{
  MxOlmAccount *account = mx_olm_machine_get_account (machine, error);
  const char *user_id = mx_olm_machine_get_user_id (machine);
  g_autofree char *key_id = g_strconcat ("ed25519:", mx_olm_machine_get_device_id (machine), NULL);
  g_autofree char *target = mx_base64_encode (identity->master_key, MX_STORE_KEY_SIZE);
  g_autoptr (MxJsonDocument) object = mx_json_document_parse (identity->master, -1, error);
  guint8 signature[MX_ED25519_SIGNATURE_SIZE];
  g_autofree char *payload = NULL;
  g_autofree char *text = NULL;

  if (account == NULL || object == NULL)
    return FALSE;
  if (mx_signature_verify_json (mx_json_document_root (object),
                                user_id,
                                key_id,
                                mx_olm_account_get_ed25519_key (account),
                                NULL) ||
      own->master_attempts++ >= MAX_ATTEMPTS)
    return TRUE;

  payload = mx_signature_dup_payload (mx_json_document_root (object), error);
  if (payload == NULL ||
      !mx_olm_account_sign (account, payload, strlen (payload), signature, error))
    return FALSE;
  text = mx_signature_attach (mx_json_document_root (object), user_id, key_id, signature);

  return mx_store_add_signature (mx_olm_machine_get_store (machine), user_id, target, text, error);
}

static gboolean
collect_work (MxStore *store,
              MxStoreChanges *changes,
              gpointer data,
              GValue *result,
              GError **error)
{
  MxSignStep *step = data;
  MxOlmMachine *machine = mx_session_get_machine (step->session);
  const char *user_id = mx_olm_machine_get_user_id (machine);
  g_autoptr (MxStoredIdentity) own = mx_store_get_identity (store, user_id);
  g_autoptr (MxStoredDevice) device =
    mx_store_get_device (store, user_id, mx_olm_machine_get_device_id (machine));

  /* The server knows neither before it has this device (our own query brings it). */
  if (own != NULL && own->is_verified && device != NULL &&
      (!sign_device (machine, step->own, error) || !sign_master (machine, step->own, own, error)))
    return FALSE;

  g_value_init (result, G_TYPE_STRING);
  g_value_take_string (result, mx_store_dup_signatures (store));

  return TRUE;
}

/* The server has it: our copies say so, too. */
static gboolean
keep_own_signature (MxOlmMachine *machine, const char *target, MxJson object, GError **error)
{
  MxStore *store = mx_olm_machine_get_store (machine);
  const char *user_id = mx_olm_machine_get_user_id (machine);
  g_autoptr (MxStoredDevice) device = mx_store_get_device (store, user_id, target);
  g_autoptr (MxStoredIdentity) own = mx_store_get_identity (store, user_id);
  g_autoptr (MxJsonDocument) stored = NULL;

  stored = mx_json_document_parse (device != NULL ? device->keys : own->master, -1, error);
  if (stored == NULL)
    return FALSE;
  if (device != NULL)
    {
      g_free (device->keys);
      device->keys = mx_signature_merge (mx_json_document_root (stored), object);
      return mx_store_put_device (store, device, error);
    }

  g_free (own->master);
  own->master = mx_signature_merge (mx_json_document_root (stored), object);

  return mx_store_put_identity (store, own, error);
}

/* The server refuses a signature of somebody's key: it is not verified then, whatever we thought
 * (E2E-096). */
static gboolean
drop_their_signature (MxOlmMachine *machine, const char *user_id, GError **error)
{
  MxStore *store = mx_olm_machine_get_store (machine);
  g_autoptr (MxStoredIdentity) identity = mx_store_get_identity (store, user_id);
  g_autoptr (MxJsonDocument) master = NULL;
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  const char *name = NULL;
  MxJsonIter iter;
  MxJson value;

  if (identity == NULL)
    return TRUE;
  master = mx_json_document_parse (identity->master, -1, error);
  if (master == NULL)
    return FALSE;

  mx_json_begin_object (writer, NULL);
  mx_json_iter_init (&iter, mx_json_document_root (master));
  while (mx_json_iter_next (&iter, &name, &value))
    if (!g_str_equal (name, "signatures"))
      mx_json_add_json (writer, name, value);
  mx_json_begin_object (writer, "signatures");
  mx_json_add_json (writer,
                    user_id,
                    mx_json_path (mx_json_document_root (master), "signatures", user_id, NULL));
  mx_json_end (writer);
  mx_json_end (writer);
  g_free (identity->master);
  identity->master = mx_json_writer_to_text (writer);
  identity->was_verified = FALSE;

  return mx_store_put_identity (store, identity, error);
}

static gboolean
one_uploaded (MxOlmMachine *machine,
              const char *user_id,
              const char *target,
              MxJson object,
              gboolean refused,
              GError **error)
{
  gboolean own = g_str_equal (user_id, mx_olm_machine_get_user_id (machine));

  if (!mx_store_remove_signature (mx_olm_machine_get_store (machine),
                                  user_id,
                                  target,
                                  object,
                                  error))
    return FALSE;
  if (refused)
    {
      g_message ("The server refuses a signature");
      return own || drop_their_signature (machine, user_id, error);
    }

  return !own || keep_own_signature (machine, target, object, error);
}

static gboolean
uploaded_work (MxStore *store,
               MxStoreChanges *changes,
               gpointer data,
               GValue *result,
               GError **error)
{
  MxSignStep *step = data;
  MxOlmMachine *machine = mx_session_get_machine (step->session);
  g_autoptr (MxJsonDocument) reply = mx_json_document_parse_bytes (step->reply, error);
  g_autoptr (MxJsonDocument) body = mx_json_document_parse (step->body, -1, NULL);
  MxJson failures;
  MxJsonIter users, targets;
  const char *user_id = NULL;
  const char *target = NULL;
  MxJson list, object;

  if (reply == NULL || body == NULL)
    return FALSE;

  failures = mx_json_get (mx_json_document_root (reply), "failures");
  mx_json_iter_init (&users, mx_json_document_root (body));
  while (mx_json_iter_next (&users, &user_id, &list))
    {
      mx_json_iter_init (&targets, list);
      while (mx_json_iter_next (&targets, &target, &object))
        if (!one_uploaded (machine,
                           user_id,
                           target,
                           object,
                           mx_json_is_object (mx_json_path (failures, user_id, target, NULL)),
                           error))
          return FALSE;
      /* Looked at again: what the server has is what counts. */
      if (!mx_store_mark_user_outdated (store, user_id, error) ||
          !mx_identities_derive (machine, user_id, changes, error))
        return FALSE;
    }
  changes->encryption |= MX_ENCRYPTION_QUERY_DEVICES;

  return TRUE;
}

static gboolean
sign_pass (const MxWorkRun *run, gboolean *more, GError **error)
{
  g_autofree char *body = NULL;
  g_autoptr (GBytes) reply = NULL;
  MxSignStep *step = NULL;

  body = dex_await_string (mx_session_write (run->session,
                                             collect_work,
                                             mx_sign_step_new (run),
                                             mx_sign_step_free),
                           error);
  if (body == NULL)
    return error == NULL || *error == NULL;

  reply = dex_await_boxed (mx_guard (run->scope,
                                     mx_keys_upload_signatures (mx_session_get_http (run->session),
                                                                body)),
                           error);
  if (reply == NULL)
    return FALSE;

  step = mx_sign_step_new (run);
  step->body = g_steal_pointer (&body);
  step->reply = g_steal_pointer (&reply);
  *more = TRUE;

  return dex_await (mx_session_write (run->session, uploaded_work, step, mx_sign_step_free), error);
}

MxWorkLoop *
mx_signature_upload_new (MxSession *session)
{
  return mx_work_loop_new (session, "signatures", sign_pass, g_new0 (MxOwnSignatures, 1), g_free);
}
