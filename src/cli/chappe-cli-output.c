/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "chappe-cli.h"
#include "mx-error.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

MxJsonWriter *
chappe_cli_line_begin (void)
{
  MxJsonWriter *writer = mx_json_writer_new ();

  mx_json_begin_object (writer, NULL);

  return writer;
}

static void
write_line (FILE *stream, MxJsonWriter *writer)
{
  g_autofree char *text = NULL;

  mx_json_end (writer);
  text = mx_json_writer_to_text (writer);
  mx_json_writer_free (writer);
  fprintf (stream, "%s\n", text);
  fflush (stream);
}

void
chappe_cli_line_end (MxJsonWriter *writer)
{
  write_line (stdout, writer);
}

void
chappe_cli_add_error (MxJsonWriter *writer, const GError *error)
{
  const char *errcode =
    error->domain == MX_MATRIX_ERROR ? mx_matrix_error_get_errcode (error) : NULL;

  mx_json_begin_object (writer, "error");
  mx_json_add_string (writer, "domain", g_quark_to_string (error->domain));
  mx_json_add_int (writer, "code", error->code);
  mx_json_add_string (writer, "errcode", errcode);
  mx_json_add_string (writer, "message", error->message);
  mx_json_end (writer);
}

void
chappe_cli_print_error (const GError *error)
{
  MxJsonWriter *writer = chappe_cli_line_begin ();

  chappe_cli_add_error (writer, error);
  write_line (stderr, writer);
}

void
chappe_cli_tell (const char *format, ...)
{
  va_list args;

  va_start (args, format);
  vfprintf (stderr, format, args);
  va_end (args);
  fputc ('\n', stderr);
}

/* What is typed at a terminal is not shown. */
static char *
read_unseen (char *line, int size)
{
  struct termios shown;
  struct termios unseen;
  char *read;

  if (tcgetattr (STDIN_FILENO, &shown) != 0)
    return fgets (line, size, stdin);

  unseen = shown;
  unseen.c_lflag &= ~(tcflag_t) ECHO;
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &unseen);
  read = fgets (line, size, stdin);
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &shown);

  return read;
}

/* One line of standard input, without its end. */
MxSecret *
chappe_cli_read_secret (GError **error)
{
  char line[1024];
  MxSecret *secret;
  gsize length;

  if (read_unseen (line, sizeof line) == NULL)
    {
      g_set_error_literal (error,
                           CHAPPE_CLI_ERROR,
                           CHAPPE_CLI_ERROR_USAGE,
                           "Nothing on standard input");
      return NULL;
    }

  length = strcspn (line, "\r\n");
  line[length] = '\0';
  secret = mx_secret_new_text (line);
  mx_wipe (line, sizeof line);

  return secret;
}
