/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Finds people by name while it is typed. Main thread. Signal: "picked" (user id string, display
 * name string). */
#pragma once

#include "mx-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_USER_SEARCH (chappe_user_search_get_type ())
G_DECLARE_FINAL_TYPE (ChappeUserSearch, chappe_user_search, CHAPPE, USER_SEARCH, GtkBox)

void chappe_user_search_set_session (ChappeUserSearch *self, MxSession *session);
void chappe_user_search_set_term (ChappeUserSearch *self, const char *term);

G_END_DECLS
