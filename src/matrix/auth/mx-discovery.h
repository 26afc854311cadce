/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* From what a person typed to a server that we can speak with (spec "Server discovery"). Main
 * thread. */
#pragma once

#include "mx-http.h"

G_BEGIN_DECLS

#define MX_TYPE_SERVER_INFO (mx_server_info_get_type ())
typedef struct
{
  char *server_name; /* as typed or derived, may be NULL for a bare address */
  char *base_url;    /* https://… without trailing slash */
  GStrv versions;
  gboolean password_login;
  gboolean sso_login;
  gboolean oauth;    /* auth_metadata or oauth_aware_preferred: browser needed */
  char *browser_url; /* where other flows go: login fallback page (…/_matrix/static/client/login/)
                        or SSO redirect */
  gboolean sliding_sync; /* unstable_features["org.matrix.simplified_msc3575"] */
  gboolean authenticated_media;
} MxServerInfo;
GType mx_server_info_get_type (void);
MxServerInfo *mx_server_info_copy (const MxServerInfo *self);
void mx_server_info_free (MxServerInfo *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxServerInfo, mx_server_info_free)

/* Who signs in, by what was typed as the server: a user id, or an e-mail address. NULL: it names a
 * server only. Caller owns. */
char *mx_discovery_dup_user (const char *input);
/* input: server name, https:// or http:// address (http only for loopback names), @user:server,
 * user:server, or an e-mail address, whose domain is looked up then. Names may be international.
 * Well-known (redirects followed; 404 ignored, other failures of a well-known are ignored when
 * /versions works on the name itself), /versions, /v3/login. Resolves to MxServerInfo. Errors:
 * BAD_SERVER_NAME (what was typed is none), NOT_FOUND (no service there), TOO_OLD, CAPTIVE_PORTAL,
 * NO_PASSWORD_LOGIN never (flows are reported), network and TLS errors. */
DexFuture *mx_discover_server (const char *input, const MxNetworkSettings *settings)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
