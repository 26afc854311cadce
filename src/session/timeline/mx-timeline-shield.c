/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-timeline-shield.h"

MxShield
mx_timeline_shield_find (MxRoom *room,
                         MxEvent *event,
                         MxDecryptionFailure failure,
                         const char *session_id,
                         MxShieldReason *reason)
{
  *reason = MX_SHIELD_REASON_NONE;
  return MX_SHIELD_NONE;
}
