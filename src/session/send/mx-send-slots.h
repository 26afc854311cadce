/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* How many rooms send at the same time. Main thread. */
#pragma once

#include "mx-flow.h"

G_BEGIN_DECLS

typedef struct
{
  unsigned used;
  GQueue waiting; /* DexPromise */
} MxSendSlots;

void mx_send_slots_init (MxSendSlots *self);
void mx_send_slots_clear (MxSendSlots *self);
/* On a fiber. FALSE: the scope ended first. */
gboolean mx_send_slots_take (MxSendSlots *self, MxScope *scope, GError **error);
void mx_send_slots_release (MxSendSlots *self);

G_END_DECLS
