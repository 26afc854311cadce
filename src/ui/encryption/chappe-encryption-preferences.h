/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Adds what is about encryption to the preferences of a signed-in account, and does what is wanted
 * there. Main thread. */
#pragma once

#include "chappe-window.h"

G_BEGIN_DECLS

/* The page, which the dialog owns; NULL, and nothing added, when no session is open. */
AdwPreferencesPage *chappe_encryption_preferences_add (AdwPreferencesDialog *dialog,
                                                       ChappeWindow *window);

G_END_DECLS
