/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Display names by the specification's algorithms ("Calculating the display name for a room", "…for
 * a user"). Pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const char *name;              /* m.room.name, nullable */
  const char *canonical_alias;   /* nullable */
  const char *const *hero_names; /* display names of the heroes, ourselves left out */
  unsigned joined, invited;      /* counts, ourselves included */
} MxRoomNameParts;

/* Cleaned by mx_text_clean_line. "Empty room (was …)" forms are translated. Caller owns. */
char *mx_room_name_compute (const MxRoomNameParts *parts);
/* name, or the localpart of user_id; with the user id appended when ambiguous. Caller owns. */
char *mx_user_name_compute (const char *display_name, const char *user_id, gboolean ambiguous);

G_END_DECLS
