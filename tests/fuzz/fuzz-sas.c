/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What the other side of a verification sends: the content that our commitment covers, and its
 * MACs. Nobody who only changes bytes gets a key verified. */
#include "config.h"

#include "fuzz.h"

#include "mx-sas.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const MxSasParties parties = {
    "@alice:example.org", "ALICEDEV", "@bob:example.org", "BOBDEV", "txn-0001", TRUE,
  };
  static const MxSasKey keys[] = { { "ed25519:BOBDEV",
                                     "F4uCNNlcbRvc7CfBz95ZGWBvY1ALniG1J8+6rhVoKS0" } };
  g_autoptr (MxJsonDocument) document =
    mx_json_document_parse ((const char *) data, (gssize) size, NULL);
  g_autoptr (MxSas) sas = NULL;
  g_autoptr (MxSas) peer = NULL;
  g_autofree char *commitment = NULL;

  if (document == NULL)
    return 0;

  sas = mx_sas_new ();
  peer = mx_sas_new ();
  g_assert_true (mx_sas_set_their_key (sas, mx_sas_get_public_key (peer), NULL));
  for (int method = 0; method < 2; method++)
    {
      g_autoptr (GError) error = NULL;
      g_auto (GStrv) verified = mx_sas_verify_macs (sas,
                                                    (MxSasMacMethod) method,
                                                    &parties,
                                                    mx_json_document_root (document),
                                                    keys,
                                                    G_N_ELEMENTS (keys),
                                                    &error);

      g_assert_null (verified);
      g_assert_nonnull (error);
    }
  commitment = mx_sas_compute_commitment (mx_sas_get_public_key (peer),
                                          mx_json_document_root (document),
                                          NULL);

  return 0;
}
