/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A key export file from anywhere. The number of rounds is kept small, by writing zeros over its
 * upper bytes: a fuzzer has no time for 10 million. */
#include "config.h"

#include "fuzz.h"

#include "mx-key-export.h"

#include <string.h>

#define HEADER    "-----BEGIN MEGOLM SESSION DATA-----\n"
#define FOOTER    "\n-----END MEGOLM SESSION DATA-----"
#define ROUNDS_AT 44 /* in base64: bytes 33 to 35 */

static void
try_to_read (const char *text)
{
  g_autoptr (MxSecret) passphrase = mx_secret_new_text ("1234");
  g_autoptr (GError) error = NULL;
  g_autoptr (MxSecret) json = mx_key_export_decrypt (text, strlen (text), passphrase, &error);

  g_assert_true ((json == NULL) == (error != NULL));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  char *start = strstr (text, HEADER);
  char *end = start != NULL ? strstr (start + strlen (HEADER) - 1, FOOTER) : NULL;
  g_autoptr (GString) body = g_string_new (NULL);

  if (start == NULL || end == NULL)
    {
      /* "\r\n" is the only other header that is read */
      if (strstr (text, "DATA-----\r\n") == NULL)
        try_to_read (text);
      return 0;
    }

  for (const char *p = start + strlen (HEADER); p < end; p++)
    if (!g_ascii_isspace (*p))
      g_string_append_c (body, *p);
  for (gsize i = ROUNDS_AT; i < ROUNDS_AT + 4 && i < body->len; i++)
    body->str[i] = 'A';
  g_string_prepend (body, HEADER);
  g_string_append (body, FOOTER);
  try_to_read (body->str);

  return 0;
}
