/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* MxTimeline over a real store: what is drawn, that items keep their identity, and that the list
 * after any sequence of changes is what a list opened afresh would be. */
#include "config.h"

#include "mx-timeline.h"
#include "session-fixture.h"

#define T0 G_GINT64_CONSTANT (1700000100000)

/* The last n rows, without the read marker: where it stands depends on when one began to read. */
static char *
describe (GListModel *model, guint n)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (MxTimelineItem) item = g_list_model_get_item (model, i);
      MxContent *content = mx_timeline_item_get_content (item);
      GListModel *children = mx_timeline_item_get_events (item);
      const char *id = mx_timeline_item_get_event_id (item);
      const char *body = content != NULL ? mx_content_get_body (content) : NULL;

      if (mx_timeline_item_get_kind (item) != MX_ITEM_READ_MARKER)
        g_ptr_array_add (lines,
                         g_strdup_printf ("%d:%s:%s:%s:%u\n",
                                          mx_timeline_item_get_kind (item),
                                          id != NULL ? id : "-",
                                          body != NULL ? body : "-",
                                          mx_timeline_item_get_txn_id (item) != NULL ? "local"
                                                                                     : "-",
                                          children != NULL ? g_list_model_get_n_items (children)
                                                           : 0));
    }

  for (guint i = lines->len > n ? lines->len - n : 0; i < lines->len; i++)
    g_string_append (text, g_ptr_array_index (lines, i));

  return g_string_free_and_steal (text);
}

/* The tail that both lists have is the same; positions told by items-changed were true. */
static void
assert_like_fresh (MxTimeline *timeline, GPtrArray *mirror)
{
  g_autoptr (MxTimeline) fresh = mx_timeline_new (mx_timeline_get_room (timeline));
  GListModel *a = G_LIST_MODEL (timeline);
  GListModel *b = G_LIST_MODEL (fresh);
  guint n = MIN (g_list_model_get_n_items (a), g_list_model_get_n_items (b));
  g_autofree char *left = NULL;
  g_autofree char *right = NULL;

  /* The first rows of a window depend on where it begins. */
  n = n > 6 ? n - 6 : 0;
  left = describe (a, n);
  right = describe (b, n);
  g_assert_cmpstr (left, ==, right);

  g_assert_cmpuint (mirror->len, ==, g_list_model_get_n_items (a));
  for (guint i = 0; i < mirror->len; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (a, i);

      g_assert_true (item == g_ptr_array_index (mirror, i));
    }
}

static void
mirror_cb (GListModel *model, guint position, guint removed, guint added, GPtrArray *mirror)
{
  if (removed > 0)
    g_ptr_array_remove_range (mirror, position, removed);
  for (guint i = 0; i < added; i++)
    g_ptr_array_insert (mirror, position + i, g_list_model_get_item (model, position + i));
}

static GPtrArray *
mirror_new (MxTimeline *timeline)
{
  GPtrArray *mirror = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (timeline)); i++)
    g_ptr_array_add (mirror, g_list_model_get_item (G_LIST_MODEL (timeline), i));
  g_signal_connect (timeline, "items-changed", G_CALLBACK (mirror_cb), mirror);

  return mirror;
}

static void
append_messages (SessionFixture *fixture, guint from, guint n, const char *prev_batch)
{
  g_autoptr (GString) events = g_string_new (NULL);

  for (guint i = from; i < from + n; i++)
    {
      g_autofree char *id = g_strdup_printf ("$e%u", i);
      g_autofree char *body = g_strdup_printf ("message %u", i);
      g_autofree char *event = session_fixture_message (id,
                                                        i % 3 ? FIXTURE_OTHER : FIXTURE_USER,
                                                        T0 + i * 60000,
                                                        body,
                                                        NULL);

      g_string_append_printf (events, "%s%s", events->len > 0 ? "," : "", event);
    }
  session_fixture_append (fixture, events->str, prev_batch);
}

