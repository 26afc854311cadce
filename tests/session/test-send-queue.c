/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The outbox against a server that answers as told: order, one transaction id for all attempts and
 * runs, refusals, edits and deletions of what is not sent yet. */
#include "config.h"

#include "local-server.h"
#include "mx-error.h"
#include "mx-login.h"
#include "mx-room-list.h"
#include "session-fixture.h"

typedef struct
{
  SessionFixture session;
  LocalServer *server;
  MxRoom *room;
  GPtrArray *puts;   /* "TXN BODY" of each request that sends */
  unsigned failures; /* answered with this status first */
  unsigned status;
  gboolean held; /* the next one gets no answer */
} Fixture;

static void
server_cb (Request *request, gpointer data)
{
  Fixture *self = data;
  g_autofree char *path = NULL;
  g_autofree char *txn_id = NULL;
  g_autofree char *answer = NULL;

  if (strstr (request->path, "/state/m.room.encryption") != NULL)
    {
      respond_json (request, 404, "{\"errcode\":\"M_NOT_FOUND\"}"); /* the room is clear */
      return;
    }
  if (strstr (request->path, "/send/") == NULL && strstr (request->path, "/redact/") == NULL)
    {
      hold (request); /* the sync loop waits */
      return;
    }

  path = g_strdup (request->path);
  txn_id = g_path_get_basename (path);
  g_ptr_array_add (self->puts, g_strdup_printf ("%s %s", txn_id, request->body));
  if (self->held)
    hold (request);
  else if (self->failures > 0)
    {
      self->failures--;
      respond_json (request, self->status, "{\"errcode\":\"M_FORBIDDEN\"}");
    }
  else
    {
      answer = g_strdup_printf ("{\"event_id\":\"$of-%s\"}", txn_id);
      respond_json (request, 200, answer);
    }
}

static const char *
get_put (Fixture *self, unsigned i)
{
  return g_ptr_array_index (self->puts, i);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->puts = g_ptr_array_new_with_free_func (g_free);
  self->server = local_server_new (server_cb, self);
  session_fixture_init_at (&self->session, self->server->base);
  self->room = session_fixture_make_room (&self->session);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  session_fixture_clear (&self->session);
  local_server_free (self->server);
  g_ptr_array_unref (self->puts);
}

static char *
send_text (Fixture *self, const char *text)
{
  g_autoptr (GError) error = NULL;
  char *txn_id = NULL;

  g_assert_true (mx_room_send_text (self->room, text, FALSE, &txn_id, &error));
  g_assert_no_error (error);

  return txn_id;
}

