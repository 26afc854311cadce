/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Our own identity made and published. */
#include "config.h"

#include "mx-own-identity.h"

#include "mx-auth.h"
#include "mx-cross-signing.h"
#include "mx-device-tracker.h"
#include "mx-encryption-private.h"
#include "mx-error.h"
#include "mx-identities-private.h"
#include "mx-key-requests.h"
#include "mx-session-steps.h"

static const struct
{
  const char *secret;
  MxCrossSigningUsage usage;
  const char *member; /* of the upload */
} keys[] = {
  { MX_SECRET_MASTER, MX_CROSS_SIGNING_MASTER, "master_key" },
  { MX_SECRET_SELF_SIGNING, MX_CROSS_SIGNING_SELF_SIGNING, "self_signing_key" },
  { MX_SECRET_USER_SIGNING, MX_CROSS_SIGNING_USER_SIGNING, "user_signing_key" },
};

/* Shared by the fiber and the steps that it waits for. */
typedef struct
{
  MxSession *session;
  gboolean replace;
  gboolean is_ours;   /* nothing is to be done */
  gboolean is_theirs; /* there is one that this device does not own */
  char *body;
} MxMaking;

static void
mx_making_clear (gpointer data)
{
  MxMaking *self = data;

  g_clear_object (&self->session);
  g_free (self->body);
}

MX_SESSION_DEFINE_STEPS (MxMaking, mx_making)

/* -- Asking */

static gboolean
outdate_work (MxStore *store,
              MxStoreChanges *changes,
              gpointer data,
              GValue *result,
              GError **error)
{
  const char *user_id = mx_session_get_user_id (data);

  changes->encryption |= MX_ENCRYPTION_UPLOAD_KEYS | MX_ENCRYPTION_QUERY_DEVICES;

  return mx_store_track_user (store, user_id, error) &&
         mx_store_mark_user_outdated (store, user_id, error);
}

static gboolean
settle (MxSession *session, MxScope *scope, MxEncryptionFlags flag, GError **error)
{
  MxEncryption *encryption = mx_session_get_encryption (session);
  MxWorkLoop *loop = encryption != NULL ? mx_encryption_get_loop (encryption, flag) : NULL;

  if (loop == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The session was closed");
      return FALSE;
    }

  return dex_await (mx_guard (scope, mx_work_loop_settle (loop)), error);
}

gboolean
mx_own_identity_refresh (MxSession *session, MxScope *scope, GError **error)
{
  const char *const users[] = { mx_session_get_user_id (session), NULL };

  return dex_await (mx_session_write (session,
                                      outdate_work,
                                      g_object_ref (session),
                                      g_object_unref),
                    error) &&
         settle (session, scope, MX_ENCRYPTION_UPLOAD_KEYS, error) &&
         dex_await (mx_guard (scope, mx_device_tracker_ensure (session, users)), error);
}

gboolean
mx_own_identity_sign (MxSession *session, MxScope *scope, GError **error)
{
  MxEncryption *encryption = mx_session_get_encryption (session);

  if (encryption != NULL)
    mx_encryption_kick (encryption, MX_ENCRYPTION_SIGN);

  return settle (session, scope, MX_ENCRYPTION_SIGN, error);
}

/* -- Making */

static gboolean
owns (MxStore *store, const MxStoredIdentity *identity)
{
  gboolean has_all = identity->is_verified;

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (MxSecret) secret = mx_store_get_secret (store, keys[i].secret);

      has_all = has_all && secret != NULL;
    }

  return has_all;
}

/* What an interrupted attempt made is taken up again. */
static gboolean
make_seeds (MxStore *store, GError **error)
{
  g_autoptr (MxSecret) begun = mx_store_get_secret (store, MX_SECRET_NEW MX_SECRET_MASTER);

  for (gsize i = 0; begun == NULL && i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *name = g_strconcat (MX_SECRET_NEW, keys[i].secret, NULL);
      g_autoptr (MxSecret) seed = mx_secret_new_random (MX_STORE_KEY_SIZE);

      if (!mx_store_set_secret (store, name, seed, error))
        return FALSE;
    }

  return TRUE;
}

