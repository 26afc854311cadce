/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-key-upload.h. */
#include "config.h"

#include "mx-key-upload.h"

#include "mx-device-recovery.h"
#include "mx-encryption-private.h"
#include "mx-error.h"
#include "mx-key-requests.h"
#include "mx-olm-machine-private.h"

#include <string.h>

#define KEY_TYPE         "signed_curve25519"
#define HOUR_MS          (G_GINT64_CONSTANT (3600) * 1000)
#define FALLBACK_LIFE_MS (7 * 24 * HOUR_MS)
#define OLD_FALLBACK_MS  HOUR_MS /* messages made with it may be under way (E2E-012) */
#define MAX_WAIT_MS      (24 * HOUR_MS)
#define CLAIM_MS         10000
#define MAX_DRAINED      500 /* of a server that never comes to an end */

/* -- What is due */

/* Half of what the account can hold (E2E-007). */
static gint64
count_missing (const MxStoredAccount *stored, MxOlmAccount *account)
{
  gint64 target = mx_olm_account_get_capacity (account) / 2;
  gint64 there = stored->server_keys;

  if (there < 0)
    there = stored->is_uploaded ? target : 0;

  return target - there;
}

/* A clock that was set back makes it due, too (E2E-167). */
static gboolean
is_over (gint64 since_ms, gint64 length_ms, gint64 now_ms)
{
  return now_ms < since_ms || now_ms - since_ms >= length_ms;
}

static gboolean
is_fallback_due (const MxStoredAccount *stored, gint64 now_ms)
{
  return stored->fallback_used || is_over (stored->fallback_ms, FALLBACK_LIFE_MS, now_ms);
}

static gint64
next_look (const MxStoredAccount *stored, gint64 now_ms)
{
  gint64 due = stored->fallback_ms + (stored->old_fallback ? OLD_FALLBACK_MS : FALLBACK_LIFE_MS);

  return CLAMP (due - now_ms, 1000, MAX_WAIT_MS);
}

gboolean
mx_key_upload_take_counts (MxOlmMachine *machine,
                           const MxSyncDelta *delta,
                           MxStoreChanges *changes,
                           GError **error)
{
  g_autoptr (MxStoredAccount) stored = mx_store_get_olm_account (machine->store);
  MxOlmAccount *account = mx_olm_machine_get_account (machine, error);
  gint64 count = 0;
  gboolean changed = FALSE;

  if (stored == NULL || account == NULL)
    return FALSE;

  /* What an upload was answered is newer than a sync that was asked for before it. */
  if (stored->upload == NULL && (delta->asked_us == 0 || delta->asked_us >= machine->counted_us))
    {
      if (delta->one_time_key_counts != NULL)
        count = GPOINTER_TO_INT (g_hash_table_lookup (delta->one_time_key_counts, KEY_TYPE));
      if (delta->one_time_key_counts != NULL || delta->kind == MX_SYNC_CLASSIC)
        {
          changed = stored->server_keys != count;
          stored->server_keys = count;
        }
      if (delta->unused_fallback_keys != NULL && stored->is_uploaded)
        {
          gboolean used =
            !g_strv_contains ((const char *const *) delta->unused_fallback_keys, KEY_TYPE);

          changed |= stored->fallback_used != used;
          stored->fallback_used = used;
        }
    }

  if (!stored->is_uploaded || stored->upload != NULL || stored->must_drain ||
      stored->fallback_used || count_missing (stored, account) > 0)
    changes->encryption |= MX_ENCRYPTION_UPLOAD_KEYS;

  return !changed || mx_store_put_olm_account (machine->store, stored, error);
}

/* -- The body */

static gboolean
add_keys (MxOlmMachine *machine,
          MxJsonWriter *writer,
          const char *name,
          GPtrArray *keys,
          gboolean fallback,
          GError **error)
{
  if (keys == NULL)
    return FALSE;
  if (keys->len == 0)
    return TRUE;

  mx_json_begin_object (writer, name);
  for (guint i = 0; i < keys->len; i++)
    {
      MxOlmPublicKey *key = g_ptr_array_index (keys, i);
      g_autofree char *id = g_strconcat (KEY_TYPE ":", key->id, NULL);
      g_autofree char *text = mx_device_keys_new_one_time_key (machine->account,
                                                               machine->user_id,
                                                               machine->device_id,
                                                               key,
                                                               fallback,
                                                               error);
      g_autoptr (MxJsonDocument) document =
        text != NULL ? mx_json_document_parse (text, -1, error) : NULL;

      if (document == NULL)
        return FALSE;
      mx_json_add_json (writer, id, mx_json_document_root (document));
    }
  mx_json_end (writer);

  return TRUE;
}

