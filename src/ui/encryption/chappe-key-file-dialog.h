/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The keys to the messages as a file that a password protects ("Clés Tchap"): saved, or read. Main
 * thread. */
#pragma once

#include "mx-recovery.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_KEY_FILE_DIALOG (chappe_key_file_dialog_get_type ())
G_DECLARE_FINAL_TYPE (ChappeKeyFileDialog,
                      chappe_key_file_dialog,
                      CHAPPE,
                      KEY_FILE_DIALOG,
                      AdwDialog)

/* encryption: NULL only to look at it. */
ChappeKeyFileDialog *chappe_key_file_dialog_new (MxEncryption *encryption, gboolean import);
void chappe_key_file_dialog_present (GtkWidget *parent, MxEncryption *encryption, gboolean import);
/* The act on a chosen file. */
void chappe_key_file_dialog_run (ChappeKeyFileDialog *self, GFile *file);

/* 0 (guessed at once) … 4, by length and kinds of characters: a hint, no measure. */
unsigned chappe_password_strength (const char *password);

G_END_DECLS
