/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Milestones for the benchmarks: where CHAPPE_TRACE=FILE is set, one JSON line each,
 * {"us":…,"milestone":"…"}, with the monotonic clock in µs. Names only: no ids, no text. Nothing
 * happens where it is not set. Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean mx_trace_is_enabled (void);
void mx_trace (const char *milestone);
/* With "took": how long something lasted, in µs. */
void mx_trace_took (const char *milestone, gint64 us);

G_END_DECLS
