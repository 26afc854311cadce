/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Each room is a line of items; the first one is sent, under the transaction id that it was stored
 * with, until the server has it or refuses it for good. A refused item stops its line until the
 * user retries or removes it. Main thread. */
#include "config.h"

#include "mx-send-queue.h"

#include "mx-error.h"
#include "mx-file-send.h"
#include "mx-room-list.h"
#include "mx-room-private.h"
#include "mx-room-requests.h"
#include "mx-send-item.h"
#include "mx-send-preparation.h"
#include "mx-send-slots.h"

#define FIRST_BACK_OFF 1000
#define LAST_BACK_OFF  60000

typedef struct
{
  char *room_id;
  GQueue items; /* MxSendItem, those not sent yet */
  gboolean running;
} MxSendLine;

struct _MxSendQueue
{
  GObject parent_instance;

  MxSession *session; /* not owned: owns us */
  GHashTable *lines;  /* room id → MxSendLine */
  GHashTable *items;  /* txn id → MxSendItem, those in lines; borrowed */
  GHashTable *sent;   /* txn id → event id */
  MxSendSlots slots;
  DexPromise *settled; /* somebody waits until nothing waits to be sent; NULL */
};

G_DEFINE_FINAL_TYPE (MxSendQueue, mx_send_queue, G_TYPE_OBJECT)

/* What a line's flow holds while it runs. */
typedef struct
{
  MxSendQueue *queue;
  MxSession *session;
  MxScope *scope;
  char *room_id;
} MxLineRun;

static void
mx_send_line_free (gpointer data)
{
  MxSendLine *line = data;

  g_free (line->room_id);
  g_queue_clear_full (&line->items, mx_send_item_unref);
  g_free (line);
}

static void
mx_send_queue_finalize (GObject *object)
{
  MxSendQueue *self = MX_SEND_QUEUE (object);

  g_clear_pointer (&self->items, g_hash_table_unref);
  g_clear_pointer (&self->lines, g_hash_table_unref);
  g_clear_pointer (&self->sent, g_hash_table_unref);
  mx_send_slots_clear (&self->slots);
  dex_clear (&self->settled);

  G_OBJECT_CLASS (mx_send_queue_parent_class)->finalize (object);
}

static void
mx_send_queue_class_init (MxSendQueueClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mx_send_queue_finalize;
}

static void
mx_send_queue_init (MxSendQueue *self)
{
  self->lines = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, mx_send_line_free);
  self->items = g_hash_table_new (g_str_hash, g_str_equal);
  self->sent = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  mx_send_slots_init (&self->slots);
}

MxSendQueue *
mx_send_queue_new (MxSession *session)
{
  MxSendQueue *self = g_object_new (MX_TYPE_SEND_QUEUE, NULL);

  self->session = session;

  return self;
}

/* -- Lines */

static MxSendLine *
get_line (MxSendQueue *self, const char *room_id)
{
  MxSendLine *line = g_hash_table_lookup (self->lines, room_id);

  if (line == NULL)
    {
      line = g_new0 (MxSendLine, 1);
      line->room_id = g_strdup (room_id);
      g_queue_init (&line->items);
      g_hash_table_insert (self->lines, line->room_id, line);
    }

  return line;
}

static unsigned
count_waiting (MxSendQueue *self)
{
  GHashTableIter iter;
  gpointer value = NULL;
  unsigned waiting = 0;

  g_hash_table_iter_init (&iter, self->items);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((MxSendItem *) value)->state != MX_OUTBOX_FAILED)
      waiting++;

  return waiting;
}

static void
update_waiting (MxSendQueue *self)
{
  unsigned waiting = count_waiting (self);
  g_autoptr (DexPromise) settled = waiting == 0 ? g_steal_pointer (&self->settled) : NULL;

  mx_session_set_waiting (self->session, waiting);
  if (settled != NULL)
    dex_promise_resolve_boolean (settled, TRUE);
}

static void
push_item (MxSendQueue *self, MxSendItem *item)
{
  MxSendLine *line = get_line (self, item->room_id);

  g_queue_push_tail (&line->items, mx_send_item_ref (item));
  g_hash_table_insert (self->items, item->txn_id, item);
  update_waiting (self);
}

static void
drop_item (MxSendQueue *self, MxSendItem *item)
{
  MxSendLine *line = get_line (self, item->room_id);

  if (!g_hash_table_remove (self->items, item->txn_id))
    return;
  g_queue_remove (&line->items, item);
  update_waiting (self);
  mx_send_item_unref (item);
}

