/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Preferences, applied as they are changed; what the organisation locked is shown and cannot be
 * changed. Main thread. */
#pragma once

#include "chappe-window.h"

G_BEGIN_DECLS

#define CHAPPE_TYPE_PREFERENCES_DIALOG (chappe_preferences_dialog_get_type ())
G_DECLARE_FINAL_TYPE (ChappePreferencesDialog,
                      chappe_preferences_dialog,
                      CHAPPE,
                      PREFERENCES_DIALOG,
                      AdwPreferencesDialog)

/* window: whose account is described. */
GtkWidget *chappe_preferences_dialog_new (ChappeWindow *window);

G_END_DECLS
