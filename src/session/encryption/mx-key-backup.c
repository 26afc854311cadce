/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Uploading keys to the backup, incrementally (research/protocol E2E-130, E2E-133 - E2E-136). The
 * version is looked at once; then batches go until nothing is missing. */
#include "config.h"

#include "mx-key-backup.h"

#include "mx-backup-requests.h"
#include "mx-backup-review.h"
#include "mx-error.h"
#include "mx-identities-private.h"
#include "mx-session-steps.h"
#include "mx-store-megolm.h"

#include <string.h>

#define BATCH 100
/* A backup that cannot be used is looked at again after this time, or when something about our
 * secrets changed. */
#define LOOK_AGAIN_US (10 * 60 * G_USEC_PER_SEC)

typedef struct
{
  gboolean is_checked;
  MxBackupState state;
  char *version; /* in use; NULL: none */
  guint8 public_key[MX_STORE_KEY_SIZE];
  gint64 server_count;
  unsigned refusals; /* of the version, in a row */
  char *secrets;     /* what was there when the version was looked at */
  gint64 checked_us;
} MxKeyBackup;

static void
mx_key_backup_free (gpointer data)
{
  MxKeyBackup *self = data;

  g_free (self->version);
  g_free (self->secrets);
  g_free (self);
}

/* A step on the account thread and what comes of it, for the fiber that waits for the step. */
typedef struct
{
  MxSession *session;
  MxBackupVersion *version; /* of the server, NULL: it has none */
  char *known_version;
  guint8 public_key[MX_STORE_KEY_SIZE];

  gboolean is_off;
  char *secrets;
  MxBackupTrust trust;
  char *body;
  GArray *items; /* MxBackupItem: what the body holds */
  unsigned pending, total;
} MxBackupStep;

typedef struct
{
  gint64 id;
  guint32 first_index;
} MxBackupItem;

static void
mx_backup_step_clear (gpointer data)
{
  MxBackupStep *step = data;

  g_clear_object (&step->session);
  g_clear_pointer (&step->version, mx_backup_version_free);
  g_clear_pointer (&step->items, g_array_unref);
  g_free (step->known_version);
  g_free (step->secrets);
  g_free (step->body);
}

MX_SESSION_DEFINE_STEPS (MxBackupStep, mx_backup_step)

static MxBackupStep *
mx_backup_step_new (MxSession *session)
{
  MxBackupStep *step = g_atomic_rc_box_new0 (MxBackupStep);

  step->session = g_object_ref (session);

  return step;
}

/* -- What the user wants (E2E-139) */

static gboolean
get_flag (MxStore *store, const char *type, const char *member, gboolean fallback)
{
  g_autofree char *content = mx_store_get_account_data (store, NULL, type);
  g_autoptr (MxJsonDocument) document =
    content != NULL ? mx_json_document_parse (content, -1, NULL) : NULL;

  return document != NULL
           ? mx_json_bool (mx_json_get (mx_json_document_root (document), member), fallback)
           : fallback;
}

/* Account data counts only while nothing was decided on this device, and no backup is in use:
 * whoever can write it later switches nothing. */
static gboolean
is_switched_off (MxStore *store, GError **error)
{
  g_autofree char *wish = mx_store_get_value (store, MX_BACKUP_VALUE_WISH);
  g_autofree char *known = mx_store_get_value (store, MX_BACKUP_VALUE_VERSION);
  gboolean off;

  if (wish != NULL)
    return g_str_equal (wish, "off");
  if (known != NULL)
    return FALSE;

  off = !get_flag (store, "m.key_backup", "enabled", TRUE) ||
        get_flag (store, "m.org.matrix.custom.backup_disabled", "disabled", FALSE);
  if (off)
    mx_store_set_value (store, MX_BACKUP_VALUE_WISH, "off", error);

  return off;
}

/* -- The version */

