/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Sessions with devices, opened one claim at a time (E2E-029). The account thread's half is in
 * mx-olm-handshake.c. Main thread. */
#include "config.h"

#include "mx-olm-claims.h"

#include "mx-encryption-private.h"
#include "mx-error.h"
#include "mx-key-requests.h"
#include "mx-olm-outbox.h"
#include "mx-server-pauses.h"
#include "mx-session-steps.h"

#define BATCH 250 /* devices in one claim */

/* Somebody who needs sessions with these devices. */
typedef struct
{
  GPtrArray *devices; /* MxStoredDevice */
  guint next;         /* of devices: those before were dealt with */
  gboolean again;
  DexPromise *promise;
} MxSessionWaiter;

typedef struct
{
  MxServerPauses *pauses;
  GQueue waiters; /* MxSessionWaiter */
} MxClaims;

static void
mx_session_waiter_free (gpointer data)
{
  MxSessionWaiter *waiter = data;

  g_clear_pointer (&waiter->devices, g_ptr_array_unref);
  dex_clear (&waiter->promise);
  g_free (waiter);
}

static void
mx_claims_free (gpointer data)
{
  MxClaims *claims = data;

  g_clear_pointer (&claims->pauses, mx_server_pauses_free);
  g_queue_clear_full (&claims->waiters, mx_session_waiter_free);
  g_free (claims);
}

/* -- One claim. Shared by the account thread's steps, one after another. */

typedef struct
{
  MxSession *session;
  GPtrArray *wanted; /* MxStoredDevice; NULL: those whose messages could not be read */
  gboolean again;
  GPtrArray *chosen; /* MxStoredDevice, after the first step */
  gint64 wait_ms;
  GBytes *reply;
  GPtrArray *failed; /* servers, after the last step */
} MxClaim;

static void
mx_claim_clear (gpointer data)
{
  MxClaim *claim = data;

  g_clear_object (&claim->session);
  g_clear_pointer (&claim->wanted, g_ptr_array_unref);
  g_clear_pointer (&claim->chosen, g_ptr_array_unref);
  g_clear_pointer (&claim->reply, g_bytes_unref);
  g_clear_pointer (&claim->failed, g_ptr_array_unref);
}

MX_SESSION_DEFINE_STEPS (MxClaim, mx_claim)

static gint64
now (void)
{
  return g_get_real_time () / 1000;
}

static gboolean
choose_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  MxClaim *claim = data;

  claim->chosen = mx_olm_claims_choose (mx_session_get_machine (claim->session),
                                        claim->wanted,
                                        claim->again,
                                        now (),
                                        &claim->wait_ms);

  return TRUE;
}

static gboolean
apply_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  MxClaim *claim = data;
  g_autoptr (MxJsonDocument) document = mx_json_document_parse_bytes (claim->reply, error);
  const char *server = NULL;
  MxJsonIter iter;
  MxJson value;

  if (document == NULL || !mx_olm_claims_apply (mx_session_get_machine (claim->session),
                                                claim->chosen,
                                                claim->again,
                                                now (),
                                                mx_json_document_root (document),
                                                changes,
                                                error))
    return FALSE;

  claim->failed = g_ptr_array_new_with_free_func (g_free);
  mx_json_iter_init (&iter, mx_json_get (mx_json_document_root (document), "failures"));
  while (mx_json_iter_next (&iter, &server, &value))
    if (server != NULL)
      g_ptr_array_add (claim->failed, g_strdup (server));

  return TRUE;
}

/* What the next claim is about; devices of servers that failed are passed over. */
static MxClaim *
next_claim (const MxWorkRun *run, MxClaims *claims, guint *next)
{
  MxSessionWaiter *waiter = g_queue_peek_head (&claims->waiters);
  MxClaim *claim = g_atomic_rc_box_new0 (MxClaim);

  claim->session = g_object_ref (run->session);
  claim->again = waiter == NULL || waiter->again;
  if (waiter == NULL)
    return claim;

  claim->wanted = g_ptr_array_new_with_free_func ((GDestroyNotify) mx_stored_device_free);
  for (*next = waiter->next; *next < waiter->devices->len && claim->wanted->len < BATCH; (*next)++)
    {
      const MxStoredDevice *device = g_ptr_array_index (waiter->devices, *next);

      if (!mx_server_pauses_contain (claims->pauses, device->user_id))
        g_ptr_array_add (claim->wanted, mx_stored_device_copy (device));
    }

  return claim;
}

