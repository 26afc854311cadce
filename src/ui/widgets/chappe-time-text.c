/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Points in time as people write them. */
#include "config.h"

#include "chappe-time-text.h"

#include <glib/gi18n.h>

static gint64
now_ms (void)
{
  return g_get_real_time () / 1000;
}

static GDateTime *
local_time (gint64 ts_ms)
{
  if (ts_ms <= 0)
    return NULL;
  return g_date_time_new_from_unix_local (ts_ms / 1000);
}

/* Calendar days from a to b, whatever the hours are. */
static int
days_between (GDateTime *a, GDateTime *b)
{
  GDate first, second;

  g_date_clear (&first, 1);
  g_date_clear (&second, 1);
  g_date_set_dmy (&first,
                  g_date_time_get_day_of_month (a),
                  g_date_time_get_month (a),
                  g_date_time_get_year (a));
  g_date_set_dmy (&second,
                  g_date_time_get_day_of_month (b),
                  g_date_time_get_month (b),
                  g_date_time_get_year (b));
  return g_date_days_between (&first, &second);
}

static char *
format (GDateTime *time, const char *pattern)
{
  g_autofree char *text = g_date_time_format (time, pattern);

  return text != NULL ? g_steal_pointer (&text) : g_strdup ("");
}

char *
chappe_time_text_clock (gint64 ts_ms)
{
  g_autoptr (GDateTime) time = local_time (ts_ms);

  /* TRANSLATORS: a time of day as strftime writes it: 14:05 */
  return time != NULL ? format (time, _ ("%H:%M")) : g_strdup ("");
}

char *
chappe_time_text_short_at (gint64 ts_ms, gint64 now)
{
  g_autoptr (GDateTime) time = local_time (ts_ms);
  g_autoptr (GDateTime) today = local_time (now);
  int days;

  if (time == NULL || today == NULL)
    return g_strdup ("");

  days = days_between (time, today);
  if (days == 0)
    return chappe_time_text_clock (ts_ms);
  if (days == 1)
    return g_strdup (_ ("Yesterday"));
  if (days > 1 && days < 7)
    /* TRANSLATORS: a day of the week, short, as strftime writes it */
    return format (time, C_ ("short date", "%a"));
  if (g_date_time_get_year (time) == g_date_time_get_year (today))
    /* TRANSLATORS: a day of this year, short, as strftime writes it: 3 Nov */
    return format (time, C_ ("short date", "%-d %b"));
  /* TRANSLATORS: a day of another year, short, as strftime writes it */
  return format (time, C_ ("short date", "%x"));
}

char *
chappe_time_text_short (gint64 ts_ms)
{
  return chappe_time_text_short_at (ts_ms, now_ms ());
}

char *
chappe_time_text_day_at (gint64 ts_ms, gint64 now)
{
  g_autoptr (GDateTime) time = local_time (ts_ms);
  g_autoptr (GDateTime) today = local_time (now);
  int days;

  if (time == NULL || today == NULL)
    return g_strdup ("");

  days = days_between (time, today);
  if (days == 0)
    return g_strdup (_ ("Today"));
  if (days == 1)
    return g_strdup (_ ("Yesterday"));
  if (g_date_time_get_year (time) == g_date_time_get_year (today))
    /* TRANSLATORS: a day of this year as strftime writes it: Monday 3 November */
    return format (time, C_ ("long date", "%A %-d %B"));
  /* TRANSLATORS: a day of another year as strftime writes it: Monday 3 November 2025 */
  return format (time, C_ ("long date", "%A %-d %B %Y"));
}

char *
chappe_time_text_day (gint64 ts_ms)
{
  return chappe_time_text_day_at (ts_ms, now_ms ());
}

char *
chappe_time_text_full (gint64 ts_ms)
{
  g_autoptr (GDateTime) time = local_time (ts_ms);

  if (time == NULL)
    return g_strdup ("");
  /* TRANSLATORS: day and time in full as strftime writes them */
  return format (time, C_ ("long date", "%A %-d %B %Y, %H:%M"));
}