/* Whom it is the turn of; NULL: nobody. Nothing overtakes an item that is not stored yet. */
static MxSendItem *
peek_item (MxSendQueue *self, MxSendLine *line)
{
  for (GList *l = line->items.head; l != NULL; l = l->next)
    {
      MxSendItem *item = l->data;
      gboolean waits =
        item->depends_on != NULL && g_hash_table_contains (self->items, item->depends_on);

      if (!item->stored)
        return NULL;
      if (item->state != MX_OUTBOX_FAILED && !waits)
        return item;
    }

  return NULL;
}

/* -- One item */

static DexFuture *
set_state (MxSendQueue *self,
           MxSendItem *item,
           MxOutboxState state,
           const char *event_id,
           const GError *failure)
{
  item->state = state;
  update_waiting (self);

  return mx_send_item_write_state (item, self->session, event_id, failure);
}

static DexFuture *
send_request (MxSendQueue *self, MxSendItem *item)
{
  MxHttp *http = mx_session_get_http (self->session);

  if (http == NULL)
    return dex_future_new_reject (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The session was closed");

  if (item->redacts != NULL)
    {
      g_autofree char *reason = mx_send_item_dup_reason (item);

      return mx_rooms_redact (http, item->room_id, item->redacts, item->txn_id, reason);
    }

  if (item->wire != NULL)
    return mx_rooms_send (http, item->room_id, "m.room.encrypted", item->txn_id, item->wire);

  return mx_rooms_send (http, item->room_id, item->event_type, item->txn_id, item->content);
}

typedef enum
{
  SEND_DONE,  /* sent, or refused for good: the line decides what comes next */
  SEND_LATER, /* the same item again, after a while */
  SEND_ENDED, /* the flow is to end */
} MxSendOutcome;

/* Takes event_id. The write is not guarded: what the server has is remembered, whatever ends. */
static void
item_sent (MxLineRun *run, MxSendItem *item, char *event_id)
{
  MxSendQueue *self = run->queue;
  g_autoptr (GError) error = NULL;

  g_hash_table_insert (self->sent, g_strdup (item->txn_id), g_strdup (event_id));
  drop_item (self, item);
  if (!dex_await (set_state (self, item, MX_OUTBOX_SENT, event_id, NULL), &error))
    mx_session_set_error (run->session, error);
  mx_send_item_resolve (item, event_id);
  g_free (event_id);
}

static void
item_failed (MxLineRun *run, MxSendItem *item, const GError *failure)
{
  g_autoptr (GError) error = NULL;

  if (!dex_await (set_state (run->queue, item, MX_OUTBOX_FAILED, NULL, failure), &error))
    mx_session_set_error (run->session, error);
  mx_send_item_reject (item, failure);
}

static MxSendOutcome
item_not_sent (MxLineRun *run, MxSendItem *item, const GError *failure)
{
  if (mx_scope_is_cancelled (run->scope) || mx_error_is_cancelled (failure))
    return SEND_ENDED;
  if (mx_session_is_end (failure))
    {
      mx_session_end (run->session, failure);
      return SEND_ENDED;
    }
  if (mx_send_item_is_final (failure))
    {
      item->tried = FALSE; /* the server does not have it: it may be replaced */
      item_failed (run, item, failure);
      return SEND_DONE;
    }

  g_debug ("Not sent: %s %d", g_quark_to_string (failure->domain), failure->code);
  item->retry_at_us =
    g_get_monotonic_time () + MAX (mx_matrix_error_get_retry_after (failure), 0) * 1000;
  if (mx_session_get_connection (run->session) != MX_CONNECTION_OFFLINE)
    item->attempts++;

  return SEND_LATER;
}

static gboolean
is_gone (MxSendQueue *self, MxSendItem *item)
{
  return g_hash_table_lookup (self->items, item->txn_id) != item;
}

/* One attempt. On a fiber. */
static MxSendOutcome
send_item (MxLineRun *run, MxSendItem *item)
{
  MxSendQueue *self = run->queue;
  g_autoptr (GError) error = NULL;
  char *event_id = NULL;
  unsigned revision = item->revision;

  if (item->depends_on != NULL)
    mx_send_item_fill_in (item, g_hash_table_lookup (self->sent, item->depends_on));
  if (!mx_send_prepare (run->session, self, run->scope, item, &error))
    return is_gone (self, item) ? SEND_DONE : item_not_sent (run, item, error);
  /* Deleted or edited while it was encrypted: what was encrypted does not leave. */
  if (is_gone (self, item))
    return SEND_DONE;
  if (item->revision != revision)
    {
      g_clear_pointer (&item->wire, g_free);
      return SEND_DONE;
    }

  item->tried = TRUE;
  if (item->state != MX_OUTBOX_SENDING &&
      !dex_await (set_state (self, item, MX_OUTBOX_SENDING, NULL, NULL), &error))
    {
      mx_session_set_error (run->session, error);
      return mx_scope_is_cancelled (run->scope) ? SEND_ENDED : SEND_LATER;
    }

  event_id = dex_await_string (mx_guard (run->scope, send_request (self, item)), &error);
  if (event_id == NULL)
    return item_not_sent (run, item, error);

  item_sent (run, item, event_id);

  return SEND_DONE;
}

static DexFuture *
back_off (MxLineRun *run, MxSendItem *item)
{
  gint64 asked = item->retry_at_us - g_get_monotonic_time ();
  unsigned doublings = MIN (item->attempts > 0 ? item->attempts - 1 : 0, 6);

  /* A server that says how long to wait is not asked earlier, whoever nudges. */
  if (asked > 0)
    return mx_guard (run->scope, mx_sleep (MIN (asked / 1000 + 1, G_MAXINT)));

  return mx_guard (run->scope,
                   mx_session_wait_nudge (run->session,
                                          MIN (FIRST_BACK_OFF << doublings, LAST_BACK_OFF)));
}

static void
mx_line_run_free (gpointer data)
{
  MxLineRun *run = data;

  g_clear_object (&run->queue);
  g_clear_object (&run->session);
  g_clear_pointer (&run->scope, mx_scope_unref);
  g_free (run->room_id);
  g_free (run);
}

static DexFuture *
line_fiber (gpointer data)
{
  MxLineRun *run = data;
  MxSendQueue *self = run->queue;
  MxSendLine *line = get_line (self, run->room_id);
  MxSendItem *next = NULL;
  gboolean ended = FALSE;

  while (!ended && (next = peek_item (self, line)) != NULL)
    {
      g_autoptr (MxSendItem) item = mx_send_item_ref (next);
      g_autoptr (GError) error = NULL;
      MxSendOutcome outcome = SEND_ENDED;

      if (!mx_send_slots_take (&self->slots, run->scope, &error))
        {
          ended = TRUE;
          break;
        }
      /* Deleted, or no longer the first, while it waited. */
      if (peek_item (self, line) != item)
        {
          mx_send_slots_release (&self->slots);
          continue;
        }
      outcome = send_item (run, item);
      mx_send_slots_release (&self->slots);

      ended = outcome == SEND_ENDED ||
              (outcome == SEND_LATER && !dex_await (back_off (run, item), &error));
    }

  line->running = FALSE;
  if (ended && mx_session_is_running (run->session))
    mx_send_queue_start (self); /* stopped and started again meanwhile */

  return dex_future_new_true ();
}

static void
kick (MxSendQueue *self, MxSendLine *line)
{
  MxLineRun *run = NULL;

  if (line->running || peek_item (self, line) == NULL ||
      (!mx_session_is_running (self->session) && self->settled == NULL))
    return;

  line->running = TRUE;
  run = g_new0 (MxLineRun, 1);
  run->queue = g_object_ref (self);
  run->session = g_object_ref (self->session);
  run->scope = mx_scope_ref (mx_session_get_scope (self->session));
  run->room_id = g_strdup (line->room_id);
  mx_flow_start ("send queue of a room", line_fiber, run, mx_line_run_free);
}

/* -- From outside */

void
mx_send_queue_load (MxSendQueue *self, GPtrArray *rows)
{
  for (unsigned i = 0; i < rows->len; i++)
    {
      const MxOutboxRow *row = g_ptr_array_index (rows, i);

      if (row->state == MX_OUTBOX_SENT)
        g_hash_table_insert (self->sent, g_strdup (row->txn_id), g_strdup (row->event_id));
      else
        {
          g_autoptr (MxSendItem) item = mx_send_item_new_from_row (row);

          push_item (self, item);
        }
    }
  mx_file_send_clean (self->session, rows);
}

void
mx_send_queue_start (MxSendQueue *self)
{
  GHashTableIter iter;
  gpointer line = NULL;

  g_hash_table_iter_init (&iter, self->lines);
  while (g_hash_table_iter_next (&iter, NULL, &line))
    kick (self, line);
}

DexFuture *
mx_send_queue_settle (MxSendQueue *self)
{
  g_return_val_if_fail (MX_IS_SEND_QUEUE (self), NULL);

  if (count_waiting (self) == 0)
    return dex_future_new_true ();

  if (self->settled == NULL)
    self->settled = dex_promise_new ();
  mx_send_queue_start (self);

  return dex_ref (DEX_FUTURE (self->settled));
}

typedef struct
{
  MxSendQueue *queue;
  MxSession *session;
  MxSendItem *item;
} MxItemRun;

static void
mx_item_run_free (gpointer data)
{
  MxItemRun *run = data;

  g_clear_object (&run->queue);
  g_clear_object (&run->session);
  g_clear_pointer (&run->item, mx_send_item_unref);
  g_free (run);
}

static gboolean
add_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  return mx_store_outbox_add (store, data, changes, error);
}

