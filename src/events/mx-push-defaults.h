/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The rules that servers give to everybody (spec "Predefined Rules"; research/protocol §8), for
 * accounts whose rules are not known yet or lack newer ones. */
#pragma once

#include "mx-json.h"

G_BEGIN_DECLS

/* Where a value or pattern is one of these two, it stands for the account's own. */
#define MX_PUSH_OWN_ID        "$own_id"
#define MX_PUSH_OWN_LOCALPART "$own_localpart"

/* The default rules of a kind ("override" …) as the array that a server would send. Caller owns. */
MxJsonDocument *mx_push_default_rules (const char *kind);

G_END_DECLS
