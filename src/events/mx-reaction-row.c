/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "mx-reaction-row.h"

void
mx_reaction_row_free (MxReactionRow *self)
{
  if (self == NULL)
    return;

  g_free (self->key);
  g_free (self->own_event_id);
  g_strfreev (self->senders);
  g_free (self);
}
