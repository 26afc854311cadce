/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What encryption has to tell the user unasked: the gate of identity, at most once per start; a new
 * device of the account (E2E-027); a backup that is out of date; a device that is broken. One
 * notice at a time. Main thread. */
#pragma once

#include "chappe-notice-bar.h"

#include "mx-device.h"

G_BEGIN_DECLS

#define CHAPPE_TYPE_ENCRYPTION_NOTICES (chappe_encryption_notices_get_type ())
G_DECLARE_FINAL_TYPE (ChappeEncryptionNotices,
                      chappe_encryption_notices,
                      CHAPPE,
                      ENCRYPTION_NOTICES,
                      GObject)

/* bar is where they appear, its window's actions (win.identity, win.verify-device, win.sign-out) do
 * what is wanted. The caller owns the result, which needs neither to outlive the other. */
ChappeEncryptionNotices *chappe_encryption_notices_new (MxSession *session, ChappeNoticeBar *bar);
/* The rooms are in view: what there is to say may be said. */
void chappe_encryption_notices_begin (ChappeEncryptionNotices *self);

G_END_DECLS
