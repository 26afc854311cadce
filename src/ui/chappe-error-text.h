/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What went wrong, in the user's words, and the way out. The only place that turns a domain and a
 * code into a sentence; nobody shows error->message. Main thread. */
#pragma once

#include "mx-error.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* What the user was doing: the same refusal means another thing at sign-in than in a room. */
typedef enum
{
  CHAPPE_TASK_ANY,
  CHAPPE_TASK_SIGN_IN,
  CHAPPE_TASK_SIGN_IN_AGAIN, /* the password alone */
  CHAPPE_TASK_BROWSER_SIGN_IN,
  CHAPPE_TASK_JOIN,
  CHAPPE_TASK_CREATE_ROOM,
  CHAPPE_TASK_INVITE,
  CHAPPE_TASK_SEND,
} ChappeTask;

/* One or two sentences. The caller owns them. NULL only for NULL. */
char *chappe_error_text (const GError *error);
char *chappe_error_text_for (const GError *error, ChappeTask task);
/* For the help desk: domain, code and HTTP status, no content, in no language. The caller owns it.
 */
char *chappe_error_dup_reference (const GError *error);

G_END_DECLS
