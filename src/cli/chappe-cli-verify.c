/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* verify: a dialogue. What happens is told as lines of JSON on standard output, what to do is read
 * from standard input: as JSON ({"command":"accept"}) or as words (accept). It ends with the
 * verification that was asked for or accepted, or with its input. */

#include "config.h"

#include "chappe-cli.h"

#include <gio/gunixinputstream.h>
#include <unistd.h>

#include "mx-error.h"
#include "mx-verification.h"

#define SENT_MS 60000

typedef struct
{
  ChappeCli *cli;
  MxVerifications *verifications;
  GPtrArray *seen;         /* MxVerification that are followed */
  MxVerification *current; /* what commands without a transaction mean: the newest; borrowed */
  MxVerification *ours;    /* asked for or accepted: the program ends with it; borrowed */
  GPtrArray *lines;        /* char*: read, not looked at yet */
  gboolean accepting;      /* the first request that comes */
  gboolean input_ended;
  GCancellable *reading; /* of the next line, which may come when the dialogue is gone */
  GError *failure;
  DexPromise *news; /* something happened */
} Dialogue;

static void
dialogue_clear (Dialogue *self)
{
  g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  for (guint i = 0; i < self->seen->len; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->seen, i), self);
  g_signal_handlers_disconnect_by_data (self->verifications, self);
  g_clear_pointer (&self->seen, g_ptr_array_unref);
  g_clear_pointer (&self->lines, g_ptr_array_unref);
  g_clear_error (&self->failure);
  g_clear_pointer (&self->news, dex_unref);
}

static void
wake (Dialogue *self)
{
  if (dex_future_is_pending (DEX_FUTURE (self->news)))
    dex_promise_resolve_boolean (self->news, TRUE);
}

/* -- What is told */

static void
add_emoji (MxJsonWriter *line, MxVerification *verification)
{
  const unsigned *emoji = mx_verification_get_emoji (verification);
  const unsigned *decimals = mx_verification_get_decimals (verification);

  mx_json_begin_array (line, "emoji");
  for (guint i = 0; i < 7; i++)
    {
      mx_json_begin_object (line, NULL);
      mx_json_add_string (line, "symbol", mx_verification_emoji_symbol (emoji[i]));
      mx_json_add_string (line, "name", mx_verification_emoji_name (emoji[i]));
      mx_json_end (line);
    }
  mx_json_end (line);
  mx_json_begin_array (line, "decimals");
  for (guint i = 0; i < 3; i++)
    mx_json_add_int (line, NULL, decimals[i]);
  mx_json_end (line);
}

static void
tell (MxVerification *verification, const char *event)
{
  MxJsonWriter *line = chappe_cli_line_begin ();

  mx_json_add_string (line, "event", event);
  mx_json_add_string (line, "transaction", mx_verification_get_transaction_id (verification));
  mx_json_add_string (line, "user", mx_verification_get_user_id (verification));
  mx_json_add_string (line, "device", mx_verification_get_device_id (verification));
  mx_json_add_string (line, "room", mx_verification_get_room_id (verification));
  mx_json_add_bool (line, "incoming", mx_verification_is_incoming (verification));
  if (mx_verification_get_phase (verification) == MX_VERIFICATION_COMPARE)
    add_emoji (line, verification);
  mx_json_add_string (line, "reason", mx_verification_get_cancel_code (verification));
  chappe_cli_line_end (line);
}

static void
tell_phase (MxVerification *verification)
{
  switch (mx_verification_get_phase (verification))
    {
    case MX_VERIFICATION_REQUESTED:
      tell (verification, "request");
      break;
    case MX_VERIFICATION_READY:
      tell (verification, "ready");
      break;
    case MX_VERIFICATION_COMPARE:
      tell (verification, "emoji");
      break;
    case MX_VERIFICATION_DONE:
      tell (verification, "done");
      break;
    case MX_VERIFICATION_CANCELLED:
      tell (verification, "cancelled");
      break;
    case MX_VERIFICATION_STARTED:
    case MX_VERIFICATION_CONFIRMED:
    default:
      break;
    }
}

static gboolean
is_over (MxVerification *verification)
{
  MxVerificationPhase phase = mx_verification_get_phase (verification);

  return phase == MX_VERIFICATION_DONE || phase == MX_VERIFICATION_CANCELLED;
}

/* The end of ours is told once the other side can know it: who reads it may end the program. */
static void
phase_cb (Dialogue *self, GParamSpec *pspec, MxVerification *verification)
{
  if (verification != self->ours || !is_over (verification))
    tell_phase (verification);
  wake (self);
}

static void
follow (Dialogue *self, MxVerification *verification)
{
  self->current = verification;
  if (g_ptr_array_find (self->seen, verification, NULL))
    return;

  g_ptr_array_add (self->seen, g_object_ref (verification));
  g_signal_connect_swapped (verification, "notify::phase", G_CALLBACK (phase_cb), self);
  tell_phase (verification);
}

