/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The schema, as numbered SQL files in a GResource (migrations/NNNN-name.sql). Private to store/.
 */
#pragma once

#include "mx-store.h"

G_BEGIN_DECLS

/* The schema version that this program writes. */
int mx_store_migrations_get_current (void);
/* Brings the open database to the current version, each step in a transaction of its own; TOO_NEW
 * when it is beyond. */
gboolean mx_store_migrations_run (MxStore *self, GError **error);

G_END_DECLS
