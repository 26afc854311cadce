/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-identities.h. */
#include "config.h"

#include "mx-identities.h"

gboolean
mx_identities_apply (MxOlmMachine *machine,
                     const char *user_id,
                     MxJson master,
                     MxJson self_signing,
                     MxJson user_signing,
                     MxStoreChanges *changes,
                     GError **error)
{
  return TRUE;
}

gboolean
mx_identities_trusts_device (MxOlmMachine *machine, const MxStoredDevice *device)
{
  return device->is_cross_signed;
}

gboolean
mx_identities_is_own_verified (MxOlmMachine *machine, const MxStoredDevice *device)
{
  return FALSE;
}
