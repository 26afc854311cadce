/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Milestones that count once they are on the screen (benchmarks; base/mx-trace.h). Nothing happens
 * where CHAPPE_TRACE is not set. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Notes milestone when the next frame of widget's window was painted. milestone: a literal. */
void chappe_trace_next_paint (GtkWidget *widget, const char *milestone);
/* Notes every frame of the window and how long it took, from its layout to the end
 * of painting. */
void chappe_trace_frames (GtkWidget *window);

G_END_DECLS
