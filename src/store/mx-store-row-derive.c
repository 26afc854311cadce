/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Derives a room's row: name and avatar by the specification's algorithms ("Calculating the display
 * name for a room"), preview, tags, counts, and what an invitation tells. */
#include "config.h"

#include "mx-store-row-derive.h"

#include "mx-content.h"
#include "mx-matrix-id.h"
#include "mx-room-name.h"
#include "mx-store-events.h"
#include "mx-store-members.h"
#include "mx-store-outbox.h"
#include "mx-store-relations.h"
#include "mx-store-state.h"
#include "mx-text-clean.h"

#define MAX_TOPIC   1000
#define MAX_SUMMARY 300
#define MAX_NAME    200
#define MAX_HEROES  5
/* How far back a preview is looked for when the newest messages are redacted or by ignored people.
 */
#define MAX_LOOK 100

typedef struct
{
  MxRoomWork *work;
  MxRoomRow *row;
  GHashTable *names; /* user id → display name, for summaries */
} Derivation;

static char *
dup_clean (const char *text, gsize max)
{
  g_autofree char *clean = text ? mx_text_clean_line (text, max) : NULL;

  return clean && *clean ? g_steal_pointer (&clean) : NULL;
}

/* A string member of a state event's content. */
static char *
dup_state_string (MxRoomWork *work, const char *type, const char *member)
{
  g_autoptr (MxJsonDocument) document = mx_state_load (work->store, work->room, type, "");

  return document ? g_strdup (mx_json_get_string (mx_json_document_root (document), member)) : NULL;
}

/* What a stranger wrote where an identifier or an address belongs is left out. Takes text. */
static char *
keep_if (char *text, gboolean (*is_valid) (const char *))
{
  if (text != NULL && !is_valid (text))
    g_clear_pointer (&text, g_free);
  return text;
}

static gboolean
is_mxc (const char *text)
{
  return mx_mxc_parse (text, NULL, NULL);
}

static MxJsonDocument *
load_account_data (MxRoomWork *work, const char *type)
{
  g_autofree char *content = mx_store_read_account_data (work->store, work->room_id, type);

  return content ? mx_json_document_parse (content, -1, NULL) : NULL;
}

static void
derive_kind (Derivation *self)
{
  MxRoomWork *work = self->work;
  MxRoomRow *row = self->row;
  g_autoptr (MxJsonDocument) create = mx_state_load (work->store, work->room, "m.room.create", "");
  MxJson root = create ? mx_json_document_root (create) : (MxJson) { NULL };
  g_autofree char *join_rule = dup_state_string (work, "m.room.join_rules", "join_rule");
  g_autofree char *algorithm = NULL;

  row->membership = work->membership;
  row->is_space = g_strcmp0 (mx_json_get_string (root, "type"), "m.space") == 0;
  row->predecessor =
    keep_if (g_strdup (mx_json_string (mx_json_path (root, "predecessor", "room_id", NULL))),
             mx_room_id_is_valid);
  row->room_version =
    g_strdup (work->version ? work->version : mx_json_get_string (root, "room_version"));
  row->successor =
    keep_if (dup_state_string (work, "m.room.tombstone", "replacement_room"), mx_room_id_is_valid);
  row->access_rule = dup_state_string (work, "im.vector.room.access_rules", "rule");
  row->is_public = g_strcmp0 (join_rule, "public") == 0;
  row->is_encrypted = work->is_encrypted;
  if (!row->is_encrypted)
    {
      algorithm = dup_state_string (work, "m.room.encryption", "algorithm");
      row->is_encrypted = algorithm != NULL;
    }
}

static void
derive_account_data (Derivation *self)
{
  MxRoomWork *work = self->work;
  MxRoomRow *row = self->row;
  g_autoptr (MxJsonDocument) tags = load_account_data (work, "m.tag");
  g_autoptr (MxJsonDocument) marked = load_account_data (work, "m.marked_unread");
  MxJson favourite;

  row->tag_order = 2;
  if (tags != NULL)
    {
      MxJson all = mx_json_get (mx_json_document_root (tags), "tags");

      favourite = mx_json_get (all, "m.favourite");
      row->is_favourite = mx_json_is_object (favourite);
      row->is_low_priority =
        !row->is_favourite && mx_json_is_object (mx_json_get (all, "m.lowpriority"));
      row->is_server_notice = mx_json_is_object (mx_json_get (all, "m.server_notice"));
      if (row->is_favourite)
        row->tag_order = CLAMP (mx_json_double (mx_json_get (favourite, "order"), 2), 0, 2);
    }

  if (marked == NULL)
    marked = load_account_data (work, "com.famedly.marked_unread");
  if (marked != NULL)
    row->marked_unread =
      mx_json_bool (mx_json_get (mx_json_document_root (marked), "unread"), FALSE);
  row->notifications =
    mx_push_rules_get_room_setting (mx_store_get_push_rules (work->store), work->room_id);
}

/* User ids, ourselves left out. */
static GStrv
load_heroes (MxRoomWork *work)
{
  g_autoptr (GStrvBuilder) heroes = g_strv_builder_new ();
  g_autofree char *said =
    mx_sql_text (work->store, "SELECT heroes FROM rooms WHERE id = ?", "l", work->room);
  unsigned found = 0;
  sqlite3_stmt *row;

  if (said != NULL && *said != '\0')
    {
      g_auto (GStrv) ids = g_strsplit (said, "\n", -1);

      for (unsigned i = 0; ids[i] != NULL; i++)
        if (g_strcmp0 (ids[i], work->own) != 0)
          {
            g_strv_builder_add (heroes, ids[i]);
            found++;
          }
    }

  if (found == 0)
    {
      row = mx_sql_query (
        work->store,
        "SELECT user_id FROM members WHERE room = ? AND is_present = 1 AND user_id <> ? "
        "ORDER BY user_id LIMIT ?",
        "lsi",
        work->room,
        work->own,
        MAX_HEROES);
      while (mx_sql_step (work->store, row))
        g_strv_builder_add (heroes, mx_sql_column_text (row, 0));
    }
  return g_strv_builder_end (heroes);
}

/* The people in the list as names, without the user ids that tell twins apart: a room's name is no
 * identity. */
static GStrv
load_hero_names (MxRoomWork *work, GStrv heroes)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (unsigned i = 0; heroes[i] != NULL; i++)
    g_strv_builder_take (names, mx_members_dup_name (work->store, work->room, heroes[i]));
  return g_strv_builder_end (names);
}