/* Stores an item; only then may it leave. */
static DexFuture *
add_fiber (gpointer data)
{
  MxItemRun *run = data;
  MxSendItem *item = run->item;
  GError *error = NULL;

  if (!dex_await (mx_session_write (run->session,
                                    add_work,
                                    mx_send_item_to_row (item),
                                    (GDestroyNotify) mx_outbox_row_free),
                  &error))
    {
      drop_item (run->queue, item);
      mx_send_item_reject (item, error);
      mx_session_set_error (run->session, error);
      return dex_future_new_for_error (error);
    }

  item->stored = TRUE;
  kick (run->queue, get_line (run->queue, item->room_id));

  return dex_future_new_true ();
}

char *
mx_send_queue_add (MxSendQueue *self, const MxSendRequest *request)
{
  MxItemRun *run = NULL;
  MxSendItem *item = NULL;

  g_return_val_if_fail (MX_IS_SEND_QUEUE (self), NULL);

  item = mx_send_item_new (request);
  push_item (self, item);

  run = g_new0 (MxItemRun, 1);
  run->queue = g_object_ref (self);
  run->session = g_object_ref (self->session);
  run->item = item;
  mx_flow_start ("outgoing message", add_fiber, run, mx_item_run_free);

  return g_strdup (item->txn_id);
}

