/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The account's backup made, replaced and removed (research/protocol §4.J). Each step can be the
 * last one. On a fiber of the main thread. */
#pragma once

#include "mx-session-private.h"

G_BEGIN_DECLS

/* The account has a backup whose private key this device has: the one that is there, or a new one.
 * replace: a new one in any case, and the old one is removed; without it another one is never
 * replaced (MX_SESSION_ERROR_IDENTITY_EXISTS). */
gboolean mx_own_backup_make (MxSession *session, MxScope *scope, gboolean replace, GError **error);
/* Removes it at the server, and its key here. */
gboolean mx_own_backup_remove (MxSession *session, MxScope *scope, GError **error);
/* Takes a private key that came from secret storage, if it opens the current backup (E2E-138).
 * *fits: whether it did; *exists: whether there is a backup at all. */
gboolean mx_own_backup_join (MxSession *session,
                             MxScope *scope,
                             MxSecret *private_key,
                             gboolean *fits,
                             gboolean *exists,
                             GError **error);
/* What the user wants, here and in account data (E2E-139). */
gboolean mx_own_backup_set_wish (MxSession *session, MxScope *scope, gboolean on, GError **error);

G_END_DECLS
