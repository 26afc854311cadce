/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A minute's timer that compares calendar days: no sleep until midnight would survive a suspend. */
#include "config.h"

#include "chappe-clock.h"

struct _ChappeClock
{
  GObject parent_instance;

  int day;
};

G_DEFINE_FINAL_TYPE (ChappeClock, chappe_clock, G_TYPE_OBJECT)

typedef enum
{
  DAY_CHANGED,
} ChappeClockSignal;

static unsigned signals[DAY_CHANGED + 1];

static int
today (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  return g_date_time_get_year (now) * 400 + g_date_time_get_day_of_year (now);
}

static gboolean
minute_cb (gpointer user_data)
{
  ChappeClock *self = user_data;
  int day = today ();

  if (day != self->day)
    {
      self->day = day;
      g_signal_emit (self, signals[DAY_CHANGED], 0);
    }
  return G_SOURCE_CONTINUE;
}

static void
chappe_clock_class_init (ChappeClockClass *klass)
{
  signals[DAY_CHANGED] = g_signal_new ("day-changed",
                                       G_TYPE_FROM_CLASS (klass),
                                       G_SIGNAL_RUN_LAST,
                                       0,
                                       NULL,
                                       NULL,
                                       NULL,
                                       G_TYPE_NONE,
                                       0);
}

static void
chappe_clock_init (ChappeClock *self)
{
  self->day = today ();
}

ChappeClock *
chappe_clock_get_default (void)
{
  static ChappeClock *clock;

  if (clock == NULL)
    {
      clock = g_object_new (CHAPPE_TYPE_CLOCK, NULL);
      g_timeout_add_seconds (60, minute_cb, clock);
    }
  return clock;
}
