/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Accounts on disk: made, found again, locked without loss, replaced only when they are over. */
#include "config.h"

#include "mx-account-index.h"
#include "mx-login.h"
#include "mx-error.h"
#include "session-fixture.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

static void
assert_rejects (DexFuture *future, GQuark domain, int code)
{
  g_autoptr (DexFuture) held = future;
  g_autoptr (GError) error = NULL;

  while (dex_future_is_pending (held))
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (dex_future_get_value (held, &error));
  g_assert_error (error, domain, code);
}

static void
assert_mode (const char *dir, const char *name, unsigned mode)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  struct stat status;

  g_assert_cmpint (stat (path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, mode);
}

static char *
store_path (MxSession *session)
{
  return g_build_filename (mx_session_get_folder (session), "store.db", NULL);
}

static void
test_found_again (SessionFixture *self, gconstpointer data)
{
  g_autoptr (MxAccounts) again = NULL;
  g_autofree char *path = store_path (self->session);
  g_autofree char *head = NULL;
  gsize length = 0;
  MxSession *session = NULL;

  assert_mode (self->dir, "accounts.ini", 0600);
  assert_mode (mx_session_get_folder (self->session), "", 0700);
  g_assert_true (g_file_get_contents (path, &head, &length, NULL));
  g_assert_cmpuint (length, >, 16);
  g_assert_false (g_str_has_prefix (head, "SQLite format 3"));

  again = mx_accounts_new (self->dir, self->keyring);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (again)), ==, 1);
  session = mx_accounts_get_first (again);
  g_assert_cmpstr (mx_session_get_user_id (session), ==, FIXTURE_USER);
  g_assert_cmpint (mx_session_get_state (session), ==, MX_SESSION_CLOSED);
  g_assert_true (mx_accounts_find (again, FIXTURE_USER) == session);
  g_assert_null (mx_accounts_find (again, FIXTURE_OTHER));
}

/* The key is gone, then it is back: nothing was touched meanwhile. */
static void
test_key_lost (SessionFixture *self, gconstpointer data)
{
  const char *id = mx_session_get_entry (self->session)->id;
  g_autoptr (DexFuture) found = session_fixture_wait (mx_keyring_lookup (self->keyring, id));
  MxSecret *key = g_value_get_boxed (dex_future_get_value (found, NULL));
  g_autoptr (DexFuture) closed = session_fixture_wait (mx_session_close (self->session));
  g_autoptr (DexFuture) removed = session_fixture_wait (mx_keyring_remove (self->keyring, id));
  g_autoptr (DexFuture) stored = NULL;
  g_autoptr (DexFuture) opened = NULL;
  g_autoptr (MxSecret) wrong = mx_secret_new_random (32);

  g_assert_cmpint (mx_session_get_state (self->session), ==, MX_SESSION_CLOSED);
  assert_rejects (mx_session_open (self->session), MX_SESSION_ERROR, MX_SESSION_ERROR_KEY_LOST);
  g_assert_cmpint (mx_session_get_state (self->session), ==, MX_SESSION_LOCKED);
  g_assert_error (mx_session_get_error (self->session),
                  MX_SESSION_ERROR,
                  MX_SESSION_ERROR_KEY_LOST);

  stored = session_fixture_wait (mx_keyring_store (self->keyring, id, "", wrong));
  assert_rejects (mx_session_open (self->session), MX_STORE_ERROR, MX_STORE_ERROR_WRONG_KEY);
  g_assert_cmpint (mx_session_get_state (self->session), ==, MX_SESSION_LOCKED);
  dex_clear (&stored);

  stored = session_fixture_wait (mx_keyring_store (self->keyring, id, "", key));
  opened = session_fixture_wait (mx_session_open (self->session));
  g_assert_cmpint (mx_session_get_state (self->session), ==, MX_SESSION_OPEN);
  g_assert_no_error (mx_session_get_error (self->session));
}

/* The first page is what all others are found by. */
static void
test_damaged (SessionFixture *self, gconstpointer data)
{
  g_autofree char *path = store_path (self->session);
  g_autoptr (DexFuture) closed = session_fixture_wait (mx_session_close (self->session));
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  gsize length = 0, length_after = 0;

  g_assert_true (g_file_get_contents (path, &before, &length, NULL));
  memset (before, 'x', MIN (length, 4096));
  g_assert_true (g_file_set_contents (path, before, length, NULL));

  assert_rejects (mx_session_open (self->session), MX_STORE_ERROR, MX_STORE_ERROR_DAMAGED);
  g_assert_cmpint (mx_session_get_state (self->session), ==, MX_SESSION_LOCKED);
  g_assert_true (g_file_get_contents (path, &after, &length_after, NULL));
  g_assert_cmpmem (before, length, after, length_after);
}

/* Signing in anew takes nothing away. */
/* Whether the store of an account is kept under another name. */
static gboolean
is_kept_aside (SessionFixture *self)
{
  g_autoptr (GDir) dir = g_dir_open (self->dir, 0, NULL);
  const char *name = NULL;
  gboolean kept = FALSE;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->dir, name, "store.db", NULL);

      kept = kept || (strstr (name, ".kept-") != NULL && g_file_test (path, G_FILE_TEST_EXISTS));
    }
  return kept;
}

