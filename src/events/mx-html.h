/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Everything that hostile text passes through before it is shown. HTML: libxml2's parser, then an
 * allow-list (spec "m.room.message msgtypes", HTML subset) into our own inline model; depth ≤ 100,
 * at most 10 000 nodes and 64 KiB, no network, no entities beyond HTML's. */
#pragma once

#include "mx-markdown.h"
#include "mx-rich-text.h"
#include "mx-text-clean.h"
