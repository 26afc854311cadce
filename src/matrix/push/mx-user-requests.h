/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Profile, directory, push rules, devices: small user-scoped endpoints. Main thread. */
#pragma once

#include "mx-http.h"

G_BEGIN_DECLS

DexFuture *mx_user_profile (MxHttp *http, const char *user_id)
  G_GNUC_WARN_UNUSED_RESULT; /* GBytes */
DexFuture *mx_user_search (MxHttp *http, const char *term, unsigned limit)
  G_GNUC_WARN_UNUSED_RESULT; /* GBytes */
DexFuture *
mx_user_set_profile (MxHttp *http, const char *user_id, const char *key, const char *value)
  G_GNUC_WARN_UNUSED_RESULT;
DexFuture *mx_push_set_room (MxHttp *http,
                             const char *room_id,
                             int setting /* MxRoomNotifications */) G_GNUC_WARN_UNUSED_RESULT;
DexFuture *mx_public_rooms (MxHttp *http,
                            const char *server,
                            const char *term,
                            const char *since,
                            unsigned limit) G_GNUC_WARN_UNUSED_RESULT; /* GBytes */

G_END_DECLS
