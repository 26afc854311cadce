/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* All signed-in accounts of a profile: a GListModel of MxSession, kept in data_dir (a small index
 * file, one folder per account). Main thread. */
#pragma once

#include "mx-deployment.h"
#include "mx-keyring.h"
#include "mx-session.h"

G_BEGIN_DECLS

#define MX_TYPE_ACCOUNTS (mx_accounts_get_type ())
G_DECLARE_FINAL_TYPE (MxAccounts, mx_accounts, MX, ACCOUNTS, GObject)

/* data_dir: made (0700) when missing. Reading the index blocks for one small file; sessions start
 * in MX_SESSION_CLOSED. */
MxAccounts *mx_accounts_new (const char *data_dir, MxKeyring *keyring);
/* What it says of encryption holds for sessions opened from now on. */
void mx_accounts_set_deployment (MxAccounts *self, MxDeployment *deployment);
MxSession *mx_accounts_get_first (MxAccounts *self); /* borrowed, NULL: nobody is signed in */
MxSession *mx_accounts_find (MxAccounts *self, const char *user_id);
MxKeyring *mx_accounts_get_keyring (MxAccounts *self);
/* Signs in: makes key, store, session (in that order, each durable before the next), starts
 * nothing. Resolves to MxSession. server comes from MxSignIn. */
DexFuture *mx_accounts_add (MxAccounts *self,
                            gpointer login_reply /* MxLoginReply */,
                            const char *base_url,
                            gpointer network /* MxNetworkSettings */) G_GNUC_WARN_UNUSED_RESULT;
/* Signs out at the server (best effort when force), deletes store, key and caches (E2E-165).
 * Resolves TRUE. */
DexFuture *mx_accounts_remove (MxAccounts *self, MxSession *session, gboolean force)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
