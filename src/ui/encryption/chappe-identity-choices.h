/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The ways by which a new device becomes one of the account's: rows with the actions of
 * ChappeIdentityDialog. Main thread. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_IDENTITY_CHOICES (chappe_identity_choices_get_type ())
G_DECLARE_FINAL_TYPE (ChappeIdentityChoices,
                      chappe_identity_choices,
                      CHAPPE,
                      IDENTITY_CHOICES,
                      AdwBin)

G_END_DECLS
