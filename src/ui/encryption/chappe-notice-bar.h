/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A notice that stays until it is answered: what happened, and up to two things to do about it. It
 * is read aloud when it appears. Main thread. Signal: "answered" (int: 0 dismissed, 1 or 2 the
 * button). */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_NOTICE_BAR (chappe_notice_bar_get_type ())
G_DECLARE_FINAL_TYPE (ChappeNoticeBar, chappe_notice_bar, CHAPPE, NOTICE_BAR, AdwBin)

/* Buttons with mnemonics, nullable. can_dismiss: it may be put away without an answer. */
void chappe_notice_bar_show (ChappeNoticeBar *self,
                             const char *title,
                             const char *text,
                             const char *button1,
                             const char *button2,
                             gboolean can_dismiss);
void chappe_notice_bar_hide (ChappeNoticeBar *self);
gboolean chappe_notice_bar_is_shown (ChappeNoticeBar *self);

G_END_DECLS
