/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Points in time as lists and separators write them. */
#include "config.h"

#include "chappe-time-text.h"

#include <locale.h>

/* Sunday 22 November 2026, 14:05 local time, whatever the zone is. */
static gint64
at (int year, int month, int day, int hour, int minute)
{
  g_autoptr (GDateTime) time = g_date_time_new_local (year, month, day, hour, minute, 0);

  return g_date_time_to_unix (time) * 1000;
}

static void
check_short (gint64 ts, const char *expected)
{
  g_autofree char *text = chappe_time_text_short_at (ts, at (2026, 11, 22, 14, 5));

  g_assert_cmpstr (text, ==, expected);
}

static void
test_short (void)
{
  check_short (at (2026, 11, 22, 0, 0), "00:00");
  check_short (at (2026, 11, 22, 23, 59), "23:59");
  check_short (at (2026, 11, 21, 23, 59), "Yesterday");
  check_short (at (2026, 11, 20, 1, 0), "Fri");
  check_short (at (2026, 11, 16, 1, 0), "Mon");
  check_short (at (2026, 11, 15, 1, 0), "15 Nov");
  check_short (at (2026, 1, 3, 1, 0), "3 Jan");
  check_short (at (2025, 12, 31, 23, 0), "12/31/25");
  /* A clock that is ahead: a date, not "in two days". */
  check_short (at (2026, 11, 24, 1, 0), "24 Nov");
}

static void
test_day (void)
{
  const gint64 now = at (2026, 1, 1, 0, 30);
  g_autofree char *today = chappe_time_text_day_at (at (2026, 1, 1, 0, 1), now);
  g_autofree char *yesterday = chappe_time_text_day_at (at (2025, 12, 31, 23, 59), now);
  g_autofree char *earlier = chappe_time_text_day_at (at (2025, 12, 25, 12, 0), now);

  g_assert_cmpstr (today, ==, "Today");
  g_assert_cmpstr (yesterday, ==, "Yesterday");
  g_assert_cmpstr (earlier, ==, "Thursday 25 December 2025");
}

static void
test_hostile (void)
{
  const gint64 values[] = { 0, -1, G_MAXINT64, G_MININT64, G_GINT64_CONSTANT (253402300800000) };

  for (unsigned i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autofree char *list = chappe_time_text_short (values[i]);
      g_autofree char *clock = chappe_time_text_clock (values[i]);
      g_autofree char *day = chappe_time_text_day (values[i]);
      g_autofree char *full = chappe_time_text_full (values[i]);

      g_assert_cmpstr (list, ==, "");
      g_assert_cmpstr (clock, ==, "");
      g_assert_cmpstr (day, ==, "");
      g_assert_cmpstr (full, ==, "");
    }
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/time-text/short", test_short);
  g_test_add_func ("/time-text/day", test_day);
  g_test_add_func ("/time-text/hostile", test_hostile);

  return g_test_run ();
}