static char *
write_body (MxStore *store, const char *user_id, GError **error)
{
  g_autoptr (MxSecret) master = mx_store_get_secret (store, MX_SECRET_NEW MX_SECRET_MASTER);
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();

  mx_json_begin_object (writer, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      gboolean is_master = keys[i].usage == MX_CROSS_SIGNING_MASTER;
      g_autofree char *name = g_strconcat (MX_SECRET_NEW, keys[i].secret, NULL);
      g_autoptr (MxSecret) seed = mx_store_get_secret (store, name);
      g_autofree char *text =
        mx_cross_signing_new_key (seed, keys[i].usage, user_id, is_master ? NULL : master, error);
      g_autoptr (MxJsonDocument) document =
        text != NULL ? mx_json_document_parse (text, -1, error) : NULL;

      if (document == NULL)
        return NULL;
      mx_json_add_json (writer, keys[i].member, mx_json_document_root (document));
    }
  mx_json_end (writer);

  return mx_json_writer_to_text (writer);
}

static gboolean
prepare_work (MxStore *store,
              MxStoreChanges *changes,
              gpointer data,
              GValue *result,
              GError **error)
{
  MxMaking *self = data;
  const char *user_id = mx_olm_machine_get_user_id (mx_session_get_machine (self->session));
  g_autoptr (MxStoredIdentity) present = mx_store_get_identity (store, user_id);

  self->is_ours = present != NULL && owns (store, present);
  self->is_theirs = present != NULL && !self->is_ours;
  if (!self->replace && present != NULL)
    return TRUE;
  if (!make_seeds (store, error))
    return FALSE;
  g_set_str (&self->body, NULL);
  self->body = write_body (store, user_id, error);

  return self->body != NULL;
}

/* The server has it: the private keys are ours, the identity is trusted. */
static gboolean
adopt_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  MxMaking *self = data;
  MxOlmMachine *machine = mx_session_get_machine (self->session);
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (self->body, -1, error);
  MxJson root;

  if (document == NULL)
    return FALSE;
  root = mx_json_document_root (document);

  return mx_identities_apply (machine,
                              mx_olm_machine_get_user_id (machine),
                              mx_json_get (root, keys[0].member),
                              mx_json_get (root, keys[1].member),
                              mx_json_get (root, keys[2].member),
                              changes,
                              error);
}

static gboolean
forget_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *name = g_strconcat (MX_SECRET_NEW, keys[i].secret, NULL);

      if (!mx_store_set_secret (store, name, NULL, error))
        return FALSE;
    }

  return TRUE;
}

static DexFuture *
upload (MxHttp *http, const char *auth, gpointer data)
{
  const MxMaking *self = data;

  return mx_keys_upload_signing (http, self->body, auth);
}

static gboolean
exists (GError **error)
{
  g_set_error_literal (error,
                       MX_SESSION_ERROR,
                       MX_SESSION_ERROR_IDENTITY_EXISTS,
                       "The account has an identity already");

  return FALSE;
}

/* A first identity needs no proof (E2E-091); a server that wants one nevertheless may be an old
 * one, or there is an identity since we looked. */
static gboolean
upload_first (MxMaking *self, MxScope *scope, MxAuthFunc auth, gpointer auth_data, GError **error)
{
  g_autoptr (GError) failure = NULL;

  if (mx_auth_request (self->session, scope, upload, self, NULL, NULL, &failure))
    return TRUE;
  if (!g_error_matches (failure, MX_MATRIX_ERROR, MX_MATRIX_ERROR_INTERACTIVE_AUTH))
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }

  if (!mx_own_identity_refresh (self->session, scope, error) ||
      !mx_making_step (self, prepare_work, error))
    return FALSE;
  if (self->is_ours)
    return TRUE;
  if (self->is_theirs)
    return mx_making_step (self, forget_work, error) && exists (error);

  return mx_auth_request (self->session, scope, upload, self, auth, auth_data, error);
}

gboolean
mx_own_identity_make (MxSession *session,
                      MxScope *scope,
                      gboolean replace,
                      MxAuthFunc auth,
                      gpointer auth_data,
                      GError **error)
{
  g_autoptr (MxMaking) self = g_atomic_rc_box_new0 (MxMaking);
  gboolean uploaded;

  self->session = g_object_ref (session);
  self->replace = replace;
  if (!mx_own_identity_refresh (session, scope, error) ||
      !mx_making_step (self, prepare_work, error))
    return FALSE;
  if (self->is_ours && !replace)
    return mx_own_identity_sign (session, scope, error);
  if (self->is_theirs && !replace)
    return exists (error);

  uploaded = replace ? mx_auth_request (session, scope, upload, self, auth, auth_data, error)
                     : upload_first (self, scope, auth, auth_data, error);

  return uploaded && mx_making_step (self, adopt_work, error) &&
         mx_own_identity_sign (session, scope, error) &&
         mx_own_identity_refresh (session, scope, error);
}