static void
derive_direct (Derivation *self, GStrv heroes)
{
  MxRoomWork *work = self->work;
  MxRoomRow *row = self->row;
  const char *listed = mx_store_get_direct_user (work->store, work->room_id);
  gboolean is_dm =
    mx_sql_int (work->store, 0, "SELECT is_dm FROM rooms WHERE id = ?", "l", work->room);

  if (listed == NULL && work->membership == MX_MEMBERSHIP_INVITE)
    {
      g_autoptr (MxJsonDocument) own =
        mx_state_load (work->store, work->room, "m.room.member", work->own);

      is_dm |=
        own != NULL && mx_json_bool (mx_json_get (mx_json_document_root (own), "is_direct"), FALSE);
    }

  row->is_direct = listed != NULL || is_dm;
  if (!row->is_direct)
    return;
  /* Somebody invited by e-mail is listed by the address until there is a user id. */
  if (listed != NULL && mx_user_id_is_valid (listed))
    row->direct_user = g_strdup (listed);
  else if (row->inviter != NULL)
    row->direct_user = g_strdup (row->inviter);
  else if (heroes[0] != NULL && heroes[1] == NULL)
    row->direct_user = g_strdup (heroes[0]);
}

static char *
load_avatar_of (MxRoomWork *work, const char *user_id)
{
  g_autoptr (MxJsonDocument) shown = NULL;
  char *avatar = mx_sql_text (work->store,
                              "SELECT avatar_url FROM members WHERE room = ? AND user_id = ?",
                              "ls",
                              work->room,
                              user_id);

  if (avatar != NULL)
    return avatar;
  shown = mx_state_load (work->store, work->room, "m.room.member", user_id);
  return shown ? g_strdup (mx_json_get_string (mx_json_document_root (shown), "avatar_url")) : NULL;
}

