/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Sign-in, refresh and sign-out endpoints (spec "Legacy API": login, refresh, logout, whoami). Main
 * thread. */
#pragma once

#include "mx-http.h"

G_BEGIN_DECLS

#define MX_TYPE_LOGIN_REPLY (mx_login_reply_get_type ())
typedef struct
{
  char *user_id;
  char *device_id;
  char *base_url; /* well_known of the answer, NULL */
  MxSecret *access_token;
  MxSecret *refresh_token; /* NULL */
  gint64 expires_in_ms;    /* -1 */
} MxLoginReply;
GType mx_login_reply_get_type (void);
MxLoginReply *mx_login_reply_copy (const MxLoginReply *self);
void mx_login_reply_free (MxLoginReply *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxLoginReply, mx_login_reply_free)

/* device_id: NULL for a new device; the old one after a soft logout. Always asks for a refresh
 * token. Resolves to MxLoginReply. */
DexFuture *mx_login_password (MxHttp *http,
                              const char *user,
                              MxSecret *password,
                              const char *device_id,
                              const char *device_name) G_GNUC_WARN_UNUSED_RESULT;
DexFuture *
mx_login_token (MxHttp *http, const char *token, const char *device_id, const char *device_name)
  G_GNUC_WARN_UNUSED_RESULT;
DexFuture *mx_login_refresh (MxHttp *http, MxSecret *refresh_token)
  G_GNUC_WARN_UNUSED_RESULT; /* MxLoginReply without ids */
DexFuture *mx_login_logout (MxHttp *http) G_GNUC_WARN_UNUSED_RESULT;
DexFuture *mx_login_whoami (MxHttp *http) G_GNUC_WARN_UNUSED_RESULT; /* string: user id */

G_END_DECLS
