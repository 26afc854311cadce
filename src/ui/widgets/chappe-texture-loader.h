/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Pictures of other people become textures: decoded outside this process (media/mx-image-loader).
 * Main thread. */
#pragma once

#include <gtk/gtk.h>
#include "mx-flow.h"

G_BEGIN_DECLS

/* Scaled to fit into width × height pixels, never up. Resolves to GdkTexture. */
DexFuture *chappe_texture_load (GBytes *data, int width, int height) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
