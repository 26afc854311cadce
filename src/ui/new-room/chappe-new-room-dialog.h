/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Makes a room: name, type, whom to invite. Main thread. */
#pragma once

#include "mx-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_NEW_ROOM_DIALOG (chappe_new_room_dialog_get_type ())
G_DECLARE_FINAL_TYPE (ChappeNewRoomDialog,
                      chappe_new_room_dialog,
                      CHAPPE,
                      NEW_ROOM_DIALOG,
                      AdwDialog)

GtkWidget *chappe_new_room_dialog_new (MxSession *session);

G_END_DECLS