static void
derive_name (Derivation *self, GStrv heroes)
{
  MxRoomWork *work = self->work;
  MxRoomRow *row = self->row;
  g_auto (GStrv) names = load_hero_names (work, heroes);
  g_autofree char *name = dup_state_string (work, "m.room.name", "name");
  g_autoptr (MxJsonDocument) topic = mx_state_load (work->store, work->room, "m.room.topic", "");
  MxRoomNameParts parts = { 0 };

  row->joined_members = mx_members_count (work->store, work->room, MX_MEMBERSHIP_JOIN);
  row->invited_members = mx_members_count (work->store, work->room, MX_MEMBERSHIP_INVITE);
  row->canonical_alias =
    keep_if (dup_state_string (work, "m.room.canonical_alias", "alias"), mx_room_alias_is_valid);
  if (name == NULL || *name == '\0')
    {
      g_free (name);
      name =
        mx_sql_text (work->store, "SELECT server_name FROM rooms WHERE id = ?", "l", work->room);
    }

  /* A conversation between two is named after the other, whatever the one who made it wrote. */
  if (row->direct_user != NULL && row->joined_members + row->invited_members <= 2)
    row->name = mx_members_dup_name (work->store, work->room, row->direct_user);
  else
    {
      parts.name = name;
      parts.canonical_alias = row->canonical_alias;
      parts.hero_names = (const char *const *) names;
      parts.joined = row->joined_members;
      parts.invited = row->invited_members;
      row->name = mx_room_name_compute (&parts);
    }

  if (row->direct_user != NULL)
    row->avatar_url = keep_if (load_avatar_of (work, row->direct_user), is_mxc);
  if (row->avatar_url == NULL)
    {
      row->avatar_url = keep_if (dup_state_string (work, "m.room.avatar", "url"), is_mxc);
    }
  if (row->avatar_url == NULL)
    row->avatar_url = keep_if (mx_sql_text (work->store,
                                            "SELECT server_avatar FROM rooms WHERE id = ?",
                                            "l",
                                            work->room),
                               is_mxc);

  if (topic != NULL)
    {
      MxJson root = mx_json_document_root (topic);
      MxJson text = mx_json_path (root, "m.topic", "m.text", NULL);
      const char *plain = NULL;

      for (unsigned i = 0; i < mx_json_size (text) && plain == NULL; i++)
        if (g_str_equal (mx_json_string_or (mx_json_get (mx_json_at (text, i), "mimetype"),
                                            "text/plain"),
                         "text/plain"))
          plain = mx_json_get_string (mx_json_at (text, i), "body");
      row->topic = dup_clean (plain ? plain : mx_json_get_string (root, "topic"), MAX_TOPIC);
    }
}

static void
derive_invite (Derivation *self)
{
  MxRoomWork *work = self->work;
  MxRoomRow *row = self->row;
  g_autoptr (MxJsonDocument) own = NULL;

  if (work->membership != MX_MEMBERSHIP_INVITE)
    return;
  row->inviter =
    mx_sql_text (work->store,
                 "SELECT nullif (sender, '') FROM state WHERE room = ? AND is_stripped = 1 "
                 "AND type = 'm.room.member' AND state_key = ?",
                 "ls",
                 work->room,
                 work->own);
  if (row->inviter != NULL)
    row->inviter_name = mx_members_dup_name (work->store, work->room, row->inviter);
  own = mx_state_load (work->store, work->room, "m.room.member", work->own);
  if (own != NULL)
    row->invite_reason =
      dup_clean (mx_json_get_string (mx_json_document_root (own), "reason"), MAX_SUMMARY);
}

static const char *
resolve_name (const char *user_id, gpointer data)
{
  Derivation *self = data;
  char *name = g_hash_table_lookup (self->names, user_id);

  if (name == NULL)
    {
      name = mx_members_dup_name (self->work->store, self->work->room, user_id);
      g_hash_table_insert (self->names, g_strdup (user_id), name);
    }
  return name;
}

static void
describe (Derivation *self, MxEvent *event)
{
  MxRoomRow *row = self->row;
  g_autoptr (MxEvent) edit = mx_relations_load_edit (self->work->store, self->work->room, event);
  g_autoptr (MxContent) content =
    edit ? mx_content_new_edited (event, edit) : mx_content_new (event);
  g_autofree char *summary = NULL;

  row->last_event_id = g_strdup (mx_event_get_id (event));
  row->last_sender = g_strdup (mx_event_get_sender (event));
  row->last_sender_name = g_strdup (resolve_name (row->last_sender, self));
  if (mx_content_get_kind (content) == MX_CONTENT_ENCRYPTED)
    {
      row->preview = MX_ROOM_PREVIEW_UNREADABLE;
      return;
    }
  summary = mx_content_dup_summary (content, event, resolve_name, self);
  row->last_summary = dup_clean (summary, MAX_SUMMARY);
  row->preview = row->last_summary ? MX_ROOM_PREVIEW_TEXT : MX_ROOM_PREVIEW_NONE;
}

