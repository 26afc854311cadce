/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The verification of somebody whose identity changed is taken back (E2E-097), once the user has
 * agreed. Main thread. */
#pragma once

#include "mx-encryption.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* parent: any widget of the window; what fails is told as a toast. */
void
chappe_identity_withdraw_ask (GtkWidget *parent, MxEncryption *encryption, const char *user_id);

G_END_DECLS
