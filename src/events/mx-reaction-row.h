/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The reactions of one key to one event, counted once per sender. Plain data in a GPtrArray that
 * owns it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  char *key;
  unsigned count;
  char *own_event_id; /* our own reaction, NULL: not ours */
  GStrv senders;      /* user ids, the first 5 */
  gint64 first_ts;    /* ms */
} MxReactionRow;

void mx_reaction_row_free (MxReactionRow *self);

G_END_DECLS
