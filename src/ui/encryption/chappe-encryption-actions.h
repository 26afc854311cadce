/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The window's actions about encryption: "identity" (string: "set-up", "set-up-gate", "verify",
 * "verify-gate", "enter-code", "any": what is missing), "verify-device" (string: one of ours,
 * empty: whichever answers), "verify-user" (string: user id), "sign-out", "ask-for-message"
 * (string: name of who wrote it). Main thread. */
#pragma once

#include "chappe-window.h"

G_BEGIN_DECLS

void chappe_encryption_add_actions (ChappeWindow *window);

G_END_DECLS
