/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The server ended the session: why, the password again where that is enough, or a new sign-in.
 * Main thread. Signals: "read": back to what is on this computer; "remove": the user confirmed that
 * it goes, and signs in anew. */
#pragma once

#include "mx-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_SIGNED_OUT_PAGE (chappe_signed_out_page_get_type ())
G_DECLARE_FINAL_TYPE (ChappeSignedOutPage, chappe_signed_out_page, CHAPPE, SIGNED_OUT_PAGE, AdwBin)

void chappe_signed_out_page_set_session (ChappeSignedOutPage *self,
                                         MxSession *session); /* NULL: none */

G_END_DECLS