static void
test_open (void)
{
  SessionFixture fixture;
  MxRoom *room;

  session_fixture_init (&fixture);
  room = session_fixture_make_room (&fixture);
  append_messages (&fixture, 0, 5, NULL);

  {
    g_autoptr (MxTimeline) timeline = mx_timeline_new (room);
    GListModel *model = G_LIST_MODEL (timeline);
    g_autoptr (MxTimelineItem) last =
      g_list_model_get_item (model, g_list_model_get_n_items (model) - 1);
    guint messages = 0;

    g_assert_cmpint (mx_timeline_item_get_kind (last), ==, MX_ITEM_FOOTER);
    g_assert_true (mx_timeline_is_at_live_end (timeline));
    for (guint i = 0; i < g_list_model_get_n_items (model); i++)
      {
        g_autoptr (MxTimelineItem) item = g_list_model_get_item (model, i);

        messages += mx_timeline_item_get_kind (item) == MX_ITEM_MESSAGE;
      }
    g_assert_cmpuint (messages, ==, 5);
  }

  session_fixture_clear (&fixture);
}

/* However much is unread, and whatever is missing between it and what was read. */
static void
test_open_live (void)
{
  SessionFixture fixture;
  MxRoom *room;
  g_autoptr (GString) events = g_string_new (NULL);

  session_fixture_init (&fixture);
  room = session_fixture_make_room (&fixture);
  append_messages (&fixture, 0, 4, NULL);
  for (guint i = 0; i < 60; i++)
    {
      g_autofree char *id = g_strdup_printf ("$unread%u", i);
      g_autofree char *event =
        session_fixture_message (id, FIXTURE_OTHER, T0 + (10 + i) * 60000, "non lu", NULL);

      g_string_append_printf (events, "%s%s", i > 0 ? "," : "", event);
    }
  session_fixture_append (&fixture, events->str, "gap-token");

  {
    g_autoptr (MxTimeline) unread = mx_timeline_new (room);
    g_autoptr (MxTimeline) live = mx_timeline_new_live (room);

    g_assert_false (mx_timeline_is_at_live_end (unread));
    g_assert_true (mx_timeline_is_at_live_end (live));
    g_assert_cmpuint (mx_timeline_find (unread, "$unread59"), ==, G_MAXUINT);
    g_assert_cmpuint (mx_timeline_find (live, "$unread59"), !=, G_MAXUINT);
  }

  session_fixture_clear (&fixture);
}

static void
test_appended (void)
{
  SessionFixture fixture;
  MxRoom *room;

  session_fixture_init (&fixture);
  room = session_fixture_make_room (&fixture);
  append_messages (&fixture, 0, 5, NULL);

  {
    g_autoptr (MxTimeline) timeline = mx_timeline_new (room);
    g_autoptr (GPtrArray) mirror = mirror_new (timeline);
    guint position = mx_timeline_find (timeline, "$e3");
    g_autoptr (GObject) kept = g_list_model_get_item (G_LIST_MODEL (timeline), position);
    g_autoptr (GObject) after = NULL;

    append_messages (&fixture, 5, 20, NULL);
    assert_like_fresh (timeline, mirror);
    append_messages (&fixture, 100, 3, "gap-token");
    assert_like_fresh (timeline, mirror);
    after = g_list_model_get_item (G_LIST_MODEL (timeline), mx_timeline_find (timeline, "$e3"));
    g_assert_true (kept == after);
  }

  session_fixture_clear (&fixture);
}

static void
count_cb (MxTimelineItem *item, GParamSpec *pspec, guint *count)
{
  (*count)++;
}

/* What is drawn already is not drawn again: the place in its group is told when it changes, once.
 */
