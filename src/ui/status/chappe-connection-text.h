/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The lasting state of an account as a banner says it. Main thread. */
#pragma once

#include "mx-session.h"

G_BEGIN_DECLS

/* One sentence, or NULL when all is well. The caller owns it. button and action (static, both or
 * none): the way out. */
char *chappe_connection_text (MxSession *session, const char **button, const char **action);

G_END_DECLS
