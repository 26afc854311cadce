/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Every link that is clicked or handed to the program. Main thread. */
#pragma once

#include "chappe-window.h"

G_BEGIN_DECLS

/* Links to rooms, messages and people are opened here, web and mail addresses by the desktop;
 * anything else is refused with a sentence: a message must not start programs. */
void chappe_link_open (ChappeWindow *window, const char *uri);

G_END_DECLS
