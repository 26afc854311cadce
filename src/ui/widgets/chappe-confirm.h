/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A question before something that cannot be taken back. Main thread. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

typedef void (*ChappeConfirmFunc) (gpointer data);

/* Texts are translated, button has its mnemonic. confirmed is called when the answer is yes;
 * data_free (nullable) in any case, when the dialog is gone. */
void chappe_confirm (GtkWidget *parent,
                     const char *heading,
                     const char *body,
                     const char *button,
                     AdwResponseAppearance appearance,
                     ChappeConfirmFunc confirmed,
                     gpointer data,
                     GDestroyNotify data_free);

G_END_DECLS
