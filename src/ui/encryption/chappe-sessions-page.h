/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The devices of the account: this one first, the others by last activity; verify, rename, sign out
 * one, several or all others. A subpage of the preferences. Main thread. */
#pragma once

#include "mx-device.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_SESSIONS_PAGE (chappe_sessions_page_get_type ())
G_DECLARE_FINAL_TYPE (ChappeSessionsPage,
                      chappe_sessions_page,
                      CHAPPE,
                      SESSIONS_PAGE,
                      AdwNavigationPage)

ChappeSessionsPage *chappe_sessions_page_new (MxEncryption *encryption);
/* A list of MxDevice of its own. */
void chappe_sessions_page_set_devices (ChappeSessionsPage *self, GListModel *devices);

G_END_DECLS
