/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A damaged store is being repaired, and what was found afterwards. Main thread. */
#pragma once

#include "mx-session-repair.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_REPAIR_PAGE (chappe_repair_page_get_type ())
G_DECLARE_FINAL_TYPE (ChappeRepairPage, chappe_repair_page, CHAPPE, REPAIR_PAGE, AdwBin)

/* Whose progress is shown; NULL: nobody's. */
void chappe_repair_page_set_session (ChappeRepairPage *self, MxSession *session);

/* What was kept and what was lost, in sentences; caller owns. */
char *chappe_repair_text (const MxSessionRepair *repair);
/* Tells it in a dialog; closing it acknowledges. */
void chappe_repair_present (GtkWidget *parent, MxSession *session);

G_END_DECLS
