/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The sign-in flow as a page shows it: server → what it offers → password → a session. One object
 * per attempt page. Main thread. */
#pragma once

#include "mx-accounts.h"

G_BEGIN_DECLS

#define MX_TYPE_SIGN_IN (mx_sign_in_get_type ())
G_DECLARE_FINAL_TYPE (MxSignIn, mx_sign_in, MX, SIGN_IN, GObject)

/* Properties: "busy" (boolean), "server-name" (string), "base-url" (string), "retry-at" (int64,
 * wall-clock ms until which the server asked to wait, 0), "has-password" (boolean), "has-browser"
 * (boolean), "user-hint" (string: the @user:server or e-mail address that was typed as server). All
 * notify. */
MxSignIn *mx_sign_in_new (MxAccounts *accounts);
/* proxy_uri/ca_file: NULL: the system's. Errors when the CA file cannot be read. */
gboolean
mx_sign_in_set_network (MxSignIn *self, const char *proxy_uri, const char *ca_file, GError **error);
DexFuture *mx_sign_in_discover (MxSignIn *self, const char *input)
  G_GNUC_WARN_UNUSED_RESULT; /* TRUE */
/* Waits out one rate limit of at most a minute (see "retry-at") and tries again by itself. Resolves
 * to MxSession. */
DexFuture *mx_sign_in_with_password (MxSignIn *self,
                                     const char *user,
                                     MxSecret *password,
                                     const char *device_name) G_GNUC_WARN_UNUSED_RESULT;
/* The browser fallback: opens a loopback listener, returns the URI to open; resolves later through
 * the second function to MxSession. */
char *mx_sign_in_get_browser_uri (MxSignIn *self, GError **error);
DexFuture *mx_sign_in_with_browser (MxSignIn *self, const char *device_name)
  G_GNUC_WARN_UNUSED_RESULT;
void mx_sign_in_cancel (MxSignIn *self);
const char *mx_sign_in_get_base_url (MxSignIn *self);
const char *mx_sign_in_get_server_name (MxSignIn *self);
gboolean mx_sign_in_has_password (MxSignIn *self);
gboolean mx_sign_in_has_browser (MxSignIn *self);
/* It signs people in by OAuth alone, which we do not speak yet. */
gboolean mx_sign_in_needs_oauth (MxSignIn *self);
gint64 mx_sign_in_get_retry_at (MxSignIn *self);

G_END_DECLS