static gboolean
add_device_keys (MxOlmMachine *machine, MxJsonWriter *writer, GError **error)
{
  g_autofree char *text = mx_olm_machine_dup_device_keys (machine, error);
  g_autoptr (MxJsonDocument) document =
    text != NULL ? mx_json_document_parse (text, -1, error) : NULL;

  if (document == NULL)
    return FALSE;
  mx_json_add_json (writer, "device_keys", mx_json_document_root (document));

  return TRUE;
}

/* All that is not published yet, whenever it was made. */
static char *
write_body (MxOlmMachine *machine, gboolean device_keys, GError **error)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autoptr (GPtrArray) keys = mx_olm_account_dup_one_time_keys (machine->account, error);
  g_autoptr (GPtrArray) fallback =
    keys != NULL ? mx_olm_account_dup_fallback_keys (machine->account, error) : NULL;

  mx_json_begin_object (writer, NULL);
  if ((device_keys && !add_device_keys (machine, writer, error)) ||
      !add_keys (machine, writer, "one_time_keys", keys, FALSE, error) ||
      !add_keys (machine, writer, "fallback_keys", fallback, TRUE, error))
    return NULL;
  mx_json_end (writer);

  return mx_json_writer_to_text (writer);
}

/* Makes what is missing; what was made before and never left counts. made: anything to upload. */
static gboolean
generate (MxOlmAccount *account,
          const MxStoredAccount *stored,
          gint64 now_ms,
          gboolean *made,
          GError **error)
{
  g_autoptr (GPtrArray) keys = mx_olm_account_dup_one_time_keys (account, error);
  g_autoptr (GPtrArray) fallback =
    keys != NULL ? mx_olm_account_dup_fallback_keys (account, error) : NULL;
  gint64 missing = 0;

  if (fallback == NULL)
    return FALSE;

  missing = count_missing (stored, account) - (gint64) keys->len;
  if (missing > 0 && !mx_olm_account_generate_one_time_keys (account, (guint) missing, error))
    return FALSE;
  if (fallback->len == 0 && is_fallback_due (stored, now_ms) &&
      !mx_olm_account_generate_fallback_key (account, error))
    return FALSE;

  *made = missing > 0 || keys->len > 0 || fallback->len > 0 || is_fallback_due (stored, now_ms);

  return TRUE;
}

/* The account thread's memory of the account is the store's: a failure is the caller's rollback. */
static gboolean
save (MxOlmMachine *machine, MxStoredAccount *stored, GError **error)
{
  g_clear_pointer (&stored->pickle, g_bytes_unref);
  stored->pickle = mx_olm_account_pickle (machine->account, machine->pickle_key, error);

  return stored->pickle != NULL && mx_store_put_olm_account (machine->store, stored, error);
}

/* One that is only doubted has to say again what its keys are (E2E-004). */
static gboolean
is_broken (MxOlmMachine *machine)
{
  g_autofree char *reason = mx_store_get_value (machine->store, MX_VALUE_DEVICE_BROKEN);

  return reason != NULL;
}

gboolean
mx_key_upload_prepare (MxOlmMachine *machine,
                       gint64 now_ms,
                       char **body,
                       gint64 *wait_ms,
                       GError **error)
{
  g_autoptr (MxStoredAccount) stored = mx_store_get_olm_account (machine->store);
  MxOlmAccount *account = mx_olm_machine_get_account (machine, error);
  gboolean made = FALSE;

  *body = NULL;
  *wait_ms = 0;
  if (stored == NULL || account == NULL)
    return FALSE;
  if (is_broken (machine) || stored->must_drain)
    return TRUE;
  if (stored->upload != NULL)
    {
      *body = g_strdup (stored->upload);
      return TRUE;
    }

  if (stored->old_fallback && is_over (stored->fallback_ms, OLD_FALLBACK_MS, now_ms))
    {
      mx_olm_account_forget_old_fallback_key (account);
      stored->old_fallback = FALSE;
      if (!save (machine, stored, error))
        return FALSE;
    }

  if (!generate (account, stored, now_ms, &made, error))
    return FALSE;
  *wait_ms = next_look (stored, now_ms);
  if (!made && stored->is_uploaded)
    return TRUE;

  stored->upload = write_body (machine, !stored->is_uploaded, error);
  if (stored->upload == NULL || !save (machine, stored, error))
    return FALSE;
  *body = g_strdup (stored->upload);

  return TRUE;
}

