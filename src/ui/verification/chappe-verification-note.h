/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A request to verify, in the place of a message: who asked whom, what became of it, and what can
 * be done while it can. Main thread. */
#pragma once

#include "mx-verification-trace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_VERIFICATION_NOTE (chappe_verification_note_get_type ())
G_DECLARE_FINAL_TYPE (ChappeVerificationNote,
                      chappe_verification_note,
                      CHAPPE,
                      VERIFICATION_NOTE,
                      AdwBin)

GtkWidget *chappe_verification_note_new (void);
/* NULL: none. */
void chappe_verification_note_set_item (ChappeVerificationNote *self, MxTimelineItem *item);
/* What it says: own, we asked; name, of the other one. */
void chappe_verification_note_show (ChappeVerificationNote *self,
                                    const MxVerificationTrace *trace,
                                    gboolean own,
                                    const char *asking,
                                    const char *asked);

G_END_DECLS
