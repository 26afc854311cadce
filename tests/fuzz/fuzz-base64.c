/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Base64: what is accepted keeps its meaning when it is written again. */
#include "config.h"

#include "fuzz.h"

#include "mx-base64.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  gsize decoded_size = 0;
  g_autofree guint8 *decoded =
    mx_base64_decode ((const char *) data, (gssize) size, &decoded_size, NULL);
  g_autofree char *written = mx_base64_encode (data, size);
  g_autofree char *url = mx_base64_encode_url (data, size);
  gsize again_size = 0;
  g_autofree guint8 *again = mx_base64_decode (written, -1, &again_size, NULL);
  guint8 key[32];

  g_assert_cmpmem (again, again_size, data, size);
  g_assert_true (size != sizeof key || mx_base64_decode_url_exact (url, key, sizeof key, NULL));

  if (decoded != NULL)
    {
      g_autofree char *text = mx_base64_encode (decoded, decoded_size);
      gsize same_size = 0;
      g_autofree guint8 *same = mx_base64_decode (text, -1, &same_size, NULL);

      g_assert_cmpuint (decoded_size, <=, size / 4 * 3 + 2);
      g_assert_cmpmem (same, same_size, decoded, decoded_size);
    }

  return 0;
}
