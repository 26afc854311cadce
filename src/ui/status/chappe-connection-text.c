/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The lasting state of an account as a banner says it: why there is no connection, and what waits
 * for it. */
#include "config.h"

#include "chappe-connection-text.h"

#include "chappe-error-text.h"

#include "mx-session-repair.h"

#include <glib/gi18n.h>

/* "No network" needs no sentence about servers. */
static gboolean
is_plain_offline (const GError *error)
{
  return error == NULL || g_error_matches (error, MX_SESSION_ERROR, MX_SESSION_ERROR_OFFLINE) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE) ||
         g_error_matches (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_TEMPORARY_FAILURE);
}

/* The address was right when the account signed in: no advice about its spelling. */
static gboolean
is_server_away (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_HOST_NOT_FOUND) ||
         error->domain == G_RESOLVER_ERROR;
}

static char *
dup_cause (const GError *error)
{
  if (is_plain_offline (error))
    return g_strdup (_ ("Offline"));
  if (is_server_away (error))
    return g_strdup (_ ("The server cannot be reached"));
  return chappe_error_text (error);
}

char *
chappe_connection_text (MxSession *session, const char **button, const char **action)
{
  const GError *error = mx_session_get_connection_error (session);
  g_autofree char *cause = NULL;
  g_autofree char *waiting_text = NULL;
  unsigned waiting = 0;

  *button = NULL;
  *action = NULL;

  if (mx_session_get_state (session) == MX_SESSION_SIGNED_OUT ||
      mx_session_get_state (session) == MX_SESSION_SOFT_SIGNED_OUT)
    {
      *button = _ ("_Sign In");
      *action = "win.show-signed-out";
      return g_strdup (_ ("You are signed out. Your messages can still be read."));
    }
  if (mx_session_get_connection (session) != MX_CONNECTION_OFFLINE)
    {
      if (mx_session_get_repair (session) == NULL)
        return NULL;
      *button = _ ("_Details");
      *action = "win.show-repair";
      return g_strdup (_ ("Your messages were damaged and have been repaired."));
    }

  *button = _ ("_Try Again");
  *action = "win.retry";
  cause = dup_cause (error);
  g_object_get (session, "outbox-waiting", &waiting, NULL);
  if (waiting == 0)
    return g_steal_pointer (&cause);

  waiting_text =
    g_strdup_printf (ngettext ("%u message waiting", "%u messages waiting", waiting), waiting);
  /* TRANSLATORS: why there is no connection, then how many messages wait for it */
  return g_strdup_printf (C_ ("banner", "%s · %s"), cause, waiting_text);
}
