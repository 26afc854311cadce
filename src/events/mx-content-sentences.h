/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What happened to a room and to its members, as sentences in the user's language. For
 * mx-content-summary.c. */
#pragma once

#include "mx-content.h"

G_BEGIN_DECLS

/* The name of a person, clean; the local part of the id when resolve has none. Caller owns. */
char *mx_content_dup_person (const char *user_id, MxNameFunc resolve, gpointer data);
/* event: a state event of the kind. Caller owns. */
char *mx_content_dup_member_sentence (MxContent *content,
                                      MxEvent *event,
                                      MxNameFunc resolve,
                                      gpointer data);
char *mx_content_dup_state_sentence (MxEvent *event, MxNameFunc resolve, gpointer data);

G_END_DECLS
