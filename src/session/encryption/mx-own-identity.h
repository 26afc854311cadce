/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Our own identity made and published (research/protocol E2E-090 - E2E-092). Each step can be the
 * last one: what was made is stored before it leaves, and found again. On a fiber of the main
 * thread. */
#pragma once

#include "mx-recovery.h"
#include "mx-session-private.h"

G_BEGIN_DECLS

/* This device is at the server, and our own keys were just asked for. */
gboolean mx_own_identity_refresh (MxSession *session, MxScope *scope, GError **error);
/* The account has an identity whose private keys this device has: the one that is there, or a new
 * one. replace: a new one in any case; without it another one is never replaced
 * (MX_SESSION_ERROR_IDENTITY_EXISTS). */
gboolean mx_own_identity_make (MxSession *session,
                               MxScope *scope,
                               gboolean replace,
                               MxAuthFunc auth,
                               gpointer auth_data,
                               GError **error);
/* The signatures that were due are at the server. */
gboolean mx_own_identity_sign (MxSession *session, MxScope *scope, GError **error);

G_END_DECLS