static void
test_set_aside (SessionFixture *self, gconstpointer data)
{
  g_autofree char *folder = g_strdup (mx_session_get_folder (self->session));
  g_autofree char *id = g_strdup (mx_session_get_entry (self->session)->id);
  g_autoptr (DexFuture) aside =
    session_fixture_wait (mx_accounts_set_aside (self->accounts, self->session));
  g_autoptr (DexFuture) found = session_fixture_wait (mx_keyring_lookup (self->keyring, id));
  g_autoptr (MxAccounts) again = mx_accounts_new (self->dir, self->keyring);

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self->accounts)), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (again)), ==, 0);
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
  g_assert_true (is_kept_aside (self));
}

static DexFuture *
sign_in (SessionFixture *self, const char *user_id, const char *device_id)
{
  g_autoptr (MxSecret) token = mx_secret_new_text ("another-token");
  MxNetworkSettings network = { 0 };
  MxLoginReply reply = {
    .user_id = (char *) user_id,
    .device_id = (char *) device_id,
    .access_token = token,
    .expires_in_ms = -1,
  };

  return mx_accounts_add (self->accounts, &reply, "http://127.0.0.1:9", &network);
}

static void
test_several (SessionFixture *self, gconstpointer data)
{
  g_autoptr (DexFuture) added = session_fixture_wait (sign_in (self, FIXTURE_OTHER, "OTHER"));
  g_autoptr (MxAccounts) again = NULL;

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self->accounts)), ==, 2);

  /* The same user, still signed in: refused, and nothing changed. */
  assert_rejects (sign_in (self, FIXTURE_USER, "SECOND"),
                  MX_SESSION_ERROR,
                  MX_SESSION_ERROR_BAD_INPUT);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self->accounts)), ==, 2);
  g_assert_true (mx_accounts_find (self->accounts, FIXTURE_USER) == self->session);

  again = mx_accounts_new (self->dir, self->keyring);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (again)), ==, 2);
}

/* The server ended the session: its history stays until the user has signed in anew. */
static void
test_replaced (SessionFixture *self, gconstpointer data)
{
  g_autoptr (GError) end =
    g_error_new_literal (MX_MATRIX_ERROR, MX_MATRIX_ERROR_UNKNOWN_TOKEN, "over");
  g_autofree char *folder = g_strdup (mx_session_get_folder (self->session));
  g_autoptr (DexFuture) closed = NULL;
  g_autoptr (DexFuture) opened = NULL;
  g_autoptr (DexFuture) added = NULL;
  MxSession *session = NULL;

  session_fixture_make_room (self);
  mx_session_end (self->session, end);
  g_assert_cmpint (mx_session_get_state (self->session), ==, MX_SESSION_SIGNED_OUT);
  closed = session_fixture_wait (mx_session_close (self->session));
  opened = session_fixture_wait (mx_session_open (self->session));
  g_assert_cmpint (mx_session_get_state (self->session), ==, MX_SESSION_SIGNED_OUT);
  g_assert_error (mx_session_get_error (self->session),
                  MX_MATRIX_ERROR,
                  MX_MATRIX_ERROR_UNKNOWN_TOKEN);
  g_assert_nonnull (mx_room_list_find (mx_session_get_rooms (self->session), FIXTURE_ROOM));

  added = session_fixture_wait (sign_in (self, FIXTURE_USER, "SECOND"));
  session = g_value_get_object (dex_future_get_value (added, NULL));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self->accounts)), ==, 1);
  g_assert_true (mx_accounts_get_first (self->accounts) == session);
  g_assert_cmpstr (mx_session_get_device_id (session), ==, "SECOND");
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
}

/* The server only asks for the password: a new device takes the place, but not the keys' life. */
static void
test_replaced_softly (SessionFixture *self, gconstpointer data)
{
  g_autoptr (GError) end =
    g_error_new_literal (MX_MATRIX_ERROR, MX_MATRIX_ERROR_SOFT_LOGOUT, "over");
  g_autoptr (DexFuture) added = NULL;

  mx_session_end (self->session, end);
  g_assert_cmpint (mx_session_get_state (self->session), ==, MX_SESSION_SOFT_SIGNED_OUT);
  added = session_fixture_wait (sign_in (self, FIXTURE_USER, "SECOND"));
  g_assert_true (dex_future_is_resolved (added));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self->accounts)), ==, 1);
  g_assert_true (is_kept_aside (self));
}

/* An index that cannot be read is not written over. */
static void
test_damaged_index (SessionFixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->dir, "accounts.ini", NULL);
  g_autofree char *text = NULL;

  g_assert_true (g_file_set_contents (path, "[../../elsewhere]\nuser-id=x\n", -1, NULL));
  g_clear_object (&self->accounts);
  g_test_expect_message ("mx-session", G_LOG_LEVEL_WARNING, "The list of accounts cannot be read*");
  self->accounts = mx_accounts_new (self->dir, self->keyring);
  g_test_assert_expected_messages ();
  g_assert_null (mx_accounts_get_first (self->accounts));

  assert_rejects (sign_in (self, FIXTURE_OTHER, "OTHER"),
                  MX_SESSION_ERROR,
                  MX_SESSION_ERROR_FAILED);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "[../../elsewhere]\nuser-id=x\n");
}

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

#define TEST(name, func)                                                                           \
  g_test_add ("/accounts/" name, SessionFixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();

  TEST ("found-again", test_found_again);
  TEST ("key-lost", test_key_lost);
  TEST ("damaged", test_damaged);
  TEST ("set-aside", test_set_aside);
  TEST ("several", test_several);
  TEST ("replaced", test_replaced);
  TEST ("E2E-166-replaced-softly", test_replaced_softly);
  TEST ("damaged-index", test_damaged_index);

  return g_test_run ();
}
