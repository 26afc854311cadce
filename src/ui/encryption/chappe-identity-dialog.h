/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Identity, backup and verification code, step by step (research/tchap §5.3): set up, with the code
 * shown once and typed again; this device verified by another one or by the code; a new code; all
 * reset. Main thread. What the window is to do goes through its actions: win.verify-device (""),
 * win.sign-out, app.help. */
#pragma once

#include "mx-recovery.h"

#include <adwaita.h>

G_BEGIN_DECLS

typedef enum
{
  CHAPPE_IDENTITY_SET_UP,
  CHAPPE_IDENTITY_VERIFY,
  CHAPPE_IDENTITY_ENTER_CODE,
  CHAPPE_IDENTITY_CHANGE_CODE,
  CHAPPE_IDENTITY_FORGOTTEN_CODE, /* on a verified device */
  CHAPPE_IDENTITY_RESET,
} ChappeIdentityGoal;

/* What does it. */
typedef struct
{
  DexFuture *(*set_up) (gpointer data, MxAuthFunc auth, gpointer auth_data);
  DexFuture *(*restore) (gpointer data,
                         MxSecret *code,
                         MxRecoveryProgress progress,
                         gpointer progress_data);
  DexFuture *(*change_code) (gpointer data);
  DexFuture *(*reset) (gpointer data, MxAuthFunc auth, gpointer auth_data);
} ChappeIdentityActs;

#define CHAPPE_TYPE_IDENTITY_DIALOG (chappe_identity_dialog_get_type ())
G_DECLARE_FINAL_TYPE (ChappeIdentityDialog,
                      chappe_identity_dialog,
                      CHAPPE,
                      IDENTITY_DIALOG,
                      AdwDialog)

/* acts is static. gate: leaving it warns of what is missing then. */
ChappeIdentityDialog *chappe_identity_dialog_new (const ChappeIdentityActs *acts,
                                                  GObject *data,
                                                  ChappeIdentityGoal goal,
                                                  gboolean gate);
/* For the session's encryption; ends by itself when another device verified this one. NULL: the
 * session is not open. */
ChappeIdentityDialog *chappe_identity_dialog_present (GtkWidget *parent,
                                                      MxSession *session,
                                                      ChappeIdentityGoal goal,
                                                      gboolean gate);
/* This device was verified in the meantime. */
void chappe_identity_dialog_set_verified (ChappeIdentityDialog *self);

G_END_DECLS
