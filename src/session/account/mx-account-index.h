/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The small file that lists the accounts of a profile. Nothing secret is in it. Main thread. */
#pragma once

#include "mx-session-private.h"

G_BEGIN_DECLS

/* In the order of signing in, of MxAccountEntry; empty when the file does not exist. */
GPtrArray *mx_account_index_read (const char *path, GError **error);
/* Atomic and durable, mode 0600. */
gboolean mx_account_index_write (const char *path, GPtrArray *entries, GError **error);

G_END_DECLS