gboolean
mx_key_upload_accepted (MxOlmMachine *machine, gint64 now_ms, MxJson reply, GError **error)
{
  g_autoptr (MxStoredAccount) stored = mx_store_get_olm_account (machine->store);
  MxOlmAccount *account = mx_olm_machine_get_account (machine, error);
  g_autoptr (GPtrArray) fallback =
    account != NULL ? mx_olm_account_dup_fallback_keys (account, error) : NULL;

  if (stored == NULL || fallback == NULL)
    return FALSE;
  if (stored->upload == NULL)
    return TRUE; /* answered already */

  if (fallback->len > 0)
    {
      stored->old_fallback = stored->fallback_ms != 0;
      stored->fallback_used = FALSE;
      stored->fallback_ms = now_ms;
    }
  mx_olm_account_mark_as_published (account);
  stored->is_uploaded = TRUE;
  stored->server_keys =
    mx_json_int (mx_json_path (reply, "one_time_key_counts", KEY_TYPE, NULL), 0);
  g_clear_pointer (&stored->upload, g_free);
  machine->counted_us = g_get_monotonic_time ();

  return save (machine, stored, error);
}

/* -- Keys at the server whose private halves are lost (E2E-009) */

gboolean
mx_key_upload_must_drain (MxOlmMachine *machine)
{
  g_autoptr (MxStoredAccount) stored = mx_store_get_olm_account (machine->store);

  return stored != NULL && stored->must_drain && !is_broken (machine);
}

char *
mx_key_upload_write_claim (MxOlmMachine *machine)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();

  mx_json_begin_object (writer, NULL);
  mx_json_add_int (writer, "timeout", CLAIM_MS);
  mx_json_begin_object (writer, "one_time_keys");
  mx_json_begin_object (writer, machine->user_id);
  mx_json_add_string (writer, machine->device_id, KEY_TYPE);
  mx_json_end (writer);
  mx_json_end (writer);
  mx_json_end (writer);

  return mx_json_writer_to_text (writer);
}

/* A key that is there as long as it is not replaced comes when there are no others. */
static gboolean
is_last (MxOlmMachine *machine, MxJson reply)
{
  MxJson keys = mx_json_path (reply, "one_time_keys", machine->user_id, machine->device_id, NULL);
  const char *id = NULL;
  MxJsonIter iter;
  MxJson key;

  if (mx_json_size (keys) == 0)
    return TRUE;
  mx_json_iter_init (&iter, keys);
  while (mx_json_iter_next (&iter, &id, &key))
    if (mx_json_bool (mx_json_get (key, "fallback"), FALSE))
      return TRUE;

  return FALSE;
}

gboolean
mx_key_upload_drained (MxOlmMachine *machine, MxJson reply, GError **error)
{
  g_autoptr (MxStoredAccount) stored = mx_store_get_olm_account (machine->store);

  if (stored == NULL)
    return FALSE;
  if (++machine->drained < MAX_DRAINED && !is_last (machine, reply))
    return TRUE;

  machine->drained = 0;
  stored->must_drain = FALSE;
  stored->server_keys = 0;

  return mx_store_put_olm_account (machine->store, stored, error);
}

/* -- The flow */

typedef struct
{
  MxSession *session;
  MxWorkLoop *loop;
  GBytes *reply; /* of the server; NULL: it refused */
  gint64 wait_ms;
  gboolean must_drain;
} MxUpload;

static void
mx_upload_free (gpointer data)
{
  MxUpload *upload = data;

  g_clear_object (&upload->session);
  g_clear_object (&upload->loop);
  g_clear_pointer (&upload->reply, g_bytes_unref);
  g_free (upload);
}

/* Of the flow. */
typedef struct
{
  gboolean must_drain; /* before anything is uploaded */
} MxUploader;

static MxUpload *
mx_upload_new (const MxWorkRun *run)
{
  MxUpload *upload = g_new0 (MxUpload, 1);

  upload->session = g_object_ref (run->session);
  upload->loop = g_object_ref (run->loop);

  return upload;
}

static gint64
now (void)
{
  return g_get_real_time () / 1000;
}

static gboolean
prepare_work (MxStore *store,
              MxStoreChanges *changes,
              gpointer data,
              GValue *result,
              GError **error)
{
  MxUpload *upload = data;
  char *body = NULL;

  if (!mx_key_upload_prepare (mx_session_get_machine (upload->session),
                              now (),
                              &body,
                              &upload->wait_ms,
                              error))
    return FALSE;

  upload->must_drain = mx_key_upload_must_drain (mx_session_get_machine (upload->session));
  if (upload->must_drain)
    body = mx_key_upload_write_claim (mx_session_get_machine (upload->session));
  g_value_init (result, G_TYPE_STRING);
  g_value_take_string (result, body);

  return TRUE;
}

