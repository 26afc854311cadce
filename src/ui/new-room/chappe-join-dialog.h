/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Finds and joins public rooms; an address or a link joins any room that lets one in. Main thread.
 */
#pragma once

#include "mx-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_JOIN_DIALOG (chappe_join_dialog_get_type ())
G_DECLARE_FINAL_TYPE (ChappeJoinDialog, chappe_join_dialog, CHAPPE, JOIN_DIALOG, AdwDialog)

/* room (id or alias) and via: from a link, NULL: none. */
GtkWidget *chappe_join_dialog_new (MxSession *session, const char *room, const char *const *via);

G_END_DECLS
