/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Pictures from strangers, decoded outside the process that holds the keys: by glycin's loaders,
 * each in a sandbox without network and files. There is no way around the sandbox: where it cannot
 * run, there are no pictures. Main thread. */
#pragma once

#include "mx-flow.h"
#include "mx-image.h"

G_BEGIN_DECLS

#define MX_IMAGE_MAX_BYTES  (64 * 1024 * 1024)
#define MX_IMAGE_MAX_SIDE   16384
#define MX_IMAGE_MAX_PIXELS (64 * 1024 * 1024)

/* Decodes the (first) picture in data, scaled down to fit into max_width × max_height px (the
 * widget's size times its scale factor). Resolves to MxImage; dropping the future ends the work. A
 * few at a time, in the order of the calls. It costs a process (10 to 60 ms), so keep what comes
 * out, not what went in. Errors, all of G_IO_ERROR: NOT_SUPPORTED    no picture, or of a kind that
 * no loader knows INVALID_DATA     damaged, or larger than the limits above TIMED_OUT        the
 * decoder needed more than 60 s NOT_INITIALIZED  the sandbox does not start on this system, or
 * there is no glycin */
DexFuture *mx_image_load (GBytes *data, int max_width, int max_height) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
