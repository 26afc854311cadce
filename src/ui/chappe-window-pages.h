/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The pages of the window beside the main one: most starts show none of them, so each is made when
 * it is wanted. Main thread. */
#pragma once

#include "mx-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct _ChappeWindowPages ChappeWindowPages;

/* stack: outlives it; owner: the first argument of what is connected. */
ChappeWindowPages *chappe_window_pages_new (GtkStack *stack, gpointer owner);
void chappe_window_pages_free (ChappeWindowPages *self);
/* For the page, once it is made; the strings are static. */
void chappe_window_pages_connect (ChappeWindowPages *self,
                                  const char *page,
                                  const char *signal,
                                  GCallback callback);
/* The page's widget, borrowed. */
gpointer chappe_window_pages_take (ChappeWindowPages *self, const char *page);

/* What the session's state asks for; reading: the user reads on although signed out. session: NULL
 * if there is none. */
const char *chappe_window_page_of_session (MxSession *session, gboolean reading);

G_END_DECLS
