/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Asks the user to prove who they are: by the account's password, or on a page of the web. Main
 * thread, not on a fiber. */
#pragma once

#include "mx-flow.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* password: else uri is the page on which to approve. promise resolves to the password (boxed
 * MxSecret) or TRUE, or is rejected with G_IO_ERROR_CANCELLED; a reference is kept until then. */
void chappe_auth_dialog_present (GtkWidget *parent,
                                 gboolean password,
                                 gboolean was_wrong,
                                 const char *uri,
                                 DexPromise *promise);

G_END_DECLS