static gboolean
prepare_work (MxStore *store,
              MxStoreChanges *changes,
              gpointer data,
              GValue *result,
              GError **error)
{
  MxBackupStep *step = data;
  MxOlmMachine *machine = mx_session_get_machine (step->session);
  g_autoptr (MxSecret) secret = mx_store_get_secret (store, MX_SECRET_BACKUP);
  g_autoptr (MxStoredIdentity) own =
    mx_store_get_identity (store, mx_olm_machine_get_user_id (machine));
  g_autoptr (GError) failure = NULL;

  step->is_off = is_switched_off (store, &failure);
  step->secrets = g_strdup_printf ("%d %d", secret != NULL, own != NULL && own->is_verified);
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));

  return *error == NULL;
}

static gboolean
decide_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  MxBackupStep *step = data;
  MxOlmMachine *machine = mx_session_get_machine (step->session);

  step->trust = step->version != NULL ? mx_backup_version_get_trust (step->version, machine)
                                      : MX_BACKUP_TRUST_NONE;
  /* Our private key is that of a backup which a device of ours has replaced: it opens nothing any
   * more, and the new one is asked for. */
  if (step->trust == MX_BACKUP_TRUST_SIGNED &&
      !mx_store_set_secret (store, MX_SECRET_BACKUP, NULL, error))
    return FALSE;

  if (step->trust == MX_BACKUP_TRUST_SIGNED)
    changes->encryption |= MX_ENCRYPTION_IDENTITY;
  /* Its key may have come only now, for a version that was known before. */
  if (step->trust == MX_BACKUP_TRUST_OWNED)
    changes->encryption |= MX_ENCRYPTION_FETCH_KEYS;

  return mx_store_set_value (store,
                             MX_BACKUP_VALUE_VERSION,
                             step->trust != MX_BACKUP_TRUST_NONE ? step->version->version : NULL,
                             error);
}

static void
use_version (MxKeyBackup *self, const MxBackupStep *step)
{
  g_set_str (&self->version, NULL);
  self->is_checked = TRUE;
  self->checked_us = g_get_monotonic_time ();
  if (step->version == NULL)
    {
      self->state = step->is_off ? MX_BACKUP_DISABLED : MX_BACKUP_NONE;
      self->server_count = -1;
      return;
    }

  self->server_count = step->version->count;
  self->state = step->trust == MX_BACKUP_TRUST_OWNED ? MX_BACKUP_ON : MX_BACKUP_LOCKED;
  if (step->trust == MX_BACKUP_TRUST_NONE)
    return;
  self->version = g_strdup (step->version->version);
  memcpy (self->public_key, step->version->public_key, MX_STORE_KEY_SIZE);
}