typedef struct
{
  char *txn_id;
  char *content;
} MxReplacement;

static void
mx_replacement_free (gpointer data)
{
  MxReplacement *replacement = data;

  g_free (replacement->txn_id);
  g_free (replacement->content);
  g_free (replacement);
}

static gboolean
replace_work (MxStore *store,
              MxStoreChanges *changes,
              gpointer data,
              GValue *result,
              GError **error)
{
  const MxReplacement *replacement = data;

  return mx_store_outbox_replace (store,
                                  replacement->txn_id,
                                  replacement->content,
                                  changes,
                                  error) &&
         mx_store_outbox_set_state (
           store, replacement->txn_id, MX_OUTBOX_WAITING, NULL, NULL, changes, error);
}

gboolean
mx_send_queue_replace (MxSendQueue *self, const char *txn_id, const char *content)
{
  MxSendItem *item = NULL;
  MxReplacement *replacement = NULL;

  g_return_val_if_fail (MX_IS_SEND_QUEUE (self), FALSE);

  item = g_hash_table_lookup (self->items, txn_id);
  if (item == NULL || item->tried)
    return FALSE;

  replacement = g_new0 (MxReplacement, 1);
  replacement->txn_id = g_strdup (txn_id);
  replacement->content = g_strdup (content);
  g_set_str (&item->content, content);
  g_clear_pointer (&item->wire, g_free);
  item->revision++;
  item->state = MX_OUTBOX_WAITING;
  update_waiting (self);
  mx_session_write_later (self->session, replace_work, replacement, mx_replacement_free);
  kick (self, get_line (self, item->room_id));

  return TRUE;
}

/* The server does not have it: by then, others may be in the room, so it is encrypted anew. */
static gboolean
retry_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  const char *txn_id = data;

  return mx_store_outbox_set_wire (store, txn_id, NULL, NULL, error) &&
         mx_store_outbox_set_state (store, txn_id, MX_OUTBOX_WAITING, NULL, NULL, changes, error);
}

void
mx_send_queue_retry (MxSendQueue *self, const char *txn_id)
{
  MxSendItem *item = NULL;

  g_return_if_fail (MX_IS_SEND_QUEUE (self));

  item = g_hash_table_lookup (self->items, txn_id);
  if (item == NULL)
    return;
  if (item->state != MX_OUTBOX_FAILED)
    {
      mx_session_nudge (self->session);
      return;
    }

  item->state = MX_OUTBOX_WAITING;
  item->attempts = 0;
  g_clear_pointer (&item->wire, g_free);
  item->revision++;
  update_waiting (self);
  mx_session_write_later (self->session, retry_work, g_strdup (txn_id), g_free);
  kick (self, get_line (self, item->room_id));
}