static void
derive_preview (Derivation *self)
{
  MxRoomWork *work = self->work;
  MxRoomRow *row = self->row;
  gint64 now = g_get_real_time () / 1000;
  g_autoptr (MxEvent) event = NULL;
  sqlite3_stmt *found = mx_sql_query (
    work->store,
    "SELECT e.ts, e.redacted_by IS NOT NULL, e.sender, e.raw, e.clear FROM blocks AS b "
    "CROSS JOIN events AS e INDEXED BY events_messages "
    "ON e.block = b.id AND e.shown = 2 "
    "WHERE b.room = ? AND b.is_detached = 0 "
    "ORDER BY b.rank DESC, e.position DESC LIMIT ?",
    "li",
    work->room,
    MAX_LOOK);

  while (event == NULL && mx_sql_step (work->store, found))
    {
      if (mx_store_is_ignored (work->store, mx_sql_column_text (found, 2)))
        continue;
      if (row->last_ts == 0)
        row->last_ts = sqlite3_column_int64 (found, 0);
      if (!sqlite3_column_int (found, 1))
        event = mx_events_parse (mx_sql_column_text (found, 3), mx_sql_column_text (found, 4));
    }
  mx_sql_done (found);
  if (event != NULL && work->membership != MX_MEMBERSHIP_INVITE)
    describe (self, event);

  /* A room without messages stands where its newest event puts it, an invitation where it arrived.
   */
  if (row->last_ts == 0 && work->membership != MX_MEMBERSHIP_INVITE)
    row->last_ts = mx_sql_int (
      work->store,
      0,
      "SELECT e.ts FROM blocks AS b CROSS JOIN events AS e ON e.block = b.id "
      "WHERE b.room = ? AND b.is_detached = 0 ORDER BY b.rank DESC, e.position DESC LIMIT 1",
      "l",
      work->room);
  if (row->last_ts == 0 || work->membership == MX_MEMBERSHIP_INVITE)
    row->last_ts =
      mx_sql_int (work->store, 0, "SELECT seen_ts FROM rooms WHERE id = ?", "l", work->room);
  row->sort_key = MIN (row->last_ts, now);
}

static void
derive_local (Derivation *self)
{
  MxRoomWork *work = self->work;
  MxRoomRow *row = self->row;
  g_autofree char *draft =
    mx_sql_text (work->store, "SELECT draft FROM drafts WHERE room_id = ?", "s", work->room_id);

  row->unread =
    mx_sql_int (work->store, 0, "SELECT unread FROM rooms WHERE id = ?", "l", work->room);
  row->highlights =
    mx_sql_int (work->store, 0, "SELECT highlights FROM rooms WHERE id = ?", "l", work->room);
  row->failed_sends = mx_sql_int (work->store,
                                  0,
                                  "SELECT count (*) FROM outbox WHERE room_id = ? AND state = ?",
                                  "si",
                                  work->room_id,
                                  MX_OUTBOX_FAILED);
  row->has_draft = draft != NULL;
  if (draft != NULL)
    {
      g_autoptr (MxJsonDocument) document = mx_json_document_parse (draft, -1, NULL);
      const char *text =
        document ? mx_json_get_string (mx_json_document_root (document), "text") : NULL;
      g_auto (GStrv) lines = text ? g_strsplit (text, "\n", 2) : NULL;

      row->draft_text = lines ? dup_clean (lines[0], MAX_SUMMARY) : NULL;
    }
}

MxRoomRow *
mx_store_row_derive (MxRoomWork *work)
{
  g_autoptr (MxRoomRow) row = mx_room_row_new (work->room_id);
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_auto (GStrv) heroes = load_heroes (work);
  Derivation self = { .work = work, .row = row, .names = names };

  derive_kind (&self);
  derive_account_data (&self);
  derive_invite (&self);
  derive_direct (&self, heroes);
  derive_name (&self, heroes);
  derive_preview (&self);
  derive_local (&self);
  return g_steal_pointer (&row);
}
