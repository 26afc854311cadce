/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A damaged store (DESIGN §4): what can be read is saved into a new file by itself, when it is
 * opened or as soon as damage shows, and what was lost is told until somebody has read it. The
 * damaged file stays beside the new one. Main thread. */
#pragma once

#include "mx-session.h"

G_BEGIN_DECLS

typedef struct
{
  gint64 when_ms;
  char *kept_file;         /* name in the folder of the account */
  gint64 kept, lost;       /* rows; lost -1: some */
  gboolean lost_own_words; /* unsent messages or drafts may be missing */
  gboolean lost_account;   /* tokens and settings of the account */
  gboolean lost_history;   /* messages, which the server has, too */
  gboolean lost_keys;      /* of encryption */
  gboolean is_older;       /* the newest changes may be missing, anywhere */
} MxSessionRepair;

/* Borrowed; NULL: nothing was repaired, or it was acknowledged. Property "repaired": whether there
 * is one. */
const MxSessionRepair *mx_session_get_repair (MxSession *self);
/* Told to the user: forgotten. */
void mx_session_acknowledge_repair (MxSession *self);
/* 0 to 1, while the state is REPAIRING; property "repair-progress". */
double mx_session_get_repair_progress (MxSession *self);

G_END_DECLS
