/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The one place where text of other people becomes Pango markup: everything is escaped here. Pure.
 */
#pragma once

#include "mx-rich-text.h"

G_BEGIN_DECLS

/* Markup of one run, links as <a href>. reveal: spoilers are shown. Appends to markup. */
void chappe_rich_text_markup_inline (GString *markup, const MxInline *run, gboolean reveal);
/* All runs of a block, without its own decoration. */
void chappe_rich_text_markup_block (GString *markup, const MxBlock *block, gboolean reveal);

/* The link of a spoiler that is still covered. */
#define CHAPPE_SPOILER_URI "spoiler:"

G_END_DECLS