static void
assert_sent (Fixture *self, const char *txn_id)
{
  g_autofree char *expected = g_strconcat ("$of-", txn_id, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *event_id = await_text (mx_room_wait_sent (self->room, txn_id), &error);

  g_assert_no_error (error);
  g_assert_cmpstr (event_id, ==, expected);
}

static guint
get_waiting (Fixture *self)
{
  guint waiting = 0;

  g_object_get (self->session.session, "outbox-waiting", &waiting, NULL);

  return waiting;
}

static void
wait_for_puts (Fixture *self, unsigned count)
{
  while (self->puts->len < count)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_order (Fixture *self, gconstpointer data)
{
  g_autofree char *one = send_text (self, "un");
  g_autofree char *two = send_text (self, "deux");
  g_autofree char *three = send_text (self, "trois");

  g_assert_cmpuint (get_waiting (self), ==, 3);
  mx_session_start (self->session.session);
  assert_sent (self, three);
  assert_sent (self, one);
  assert_sent (self, two);
  g_assert_cmpuint (self->puts->len, ==, 3);
  g_assert_true (g_str_has_prefix (get_put (self, 0), one));
  g_assert_true (g_str_has_prefix (get_put (self, 1), two));
  g_assert_true (g_str_has_prefix (get_put (self, 2), three));
  g_assert_cmpuint (get_waiting (self), ==, 0);
}

static void
test_same_transaction (Fixture *self, gconstpointer data)
{
  g_autofree char *one = NULL;

  self->failures = 1;
  self->status = 502;
  mx_session_start (self->session.session);
  one = send_text (self, "un");
  assert_sent (self, one);
  g_assert_cmpuint (self->puts->len, ==, 2);
  g_assert_cmpstr (get_put (self, 0), ==, get_put (self, 1));
}

/* What was on its way when the program ended leaves again, under the same transaction id. */
static void
test_next_run (Fixture *self, gconstpointer data)
{
  g_autofree char *one = send_text (self, "un");
  g_autofree char *two = send_text (self, "deux");
  g_autoptr (DexFuture) closed = NULL;
  g_autoptr (DexFuture) opened = NULL;

  self->held = TRUE;
  mx_session_start (self->session.session);
  wait_for_puts (self, 1);
  closed = session_fixture_wait (mx_session_close (self->session.session));
  self->held = FALSE;

  opened = session_fixture_wait (mx_session_open (self->session.session));
  self->room = mx_room_list_find (mx_session_get_rooms (self->session.session), FIXTURE_ROOM);
  g_assert_cmpuint (get_waiting (self), ==, 2);
  mx_session_start (self->session.session);
  assert_sent (self, one);
  assert_sent (self, two);
  g_assert_cmpuint (self->puts->len, ==, 3);
  g_assert_cmpstr (get_put (self, 0), ==, get_put (self, 1));
}

static void
test_refused (Fixture *self, gconstpointer data)
{
  g_autofree char *one = NULL;
  g_autofree char *two = NULL;
  g_autofree char *three = NULL;

  self->failures = 1;
  self->status = 403;
  mx_session_start (self->session.session);
  one = send_text (self, "un");
  await_error (mx_room_wait_sent (self->room, one), MX_MATRIX_ERROR, MX_MATRIX_ERROR_FORBIDDEN);
  await_error (mx_room_wait_sent (self->room, one), MX_MATRIX_ERROR, MX_MATRIX_ERROR_FORBIDDEN);

  /* The others go on; the refused one waits for the user. */
  two = send_text (self, "deux");
  assert_sent (self, two);
  mx_room_retry (self->room, one);
  assert_sent (self, one);

  self->failures = 1;
  three = send_text (self, "trois");
  await_error (mx_room_wait_sent (self->room, three), MX_MATRIX_ERROR, MX_MATRIX_ERROR_FORBIDDEN);
  mx_room_cancel_send (self->room, three);
  g_assert_cmpuint (self->puts->len, ==, 4);
}

static void
test_replace_and_delete (Fixture *self, gconstpointer data)
{
  g_autofree char *one = send_text (self, "un");
  g_autofree char *two = send_text (self, "deux");
  g_autoptr (DexFuture) gone = mx_room_wait_sent (self->room, two);
  g_autoptr (GError) error = NULL;

  g_assert_true (mx_room_replace_unsent (self->room, one, "uno", FALSE, &error));
  g_assert_no_error (error);
  mx_room_cancel_send (self->room, two);
  await_error (g_steal_pointer (&gone), G_IO_ERROR, G_IO_ERROR_CANCELLED);
  mx_session_start (self->session.session);
  assert_sent (self, one);
  g_assert_cmpuint (self->puts->len, ==, 1);
  g_assert_nonnull (strstr (get_put (self, 0), "\"uno\""));
}

/* What may be at the server cannot be replaced in the outbox: an edit and a redaction follow it. */
static void
test_replace_on_the_way (Fixture *self, gconstpointer data)
{
  g_autofree char *one = NULL;
  g_autofree char *event_id = NULL;
  g_autoptr (GError) error = NULL;

  self->failures = 1;
  self->status = 502;
  mx_session_start (self->session.session);
  one = send_text (self, "un");
  wait_for_puts (self, 1);
  g_assert_true (mx_room_replace_unsent (self->room, one, "uno", FALSE, &error));
  g_assert_no_error (error);
  mx_room_cancel_send (self->room, one);
  wait_for_puts (self, 4);

  event_id = g_strconcat ("\"$of-", one, "\"", NULL);
  g_assert_cmpstr (get_put (self, 0), ==, get_put (self, 1));
  g_assert_nonnull (strstr (get_put (self, 2), "m.replace"));
  g_assert_nonnull (strstr (get_put (self, 2), event_id));
  g_assert_false (g_str_has_prefix (get_put (self, 3), one));
}

static void
test_bad_input (Fixture *self, gconstpointer data)
{
  g_autofree char *long_text = g_strnfill (70000, 'x');
  g_autoptr (GError) error = NULL;

  g_assert_false (mx_room_send_text (self->room, " \n", TRUE, NULL, &error));
  g_assert_error (error, MX_SESSION_ERROR, MX_SESSION_ERROR_BAD_INPUT);
  g_clear_error (&error);
  g_assert_false (mx_room_send_text (self->room, long_text, FALSE, NULL, &error));
  g_assert_error (error, MX_SESSION_ERROR, MX_SESSION_ERROR_TOO_LONG);
  g_clear_error (&error);
  g_assert_false (mx_room_send_content (self->room, "m.room.message", "[]", NULL, &error));
  g_assert_error (error, MX_SESSION_ERROR, MX_SESSION_ERROR_BAD_INPUT);
  g_clear_error (&error);
  g_assert_false (mx_room_edit_text (self->room, "$name", "x", FALSE, &error));
  g_assert_error (error, MX_SESSION_ERROR, MX_SESSION_ERROR_BAD_INPUT);
  g_assert_cmpuint (get_waiting (self), ==, 0);
}

#define TEST(name, func) g_test_add ("/send-queue/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();

  TEST ("order", test_order);
  TEST ("same-transaction", test_same_transaction);
  TEST ("next-run", test_next_run);
  TEST ("refused", test_refused);
  TEST ("replace-and-delete", test_replace_and_delete);
  TEST ("replace-on-the-way", test_replace_on_the_way);
  TEST ("bad-input", test_bad_input);

  return g_test_run ();
}
