/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Entries of the backup: as the server gives them, or, after a "P", what is encrypted in one; $KEY
 * stands for a session key there. Whatever comes, nothing is stored under another name than that of
 * the entry, as anything better than a key of the backup, and only MX_CRYPTO_ERROR says "skip it".
 * It is undone, so that no input depends on the one before. */
#include "config.h"

#include "fuzz.h"

#include "key-fixture.h"

#include "mx-backup-crypto.h"
#include "mx-backup-version.h"
#include "mx-curve25519.h"
#include "mx-error.h"

#include <stdlib.h>

#define ROOM     "!salon:ministere.test"
#define MAX_SIZE (256 * 1024)

static KeyFixture fixture;
static MxSecret *private_key;
static guint8 public_key[MX_STORE_KEY_SIZE];

static void
end (void)
{
  g_clear_pointer (&private_key, mx_secret_unref);
  key_fixture_clear (&fixture);
}

static void
start (void)
{
  key_fixture_init (&fixture);
  private_key = mx_secret_new_random (MX_STORE_KEY_SIZE);
  g_assert_true (mx_curve25519_derive_public (private_key, public_key, NULL));
  atexit (end);
}

/* An entry in which this is encrypted. */
static char *
seal (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GString) filled = g_string_new (text);
  g_autoptr (MxSecret) plain = NULL;
  g_auto (MxBackupData) sealed = { 0 };

  g_string_replace (filled, "$KEY", fixture.session_key, 8);
  plain = mx_secret_new (filled->str, filled->len);
  if (!mx_backup_encrypt (public_key, plain, &sealed, NULL))
    return g_strdup ("{}");

  return g_strdup_printf ("{\"session_data\":{\"ephemeral\":\"%s\",\"ciphertext\":\"%s\","
                          "\"mac\":\"%s\"}}",
                          sealed.ephemeral,
                          sealed.ciphertext,
                          sealed.mac);
}

static void
check (gboolean imported)
{
  g_autoptr (GPtrArray) all = mx_store_load_megolm (fixture.bob->store, 0, 10, NULL, NULL);
  const MxStoredMegolm *stored;

  g_assert_cmpuint (all->len, ==, imported ? 1 : 0);
  if (!imported)
    return;
  stored = g_ptr_array_index (all, 0);
  g_assert_cmpstr (stored->room_id, ==, ROOM);
  g_assert_cmpstr (stored->session_id, ==, fixture.session_id);
  g_assert_cmpint (stored->origin, ==, MX_KEY_ORIGIN_BACKUP);
  g_assert_null (stored->sender);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = NULL;
  g_autoptr (MxJsonDocument) document = NULL;
  g_autoptr (GError) error = NULL;
  gboolean imported = FALSE;

  if (fixture.bob == NULL)
    start ();
  if (size > MAX_SIZE)
    return 0;

  text =
    size > 0 && data[0] == 'P' ? seal (data + 1, size - 1) : g_strndup ((const char *) data, size);
  document = mx_json_document_parse (text, -1, NULL);
  if (document == NULL)
    return 0;

  seat_begin (fixture.bob);
  if (!mx_backup_import_entry (fixture.bob->machine,
                               private_key,
                               "1",
                               ROOM,
                               fixture.session_id,
                               mx_json_document_root (document),
                               fixture.bob->changes,
                               &imported,
                               &error))
    g_assert_cmpint (error->domain, ==, MX_CRYPTO_ERROR);
  check (imported);
  seat_roll_back (fixture.bob);

  return 0;
}
