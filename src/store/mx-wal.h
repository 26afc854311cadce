/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The write-ahead log beside a database (SQLite's file format, section 4). SQLite ends its reading
 * at the first frame that does not fit: right after a crash, but after damage it would silently
 * throw away every later transaction, although each was safe on the disk. Any thread; private to
 * store/. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How many frames are damaged. 0 also for a log that a crash cut: at most its last transaction
 * is incomplete then, which was never reported as written. No file: 0. */
unsigned mx_wal_count_damaged (const char *path);
/* Writes the log anew without the damaged frames, so that SQLite reads all others; pages are
 * authenticated by the cipher, one by one. *dropped: how many were left out. No file, or nothing
 * usable in it: nothing is written. */
gboolean mx_wal_mend (const char *from, const char *to, unsigned *dropped, GError **error);

G_END_DECLS