static void
test_older_rows_leave_the_others_alone (void)
{
  SessionFixture fixture;
  MxRoom *room;

  session_fixture_init (&fixture);
  room = session_fixture_make_room (&fixture);
  append_messages (&fixture, 0, 60, NULL);

  {
    g_autoptr (MxTimeline) timeline = mx_timeline_new_live (room);
    g_autoptr (GPtrArray) mirror = mirror_new (timeline);
    const guint before = mirror->len;
    guint told = 0;

    /* The first message of the window may have been part of an older group. */
    for (guint i = 3; i < before; i++)
      g_signal_connect (g_ptr_array_index (mirror, i), "notify", G_CALLBACK (count_cb), &told);
    mx_timeline_load_older (timeline);
    g_assert_cmpuint (mirror->len, >, before);
    g_assert_cmpuint (told, ==, 0);
  }

  session_fixture_clear (&fixture);
}

static void
test_edit_and_redaction (void)
{
  SessionFixture fixture;
  MxRoom *room;

  session_fixture_init (&fixture);
  room = session_fixture_make_room (&fixture);
  append_messages (&fixture, 0, 5, NULL);

  {
    g_autoptr (MxTimeline) timeline = mx_timeline_new (room);
    g_autoptr (GPtrArray) mirror = mirror_new (timeline);
    guint n = g_list_model_get_n_items (G_LIST_MODEL (timeline));
    g_autoptr (MxTimelineItem) edited =
      g_list_model_get_item (G_LIST_MODEL (timeline), mx_timeline_find (timeline, "$e2"));
    g_autoptr (MxTimelineItem) redacted =
      g_list_model_get_item (G_LIST_MODEL (timeline), mx_timeline_find (timeline, "$e1"));

    session_fixture_append (
      &fixture,
      "{\"event_id\":\"$edit\",\"type\":\"m.room.message\",\"sender\":\"" FIXTURE_OTHER
      "\",\"origin_server_ts\":1700009000000,\"content\":"
      "{\"msgtype\":\"m.text\",\"body\":\"* corrected\",\"m.new_content\":{\"msgtype\":\"m.text\",\"body\":\"corrected\"},"
      "\"m.relates_to\":{\"rel_type\":\"m.replace\",\"event_id\":\"$e2\"}}},"
      "{\"event_id\":\"$redaction\",\"type\":\"m.room.redaction\",\"redacts\":\"$e1\",\"sender\":\"" FIXTURE_OTHER
      "\",\"origin_server_ts\":1700009000001,\"content\":{}}",
      NULL);

    g_assert_cmpstr (mx_content_get_body (mx_timeline_item_get_content (edited)), ==, "corrected");
    g_assert_true (mx_timeline_item_is_edited (edited));
    g_assert_cmpint (mx_content_get_kind (mx_timeline_item_get_content (redacted)),
                     ==,
                     MX_CONTENT_REDACTED);
    g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (timeline)), ==, n);
    assert_like_fresh (timeline, mirror);
  }

  session_fixture_clear (&fixture);
}

static void
test_local_echo (void)
{
  SessionFixture fixture;
  MxRoom *room;

  session_fixture_init (&fixture);
  room = session_fixture_make_room (&fixture);
  append_messages (&fixture, 0, 5, NULL);

  {
    g_autoptr (MxTimeline) timeline = mx_timeline_new (room);
    g_autoptr (GPtrArray) mirror = mirror_new (timeline);
    guint n = g_list_model_get_n_items (G_LIST_MODEL (timeline));
    g_autofree char *txn_id = NULL;
    g_autofree char *echo = NULL;
    g_autoptr (MxTimelineItem) item = NULL;
    g_autoptr (GError) error = NULL;

    g_assert_true (mx_room_send_text (room, "bonjour", FALSE, &txn_id, &error));
    g_assert_no_error (error);
    while (g_list_model_get_n_items (G_LIST_MODEL (timeline)) == n)
      g_main_context_iteration (NULL, TRUE);

    item = g_list_model_get_item (G_LIST_MODEL (timeline),
                                  g_list_model_get_n_items (G_LIST_MODEL (timeline)) - 2);
    g_assert_cmpstr (mx_timeline_item_get_txn_id (item), ==, txn_id);
    g_assert_cmpint (mx_timeline_item_get_send_state (item), !=, MX_SEND_NONE);

    echo = session_fixture_message ("$echo",
                                    FIXTURE_USER,
                                    mx_timeline_item_get_timestamp (item),
                                    "bonjour",
                                    txn_id);
    session_fixture_append (&fixture, echo, NULL);
    g_assert_cmpstr (mx_timeline_item_get_event_id (item), ==, "$echo");
    g_assert_cmpint (mx_timeline_item_get_send_state (item), ==, MX_SEND_NONE);
    assert_like_fresh (timeline, mirror);
  }

  session_fixture_clear (&fixture);
}

