/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Tells when waiting requests may be dead: the network changed, or the computer slept. Main thread.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define MX_TYPE_LINK_WATCH (mx_link_watch_get_type ())
G_DECLARE_FINAL_TYPE (MxLinkWatch, mx_link_watch, MX, LINK_WATCH, GObject)

/* Signal: "disturbed". */
MxLinkWatch *mx_link_watch_new (void);

G_END_DECLS
