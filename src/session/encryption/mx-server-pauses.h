/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Servers that failed and are left alone for a while, longer each time: 15 s to 15 min (E2E-020).
 * Main thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _MxServerPauses MxServerPauses;

MxServerPauses *mx_server_pauses_new (void);
void mx_server_pauses_free (MxServerPauses *self);
void mx_server_pauses_failed (MxServerPauses *self, const char *server);
/* The server of this user answered. */
void mx_server_pauses_answered (MxServerPauses *self, const char *user_id);
/* Whether the server of this user is left alone. */
gboolean mx_server_pauses_contain (MxServerPauses *self, const char *user_id);
guint mx_server_pauses_get_next_ms (MxServerPauses *self); /* until the first one ends; 0: none */

G_END_DECLS
