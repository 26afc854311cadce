/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Encrypted events on every way into the store, and what follows when their key comes later. The
 * cipher is a toy: the "ciphertext" is the clear event as a string, the key is the name of its
 * session. */
#include "config.h"

#include "store-fixture.h"

#include "mx-content.h"
#include "mx-sql.h"
#include "mx-store-decryption.h"
#include "mx-store-room-sessions.h"

typedef struct
{
  Fixture base;
  GHashTable *keys; /* session ids that can be read */
  GString *order;   /* event ids in the order of decryption */
  unsigned rolled_back;
  MxDecryptionFailure failure; /* without a key */
} Toy;

static void
toy_decrypt (gpointer data,
             MxStore *store,
             const char *room_id,
             MxEvent *event,
             MxDecryption *decryption)
{
  Toy *self = data;
  MxJson content = mx_event_get_wire_content (event);
  const char *session_id = mx_json_get_string (content, "session_id");
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (room_id, ==, ROOM);
  g_string_append_printf (self->order,
                          "%s%s",
                          self->order->len > 0 ? " " : "",
                          mx_event_get_id (event));
  decryption->session_id = g_strdup (session_id);
  if (session_id == NULL || !g_hash_table_contains (self->keys, session_id))
    {
      decryption->failure = self->failure;
      return;
    }
  decryption->message_index = 7;
  decryption->event =
    mx_event_with_clear (event, mx_json_get_string (content, "ciphertext"), &error);
  g_assert_no_error (error);
}

static void
toy_rolled_back (gpointer data)
{
  ((Toy *) data)->rolled_back++;
}

static const MxDecryptor toy = { toy_decrypt, toy_rolled_back };

static void
toy_set_up (Toy *self, gconstpointer unused)
{
  fixture_set_up (&self->base, NULL);
  self->keys = g_hash_table_new (g_str_hash, g_str_equal);
  self->order = g_string_new (NULL);
  self->failure = MX_DECRYPTION_NO_KEY;
  mx_store_set_decryptor (self->base.store, &toy, self);
}

static void
toy_tear_down (Toy *self, gconstpointer unused)
{
  mx_store_set_decryptor (self->base.store, NULL, NULL);
  g_hash_table_unref (self->keys);
  g_string_free (self->order, TRUE);
  fixture_tear_down (&self->base, NULL);
}

/* clear and rest with ' for "; rest: more members of the content, each after a comma. */
static MxEvent *
encrypt (const char *event_id,
         const char *sender,
         int ts,
         const char *session_id,
         const char *clear,
         const char *rest)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autofree char *text = g_strdelimit (g_strdup (clear), "'", '"');
  g_autofree char *quoted = NULL;
  g_autofree char *more = g_strdelimit (g_strdup (rest), "'", '"');
  g_autofree char *json = NULL;
  g_autoptr (GError) error = NULL;
  MxEvent *event;

  mx_json_begin_object (writer, NULL);
  mx_json_add_string (writer, "ciphertext", text);
  mx_json_end (writer);
  quoted = mx_json_writer_to_text (writer);
  quoted[strlen (quoted) - 1] = '\0';
  json = g_strdup_printf (
    "{\"event_id\":\"%s\",\"sender\":\"%s\",\"type\":\"m.room.encrypted\",\"origin_server_ts\":%d000,"
    "\"content\":%s,\"algorithm\":\"m.megolm.v1.aes-sha2\",\"session_id\":\"%s\"%s}}",
    event_id,
    sender,
    1700000000 + ts,
    quoted,
    session_id,
    more);
  event = mx_event_new_from_text (json, &error);
  g_assert_no_error (error);
  return event;
}

static MxEvent *
encrypt_text (const char *event_id,
              const char *sender,
              int ts,
              const char *session_id,
              const char *body)
{
  g_autofree char *clear = g_strdup_printf (
    "{'type':'m.room.message','content':{'msgtype':'m.text','body':'%s'},'room_id':'%s'}",
    body,
    ROOM);

  return encrypt (event_id, sender, ts, session_id, clear, "");
}

static void
know (Toy *self, const char *session_id)
{
  g_hash_table_add (self->keys, (gpointer) session_id);
}

