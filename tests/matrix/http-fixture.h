/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* For the tests of requests: a client of a server in this process. */
#pragma once

#include "local-server.h"

#include "mx-http.h"

G_BEGIN_DECLS

/* token: NULL: nobody is signed in. */
MxHttp *http_for (LocalServer *server, const char *token);
DexFuture *get (MxHttp *http);
/* Says what was asked. */
void echo_cb (Request *request, gpointer data);

G_END_DECLS
