/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Keys of devices and of identities (spec "Key management API"). Main thread. Bodies are JSON text
 * that the account thread made and committed; answers are handed on unparsed. */
#pragma once

#include "mx-http.h"

G_BEGIN_DECLS

/* GBytes {one_time_key_counts}. A one-time key that the server has otherwise is
 * MX_MATRIX_ERROR_UNKNOWN with status 400 (E2E-009). */
DexFuture *mx_keys_upload (MxHttp *http, const char *body) G_GNUC_WARN_UNUSED_RESULT;
/* GBytes {device_keys, failures, master_keys, self_signing_keys, user_signing_keys}; all devices of
 * each user. timeout 10 s. */
DexFuture *mx_keys_query (MxHttp *http, const char *const *user_ids) G_GNUC_WARN_UNUSED_RESULT;
/* body: {"one_time_keys":{user:{device:"signed_curve25519"}},"timeout":10000}. GBytes
 * {one_time_keys, failures}. */
DexFuture *mx_keys_claim (MxHttp *http, const char *body) G_GNUC_WARN_UNUSED_RESULT;
/* GBytes {changed, left}. Tokens are those of the classic sync. */
DexFuture *mx_keys_changes (MxHttp *http, const char *from, const char *to)
  G_GNUC_WARN_UNUSED_RESULT;
/* body: {"master_key", "self_signing_key", "user_signing_key"}; auth: mx_uia_answer… (), NULL at
 * first. TRUE, or MX_MATRIX_ERROR_INTERACTIVE_AUTH for mx_uia_new () (E2E-091). */
DexFuture *mx_keys_upload_signing (MxHttp *http, const char *body, const char *auth)
  G_GNUC_WARN_UNUSED_RESULT;
/* body: {user:{device or key:signed object}}. GBytes {failures}: a success says nothing without it
 * (E2E-096). */
DexFuture *mx_keys_upload_signatures (MxHttp *http, const char *body) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
