/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The keyring or the messages cannot be opened: why, and what helps. Nothing is ever removed
 * without being asked for in so many words (DESIGN §4). Main thread. Signals: "retry"; "remove":
 * the user confirmed. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_LOCKED_PAGE (chappe_locked_page_get_type ())
G_DECLARE_FINAL_TYPE (ChappeLockedPage, chappe_locked_page, CHAPPE, LOCKED_PAGE, AdwBin)

void chappe_locked_page_set_error (ChappeLockedPage *self, const GError *error);

G_END_DECLS