static void
give_key (Toy *self, const char *session_id)
{
  g_autoptr (GError) error = NULL;

  know (self, session_id);
  g_string_truncate (self->order, 0);
  begin (&self->base);
  g_assert_cmpint (
    mx_store_decrypt_again (self->base.store, ROOM, session_id, self->base.changes, &error), >=, 0);
  g_assert_no_error (error);
  commit (&self->base);
}

static MxTimelineRow *
load (Toy *self, const char *event_id)
{
  g_autoptr (GError) error = NULL;
  MxTimelineRow *row = mx_store_load_event (self->base.store, ROOM, event_id, &error);

  g_assert_no_error (error);
  g_assert_nonnull (row);
  return row;
}

static void
assert_body (Toy *self, const char *event_id, const char *expected)
{
  g_autoptr (MxTimelineRow) row = load (self, event_id);

  g_assert_cmpstr (mx_json_get_string (mx_event_get_content (row->event), "body"), ==, expected);
}

static gboolean
is_changed (Toy *self, const char *event_id)
{
  MxRoomChange *change = g_hash_table_lookup (self->base.changes->rooms, ROOM);

  return change != NULL && change->changed_events != NULL &&
         g_ptr_array_find_with_equal_func (change->changed_events, event_id, g_str_equal, NULL);
}

/* -- On the way in ------------------------------------------------------------------------------
 */

static void
test_sync (Toy *self, gconstpointer unused)
{
  g_autoptr (MxRoomRow) row = NULL;
  g_autoptr (MxTimelineRow) event = NULL;

  know (self, "s1");
  sync_events (&self->base,
               FALSE,
               NULL,
               encrypt_text ("$1", PAUL, 1, "s1", "Bonjour"),
               encrypt_text ("$2", PAUL, 2, "s1", "Tout va bien ?"),
               NULL);

  assert_body (self, "$1", "Bonjour");
  event = load (self, "$2");
  g_assert_cmpint (event->failure, ==, MX_DECRYPTION_OK);
  g_assert_cmpstr (event->session_id, ==, "s1");
  g_assert_cmpint (event->failed_ms, ==, 0);
  row = get_row (&self->base, ROOM);
  g_assert_cmpstr (row->last_summary, ==, "Tout va bien ?");
  g_assert_cmpuint (row->unread, ==, 2);
  g_assert_cmpuint (self->base.changes->notifications->len, ==, 2);
  /* Each once, although the response came twice. */
  g_assert_cmpstr (self->order->str, ==, "$1 $2");
}

static void
test_page_order (Toy *self, gconstpointer unused)
{
  know (self, "s1");
  sync_events (&self->base, TRUE, "p1", encrypt_text ("$9", PAUL, 9, "s1", "neuf"), NULL);
  g_string_truncate (self->order, 0);
  fill (&self->base,
        "p1",
        "p2",
        encrypt_text ("$8", PAUL, 8, "s1", "huit"),
        encrypt_text ("$7", PAUL, 7, "s1", "sept"),
        encrypt_text ("$6", PAUL, 6, "s1", "six"),
        NULL);

  assert_timeline (&self->base, "[p2] $6 $7 $8 $9");
  g_assert_cmpstr (self->order->str, ==, "$6 $7 $8");
  assert_body (self, "$6", "six");
}

static void
test_context_and_single (Toy *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) events = NULL;
  g_autoptr (MxEvent) single = encrypt_text ("$s", PAUL, 5, "s1", "seul");

  know (self, "s1");
  sync_events (&self->base, TRUE, "p1", encrypt_text ("$9", PAUL, 9, "s1", "neuf"), NULL);
  begin (&self->base);
  mx_store_apply_single (self->base.store, ROOM, single, self->base.changes, &error);
  g_assert_no_error (error);
  events = make_list (encrypt_text ("$1", PAUL, 1, "s1", "un"),
                      encrypt_text ("$2", PAUL, 2, "s1", "deux"),
                      NULL);
  mx_store_apply_context (
    self->base.store, ROOM, events, "b", "a", NULL, self->base.changes, &error);
  g_assert_no_error (error);
  commit (&self->base);

  assert_body (self, "$s", "seul");
  assert_body (self, "$1", "un");
  assert_body (self, "$2", "deux");

  /* What was kept aside gets its place; it is not decrypted again. */
  g_string_truncate (self->order, 0);
  fill (&self->base, "p1", "p2", encrypt_text ("$s", PAUL, 5, "s1", "seul"), NULL);
  g_assert_cmpstr (self->order->str, ==, "");
  assert_body (self, "$s", "seul");
}

