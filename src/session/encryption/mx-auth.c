/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Requests for which the user has to prove who they are. */
#include "config.h"

#include "mx-auth.h"

#include "mx-error.h"
#include "mx-uia.h"

/* Wrong passwords and stages together; the server has a limit of its own. */
#define MAX_ATTEMPTS 20

/* What to send with the next attempt, to be wiped; NULL: error is set. On a fiber. */
static char *
ask (MxSession *session,
     MxScope *scope,
     const MxUia *uia,
     gboolean again,
     MxAuthFunc auth,
     gpointer auth_data,
     GError **error)
{
  MxAuthRequest request = {
    .password = mx_uia_wants_password (uia),
    .was_wrong = uia->was_wrong || (again && uia->uri != NULL),
    .uri = uia->uri,
  };
  g_autoptr (MxSecret) password = NULL;

  if (mx_uia_wants_nothing (uia))
    return mx_uia_answer (uia);
  if (!request.password)
    return dex_await (mx_guard (scope, auth (session, &request, auth_data)), error)
             ? mx_uia_answer (uia)
             : NULL;

  password = dex_await_boxed (mx_guard (scope, auth (session, &request, auth_data)), error);

  return password != NULL ? mx_uia_answer_password (uia, mx_session_get_user_id (session), password)
                          : NULL;
}

gboolean
mx_auth_request (MxSession *session,
                 MxScope *scope,
                 MxAuthAttempt attempt,
                 gpointer data,
                 MxAuthFunc auth,
                 gpointer auth_data,
                 GError **error)
{
  char *answer = NULL;

  for (unsigned i = 0; i < MAX_ATTEMPTS; i++)
    {
      MxHttp *http = mx_session_get_http (session);
      g_autoptr (GError) failure = NULL;
      g_autoptr (MxUia) uia = NULL;
      gboolean done;

      if (http == NULL)
        {
          mx_wipe_free (answer);
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The session was closed");
          return FALSE;
        }
      done = dex_await (mx_guard (scope, attempt (http, answer, data)), &failure);
      mx_wipe_free (answer);
      answer = NULL;
      if (done)
        return TRUE;

      uia = mx_session_get_http (session) != NULL ? mx_uia_new (http, failure) : NULL;
      if (uia == NULL || (auth == NULL && !mx_uia_wants_nothing (uia)))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
      answer = ask (session, scope, uia, i > 0, auth, auth_data, error);
      if (answer == NULL)
        return FALSE;
    }

  mx_wipe_free (answer);
  g_set_error_literal (error,
                       MX_MATRIX_ERROR,
                       MX_MATRIX_ERROR_FORBIDDEN,
                       "The server was not convinced");

  return FALSE;
}
