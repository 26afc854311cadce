/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Pictures of other people become textures: fetched by the media cache, decoded outside this
 * process (media/mx-image-loader), and their scaled pixels kept in memory and in the encrypted
 * store, so that neither scrolling nor the next start decodes them again. Main thread. */
#pragma once

#include "mx-flow.h"
#include "mx-image.h"
#include "mx-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

GdkTexture *chappe_texture_new (const MxImage *image); /* caller owns */
/* What is known already, at most width × height pixels: caller owns; NULL: ask with
 * chappe_texture_load(). */
GdkTexture *chappe_texture_peek (MxSession *session, const char *mxc, int width, int height);
/* crop: the server may cut the picture to the proportions. Resolves to GdkTexture. */
DexFuture *
chappe_texture_load (MxSession *session, const char *mxc, int width, int height, gboolean crop)
  G_GNUC_WARN_UNUSED_RESULT;
/* The same of an encrypted attachment: its file or thumbnail as the event names it. encrypted_file:
 * JSON text. */
DexFuture *chappe_texture_load_encrypted (MxSession *session,
                                          const char *mxc,
                                          const char *encrypted_file,
                                          int width,
                                          int height) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
