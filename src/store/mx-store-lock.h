/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Who owns a store: a lock on a file beside it, dropped by the kernel when the process ends,
 * however it ends. Private to store/. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A file descriptor, or -1 with error (MX_STORE_ERROR_BUSY when another owner lives). */
int mx_store_lock_take (const char *path, GError **error);
void mx_store_lock_release (int fd);

G_END_DECLS
