/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The list of keyboard shortcuts. Main thread. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

void chappe_shortcuts_present (GtkWidget *parent);

G_END_DECLS
