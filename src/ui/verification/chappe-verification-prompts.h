/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Incoming requests to verify: a toast for as long as the answer is awaited, which leads to the
 * dialog. */
#pragma once

#include "mx-verification.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_VERIFICATION_PROMPTS (chappe_verification_prompts_get_type ())
G_DECLARE_FINAL_TYPE (ChappeVerificationPrompts,
                      chappe_verification_prompts,
                      CHAPPE,
                      VERIFICATION_PROMPTS,
                      GObject)

/* The overlay is borrowed and must live longer. Caller owns. */
ChappeVerificationPrompts *chappe_verification_prompts_new (MxSession *session,
                                                            AdwToastOverlay *toasts);

G_END_DECLS
