/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Hands GSettings to a session, now and whenever they change: what others may know, room for
 * pictures, the way to the server. Main thread. Signal "failed" (GError): the network settings
 * cannot be used, the former ones stay in use. */
#pragma once

#include "mx-accounts.h"

G_BEGIN_DECLS

#define CHAPPE_TYPE_SESSION_SETTINGS (chappe_session_settings_get_type ())
G_DECLARE_FINAL_TYPE (ChappeSessionSettings,
                      chappe_session_settings,
                      CHAPPE,
                      SESSION_SETTINGS,
                      GObject)

ChappeSessionSettings *chappe_session_settings_new (MxAccounts *accounts, MxSession *session);

/* The network settings as mx_sign_in_set_network() and mx_accounts_set_network() take them. The
 * caller owns both; NULL: the system's. */
void chappe_settings_read_network (GSettings *settings, char **proxy_uri, char **ca_file);

G_END_DECLS
