/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-account-data-queue.h. Each entry is a value of the store, "pending/account_data/ROOM
 * TYPE", written in one transaction with the local echo. */
#include "config.h"

#include "mx-account-data-queue.h"

#include "mx-error.h"
#include "mx-json.h"
#include "mx-room-requests.h"

#define PREFIX "pending/account_data/"

#define FIRST_BACK_OFF 2000
#define LAST_BACK_OFF  60000

struct _MxAccountDataQueue
{
  GObject parent_instance;

  MxSession *session;  /* not owned: owns us */
  GHashTable *pending; /* name in the store → MxPut */
  gboolean running;
};

G_DEFINE_FINAL_TYPE (MxAccountDataQueue, mx_account_data_queue, G_TYPE_OBJECT)

typedef struct
{
  char *name;
  char *room_id; /* NULL: global */
  char *type;
  char *content;
} MxPut;

static void
mx_put_free (gpointer data)
{
  MxPut *put = data;

  g_free (put->name);
  g_free (put->room_id);
  g_free (put->type);
  g_free (put->content);
  g_free (put);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxPut, mx_put_free)

static MxPut *
mx_put_new (const char *room_id, const char *type, const char *content)
{
  MxPut *put = g_new0 (MxPut, 1);

  put->name = g_strdup_printf (PREFIX "%s %s", room_id != NULL ? room_id : "", type);
  put->room_id = g_strdup (room_id);
  put->type = g_strdup (type);
  put->content = g_strdup (content);

  return put;
}

static char *
mx_put_to_json (const MxPut *put)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();

  mx_json_begin_object (writer, NULL);
  mx_json_add_string (writer, "room_id", put->room_id);
  mx_json_add_string (writer, "type", put->type);
  mx_json_add_string (writer, "content", put->content);
  mx_json_end (writer);

  return mx_json_writer_to_text (writer);
}

static MxPut *
mx_put_new_from_json (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (text, -1, &error);
  MxJson root;

  if (document == NULL)
    return NULL;
  root = mx_json_document_root (document);
  if (mx_json_get_string (root, "type") == NULL || mx_json_get_string (root, "content") == NULL)
    return NULL;

  return mx_put_new (mx_json_get_string (root, "room_id"),
                     mx_json_get_string (root, "type"),
                     mx_json_get_string (root, "content"));
}

static void
mx_account_data_queue_finalize (GObject *object)
{
  g_clear_pointer (&MX_ACCOUNT_DATA_QUEUE (object)->pending, g_hash_table_unref);

  G_OBJECT_CLASS (mx_account_data_queue_parent_class)->finalize (object);
}

static void
mx_account_data_queue_class_init (MxAccountDataQueueClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mx_account_data_queue_finalize;
}

static void
mx_account_data_queue_init (MxAccountDataQueue *self)
{
  self->pending = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, mx_put_free);
}

MxAccountDataQueue *
mx_account_data_queue_new (MxSession *session)
{
  MxAccountDataQueue *self = g_object_new (MX_TYPE_ACCOUNT_DATA_QUEUE, NULL);

  self->session = session;

  return self;
}

/* Takes put. */
static void
keep (MxAccountDataQueue *self, MxPut *put)
{
  g_hash_table_replace (self->pending, put->name, put);
}

void
mx_account_data_queue_load (MxAccountDataQueue *self, MxStore *reader)
{
  g_autoptr (GPtrArray) values = mx_store_list_values (reader, PREFIX);

  for (unsigned i = 0; i < values->len; i++)
    {
      MxPut *put = mx_put_new_from_json (g_ptr_array_index (values, i));

      if (put != NULL)
        keep (self, put);
    }
}

/* -- Sending */

typedef struct
{
  MxAccountDataQueue *queue;
  MxSession *session;
  MxScope *scope;
} MxQueueRun;

static void
mx_queue_run_free (gpointer data)
{
  MxQueueRun *run = data;

  g_clear_object (&run->queue);
  g_clear_object (&run->session);
  g_clear_pointer (&run->scope, mx_scope_unref);
  g_free (run);
}

