/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Signing in: first the server, then what it asks for. One question per page; an error stands
 * beside its field, and what was typed stays. Main thread. Signal: "signed-in" (MxSession). */
#pragma once

#include "mx-accounts.h"
#include "mx-deployment.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_LOGIN_PAGE (chappe_login_page_get_type ())
G_DECLARE_FINAL_TYPE (ChappeLoginPage, chappe_login_page, CHAPPE, LOGIN_PAGE, AdwBin)

/* Both are kept; call it before the page is used, and again for another attempt from the start. */
void
chappe_login_page_start (ChappeLoginPage *self, MxAccounts *accounts, MxDeployment *deployment);

G_END_DECLS
