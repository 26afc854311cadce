/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The About dialog, with what a support desk asks for. Main thread. */
#pragma once

#include "mx-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* session: whose state is described, NULL: none. */
void chappe_about_present (GtkWidget *parent, MxSession *session);

G_END_DECLS
