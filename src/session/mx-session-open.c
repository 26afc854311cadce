/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* From the index entry to an open session and back: keyring → store on the account thread → reading
 * connection and rooms on the main thread. Whatever cannot be opened is left as it is (DESIGN §4).
 * Main thread. */
#include "config.h"

#include "mx-session-parts.h"

#include "mx-device-mark.h"
#include "mx-error.h"
#include "mx-kdf.h"
#include "mx-login.h"
#include "mx-olm-machine.h"
#include "mx-read-markers.h"
#include "mx-room-list-private.h"
#include "mx-send-queue.h"
#include "mx-store-outbox.h"
#include "mx-store-rooms.h"
#include "mx-sync-loop.h"
#include "mx-tokens.h"
#include "mx-trace.h"

#define PICKLE_KEY_SIZE 32

/* -- Calls from the main loop */

typedef struct
{
  MxSession *session;
  MxSessionFunc func;
  gpointer data;
  DexPromise *promise;
} MxCall;

static void
mx_call_free (gpointer data)
{
  MxCall *call = data;

  g_clear_object (&call->session);
  dex_clear (&call->promise);
  g_free (call);
}

static gboolean
call_cb (gpointer data)
{
  MxCall *call = data;
  GError *error = NULL;

  if (call->func (call->session, call->data, &error))
    dex_promise_resolve_boolean (call->promise, TRUE);
  else
    dex_promise_reject (call->promise, error);

  return G_SOURCE_REMOVE;
}

DexFuture *
mx_session_call (MxSession *self, MxSessionFunc func, gpointer data)
{
  MxCall *call = g_new0 (MxCall, 1);
  DexFuture *future = NULL;

  call->session = g_object_ref (self);
  call->func = func;
  call->data = data;
  call->promise = dex_promise_new ();
  future = dex_ref (DEX_FUTURE (call->promise));
  g_idle_add_full (G_PRIORITY_DEFAULT, call_cb, call, mx_call_free);

  return future;
}

/* -- The account thread's connection */

static char *
store_path (MxSession *self)
{
  return g_build_filename (self->folder, "store.db", NULL);
}

typedef struct
{
  MxSession *session;
  MxSecret *key;
} MxOpening;

static void
mx_opening_free (gpointer data)
{
  MxOpening *opening = data;

  g_clear_pointer (&opening->key, mx_secret_unref);
  g_clear_object (&opening->session);
  g_free (opening);
}

/* What seals pickles within the store (E2E-162): of the store's own key. */
static MxSecret *
derive_pickle_key (MxSecret *store_key, GError **error)
{
  MxSecret *key = NULL;
  gsize size = 0;
  const guint8 *data = mx_secret_get_data (store_key, &size);
  guint8 derived[PICKLE_KEY_SIZE];

  if (mx_hkdf_sha256 (data, size, "chappe olm pickle", derived, sizeof derived, error))
    key = mx_secret_new (derived, sizeof derived);
  mx_wipe (derived, sizeof derived);

  return key;
}

static gboolean
open_writer_work (gpointer data, GValue *result, GError **error)
{
  MxOpening *opening = data;
  MxSession *self = opening->session;
  g_autofree char *path = store_path (self);
  g_autofree char *machine = NULL;
  g_autoptr (MxSecret) pickle_key = derive_pickle_key (opening->key, error);
  const MxEncryptionPolicy policy = {
    .share_with_all = self->deployment != NULL && mx_deployment_shares_with_all (self->deployment),
  };

  if (pickle_key == NULL)
    return FALSE;

  self->writer = mx_store_open (path, opening->key, MX_STORE_WRITE, error);
  if (self->writer == NULL)
    return FALSE;

  self->machine = mx_olm_machine_new (self->writer,
                                      self->entry->user_id,
                                      self->entry->device_id,
                                      pickle_key,
                                      &policy,
                                      error);

  if (self->machine == NULL)
    return FALSE;

  machine = mx_device_mark_read_machine ();

  return mx_device_mark_check (self->writer, path, machine, error);
}

