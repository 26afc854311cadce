/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What the user, or the organisation, wants of a session; held by it, in effect as soon as it is
 * changed. Where it is kept is the program's matter (GSettings). Main thread. Properties (writable,
 * notify): "send-read-receipts", "send-presence" (booleans, TRUE at first), "max-cache-size" (int,
 * MB on disk for pictures and files, 0: nothing is kept). */
#pragma once

#include "mx-session.h"

G_BEGIN_DECLS

#define MX_TYPE_PREFERENCES (mx_preferences_get_type ())
G_DECLARE_FINAL_TYPE (MxPreferences, mx_preferences, MX, PREFERENCES, GObject)

MxPreferences *mx_preferences_new (void);
MxPreferences *mx_session_get_preferences (MxSession *session); /* borrowed */

/* FALSE: receipts go to the server alone (m.read.private). */
gboolean mx_preferences_get_send_read_receipts (MxPreferences *self);
/* FALSE: others do not see that one is there. */
gboolean mx_preferences_get_send_presence (MxPreferences *self);
gint64 mx_preferences_get_cache_bytes (MxPreferences *self);

G_END_DECLS
