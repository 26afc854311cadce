/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A page of a dialog that leads somewhere step by step: a picture, a title, what it is about, and
 * below it what there is to do. When it comes into view it is read aloud and what there is to do
 * gets the focus. Main thread. Properties: "icon-name", "text", "extra" (GtkWidget); the title is
 * the page's own. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_STEP_PAGE (chappe_step_page_get_type ())
G_DECLARE_FINAL_TYPE (ChappeStepPage, chappe_step_page, CHAPPE, STEP_PAGE, AdwNavigationPage)

void chappe_step_page_set_text (ChappeStepPage *self, const char *text);
void chappe_step_page_set_icon_name (ChappeStepPage *self, const char *icon_name);

G_END_DECLS