static gboolean
close_writer_work (gpointer data, GValue *result, GError **error)
{
  MxSession *self = data;

  g_clear_pointer (&self->machine, mx_olm_machine_free);
  g_clear_pointer (&self->writer, mx_store_close);

  return TRUE;
}

void
mx_session_release (MxSession *self)
{
  if (self->tokens != NULL)
    mx_tokens_stop (self->tokens);
  if (self->encryption != NULL)
    mx_encryption_close (self->encryption);
  g_clear_object (&self->encryption);
  g_clear_object (&self->read_markers);
  g_clear_object (&self->send_queue);
  g_clear_object (&self->sync_loop);
  g_clear_object (&self->tokens);
  g_clear_object (&self->http);
  g_clear_pointer (&self->reader, mx_store_close);

  if (self->worker != NULL)
    {
      dex_unref (mx_worker_run (self->worker, close_writer_work, self, NULL));
      mx_worker_stop (self->worker);
      g_clear_object (&self->worker);
    }
}

/* -- Tokens in the store */

typedef struct
{
  MxSecret *access;
  MxSecret *refresh;
  gint64 expires_at;
} MxTokenPair;

static void
mx_token_pair_free (gpointer data)
{
  MxTokenPair *pair = data;

  g_clear_pointer (&pair->access, mx_secret_unref);
  g_clear_pointer (&pair->refresh, mx_secret_unref);
  g_free (pair);
}

static gboolean
save_tokens_work (MxStore *store,
                  MxStoreChanges *changes,
                  gpointer data,
                  GValue *result,
                  GError **error)
{
  const MxTokenPair *pair = data;
  g_autofree char *expires_at = g_strdup_printf ("%" G_GINT64_FORMAT, pair->expires_at);

  return mx_store_set_value (store, "access_token", mx_secret_get_text (pair->access), error) &&
         mx_store_set_value (store,
                             "refresh_token",
                             pair->refresh != NULL ? mx_secret_get_text (pair->refresh) : NULL,
                             error) &&
         mx_store_set_value (store, "token_expiry", expires_at, error);
}

static DexFuture *
save_tokens (MxSecret *access, MxSecret *refresh, gint64 expires_at, gpointer data)
{
  MxTokenPair *pair = g_new0 (MxTokenPair, 1);

  pair->access = mx_secret_ref (access);
  pair->refresh = refresh != NULL ? mx_secret_ref (refresh) : NULL;
  pair->expires_at = expires_at;

  return mx_session_write (MX_SESSION (data), save_tokens_work, pair, mx_token_pair_free);
}

static MxSecret *
read_secret (MxStore *store, const char *name)
{
  char *text = mx_store_get_value (store, name);
  MxSecret *secret = text != NULL ? mx_secret_new_text (text) : NULL;

  mx_wipe_free (text);

  return secret;
}

static void
load_tokens (MxSession *self)
{
  g_autoptr (MxSecret) access = read_secret (self->reader, "access_token");
  g_autoptr (MxSecret) refresh = read_secret (self->reader, "refresh_token");
  g_autofree char *expires_at = mx_store_get_value (self->reader, "token_expiry");

  mx_tokens_set (self->tokens,
                 access,
                 refresh,
                 expires_at != NULL ? g_ascii_strtoll (expires_at, NULL, 10) : 0);
}

/* -- Opening */

/* On the main loop: all that the first frame needs. */
static gboolean
open_reader_call (MxSession *self, gpointer data, GError **error)
{
  MxSecret *key = data;
  g_autofree char *path = store_path (self);
  g_autofree char *display_name = NULL;
  g_autofree char *avatar_url = NULL;
  g_autofree char *pending = NULL;
  g_autofree char *legacy = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GPtrArray) outbox = NULL;

  self->reader = mx_store_open (path, key, MX_STORE_READ, error);
  if (self->reader == NULL)
    return FALSE;

  rows = mx_store_load_rooms (self->reader, FALSE, error);
  if (rows == NULL)
    return FALSE;
  outbox = mx_store_outbox_load (self->reader, NULL, error);
  if (outbox == NULL)
    return FALSE;
  self->http = mx_http_new (self->entry->base_url, &self->entry->network, error);
  if (self->http == NULL)
    return FALSE;

  self->tokens = mx_tokens_new (self->http, save_tokens, self);
  load_tokens (self);
  self->sync_loop = mx_sync_loop_new (self);
  self->send_queue = mx_send_queue_new (self);
  self->read_markers = mx_read_markers_new (self);
  self->encryption = mx_encryption_new (self);

  display_name = mx_store_get_value (self->reader, "display_name");
  avatar_url = mx_store_get_value (self->reader, "avatar_url");
  pending = mx_store_get_value (self->reader, "receipts_pending");
  legacy = mx_store_get_value (self->reader, "legacy_media");
  mx_session_set_profile (self, display_name, avatar_url);
  mx_session_set_legacy_media (self, legacy != NULL);
  mx_read_markers_load (self->read_markers, pending);
  mx_send_queue_load (self->send_queue, outbox);
  mx_room_list_fill (self->rooms, rows);

  return TRUE;
}