static void
test_bundled (Toy *self, gconstpointer unused)
{
  g_autoptr (MxEvent) edit = encrypt ("$e",
                                      PAUL,
                                      2,
                                      "s1",
                                      "{'type':'m.room.message','room_id':'" ROOM
                                      "','content':{'msgtype':'m.text','body':'* deux',"
                                      "'m.new_content':{'msgtype':'m.text','body':'deux'}}}",
                                      ",'m.relates_to':{'rel_type':'m.replace','event_id':'$1'}");
  g_autoptr (MxEvent) plain = encrypt_text ("$1", PAUL, 1, "s1", "un");
  g_autofree char *head =
    g_strndup (mx_event_get_raw (plain), strlen (mx_event_get_raw (plain)) - 1);
  g_autofree char *text = g_strdup_printf ("%s,\"unsigned\":{\"m.relations\":{\"m.replace\":%s}}}",
                                           head,
                                           mx_event_get_raw (edit));
  g_autoptr (MxTimelineRow) row = NULL;
  g_autoptr (MxContent) content = NULL;

  know (self, "s1");
  sync_events (&self->base, FALSE, NULL, mx_event_new_from_text (text, NULL), NULL);
  row = load (self, "$1");
  g_assert_nonnull (row->edit);
  content = mx_content_new_edited (row->event, row->edit);
  g_assert_nonnull (content);
  g_assert_cmpstr (mx_content_get_body (content), ==, "deux");
}

/* -- Late keys ----------------------------------------------------------------------------------
 */

static void
test_late_key (Toy *self, gconstpointer unused)
{
  g_autoptr (MxRoomRow) before = NULL;
  g_autoptr (MxRoomRow) after = NULL;
  g_autoptr (MxTimelineRow) row = NULL;
  MxNotificationCandidate *candidate;

  sync_events (&self->base,
               FALSE,
               NULL,
               encrypt_text ("$1", PAUL, 1, "s1", "Bonjour"),
               encrypt_text ("$2", PAUL, 2, "s2", "Salut"),
               NULL);
  g_assert_cmpuint (self->base.changes->notifications->len, ==, 0);
  before = get_row (&self->base, ROOM);
  g_assert_cmpint (before->preview, ==, MX_ROOM_PREVIEW_UNREADABLE);
  row = load (self, "$2");
  g_assert_cmpint (row->failure, ==, MX_DECRYPTION_NO_KEY);
  g_assert_cmpint (row->failed_ms, >, 0);

  give_key (self, "s2");
  g_assert_cmpstr (self->order->str, ==, "$2");
  assert_body (self, "$2", "Salut");
  assert_body (self, "$1", NULL);
  g_assert_true (is_changed (self, "$2"));
  g_assert_false (is_changed (self, "$1"));
  g_assert_true (changed (&self->base, ROOM) & MX_ROOM_CHANGED_ROW);
  after = get_row (&self->base, ROOM);
  g_assert_cmpstr (after->last_summary, ==, "Salut");
  g_assert_cmpuint (after->unread, ==, 2);
  g_assert_cmpuint (self->base.changes->notifications->len, ==, 1);
  candidate = g_ptr_array_index (self->base.changes->notifications, 0);
  g_assert_cmpstr (candidate->event_id, ==, "$2");

  /* Once. */
  give_key (self, "s2");
  g_assert_cmpstr (self->order->str, ==, "");
  g_assert_cmpuint (self->base.changes->notifications->len, ==, 0);
}

static void
test_late_mention (Toy *self, gconstpointer unused)
{
  g_autoptr (MxRoomRow) row = NULL;

  sync_events (&self->base,
               FALSE,
               NULL,
               encrypt ("$1",
                        PAUL,
                        1,
                        "s1",
                        "{'type':'m.room.message','room_id':'" ROOM
                        "','content':{'msgtype':'m.text','body':'Anne ?',"
                        "'m.mentions':{'user_ids':['" OWN "']}}}",
                        ""),
               NULL);
  row = get_row (&self->base, ROOM);
  g_assert_cmpuint (row->highlights, ==, 0);
  mx_room_row_unref (row);

  give_key (self, "s1");
  row = get_row (&self->base, ROOM);
  g_assert_cmpuint (row->highlights, ==, 1);
}

