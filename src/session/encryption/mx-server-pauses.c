/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-server-pauses.h. Time is the monotonic clock's (E2E-167). */
#include "config.h"

#include "mx-server-pauses.h"

#include "mx-matrix-id.h"

#define FIRST_MS 15000
#define LAST_MS  (15 * 60 * 1000)

typedef struct
{
  gint64 until_us;
  unsigned failures;
} MxPause;

struct _MxServerPauses
{
  GHashTable *servers; /* name → MxPause */
};

MxServerPauses *
mx_server_pauses_new (void)
{
  MxServerPauses *self = g_new0 (MxServerPauses, 1);

  self->servers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  return self;
}

void
mx_server_pauses_free (MxServerPauses *self)
{
  g_hash_table_unref (self->servers);
  g_free (self);
}

void
mx_server_pauses_failed (MxServerPauses *self, const char *server)
{
  MxPause *pause = g_hash_table_lookup (self->servers, server);
  gint64 ms = 0;

  if (pause == NULL)
    {
      pause = g_new0 (MxPause, 1);
      g_hash_table_insert (self->servers, g_strdup (server), pause);
    }
  ms = MIN ((gint64) FIRST_MS << MIN (pause->failures, 10), LAST_MS);
  pause->failures++;
  pause->until_us = g_get_monotonic_time () + ms * 1000;
}

void
mx_server_pauses_answered (MxServerPauses *self, const char *user_id)
{
  const char *server = mx_id_get_server (user_id);

  if (server != NULL)
    g_hash_table_remove (self->servers, server);
}

gboolean
mx_server_pauses_contain (MxServerPauses *self, const char *user_id)
{
  const char *server = mx_id_get_server (user_id);
  const MxPause *pause = server != NULL ? g_hash_table_lookup (self->servers, server) : NULL;

  return pause != NULL && pause->until_us > g_get_monotonic_time ();
}

guint
mx_server_pauses_get_next_ms (MxServerPauses *self)
{
  gint64 now = g_get_monotonic_time ();
  gint64 next = G_MAXINT64;
  GHashTableIter iter;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, self->servers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((MxPause *) value)->until_us > now)
      next = MIN (next, ((MxPause *) value)->until_us);

  return next != G_MAXINT64 ? (guint) ((next - now) / 1000 + 1) : 0;
}
