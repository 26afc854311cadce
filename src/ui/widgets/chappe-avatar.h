/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The round picture of a person or a room: initials at once, the picture when it is there.
 * Decorative: who it shows is always said in text beside it. Main thread. */
#pragma once

#include "mx-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_AVATAR (chappe_avatar_get_type ())
G_DECLARE_FINAL_TYPE (ChappeAvatar, chappe_avatar, CHAPPE, AVATAR, GtkWidget)

/* size: in pixels. */
GtkWidget *chappe_avatar_new (int size);
/* mxc may be NULL: initials. A picture in the cache is shown at once, another one is asked for;
 * none while "show-avatars" is off. */
void chappe_avatar_set (ChappeAvatar *self, MxSession *session, const char *mxc, const char *name);
/* "Camille DURAND [DINUM]" without what is in brackets, so that the initials are the person's. */
char *chappe_avatar_dup_initials_text (const char *name);

G_END_DECLS