static void
prepared_cb (MxSession *session, gpointer data)
{
  MxUpload *upload = data;
  MxUploader *uploader = mx_work_loop_get_data (upload->loop);

  uploader->must_drain = upload->must_drain;
  if (upload->wait_ms > 0)
    mx_work_loop_kick_after (upload->loop, (guint) upload->wait_ms);
}

/* Whether the server shows them now. */
static gboolean
look_at_doubted (MxOlmMachine *machine, MxStoreChanges *changes, GError **error)
{
  g_autofree char *doubted = mx_store_get_value (machine->store, MX_VALUE_DEVICE_DOUBTED);

  if (doubted == NULL)
    return TRUE;
  changes->encryption |= MX_ENCRYPTION_QUERY_DEVICES;

  return mx_store_mark_user_outdated (machine->store, machine->user_id, error);
}

static gboolean
accepted_work (MxStore *store,
               MxStoreChanges *changes,
               gpointer data,
               GValue *result,
               GError **error)
{
  MxUpload *upload = data;
  MxOlmMachine *machine = mx_session_get_machine (upload->session);
  g_autoptr (MxJsonDocument) document = mx_json_document_parse_bytes (upload->reply, error);

  return document != NULL &&
         mx_key_upload_accepted (machine, now (), mx_json_document_root (document), error) &&
         look_at_doubted (machine, changes, error);
}

static gboolean
conflicts_work (MxStore *store,
                MxStoreChanges *changes,
                gpointer data,
                GValue *result,
                GError **error)
{
  MxUpload *upload = data;

  return mx_device_recovery_take_conflict (mx_session_get_machine (upload->session),
                                           now (),
                                           changes,
                                           error);
}

/* A server that refuses keeps what it has. */
static gboolean
drained_work (MxStore *store,
              MxStoreChanges *changes,
              gpointer data,
              GValue *result,
              GError **error)
{
  MxUpload *upload = data;
  g_autoptr (MxJsonDocument) document =
    upload->reply != NULL ? mx_json_document_parse_bytes (upload->reply, NULL) : NULL;

  return mx_key_upload_drained (mx_session_get_machine (upload->session),
                                document != NULL ? mx_json_document_root (document)
                                                 : (MxJson) { NULL },
                                error);
}

static gboolean
drain (const MxWorkRun *run, const char *body, gboolean *more, GError **error)
{
  MxUpload *upload = NULL;
  g_autoptr (GError) refusal = NULL;
  g_autoptr (GBytes) reply =
    dex_await_boxed (mx_guard (run->scope,
                               mx_keys_claim (mx_session_get_http (run->session), body)),
                     &refusal);

  if (refusal != NULL && (refusal->domain != MX_MATRIX_ERROR || mx_error_is_transient (refusal) ||
                          mx_session_is_end (refusal)))
    {
      g_propagate_error (error, g_steal_pointer (&refusal));
      return FALSE;
    }

  upload = mx_upload_new (run);
  upload->reply = g_steal_pointer (&reply);
  *more = TRUE;

  return dex_await (mx_session_write (run->session, drained_work, upload, mx_upload_free), error);
}

static gboolean
is_conflict (const GError *error)
{
  return g_error_matches (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_UNKNOWN) &&
         mx_matrix_error_get_status (error) == 400 &&
         strstr (error->message, "already exists") != NULL;
}

static gboolean
upload_pass (const MxWorkRun *run, gboolean *more, GError **error)
{
  const MxUploader *uploader = run->data;
  MxUpload *upload = NULL;
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (GError) refusal = NULL;
  g_autoptr (GError) failure = NULL;
  g_autofree char *body = dex_await_string (mx_session_write_full (run->session,
                                                                   NULL,
                                                                   prepare_work,
                                                                   prepared_cb,
                                                                   mx_upload_new (run),
                                                                   mx_upload_free),
                                            &failure);

  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  if (body == NULL)
    return TRUE;
  if (uploader->must_drain)
    return drain (run, body, more, error);

  reply = dex_await_boxed (mx_guard (run->scope,
                                     mx_keys_upload (mx_session_get_http (run->session), body)),
                           &refusal);
  if (reply == NULL && !is_conflict (refusal))
    {
      g_propagate_error (error, g_steal_pointer (&refusal));
      return FALSE;
    }

  upload = mx_upload_new (run);
  upload->reply = g_steal_pointer (&reply);
  *more = refusal != NULL;

  return dex_await (mx_session_write (run->session,
                                      refusal != NULL ? conflicts_work : accepted_work,
                                      upload,
                                      mx_upload_free),
                    error);
}

MxWorkLoop *
mx_key_upload_new (MxSession *session)
{
  return mx_work_loop_new (session, "key upload", upload_pass, g_new0 (MxUploader, 1), g_free);
}