static void
test_late_but_read (Toy *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MxRoomRow) row = NULL;

  sync_events (&self->base, FALSE, NULL, encrypt_text ("$1", PAUL, 1, "s1", "Bonjour"), NULL);
  begin (&self->base);
  mx_store_set_own_receipt (self->base.store, ROOM, "$1", FALSE, self->base.changes, &error);
  g_assert_no_error (error);
  commit (&self->base);

  give_key (self, "s1");
  g_assert_cmpuint (self->base.changes->notifications->len, ==, 0);
  row = get_row (&self->base, ROOM);
  g_assert_cmpuint (row->unread, ==, 0);
}

static void
test_late_history (Toy *self, gconstpointer unused)
{
  sync_events (&self->base, TRUE, "p1", encrypt_text ("$9", PAUL, 9, "s9", "neuf"), NULL);
  fill (&self->base, "p1", NULL, encrypt_text ("$1", PAUL, 1, "s1", "un"), NULL);
  give_key (self, "s1");
  assert_body (self, "$1", "un");
  /* Old messages ring no bell. */
  g_assert_cmpuint (self->base.changes->notifications->len, ==, 0);
}

static void
test_late_edit (Toy *self, gconstpointer unused)
{
  g_autoptr (MxTimelineRow) row = NULL;
  g_autoptr (MxRoomRow) room = NULL;

  know (self, "s1");
  sync_events (&self->base,
               FALSE,
               NULL,
               encrypt_text ("$1", PAUL, 1, "s1", "un"),
               encrypt ("$e",
                        PAUL,
                        2,
                        "s2",
                        "{'type':'m.room.message','room_id':'" ROOM
                        "','content':{'msgtype':'m.text','body':'* deux',"
                        "'m.new_content':{'msgtype':'m.text','body':'deux'}}}",
                        ",'m.relates_to':{'rel_type':'m.replace','event_id':'$1'}"),
               NULL);
  row = load (self, "$1");
  g_assert_null (row->edit);
  g_clear_pointer (&row, mx_timeline_row_free);

  give_key (self, "s2");
  g_assert_true (is_changed (self, "$1"));
  row = load (self, "$1");
  g_assert_nonnull (row->edit);
  room = get_row (&self->base, ROOM);
  g_assert_cmpstr (room->last_summary, ==, "deux");
}

static void
test_late_invisible (Toy *self, gconstpointer unused)
{
  sync_events (&self->base,
               FALSE,
               NULL,
               encrypt ("$v",
                        PAUL,
                        1,
                        "s1",
                        "{'type':'m.key.verification.done','room_id':'" ROOM "','content':{}}",
                        ""),
               NULL);
  assert_timeline (&self->base, "[] $v");
  give_key (self, "s1");
  assert_timeline (&self->base, "[]");
  g_assert_true (changed (&self->base, ROOM) & MX_ROOM_CHANGED_GAPS);
}

static void
test_redacted_meanwhile (Toy *self, gconstpointer unused)
{
  g_autoptr (MxTimelineRow) row = NULL;

  sync_events (&self->base,
               FALSE,
               NULL,
               encrypt_text ("$1", PAUL, 1, "s1", "un"),
               make_redaction ("$r", PAUL, 2, "$1"),
               NULL);
  give_key (self, "s1");
  g_assert_cmpstr (self->order->str, ==, "");
  row = load (self, "$1");
  g_assert_cmpint (row->failure, ==, MX_DECRYPTION_OK);
  g_assert_cmpstr (row->redacted_by, ==, PAUL);
}

static void
test_encrypted_redaction (Toy *self, gconstpointer unused)
{
  know (self, "s1");
  sync_events (&self->base,
               FALSE,
               NULL,
               encrypt_text ("$1", PAUL, 1, "s1", "un"),
               encrypt ("$r",
                        LEA,
                        2,
                        "s1",
                        "{'type':'m.room.redaction','room_id':'" ROOM
                        "','content':{'redacts':'$1'}}",
                        ""),
               NULL);
  assert_body (self, "$1", "un");
}