/* A refusal for good is no reason to ask the same again. */
static gboolean
ask (const MxWorkRun *run, MxClaim *claim, GError **error)
{
  MxClaims *claims = run->data;
  g_autofree char *body = mx_olm_claims_write_body (claim->chosen);
  g_autoptr (GError) refusal = NULL;

  claim->reply =
    dex_await_boxed (mx_guard (run->scope,
                               mx_keys_claim (mx_session_get_http (run->session), body)),
                     &refusal);
  if (claim->reply == NULL)
    {
      if (refusal->domain == MX_MATRIX_ERROR && !mx_error_is_transient (refusal) &&
          !mx_session_is_end (refusal))
        {
          g_message ("A claim of keys was refused: %d", refusal->code);
          return TRUE;
        }
      g_propagate_error (error, g_steal_pointer (&refusal));
      return FALSE;
    }

  if (!mx_claim_step (claim, apply_work, error))
    return FALSE;

  for (guint i = 0; i < claim->failed->len; i++)
    mx_server_pauses_failed (claims->pauses, g_ptr_array_index (claim->failed, i));

  return TRUE;
}

static void
pop_waiter (MxClaims *claims)
{
  MxSessionWaiter *waiter = g_queue_pop_head (&claims->waiters);

  dex_promise_resolve_boolean (waiter->promise, TRUE);
  mx_session_waiter_free (waiter);
}

static gboolean
claim_pass (const MxWorkRun *run, gboolean *more, GError **error)
{
  MxClaims *claims = run->data;
  MxSessionWaiter *waiter = g_queue_peek_head (&claims->waiters);
  guint next = 0;
  g_autoptr (MxClaim) claim = next_claim (run, claims, &next);

  if (!dex_await (mx_session_work (run->session,
                                   choose_work,
                                   g_atomic_rc_box_acquire (claim),
                                   mx_claim_unref),
                  error) ||
      (claim->chosen->len > 0 && !ask (run, claim, error)))
    return FALSE;

  if (waiter != NULL)
    {
      waiter->next = next;
      if (next >= waiter->devices->len)
        pop_waiter (claims);
      *more = TRUE;
    }
  else if (claim->wait_ms > 0)
    mx_work_loop_kick_after (run->loop, (guint) claim->wait_ms);

  return TRUE;
}

MxWorkLoop *
mx_olm_claims_new (MxSession *session)
{
  MxClaims *claims = g_new0 (MxClaims, 1);

  claims->pauses = mx_server_pauses_new ();
  g_queue_init (&claims->waiters);

  return mx_work_loop_new (session, "key claim", claim_pass, claims, mx_claims_free);
}

DexFuture *
mx_olm_claims_ensure (MxSession *session, GPtrArray *devices, gboolean again)
{
  MxEncryption *encryption = mx_session_get_encryption (session);
  MxSessionWaiter *waiter = NULL;
  MxWorkLoop *loop = NULL;
  MxClaims *claims = NULL;
  DexFuture *promise = NULL;

  if (encryption == NULL)
    return dex_future_new_reject (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The session is closed");
  if (devices->len == 0)
    return dex_future_new_true ();

  loop = mx_encryption_get_loop (encryption, MX_ENCRYPTION_OPEN_SESSIONS);
  claims = mx_work_loop_get_data (loop);
  waiter = g_new0 (MxSessionWaiter, 1);
  waiter->again = again;
  waiter->promise = dex_promise_new ();
  waiter->devices = g_ptr_array_new_with_free_func ((GDestroyNotify) mx_stored_device_free);
  for (guint i = 0; i < devices->len; i++)
    g_ptr_array_add (waiter->devices, mx_stored_device_copy (g_ptr_array_index (devices, i)));
  g_queue_push_tail (&claims->waiters, waiter);

  promise = mx_guard (mx_session_get_scope (session), dex_ref (DEX_FUTURE (waiter->promise)));
  mx_work_loop_kick (loop);
  dex_unref (mx_work_loop_settle (loop)); /* it works although the session may not run */

  return promise;
}
