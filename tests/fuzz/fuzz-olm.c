/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Olm messages: one character for the type, then the body, to an account that waits for a first
 * message and to a session that runs. Both are restored for each input, so that none depends on the
 * one before. */
#include "config.h"

#include "fuzz.h"

#include "mx-base64.h"
#include "mx-olm-session.h"

/* An account and a session of nobody; the corpus has three messages that they can read. */
#define SENDER "aF6VaSYADxLDg6ImpzbHt7LSalrcTvjNNiMf2nmlTns"
#define ACCOUNT                                                                                    \
  "TXhQQQEDAhBVdUdvT0ptenhEMVFQVzMxZk03VUx3R25UeFZXeXk5Q3BEUktJRGREejhUekt6ajhJWnJZVjlkTFBudFhl"   \
  "eTR3anVsdGp2Lzdxc011UHdxUDFxcGQyRXI1azdTZzFwQ0hYVkd5MWF1WTZxOTd2K1VORTdjYjI2NUI5aEdDMmJQSUhm"   \
  "d1cvOEQ4S0h5a1hOU1JMcU5oMjhDUlZPeC8ybG94aWY1eU16OFpXclhUbVdWN2pYb0Yvc2VnRDB5R2kvWnRtdjZYcEJM"   \
  "Sk5XdGRtUzlvakt1Y3Q2SjFmMlEyQ1R2SGFXdVRMY1VwQjZEdktQYndoRWpVN2RMTEhCNmVkMnBHZFRNeGhUSjdKSm9o"   \
  "YW51blV2a0lyMlYxS212MmE2MHpnQ1hUS3FMSWVkbkZpNzE1czFnNy9ValVDNCsyUnIrQ25ZT3AwMEhHc3R6YzdJaFF3"   \
  "b1J3aEpocmw0WjlDNVBj"
#define SESSION                                                                                    \
  "TXhQUwEDAhBlc3lNRkRGQTh1empVSWFxWldPUExNZXNkQUVOM3Jva1I3dVFCS014Nm9zZjlwZW91UzZScFc2eTZ6c3Ex"   \
  "cGlWOXlHb0E0RXBCaEV2c3dTZmw2YjRBS3Z2cnhqa2MzQThKQTgraVY5eVJmUzlYZ3dSQnZTZEFocXpCVXhjUDVNaWtu"   \
  "RU9HZ0IxeExsSHN3alVwUG5Md2h3aFNHd1N6azVCRHQvY1EzNTlheW5BazAzSk44M1A0ZHJFRFdwTmgwbUlpWjFjbXVE"   \
  "RGNHbWh0TEQ2cVkrMGZDMjArcnNIdTRLTWJJRW5wVjNaRFFsZjRIS243b3pnOUkwbFNOVk1HdVdaOWNZVFBaSjZ4M2lV"   \
  "dGRyUm1aTlNSbC80OVEvWi9pMDhaN3dPVGNtR285dTQ2d2NsOGljRXNGbEpWMnRDeHEwSG81RmM4WVcrRVluanNiMzZi"   \
  "b0wrakFFWC9rVlFiM1pTRFloL1pPMFJLQWt5MVVuYTRYNXdNVnYweHRjUUZzdVlmdEJ6V01VOU1POFlRaDFEY1BNaTNu"   \
  "dlU3clVqQVdvNVJ4ZzU2ZHo1UFVSbUI3VTMxMjJnSXc"

static GBytes *
decode (const char *text)
{
  gsize size = 0;
  guint8 *bytes = mx_base64_decode (text, -1, &size, NULL);

  return g_bytes_new_take (bytes, size);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const guint8 zeros[32] = { 0 };
  guint8 sender_key[32];
  g_autoptr (MxSecret) pickle_key = mx_secret_new (zeros, sizeof zeros);
  g_autoptr (GBytes) account_pickle = decode (ACCOUNT);
  g_autoptr (GBytes) session_pickle = decode (SESSION);
  g_autoptr (MxOlmAccount) account = mx_olm_account_unpickle (account_pickle, pickle_key, NULL);
  g_autoptr (MxOlmSession) session = mx_olm_session_unpickle (session_pickle, pickle_key, NULL);
  MxOlmMessageType type = MX_OLM_MESSAGE_NORMAL;
  g_autofree char *body = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) first_error = NULL;
  g_autoptr (GBytes) plaintext = NULL;
  g_autoptr (GBytes) first = NULL;
  g_autoptr (MxOlmSession) created = NULL;

  if (size == 0)
    return 0;

  g_assert_true (account != NULL && session != NULL);
  g_assert_true (mx_base64_decode_exact (SENDER, sender_key, sizeof sender_key, NULL));
  type = data[0] == '0' ? MX_OLM_MESSAGE_PRE_KEY : MX_OLM_MESSAGE_NORMAL;
  body = g_strndup ((const char *) data + 1, size - 1);

  mx_olm_session_matches (session, sender_key, body);
  plaintext = mx_olm_session_decrypt (session, type, body, &error);
  g_assert_true ((plaintext == NULL) == (error != NULL));
  created = mx_olm_session_new_inbound (account, sender_key, body, &first, &first_error);
  g_assert_true ((created == NULL) == (first_error != NULL));
  g_assert_true ((created == NULL) == (first == NULL));

  return 0;
}