/* A backup of a kind that we do not know is nobody's business of ours. */
static gboolean
look_at_version (const MxWorkRun *run, MxBackupStep *step, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (GBytes) reply = NULL;

  reply =
    dex_await_boxed (mx_guard (run->scope,
                               mx_backup_get_version (mx_session_get_http (run->session), NULL)),
                     &failure);
  if (reply == NULL && !g_error_matches (failure, MX_MATRIX_ERROR, MX_MATRIX_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  g_clear_error (&failure);
  if (reply != NULL)
    step->version = mx_backup_version_new (reply, &failure);
  if (failure != NULL)
    g_message ("The backup cannot be used: %d", failure->code);

  return mx_backup_step_step (step, decide_work, error);
}

static gboolean
check (const MxWorkRun *run, GError **error)
{
  MxKeyBackup *self = run->data;
  MxEncryption *encryption = mx_session_get_encryption (run->session);
  g_autoptr (MxBackupStep) step = mx_backup_step_new (run->session);

  if (!mx_backup_step_step (step, prepare_work, error))
    return FALSE;
  if (self->is_checked && self->state != MX_BACKUP_ON &&
      g_strcmp0 (self->secrets, step->secrets) == 0 &&
      g_get_monotonic_time () - self->checked_us < LOOK_AGAIN_US)
    return TRUE;
  if (self->is_checked && self->state == MX_BACKUP_ON)
    return TRUE;

  if (!step->is_off && !look_at_version (run, step, error))
    return FALSE;
  use_version (self, step);
  g_set_str (&self->secrets, step->secrets);
  if (encryption != NULL)
    mx_encryption_set_backup_state (encryption, self->state);

  return TRUE;
}

/* -- The keys */

/* room id → JSON texts "session id":entry, joined by commas. */
static void
add_entry (GHashTable *rooms, const MxStoredMegolm *session, const char *entry)
{
  GString *text = g_hash_table_lookup (rooms, session->room_id);
  g_autoptr (MxJsonWriter) name = mx_json_writer_new ();
  g_autofree char *quoted = NULL;

  if (text == NULL)
    {
      text = g_string_new (NULL);
      g_hash_table_insert (rooms, g_strdup (session->room_id), text);
    }
  else
    {
      g_string_append_c (text, ',');
    }
  mx_json_begin_array (name, NULL);
  mx_json_add_string (name, NULL, session->session_id);
  mx_json_end (name);
  quoted = mx_json_writer_to_text (name);
  g_string_append_len (text, quoted + 1, strlen (quoted) - 2);
  g_string_append_c (text, ':');
  g_string_append (text, entry);
}

static char *
finish_body (GHashTable *rooms)
{
  GString *body = g_string_new ("{\"rooms\":{");
  GHashTableIter iter;
  gpointer room_id = NULL;
  gpointer text = NULL;
  gboolean first = TRUE;

  g_hash_table_iter_init (&iter, rooms);
  while (g_hash_table_iter_next (&iter, &room_id, &text))
    {
      g_autoptr (MxJsonWriter) name = mx_json_writer_new ();
      g_autofree char *quoted = NULL;

      mx_json_begin_array (name, NULL);
      mx_json_add_string (name, NULL, room_id);
      mx_json_end (name);
      quoted = mx_json_writer_to_text (name);
      if (!first)
        g_string_append_c (body, ',');
      first = FALSE;
      g_string_append_len (body, quoted + 1, strlen (quoted) - 2);
      g_string_append_printf (body, ":{\"sessions\":{%s}}", ((GString *) text)->str);
    }
  g_string_append (body, "}}");

  return g_string_free_and_steal (body);
}

static void
free_text (gpointer data)
{
  g_string_free (data, TRUE);
}

static gboolean
collect_work (MxStore *store,
              MxStoreChanges *changes,
              gpointer data,
              GValue *result,
              GError **error)
{
  MxBackupStep *step = data;
  MxOlmMachine *machine = mx_session_get_machine (step->session);
  g_autoptr (GHashTable) rooms = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_text);
  g_autoptr (GPtrArray) sessions = NULL;

  step->items = g_array_new (FALSE, FALSE, sizeof (MxBackupItem));
  step->pending = mx_store_count_megolm (store, step->known_version);
  step->total = mx_store_count_megolm (store, NULL);
  sessions = mx_store_load_megolm (store, 0, BATCH, step->known_version, error);
  if (sessions == NULL)
    return FALSE;

  for (guint i = 0; i < sessions->len; i++)
    {
      const MxStoredMegolm *session = g_ptr_array_index (sessions, i);
      MxBackupItem item = { session->id, session->first_index };
      g_autoptr (GError) failure = NULL;
      g_autofree char *entry = mx_backup_new_entry (machine, session, step->public_key, &failure);

      /* One that cannot be exported must not stop the others. */
      if (entry != NULL)
        add_entry (rooms, session, entry);
      else
        g_message ("A session cannot be backed up: %d", failure->code);
      g_array_append_val (step->items, item);
    }
  if (g_hash_table_size (rooms) > 0)
    step->body = finish_body (rooms);

  return TRUE;
}

static gboolean
uploaded_work (MxStore *store,
               MxStoreChanges *changes,
               gpointer data,
               GValue *result,
               GError **error)
{
  MxBackupStep *step = data;

  for (guint i = 0; i < step->items->len; i++)
    {
      const MxBackupItem *item = &g_array_index (step->items, MxBackupItem, i);

      if (!mx_store_megolm_backed_up (store,
                                      item->id,
                                      item->first_index,
                                      step->known_version,
                                      error))
        return FALSE;
    }
  step->pending = mx_store_count_megolm (store, step->known_version);
  step->total = mx_store_count_megolm (store, NULL);

  return TRUE;
}

static void
tell_counts (const MxWorkRun *run, const MxBackupStep *step)
{
  MxEncryption *encryption = mx_session_get_encryption (run->session);

  if (encryption != NULL)
    mx_encryption_set_backup_counts (encryption, step->pending, step->total);
}

static void
take_count (MxKeyBackup *self, GBytes *reply)
{
  g_autoptr (MxJsonDocument) document = mx_json_document_parse_bytes (reply, NULL);

  if (document != NULL)
    self->server_count =
      mx_json_int (mx_json_get (mx_json_document_root (document), "count"), self->server_count);
}

/* The version is no longer there: what the server says of the current one in its refusal is not to
 * be relied on (E2E-135). */
static gboolean
refused (MxKeyBackup *self, gboolean *more, GError *failure, GError **error)
{
  if ((g_error_matches (failure, MX_MATRIX_ERROR, MX_MATRIX_ERROR_WRONG_ROOM_KEYS_VERSION) ||
       g_error_matches (failure, MX_MATRIX_ERROR, MX_MATRIX_ERROR_NOT_FOUND)) &&
      self->refusals++ == 0)
    {
      g_error_free (failure);
      self->is_checked = FALSE;
      *more = TRUE;
      return TRUE;
    }
  self->is_checked = self->is_checked && self->refusals == 0;
  g_propagate_error (error, failure);

  return FALSE;
}

static gboolean
backup_pass (const MxWorkRun *run, gboolean *more, GError **error)
{
  MxKeyBackup *self = run->data;
  g_autoptr (MxBackupStep) step = mx_backup_step_new (run->session);
  g_autoptr (GBytes) reply = NULL;
  GError *failure = NULL;

  if (!check (run, error))
    return FALSE;
  step->known_version = g_strdup (self->version);
  memcpy (step->public_key, self->public_key, MX_STORE_KEY_SIZE);
  if (self->version == NULL)
    return TRUE;
  if (!mx_backup_step_step (step, collect_work, error))
    return FALSE;
  tell_counts (run, step);
  if (step->items->len == 0)
    return self->state != MX_BACKUP_ON || mx_backup_review (run, step->known_version, error);

  if (step->body != NULL)
    {
      reply = dex_await_boxed (mx_guard (run->scope,
                                         mx_backup_put_keys (mx_session_get_http (run->session),
                                                             step->known_version,
                                                             NULL,
                                                             NULL,
                                                             step->body)),
                               &failure);
      if (reply == NULL)
        return refused (self, more, failure, error);
      self->refusals = 0;
      take_count (self, reply);
    }

  *more = step->items->len == BATCH;
  if (!mx_backup_step_step (step, uploaded_work, error))
    return FALSE;
  tell_counts (run, step);

  return TRUE;
}

MxWorkLoop *
mx_key_backup_new (MxSession *session)
{
  MxKeyBackup *self = g_new0 (MxKeyBackup, 1);

  self->server_count = -1;

  return mx_work_loop_new (session, "key backup", backup_pass, self, mx_key_backup_free);
}

static MxKeyBackup *
get_backup (MxEncryption *encryption)
{
  MxWorkLoop *loop = mx_encryption_get_loop (encryption, MX_ENCRYPTION_BACK_UP);

  return loop != NULL ? mx_work_loop_get_data (loop) : NULL;
}

void
mx_key_backup_recheck (MxEncryption *self)
{
  MxKeyBackup *backup = get_backup (self);

  if (backup == NULL)
    return;
  backup->is_checked = FALSE;
  g_set_str (&backup->version, NULL);
  mx_encryption_kick (self, MX_ENCRYPTION_BACK_UP);
}

gint64
mx_key_backup_get_server_count (MxEncryption *self)
{
  MxKeyBackup *backup = get_backup (self);

  return backup != NULL ? backup->server_count : -1;
}
