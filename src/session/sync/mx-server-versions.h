/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What the server of a session can do, as far as the session cares (spec "GET /versions"). Main
 * thread. */
#pragma once

#include "mx-session-private.h"

G_BEGIN_DECLS

#define MX_TYPE_SERVER_VERSIONS (mx_server_versions_get_type ())
typedef struct
{
  gboolean sliding_sync;
  gboolean authenticated_media;
} MxServerVersions;
GType mx_server_versions_get_type (void);
MxServerVersions *mx_server_versions_copy (const MxServerVersions *self);
void mx_server_versions_free (MxServerVersions *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxServerVersions, mx_server_versions_free)

/* Resolves to MxServerVersions. */
DexFuture *mx_server_versions_ask (MxSession *session) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
