/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What the verbs share: the profile, the session, output. Verbs run as flows on the main thread. */
#pragma once

#include "mx-accounts.h"
#include "mx-flow.h"
#include "mx-json.h"
#include "mx-room-list.h"
#include "mx-secret.h"

G_BEGIN_DECLS

typedef struct
{
  char *data_dir;
  char *key_file;
  char *deployment; /* name, NULL: plain */
  MxKeyring *keyring;
  MxAccounts *accounts;
  MxSession *session; /* borrowed from accounts; open once chappe_cli_open() succeeded */
  MxScope *scope;     /* ends with SIGINT and SIGTERM */
} ChappeCli;

/* args: what follows the verb, options removed. FALSE with error: exit status 1, or 2 for
 * CHAPPE_CLI_ERROR_USAGE. */
typedef gboolean (*ChappeCliFunc) (ChappeCli *cli, GStrv args, GError **error);

typedef struct
{
  const char *name;
  const char *usage; /* what follows the name */
  ChappeCliFunc func;
} ChappeCliVerb;

#define CHAPPE_CLI_ERROR (chappe_cli_error_quark ())
typedef enum
{
  CHAPPE_CLI_ERROR_USAGE
} ChappeCliError;
GQuark chappe_cli_error_quark (void);

/* The tables of chappe-cli-account.c, -encryption.c, -rooms.c, -messages.c; each ends with a NULL
 * name. */
extern const ChappeCliVerb chappe_cli_account_verbs[];
extern const ChappeCliVerb chappe_cli_encryption_verbs[];
extern const ChappeCliVerb chappe_cli_room_verbs[];
extern const ChappeCliVerb chappe_cli_message_verbs[];
extern const ChappeCliVerb chappe_cli_file_verbs[];
extern const ChappeCliVerb chappe_cli_verify_verbs[];

/* The first account of the profile, its store open, nothing started. */
gboolean chappe_cli_open (ChappeCli *cli, GError **error);
/* The same, and what the server has, unless offline; a server out of reach is told on stderr and is
 * no error. */
gboolean chappe_cli_open_synced (ChappeCli *cli, gboolean offline, GError **error);
/* By id, alias or exact name. Borrowed. NO_SUCH_ROOM. */
MxRoom *chappe_cli_find_room (ChappeCli *cli, const char *name, GError **error);
/* Options of a verb: parsed out of args by GOption; positional ones are left, their number checked.
 */
gboolean
chappe_cli_parse (GStrv *args, const GOptionEntry *entries, guint min, guint max, GError **error);

/* One line of JSON on stdout: begun with an open object, ended and flushed. */
MxJsonWriter *chappe_cli_line_begin (void);
void chappe_cli_line_end (MxJsonWriter *writer);
/* One line of standard input, without its end. USAGE: there is none. */
MxSecret *chappe_cli_read_secret (GError **error);
/* "error": {domain, code, errcode, message}. */
void chappe_cli_add_error (MxJsonWriter *writer, const GError *error);
/* {"error":…} on stderr. */
void chappe_cli_print_error (const GError *error);
G_GNUC_PRINTF (1, 2)
void chappe_cli_tell (const char *format, ...);

G_END_DECLS
