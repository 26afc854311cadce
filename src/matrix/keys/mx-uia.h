/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* User-interactive authentication (spec "User-Interactive Authentication API", "OAuth 2.0"): what
 * an answer 401 asks for, one stage at a time, and the "auth" object by which the same request is
 * made again. Any thread. */
#pragma once

#include "mx-http.h"

G_BEGIN_DECLS

typedef struct
{
  char *session;      /* NULL: the server names none */
  char *stage;        /* the next one: "m.login.password", "m.login.dummy", "m.oauth"… */
  char *uri;          /* the page on which to approve; NULL for password and dummy */
  gboolean was_wrong; /* what was answered last was refused */
} MxUia;
void mx_uia_free (MxUia *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxUia, mx_uia_free)

/* NULL: error is no MX_MATRIX_ERROR_INTERACTIVE_AUTH, or nothing is offered that we could do. */
MxUia *mx_uia_new (MxHttp *http, const GError *error);
gboolean mx_uia_wants_password (const MxUia *self);
gboolean mx_uia_wants_nothing (const MxUia *self); /* the dummy stage */

/* Texts for the "auth" parameter of a request; mx_wipe_free () them. */
char *mx_uia_answer_password (const MxUia *self, const char *user_id, MxSecret *password);
char *mx_uia_answer (const MxUia *self); /* approved on the page, or dummy */
/* body (an object, JSON text) with auth (nullable) in it; mx_wipe_free () it. */
char *mx_uia_body (const char *body, const char *auth);

G_END_DECLS
