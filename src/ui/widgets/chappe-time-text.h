/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Points in time as people write them, in the local time zone and language. Milliseconds since 1970
 * everywhere; 0 and what no calendar holds give "". The caller owns the result. Main thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* For lists, as short as it stays clear: 14:05, Yesterday, Mon, 3 Nov, 03/11/2025. */
char *chappe_time_text_short (gint64 ts_ms);
/* The same as seen at now_ms. */
char *chappe_time_text_short_at (gint64 ts_ms, gint64 now_ms);
/* 14:05 */
char *chappe_time_text_clock (gint64 ts_ms);
/* Between messages of two days: Today, Yesterday, Monday 3 November, with the year when it is
 * another one. */
char *chappe_time_text_day (gint64 ts_ms);
char *chappe_time_text_day_at (gint64 ts_ms, gint64 now_ms);
/* Day and time in full, for tooltips and screen readers. */
char *chappe_time_text_full (gint64 ts_ms);

G_END_DECLS
