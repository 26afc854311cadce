/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A damaged store: the session saves what can be read, says so, and goes on. */
#include "config.h"

#include "session-fixture.h"

#include "mx-error.h"
#include "mx-session-private.h"
#include "mx-session-repair.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE  4096
#define DRAFT "Ce que j'allais dire"

static void
set_up (SessionFixture *self, gconstpointer data)
{
  session_fixture_init (self);
}

static void
tear_down (SessionFixture *self, gconstpointer data)
{
  session_fixture_clear (self);
}

static char *
file_of (SessionFixture *self, const char *name)
{
  return g_build_filename (mx_session_get_folder (self->session), name, NULL);
}

static void
close_session (SessionFixture *self)
{
  g_autoptr (DexFuture) closed = session_fixture_wait (mx_session_close (self->session));
}

static void
open_session (SessionFixture *self)
{
  g_autoptr (DexFuture) opened = session_fixture_wait (mx_session_open (self->session));
}

static void
fill_up (SessionFixture *self)
{
  g_autoptr (GString) events = g_string_new (NULL);
  MxRoom *room = session_fixture_make_room (self);

  for (guint i = 0; i < 600; i++)
    {
      g_autofree char *id = g_strdup_printf ("$%u", i);
      g_autofree char *event =
        session_fixture_message (id, FIXTURE_OTHER, 1700000001000 + i, "Un message", NULL);

      g_string_append_printf (events, "%s%s", i > 0 ? "," : "", event);
    }
  session_fixture_append (self, events->str, NULL);
  mx_room_set_draft (room, DRAFT);
}

static void
assert_draft (SessionFixture *self)
{
  MxRoom *room = mx_room_list_find (mx_session_get_rooms (self->session), FIXTURE_ROOM);

  g_autofree char *draft = NULL;

  g_assert_nonnull (room);
  draft = mx_room_dup_draft (room);
  g_assert_cmpstr (draft, ==, DRAFT);
}

static void
state_cb (MxSession *session, GParamSpec *pspec, gboolean *repaired)
{
  *repaired = *repaired || mx_session_get_state (session) == MX_SESSION_REPAIRING;
}

/* Damage that was met by an earlier process. */
static void
test_open (SessionFixture *self, gconstpointer data)
{
  g_autofree char *note = file_of (self, "store.damaged");
  const MxSessionRepair *repair = NULL;
  gboolean repaired = FALSE;
  g_autofree char *kept = NULL;

  fill_up (self);
  close_session (self);
  g_assert_true (g_file_set_contents (note, "", 0, NULL));
  g_signal_connect (self->session, "notify::state", G_CALLBACK (state_cb), &repaired);

  open_session (self);
  g_assert_true (repaired);
  g_assert_cmpint (mx_session_get_state (self->session), ==, MX_SESSION_OPEN);
  assert_draft (self);
  repair = mx_session_get_repair (self->session);
  g_assert_nonnull (repair);
  g_assert_cmpint (repair->lost, ==, 0);
  g_assert_false (repair->lost_own_words || repair->lost_account || repair->is_older);
  kept = file_of (self, repair->kept_file);
  g_assert_true (g_file_test (kept, G_FILE_TEST_EXISTS));

  /* Told again until somebody has read it. */
  close_session (self);
  open_session (self);
  g_assert_nonnull (mx_session_get_repair (self->session));
  mx_session_acknowledge_repair (self->session);
  g_assert_null (mx_session_get_repair (self->session));
  close_session (self);
  open_session (self);
  g_assert_null (mx_session_get_repair (self->session));
  g_signal_handlers_disconnect_by_func (self->session, state_cb, &repaired);
}

/* Damage that nobody meets before something is read from there. */
static void
test_running (SessionFixture *self, gconstpointer data)
{
  g_autofree char *path = file_of (self, "store.db");
  g_autofree guint8 *noise = g_malloc (PAGE);
  g_autoptr (DexFuture) report = NULL;
  const MxSessionRepair *repair = NULL;
  struct stat status;
  gboolean repaired = FALSE;
  int fd;

  fill_up (self);
  close_session (self);
  g_assert_cmpint (stat (path, &status), ==, 0);
  fd = open (path, O_WRONLY | O_CLOEXEC);
  mx_random (noise, PAGE);
  g_assert_cmpint (pwrite (fd, noise, PAGE, status.st_size * 3 / 4 / PAGE * PAGE), ==, PAGE);
  close (fd);

  open_session (self);
  g_assert_cmpint (mx_session_get_state (self->session), ==, MX_SESSION_OPEN);
  g_assert_null (mx_session_get_repair (self->session));
  g_signal_connect (self->session, "notify::state", G_CALLBACK (state_cb), &repaired);
  report = mx_session_report (self->session);
  while (!repaired || mx_session_get_state (self->session) != MX_SESSION_OPEN)
    g_main_context_iteration (NULL, TRUE);
  while (dex_future_is_pending (report))
    g_main_context_iteration (NULL, TRUE);

  assert_draft (self);
  repair = mx_session_get_repair (self->session);
  g_assert_nonnull (repair);
  g_assert_false (repair->lost_own_words);
  g_signal_handlers_disconnect_by_func (self->session, state_cb, &repaired);
}

static void
assert_locked (SessionFixture *self)
{
  g_autoptr (DexFuture) opened = mx_session_open (self->session);
  g_autoptr (GError) error = NULL;

  while (dex_future_is_pending (opened))
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (dex_future_get_value (opened, &error));
  g_assert_error (error, MX_STORE_ERROR, MX_STORE_ERROR_DAMAGED);
  g_assert_cmpint (mx_session_get_state (self->session), ==, MX_SESSION_LOCKED);
}

/* No store is made anew for an account that had one. */
static void
test_gone (SessionFixture *self, gconstpointer data)
{
  g_autofree char *path = file_of (self, "store.db");

  close_session (self);
  g_assert_cmpint (truncate (path, 0), ==, 0);
  assert_locked (self);
  g_assert_cmpint (g_unlink (path), ==, 0);
  assert_locked (self);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static gboolean
lose_token (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  return mx_store_set_value (store, "access_token", NULL, error);
}

/* The password is asked for again, for the same device. */
static void
test_no_token (SessionFixture *self, gconstpointer data)
{
  g_autoptr (DexFuture) lost =
    session_fixture_wait (mx_session_write (self->session, lose_token, NULL, NULL));

  close_session (self);
  open_session (self);
  g_assert_cmpint (mx_session_get_state (self->session), ==, MX_SESSION_SOFT_SIGNED_OUT);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();

  g_test_add ("/session/repair/open", SessionFixture, NULL, set_up, test_open, tear_down);
  g_test_add ("/session/repair/running", SessionFixture, NULL, set_up, test_running, tear_down);
  g_test_add ("/session/repair/gone", SessionFixture, NULL, set_up, test_gone, tear_down);
  g_test_add ("/session/repair/no-token", SessionFixture, NULL, set_up, test_no_token, tear_down);

  return g_test_run ();
}