static void
request_cb (Dialogue *self, MxVerification *verification)
{
  follow (self, verification);
  wake (self);
}

/* -- What is done */

static gboolean
request (Dialogue *self, const char *user_id, const char *device_id, GError **error)
{
  const char *own = mx_session_get_user_id (self->cli->session);
  g_autoptr (MxVerification) asked = NULL;

  if (user_id == NULL || g_strcmp0 (user_id, own) == 0)
    asked = g_object_ref (mx_verifications_request_own (self->verifications, device_id));
  else
    asked =
      dex_await_object (mx_guard (self->cli->scope,
                                  mx_verifications_request_user (self->verifications, user_id)),
                        error);
  if (asked == NULL)
    return FALSE;

  follow (self, asked);
  self->ours = asked; /* seen keeps it */

  return TRUE;
}

static MxVerification *
find (Dialogue *self, const char *transaction_id)
{
  for (guint i = 0; transaction_id != NULL && i < self->seen->len; i++)
    {
      MxVerification *verification = g_ptr_array_index (self->seen, i);

      if (g_strcmp0 (mx_verification_get_transaction_id (verification), transaction_id) == 0)
        return verification;
    }

  return transaction_id == NULL ? self->current : NULL;
}

static gboolean
obey (Dialogue *self, const char *command, MxVerification *verification, GError **error)
{
  if (verification == NULL)
    {
      g_set_error_literal (error,
                           MX_SESSION_ERROR,
                           MX_SESSION_ERROR_VERIFICATION_GONE,
                           "There is no such verification");
      return FALSE;
    }

  if (g_str_equal (command, "accept"))
    {
      self->ours = verification;
      mx_verification_accept (verification);
    }
  else if (g_str_equal (command, "start"))
    mx_verification_start (verification);
  else if (g_str_equal (command, "emoji"))
    tell_phase (verification);
  else if (g_str_equal (command, "confirm"))
    mx_verification_confirm (verification);
  else if (g_str_equal (command, "mismatch"))
    mx_verification_mismatch (verification);
  else if (g_str_equal (command, "cancel"))
    {
      self->ours = verification;
      mx_verification_cancel (verification);
    }
  else
    {
      g_set_error (error, CHAPPE_CLI_ERROR, CHAPPE_CLI_ERROR_USAGE, "Not a command: %s", command);
      return FALSE;
    }

  return TRUE;
}

/* A line that cannot be obeyed is told, and the next one is read. */
static void
take_line (Dialogue *self, const char *line)
{
  g_autoptr (MxJsonDocument) document =
    line[0] == '{' ? mx_json_document_parse (line, -1, NULL) : NULL;
  MxJson object = mx_json_document_root (document);
  g_auto (GStrv) words = document == NULL ? g_strsplit_set (line, " \t", -1) : NULL;
  guint n = words != NULL ? g_strv_length (words) : 0;
  const char *command = document != NULL ? mx_json_get_string (object, "command")
                        : n > 0          ? words[0]
                                         : "";
  const char *user_id = document != NULL ? mx_json_get_string (object, "user")
                        : n > 1          ? words[1]
                                         : NULL;
  const char *device_id = document != NULL ? mx_json_get_string (object, "device")
                          : n > 2          ? words[2]
                                           : NULL;
  g_autoptr (GError) error = NULL;
  gboolean done = FALSE;

  if (g_strcmp0 (command, "") == 0)
    return;

  if (g_strcmp0 (command, "request") == 0)
    done = request (self, user_id, device_id, &error);
  else
    done = obey (self,
                 command != NULL ? command : "",
                 find (self, mx_json_get_string (object, "transaction")),
                 &error);
  if (!done)
    chappe_cli_print_error (error);
}

/* -- Reading */

static void read_line (Dialogue *self, GDataInputStream *input);

typedef struct
{
  Dialogue *dialogue;
  GDataInputStream *input;
} Reading;

static void
line_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Reading *reading = data;
  g_autoptr (GDataInputStream) input = reading->input;
  Dialogue *self = reading->dialogue;
  g_autoptr (GError) error = NULL;
  g_autofree char *line = g_data_input_stream_read_line_finish_utf8 (input, result, NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* the dialogue is gone */
  if (error != NULL)
    self->failure = g_steal_pointer (&error);
  self->input_ended = line == NULL;
  if (line != NULL)
    {
      g_ptr_array_add (self->lines, g_strdup (g_strstrip (line)));
      read_line (self, input);
    }
  wake (self);
}

static void
read_line (Dialogue *self, GDataInputStream *input)
{
  Reading *reading = g_new0 (Reading, 1);

  reading->dialogue = self;
  reading->input = g_object_ref (input);
  g_data_input_stream_read_line_async (input, G_PRIORITY_DEFAULT, self->reading, line_cb, reading);
}

