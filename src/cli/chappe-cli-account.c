/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* login, logout, whoami, sync, report. */

#include "config.h"

#include "chappe-cli.h"

#include "mx-error.h"
#include "mx-matrix-id.h"
#include "mx-sign-in.h"

#include <stdio.h>
#include <unistd.h>

static void
print_account (MxSession *session)
{
  MxJsonWriter *line = chappe_cli_line_begin ();

  mx_json_add_string (line, "user_id", mx_session_get_user_id (session));
  mx_json_add_string (line, "device_id", mx_session_get_device_id (session));
  mx_json_add_string (line, "base_url", mx_session_get_base_url (session));
  chappe_cli_line_end (line);
}

static void
retry_at_cb (MxSignIn *sign_in)
{
  gint64 wait = mx_sign_in_get_retry_at (sign_in) - g_get_real_time () / 1000;

  if (wait > 0)
    chappe_cli_tell ("The server asks to wait %d seconds.", (int) ((wait + 999) / 1000));
}

typedef struct
{
  char *server;
  char *user;
  char *device_name;
  char *proxy;
  char *ca_file;
} Login;

static void
login_clear (Login *self)
{
  g_free (self->server);
  g_free (self->user);
  g_free (self->device_name);
  g_free (self->proxy);
  g_free (self->ca_file);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Login, login_clear)

static gboolean
parse_login (Login *self, GStrv args, GError **error)
{
  gboolean from_stdin = FALSE;
  const GOptionEntry entries[] = {
    { "server", 0, 0, G_OPTION_ARG_STRING, &self->server, NULL, NULL },
    { "user", 0, 0, G_OPTION_ARG_STRING, &self->user, NULL, NULL },
    { "password-stdin", 0, 0, G_OPTION_ARG_NONE, &from_stdin, NULL, NULL },
    { "device-name", 0, 0, G_OPTION_ARG_STRING, &self->device_name, NULL, NULL },
    { "proxy", 0, 0, G_OPTION_ARG_STRING, &self->proxy, NULL, NULL },
    { "ca-file", 0, 0, G_OPTION_ARG_FILENAME, &self->ca_file, NULL, NULL },
    G_OPTION_ENTRY_NULL
  };
  g_auto (GStrv) rest = g_strdupv (args);

  if (!chappe_cli_parse (&rest, entries, 0, 0, error))
    return FALSE;
  if (self->server != NULL && self->user != NULL && from_stdin)
    {
      g_strstrip (self->user);
      return TRUE;
    }
  g_set_error_literal (error,
                       CHAPPE_CLI_ERROR,
                       CHAPPE_CLI_ERROR_USAGE,
                       "--server, --user and --password-stdin are needed");
  return FALSE;
}

static gboolean
is_same_user (MxSession *session, MxSignIn *sign_in, const char *user)
{
  const char *own = mx_session_get_user_id (session);
  g_autofree char *localpart = mx_user_id_dup_localpart (own);

  return g_str_equal (user, own) ||
         (g_strcmp0 (user, localpart) == 0 &&
          g_strcmp0 (mx_sign_in_get_base_url (sign_in), mx_session_get_base_url (session)) == 0);
}

/* Opens the account that the profile has, and sees whether its session goes on. FALSE with error:
 * nobody may sign in here. */
