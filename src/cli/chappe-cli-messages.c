/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* timeline, send, listen. */

#include "config.h"

#include "chappe-cli.h"

#include "mx-device.h"
#include "mx-error.h"
#include "mx-timeline.h"

#define DEFAULT_LIMIT 50

static const char *
send_state_text (MxTimelineItem *item)
{
  switch (mx_timeline_item_get_send_state (item))
    {
    case MX_SEND_WAITING:
    case MX_SEND_SENDING:
      return "pending";
    case MX_SEND_FAILED:
      return "failed";
    case MX_SEND_SENT:
    case MX_SEND_NONE:
    default:
      return "sent";
    }
}

/* decrypted: only of encrypted events; trust and its reason: null where there is nothing to say. */
static void
add_encryption (MxJsonWriter *line, MxTimelineItem *item)
{
  static const char *const colours[] = { NULL, "grey", "red" };
  MxDecryptionFailure failure = mx_timeline_item_get_failure (item);
  MxShieldReason reason = MX_SHIELD_REASON_NONE;
  MxShield shield = mx_timeline_item_get_shield (item, &reason);
  g_autoptr (GEnumClass) reasons = g_type_class_ref (mx_shield_reason_get_type ());

  if (mx_timeline_item_is_encrypted (item))
    mx_json_add_bool (line, "decrypted", failure == MX_DECRYPTION_OK);
  mx_json_add_string (line, "utd_reason", mx_decryption_failure_get_name (failure));
  if (shield == MX_SHIELD_NONE)
    {
      mx_json_add_null (line, "trust");
      return;
    }
  mx_json_add_string (line, "trust", colours[shield]);
  mx_json_add_string (line, "trust_reason", g_enum_get_value (reasons, (int) reason)->value_nick);
}

/* What is said; of a file without a caption its name. */
static const char *
get_body (MxTimelineItem *item)
{
  MxContent *content = mx_timeline_item_get_content (item);
  MxEvent *event = mx_timeline_item_get_event (item);
  const char *body = content != NULL ? mx_content_get_body (content) : NULL;
  const char *name = NULL;

  if (event != NULL && (body == NULL || *body == '\0'))
    name = mx_json_get_string (mx_event_get_content (event), "body");

  return name != NULL ? name : body;
}

static void
print_event (MxRoom *room, MxTimelineItem *item)
{
  MxEvent *event = mx_timeline_item_get_event (item);
  MxJsonWriter *line = chappe_cli_line_begin ();

  mx_json_add_string (line, "room_id", mx_room_get_id (room));
  mx_json_add_string (line, "event_id", mx_timeline_item_get_event_id (item));
  mx_json_add_string (line, "txn_id", mx_timeline_item_get_txn_id (item));
  mx_json_add_string (line, "sender", mx_timeline_item_get_sender (item));
  mx_json_add_string (line,
                      "type",
                      event != NULL ? mx_event_get_event_type (event) : "m.room.message");
  mx_json_add_int (line, "origin_server_ts", mx_timeline_item_get_timestamp (item));
  mx_json_add_string (line, "body", get_body (item));
  if (event != NULL)
    {
      MxJson raw = mx_event_get_content (event);

      mx_json_add_json (line, "content", raw);
      /* The server needs it, so it stands outside of what is encrypted (E2E-085). */
      mx_json_add_json (line,
                        "relates_to",
                        mx_json_get (mx_event_get_wire_content (event), "m.relates_to"));
      mx_json_add_string (line, "state_key", mx_event_get_state_key (event));
      if (mx_event_is_redacted (event))
        mx_json_add_bool (line, "redacted", TRUE);
    }
  if (mx_timeline_item_is_edited (item))
    mx_json_add_bool (line, "edited", TRUE);
  if (mx_timeline_item_get_reactions (item) != NULL)
    {
      GPtrArray *reactions = mx_timeline_item_get_reactions (item);

      mx_json_begin_object (line, "reactions");
      for (guint i = 0; i < reactions->len; i++)
        {
          const MxReactionRow *reaction = g_ptr_array_index (reactions, i);

          mx_json_add_int (line, reaction->key, reaction->count);
        }
      mx_json_end (line);
    }
  if (event != NULL)
    add_encryption (line, item);
  mx_json_add_string (line, "state", send_state_text (item));
  if (mx_timeline_item_get_error (item) != NULL)
    chappe_cli_add_error (line, mx_timeline_item_get_error (item));
  chappe_cli_line_end (line);
}

