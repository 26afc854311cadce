/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Keys of rooms that come from a file or from the backup, and that leave: what they are believed,
 * and which of two is better. */
#include "config.h"

#include "room-keys-fixture.h"

#include "mx-error.h"
#include "mx-megolm-inbound.h"
#include "mx-room-keys.h"

static void
test_imported_connects (Fixture *self, gconstpointer unused)
{
  g_auto (Session) session = { 0 };
  g_autofree char *first = NULL;
  g_autoptr (MxSecret) late = NULL;
  g_autoptr (MxJsonDocument) whole = NULL;
  g_autoptr (MxStoredMegolm) stored = NULL;

  session_init (&session);
  first = session_say (&session, "un");
  late = session_key_now (&session);
  give_key (self, self->alice, ROOM, session.id, late);
  hear (self, "$1", ALICE, first);
  seat_assert_reads (self->bob, "$1", "!index_too_early");

  /* The backup has it from the beginning, and it leads to what Alice gave: it is hers. */
  whole = export_session (&session, 0, "");
  g_assert_true (import_session (self, whole, MX_KEY_ORIGIN_BACKUP, "1"));
  seat_assert_reads (self->bob, "$1", "un");
  stored = get_session (self, session.id);
  g_assert_cmpint (stored->origin, ==, MX_KEY_ORIGIN_OLM);
  g_assert_cmpstr (stored->sender, ==, ALICE);
  g_assert_cmpuint (stored->first_index, ==, 0);
  g_assert_false (import_session (self, whole, MX_KEY_ORIGIN_BACKUP, "1"));
}

static void
test_import_upgraded (Fixture *self, gconstpointer unused)
{
  g_auto (Session) session = { 0 };
  g_autoptr (MxJsonDocument) whole = NULL;
  g_autoptr (MxStoredMegolm) stored = NULL;
  g_autofree char *first = NULL;
  g_autoptr (MxSecret) late = NULL;

  session_init (&session);
  whole = export_session (&session, 0, ",'m.shared_history':true");
  first = session_say (&session, "un");
  late = session_key_now (&session);
  g_assert_true (import_session (self, whole, MX_KEY_ORIGIN_FILE, NULL));
  stored = get_session (self, session.id);
  g_assert_cmpint (stored->origin, ==, MX_KEY_ORIGIN_FILE);
  g_assert_null (stored->sender);
  g_assert_true (stored->shared_history);
  mx_stored_megolm_free (stored);

  /* Then it comes from its maker, later in the ratchet: the early one stays, and is authentic. */
  give_key (self, self->alice, ROOM, session.id, late);
  stored = get_session (self, session.id);
  g_assert_cmpint (stored->origin, ==, MX_KEY_ORIGIN_OLM);
  g_assert_cmpstr (stored->sender, ==, ALICE);
  g_assert_cmpuint (stored->first_index, ==, 0);
  hear (self, "$1", ALICE, first);
  seat_assert_reads (self->bob, "$1", "un");
}

/* A backup's entry with the right name and another ratchet does not keep the true one out. */
static void
test_forged_import (Fixture *self, gconstpointer unused)
{
  g_auto (Session) session = { 0 };
  g_autoptr (MxJsonDocument) whole = NULL;
  g_autoptr (MxJsonDocument) forged = NULL;
  g_autoptr (MxMegolmInbound) olm = NULL;
  g_autoptr (MxSecret) key = NULL;
  g_autofree char *wire = NULL;
  g_autofree char *text = NULL;
  g_autofree guchar *bytes = NULL;
  g_autofree char *other = NULL;
  gsize size = 0;

  session_init (&session);
  wire = session_say (&session, "vrai");
  olm = mx_megolm_inbound_new (mx_secret_get_text (session.key), session.id, NULL);
  key = mx_megolm_inbound_export (olm, 0, NULL);
  text = g_strconcat (mx_secret_get_text (key), "===", NULL);
  text[strlen (text) - (strlen (text) % 4)] = '\0';
  bytes = g_base64_decode (text, &size);
  bytes[20] ^= 1; /* in the ratchet; the signing key, which is the id, stays */
  other = g_base64_encode (bytes, size);
  g_strdelimit (other, "=", '\0');
  text = (g_free (text),
          json ("{'algorithm':'m.megolm.v1.aes-sha2','room_id':'%s','session_id':'%s',"
                "'session_key':'%s','sender_key':'BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA'}",
                ROOM,
                session.id,
                other));
  forged = mx_json_document_parse (text, -1, NULL);
  g_assert_true (import_session (self, forged, MX_KEY_ORIGIN_BACKUP, "1"));
  hear (self, "$1", ALICE, wire);
  seat_assert_reads (self->bob, "$1", "!bad_message");

  give_key (self, self->alice, ROOM, session.id, session.key);
  seat_assert_reads (self->bob, "$1", "vrai");
  /* The other way round it is not even looked at. */
  g_assert_false (import_session (self, forged, MX_KEY_ORIGIN_BACKUP, "1"));
}

static void
mark_backed_up (Fixture *self, const char *session_id)
{
  g_autoptr (MxStoredMegolm) stored = get_session (self, session_id);
  g_autoptr (GError) error = NULL;

  seat_begin (self->bob);
  mx_store_megolm_backed_up (self->bob->store, stored->id, stored->first_index, "1", &error);
  g_assert_no_error (error);
  seat_commit (self->bob);
}