void
mx_send_queue_set_progress (MxSendQueue *self, const char *txn_id, double progress)
{
  MxSendItem *item = g_hash_table_lookup (self->items, txn_id);
  MxRoomList *rooms = mx_session_get_rooms (self->session);
  MxRoom *room = NULL;

  if (item == NULL || item->progress == progress)
    return;
  item->progress = progress;
  room = rooms != NULL ? mx_room_list_find (rooms, item->room_id) : NULL;
  if (room != NULL)
    mx_room_uploaded (room, txn_id, progress);
}

double
mx_send_queue_get_progress (MxSendQueue *self, const char *txn_id)
{
  const MxSendItem *item = g_hash_table_lookup (self->items, txn_id);

  return item != NULL && item->upload != NULL ? item->progress : -1;
}

void
mx_send_queue_trust_changed (MxSendQueue *self)
{
  g_autoptr (GPtrArray) due = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer value = NULL;

  g_return_if_fail (MX_IS_SEND_QUEUE (self));

  g_hash_table_iter_init (&iter, self->items);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const MxSendItem *item = value;

      if (item->state == MX_OUTBOX_FAILED &&
          (g_error_matches (item->failure, MX_SESSION_ERROR, MX_SESSION_ERROR_UNVERIFIED_DEVICE) ||
           g_error_matches (item->failure, MX_SESSION_ERROR, MX_SESSION_ERROR_IDENTITY_CHANGED)))
        g_ptr_array_add (due, g_strdup (item->txn_id));
    }
  for (guint i = 0; i < due->len; i++)
    mx_send_queue_retry (self, g_ptr_array_index (due, i));
}

static gboolean
remove_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  return mx_store_outbox_remove (store, data, changes, error);
}

static void
remove_item (MxSendQueue *self, MxSendItem *item)
{
  g_autoptr (MxSendItem) held = mx_send_item_ref (item);
  g_autoptr (GError) gone =
    g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The message was deleted");
  MxSendLine *line = get_line (self, item->room_id);

  drop_item (self, item);
  mx_clear_scope (&held->work);
  mx_file_send_forget (self->session, held->upload);
  mx_send_item_reject (held, gone);
  mx_session_write_later (self->session, remove_work, g_strdup (held->txn_id), g_free);

  /* What depends on it can never be sent. */
  for (GList *l = line->items.head; l != NULL;)
    {
      MxSendItem *other = l->data;

      l = l->next;
      if (g_strcmp0 (other->depends_on, held->txn_id) == 0)
        {
          remove_item (self, other);
          l = line->items.head;
        }
    }
}

gboolean
mx_send_queue_remove (MxSendQueue *self, const char *txn_id)
{
  MxSendItem *item = NULL;
  MxSendLine *line = NULL;

  g_return_val_if_fail (MX_IS_SEND_QUEUE (self), FALSE);

  item = g_hash_table_lookup (self->items, txn_id);
  if (item == NULL || item->tried)
    return FALSE;

  line = get_line (self, item->room_id);
  remove_item (self, item);
  kick (self, line);

  return TRUE;
}

DexFuture *
mx_send_queue_wait (MxSendQueue *self, const char *txn_id)
{
  MxSendItem *item = NULL;
  const char *event_id = NULL;

  g_return_val_if_fail (MX_IS_SEND_QUEUE (self), NULL);
  g_return_val_if_fail (txn_id != NULL, NULL);

  event_id = g_hash_table_lookup (self->sent, txn_id);
  if (event_id != NULL)
    return dex_future_new_for_string (event_id);

  item = g_hash_table_lookup (self->items, txn_id);
  if (item == NULL)
    return dex_future_new_reject (MX_SESSION_ERROR,
                                  MX_SESSION_ERROR_FAILED,
                                  "There is no such outgoing message");

  if (mx_session_get_state (self->session) != MX_SESSION_OPEN)
    return dex_future_new_reject (MX_SESSION_ERROR,
                                  MX_SESSION_ERROR_SIGNED_OUT,
                                  "The session is over; the message is kept");

  return mx_send_item_wait (item);
}

void
mx_send_queue_session_ended (MxSendQueue *self)
{
  g_autoptr (GError) ended = g_error_new_literal (MX_SESSION_ERROR,
                                                  MX_SESSION_ERROR_SIGNED_OUT,
                                                  "The session is over; the message is kept");
  GHashTableIter iter;
  gpointer item = NULL;

  g_return_if_fail (MX_IS_SEND_QUEUE (self));

  g_hash_table_iter_init (&iter, self->items);
  while (g_hash_table_iter_next (&iter, NULL, &item))
    mx_send_item_reject (item, ended);
}
