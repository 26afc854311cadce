/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Secrets asked for and given (research/protocol §4.M). */
#include "config.h"

#include "mx-identities.h"

gboolean
mx_secret_gossip_receive (MxOlmMachine *machine,
                          const MxToDeviceMessage *message,
                          MxStoreChanges *changes,
                          GError **error)
{
  return TRUE;
}
