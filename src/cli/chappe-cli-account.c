/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* login, logout, whoami, sync, report. */

#include "config.h"

#include "chappe-cli.h"

#include "mx-error.h"
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

static gboolean
login (ChappeCli *cli, GStrv args, GError **error)
{
  g_autofree char *server = NULL;
  g_autofree char *user = NULL;
  g_autofree char *device_name = NULL;
  g_autofree char *proxy = NULL;
  g_autofree char *ca_file = NULL;
  gboolean from_stdin = FALSE;
  const GOptionEntry entries[] = {
    { "server", 0, 0, G_OPTION_ARG_STRING, &server, NULL, NULL },
    { "user", 0, 0, G_OPTION_ARG_STRING, &user, NULL, NULL },
    { "password-stdin", 0, 0, G_OPTION_ARG_NONE, &from_stdin, NULL, NULL },
    { "device-name", 0, 0, G_OPTION_ARG_STRING, &device_name, NULL, NULL },
    { "proxy", 0, 0, G_OPTION_ARG_STRING, &proxy, NULL, NULL },
    { "ca-file", 0, 0, G_OPTION_ARG_FILENAME, &ca_file, NULL, NULL },
    G_OPTION_ENTRY_NULL
  };
  g_auto (GStrv) rest = g_strdupv (args);
  g_autoptr (MxSecret) password = NULL;
  g_autoptr (MxSignIn) sign_in = NULL;
  g_autoptr (MxSession) session = NULL;

  if (!chappe_cli_parse (&rest, entries, 0, 0, error))
    return FALSE;
  if (server == NULL || user == NULL || !from_stdin)
    {
      g_set_error_literal (error,
                           CHAPPE_CLI_ERROR,
                           CHAPPE_CLI_ERROR_USAGE,
                           "--server, --user and --password-stdin are needed");
      return FALSE;
    }

  sign_in = mx_sign_in_new (cli->accounts);
  g_signal_connect (sign_in, "notify::retry-at", G_CALLBACK (retry_at_cb), NULL);
  if (!(password = chappe_cli_read_secret (error)) ||
      !mx_sign_in_set_network (sign_in, proxy, ca_file, error) ||
      !dex_await (mx_guard (cli->scope, mx_sign_in_discover (sign_in, server)), error))
    return FALSE;
  if (!mx_sign_in_has_password (sign_in))
    {
      g_set_error_literal (error,
                           MX_MATRIX_ERROR,
                           MX_MATRIX_ERROR_NO_PASSWORD_LOGIN,
                           "This server has no sign-in by password");
      return FALSE;
    }

  session =
    dex_await_object (mx_guard (cli->scope,
                                mx_sign_in_with_password (sign_in, user, password, device_name)),
                      error);
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