/* Somebody put a key that reads less in the place of ours. */
static void
test_worse_entry (Fixture *self, gconstpointer unused)
{
  g_auto (Session) session = { 0 };
  g_autoptr (MxJsonDocument) whole = NULL;
  g_autoptr (MxJsonDocument) later = NULL;
  g_autoptr (MxStoredMegolm) same = NULL;
  g_autoptr (MxStoredMegolm) other = NULL;
  g_autoptr (MxStoredMegolm) due = NULL;

  session_init (&session);
  whole = export_session (&session, 0, "");
  later = export_session (&session, 1, "");
  give_key (self, self->alice, ROOM, session.id, session.key);
  mark_backed_up (self, session.id);

  g_assert_false (import_session (self, whole, MX_KEY_ORIGIN_BACKUP, "1"));
  g_assert_false (self->bob->changes->encryption & MX_ENCRYPTION_BACK_UP);
  same = get_session (self, session.id);
  g_assert_cmpstr (same->backed_up, ==, "1");

  g_assert_false (import_session (self, later, MX_KEY_ORIGIN_BACKUP, "0"));
  other = get_session (self, session.id);
  g_assert_cmpstr (other->backed_up, ==, "1");

  g_assert_false (import_session (self, later, MX_KEY_ORIGIN_BACKUP, "1"));
  g_assert_true (self->bob->changes->encryption & MX_ENCRYPTION_BACK_UP);
  due = get_session (self, session.id);
  g_assert_null (due->backed_up);
  g_assert_cmpuint (due->first_index, ==, 0);
}

static void
test_export (Fixture *self, gconstpointer unused)
{
  static const char *const members[] = {
    "algorithm",           "room_id",     "session_id",     "sender_key",
    "sender_claimed_keys", "session_key", "shared_history",
  };
  g_auto (Session) session = { 0 };
  g_autoptr (MxStoredMegolm) stored = NULL;
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autoptr (MxJsonDocument) document = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *wire = NULL;
  gboolean imported = FALSE;
  MxJson root;

  session_init (&session);
  give_key (self, self->alice, ROOM, session.id, session.key);
  stored = get_session (self, session.id);
  mx_room_keys_export (self->bob->machine, stored, FALSE, writer, NULL, &error);
  g_assert_no_error (error);
  text = mx_json_writer_to_text (writer);
  document = mx_json_document_parse (text, -1, NULL);
  root = mx_json_document_root (document);
  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    g_assert_cmpint (mx_json_type (mx_json_get (root, members[i])), !=, MX_JSON_ABSENT);
  /* matrix-sdk-crypto takes one of its two names, not both. */
  g_assert_cmpint (mx_json_type (mx_json_get (root, "org.matrix.msc3061.shared_history")),
                   ==,
                   MX_JSON_BOOLEAN);
  g_assert_cmpint (mx_json_type (mx_json_get (root, "m.shared_history")), ==, MX_JSON_ABSENT);

  seat_begin (self->eve);
  mx_room_keys_import (
    self->eve->machine, root, MX_KEY_ORIGIN_FILE, NULL, self->eve->changes, &imported, &error);
  g_assert_no_error (error);
  seat_commit (self->eve);
  g_assert_true (imported);
  wire = session_say (&session, "importé");
  seat_hear (&self->server, self->eve, ROOM, "$1", ALICE, wire);
  seat_assert_reads (self->eve, "$1", "importé");
}

static void
test_bad_import (Fixture *self, gconstpointer unused)
{
  static const char *const bad[] = {
    "{}",
    "[]",
    "{'algorithm':'m.megolm.v1.aes-sha2','room_id':'!r:x','session_id':'s'}",
    "{'algorithm':'m.megolm.v1.aes-sha2','room_id':'!r:x','session_id':'s',"
    "'sender_key':'BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA','session_key':'AQAA'}",
    "{'algorithm':'m.other','room_id':'!r:x','session_id':'s',"
    "'sender_key':'BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA','session_key':'AQAA'}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *text = json ("%s", bad[i]);
      g_autoptr (MxJsonDocument) document = mx_json_document_parse (text, -1, NULL);
      g_autoptr (GError) error = NULL;
      gboolean imported = TRUE;

      seat_begin (self->bob);
      g_assert_false (mx_room_keys_import (self->bob->machine,
                                           mx_json_document_root (document),
                                           MX_KEY_ORIGIN_FILE,
                                           NULL,
                                           self->bob->changes,
                                           &imported,
                                           &error));
      g_assert_true (error->domain == MX_CRYPTO_ERROR);
      seat_commit (self->bob);
      g_assert_false (imported);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/session/room-keys-import/E2E-089-imported-connects", test_imported_connects);
  ADD ("/session/room-keys-import/E2E-077-E2E-089-import-upgraded", test_import_upgraded);
  ADD ("/session/room-keys-import/E2E-077-forged-import", test_forged_import);
  ADD ("/session/room-keys-import/E2E-136-worse-entry", test_worse_entry);
  ADD ("/session/room-keys-import/E2E-132-E2E-169-export", test_export);
  ADD ("/session/room-keys-import/E2E-143-bad-import", test_bad_import);
  return g_test_run ();
}