/* What the server said when it ended the session, if it did. */
static gboolean
read_end_call (MxSession *self, gpointer data, GError **error)
{
  g_autofree char *ended = mx_store_get_value (self->reader, "ended");
  g_autoptr (GError) end = NULL;

  if (ended == NULL)
    {
      mx_session_set_state (self, MX_SESSION_OPEN, NULL);
      return TRUE;
    }

  if (g_str_equal (ended, "soft"))
    {
      end = g_error_new_literal (MX_MATRIX_ERROR,
                                 MX_MATRIX_ERROR_SOFT_LOGOUT,
                                 "The server asks to sign in again");
      mx_session_set_state (self, MX_SESSION_SOFT_SIGNED_OUT, end);
    }
  else
    {
      end = g_error_new_literal (MX_MATRIX_ERROR,
                                 MX_MATRIX_ERROR_UNKNOWN_TOKEN,
                                 "The server ended the session");
      mx_session_set_state (self, MX_SESSION_SIGNED_OUT, end);
    }

  return TRUE;
}

static gboolean
release_call (MxSession *self, gpointer data, GError **error)
{
  mx_session_release (self);

  return TRUE;
}

static DexFuture *
lock (MxSession *self, GError *failure)
{
  g_autoptr (GError) error = NULL;

  if (!dex_await (mx_session_call (self, release_call, NULL), &error))
    g_warning ("A session could not be released: %d", error->code);
  mx_session_set_state (self, MX_SESSION_LOCKED, failure);

  return dex_future_new_for_error (failure);
}

static DexFuture *
open_fiber (gpointer data)
{
  MxSession *self = data;
  g_autoptr (MxSecret) key = NULL;
  GError *error = NULL;
  MxOpening *opening = NULL;

  if (mx_scope_is_cancelled (self->scope))
    {
      mx_scope_unref (self->scope);
      self->scope = mx_scope_new ();
    }
  mx_session_set_state (self, MX_SESSION_OPENING, NULL);

  key = dex_await_boxed (mx_keyring_lookup (self->keyring, self->entry->id), &error);
  if (key == NULL)
    return lock (self, error);
  mx_trace ("key-found");

  opening = g_new0 (MxOpening, 1);
  opening->session = g_object_ref (self);
  opening->key = mx_secret_ref (key);
  self->worker = mx_worker_new ("mx-account");
  if (!dex_await (mx_worker_run (self->worker, open_writer_work, opening, mx_opening_free), &error))
    return lock (self, error);
  mx_trace ("store-opened");
  if (!dex_await (mx_session_call (self, open_reader_call, key), &error))
    return lock (self, error);
  mx_trace ("rooms-listed");
  if (!dex_await (mx_session_call (self, read_end_call, NULL), &error))
    return lock (self, error);

  return dex_future_new_true ();
}

DexFuture *
mx_session_open (MxSession *self)
{
  g_return_val_if_fail (MX_IS_SESSION (self), NULL);

  switch (self->state)
    {
    case MX_SESSION_CLOSED:
    case MX_SESSION_LOCKED:
      dex_clear (&self->opening);
      self->opening = mx_flow_run (open_fiber, g_object_ref (self), g_object_unref);
      return dex_ref (self->opening);
    case MX_SESSION_OPENING:
      return dex_ref (self->opening);
    case MX_SESSION_OPEN:
    case MX_SESSION_SIGNED_OUT:
    case MX_SESSION_SOFT_SIGNED_OUT:
      return dex_future_new_true ();
    default:
      g_assert_not_reached ();
    }
}