static void
test_new_reason (Toy *self, gconstpointer unused)
{
  g_autoptr (MxTimelineRow) row = NULL;
  g_autoptr (GError) error = NULL;

  sync_events (&self->base, FALSE, NULL, encrypt_text ("$1", PAUL, 1, "s1", "un"), NULL);
  self->failure = MX_DECRYPTION_WITHHELD;
  begin (&self->base);
  g_assert_cmpint (
    mx_store_decrypt_again (self->base.store, ROOM, NULL, self->base.changes, &error), ==, 0);
  g_assert_no_error (error);
  commit (&self->base);
  g_assert_true (is_changed (self, "$1"));
  row = load (self, "$1");
  g_assert_cmpint (row->failure, ==, MX_DECRYPTION_WITHHELD);
}

static void
test_missing_sessions (Toy *self, gconstpointer unused)
{
  g_auto (GStrv) all = NULL;
  g_auto (GStrv) one = NULL;
  g_autofree char *text = NULL;

  sync_events (&self->base,
               FALSE,
               NULL,
               encrypt_text ("$1", PAUL, 1, "s1", "un"),
               encrypt_text ("$2", PAUL, 2, "s2", "deux"),
               encrypt_text ("$3", PAUL, 3, "s1", "trois"),
               NULL);
  all = mx_store_load_missing_sessions (self->base.store, NULL, 10);
  text = g_strjoinv (" ", all);
  g_assert_cmpstr (text, ==, ROOM " s1 " ROOM " s2");
  one = mx_store_load_missing_sessions (self->base.store, ROOM, 1);
  g_assert_cmpuint (g_strv_length (one), ==, 2);
}

static void
test_days (Toy *self, gconstpointer unused)
{
  g_autoptr (GArray) days = NULL;
  GString *text = g_string_new (NULL);

  know (self, "s1");
  sync_events (&self->base,
               FALSE,
               NULL,
               encrypt_text ("$1", PAUL, 1, "s1", "un"),
               encrypt_text ("$2", PAUL, 2, "s2", "deux"),
               encrypt_text ("$3", PAUL, 3, "s2", "trois"),
               NULL);
  give_key (self, "s2");
  days = mx_store_load_decryption_days (self->base.store, 30);
  for (guint i = 0; i < days->len; i++)
    {
      const MxDecryptionDay *day = &g_array_index (days, MxDecryptionDay, i);

      g_string_append_printf (text, "%d:%" G_GINT64_FORMAT " ", day->outcome, day->count);
    }
  g_assert_cmpstr (text->str, ==, "-1:2 0:1 1:2 ");
  g_string_free (text, TRUE);
}

static void
test_rollback (Toy *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  mx_store_begin (self->base.store, &error);
  g_assert_no_error (error);
  mx_store_rollback (self->base.store);
  g_assert_cmpuint (self->rolled_back, ==, 1);
}

/* -- The latch ----------------------------------------------------------------------------------
 */

static void
assert_encryption (Toy *self, const char *algorithm, gint64 period_ms, gint64 messages)
{
  g_autoptr (MxRoomEncryption) encryption = mx_store_get_room_encryption (self->base.store, ROOM);

  g_assert_nonnull (encryption);
  g_assert_cmpstr (encryption->algorithm, ==, algorithm);
  g_assert_cmpint (encryption->rotation_period_ms, ==, period_ms);
  g_assert_cmpint (encryption->rotation_messages, ==, messages);
}

static void
say_encryption (Toy *self, const char *event_id, const char *content)
{
  sync_events (&self->base,
               FALSE,
               NULL,
               make_state (event_id, PAUL, "m.room.encryption", "", content),
               NULL);
}

