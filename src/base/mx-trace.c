/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-trace.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define OFF (-2)

static int
get_file (void)
{
  static int file = -1;
  static gsize ready = 0;

  if (g_once_init_enter (&ready))
    {
      const char *path = g_getenv ("CHAPPE_TRACE");

      file = path != NULL && *path != '\0'
               ? g_open (path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)
               : OFF;
      if (file == -1)
        g_warning ("The file of CHAPPE_TRACE cannot be written");
      g_once_init_leave (&ready, 1);
    }

  return file;
}

gboolean
mx_trace_is_enabled (void)
{
  return get_file () >= 0;
}

/* One write a line, so that those of several threads do not mix. */
static void
write_line (const char *line, int length)
{
  if (write (get_file (), line, (gsize) length) != length)
    g_debug ("A milestone is missing in the trace");
}

void
mx_trace (const char *milestone)
{
  char line[128];

  if (get_file () < 0)
    return;

  write_line (line,
              MIN (g_snprintf (line,
                               sizeof line,
                               "{\"us\":%" G_GINT64_FORMAT ",\"milestone\":\"%.40s\"}\n",
                               g_get_monotonic_time (),
                               milestone),
                   (int) sizeof line - 1));
}

void
mx_trace_took (const char *milestone, gint64 us)
{
  char line[128];

  if (get_file () < 0)
    return;

  write_line (line,
              MIN (g_snprintf (line,
                               sizeof line,
                               "{\"us\":%" G_GINT64_FORMAT
                               ",\"milestone\":\"%.40s\",\"took\":%" G_GINT64_FORMAT "}\n",
                               g_get_monotonic_time (),
                               milestone,
                               us),
                   (int) sizeof line - 1));
}
