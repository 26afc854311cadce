/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What widgets need before the first of them is made. Main thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Registers templates and style sheets; needs a display. Calling it again does nothing. */
void chappe_ui_init (void);

G_END_DECLS
