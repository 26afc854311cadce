/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-send-slots.h"

#define MAX_SLOTS 4

void
mx_send_slots_init (MxSendSlots *self)
{
  self->used = 0;
  g_queue_init (&self->waiting);
}

void
mx_send_slots_clear (MxSendSlots *self)
{
  g_queue_clear_full (&self->waiting, dex_unref);
}

gboolean
mx_send_slots_take (MxSendSlots *self, MxScope *scope, GError **error)
{
  g_autoptr (DexPromise) turn = NULL;

  if (self->used < MAX_SLOTS)
    {
      self->used++;
      return TRUE;
    }

  turn = dex_promise_new ();
  g_queue_push_tail (&self->waiting, dex_ref (turn));
  if (dex_await (mx_guard (scope, dex_ref (DEX_FUTURE (turn))), error))
    return TRUE;

  /* Its turn may have come all the same. */
  if (g_queue_remove (&self->waiting, turn))
    dex_unref (turn);
  else
    mx_send_slots_release (self);

  return FALSE;
}

void
mx_send_slots_release (MxSendSlots *self)
{
  DexPromise *next = g_queue_pop_head (&self->waiting);

  if (next == NULL)
    {
      self->used--;
      return;
    }

  dex_promise_resolve_boolean (next, TRUE);
  dex_unref (next);
}
