/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "chappe-paint-trace.h"

#include "mx-trace.h"

#include <time.h>

static void
painted_cb (GdkFrameClock *clock, gpointer milestone)
{
  mx_trace (milestone);
  g_signal_handlers_disconnect_by_func (clock, painted_cb, milestone);
}

static gboolean
tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer milestone)
{
  g_signal_connect (clock, "after-paint", G_CALLBACK (painted_cb), milestone);

  return G_SOURCE_REMOVE;
}

void
chappe_trace_next_paint (GtkWidget *widget, const char *milestone)
{
  if (!mx_trace_is_enabled ())
    return;

  /* a tick callback waits for a widget that has no window yet */
  gtk_widget_add_tick_callback (widget, tick_cb, (gpointer) milestone, NULL);
}

/* When a frame began, by the clock and by this thread's processor time: on a busy machine only the
 * second says what the frame cost. */
typedef struct
{
  gint64 wall;
  gint64 cpu;
} FrameStart;

static gint64
get_cpu_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static void
frame_begun_cb (GdkFrameClock *clock, FrameStart *start)
{
  start->wall = g_get_monotonic_time ();
  start->cpu = get_cpu_time ();
}

static void
frame_painted_cb (GdkFrameClock *clock, FrameStart *start)
{
  mx_trace_took ("frame", g_get_monotonic_time () - start->wall);
  mx_trace_took ("frame-cpu", get_cpu_time () - start->cpu);
}

static void
realize_cb (GtkWidget *window)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (window);
  FrameStart *start = g_new0 (FrameStart, 1);

  g_object_set_data_full (G_OBJECT (clock), "chappe-frame-start", start, g_free);
  g_signal_connect (clock, "before-paint", G_CALLBACK (frame_begun_cb), start);
  g_signal_connect (clock, "after-paint", G_CALLBACK (frame_painted_cb), start);
}

void
chappe_trace_frames (GtkWidget *window)
{
  if (mx_trace_is_enabled ())
    g_signal_connect (window, "realize", G_CALLBACK (realize_cb), NULL);
}
