/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* One verification by emoji, from the request to its end. */
#pragma once

#include "mx-verification.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_VERIFICATION_DIALOG (chappe_verification_dialog_get_type ())
G_DECLARE_FINAL_TYPE (ChappeVerificationDialog,
                      chappe_verification_dialog,
                      CHAPPE,
                      VERIFICATION_DIALOG,
                      AdwDialog)

ChappeVerificationDialog *chappe_verification_dialog_new (MxVerification *verification);
/* Keeps a reference to the verification until it is closed; closing it before the end cancels the
 * verification. parent: any widget of the window. */
void chappe_verification_dialog_present (GtkWidget *parent, MxVerification *verification);

G_END_DECLS
