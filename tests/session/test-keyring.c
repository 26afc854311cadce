/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Keys in a file: nobody else may read it, and nothing is lost. */
#include "config.h"

#include "mx-error.h"
#include "mx-flow.h"
#include "mx-keyring.h"
#include "session-fixture.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

typedef struct
{
  char *dir;
  char *path;
  MxKeyring *keyring;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GFile) file = NULL;

  self->dir = g_dir_make_tmp ("chappe-keyring-XXXXXX", NULL);
  self->path = g_build_filename (self->dir, "key", NULL);
  file = g_file_new_for_path (self->path);
  self->keyring = mx_keyring_file_new (file);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_assert_finalize_object (self->keyring);
  g_remove (self->path);
  g_rmdir (self->dir);
  g_free (self->path);
  g_free (self->dir);
}

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
store (Fixture *self, const char *id, MxSecret *key)
{
  g_autoptr (DexFuture) stored =
    session_fixture_wait (mx_keyring_store (self->keyring, id, "Chappe", key));

  g_assert_true (dex_future_is_resolved (stored));
}

static void
assert_key (Fixture *self, const char *id, MxSecret *key)
{
  g_autoptr (DexFuture) found = session_fixture_wait (mx_keyring_lookup (self->keyring, id));

  g_assert_true (mx_secret_equal (g_value_get_boxed (dex_future_get_value (found, NULL)), key));
}

static void
test_round_trip (Fixture *self, gconstpointer data)
{
  g_autoptr (MxSecret) one = mx_secret_new_random (32);
  g_autoptr (MxSecret) two = mx_secret_new_random (32);
  g_autoptr (DexFuture) removed = NULL;
  struct stat status;

  assert_rejects (mx_keyring_lookup (self->keyring, "one"),
                  MX_SESSION_ERROR,
                  MX_SESSION_ERROR_KEY_LOST);
  store (self, "one", one);
  store (self, "two", two);
  g_assert_cmpint (stat (self->path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  assert_key (self, "one", one);
  assert_key (self, "two", two);

  removed = session_fixture_wait (mx_keyring_remove (self->keyring, "one"));
  assert_rejects (mx_keyring_lookup (self->keyring, "one"),
                  MX_SESSION_ERROR,
                  MX_SESSION_ERROR_KEY_LOST);
  assert_key (self, "two", two);
}

static void
test_readable_by_others (Fixture *self, gconstpointer data)
{
  g_autoptr (MxSecret) key = mx_secret_new_random (32);

  store (self, "one", key);
  g_assert_cmpint (g_chmod (self->path, 0640), ==, 0);
  assert_rejects (mx_keyring_lookup (self->keyring, "one"),
                  G_IO_ERROR,
                  G_IO_ERROR_PERMISSION_DENIED);
  assert_rejects (mx_keyring_store (self->keyring, "two", "Chappe", key),
                  G_IO_ERROR,
                  G_IO_ERROR_PERMISSION_DENIED);

  g_assert_cmpint (g_chmod (self->path, 0600), ==, 0);
  assert_key (self, "one", key);
}

/* A file that somebody damaged is neither used nor written over. */
static void
test_damaged (Fixture *self, gconstpointer data)
{
  g_autoptr (MxSecret) key = mx_secret_new_random (32);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_set_contents_full (self->path,
                            "not a key file",
                            -1,
                            G_FILE_SET_CONTENTS_NONE,
                            0600,
                            &error);
  g_assert_no_error (error);
  assert_rejects (mx_keyring_store (self->keyring, "one", "Chappe", key),
                  G_KEY_FILE_ERROR,
                  G_KEY_FILE_ERROR_PARSE);
  g_file_get_contents (self->path, &text, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "not a key file");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  dex_init ();

  g_test_add ("/keyring/round-trip", Fixture, NULL, set_up, test_round_trip, tear_down);
  g_test_add ("/keyring/readable-by-others",
              Fixture,
              NULL,
              set_up,
              test_readable_by_others,
              tear_down);
  g_test_add ("/keyring/damaged", Fixture, NULL, set_up, test_damaged, tear_down);

  return g_test_run ();
}
