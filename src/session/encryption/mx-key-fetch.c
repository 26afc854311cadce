/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Single sessions that messages wait for, fetched from the backup (research/protocol E2E-137). A
 * session that is not there is asked for again later and ever less often: the device that has it
 * may still be uploading. */
#include "config.h"

#include "mx-key-backup.h"

#include "mx-backup-requests.h"
#include "mx-error.h"
#include "mx-identities-private.h"
#include "mx-session-steps.h"
#include "mx-store-decryption.h"

#define MAX_MISSING 500
#define MAX_PASS    20
#define FIRST_WAIT  60000
#define LAST_WAIT   (6 * 60 * 60 * 1000)

typedef struct
{
  gint64 due_us;   /* monotonic */
  gint64 asked_ms; /* wall clock */
  unsigned attempts;
} MxAbsence;

static char *
make_key (const char *room_id, const char *session_id)
{
  return g_strconcat (room_id, "\n", session_id, NULL);
}

/* Shared by the pass and the steps that it waits for. */
typedef struct
{
  MxSession *session;
  MxSecret *private_key;
  char *version;
  GStrv missing; /* room id, session id, alternating */
  const char *room_id;
  const char *session_id;
  GBytes *reply;
} MxFetch;

static void
mx_fetch_clear (gpointer data)
{
  MxFetch *self = data;

  g_clear_object (&self->session);
  g_clear_pointer (&self->private_key, mx_secret_unref);
  g_clear_pointer (&self->reply, g_bytes_unref);
  g_strfreev (self->missing);
  g_free (self->version);
}

MX_SESSION_DEFINE_STEPS (MxFetch, mx_fetch)

static gboolean
look_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  MxFetch *self = data;

  self->private_key = mx_store_get_secret (store, MX_SECRET_BACKUP);
  self->version = mx_store_get_value (store, MX_BACKUP_VALUE_VERSION);
  if (self->private_key != NULL && self->version != NULL)
    self->missing = mx_store_load_missing_sessions (store, NULL, MAX_MISSING);

  return TRUE;
}

static gboolean
import_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  MxFetch *self = data;
  g_autoptr (MxJsonDocument) document = mx_json_document_parse_bytes (self->reply, NULL);
  g_autoptr (GError) failure = NULL;
  gboolean imported = FALSE;

  if (document == NULL || mx_backup_import_entry (mx_session_get_machine (self->session),
                                                  self->private_key,
                                                  self->version,
                                                  self->room_id,
                                                  self->session_id,
                                                  mx_json_document_root (document),
                                                  changes,
                                                  &imported,
                                                  &failure))
    return TRUE;
  if (failure->domain == MX_CRYPTO_ERROR)
    {
      g_message ("A session of the backup is damaged: %d", failure->code);
      return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&failure));

  return FALSE;
}

/* The next time for this session, doubled at each attempt. */
static void
put_off (GHashTable *absent, const char *key)
{
  MxAbsence *absence = g_hash_table_lookup (absent, key);
  gint64 wait;

  if (absence == NULL)
    {
      absence = g_new0 (MxAbsence, 1);
      g_hash_table_insert (absent, g_strdup (key), absence);
    }
  wait = (gint64) FIRST_WAIT << MIN (absence->attempts * 2, 16);
  absence->attempts++;
  absence->asked_ms = g_get_real_time () / 1000;
  absence->due_us = g_get_monotonic_time () + MIN (wait, LAST_WAIT) * 1000;
}

/* FALSE with error: the server is out of reach, or asks to wait. */
static gboolean
fetch (const MxWorkRun *run, MxFetch *self, const char *key, GError **error)
{
  g_autoptr (GError) failure = NULL;

  /* Whatever comes of it, it is not asked for again at once. */
  put_off (run->data, key);
  g_clear_pointer (&self->reply, g_bytes_unref);
  self->reply = dex_await_boxed (mx_guard (run->scope,
                                           mx_backup_get_keys (mx_session_get_http (run->session),
                                                               self->version,
                                                               self->room_id,
                                                               self->session_id)),
                                 &failure);
  if (self->reply != NULL)
    return mx_fetch_step (self, import_work, error);

  if (g_error_matches (failure, MX_MATRIX_ERROR, MX_MATRIX_ERROR_WRONG_ROOM_KEYS_VERSION))
    {
      MxEncryption *encryption = mx_session_get_encryption (run->session);

      if (encryption != NULL)
        mx_key_backup_recheck (encryption);
      return TRUE;
    }
  if (mx_error_is_cancelled (failure) || mx_error_is_transient (failure) ||
      mx_session_is_end (failure))
    {
      g_hash_table_remove (run->data, key);
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }

  return TRUE;
}

static gboolean
fetch_pass (const MxWorkRun *run, gboolean *more, GError **error)
{
  GHashTable *absent = run->data;
  g_autoptr (MxFetch) self = g_atomic_rc_box_new0 (MxFetch);
  gint64 next_us = G_MAXINT64;
  unsigned asked = 0;

  self->session = g_object_ref (run->session);
  if (!mx_fetch_step (self, look_work, error))
    return FALSE;

  for (gsize i = 0; self->missing != NULL && self->missing[i] != NULL; i += 2)
    {
      g_autofree char *key = make_key (self->missing[i], self->missing[i + 1]);
      const MxAbsence *absence = g_hash_table_lookup (absent, key);

      if (absence != NULL && absence->due_us > g_get_monotonic_time ())
        {
          next_us = MIN (next_us, absence->due_us);
          continue;
        }
      if (asked++ == MAX_PASS)
        {
          *more = TRUE;
          break;
        }
      self->room_id = self->missing[i];
      self->session_id = self->missing[i + 1];
      if (!fetch (run, self, key, error))
        return FALSE;
      absence = g_hash_table_lookup (absent, key);
      if (absence != NULL)
        next_us = MIN (next_us, absence->due_us);
    }
  if (next_us < G_MAXINT64)
    mx_work_loop_kick_after (run->loop,
                             CLAMP ((next_us - g_get_monotonic_time ()) / 1000,
                                    FIRST_WAIT / 10,
                                    LAST_WAIT));

  return TRUE;
}

MxWorkLoop *
mx_key_fetch_new (MxSession *session)
{
  return mx_work_loop_new (session,
                           "key fetch",
                           fetch_pass,
                           g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free),
                           (GDestroyNotify) g_hash_table_unref);
}

unsigned
mx_key_fetch_get_answers (MxEncryption *self,
                          const char *room_id,
                          const char *session_id,
                          gint64 *last_ms)
{
  MxWorkLoop *loop = mx_encryption_get_loop (self, MX_ENCRYPTION_FETCH_KEYS);
  GHashTable *absent = loop != NULL ? mx_work_loop_get_data (loop) : NULL;
  g_autofree char *key = make_key (room_id, session_id);
  const MxAbsence *absence = absent != NULL ? g_hash_table_lookup (absent, key) : NULL;

  *last_ms = absence != NULL ? absence->asked_ms : 0;

  return absence != NULL ? absence->attempts : 0;
}
