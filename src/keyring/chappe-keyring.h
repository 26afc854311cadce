/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The account's database key in the desktop's Secret Service (or, in a sandbox, behind the Secret
 * portal), by libsecret. A missing service, a locked collection and a missing item are three
 * different errors, and none of them ever makes a new key (DESIGN §4). Main thread; the calls are
 * asynchronous. */
#pragma once

#include "mx-keyring.h"

G_BEGIN_DECLS

#define CHAPPE_TYPE_KEYRING (chappe_keyring_get_type ())
G_DECLARE_FINAL_TYPE (ChappeKeyring, chappe_keyring, CHAPPE, KEYRING, GObject)

MxKeyring *chappe_keyring_new (void);
/* Before the program ends: lets go of the connection that libsecret keeps for everybody. */
void chappe_keyring_disconnect (void);

G_END_DECLS
