/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Keys drawn as keys. Main thread. Property: "accelerators": one or several as GTK writes them,
 * between spaces. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_SHORTCUT_LABEL (chappe_shortcut_label_get_type ())
G_DECLARE_FINAL_TYPE (ChappeShortcutLabel, chappe_shortcut_label, CHAPPE, SHORTCUT_LABEL, AdwBin)

GtkWidget *chappe_shortcut_label_new (const char *accelerators);

G_END_DECLS
