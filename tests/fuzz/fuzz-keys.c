/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Keys that servers hand out and payloads of Olm messages. What is taken is signed, or for us,
 * whatever else is in it. */
#include "config.h"

#include "fuzz.h"

#include "mx-base64.h"
#include "mx-cross-signing.h"
#include "mx-olm-payload.h"

#define USER   "@alice:localhost"
#define DEVICE "test_device"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (MxJsonDocument) document =
    mx_json_document_parse ((const char *) data, (gssize) size, NULL);
  MxJson root = mx_json_document_root (document);
  MxDeviceKeys keys;
  MxDeviceKeys owner = { { 9 }, { 0 } };
  MxOlmEnvelope envelope = { USER, owner.curve25519, USER, owner.ed25519 };
  guint8 key[32];

  if (document == NULL)
    return 0;

  g_assert_true (mx_base64_decode_exact ("YI/7vbGVLpGdYtuceQR8MSsKB/QjgfMXM1xqnn+0NWU",
                                         owner.ed25519,
                                         sizeof owner.ed25519,
                                         NULL));
  if (mx_device_keys_parse (root, USER, DEVICE, &keys, NULL))
    {
      g_assert_cmpstr (mx_json_get_string (root, "user_id"), ==, USER);
      g_assert_cmpstr (mx_json_get_string (root, "device_id"), ==, DEVICE);
    }
  mx_device_keys_parse_one_time_key (root, USER, DEVICE, &owner, key, NULL);
  for (int usage = 0; usage < 3; usage++)
    if (mx_cross_signing_parse_key (root, (MxCrossSigningUsage) usage, USER, key, NULL))
      g_assert_true (mx_signature_check_public (key, NULL));
  if (mx_olm_payload_check (root, &envelope, key, NULL))
    g_assert_cmpstr (mx_json_get_string (root, "sender"), ==, USER);

  return 0;
}
