/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* rooms, members, create-room, invite, join, leave. */

#include "config.h"

#include "chappe-cli.h"

#include "mx-member.h"
#include "mx-room.h"

static const char *
membership_text (MxMembership membership)
{
  switch (membership)
    {
    case MX_MEMBERSHIP_JOIN:
      return "join";
    case MX_MEMBERSHIP_INVITE:
      return "invite";
    case MX_MEMBERSHIP_KNOCK:
      return "knock";
    case MX_MEMBERSHIP_LEAVE:
      return "leave";
    case MX_MEMBERSHIP_BAN:
      return "ban";
    case MX_MEMBERSHIP_NONE:
    default:
      return "none";
    }
}

static const char *
kind_text (const MxRoomRow *row)
{
  return row->is_space ? "space" : row->is_direct ? "direct" : row->is_public ? "public" : "room";
}

static void
print_room (MxRoom *room)
{
  const MxRoomRow *row = mx_room_get_row (room);
  MxJsonWriter *line = chappe_cli_line_begin ();

  mx_json_add_string (line, "room_id", row->room_id);
  mx_json_add_string (line, "name", row->name);
  mx_json_add_string (line, "kind", kind_text (row));
  mx_json_add_string (line, "membership", membership_text (row->membership));
  mx_json_add_bool (line, "encrypted", row->is_encrypted);
  mx_json_add_bool (line, "favourite", row->is_favourite);
  mx_json_add_int (line, "unread", row->unread);
  mx_json_add_int (line, "highlight", row->highlights);
  mx_json_add_bool (line, "marked_unread", row->marked_unread);
  mx_json_add_string (line, "inviter", row->inviter);
  mx_json_add_string (line, "successor", row->successor);
  if (row->last_event_id != NULL)
    {
      mx_json_begin_object (line, "last_event");
      mx_json_add_string (line, "event_id", row->last_event_id);
      mx_json_add_string (line, "sender", row->last_sender);
      mx_json_add_int (line, "origin_server_ts", row->last_ts);
      mx_json_add_string (line, "summary", row->last_summary);
      mx_json_end (line);
    }
  else
    {
      mx_json_add_null (line, "last_event");
    }
  chappe_cli_line_end (line);
}

static gboolean
rooms (ChappeCli *cli, GStrv args, GError **error)
{
  gboolean offline = FALSE;
  const GOptionEntry entries[] = { { "offline", 0, 0, G_OPTION_ARG_NONE, &offline, NULL, NULL },
                                   G_OPTION_ENTRY_NULL };
  g_auto (GStrv) rest = g_strdupv (args);
  GListModel *list;

  if (!chappe_cli_parse (&rest, entries, 0, 0, error) ||
      !chappe_cli_open_synced (cli, offline, error))
    return FALSE;

  list = G_LIST_MODEL (mx_session_get_rooms (cli->session));
  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (MxRoom) room = g_list_model_get_item (list, i);

      print_room (room);
    }

  return TRUE;
}

static gboolean
members (ChappeCli *cli, GStrv args, GError **error)
{
  g_auto (GStrv) rest = g_strdupv (args);
  g_autoptr (GListModel) list = NULL;
  MxRoom *room;

  if (!chappe_cli_parse (&rest, NULL, 1, 1, error) || !chappe_cli_open_synced (cli, FALSE, error) ||
      !(room = chappe_cli_find_room (cli, rest[0], error)) ||
      !(list = dex_await_object (mx_guard (cli->scope, mx_room_load_members (room)), error)))
    return FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (MxMember) member = g_list_model_get_item (list, i);
      MxJsonWriter *line = chappe_cli_line_begin ();
      int membership;

      g_object_get (member, "membership", &membership, NULL);
      mx_json_add_string (line, "user_id", mx_member_get_user_id (member));
      mx_json_add_string (line, "name", mx_member_get_name (member));
      mx_json_add_string (line, "membership", membership_text (membership));
      mx_json_add_int (line, "power", mx_member_get_power (member));
      chappe_cli_line_end (line);
    }

  return TRUE;
}