static gboolean
look_at_account (ChappeCli *cli, MxSession *session, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (!dex_await (mx_guard (cli->scope, mx_session_open (session)), &local))
    {
      if (!g_error_matches (local, MX_STORE_ERROR, MX_STORE_ERROR_BUSY) &&
          !mx_error_is_cancelled (local))
        return TRUE; /* its store is set aside */
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  cli->session = session;
  if (mx_session_get_state (session) == MX_SESSION_OPEN &&
      !dex_await (mx_guard (cli->scope, mx_session_sync_once (session)), &local) &&
      mx_error_is_cancelled (local))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (mx_session_get_state (session) != MX_SESSION_OPEN)
    return TRUE;
  g_set_error_literal (error,
                       MX_SESSION_ERROR,
                       MX_SESSION_ERROR_BAD_INPUT,
                       "This account is signed in already");
  return FALSE;
}

static gboolean
sign_in_again (ChappeCli *cli,
               MxSession *session,
               const Login *options,
               MxSecret *password,
               GError **error)
{
  gboolean is_elsewhere = options->proxy != NULL || options->ca_file != NULL;

  return (!is_elsewhere || mx_accounts_set_network (cli->accounts,
                                                    session,
                                                    options->proxy,
                                                    options->ca_file,
                                                    error)) &&
         dex_await (mx_guard (cli->scope, mx_session_sign_in_again (session, password)), error);
}

/* The account that the password is for, signed in: the one of the profile on its device, where the
 * server asked for that (E2E-166), else on a new one. */
static MxSession *
sign_in_with_password (ChappeCli *cli,
                       MxSignIn *sign_in,
                       const Login *options,
                       MxSecret *password,
                       GError **error)
{
  MxSession *session = mx_accounts_get_first (cli->accounts);

  if (session != NULL && !is_same_user (session, sign_in, options->user))
    {
      g_set_error (error,
                   MX_SESSION_ERROR,
                   MX_SESSION_ERROR_BAD_INPUT,
                   "This profile holds the account %s: log it out, or choose another --profile",
                   mx_session_get_user_id (session));
      return NULL;
    }
  if (session != NULL && !look_at_account (cli, session, error))
    return NULL;
  if (session != NULL && mx_session_get_state (session) == MX_SESSION_SOFT_SIGNED_OUT)
    return sign_in_again (cli, session, options, password, error) ? g_object_ref (session) : NULL;

  cli->session = NULL; /* it is replaced */
  return dex_await_object (
    mx_guard (cli->scope,
              mx_sign_in_with_password (sign_in, options->user, password, options->device_name)),
    error);
}

static gboolean
login (ChappeCli *cli, GStrv args, GError **error)
{
  g_auto (Login) options = { 0 };
  g_autoptr (MxSecret) password = NULL;
  g_autoptr (MxSignIn) sign_in = NULL;
  g_autoptr (MxSession) session = NULL;

  if (!parse_login (&options, args, error))
    return FALSE;

  sign_in = mx_sign_in_new (cli->accounts);
  g_signal_connect (sign_in, "notify::retry-at", G_CALLBACK (retry_at_cb), NULL);
  if (!(password = chappe_cli_read_secret (error)) ||
      !mx_sign_in_set_network (sign_in, options.proxy, options.ca_file, error) ||
      !dex_await (mx_guard (cli->scope, mx_sign_in_discover (sign_in, options.server)), error))
    return FALSE;
  if (!mx_sign_in_has_password (sign_in))
    {
      g_set_error_literal (error,
                           MX_MATRIX_ERROR,
                           MX_MATRIX_ERROR_NO_PASSWORD_LOGIN,
                           "This server has no sign-in by password");
      return FALSE;
    }

  session = sign_in_with_password (cli, sign_in, &options, password, error);
  if (session == NULL)
    return FALSE;

  print_account (session);

  return TRUE;
}

static gboolean
logout (ChappeCli *cli, GStrv args, GError **error)
{
  gboolean force = FALSE;
  const GOptionEntry entries[] = { { "force", 0, 0, G_OPTION_ARG_NONE, &force, NULL, NULL },
                                   G_OPTION_ENTRY_NULL };
  g_auto (GStrv) rest = g_strdupv (args);
  MxSession *session;

  if (!chappe_cli_parse (&rest, entries, 0, 0, error) || !chappe_cli_open (cli, error))
    return FALSE;

  session = g_steal_pointer (&cli->session);

  return dex_await (mx_guard (cli->scope, mx_accounts_remove (cli->accounts, session, force)),
                    error);
}

static gboolean
whoami (ChappeCli *cli, GStrv args, GError **error)
{
  g_auto (GStrv) rest = g_strdupv (args);

  if (!chappe_cli_parse (&rest, NULL, 0, 0, error) || !chappe_cli_open (cli, error))
    return FALSE;

  print_account (cli->session);

  return TRUE;
}

static gboolean
sync_once (ChappeCli *cli, GStrv args, GError **error)
{
  gboolean once = FALSE;
  const GOptionEntry entries[] = { { "once", 0, 0, G_OPTION_ARG_NONE, &once, NULL, NULL },
                                   G_OPTION_ENTRY_NULL };
  g_auto (GStrv) rest = g_strdupv (args);
  MxJsonWriter *line;

  if (!chappe_cli_parse (&rest, entries, 0, 0, error))
    return FALSE;
  if (!once)
    {
      g_set_error_literal (error,
                           CHAPPE_CLI_ERROR,
                           CHAPPE_CLI_ERROR_USAGE,
                           "Only sync --once; listen goes on");
      return FALSE;
    }
  if (!chappe_cli_open (cli, error) ||
      !dex_await (mx_guard (cli->scope, mx_session_sync_once (cli->session)), error))
    return FALSE;

  line = chappe_cli_line_begin ();
  mx_json_add_int (line,
                   "rooms",
                   g_list_model_get_n_items (G_LIST_MODEL (mx_session_get_rooms (cli->session))));
  chappe_cli_line_end (line);

  return TRUE;
}

static gboolean
report (ChappeCli *cli, GStrv args, GError **error)
{
  g_auto (GStrv) rest = g_strdupv (args);
  g_autofree char *text = NULL;

  if (!chappe_cli_parse (&rest, NULL, 0, 0, error) || !chappe_cli_open (cli, error))
    return FALSE;

  text = dex_await_string (mx_guard (cli->scope, mx_session_report (cli->session)), error);
  if (text == NULL)
    return FALSE;
  printf ("%s\n", text);

  return TRUE;
}

const ChappeCliVerb chappe_cli_account_verbs[] = {
  { "login",
    "--server SERVER --user USER --password-stdin [--device-name NAME] [--proxy URI] [--ca-file FILE]",
    login },
  { "logout", "[--force]", logout },
  { "whoami", "", whoami },
  { "sync", "--once", sync_once },
  { "report", "", report },
  { NULL, NULL, NULL },
};
