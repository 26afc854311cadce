/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The picture or the file of a message. A picture has its size before it is there, so nothing moves
 * when it comes. Main thread. */
#pragma once

#include "mx-content.h"
#include "mx-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_MEDIA_VIEW (chappe_media_view_get_type ())
G_DECLARE_FINAL_TYPE (ChappeMediaView, chappe_media_view, CHAPPE, MEDIA_VIEW, AdwBin)

GtkWidget *chappe_media_view_new (void);
void chappe_media_view_set (ChappeMediaView *self, MxContent *content, MxSession *session);
/* Actions: "media.show" brings a picture that waits for it (no pictures by themselves),
 * "media.save" saves the file. */
gboolean chappe_media_view_is_waiting (ChappeMediaView *self);
gboolean chappe_media_view_shows_picture (ChappeMediaView *self);
gboolean chappe_media_view_can_save (ChappeMediaView *self);

G_END_DECLS
