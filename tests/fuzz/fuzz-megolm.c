/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Megolm: the input as a message of a known session, as the key of a session and as an exported
 * key. */
#include "config.h"

#include "fuzz.h"

#include "mx-megolm-inbound.h"

/* of matrix-js-sdk's test data, as is the message in the corpus */
#define SESSION_ID "ipdI6Zs/7DzFTEhiA2iGaMDfHkIYCleqXT6L+5e1/co"
#define SESSION_KEY                                                                                  \
  "AQAAAABXGO+Z9jlQJhIL6ByhXrv2BwCIxkhh7MXpKLsYmXkJcWrQlirmXmD79ga1zo+I4DCtEZzyGSpDWXBC6G7ez3H4gDMB" \
  "am1RE3Jm5tc+oTlIri32UkYgSL0kBkcEnttqmIXBlK8tAfJo3cJnlh7F4ltEOAqrdME6dU0zXTkqXmURqYqXSOmbP+w8xUxI" \
  "YgNohmjA3x5CGApXql0+i/uXtf3K"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static MxMegolmInbound *session;
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (MxMegolmInbound) given = mx_megolm_inbound_new (text, NULL, NULL);
  g_autoptr (MxMegolmInbound) imported = mx_megolm_inbound_import (text, NULL, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) plaintext = NULL;
  guint32 index = 0;

  if (session == NULL)
    session = mx_megolm_inbound_import (SESSION_KEY, SESSION_ID, NULL);

  plaintext = mx_megolm_inbound_decrypt (session, text, &index, &error);
  g_assert_true ((plaintext == NULL) == (error != NULL));
  if (imported != NULL)
    {
      g_autoptr (MxSecret) exported =
        mx_megolm_inbound_export (imported, mx_megolm_inbound_get_first_index (imported), NULL);

      g_assert_nonnull (exported);
      mx_megolm_inbound_compare (imported, session);
    }

  return 0;
}
