/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Waits on a loopback port for the browser to bring the login token back (spec "SSO client login").
 * Main thread. */
#pragma once

#include <gio/gio.h>
#include <libdex.h>

G_BEGIN_DECLS

#define MX_TYPE_BROWSER_LOGIN (mx_browser_login_get_type ())
G_DECLARE_FINAL_TYPE (MxBrowserLogin, mx_browser_login, MX, BROWSER_LOGIN, GObject)

/* Listens on a free port of 127.0.0.1. */
MxBrowserLogin *mx_browser_login_new (GError **error);
/* Where the server shall send the browser back to; contains a secret word. */
const char *mx_browser_login_get_redirect_uri (MxBrowserLogin *self);
/* Resolves to a string: the login token. Other requests to the port are answered and ignored. */
DexFuture *mx_browser_login_wait (MxBrowserLogin *self) G_GNUC_WARN_UNUSED_RESULT;
/* Ends the wait and closes the port. */
void mx_browser_login_stop (MxBrowserLogin *self);

G_END_DECLS
