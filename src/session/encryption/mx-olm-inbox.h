/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* To-device events as they come (research/protocol §4.C). Account thread, in the caller's
 * transaction. */
#pragma once

#include "mx-olm-machine.h"

G_BEGIN_DECLS

/* One event, as text. What is wrong with it is the sender's fault and ignored; an error is the
 * store's. */
gboolean mx_olm_inbox_receive (MxOlmMachine *machine,
                               const char *event,
                               MxStoreChanges *changes,
                               GError **error);

G_END_DECLS
