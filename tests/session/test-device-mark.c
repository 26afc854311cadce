/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "encryption-fixture.h"

#include "mx-device-mark.h"
#include "mx-device-recovery.h"

#include <glib/gstdio.h>

typedef struct
{
  EncryptionFixture server;
  Seat *alice;
  char *path;
  char *mark;
} Fixture;

static void
set_up (Fixture *self, gconstpointer unused)
{
  encryption_fixture_init (&self->server);
  self->alice = encryption_fixture_add (&self->server, ALICE, "ALICE");
  self->path = g_build_filename (self->alice->folder, "store.db", NULL);
  self->mark = g_build_filename (self->alice->folder, "device.mark", NULL);
}

static void
tear_down (Fixture *self, gconstpointer unused)
{
  g_remove (self->mark);
  encryption_fixture_clear (&self->server);
  g_free (self->path);
  g_free (self->mark);
}

/* Why the device is broken after an opening on this machine; caller frees, NULL: it is not. */
static char *
open_on (Fixture *self, const char *machine)
{
  g_autoptr (GError) error = NULL;

  mx_device_mark_check (self->alice->store, self->path, machine, &error);
  g_assert_no_error (error);

  return mx_store_get_value (self->alice->store, MX_VALUE_DEVICE_BROKEN);
}

static void
set_value (Fixture *self, const char *name, const char *value)
{
  seat_begin (self->alice);
  g_assert_true (mx_store_set_value (self->alice->store, name, value, NULL));
  seat_commit (self->alice);
}

static void
test_same (Fixture *self, gconstpointer unused)
{
  for (unsigned i = 0; i < 3; i++)
    g_assert_null (open_on (self, "here"));

  /* A mark that was lost, or not written because the power went, is no fault. */
  g_assert_cmpint (g_remove (self->mark), ==, 0);
  g_assert_null (open_on (self, "here"));
}

static void
test_restored (Fixture *self, gconstpointer unused)
{
  g_autofree char *generation = NULL;

  g_assert_null (open_on (self, "here"));
  generation = mx_store_get_value (self->alice->store, "device_generation");
  g_assert_null (open_on (self, "here"));
  set_value (self, "device_generation", generation); /* the store as it was before */
  g_assert_cmpint (mx_device_recovery_get_time (self->alice->store, MX_VALUE_DEVICE_WENT_BACK),
                   ==,
                   0);
  /* It goes on, with new ratchets. */
  g_assert_null (open_on (self, "here"));
  g_assert_cmpint (mx_device_recovery_get_time (self->alice->store, MX_VALUE_DEVICE_WENT_BACK),
                   >,
                   0);
}

static void
test_copied (Fixture *self, gconstpointer unused)
{
  g_autofree char *fault = NULL;

  g_assert_null (open_on (self, "here"));
  set_value (self, "device_file", "1"); /* of the file that this one is a copy of */
  fault = open_on (self, "there");
  g_assert_cmpstr (fault, ==, "copied");
}

/* The same file, seen from another machine; and a file that was moved on this one. */
static void
test_moved (Fixture *self, gconstpointer unused)
{
  g_assert_null (open_on (self, "here"));
  g_assert_null (open_on (self, "there"));
  g_assert_null (open_on (self, NULL));
  set_value (self, "device_file", "1");
  g_assert_null (open_on (self, "there"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add ("/device-mark/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("E2E-161-same", test_same);
  ADD ("E2E-161-restored", test_restored);
  ADD ("E2E-161-copied", test_copied);
  ADD ("E2E-161-moved", test_moved);

  return g_test_run ();
}
