/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* How the device's keys lie on the disk. */
#include "config.h"

#include "session-fixture.h"

#include "mx-error.h"
#include "mx-olm-machine.h"
#include "mx-session-parts.h"
#include "mx-session-private.h"
#include "mx-store-olm.h"

#include <string.h>

typedef struct
{
  SessionFixture session;
  MxSecret *pickle_key;
} Fixture;

static gboolean
key_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  Fixture *self = data;

  self->pickle_key =
    mx_secret_ref (mx_olm_machine_get_pickle_key (mx_session_get_machine (self->session.session)));

  return TRUE;
}

static void
set_up (Fixture *self, gconstpointer unused)
{
  g_autoptr (DexFuture) read = NULL;

  session_fixture_init (&self->session);
  read = session_fixture_wait (mx_session_work (self->session.session, key_work, self, NULL));
}

static void
tear_down (Fixture *self, gconstpointer unused)
{
  mx_secret_unref (self->pickle_key);
  session_fixture_clear (&self->session);
}

/* Sealed twice: the key of the file opens no pickle, and the pickles' key no file. */
static void
test_pickle_key (Fixture *self, gconstpointer unused)
{
  g_autofree char *path = mx_session_store_path (self->session.session);
  g_autoptr (MxStoredAccount) stored =
    mx_store_get_olm_account (mx_session_get_reader (self->session.session));
  g_autoptr (MxSecret) other = mx_secret_new_random (32);
  g_autoptr (MxOlmAccount) account = NULL;
  g_autoptr (GError) wrong = NULL;
  g_autoptr (GError) refused = NULL;
  gsize size = 0;

  mx_secret_get_data (self->pickle_key, &size);
  g_assert_cmpuint (size, ==, 32);
  account = mx_olm_account_unpickle (stored->pickle, self->pickle_key, NULL);
  g_assert_nonnull (account);
  g_assert_null (mx_olm_account_unpickle (stored->pickle, other, &wrong));
  g_assert_error (wrong, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_KEY);
  g_assert_null (mx_store_open (path, self->pickle_key, MX_STORE_READ, &refused));
  g_assert_error (refused, MX_STORE_ERROR, MX_STORE_ERROR_WRONG_KEY);
}

/* Nothing of them can be found in the files. */
static void
test_files (Fixture *self, gconstpointer unused)
{
  g_autoptr (MxStoredAccount) stored =
    mx_store_get_olm_account (mx_session_get_reader (self->session.session));
  g_autofree char *path = mx_session_store_path (self->session.session);
  const char *const suffixes[] = { "", "-wal" };
  gsize pickle_size = 0;
  const char *pickle = g_bytes_get_data (stored->pickle, &pickle_size);

  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *name = g_strconcat (path, suffixes[i], NULL);
      g_autofree char *data = NULL;
      gsize size = 0;

      if (!g_file_get_contents (name, &data, &size, NULL))
        continue;
      g_assert_cmpuint (size, >, 0);
      g_assert_null (memmem (data, size, pickle, 16));
      g_assert_null (memmem (data, size, "SQLite format", 13));
      g_assert_null (memmem (data, size, FIXTURE_USER, strlen (FIXTURE_USER)));
    }
}

#define ADD(path, func) g_test_add ("/olm-machine/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();

  ADD ("E2E-162-pickle-key", test_pickle_key);
  ADD ("E2E-162-files", test_files);

  return g_test_run ();
}
