/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The verification code, shown the one time that it exists: in groups of four, to copy or to keep
 * as a file. Main thread. Signal: "copied": it is in the clipboard, go on. */
#pragma once

#include "mx-secret.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_CODE_VIEW (chappe_code_view_get_type ())
G_DECLARE_FINAL_TYPE (ChappeCodeView, chappe_code_view, CHAPPE, CODE_VIEW, AdwBin)

/* NULL: forgotten. */
void chappe_code_view_set_code (ChappeCodeView *self, MxSecret *code);

G_END_DECLS