/* The events of a timeline, folded ones unfolded. */
static GPtrArray *
collect_events (MxTimeline *timeline)
{
  GPtrArray *events = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (timeline)); i++)
    {
      g_autoptr (MxTimelineItem) item = g_list_model_get_item (G_LIST_MODEL (timeline), i);
      GListModel *children = mx_timeline_item_get_events (item);

      if (mx_timeline_item_get_kind (item) == MX_ITEM_MESSAGE)
        g_ptr_array_add (events, g_steal_pointer (&item));
      for (guint j = 0; children != NULL && j < g_list_model_get_n_items (children); j++)
        g_ptr_array_add (events, g_list_model_get_item (children, j));
    }

  return events;
}

static void
resolve_cb (DexPromise *promise)
{
  if (dex_future_is_pending (DEX_FUTURE (promise)))
    dex_promise_resolve_boolean (promise, TRUE);
}

static gboolean
is_loading (MxTimeline *timeline)
{
  gboolean older;
  gboolean newer;

  g_object_get (timeline, "loading-older", &older, "loading-newer", &newer, NULL);

  return older || newer;
}

/* Until the gap that is being filled is filled. */
static gboolean
wait_loaded (ChappeCli *cli, MxTimeline *timeline, GError **error)
{
  while (is_loading (timeline))
    {
      g_autoptr (DexPromise) promise = dex_promise_new ();
      gulong older;
      gulong newer;
      gboolean ended;

      older = g_signal_connect_swapped (timeline,
                                        "notify::loading-older",
                                        G_CALLBACK (resolve_cb),
                                        promise);
      newer = g_signal_connect_swapped (timeline,
                                        "notify::loading-newer",
                                        G_CALLBACK (resolve_cb),
                                        promise);
      ended = !dex_await (mx_guard (cli->scope, dex_ref (DEX_FUTURE (promise))), error);
      g_signal_handler_disconnect (timeline, older);
      g_signal_handler_disconnect (timeline, newer);
      if (ended)
        return FALSE;
    }

  return TRUE;
}

/* The newest gap among the last @limit events. Caller owns. */
static MxTimelineItem *
find_gap (MxTimeline *timeline, guint limit)
{
  guint events = 0;

  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (timeline)); i > 0 && events < limit; i--)
    {
      g_autoptr (MxTimelineItem) item = g_list_model_get_item (G_LIST_MODEL (timeline), i - 1);
      GListModel *children = mx_timeline_item_get_events (item);

      if (mx_timeline_item_get_kind (item) == MX_ITEM_GAP)
        return g_steal_pointer (&item);
      if (mx_timeline_item_get_kind (item) == MX_ITEM_MESSAGE)
        events++;
      if (children != NULL)
        events += g_list_model_get_n_items (children);
    }

  return NULL;
}

/* Loads until there are @limit events without a gap, or no more; a failure is told, not reported.
 */
