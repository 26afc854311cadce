/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A whole backup read by pages, what is in it being whatever the server likes. */
#include "config.h"

#include "megolm-fixture.h"

#include "mx-backup-pages.h"
#include "mx-backup-version.h"
#include "mx-curve25519.h"
#include "mx-error.h"
#include "mx-megolm-inbound.h"
#include "mx-room-keys.h"

#include <string.h>

#define SESSIONS 250

typedef struct
{
  EncryptionFixture server;
  Seat *alice;
  MxSecret *private_key;
  guint8 public_key[MX_STORE_KEY_SIZE];
} Fixture;

static void
set_up (Fixture *self, gconstpointer unused)
{
  encryption_fixture_init (&self->server);
  self->alice = encryption_fixture_add (&self->server, ALICE, "ALICE");
  self->private_key = mx_secret_new_random (MX_STORE_KEY_SIZE);
  g_assert_true (mx_curve25519_derive_public (self->private_key, self->public_key, NULL));
}

static void
tear_down (Fixture *self, gconstpointer unused)
{
  mx_secret_unref (self->private_key);
  encryption_fixture_clear (&self->server);
}

/* The entry of a session as it is at first_index; caller frees. */
static char *
make_entry (Fixture *self, Session *session)
{
  g_autoptr (MxSecret) key = session_key_now (session);
  g_autoptr (MxMegolmInbound) olm =
    mx_megolm_inbound_new (mx_secret_get_text (key), session->id, NULL);
  MxStoredMegolm stored = { .room_id = (char *) ROOM, .session_id = session->id };
  g_autoptr (GBytes) pickle = NULL;
  g_autoptr (GError) error = NULL;
  char *entry = NULL;

  g_assert_nonnull (olm);
  pickle =
    mx_megolm_inbound_pickle (olm, mx_olm_machine_get_pickle_key (self->alice->machine), NULL);
  stored.pickle = pickle;
  stored.origin = MX_KEY_ORIGIN_OLM;
  stored.first_index = mx_megolm_inbound_get_first_index (olm);
  entry = mx_backup_new_entry (self->alice->machine, &stored, self->public_key, &error);
  g_assert_no_error (error);

  return entry;
}

static MxBackupPages *
cut (const char *text, GError **error)
{
  g_autoptr (GBytes) reply = g_bytes_new (text, strlen (text));

  return mx_backup_pages_new (reply, error);
}

/* Reads everything; returns how many transactions that took. */
static unsigned
read_all (Fixture *self, MxBackupPages *pages)
{
  unsigned turns = 0;

  for (; mx_backup_pages_get_done (pages) < mx_backup_pages_get_total (pages); turns++)
    {
      g_autoptr (GError) error = NULL;

      seat_begin (self->alice);
      mx_backup_pages_import (pages,
                              self->alice->machine,
                              self->private_key,
                              "1",
                              self->alice->changes,
                              &error);
      g_assert_no_error (error);
      seat_commit (self->alice);
    }

  return turns;
}

static void
test_pages (Fixture *self, gconstpointer unused)
{
  g_autoptr (MxBackupPages) pages = NULL;
  g_autoptr (MxBackupPages) again = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *wire = NULL;
  GString *text = g_string_new ("{\"rooms\":{\"" ROOM "\":{\"sessions\":{");

  for (unsigned i = 0; i < SESSIONS; i++)
    {
      g_auto (Session) session = { 0 };
      g_autofree char *entry = NULL;

      session_init (&session);
      entry = make_entry (self, &session);
      g_string_append_printf (text, "%s\"%s\":%s", i > 0 ? "," : "", session.id, entry);
      if (i == SESSIONS - 1)
        wire = session_say (&session, "bonjour");
    }
  g_string_append (text, "}}}}");
  pages = cut (text->str, &error);
  again = cut (text->str, &error);
  g_string_free (text, TRUE);
  g_assert_no_error (error);

  /* A message that waits is read when its turn comes. */
  seat_enter (&self->server, self->alice, ROOM, "", ALICE, BOB, NULL);
  seat_hear (&self->server, self->alice, ROOM, "$1", BOB, wire);
  g_assert_cmpuint (mx_backup_pages_get_total (pages), ==, SESSIONS);
  g_assert_cmpuint (read_all (self, pages), >, 1);
  g_assert_cmpuint (mx_backup_pages_get_imported (pages), ==, SESSIONS);
  g_assert_cmpint (mx_store_count_megolm (self->alice->store, NULL), ==, SESSIONS);
  seat_assert_reads (self->alice, "$1", "bonjour");
  /* They are there already, as the backup has them. */
  g_assert_cmpint (mx_store_count_megolm (self->alice->store, "1"), ==, 0);
  read_all (self, again);
  g_assert_cmpuint (mx_backup_pages_get_imported (again), ==, 0);
}

