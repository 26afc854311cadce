/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Looking for people and public rooms at the server (spec "User Directory", "Listing rooms"). Names
 * are cleaned here: they were written by strangers. Main thread. */
#include "config.h"

#include "mx-error.h"
#include "mx-json.h"
#include "mx-matrix-id.h"
#include "mx-room-list-private.h"
#include "mx-text-clean.h"
#include "mx-user-requests.h"

#define MAX_HITS  50
#define MAX_NAME  250
#define MAX_TOPIC 500

static void
mx_user_hit_free (gpointer data)
{
  MxUserHit *hit = data;

  g_free (hit->user_id);
  g_free (hit->display_name);
  g_free (hit->avatar_url);
  g_free (hit);
}

static void
mx_room_hit_free (gpointer data)
{
  MxRoomHit *hit = data;

  g_free (hit->room_id);
  g_free (hit->alias);
  g_free (hit->name);
  g_free (hit->topic);
  g_free (hit->avatar_url);
  g_free (hit);
}

static char *
dup_clean (MxJson object, const char *member, gsize max)
{
  const char *text = mx_json_get_string (object, member);

  return text != NULL ? mx_text_clean_line (text, max) : NULL;
}

static char *
dup_mxc (MxJson object, const char *member)
{
  const char *uri = mx_json_get_string (object, member);

  return uri != NULL && mx_mxc_parse (uri, NULL, NULL) ? g_strdup (uri) : NULL;
}

static void
add_user_hit (GPtrArray *hits, MxJson value, MxSession *session)
{
  const char *user_id = mx_json_get_string (value, "user_id");
  MxUserHit *hit = NULL;

  if (!mx_user_id_is_valid (user_id))
    return;

  hit = g_new0 (MxUserHit, 1);
  hit->user_id = g_strdup (user_id);
  hit->display_name = dup_clean (value, "display_name", MAX_NAME);
  hit->avatar_url = dup_mxc (value, "avatar_url");
  g_ptr_array_add (hits, hit);
}

static void
add_room_hit (GPtrArray *hits, MxJson value, MxSession *session)
{
  const char *room_id = mx_json_get_string (value, "room_id");
  const char *alias = mx_json_get_string (value, "canonical_alias");
  MxRoomHit *hit = NULL;
  MxRoom *room = NULL;

  if (!mx_room_id_is_valid (room_id))
    return;

  room = mx_room_list_find (mx_session_get_rooms (session), room_id);
  hit = g_new0 (MxRoomHit, 1);
  hit->room_id = g_strdup (room_id);
  hit->alias = mx_room_alias_is_valid (alias) ? g_strdup (alias) : NULL;
  hit->name = dup_clean (value, "name", MAX_NAME);
  hit->topic = dup_clean (value, "topic", MAX_TOPIC);
  hit->avatar_url = dup_mxc (value, "avatar_url");
  hit->members = CLAMP (mx_json_int (mx_json_get (value, "num_joined_members"), 0), 0, G_MAXINT);
  hit->joined = room != NULL && mx_room_get_row (room)->membership == MX_MEMBERSHIP_JOIN;
  if (hit->name == NULL)
    hit->name = g_strdup (hit->alias != NULL ? hit->alias : hit->room_id);
  g_ptr_array_add (hits, hit);
}

typedef struct
{
  MxSession *session;
  const char *member;
  void (*add) (GPtrArray *hits, MxJson value, MxSession *session);
  GDestroyNotify hit_free;
} MxHitReader;

static void
mx_hit_reader_free (gpointer data)
{
  MxHitReader *reader = data;

  g_clear_object (&reader->session);
  g_free (reader);
}

static DexFuture *
read_hits_cb (DexFuture *future, gpointer data)
{
  const MxHitReader *reader = data;
  g_autoptr (GError) error = NULL;
  const GValue *value = dex_future_get_value (future, &error);
  g_autoptr (MxJsonDocument) document = NULL;
  GPtrArray *hits = NULL;
  MxJsonIter iter;
  MxJson hit;

  if (value == NULL)
    return dex_future_new_for_error (g_steal_pointer (&error));
  document = mx_json_document_parse_bytes (g_value_get_boxed (value), &error);
  if (document == NULL)
    return dex_future_new_for_error (g_steal_pointer (&error));

  hits = g_ptr_array_new_with_free_func (reader->hit_free);
  mx_json_iter_init (&iter, mx_json_get (mx_json_document_root (document), reader->member));
  while (hits->len < MAX_HITS && mx_json_iter_next (&iter, NULL, &hit))
    reader->add (hits, hit, reader->session);

  return mx_future_new_pointer (G_TYPE_PTR_ARRAY, hits);
}

DexFuture *
mx_session_search_users (MxSession *self, const char *term)
{
  MxHitReader *reader = NULL;

  g_return_val_if_fail (MX_IS_SESSION (self), NULL);
  g_return_val_if_fail (term != NULL, NULL);

  if (mx_session_get_http (self) == NULL)
    return mx_session_check_online (self);

  reader = g_new0 (MxHitReader, 1);
  reader->session = g_object_ref (self);
  reader->member = "results";
  reader->add = add_user_hit;
  reader->hit_free = mx_user_hit_free;

  return dex_future_then (mx_user_search (mx_session_get_http (self), term, MAX_HITS),
                          read_hits_cb,
                          reader,
                          mx_hit_reader_free);
}

DexFuture *
mx_session_search_public_rooms (MxSession *self, const char *term)
{
  MxHitReader *reader = NULL;

  g_return_val_if_fail (MX_IS_SESSION (self), NULL);

  if (mx_session_get_http (self) == NULL)
    return mx_session_check_online (self);

  reader = g_new0 (MxHitReader, 1);
  reader->session = g_object_ref (self);
  reader->member = "chunk";
  reader->add = add_room_hit;
  reader->hit_free = mx_room_hit_free;

  return dex_future_then (mx_public_rooms (mx_session_get_http (self), NULL, term, NULL, MAX_HITS),
                          read_hits_cb,
                          reader,
                          mx_hit_reader_free);
}