/* The content of m.tag cannot be put as such: each tag has its own address. */
static gboolean
send_tags (MxQueueRun *run, MxHttp *http, const MxPut *put, GError **error)
{
  static const char *const ours[] = { "m.favourite", "m.lowpriority" };
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (put->content, -1, error);

  if (document == NULL)
    return FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (ours); i++)
    {
      gboolean set =
        mx_json_is_object (mx_json_path (mx_json_document_root (document), "tags", ours[i], NULL));

      if (!dex_await (mx_guard (run->scope,
                                mx_rooms_set_tag (http,
                                                  mx_session_get_user_id (run->session),
                                                  put->room_id,
                                                  ours[i],
                                                  set)),
                      error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
send_put (MxQueueRun *run, const MxPut *put, GError **error)
{
  MxHttp *http = mx_session_get_http (run->session);

  if (http == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The session was closed");
      return FALSE;
    }
  if (put->room_id != NULL && g_str_equal (put->type, "m.tag"))
    return send_tags (run, http, put, error);

  return dex_await (mx_guard (run->scope,
                              mx_rooms_set_account_data (http,
                                                         mx_session_get_user_id (run->session),
                                                         put->room_id,
                                                         put->type,
                                                         put->content)),
                    error);
}

/* Done, or refused for good; a newer content of the same type stays. */
static void
drop (MxAccountDataQueue *self, const MxPut *sent)
{
  const MxPut *now = g_hash_table_lookup (self->pending, sent->name);

  if (now == NULL || !g_str_equal (now->content, sent->content))
    return;
  mx_session_set_value (self->session, sent->name, NULL);
  g_hash_table_remove (self->pending, sent->name);
}

static MxPut *
dup_first (MxAccountDataQueue *self)
{
  GHashTableIter iter;
  gpointer value = NULL;
  const MxPut *put = NULL;

  g_hash_table_iter_init (&iter, self->pending);
  if (!g_hash_table_iter_next (&iter, NULL, &value))
    return NULL;
  put = value;

  return mx_put_new (put->room_id, put->type, put->content);
}

/* TRUE to go on. */
static gboolean
step (MxQueueRun *run, const MxPut *put, unsigned *wait)
{
  g_autoptr (GError) error = NULL;

  if (send_put (run, put, &error))
    {
      *wait = FIRST_BACK_OFF;
      drop (run->queue, put);
      return TRUE;
    }
  if (mx_session_is_end (error))
    {
      mx_session_end (run->session, error);
      return FALSE;
    }
  if (mx_error_is_cancelled (error))
    return FALSE;
  if (error->domain == MX_MATRIX_ERROR && !mx_error_is_transient (error) &&
      error->code != MX_MATRIX_ERROR_INVALID_RESPONSE)
    {
      g_message ("Account data was refused: %d", error->code);
      drop (run->queue, put);
      return TRUE;
    }

  g_clear_error (&error);
  if (!dex_await (mx_guard (run->scope, mx_session_wait_nudge (run->session, *wait)), &error))
    return FALSE;
  *wait = MIN (*wait * 2, LAST_BACK_OFF);

  return TRUE;
}

static DexFuture *
queue_fiber (gpointer data)
{
  MxQueueRun *run = data;
  unsigned wait = FIRST_BACK_OFF;
  gboolean good = TRUE;

  while (good)
    {
      g_autoptr (MxPut) put = dup_first (run->queue);

      good = put != NULL && step (run, put, &wait);
    }

  run->queue->running = FALSE;
  mx_account_data_queue_start (run->queue); /* stopped and started again meanwhile */

  return dex_future_new_true ();
}

static void
begin (MxAccountDataQueue *self)
{
  MxQueueRun *run = NULL;

  if (self->running || g_hash_table_size (self->pending) == 0)
    return;

  self->running = TRUE;
  run = g_new0 (MxQueueRun, 1);
  run->queue = g_object_ref (self);
  run->session = g_object_ref (self->session);
  run->scope = mx_scope_ref (mx_session_get_scope (self->session));
  mx_flow_start ("account data", queue_fiber, run, mx_queue_run_free);
}

void
mx_account_data_queue_start (MxAccountDataQueue *self)
{
  g_return_if_fail (MX_IS_ACCOUNT_DATA_QUEUE (self));

  if (mx_session_is_running (self->session))
    begin (self);
}

/* -- Putting */

static gboolean
echo_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  const MxPut *put = data;
  g_autofree char *json = mx_put_to_json (put);

  if (!mx_store_set_value (store, put->name, json, error) ||
      !mx_store_set_account_data (store, put->room_id, put->type, put->content, error))
    return FALSE;
  if (put->room_id == NULL)
    {
      g_ptr_array_add (changes->account_data, g_strdup (put->type));
      return TRUE;
    }

  return mx_store_refresh_row (store, put->room_id, changes, error);
}

void
mx_account_data_queue_put (MxAccountDataQueue *self,
                           const char *room_id,
                           const char *type,
                           const char *content)
{
  g_return_if_fail (MX_IS_ACCOUNT_DATA_QUEUE (self));

  keep (self, mx_put_new (room_id, type, content));
  mx_session_write_later (self->session,
                          echo_work,
                          mx_put_new (room_id, type, content),
                          mx_put_free);
  if (mx_session_get_state (self->session) == MX_SESSION_OPEN)
    begin (self);
}