/* What is no good is passed over, whatever it is. */
static void
test_bad_entries (Fixture *self, gconstpointer unused)
{
  g_auto (Session) good = { 0 };
  g_auto (Session) other = { 0 };
  g_autofree char *entry = NULL;
  g_autofree char *tampered = NULL;
  g_autofree char *text = NULL;
  g_autoptr (MxBackupPages) pages = NULL;
  g_autoptr (MxStoredMegolm) stored = NULL;
  g_autoptr (GError) error = NULL;
  char *place = NULL;

  session_init (&good);
  session_init (&other);
  entry = make_entry (self, &good);
  tampered = g_strdup (entry);
  place = strstr (tampered, "\"ciphertext\":\"") + strlen ("\"ciphertext\":\"");
  *place = *place == 'A' ? 'B' : 'A';
  text = g_strdup_printf ("{\"etag\":\"5\",\"rooms\":{"
                          "\"not a room\":{\"sessions\":{\"%s\":%s}},"
                          "\"" OTHER "\":{\"sessions\":[1,2]},"
                          "\"" ROOM "\":{\"more\":1,\"sessions\":{"
                          "\"%s\":%s,\"empty\":{},\"none\":null,"
                          "\"other\":%s,\"%s\":%s}},"
                          "\"!trois:ministere.test\":{\"sessions\":{\"%s\":%s}}}}",
                          good.id,
                          entry,
                          other.id,
                          entry,
                          entry,
                          good.id,
                          entry,
                          good.id,
                          tampered);
  pages = cut (text, &error);
  g_assert_no_error (error);
  read_all (self, pages);

  /* Under its own name, in its room, and nowhere else. */
  g_assert_cmpuint (mx_backup_pages_get_imported (pages), ==, 1);
  stored = mx_store_get_megolm (self->alice->store, ROOM, good.id);
  g_assert_nonnull (stored);
  g_assert_cmpint (stored->origin, ==, MX_KEY_ORIGIN_BACKUP);
  g_assert_cmpint (mx_store_count_megolm (self->alice->store, NULL), ==, 1);
}

static void
test_better_one_stays (Fixture *self, gconstpointer unused)
{
  g_auto (Session) session = { 0 };
  g_autofree char *early = NULL;
  g_autofree char *late = NULL;
  g_autofree char *skipped = NULL;

  session_init (&session);
  early = make_entry (self, &session);
  skipped = session_say (&session, "zero");
  late = make_entry (self, &session);
  for (unsigned i = 0; i < 3; i++)
    {
      g_autofree char *text =
        g_strdup_printf ("{\"rooms\":{\"" ROOM "\":{\"sessions\":{\"%s\":%s}}}}",
                         session.id,
                         i == 1 ? early : late);
      g_autoptr (MxBackupPages) pages = cut (text, NULL);
      g_autoptr (MxStoredMegolm) stored = NULL;

      read_all (self, pages);
      stored = mx_store_get_megolm (self->alice->store, ROOM, session.id);
      g_assert_cmpuint (stored->first_index, ==, i == 0 ? 1 : 0);
      g_assert_cmpuint (mx_backup_pages_get_imported (pages), ==, i < 2);
    }
}

static void
test_broken_reply (void)
{
  const char *const broken[] = {
    "{\"rooms\":{\"!a:b\":{\"sessions\":{\"x\":{\"a\":",
    "{\"rooms\":{\"!a:b\":{\"sessions\":{\"x\"}}}}",
    "{\"rooms\":{\"!a:b\"",
    "{\"rooms\"",
    "{\"rooms\":{\"!a:b\\",
  };
  const char *const empty[] = { "{}", "[]", "", "null", "{\"rooms\":[]}", "{\"rooms\":{}}" };

  for (gsize i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (cut (broken[i], &error));
      g_assert_error (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_INVALID_RESPONSE);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (empty); i++)
    {
      g_autoptr (MxBackupPages) pages = cut (empty[i], NULL);

      g_assert_nonnull (pages);
      g_assert_cmpuint (mx_backup_pages_get_total (pages), ==, 0);
    }
}

#define ADD(path, func) g_test_add ("/backup-pages/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("E2E-137-E2E-081-pages", test_pages);
  ADD ("E2E-131-bad-entries", test_bad_entries);
  ADD ("E2E-077-better-one-stays", test_better_one_stays);
  g_test_add_func ("/backup-pages/broken-reply", test_broken_reply);

  return g_test_run ();
}
