/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Writes to a person: an existing direct message is opened, else one is made. Main thread. */
#pragma once

#include "mx-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_NEW_DIRECT_DIALOG (chappe_new_direct_dialog_get_type ())
G_DECLARE_FINAL_TYPE (ChappeNewDirectDialog,
                      chappe_new_direct_dialog,
                      CHAPPE,
                      NEW_DIRECT_DIALOG,
                      AdwDialog)

GtkWidget *chappe_new_direct_dialog_new (MxSession *session);
void chappe_new_direct_dialog_set_term (ChappeNewDirectDialog *self, const char *term);

G_END_DECLS
