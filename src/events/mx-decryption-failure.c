/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-decryption-failure.h"

G_DEFINE_ENUM_TYPE (MxDecryptionFailure,
                    mx_decryption_failure,
                    G_DEFINE_ENUM_VALUE (MX_DECRYPTION_OK, "ok"),
                    G_DEFINE_ENUM_VALUE (MX_DECRYPTION_NO_KEY, "no_key"),
                    G_DEFINE_ENUM_VALUE (MX_DECRYPTION_INDEX_TOO_EARLY, "index_too_early"),
                    G_DEFINE_ENUM_VALUE (MX_DECRYPTION_WITHHELD, "withheld"),
                    G_DEFINE_ENUM_VALUE (MX_DECRYPTION_WITHHELD_UNVERIFIED, "withheld_unverified"),
                    G_DEFINE_ENUM_VALUE (MX_DECRYPTION_BEFORE_JOIN, "before_join"),
                    G_DEFINE_ENUM_VALUE (MX_DECRYPTION_BEFORE_DEVICE, "before_device"),
                    G_DEFINE_ENUM_VALUE (MX_DECRYPTION_BACKUP_LOCKED, "backup_locked"),
                    G_DEFINE_ENUM_VALUE (MX_DECRYPTION_BAD_MESSAGE, "bad_message"),
                    G_DEFINE_ENUM_VALUE (MX_DECRYPTION_UNKNOWN_ALGORITHM, "unknown_algorithm"),
                    G_DEFINE_ENUM_VALUE (MX_DECRYPTION_REPLAY, "replay"),
                    G_DEFINE_ENUM_VALUE (MX_DECRYPTION_UNTRUSTED, "untrusted"))

const char *
mx_decryption_failure_get_name (MxDecryptionFailure self)
{
  g_autoptr (GEnumClass) values = NULL;
  const GEnumValue *value = NULL;

  if (self == MX_DECRYPTION_OK)
    return NULL;

  values = g_type_class_ref (mx_decryption_failure_get_type ());
  value = g_enum_get_value (values, (int) self);

  return value != NULL ? value->value_nick : "no_key";
}
