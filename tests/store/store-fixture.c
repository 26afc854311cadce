/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "store-fixture.h"

#include <glib/gstdio.h>

#define DAY G_GINT64_CONSTANT (1700000000)

static void
open_store (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  self->store = mx_store_open (self->path, self->key, MX_STORE_WRITE, &error);
  g_assert_no_error (error);
  g_assert_nonnull (self->store);
}

void
fixture_set_up (Fixture *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("chappe-store-XXXXXX", &error);
  g_assert_no_error (error);
  self->path = g_build_filename (self->folder, "store.db", NULL);
  self->key = mx_secret_new_random (32);
  self->changes = mx_store_changes_new ();
  open_store (self);
  begin (self);
  mx_store_set_value (self->store, "user_id", OWN, &error);
  g_assert_no_error (error);
  commit (self);
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (folder);
}

void
fixture_tear_down (Fixture *self, gconstpointer unused)
{
  g_clear_pointer (&self->store, mx_store_close);
  g_clear_pointer (&self->key, mx_secret_unref);
  g_clear_pointer (&self->changes, mx_store_changes_unref);
  remove_folder (self->folder);
  g_free (self->folder);
  g_free (self->path);
}

void
fixture_reopen (Fixture *self)
{
  g_clear_pointer (&self->store, mx_store_close);
  open_store (self);
}

MxEvent *
make_event (const char *format, ...)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *json = NULL;
  MxEvent *event;
  va_list arguments;

  va_start (arguments, format);
  json = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_strdelimit (json, "'", '"');
  event = mx_event_new_from_text (json, &error);
  g_assert_no_error (error);
  return event;
}

MxEvent *
make_text (const char *event_id, const char *sender, int ts, const char *body)
{
  return make_event (
    "{'event_id':'%s','sender':'%s','type':'m.room.message','origin_server_ts':%" G_GINT64_FORMAT
    ","
    "'content':{'msgtype':'m.text','body':'%s'}}",
    event_id,
    sender,
    (DAY + ts) * 1000,
    body);
}

MxEvent *
make_reaction (const char *event_id,
               const char *sender,
               int ts,
               const char *target,
               const char *key)
{
  return make_event (
    "{'event_id':'%s','sender':'%s','type':'m.reaction','origin_server_ts':%" G_GINT64_FORMAT ","
    "'content':{'m.relates_to':{'rel_type':'m.annotation','event_id':'%s','key':'%s'}}}",
    event_id,
    sender,
    (DAY + ts) * 1000,
    target,
    key);
}

MxEvent *
make_edit (const char *event_id, const char *sender, int ts, const char *target, const char *body)
{
  return make_event (
    "{'event_id':'%s','sender':'%s','type':'m.room.message','origin_server_ts':%" G_GINT64_FORMAT
    ","
    "'content':{'msgtype':'m.text','body':'* %s','m.new_content':{'msgtype':'m.text','body':'%s'},"
    "'m.relates_to':{'rel_type':'m.replace','event_id':'%s'}}}",
    event_id,
    sender,
    (DAY + ts) * 1000,
    body,
    body,
    target);
}

MxEvent *
make_redaction (const char *event_id, const char *sender, int ts, const char *target)
{
  return make_event (
    "{'event_id':'%s','sender':'%s','type':'m.room.redaction','origin_server_ts':%" G_GINT64_FORMAT
    ","
    "'redacts':'%s','content':{'redacts':'%s'}}",
    event_id,
    sender,
    (DAY + ts) * 1000,
    target,
    target);
}

MxEvent *
make_state (const char *event_id,
            const char *sender,
            const char *type,
            const char *key,
            const char *content)
{
  return make_event (
    "{'event_id':'%s','sender':'%s','type':'%s','state_key':'%s','origin_server_ts':%" G_GINT64_FORMAT
    ","
    "'content':%s}",
    event_id,
    sender,
    type,
    key,
    DAY * 1000,
    content);
}

