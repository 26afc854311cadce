/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Asks before signing out, and warns of what would be lost: keys that are not in the backup, the
 * last device without a way back (E2E-165). Main thread. */
#pragma once

#include "chappe-window.h"

#include "mx-encryption.h"

G_BEGIN_DECLS

typedef enum
{
  CHAPPE_LOSS_NONE,
  CHAPPE_LOSS_UNKNOWN,   /* not known yet what the server has */
  CHAPPE_LOSS_PENDING,   /* some keys are not in the backup yet */
  CHAPPE_LOSS_NO_BACKUP, /* none of them is */
  CHAPPE_LOSS_NO_CODE,   /* there is a backup, and nobody could open it any more */
} ChappeLoss;

/* Whether another device could go on with what this one has. */
typedef enum
{
  CHAPPE_OTHERS_UNKNOWN, /* the server could not be asked, and none is known */
  CHAPPE_OTHERS_NONE,    /* this is the last one */
  CHAPPE_OTHERS_SOME,
} ChappeOthers;

/* What signing out would lose. */
ChappeLoss chappe_sign_out_loss (MxBackupState backup, unsigned pending, gboolean has_recovery);
/* Caller frees. */
char *chappe_sign_out_text (ChappeLoss loss, ChappeOthers others);
/* Says what is known, and more once the server has told of the other devices. */
void chappe_sign_out_ask (ChappeWindow *window, GtkWidget *parent);

G_END_DECLS