static guint
count_messages (MxTimeline *timeline)
{
  guint messages = 0;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (timeline)); i++)
    {
      g_autoptr (MxTimelineItem) item = g_list_model_get_item (G_LIST_MODEL (timeline), i);

      messages += mx_timeline_item_get_kind (item) == MX_ITEM_MESSAGE;
    }

  return messages;
}

static void
test_ignored (void)
{
  SessionFixture fixture;
  MxRoom *room;

  session_fixture_init (&fixture);
  room = session_fixture_make_room (&fixture);
  append_messages (&fixture, 0, 6, NULL);

  {
    g_autoptr (MxTimeline) timeline = mx_timeline_new (room);
    g_autoptr (GPtrArray) mirror = mirror_new (timeline);

    g_assert_cmpuint (count_messages (timeline), ==, 6);
    session_fixture_account_data (&fixture,
                                  "{\"type\":\"m.ignored_user_list\",\"content\":"
                                  "{\"ignored_users\":{\"" FIXTURE_OTHER "\":{}}}}");
    g_assert_cmpuint (count_messages (timeline), ==, 2);
    assert_like_fresh (timeline, mirror);
  }

  session_fixture_clear (&fixture);
}

/* Random sequences of what a server may say. */
static void
test_random (void)
{
  for (guint round = 0; round < 8; round++)
    {
      SessionFixture fixture;
      MxRoom *room;
      guint next = 5;

      session_fixture_init (&fixture);
      room = session_fixture_make_room (&fixture);
      append_messages (&fixture, 0, 5, NULL);
      {
        g_autoptr (MxTimeline) timeline = mx_timeline_new (room);
        g_autoptr (GPtrArray) mirror = mirror_new (timeline);

        for (guint step = 0; step < 25; step++)
          {
            guint n = g_test_rand_int_range (1, 12);
            g_autofree char *token = g_strdup_printf ("gap-%u", step);

            switch (g_test_rand_int_range (0, 4))
              {
              case 0:
                append_messages (&fixture, next, n, token);
                next += n;
                break;
              case 1: /* known events again */
                append_messages (&fixture, next > n ? next - n : 0, n, NULL);
                break;
              case 2:
                mx_timeline_trim (timeline,
                                  g_list_model_get_n_items (G_LIST_MODEL (timeline)) / 2,
                                  g_list_model_get_n_items (G_LIST_MODEL (timeline)) - 1);
                break;
              default:
                append_messages (&fixture, next, n, NULL);
                next += n;
              }
            assert_like_fresh (timeline, mirror);
          }
      }
      session_fixture_clear (&fixture);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();
  g_test_add_func ("/session/timeline/open", test_open);
  g_test_add_func ("/session/timeline/open-live", test_open_live);
  g_test_add_func ("/session/timeline/appended", test_appended);
  g_test_add_func ("/session/timeline/older-rows-leave-the-others-alone",
                   test_older_rows_leave_the_others_alone);
  g_test_add_func ("/session/timeline/edit-and-redaction", test_edit_and_redaction);
  g_test_add_func ("/session/timeline/local-echo", test_local_echo);
  g_test_add_func ("/session/timeline/ignored", test_ignored);
  g_test_add_func ("/session/timeline/random", test_random);

  return g_test_run ();
}
