/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Room keys to a file and from it, in the session that owns them. The file's format has its own
 * tests (test-key-export). */
#include "config.h"

#include "session-fixture.h"

#include "mx-encryption-private.h"
#include "mx-error.h"
#include "mx-key-export.h"
#include "mx-megolm-inbound.h"
#include "mx-megolm-outbound.h"
#include "mx-recovery.h"
#include "mx-room-keys.h"
#include "mx-session-private.h"

#include <glib/gstdio.h>

#define KEYS 120 /* more than are handled at a time */

typedef struct
{
  SessionFixture session;
  GFile *file;
  MxSecret *passphrase;
  unsigned steps;
  unsigned total;
} Fixture;

static void
set_up (Fixture *self, gconstpointer unused)
{
  session_fixture_init (&self->session);
  self->file = g_file_new_build_filename (self->session.dir, "keys.txt", NULL);
  self->passphrase = mx_secret_new_text ("une phrase");
}

static void
tear_down (Fixture *self, gconstpointer unused)
{
  g_file_delete (self->file, NULL, NULL);
  g_object_unref (self->file);
  mx_secret_unref (self->passphrase);
  session_fixture_clear (&self->session);
}

static void
progress_cb (unsigned done, unsigned total, gpointer data)
{
  Fixture *self = data;

  self->steps++;
  self->total = total;
  g_assert_cmpuint (done, <=, total);
}

/* What a file would hold of a session that nobody has seen. */
static char *
make_session (unsigned number)
{
  g_autoptr (MxMegolmOutbound) outbound = mx_megolm_outbound_new ();
  g_autoptr (MxSecret) key = mx_megolm_outbound_dup_key (outbound, NULL);
  g_autofree char *id = mx_megolm_outbound_dup_id (outbound);
  g_autoptr (MxMegolmInbound) inbound = mx_megolm_inbound_new (mx_secret_get_text (key), id, NULL);
  g_autoptr (MxSecret) exported = mx_megolm_inbound_export (inbound, 0, NULL);

  return g_strdup_printf ("{\"algorithm\":\"m.megolm.v1.aes-sha2\",\"room_id\":\"!r%u:x\","
                          "\"session_id\":\"%s\",\"sender_key\":"
                          "\"3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08\",\"session_key\":\"%s\"}",
                          number % 3,
                          id,
                          mx_secret_get_text (exported));
}

static void
write_file (Fixture *self, const char *json)
{
  g_autoptr (MxSecret) secret = mx_secret_new_text (json);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = mx_key_export_encrypt (secret, self->passphrase, 1, &error);

  g_assert_no_error (error);
  g_file_set_contents (g_file_peek_path (self->file), text, -1, &error);
  g_assert_no_error (error);
}

static char *
make_list (void)
{
  GString *list = g_string_new ("[");

  for (unsigned i = 0; i < KEYS; i++)
    {
      g_autofree char *session = make_session (i);

      g_string_append_printf (list, "%s%s", i > 0 ? "," : "", session);
    }
  g_string_append_c (list, ']');

  return g_string_free (list, FALSE);
}

static guint
import (Fixture *self)
{
  MxEncryption *encryption = mx_session_get_encryption (self->session.session);
  g_autoptr (DexFuture) done = session_fixture_wait (
    mx_key_file_import (encryption, self->file, self->passphrase, progress_cb, self));

  return g_value_get_uint (dex_future_get_value (done, NULL));
}

static void
test_there_and_back (Fixture *self, gconstpointer unused)
{
  MxEncryption *encryption = mx_session_get_encryption (self->session.session);
  g_autofree char *list = make_list ();
  g_autoptr (DexFuture) exported = NULL;
  GStatBuf status;

  write_file (self, list);
  g_assert_cmpuint (import (self), ==, KEYS);
  g_assert_cmpuint (self->total, ==, KEYS);
  g_assert_cmpuint (self->steps, >, 2);

  g_assert_true (g_file_delete (self->file, NULL, NULL));
  exported = session_fixture_wait (
    mx_key_file_export (encryption, self->file, self->passphrase, progress_cb, self));
  g_assert_cmpuint (g_value_get_uint (dex_future_get_value (exported, NULL)), ==, KEYS);
  g_assert_cmpint (g_stat (g_file_peek_path (self->file), &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  /* nothing of it is new here */
  g_assert_cmpuint (import (self), ==, 0);
}

/* What is no good in it does not stop the rest. */
static void
test_some_bad (Fixture *self, gconstpointer unused)
{
  g_autofree char *session = make_session (0);
  g_autofree char *list = g_strdup_printf ("[7,{},%s,{\"room_id\":\"!r:x\"},null]", session);

  write_file (self, list);
  g_assert_cmpuint (import (self), ==, 1);
}

static void
assert_refused (Fixture *self, MxSecret *passphrase)
{
  MxEncryption *encryption = mx_session_get_encryption (self->session.session);
  g_autoptr (DexFuture) done = mx_key_file_import (encryption, self->file, passphrase, NULL, NULL);
  g_autoptr (GError) error = NULL;

  while (dex_future_is_pending (done))
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (dex_future_get_value (done, &error));
  g_assert_nonnull (error);
}

static void
test_refused (Fixture *self, gconstpointer unused)
{
  g_autoptr (MxSecret) other = mx_secret_new_text ("une autre");

  assert_refused (self, self->passphrase); /* there is no such file */
  write_file (self, "[]");
  assert_refused (self, other);
  write_file (self, "{}");
  assert_refused (self, self->passphrase);
  write_file (self, "[1,");
  assert_refused (self, self->passphrase);
  write_file (self, "[]");
  g_assert_cmpuint (import (self), ==, 0);
}

#define ADD(path, func)                                                                            \
  g_test_add ("/session/key-file/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();

  ADD ("E2E-144-there-and-back", test_there_and_back);
  ADD ("E2E-143-some-bad", test_some_bad);
  ADD ("E2E-143-refused", test_refused);

  return g_test_run ();
}
