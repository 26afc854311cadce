/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The server-side key backup (spec "Server-side key backups"). Main thread. */
#pragma once

#include "mx-http.h"

G_BEGIN_DECLS

/* auth_data: JSON text. string: the new version. */
DexFuture *mx_backup_create_version (MxHttp *http, const char *algorithm, const char *auth_data)
  G_GNUC_WARN_UNUSED_RESULT;
/* version NULL: the current one. GBytes {algorithm, auth_data, count, etag, version};
 * MX_MATRIX_ERROR_NOT_FOUND: there is none. */
DexFuture *mx_backup_get_version (MxHttp *http, const char *version) G_GNUC_WARN_UNUSED_RESULT;
DexFuture *mx_backup_update_version (MxHttp *http,
                                     const char *version,
                                     const char *algorithm,
                                     const char *auth_data) G_GNUC_WARN_UNUSED_RESULT; /* TRUE */
DexFuture *mx_backup_delete_version (MxHttp *http, const char *version)
  G_GNUC_WARN_UNUSED_RESULT; /* TRUE */

/* All keys, those of a room, or one (session_id only with room_id). body: {rooms:{…}},
 * {sessions:{…}} or one entry. put: GBytes {count, etag}; get: GBytes of the same shape as body, up
 * to 512 MiB. WRONG_ROOM_KEYS_VERSION, NOT_FOUND (E2E-135). */
DexFuture *mx_backup_put_keys (MxHttp *http,
                               const char *version,
                               const char *room_id,
                               const char *session_id,
                               const char *body) G_GNUC_WARN_UNUSED_RESULT;
DexFuture *
mx_backup_get_keys (MxHttp *http, const char *version, const char *room_id, const char *session_id)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