MxEvent *
make_member (const char *event_id, const char *user_id, const char *membership, const char *name)
{
  g_autofree char *content =
    name ? g_strdup_printf ("{'membership':'%s','displayname':'%s'}", membership, name)
         : g_strdup_printf ("{'membership':'%s'}", membership);

  return make_state (event_id, user_id, "m.room.member", user_id, content);
}

static GPtrArray *
list_valist (MxEvent *first, va_list arguments)
{
  GPtrArray *events = g_ptr_array_new_with_free_func ((GDestroyNotify) mx_event_unref);

  for (MxEvent *event = first; event != NULL; event = va_arg (arguments, MxEvent *))
    g_ptr_array_add (events, event);
  return events;
}

GPtrArray *
make_list (MxEvent *first, ...)
{
  GPtrArray *events;
  va_list arguments;

  va_start (arguments, first);
  events = list_valist (first, arguments);
  va_end (arguments);
  return events;
}

MxSyncDelta *
make_delta (MxSyncKind kind, const char *room_id, MxRoomDelta **room)
{
  MxSyncDelta *delta = mx_sync_delta_new (kind);

  if (room_id != NULL)
    {
      *room = mx_room_delta_new (room_id);
      (*room)->membership = MX_MEMBERSHIP_JOIN;
      g_ptr_array_add (delta->rooms, *room);
    }
  return delta;
}

void
delta_add (MxRoomDelta *room, MxEvent *event)
{
  g_ptr_array_add (room->timeline, event);
  room->live = room->timeline->len;
}

void
delta_add_state (MxRoomDelta *room, MxEvent *event)
{
  g_ptr_array_add (room->state, event);
}

void
delta_add_receipt (MxRoomDelta *room, const char *user_id, const char *event_id, int ts)
{
  MxReceipt *receipt = g_new0 (MxReceipt, 1);

  receipt->event_id = g_strdup (event_id);
  receipt->user_id = g_strdup (user_id);
  receipt->kind = g_strdup ("m.read");
  receipt->timestamp = (DAY + ts) * 1000;
  g_ptr_array_add (room->receipts, receipt);
}

void
delta_add_account_data (GPtrArray **list, const char *type, const char *content)
{
  MxAccountDatum *datum = g_new0 (MxAccountDatum, 1);

  datum->type = g_strdup (type);
  datum->content = g_strdelimit (g_strdup (content), "'", '"');
  g_ptr_array_add (*list, datum);
}

void
begin (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->changes, mx_store_changes_unref);
  self->changes = mx_store_changes_new ();
  mx_store_begin (self->store, &error);
  g_assert_no_error (error);
}

void
commit (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  mx_store_commit (self->store, &error);
  g_assert_no_error (error);
}

static void
apply_once (Fixture *self, MxSyncDelta *delta)
{
  g_autoptr (GError) error = NULL;

  begin (self);
  mx_store_apply_sync (self->store, delta, OWN, self->changes, &error);
  g_assert_no_error (error);
  commit (self);
}

void
apply (Fixture *self, MxSyncDelta *delta)
{
  apply_once (self, delta);
  mx_sync_delta_free (delta);
}

void
apply_twice (Fixture *self, MxSyncDelta *delta)
{
  g_autoptr (MxStoreChanges) first = NULL;

  apply_once (self, delta);
  first = mx_store_changes_ref (self->changes);
  apply_once (self, delta);
  g_assert_cmpuint (g_hash_table_size (self->changes->rooms), ==, 0);
  g_assert_cmpuint (self->changes->notifications->len, ==, 0);
  g_assert_cmpuint (self->changes->account_data->len, ==, 0);
  mx_store_changes_unref (self->changes);
  self->changes = g_steal_pointer (&first);
  mx_sync_delta_free (delta);
}

void
sync_events (Fixture *self, gboolean limited, const char *prev_batch, MxEvent *first, ...)
{
  g_autoptr (GPtrArray) events = NULL;
  MxRoomDelta *room;
  MxSyncDelta *delta = make_delta (MX_SYNC_CLASSIC, ROOM, &room);
  va_list arguments;

  va_start (arguments, first);
  events = list_valist (first, arguments);
  va_end (arguments);
  room->limited = limited;
  room->prev_batch = g_strdup (prev_batch);
  for (guint i = 0; i < events->len; i++)
    delta_add (room, mx_event_ref (g_ptr_array_index (events, i)));
  apply_twice (self, delta);
}

