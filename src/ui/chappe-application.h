/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The program: one instance per desktop session, its accounts, its window, the actions "app.…".
 * Main thread. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_APPLICATION (chappe_application_get_type ())
G_DECLARE_FINAL_TYPE (ChappeApplication, chappe_application, CHAPPE, APPLICATION, AdwApplication)

ChappeApplication *chappe_application_new (void);

G_END_DECLS