static void
test_latch (Toy *self, gconstpointer unused)
{
  g_autoptr (MxRoomRow) row = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (mx_store_get_room_encryption (self->base.store, ROOM));
  say_encryption (self, "$1", "{'algorithm':'m.megolm.v1.aes-sha2'}");
  assert_encryption (self, "m.megolm.v1.aes-sha2", 604800000, 100);
  say_encryption (self, "$2", "{'algorithm':'none'}");
  assert_encryption (self, "m.megolm.v1.aes-sha2", 604800000, 100);
  say_encryption (self, "$3", "{}");
  assert_encryption (self, "m.megolm.v1.aes-sha2", 604800000, 100);

  /* Not even by forgetting the room and coming back to one without the state. */
  begin (&self->base);
  mx_store_forget_room (self->base.store, ROOM, self->base.changes, &error);
  g_assert_no_error (error);
  commit (&self->base);
  sync_events (&self->base, FALSE, NULL, make_text ("$9", PAUL, 9, "clair"), NULL);
  row = get_row (&self->base, ROOM);
  g_assert_true (row->is_encrypted);
}

static void
test_latch_unknown (Toy *self, gconstpointer unused)
{
  say_encryption (self, "$1", "{'algorithm':'m.future'}");
  assert_encryption (self, "m.future", 604800000, 100);
  say_encryption (self, "$2", "{'algorithm':'m.megolm.v1.aes-sha2'}");
  assert_encryption (self, "m.megolm.v1.aes-sha2", 604800000, 100);
}

static void
test_latch_stricter (Toy *self, gconstpointer unused)
{
  say_encryption (self,
                  "$1",
                  "{'algorithm':'m.megolm.v1.aes-sha2','rotation_period_ms':86400000,"
                  "'rotation_period_msgs':50}");
  assert_encryption (self, "m.megolm.v1.aes-sha2", 86400000, 50);
  say_encryption (self,
                  "$2",
                  "{'algorithm':'m.megolm.v1.aes-sha2','rotation_period_ms':10000000000000,"
                  "'rotation_period_msgs':1000000000}");
  assert_encryption (self, "m.megolm.v1.aes-sha2", 86400000, 50);
  say_encryption (
    self,
    "$3",
    "{'algorithm':'m.megolm.v1.aes-sha2','rotation_period_ms':0,'rotation_period_msgs':0}");
  assert_encryption (self, "m.megolm.v1.aes-sha2", 3600000, 1);
}

/* -- Our own sessions ---------------------------------------------------------------------------
 */

static void
put_outbound (Toy *self)
{
  g_autoptr (GBytes) pickle = g_bytes_new_static ("pickle", 6);
  MxStoredOutbound session = { .room_id = (char *) ROOM,
                               .session_id = (char *) "own",
                               .pickle = pickle,
                               .created_ms = 5,
                               .messages = 3,
                               .visibility = (char *) "shared" };
  g_autoptr (GError) error = NULL;

  begin (&self->base);
  mx_store_put_outbound (self->base.store, &session, &error);
  g_assert_no_error (error);
  commit (&self->base);
}

static gboolean
is_over (Toy *self)
{
  g_autoptr (MxStoredOutbound) session = mx_store_get_outbound (self->base.store, ROOM);

  g_assert_nonnull (session);
  return session->is_over;
}

static void
test_member_leaves (Toy *self, gconstpointer unused)
{
  MxRoomDelta *room;
  MxSyncDelta *delta = make_delta (MX_SYNC_CLASSIC, ROOM, &room);

  delta_add_state (room, make_member ("$a", PAUL, "join", "Paul"));
  delta_add_state (room, make_member ("$b", LEA, "invite", "Léa"));
  apply (&self->base, delta);
  put_outbound (self);

  /* A new name, another member: the session goes on (E2E-057). */
  sync_events (&self->base, FALSE, NULL, make_member ("$c", PAUL, "join", "Paul M."), NULL);
  g_assert_false (is_over (self));
  sync_events (&self->base,
               FALSE,
               NULL,
               make_member ("$d", "@max:example.org", "join", "Max"),
               NULL);
  g_assert_false (is_over (self));

  sync_events (&self->base, FALSE, NULL, make_member ("$e", PAUL, "leave", NULL), NULL);
  g_assert_true (is_over (self));
  /* An invitation that is withdrawn. */
  put_outbound (self);
  sync_events (&self->base, FALSE, NULL, make_member ("$f", LEA, "leave", NULL), NULL);
  g_assert_true (is_over (self));
  /* Came and went in a gap. */
  put_outbound (self);
  sync_events (&self->base, TRUE, "p", make_member ("$g", PAUL, "leave", NULL), NULL);
  g_assert_true (is_over (self));
}

