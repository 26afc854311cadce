/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* chappe-cli: the session without a window, for scripts, fleets and tests. JSON Lines on stdout,
 * words for people on stderr, exit status 0 (done), 1 (refused or failed), 2 (usage). */

#include "config.h"
#include "install-dirs.h"

#include "chappe-cli.h"

#include "chappe-keyring.h"

#include "mx-encryption.h"
#include "mx-error.h"
#include "mx-session-repair.h"

#include <glib-unix.h>
#include <libintl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#define SETTLE_MS 10000

G_DEFINE_QUARK (chappe - cli - error - quark, chappe_cli_error)

typedef struct
{
  ChappeCli cli;
  const ChappeCliVerb *verb;
  GStrv args;
  GMainLoop *loop;
  int status;
} Run;

static const ChappeCliVerb *
find_verb (const char *name)
{
  const ChappeCliVerb *tables[] = { chappe_cli_account_verbs, chappe_cli_encryption_verbs,
                                    chappe_cli_room_verbs,    chappe_cli_message_verbs,
                                    chappe_cli_file_verbs,    chappe_cli_verify_verbs };

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    for (const ChappeCliVerb *verb = tables[i]; verb->name != NULL; verb++)
      if (g_str_equal (verb->name, name))
        return verb;

  return NULL;
}

static void
print_usage (FILE *stream)
{
  const ChappeCliVerb *tables[] = { chappe_cli_account_verbs, chappe_cli_encryption_verbs,
                                    chappe_cli_room_verbs,    chappe_cli_message_verbs,
                                    chappe_cli_file_verbs,    chappe_cli_verify_verbs };

  fprintf (stream,
           "usage: chappe-cli [--profile NAME] [--key-file FILE] [--deployment NAME] VERB …\n\n");
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    for (const ChappeCliVerb *verb = tables[i]; verb->name != NULL; verb++)
      fprintf (stream, "  %s %s\n", verb->name, verb->usage);
  fprintf (stream,
           "\nThe key of the profile's database is kept by the Secret Service of the desktop,\n"
           "or in FILE ($CHAPPE_KEY_FILE), made with mode 0600 by login.\n");
}

gboolean
chappe_cli_parse (GStrv *args, const GOptionEntry *entries, guint min, guint max, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GError) local = NULL;
  GStrv argv;
  guint n;

  g_strv_builder_add (builder, "chappe-cli");
  g_strv_builder_addv (builder, (const char **) *args);
  argv = g_strv_builder_end (builder);

  g_option_context_set_help_enabled (context, FALSE);
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse_strv (context, &argv, &local))
    {
      g_strfreev (argv);
      g_set_error_literal (error, CHAPPE_CLI_ERROR, CHAPPE_CLI_ERROR_USAGE, local->message);
      return FALSE;
    }

  g_strfreev (*args);
  builder = (g_strv_builder_unref (builder), g_strv_builder_new ());
  for (n = 1; argv[n] != NULL; n++)
    if (!g_str_equal (argv[n], "--"))
      g_strv_builder_add (builder, argv[n]);
  *args = g_strv_builder_end (builder);
  g_strfreev (argv);

  n = g_strv_length (*args);
  if (n < min || n > max)
    {
      g_set_error (error,
                   CHAPPE_CLI_ERROR,
                   CHAPPE_CLI_ERROR_USAGE,
                   n < min ? "Something is missing" : "Too many arguments");
      return FALSE;
    }

  return TRUE;
}

static void
state_cb (MxSession *session)
{
  if (mx_session_get_state (session) == MX_SESSION_REPAIRING)
    chappe_cli_tell ("The stored messages are damaged: saving what can be read.");
}

/* Until somebody has seen it in the window. */
static void
tell_repair (const MxSessionRepair *repair)
{
  if (repair == NULL)
    return;
  chappe_cli_tell (
    "The stored messages were damaged and have been repaired; the damaged file is kept "
    "as %s.",
    repair->kept_file);
  if (repair->lost_own_words)
    chappe_cli_tell ("Messages that were not sent yet, or drafts, may be missing.");
  if (repair->lost_account)
    chappe_cli_tell ("Parts of the sign-in may be missing.");
  if (repair->lost_keys)
    chappe_cli_tell ("Keys of secure messages may be missing.");
  if (repair->is_older)
    chappe_cli_tell ("The newest changes before the damage may be missing.");
  if (repair->lost_history)
    chappe_cli_tell ("What the server has is fetched again.");
}

