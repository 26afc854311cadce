/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Files beside a store that outlive the process: "store.damaged" says that damage was met;
 * "store.swap" that a salvaged copy is complete and takes the store's place. Any thread; private to
 * store/. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void mx_damage_note (const char *path);
gboolean mx_damage_is_noted (const char *path);

/* The folder of the copy. */
char *mx_salvage_folder (const char *path);
/* Removes what an interrupted salvage left. */
void mx_salvage_clean (const char *path);
/* From now on the copy (store.db in the salvage folder) is the store; the old file gets the name
 * aside. */
gboolean mx_salvage_swap (const char *path, const char *aside, GError **error);
/* Ends a swap that was begun, also by a process before. Needs the owner lock. */
gboolean mx_salvage_finish_swap (const char *path, GError **error);

G_END_DECLS
