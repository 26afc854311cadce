/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Draws an MxRichText: labels for text, frames for code, a bar for quotations. Links go to
 * app.open-uri. Main thread. */
#pragma once

#include "mx-rich-text.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_RICH_TEXT_VIEW (chappe_rich_text_view_get_type ())
G_DECLARE_FINAL_TYPE (ChappeRichTextView, chappe_rich_text_view, CHAPPE, RICH_TEXT_VIEW, GtkBox)

GtkWidget *chappe_rich_text_view_new (void);
/* prefix: "* Name " of an action, NULL. */
void chappe_rich_text_view_set (ChappeRichTextView *self, MxRichText *text, const char *prefix);

G_END_DECLS
