/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A recovery key as somebody typed it: a key that is written the same way, or one of four errors.
 */
#include "config.h"

#include "fuzz.h"

#include "mx-error.h"
#include "mx-recovery-key.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (MxSecret) key = mx_recovery_key_decode (text, &error);

  if (key != NULL)
    {
      g_autoptr (MxSecret) written = mx_recovery_key_encode (key);
      g_autoptr (MxSecret) again = mx_recovery_key_decode (mx_secret_get_text (written), NULL);

      g_assert_true (mx_secret_equal (key, again));
    }
  else
    {
      g_assert_nonnull (error);
      g_assert_true (error->domain == MX_RECOVERY_KEY_ERROR);
    }

  return 0;
}
