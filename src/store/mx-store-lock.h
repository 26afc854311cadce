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

#define MX_STORE_SALT_SIZE 16
/* The cipher's salt, which is the beginning of the database, written down a second time: without it
 * nothing could be read, and a damaged beginning would look like a wrong key. It is no secret. */
void mx_store_lock_write_salt (int fd, const guint8 *salt);
/* FALSE: there is none. */
gboolean mx_store_lock_read_salt (const char *path, guint8 *salt);

G_END_DECLS