/* The last words reach the server. */
static void
wait_sent (Dialogue *self)
{
  g_autoptr (GError) send_error = NULL;
  g_autoptr (GError) flush_error = NULL;

  if (!dex_await (mx_guard (self->cli->scope,
                            mx_timeout (mx_session_send_waiting (self->cli->session), SENT_MS)),
                  &send_error))
    g_debug ("sending: %s %d", g_quark_to_string (send_error->domain), send_error->code);

  if (self->ours != NULL &&
      !dex_await (mx_guard (self->cli->scope,
                            mx_timeout (mx_verification_flush (self->ours), SENT_MS)),
                  &flush_error))
    chappe_cli_tell ("The last message may not have been sent: %s", flush_error->message);
}

static void
accept_first (Dialogue *self)
{
  for (guint i = 0; self->accepting && i < self->seen->len; i++)
    {
      MxVerification *verification = g_ptr_array_index (self->seen, i);

      if (!mx_verification_is_incoming (verification) ||
          mx_verification_get_phase (verification) != MX_VERIFICATION_REQUESTED)
        continue;
      self->accepting = FALSE;
      self->current = self->ours = verification;
      mx_verification_accept (verification);
    }
}

static gboolean
converse (Dialogue *self, GError **error)
{
  while (self->ours == NULL || !is_over (self->ours))
    {
      accept_first (self);
      while (self->lines->len > 0)
        {
          g_autofree char *line = g_ptr_array_steal_index (self->lines, 0);

          take_line (self, line);
        }
      if (self->input_ended || (self->ours != NULL && is_over (self->ours)))
        break;

      dex_clear (&self->news);
      self->news = dex_promise_new ();
      if (!dex_await (mx_guard (self->cli->scope, dex_ref (DEX_FUTURE (self->news))), error))
        return FALSE;
    }

  wait_sent (self);
  if (self->ours != NULL && is_over (self->ours))
    tell_phase (self->ours);
  if (self->failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->failure));
      return FALSE;
    }
  if (self->ours != NULL && mx_verification_get_phase (self->ours) == MX_VERIFICATION_CANCELLED)
    {
      g_set_error (error,
                   MX_SESSION_ERROR,
                   MX_SESSION_ERROR_VERIFICATION_GONE,
                   "Cancelled: %s",
                   mx_verification_get_cancel_code (self->ours));
      return FALSE;
    }

  return TRUE;
}

static gboolean
verify (ChappeCli *cli, GStrv args, GError **error)
{
  gboolean interactive = FALSE;
  const GOptionEntry entries[] = {
    { "interactive", 0, 0, G_OPTION_ARG_NONE, &interactive, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) rest = g_strdupv (args);
  const char *const *words = NULL;
  g_autoptr (GInputStream) standard = NULL;
  g_autoptr (GDataInputStream) input = NULL;
  Dialogue dialogue = { .cli = cli };
  gboolean done = FALSE;

  if (!chappe_cli_parse (&rest, entries, 0, 3, error))
    return FALSE;

  words = (const char *const *) rest;
  if (words[0] != NULL && (g_str_equal (words[0], "request") || g_str_equal (words[0], "accept")))
    {
      dialogue.accepting = g_str_equal (words[0], "accept");
      words++;
    }
  else if (words[0] != NULL && words[0][0] != '@')
    {
      g_set_error (error,
                   CHAPPE_CLI_ERROR,
                   CHAPPE_CLI_ERROR_USAGE,
                   "Say %s inside the dialogue: it belongs to one process",
                   words[0]);
      return FALSE;
    }

  if (!chappe_cli_open (cli, error))
    return FALSE;
  dialogue.verifications =
    mx_encryption_get_verifications (mx_session_get_encryption (cli->session));
  dialogue.seen = g_ptr_array_new_with_free_func (g_object_unref);
  dialogue.lines = g_ptr_array_new_with_free_func (g_free);
  dialogue.news = dex_promise_new ();
  dialogue.reading = g_cancellable_new ();
  g_signal_connect_swapped (dialogue.verifications, "request", G_CALLBACK (request_cb), &dialogue);

  if (dex_await (mx_guard (cli->scope, mx_session_sync_once (cli->session)), error))
    {
      mx_session_start (cli->session);
      chappe_cli_tell ("listening");
      standard = g_unix_input_stream_new (STDIN_FILENO, FALSE);
      input = g_data_input_stream_new (standard);
      read_line (&dialogue, input);
      done = (words[0] == NULL || dialogue.accepting ||
              request (&dialogue, words[0], words[1], error)) &&
             converse (&dialogue, error);
    }
  dialogue_clear (&dialogue);

  return done;
}

const ChappeCliVerb chappe_cli_verify_verbs[] = {
  { "verify", "[--interactive] [accept | [request] USER [DEVICE]]", verify },
  { NULL, NULL, NULL },
};