static void
print_room_id (const char *room_id)
{
  MxJsonWriter *line = chappe_cli_line_begin ();

  mx_json_add_string (line, "room_id", room_id);
  chappe_cli_line_end (line);
}

static gboolean
create_room (ChappeCli *cli, GStrv args, GError **error)
{
  g_autofree char *name = NULL;
  g_autofree char *topic = NULL;
  g_auto (GStrv) invite = NULL;
  gboolean is_public = FALSE;
  gboolean encrypted = FALSE;
  gboolean direct = FALSE;
  const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING, &name, NULL, NULL },
    { "topic", 0, 0, G_OPTION_ARG_STRING, &topic, NULL, NULL },
    { "public", 0, 0, G_OPTION_ARG_NONE, &is_public, NULL, NULL },
    { "encrypted", 0, 0, G_OPTION_ARG_NONE, &encrypted, NULL, NULL },
    { "direct", 0, 0, G_OPTION_ARG_NONE, &direct, NULL, NULL },
    { "invite", 0, 0, G_OPTION_ARG_STRING_ARRAY, &invite, NULL, NULL },
    G_OPTION_ENTRY_NULL
  };
  g_auto (GStrv) rest = g_strdupv (args);
  g_autofree char *room_id = NULL;
  MxNewRoom spec = { 0 };

  if (!chappe_cli_parse (&rest, entries, 0, 0, error))
    return FALSE;
  if (name == NULL && !direct)
    {
      g_set_error_literal (error, CHAPPE_CLI_ERROR, CHAPPE_CLI_ERROR_USAGE, "--name is needed");
      return FALSE;
    }

  spec = (MxNewRoom) { name, topic, is_public, encrypted, direct, (const char *const *) invite };
  if (!chappe_cli_open (cli, error) ||
      !(room_id =
          dex_await_string (mx_guard (cli->scope, mx_session_create_room (cli->session, &spec)),
                            error)))
    return FALSE;

  print_room_id (room_id);

  return TRUE;
}

static gboolean
join (ChappeCli *cli, GStrv args, GError **error)
{
  g_auto (GStrv) rest = g_strdupv (args);
  g_autofree char *room_id = NULL;

  if (!chappe_cli_parse (&rest, NULL, 1, 1, error) || !chappe_cli_open (cli, error) ||
      !(room_id =
          dex_await_string (mx_guard (cli->scope, mx_session_join (cli->session, rest[0], NULL)),
                            error)))
    return FALSE;

  print_room_id (room_id);

  return TRUE;
}

static gboolean
leave (ChappeCli *cli, GStrv args, GError **error)
{
  g_auto (GStrv) rest = g_strdupv (args);
  MxRoom *room;

  return chappe_cli_parse (&rest, NULL, 1, 1, error) &&
         chappe_cli_open_synced (cli, FALSE, error) &&
         (room = chappe_cli_find_room (cli, rest[0], error)) != NULL &&
         dex_await (mx_guard (cli->scope, mx_room_leave (room)), error);
}

static gboolean
invite (ChappeCli *cli, GStrv args, GError **error)
{
  g_auto (GStrv) rest = g_strdupv (args);
  MxRoom *room;

  return chappe_cli_parse (&rest, NULL, 2, 2, error) &&
         chappe_cli_open_synced (cli, FALSE, error) &&
         (room = chappe_cli_find_room (cli, rest[0], error)) != NULL &&
         dex_await (mx_guard (cli->scope, mx_room_invite (room, rest[1])), error);
}

const ChappeCliVerb chappe_cli_room_verbs[] = {
  { "rooms", "[--offline]", rooms },
  { "members", "ROOM", members },
  { "create-room",
    "--name NAME [--topic TEXT] [--public|--encrypted] [--direct] [--invite ID]…",
    create_room },
  { "invite", "ROOM USER", invite },
  { "join", "ROOM", join },
  { "leave", "ROOM", leave },
  { NULL, NULL, NULL },
};
