/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The media cache keeps its budget and drops what was not looked at. */
#include "config.h"

#include "store-fixture.h"

#include <string.h>

static void
put (Fixture *self, const char *mxc, gsize size, gint64 budget)
{
  g_autofree char *data = g_strnfill (size, 'm');
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);

  begin (self);
  g_assert_true (mx_store_media_put (self->store, mxc, "full", bytes, budget, NULL));
  commit (self);
}

static gboolean
has (MxStore *store, const char *mxc)
{
  g_autoptr (GBytes) bytes = mx_store_media_get (store, mxc, "full");

  return bytes != NULL;
}

static void
test_round_trip (Fixture *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = NULL;

  put (self, "mxc://x/1", 300, 1000);
  fixture_reopen (self);
  bytes = mx_store_media_get (self->store, "mxc://x/1", "full");
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 300);
  g_assert_null (mx_store_media_get (self->store, "mxc://x/1", "64x64-crop"));
  put (self, "mxc://x/1", 0, 1000);
  g_clear_pointer (&bytes, g_bytes_unref);
  bytes = mx_store_media_get (self->store, "mxc://x/1", "full");
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 0);
}

static void
test_budget (Fixture *self, gconstpointer unused)
{
  g_autoptr (MxStore) reader = mx_store_open (self->path, self->key, MX_STORE_READ, NULL);

  put (self, "mxc://x/1", 400, 1000);
  put (self, "mxc://x/2", 400, 1000);
  /* Looked at on the other connection: the older one stays. */
  g_assert_true (has (reader, "mxc://x/1"));
  put (self, "mxc://x/3", 400, 1000);
  g_assert_true (has (reader, "mxc://x/1"));
  g_assert_false (has (reader, "mxc://x/2"));
  g_assert_true (has (reader, "mxc://x/3"));
  /* Too large for the whole cache: left out. */
  put (self, "mxc://x/4", 2000, 1000);
  g_assert_false (has (reader, "mxc://x/4"));
  g_assert_true (has (reader, "mxc://x/3"));
  put (self, "mxc://x/5", 10, 100);
  g_assert_false (has (reader, "mxc://x/3"));
  g_assert_true (has (reader, "mxc://x/5"));
}

static void
test_trim (Fixture *self, gconstpointer unused)
{
  put (self, "mxc://x/1", 400, 1000);
  put (self, "mxc://x/2", 400, 1000);
  begin (self);
  g_assert_true (mx_store_media_trim (self->store, 500, NULL));
  commit (self);
  g_assert_false (has (self->store, "mxc://x/1"));
  g_assert_true (has (self->store, "mxc://x/2"));
  begin (self);
  g_assert_true (mx_store_media_trim (self->store, 0, NULL));
  commit (self);
  g_assert_false (has (self->store, "mxc://x/2"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/media/round-trip",
              Fixture,
              NULL,
              fixture_set_up,
              test_round_trip,
              fixture_tear_down);
  g_test_add ("/media/budget", Fixture, NULL, fixture_set_up, test_budget, fixture_tear_down);
  g_test_add ("/media/trim", Fixture, NULL, fixture_set_up, test_trim, fixture_tear_down);
  return g_test_run ();
}
