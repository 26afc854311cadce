/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Secret bytes (keys, tokens, passwords): locked memory where the system allows it, wiped on the
 * last unref, never printed. Immutable. Each takes pages and a mapping of its own, of which a
 * process has some 65,000: not for long lists. Any thread. */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define MX_TYPE_SECRET (mx_secret_get_type ())
typedef struct _MxSecret MxSecret;
GType mx_secret_get_type (void);
MxSecret *mx_secret_new (gconstpointer data, gsize size); /* copies; the caller wipes its copy */
MxSecret *mx_secret_new_text (const char *text);
MxSecret *mx_secret_new_random (gsize size);
MxSecret *mx_secret_ref (MxSecret *self);
void mx_secret_unref (MxSecret *self);
const guint8 *mx_secret_get_data (MxSecret *self, gsize *size);
const char *mx_secret_get_text (MxSecret *self);     /* NUL-terminated view */
gboolean mx_secret_equal (MxSecret *a, MxSecret *b); /* constant time */
/* For main (): the memory of this process is written nowhere, neither as a core dump nor, where
 * traceable is FALSE, through a debugger of the same user (E2E-163). Portals outside of a sandbox
 * look at a process in the same way as debuggers do: what needs them stays traceable. */
void mx_secret_guard_process (gboolean traceable);
void mx_wipe (gpointer data, gsize size);
/* Fills data from the system's random numbers; ends the program when there are none. */
void mx_random (gpointer data, gsize size);
/* Zeroed pages of its own, locked and left out of core dumps where the system allows it; freeing
 * wipes. For what a library wants to keep in memory that we give it. */
gpointer mx_locked_alloc (gsize size);
void mx_locked_free (gpointer data, gsize size);
/* Frees a string after wiping it. */
void mx_wipe_free (char *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxSecret, mx_secret_unref)

G_END_DECLS
