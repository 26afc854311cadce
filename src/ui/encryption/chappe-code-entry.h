/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Where the verification code is typed: masked; what is revealed is masked again after some
 * seconds. Main thread. Property: "button-label" (string, with a mnemonic). Signal: "submitted"
 * (MxSecret: as typed, never empty). */
#pragma once

#include "mx-secret.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_CODE_ENTRY (chappe_code_entry_get_type ())
G_DECLARE_FINAL_TYPE (ChappeCodeEntry, chappe_code_entry, CHAPPE, CODE_ENTRY, AdwBin)

/* Says text in place, and aloud; NULL: nothing is wrong. */
void chappe_code_entry_set_error (ChappeCodeEntry *self, const char *text);
void chappe_code_entry_clear (ChappeCodeEntry *self);

/* Whether two spellings of a code differ in white space at most. */
gboolean chappe_code_equal (MxSecret *a, MxSecret *b);

G_END_DECLS
