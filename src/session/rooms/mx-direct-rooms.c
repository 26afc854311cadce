/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* {USER: [ROOM, …]}; what others put there is kept. Main thread. */
#include "config.h"

#include "mx-direct-rooms.h"

#include "mx-json.h"

typedef struct
{
  char *user_id;
  char *room_id;
} MxDirectRoom;

static void
mx_direct_room_free (gpointer data)
{
  MxDirectRoom *direct = data;

  g_free (direct->user_id);
  g_free (direct->room_id);
  g_free (direct);
}

/* The content of m.direct with one more room. Caller owns. */
static char *
add_direct (const char *content, const char *user_id, const char *room_id)
{
  g_autoptr (MxJsonDocument) document = NULL;
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autoptr (GError) error = NULL;
  MxJson root = { NULL };
  MxJson value;
  MxJsonIter iter;
  const char *name = NULL;

  if (content != NULL)
    {
      document = mx_json_document_parse (content, -1, &error);
      if (document != NULL)
        root = mx_json_document_root (document);
    }

  mx_json_begin_object (writer, NULL);
  mx_json_iter_init (&iter, root);
  while (mx_json_iter_next (&iter, &name, &value))
    if (name != NULL && !g_str_equal (name, user_id))
      mx_json_add_json (writer, name, value);
  mx_json_begin_array (writer, user_id);
  mx_json_iter_init (&iter, mx_json_get (root, user_id));
  while (mx_json_iter_next (&iter, NULL, &value))
    if (g_strcmp0 (mx_json_string (value), room_id) != 0)
      mx_json_add_json (writer, NULL, value);
  mx_json_add_string (writer, NULL, room_id);
  mx_json_end (writer);
  mx_json_end (writer);

  return mx_json_writer_to_text (writer);
}

static gboolean
add_call (MxSession *session, gpointer data, GError **error)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  MxDirectRoom *direct = data;
  MxStore *reader = mx_session_get_reader (session);

  if (reader != NULL)
    {
      before = mx_store_get_account_data (reader, NULL, "m.direct");
      after = add_direct (before, direct->user_id, direct->room_id);
      mx_session_put_account_data (session, NULL, "m.direct", after);
    }
  mx_direct_room_free (direct);

  return TRUE;
}

DexFuture *
mx_direct_rooms_add (MxSession *session, const char *user_id, const char *room_id)
{
  MxDirectRoom *direct = g_new0 (MxDirectRoom, 1);

  direct->user_id = g_strdup (user_id);
  direct->room_id = g_strdup (room_id);

  return mx_session_call (session, add_call, direct);
}
