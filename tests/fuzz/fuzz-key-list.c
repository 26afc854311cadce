/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What a file of keys holds once it is decrypted: cut into pieces, each imported; $KEY and $ID
 * stand for a session. Whatever comes, nothing of it counts as received from its sender. It is
 * undone, so that no input depends on the one before. */
#include "config.h"

#include "fuzz.h"

#include "key-fixture.h"

#include "mx-error.h"
#include "mx-json-slice.h"
#include "mx-room-keys.h"

#include <stdlib.h>

#define MAX_SIZE (256 * 1024)

static KeyFixture fixture;

static void
end (void)
{
  key_fixture_clear (&fixture);
}

static void
start (void)
{
  key_fixture_init (&fixture);
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
  if (!mx_room_keys_import (fixture.bob->machine,
                            mx_json_document_root (document),
                            MX_KEY_ORIGIN_FILE,
                            NULL,
                            fixture.bob->changes,
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
  g_autoptr (GPtrArray) all = mx_store_load_megolm (fixture.bob->store, 0, G_MAXINT, NULL, NULL);

  /* one that is improved is not a further one */
  g_assert_cmpuint (all->len, <=, imported);
  g_assert_true ((all->len == 0) == (imported == 0));
  for (guint i = 0; i < all->len; i++)
    {
      const MxStoredMegolm *stored = g_ptr_array_index (all, i);

      g_assert_cmpint (stored->origin, ==, MX_KEY_ORIGIN_FILE);
      g_assert_null (stored->sender);
      g_assert_cmpstr (stored->session_id, ==, fixture.session_id);
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

  if (fixture.bob == NULL)
    start ();
  if (size > MAX_SIZE)
    return 0;

  text = g_string_new_len ((const char *) data, (gssize) size);
  g_string_replace (text, "$KEY", fixture.session_key, 8);
  g_string_replace (text, "$ID", fixture.session_id, 8);
  if (!mx_json_slices_init (&items, text->str, text->len) || items.is_object)
    return 0;

  seat_begin (fixture.bob);
  while (mx_json_slices_next (&items, NULL, &piece, &length, &error))
    imported += import (piece, length);
  check (imported);
  seat_roll_back (fixture.bob);

  return 0;
}
