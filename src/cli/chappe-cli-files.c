/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* send-file, download, rotate. */

#include "config.h"

#include "chappe-cli.h"

#include "mx-error.h"
#include "mx-media-cache.h"
#include "mx-timeline.h"

static gboolean
rotate (ChappeCli *cli, GStrv args, GError **error)
{
  g_auto (GStrv) rest = g_strdupv (args);
  MxRoom *room;

  return chappe_cli_parse (&rest, NULL, 1, 1, error) && chappe_cli_open (cli, error) &&
         (room = chappe_cli_find_room (cli, rest[0], error)) != NULL &&
         dex_await (mx_guard (cli->scope, mx_room_rotate_key (room)), error);
}

/* The room, from the store or else from the server. */
static MxRoom *
find_room (ChappeCli *cli, const char *name, GError **error)
{
  MxRoom *room = chappe_cli_find_room (cli, name, NULL);

  if (room != NULL ||
      !dex_await (mx_guard (cli->scope, mx_session_sync_once (cli->session)), error))
    return room;

  return chappe_cli_find_room (cli, name, error);
}

static gboolean
send_file (ChappeCli *cli, GStrv args, GError **error)
{
  g_autofree char *caption = NULL;
  const GOptionEntry entries[] = {
    { "caption", 0, 0, G_OPTION_ARG_STRING, &caption, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) rest = g_strdupv (args);
  g_autoptr (GFile) file = NULL;
  g_autofree char *txn_id = NULL;
  g_autofree char *event_id = NULL;
  MxJsonWriter *line;
  MxRoom *room;

  if (!chappe_cli_parse (&rest, entries, 2, 2, error) || !chappe_cli_open (cli, error) ||
      !(room = find_room (cli, rest[0], error)))
    return FALSE;

  file = g_file_new_for_commandline_arg (rest[1]);
  txn_id = dex_await_string (mx_guard (cli->scope, mx_room_send_file (room, file, caption)), error);
  if (txn_id == NULL)
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

/* The event as it is stored, fetched if it is not. */
static MxTimelineItem *
find_event (ChappeCli *cli, MxRoom *room, const char *event_id, GError **error)
{
  g_autofree char *found = NULL;
  MxTimelineItem *item = mx_timeline_load_item (room, event_id);

  if (item != NULL)
    return item;
  found = dex_await_string (mx_guard (cli->scope, mx_timeline_locate (room, event_id)), error);

  return found != NULL ? mx_timeline_load_item (room, found) : NULL;
}

static gboolean
download (ChappeCli *cli, GStrv args, GError **error)
{
  g_auto (GStrv) rest = g_strdupv (args);
  g_autoptr (MxTimelineItem) item = NULL;
  g_autoptr (GFile) file = NULL;
  const MxMediaInfo *info = NULL;
  MxContent *content = NULL;
  MxRoom *room;

  if (!chappe_cli_parse (&rest, NULL, 3, 3, error) || !chappe_cli_open_synced (cli, FALSE, error) ||
      !(room = chappe_cli_find_room (cli, rest[0], error)))
    return FALSE;

  item = find_event (cli, room, rest[1], error);
  content = item != NULL ? mx_timeline_item_get_content (item) : NULL;
  info = content != NULL ? mx_content_get_media (content) : NULL;
  if (info == NULL || info->url == NULL)
    {
      if (error != NULL && *error == NULL)
        g_set_error_literal (error,
                             MX_SESSION_ERROR,
                             MX_SESSION_ERROR_BAD_INPUT,
                             "The event has no file that can be read");
      return FALSE;
    }

  file = g_file_new_for_commandline_arg (rest[2]);

  return dex_await (mx_guard (cli->scope,
                              mx_media_cache_save (mx_session_get_media (cli->session),
                                                   info->url,
                                                   info->encrypted_file,
                                                   file,
                                                   NULL,
                                                   NULL)),
                    error);
}

const ChappeCliVerb chappe_cli_file_verbs[] = {
  { "send-file", "ROOM FILE [--caption TEXT]", send_file },
  { "download", "ROOM EVENT FILE", download },
  { "rotate", "ROOM", rotate },
  { NULL, NULL, NULL },
};
