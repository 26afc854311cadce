/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What a file of keys holds once it is decrypted: cut into pieces, each imported; $KEY and $ID
 * stand for a session. Whatever comes, nothing of it counts as received from its sender. It is
 * undone, so that no input depends on the one before. */
#include "config.h"

#include "fuzz.h"

#include "encryption-fixture.h"

#include "mx-error.h"
#include "mx-json-slice.h"
#include "mx-megolm-inbound.h"
#include "mx-megolm-outbound.h"
#include "mx-room-keys.h"

#include <stdlib.h>

#define MAX_SIZE (256 * 1024)

static EncryptionFixture server;
static Seat *bob;
static char *session_id;
static char *session_key;

static void
end (void)
{
  g_clear_pointer (&session_id, g_free);
  g_clear_pointer (&session_key, g_free);
  encryption_fixture_clear (&server);
}

static void
start (void)
{
  g_autoptr (MxMegolmOutbound) outbound = mx_megolm_outbound_new ();
  g_autoptr (MxSecret) key = mx_megolm_outbound_dup_key (outbound, NULL);
  g_autoptr (MxMegolmInbound) inbound = NULL;
  g_autoptr (MxSecret) exported = NULL;

  encryption_fixture_init (&server);
  bob = encryption_fixture_add (&server, BOB, "BOB");
  session_id = mx_megolm_outbound_dup_id (outbound);
  inbound = mx_megolm_inbound_new (mx_secret_get_text (key), session_id, NULL);
  exported = mx_megolm_inbound_export (inbound, 0, NULL);
  session_key = g_strdup (mx_secret_get_text (exported));
  atexit (end);
}

static unsigned
import (const char *text, gsize size)
{
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (text, (gssize) size, NULL);
  g_autoptr (GError) error = NULL;
  gboolean imported = FALSE;

  if (document == NULL)
    return 0;
  if (!mx_room_keys_import (bob->machine,
                            mx_json_document_root (document),
                            MX_KEY_ORIGIN_FILE,
                            NULL,
                            bob->changes,
                            &imported,
                            &error))
    {
      g_assert_cmpint (error->domain, ==, MX_CRYPTO_ERROR);
      g_assert_false (imported);
    }

  return imported;
}

static void
check (unsigned imported)
{
  g_autoptr (GPtrArray) all = mx_store_load_megolm (bob->store, 0, G_MAXINT, NULL, NULL);

  /* one that is improved is not a further one */
  g_assert_cmpuint (all->len, <=, imported);
  g_assert_true ((all->len == 0) == (imported == 0));
  for (guint i = 0; i < all->len; i++)
    {
      const MxStoredMegolm *stored = g_ptr_array_index (all, i);

      g_assert_cmpint (stored->origin, ==, MX_KEY_ORIGIN_FILE);
      g_assert_null (stored->sender);
      g_assert_cmpstr (stored->session_id, ==, session_id);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GString) text = NULL;
  g_autoptr (GError) error = NULL;
  MxJsonSlices items;
  const char *piece = NULL;
  gsize length = 0;
  unsigned imported = 0;

  if (bob == NULL)
    start ();
  if (size > MAX_SIZE)
    return 0;

  text = g_string_new_len ((const char *) data, (gssize) size);
  g_string_replace (text, "$KEY", session_key, 8);
  g_string_replace (text, "$ID", session_id, 8);
  if (!mx_json_slices_init (&items, text->str, text->len) || items.is_object)
    return 0;

  seat_begin (bob);
  while (mx_json_slices_next (&items, NULL, &piece, &length, &error))
    imported += import (piece, length);
  check (imported);
  seat_roll_back (bob);

  return 0;
}