static gboolean
load_events (ChappeCli *cli, MxTimeline *timeline, guint limit, gboolean offline, GError **error)
{
  for (;;)
    {
      g_autoptr (MxTimelineItem) gap = find_gap (timeline, limit);
      g_autoptr (GPtrArray) before = collect_events (timeline);
      g_autoptr (GPtrArray) after = NULL;
      gboolean was_start = mx_timeline_is_at_start (timeline);

      if (gap != NULL && offline)
        return TRUE;
      if (gap != NULL && mx_timeline_item_get_gap_state (gap) == MX_GAP_FAILED)
        {
          const GError *failure = mx_timeline_item_get_error (gap);

          chappe_cli_tell ("Older messages could not be loaded: %s",
                           failure != NULL ? failure->message : "");
          return TRUE;
        }
      if (gap == NULL && (before->len >= limit || was_start))
        return TRUE;

      if (gap != NULL)
        mx_timeline_fill_gap (timeline, gap);
      else
        mx_timeline_load_older (timeline);
      if (!wait_loaded (cli, timeline, error))
        return FALSE;

      /* Nothing changed at all: the server gives no more. */
      after = collect_events (timeline);
      if (after->len == before->len && was_start == mx_timeline_is_at_start (timeline))
        {
          g_autoptr (MxTimelineItem) left = find_gap (timeline, limit);

          if (left == gap && (gap == NULL || mx_timeline_item_get_gap_state (gap) != MX_GAP_FAILED))
            return TRUE;
        }
    }
}

static gboolean
timeline (ChappeCli *cli, GStrv args, GError **error)
{
  int limit = DEFAULT_LIMIT;
  gboolean offline = FALSE;
  const GOptionEntry entries[] = { { "limit", 0, 0, G_OPTION_ARG_INT, &limit, NULL, NULL },
                                   { "offline", 0, 0, G_OPTION_ARG_NONE, &offline, NULL, NULL },
                                   G_OPTION_ENTRY_NULL };
  g_auto (GStrv) rest = g_strdupv (args);
  g_autoptr (MxTimeline) model = NULL;
  g_autoptr (GPtrArray) events = NULL;
  MxRoom *room;

  if (!chappe_cli_parse (&rest, entries, 1, 1, error) ||
      !chappe_cli_open_synced (cli, offline, error) ||
      !(room = chappe_cli_find_room (cli, rest[0], error)))
    return FALSE;

  model = mx_timeline_new_live (room);
  if (!load_events (cli, model, MAX (limit, 0), offline, error))
    return FALSE;

  events = collect_events (model);
  for (guint i = events->len > (guint) MAX (limit, 0) ? events->len - limit : 0; i < events->len;
       i++)
    print_event (room, g_ptr_array_index (events, i));

  return TRUE;
}

static gboolean
send_message (ChappeCli *cli, GStrv args, GError **error)
{
  gboolean markdown = FALSE;
  const GOptionEntry entries[] = { { "markdown", 0, 0, G_OPTION_ARG_NONE, &markdown, NULL, NULL },
                                   G_OPTION_ENTRY_NULL };
  g_auto (GStrv) rest = g_strdupv (args);
  g_autofree char *txn_id = NULL;
  g_autofree char *event_id = NULL;
  MxJsonWriter *line;
  MxRoom *room;

  if (!chappe_cli_parse (&rest, entries, 2, 2, error) || !chappe_cli_open (cli, error))
    return FALSE;

  room = chappe_cli_find_room (cli, rest[0], NULL);
  if (room == NULL &&
      (!dex_await (mx_guard (cli->scope, mx_session_sync_once (cli->session)), error) ||
       !(room = chappe_cli_find_room (cli, rest[0], error))))
    return FALSE;

  if (!mx_room_send_text (room, rest[1], markdown, &txn_id, error))
    return FALSE;
  mx_session_start (cli->session);
  event_id = dex_await_string (mx_guard (cli->scope, mx_room_wait_sent (room, txn_id)), error);
  if (event_id == NULL)
    return FALSE;

  line = chappe_cli_line_begin ();
  mx_json_add_string (line, "event_id", event_id);
  chappe_cli_line_end (line);

  return TRUE;
}

static void
event_arrived_cb (MxSession *session, const char *room_id, const char *event_id)
{
  MxRoom *room = mx_room_list_find (mx_session_get_rooms (session), room_id);
  g_autoptr (MxTimelineItem) item = room != NULL ? mx_timeline_load_item (room, event_id) : NULL;

  if (item != NULL)
    print_event (room, item);
}

