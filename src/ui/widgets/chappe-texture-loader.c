/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "chappe-texture-loader.h"

DexFuture *
chappe_texture_load (GBytes *data, int width, int height)
{
  return dex_future_new_reject (G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "No decoder");
}
