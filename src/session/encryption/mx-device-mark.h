/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Whether a profile is still the one that this device has always used: a copy on another machine,
 * or a store that was put back from a backup, would go on with ratchets that somebody else has
 * moved (E2E-161). Account thread. */
#pragma once

#include "mx-store.h"

G_BEGIN_DECLS

/* This machine, as a name that says nothing about it; caller frees, NULL: it has none. */
char *mx_device_mark_read_machine (void);
/* Compares and marks anew, in a transaction of its own; what is wrong makes the device broken
 * (MX_VALUE_DEVICE_BROKEN). path: of the store's file; machine: nullable. */
gboolean
mx_device_mark_check (MxStore *store, const char *path, const char *machine, GError **error);

G_END_DECLS