MxRoomChangeFlags
changed (Fixture *self, const char *room_id)
{
  MxRoomChange *change = g_hash_table_lookup (self->changes->rooms, room_id);

  return change ? change->flags : 0;
}

static void
add_row (GString *text, MxTimelineRow *row)
{
  if (text->len > 0)
    g_string_append_c (text, ' ');
  if (row->kind == MX_TIMELINE_ROW_EVENT)
    g_string_append (text, mx_event_get_id (row->event));
  else
    g_string_append_printf (text,
                            row->gap_backwards ? "[%s]" : "{%s}",
                            row->gap_token ? row->gap_token : "");
}

char *
describe (Fixture *self, const char *room_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) down = NULL;
  GString *text = g_string_new (NULL);
  g_autoptr (GString) back = g_string_new (NULL);
  gboolean at_end = FALSE, at_start = FALSE;
  MxTimelineKey key;
  gboolean has_key = FALSE;

  down = mx_store_load_after (self->store, room_id, NULL, 100000, &at_end, &error);
  g_assert_no_error (error);
  g_assert_true (at_end);
  for (guint i = 0; i < down->len; i++)
    {
      MxTimelineRow *row = g_ptr_array_index (down, i);

      if (i > 0)
        g_assert_cmpint (mx_timeline_key_compare (
                           &((MxTimelineRow *) g_ptr_array_index (down, i - 1))->key, &row->key),
                         <,
                         0);
      add_row (text, row);
    }

  /* In small pages from the other end: the same rows. */
  while (!at_start)
    {
      g_autoptr (GPtrArray) page =
        mx_store_load_before (self->store, room_id, has_key ? &key : NULL, 3, &at_start, &error);
      g_autoptr (GString) part = g_string_new (NULL);

      g_assert_no_error (error);
      if (page->len == 0)
        break;
      for (guint i = 0; i < page->len; i++)
        add_row (part, g_ptr_array_index (page, i));
      if (back->len > 0)
        g_string_prepend_c (back, ' ');
      g_string_prepend (back, part->str);
      key = ((MxTimelineRow *) g_ptr_array_index (page, 0))->key;
      has_key = TRUE;
    }
  g_assert_cmpstr (back->str, ==, text->str);
  return g_string_free (text, FALSE);
}

void
assert_timeline (Fixture *self, const char *expected)
{
  g_autofree char *text = describe (self, ROOM);

  g_assert_cmpstr (text, ==, expected);
}

MxRoomRow *
get_row (Fixture *self, const char *room_id)
{
  g_autoptr (GError) error = NULL;
  MxRoomRow *row = mx_store_load_room (self->store, room_id, &error);

  g_assert_no_error (error);
  g_assert_nonnull (row);
  return row;
}

gint64
find_gap (Fixture *self, const char *token, gboolean *backwards)
{
  g_autoptr (GPtrArray) rows = mx_store_load_before (self->store, ROOM, NULL, 100000, NULL, NULL);

  for (guint i = 0; i < rows->len; i++)
    {
      MxTimelineRow *row = g_ptr_array_index (rows, i);

      if (row->kind == MX_TIMELINE_ROW_GAP && g_strcmp0 (row->gap_token, token) == 0)
        {
          *backwards = row->gap_backwards;
          return row->gap_id;
        }
    }
  g_error ("No gap %s", token);
}

void
fill (Fixture *self, const char *token, const char *end, MxEvent *first, ...)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) events = NULL;
  gboolean backwards;
  gint64 gap = find_gap (self, token, &backwards);
  va_list arguments;

  va_start (arguments, first);
  events = list_valist (first, arguments);
  va_end (arguments);
  begin (self);
  mx_store_apply_page (self->store, ROOM, gap, events, backwards, end, NULL, self->changes, &error);
  g_assert_no_error (error);
  commit (self);
}
