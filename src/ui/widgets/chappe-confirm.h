/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A question before something that cannot be taken back. Main thread. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

typedef void (*ChappeConfirmFunc) (gpointer object);

/* body, button: translated, button with its mnemonic. confirmed is called with object when the
 * answer is yes, as long as object lives. */
void chappe_confirm (GtkWidget *parent,
                     const char *heading,
                     const char *body,
                     const char *button,
                     AdwResponseAppearance appearance,
                     ChappeConfirmFunc confirmed,
                     gpointer object);

G_END_DECLS