/* What the window says by a bar or a banner. */
static MxJsonWriter *
notice_begin (const char *notice)
{
  MxJsonWriter *line = chappe_cli_line_begin ();

  mx_json_add_string (line, "notice", notice);

  return line;
}

static void
new_device_cb (MxEncryption *encryption, MxDevice *device)
{
  MxJsonWriter *line = notice_begin ("new_device");

  mx_json_add_string (line, "device_id", mx_device_get_device_id (device));
  mx_json_add_string (line, "display_name", mx_device_get_display_name (device));
  chappe_cli_line_end (line);
}

static void
identity_changed_cb (MxEncryption *encryption, const char *user_id)
{
  MxJsonWriter *line = notice_begin ("identity_changed");

  mx_json_add_string (line, "user_id", user_id);
  chappe_cli_line_end (line);
}

static void
state_changed_cb (DexPromise *promise, GParamSpec *pspec, MxSession *session)
{
  if (mx_session_get_state (session) != MX_SESSION_OPEN)
    resolve_cb (promise);
}

static gboolean
listen_events (ChappeCli *cli, GStrv args, GError **error)
{
  int timeout = 0;
  const GOptionEntry entries[] = { { "timeout", 0, 0, G_OPTION_ARG_INT, &timeout, NULL, NULL },
                                   G_OPTION_ENTRY_NULL };
  g_auto (GStrv) rest = g_strdupv (args);
  g_autoptr (GError) local = NULL;
  g_autoptr (DexPromise) ended = dex_promise_new ();
  MxEncryption *encryption = NULL;
  gulong handler;

  if (!chappe_cli_parse (&rest, entries, 0, 0, error))
    return FALSE;
  if (timeout < 0 || timeout > G_MAXINT / 1000)
    {
      g_set_error_literal (error,
                           CHAPPE_CLI_ERROR,
                           CHAPPE_CLI_ERROR_USAGE,
                           "--timeout is out of range");
      return FALSE;
    }
  if (!chappe_cli_open (cli, error))
    return FALSE;

  handler =
    g_signal_connect_swapped (cli->session, "notify::state", G_CALLBACK (state_changed_cb), ended);
  g_signal_connect (cli->session, "event-arrived", G_CALLBACK (event_arrived_cb), NULL);
  /* What could not be read at first is told once more. */
  g_signal_connect (cli->session, "event-decrypted", G_CALLBACK (event_arrived_cb), NULL);
  encryption = mx_session_get_encryption (cli->session);
  g_signal_connect (encryption, "new-device", G_CALLBACK (new_device_cb), NULL);
  g_signal_connect (encryption, "identity-changed", G_CALLBACK (identity_changed_cb), NULL);
  mx_session_start (cli->session);
  chappe_cli_tell ("listening");

  /* The end of the time, or of the scope by a signal, is the ordinary end. */
  if (timeout > 0)
    dex_await (mx_guard (cli->scope,
                         dex_future_first (dex_ref (DEX_FUTURE (ended)),
                                           mx_sleep (timeout * 1000u),
                                           NULL)),
               &local);
  else
    dex_await (mx_guard (cli->scope, dex_ref (DEX_FUTURE (ended))), &local);
  g_signal_handler_disconnect (cli->session, handler);

  if (mx_session_get_state (cli->session) != MX_SESSION_OPEN)
    {
      g_set_error_literal (error,
                           MX_SESSION_ERROR,
                           MX_SESSION_ERROR_SIGNED_OUT,
                           "The server ended this session");
      return FALSE;
    }

  return TRUE;
}

const ChappeCliVerb chappe_cli_message_verbs[] = {
  { "timeline", "ROOM [--limit N] [--offline]", timeline },
  { "send", "ROOM TEXT [--markdown]", send_message },
  { "listen", "[--timeout SECONDS]", listen_events },
  { NULL, NULL, NULL },
};