/* -- Closing */

static gboolean
close_call (MxSession *self, gpointer data, GError **error)
{
  mx_scope_cancel (self->scope);
  self->running = FALSE;
  mx_session_release (self);
  mx_session_set_state (self, MX_SESSION_CLOSED, NULL);

  return TRUE;
}

static gboolean
nothing_work (MxStore *store,
              MxStoreChanges *changes,
              gpointer data,
              GValue *result,
              GError **error)
{
  return TRUE;
}

static DexFuture *
close_fiber (gpointer data)
{
  MxSession *self = data;
  g_autoptr (GError) error = NULL;

  mx_session_stop (self);

  /* What is queued is written; what waited for that (the newest text of a draft) follows it; and
   * the flows that were stopped put down what they hold. */
  for (unsigned i = 0; i < 2 && self->worker != NULL; i++)
    if (!dex_await (mx_session_work (self, nothing_work, NULL, NULL), &error) ||
        !dex_await (mx_yield (), &error))
      return dex_future_new_for_error (g_steal_pointer (&error));

  if (!dex_await (mx_yield (), &error) ||
      !dex_await (mx_session_call (self, close_call, NULL), &error))
    return dex_future_new_for_error (g_steal_pointer (&error));

  return dex_future_new_true ();
}

DexFuture *
mx_session_close (MxSession *self)
{
  g_return_val_if_fail (MX_IS_SESSION (self), NULL);

  return mx_flow_run (close_fiber, g_object_ref (self), g_object_unref);
}

/* -- Soft logout: the password again, for the same device (spec "Soft logout") */

typedef struct
{
  MxSession *session;
  MxSecret *password;
} MxSignInAgain;

static void
mx_sign_in_again_free (gpointer data)
{
  MxSignInAgain *again = data;

  g_clear_object (&again->session);
  g_clear_pointer (&again->password, mx_secret_unref);
  g_free (again);
}

static DexFuture *
sign_in_again_fiber (gpointer data)
{
  MxSignInAgain *again = data;
  MxSession *self = again->session;
  g_autoptr (MxScope) scope = mx_scope_ref (self->scope);
  g_autoptr (MxLoginReply) reply = NULL;
  GError *error = NULL;

  reply = dex_await_boxed (mx_guard (scope,
                                     mx_login_password (self->http,
                                                        self->entry->user_id,
                                                        again->password,
                                                        self->entry->device_id,
                                                        NULL)),
                           &error);
  if (reply == NULL)
    return dex_future_new_for_error (error);
  if (g_strcmp0 (reply->user_id, self->entry->user_id) != 0 ||
      g_strcmp0 (reply->device_id, self->entry->device_id) != 0)
    return dex_future_new_reject (MX_MATRIX_ERROR,
                                  MX_MATRIX_ERROR_INVALID_RESPONSE,
                                  "The server signed in another user or device");
  if (!dex_await (mx_tokens_adopt (self->tokens, reply), &error))
    return dex_future_new_for_error (error);

  mx_session_set_value (self, "ended", NULL);
  mx_session_set_state (self, MX_SESSION_OPEN, NULL);
  mx_session_start (self);

  return dex_future_new_true ();
}

DexFuture *
mx_session_sign_in_again (MxSession *self, gpointer password)
{
  MxSignInAgain *again = NULL;

  g_return_val_if_fail (MX_IS_SESSION (self), NULL);
  g_return_val_if_fail (password != NULL, NULL);

  if (self->http == NULL)
    return dex_future_new_reject (MX_SESSION_ERROR,
                                  MX_SESSION_ERROR_SIGNED_OUT,
                                  "The session is not open");

  again = g_new0 (MxSignInAgain, 1);
  again->session = g_object_ref (self);
  again->password = mx_secret_ref (password);

  return mx_flow_run (sign_in_again_fiber, again, mx_sign_in_again_free);
}