static void
test_history_does_not_rotate (Toy *self, gconstpointer unused)
{
  sync_events (&self->base, TRUE, "p1", make_text ("$9", PAUL, 9, "neuf"), NULL);
  put_outbound (self);
  fill (&self->base, "p1", NULL, make_member ("$1", LEA, "leave", NULL), NULL);
  g_assert_false (is_over (self));
}

static void
test_shares (Toy *self, gconstpointer unused)
{
  MxStoredShare share = { .room_id = (char *) ROOM,
                          .session_id = (char *) "own",
                          .user_id = (char *) PAUL,
                          .device_id = (char *) "D",
                          .curve25519 = { 1 },
                          .message_index = 4,
                          .olm_session = (char *) "olm" };
  g_autoptr (MxStoredShare) found = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (MxStoredOutbound) session = NULL;
  g_autoptr (GPtrArray) lost = NULL;
  g_autoptr (GPtrArray) fresh = NULL;
  g_autoptr (GPtrArray) none = NULL;

  put_outbound (self);
  session = mx_store_get_outbound (self->base.store, ROOM);
  begin (&self->base);
  mx_store_put_megolm_start (self->base.store, session, &error);
  g_assert_no_error (error);
  mx_store_put_share (self->base.store, &share, &error);
  g_assert_no_error (error);
  share.device_id = (char *) "W";
  share.curve25519[0] = 2;
  share.message_index = -1;
  share.withheld = (char *) "m.unverified";
  mx_store_put_share (self->base.store, &share, &error);
  g_assert_no_error (error);
  commit (&self->base);
  lost = mx_store_load_lost_shares (
    self->base.store, PAUL, (const guint8[32]) { 1 }, "new", 0, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (lost->len, ==, 1);
  fresh = mx_store_load_lost_shares (
    self->base.store, PAUL, (const guint8[32]) { 1 }, "olm", 0, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fresh->len, ==, 0);
  none = mx_store_load_lost_shares (
    self->base.store, PAUL, (const guint8[32]) { 2 }, "new", 0, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (none->len, ==, 0);

  found = mx_store_get_share (self->base.store, "own", PAUL, "D");
  g_assert_cmpint (found->message_index, ==, 4);
  mx_stored_share_free (found);
  found = mx_store_get_share (self->base.store, "own", PAUL, "W");
  g_assert_cmpint (found->message_index, ==, -1);
  g_assert_cmpstr (found->withheld, ==, "m.unverified");
}

#define ADD(path, func) g_test_add (path, Toy, NULL, toy_set_up, func, toy_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/store/decryption/sync", test_sync);
  ADD ("/store/decryption/page-order", test_page_order);
  ADD ("/store/decryption/context-and-single", test_context_and_single);
  ADD ("/store/decryption/E2E-083-bundled", test_bundled);
  ADD ("/store/decryption/E2E-081-late-key", test_late_key);
  ADD ("/store/decryption/E2E-081-late-mention", test_late_mention);
  ADD ("/store/decryption/E2E-081-late-but-read", test_late_but_read);
  ADD ("/store/decryption/E2E-081-late-history", test_late_history);
  ADD ("/store/decryption/E2E-081-late-edit", test_late_edit);
  ADD ("/store/decryption/E2E-081-late-invisible", test_late_invisible);
  ADD ("/store/decryption/E2E-081-redacted-meanwhile", test_redacted_meanwhile);
  ADD ("/store/decryption/E2E-087-encrypted-redaction", test_encrypted_redaction);
  ADD ("/store/decryption/E2E-082-new-reason", test_new_reason);
  ADD ("/store/decryption/E2E-137-missing-sessions", test_missing_sessions);
  ADD ("/store/decryption/days", test_days);
  ADD ("/store/decryption/rollback", test_rollback);
  ADD ("/store/decryption/E2E-065-latch", test_latch);
  ADD ("/store/decryption/E2E-065-unknown-algorithm", test_latch_unknown);
  ADD ("/store/decryption/E2E-066-stricter-only", test_latch_stricter);
  ADD ("/store/decryption/E2E-054-E2E-055-E2E-057-members", test_member_leaves);
  ADD ("/store/decryption/E2E-057-history", test_history_does_not_rotate);
  ADD ("/store/decryption/E2E-061-shares", test_shares);
  return g_test_run ();
}