gboolean
chappe_cli_open (ChappeCli *cli, GError **error)
{
  cli->session = mx_accounts_get_first (cli->accounts);
  if (cli->session == NULL)
    {
      g_set_error_literal (error,
                           MX_SESSION_ERROR,
                           MX_SESSION_ERROR_NO_SUCH_ACCOUNT,
                           "Nobody is signed in with this profile");
      return FALSE;
    }

  g_signal_connect (cli->session, "notify::state", G_CALLBACK (state_cb), NULL);
  if (!dex_await (mx_guard (cli->scope, mx_session_open (cli->session)), error))
    return FALSE;
  tell_repair (mx_session_get_repair (cli->session));

  return TRUE;
}

gboolean
chappe_cli_open_synced (ChappeCli *cli, gboolean offline, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (!chappe_cli_open (cli, error))
    return FALSE;

  if (!offline && !dex_await (mx_guard (cli->scope, mx_session_sync_once (cli->session)), &local))
    {
      if (!mx_error_is_transient (local))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      chappe_cli_tell ("The server is out of reach (%s): showing what is stored.", local->message);
    }

  return TRUE;
}

MxRoom *
chappe_cli_find_room (ChappeCli *cli, const char *name, GError **error)
{
  MxRoomList *rooms = mx_session_get_rooms (cli->session);
  MxRoom *room = mx_room_list_find (rooms, name);
  gboolean by_id;

  if (room == NULL)
    room = mx_room_list_find_alias (rooms, name);
  by_id = room != NULL;
  for (guint i = 0; !by_id && i < g_list_model_get_n_items (G_LIST_MODEL (rooms)); i++)
    {
      g_autoptr (MxRoom) candidate = g_list_model_get_item (G_LIST_MODEL (rooms), i);

      if (!g_str_equal (mx_room_get_name (candidate), name))
        continue;
      if (room != NULL)
        {
          g_set_error_literal (error,
                               MX_SESSION_ERROR,
                               MX_SESSION_ERROR_NO_SUCH_ROOM,
                               "Several rooms have this name: use the id");
          return NULL;
        }
      room = candidate; /* the list keeps it */
    }

  if (room == NULL)
    g_set_error_literal (error, MX_SESSION_ERROR, MX_SESSION_ERROR_NO_SUCH_ROOM, "No such room");

  return room;
}

/* What a sync made due (keys to upload, devices to ask for, messages to send) is done before the
 * program ends. */
static void
settle (ChappeCli *cli)
{
  MxEncryption *encryption = mx_session_get_encryption (cli->session);
  g_autoptr (GError) error = NULL;

  if (encryption == NULL || mx_session_get_connection (cli->session) == MX_CONNECTION_OFFLINE)
    return;

  if (!dex_await (mx_guard (cli->scope, mx_timeout (mx_encryption_settle (encryption), SETTLE_MS)),
                  &error) ||
      !dex_await (mx_guard (cli->scope,
                            mx_timeout (mx_session_send_waiting (cli->session), SETTLE_MS)),
                  &error))
    g_debug ("settling: %s %d", g_quark_to_string (error->domain), error->code);
}

static DexFuture *
run_fiber (gpointer data)
{
  Run *run = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) close_error = NULL;

  if (!run->verb->func (&run->cli, run->args, &error))
    {
      run->status = g_error_matches (error, CHAPPE_CLI_ERROR, CHAPPE_CLI_ERROR_USAGE) ? 2 : 1;
      if (run->status == 2)
        chappe_cli_tell ("%s\nusage: chappe-cli %s %s",
                         error->message,
                         run->verb->name,
                         run->verb->usage);
      else
        chappe_cli_print_error (error);
    }

  if (run->cli.session != NULL)
    settle (&run->cli);
  if (run->cli.session != NULL && !dex_await (mx_session_close (run->cli.session), &close_error))
    g_debug ("closing: %s %d", g_quark_to_string (close_error->domain), close_error->code);

  g_main_loop_quit (run->loop);

  return dex_future_new_true ();
}

static gboolean
interrupted_cb (gpointer data)
{
  mx_scope_cancel (data);

  return G_SOURCE_REMOVE; /* a second one is the system's: it ends the process */
}

typedef struct
{
  GStrv words; /* what is left: the verb and what is its own */
  gboolean help;
  gboolean version;
} CommandLine;

