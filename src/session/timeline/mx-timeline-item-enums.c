/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The enumerations of mx-timeline-item.h as types. */
#include "config.h"

#include "mx-timeline-item.h"

G_DEFINE_ENUM_TYPE (MxItemKind,
                    mx_item_kind,
                    G_DEFINE_ENUM_VALUE (MX_ITEM_MESSAGE, "message"),
                    G_DEFINE_ENUM_VALUE (MX_ITEM_STATE, "state"),
                    G_DEFINE_ENUM_VALUE (MX_ITEM_DAY, "day"),
                    G_DEFINE_ENUM_VALUE (MX_ITEM_READ_MARKER, "read-marker"),
                    G_DEFINE_ENUM_VALUE (MX_ITEM_GAP, "gap"),
                    G_DEFINE_ENUM_VALUE (MX_ITEM_START, "start"),
                    G_DEFINE_ENUM_VALUE (MX_ITEM_FOOTER, "footer"))
G_DEFINE_ENUM_TYPE (MxSendState,
                    mx_send_state,
                    G_DEFINE_ENUM_VALUE (MX_SEND_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (MX_SEND_WAITING, "waiting"),
                    G_DEFINE_ENUM_VALUE (MX_SEND_SENDING, "sending"),
                    G_DEFINE_ENUM_VALUE (MX_SEND_FAILED, "failed"),
                    G_DEFINE_ENUM_VALUE (MX_SEND_SENT, "sent"))
G_DEFINE_ENUM_TYPE (MxGapState,
                    mx_gap_state,
                    G_DEFINE_ENUM_VALUE (MX_GAP_IDLE, "idle"),
                    G_DEFINE_ENUM_VALUE (MX_GAP_LOADING, "loading"),
                    G_DEFINE_ENUM_VALUE (MX_GAP_FAILED, "failed"))
G_DEFINE_ENUM_TYPE (MxShield,
                    mx_shield,
                    G_DEFINE_ENUM_VALUE (MX_SHIELD_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (MX_SHIELD_GREY, "grey"),
                    G_DEFINE_ENUM_VALUE (MX_SHIELD_RED, "red"))
G_DEFINE_ENUM_TYPE (MxShieldReason,
                    mx_shield_reason,
                    G_DEFINE_ENUM_VALUE (MX_SHIELD_REASON_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (MX_SHIELD_REASON_NOT_AUTHENTIC, "not_authentic"),
                    G_DEFINE_ENUM_VALUE (MX_SHIELD_REASON_UNKNOWN_DEVICE, "unknown_device"),
                    G_DEFINE_ENUM_VALUE (MX_SHIELD_REASON_UNSIGNED_DEVICE, "unsigned_device"),
                    G_DEFINE_ENUM_VALUE (MX_SHIELD_REASON_MISMATCHED_SENDER, "mismatched_sender"),
                    G_DEFINE_ENUM_VALUE (MX_SHIELD_REASON_IDENTITY_CHANGED, "identity_changed"),
                    G_DEFINE_ENUM_VALUE (MX_SHIELD_REASON_NOT_ENCRYPTED, "not_encrypted"))
