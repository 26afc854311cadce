/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Tells widgets that show times when a new day has begun (also after a suspend or a change of time
 * zone). Main thread. */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_CLOCK (chappe_clock_get_type ())
G_DECLARE_FINAL_TYPE (ChappeClock, chappe_clock, CHAPPE, CLOCK, GObject)

/* Borrowed; one for the program. Signal: "day-changed". */
ChappeClock *chappe_clock_get_default (void);

G_END_DECLS