/* Takes out what every verb understands, wherever it stands before a "--". */
static gboolean
parse_command_line (int argc, char **argv, ChappeCli *cli, CommandLine *line)
{
  g_autofree char *profile = NULL;
  const GOptionEntry entries[] = {
    { "profile", 0, 0, G_OPTION_ARG_STRING, &profile, NULL, NULL },
    { "key-file", 0, 0, G_OPTION_ARG_FILENAME, &cli->key_file, NULL, NULL },
    { "deployment", 0, 0, G_OPTION_ARG_STRING, &cli->deployment, NULL, NULL },
    { "help", 'h', 0, G_OPTION_ARG_NONE, &line->help, NULL, NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &line->version, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  g_autoptr (GStrvBuilder) ours = g_strv_builder_new ();
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) left = NULL;
  int i = 0;

  for (; i < argc && !g_str_equal (argv[i], "--"); i++)
    g_strv_builder_add (ours, argv[i]);
  left = g_strv_builder_end (ours);

  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_ignore_unknown_options (context, TRUE);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse_strv (context, &left, &error))
    {
      chappe_cli_tell ("%s", error->message);
      return FALSE;
    }
  if (profile != NULL && (*profile == '\0' || *profile == '.' || strchr (profile, '/') != NULL))
    {
      chappe_cli_tell ("The name of a profile has no “/” and does not begin with “.”.");
      return FALSE;
    }

  g_strv_builder_addv (words, (const char **) left + 1);
  for (; i < argc; i++)
    g_strv_builder_add (words, argv[i]);
  line->words = g_strv_builder_end (words);
  cli->data_dir = profile != NULL
                    ? g_build_filename (g_get_user_data_dir (), "chappe", "profiles", profile, NULL)
                    : g_build_filename (g_get_user_data_dir (), "chappe", NULL);

  return TRUE;
}

/* What is not there is no reason to send keys to whom nobody chose. */
static MxDeployment *
load_deployment (const char *name)
{
  g_auto (GStrv) folders = mx_deployment_dup_folders (PKGDATADIR);
  g_autoptr (GError) error = NULL;
  MxDeployment *deployment = mx_deployment_load (name, (const char *const *) folders, &error);

  if (error != NULL)
    g_printerr ("chappe-cli: the deployment cannot be read: %s\n", error->message);

  return deployment;
}

static void
open_profile (ChappeCli *cli)
{
  g_autoptr (MxDeployment) deployment = load_deployment (cli->deployment);

  if (cli->key_file == NULL)
    g_set_str (&cli->key_file, g_getenv ("CHAPPE_KEY_FILE"));
  if (cli->key_file != NULL)
    {
      g_autoptr (GFile) file = g_file_new_for_commandline_arg (cli->key_file);

      cli->keyring = mx_keyring_file_new (file);
    }
  else
    {
      cli->keyring = chappe_keyring_new ();
    }

  cli->accounts = mx_accounts_new (cli->data_dir, cli->keyring);
  mx_accounts_set_deployment (cli->accounts, deployment);
  cli->scope = mx_scope_new ();
}

static void
run_verb (Run *run, char **args)
{
  open_profile (&run->cli);
  run->args = g_strdupv (args);
  run->loop = g_main_loop_new (NULL, FALSE);
  g_unix_signal_add (SIGINT, interrupted_cb, run->cli.scope);
  g_unix_signal_add (SIGTERM, interrupted_cb, run->cli.scope);

  mx_flow_start (run->verb->name, run_fiber, run, NULL);
  g_main_loop_run (run->loop);

  g_strfreev (run->args);
  g_clear_object (&run->cli.accounts);
  g_clear_object (&run->cli.keyring);
  mx_clear_scope (&run->cli.scope);
  g_main_loop_unref (run->loop);
}

/* Standard output is the objects' alone. Before main(), because libdex speaks when it is loaded. */
static void
log_to_stderr (void)
{
  g_log_writer_default_set_use_stderr (TRUE);
}

__attribute__ ((section (".preinit_array"), used)) static void (*log_early) (void) = log_to_stderr;

/* What needs no profile. FALSE: there is a verb to run. */
static gboolean
answer_at_once (const CommandLine *line, Run *run)
{
  const char *name = line->words != NULL ? line->words[0] : NULL;

  run->verb = name != NULL ? find_verb (name) : NULL;
  if (line->version)
    printf ("chappe-cli %s\n", PACKAGE_VERSION);
  else if (line->help && run->verb != NULL)
    printf ("usage: chappe-cli %s %s\n", run->verb->name, run->verb->usage);
  else if (line->help)
    print_usage (stdout);
  else if (run->verb != NULL)
    return FALSE;
  else
    {
      print_usage (stderr);
      run->status = 2;
    }

  return TRUE;
}

int
main (int argc, char **argv)
{
  CommandLine line = { 0 };
  Run run = { 0 };

  mx_secret_guard_process (FALSE);
  setlocale (LC_ALL, "");
  /* What it writes of events into the store is shown by the window. */
  bindtextdomain (GETTEXT_PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  dex_init ();
  if (!parse_command_line (argc, argv, &run.cli, &line))
    line = (CommandLine) { 0 };
  if (!answer_at_once (&line, &run))
    run_verb (&run, line.words + 1);
  g_strfreev (line.words);
  g_free (run.cli.data_dir);
  g_free (run.cli.key_file);
  g_free (run.cli.deployment);

  return run.status;
}
