/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* encryption, recovery, keys, devices. */

#include "config.h"

#include "chappe-cli.h"

#include "mx-device.h"
#include "mx-encryption-status.h"
#include "mx-error.h"
#include "mx-recovery.h"

/* How long what is under way may take before the process ends. */
#define QUIET_MS 120000

static gboolean
fail_usage (const char *message, GError **error)
{
  g_set_error_literal (error, CHAPPE_CLI_ERROR, CHAPPE_CLI_ERROR_USAGE, message);

  return FALSE;
}

/* Borrowed; what the server has is known, unless it is out of reach. */
static MxEncryption *
open_encryption (ChappeCli *cli, gboolean offline, GError **error)
{
  if (!(offline ? chappe_cli_open (cli, error) : chappe_cli_open_synced (cli, FALSE, error)))
    return NULL;

  return mx_session_get_encryption (cli->session);
}

static gboolean
finish (ChappeCli *cli, MxEncryption *encryption, GError **error)
{
  return dex_await (mx_guard (cli->scope, mx_encryption_wait_quiet (encryption, QUIET_MS)), error);
}

/* -- encryption status */

static const char *
identity_name (MxOwnIdentity identity)
{
  switch (identity)
    {
    case MX_OWN_IDENTITY_VERIFIED:
      return "verified";
    case MX_OWN_IDENTITY_UNVERIFIED:
      return "untrusted";
    case MX_OWN_IDENTITY_UNKNOWN:
    case MX_OWN_IDENTITY_MISSING:
    default:
      return "missing";
    }
}

static gboolean
print_status (ChappeCli *cli, MxEncryption *encryption, GError **error)
{
  g_autoptr (MxEncryptionStatus) status =
    dex_await_boxed (mx_guard (cli->scope, mx_encryption_read_status (encryption)), error);
  MxJsonWriter *line = NULL;

  if (status == NULL)
    return FALSE;

  line = chappe_cli_line_begin ();
  mx_json_add_string (line, "device_id", mx_session_get_device_id (cli->session));
  mx_json_add_string (line, "ed25519", status->ed25519);
  mx_json_add_string (line, "curve25519", status->curve25519);
  mx_json_add_string (line, "cross_signing", identity_name (status->identity));
  mx_json_begin_object (line, "backup");
  if (status->backup_version != NULL)
    mx_json_add_string (line, "version", status->backup_version);
  else
    mx_json_add_null (line, "version");
  mx_json_add_bool (line, "enabled", status->backup_enabled);
  mx_json_add_int (line, "keys", status->backup_keys);
  mx_json_add_int (line, "pending", status->backup_pending);
  mx_json_end (line);
  mx_json_add_bool (line, "secret_storage", status->has_storage);
  mx_json_add_int (line, "keys_on_server", status->server_keys);
  mx_json_add_int (line, "went_back_at", status->went_back_ms);
  mx_json_add_int (line, "contested_at", status->contested_ms);
  chappe_cli_line_end (line);

  return TRUE;
}

static gboolean
encryption_verb (ChappeCli *cli, GStrv args, GError **error)
{
  gboolean offline = FALSE;
  const GOptionEntry entries[] = { { "offline", 0, 0, G_OPTION_ARG_NONE, &offline, NULL, NULL },
                                   G_OPTION_ENTRY_NULL };
  g_auto (GStrv) rest = g_strdupv (args);
  MxEncryption *encryption = NULL;

  if (!chappe_cli_parse (&rest, entries, 1, 1, error))
    return FALSE;
  if (!g_str_equal (rest[0], "status"))
    return fail_usage ("Only encryption status", error);
  encryption = open_encryption (cli, offline, error);

  return encryption != NULL && print_status (cli, encryption, error);
}

/* -- recovery */

/* The password is asked for once: a script has one answer. */
static DexFuture *
auth_cb (MxSession *session, const MxAuthRequest *request, gpointer data)
{
  MxSecret *password = data;

  if (!request->password)
    {
      chappe_cli_tell ("Approve this on %s and begin again.", request->uri);
      return dex_future_new_reject (G_IO_ERROR, G_IO_ERROR_CANCELLED, "A browser is needed");
    }
  if (password == NULL || request->was_wrong)
    return dex_future_new_reject (MX_MATRIX_ERROR,
                                  MX_MATRIX_ERROR_FORBIDDEN,
                                  password == NULL
                                    ? "The server asks for the password: give it with "
                                      "--password-stdin"
                                    : "The password was refused");

  return mx_future_new_pointer (MX_TYPE_SECRET, mx_secret_ref (password));
}

static gboolean
print_code (ChappeCli *cli, MxEncryption *encryption, DexFuture *future, GError **error)
{
  g_autoptr (MxSecret) code = dex_await_boxed (mx_guard (cli->scope, future), error);
  MxJsonWriter *line = NULL;

  /* What is known so far is in the backup before the code is told. */
  if (code == NULL || !finish (cli, encryption, error))
    return FALSE;

  line = chappe_cli_line_begin ();
  mx_json_add_string (line, "recovery_code", mx_secret_get_text (code));
  chappe_cli_line_end (line);

  return TRUE;
}

typedef struct
{
  unsigned done;
  unsigned total;
} Progress;

static void
progress_cb (unsigned done, unsigned total, gpointer data)
{
  Progress *progress = data;
  MxJsonWriter *line = chappe_cli_line_begin ();

  *progress = (Progress) { done, total };
  mx_json_add_int (line, "imported", done);
  mx_json_add_int (line, "total", total);
  chappe_cli_line_end (line);
}

static gboolean
restore (ChappeCli *cli, MxEncryption *encryption, GError **error)
{
  g_autoptr (MxSecret) code = chappe_cli_read_secret (error);
  Progress progress = { 0, 0 };
  MxJsonWriter *line = NULL;

  if (code == NULL ||
      !dex_await (mx_guard (cli->scope,
                            mx_recovery_restore (encryption, code, progress_cb, &progress)),
                  error) ||
      !finish (cli, encryption, error))
    return FALSE;

  line = chappe_cli_line_begin ();
  mx_json_add_bool (line, "done", TRUE);
  mx_json_add_int (line, "imported", progress.done);
  mx_json_add_int (line, "total", progress.total);
  chappe_cli_line_end (line);

  return TRUE;
}

static gboolean
recovery_verb (ChappeCli *cli, GStrv args, GError **error)
{
  gboolean with_passphrase = FALSE;
  gboolean with_password = FALSE;
  gboolean with_code = FALSE; /* said for the reader of a script: it is read in any case */
  const GOptionEntry entries[] = {
    { "passphrase-stdin", 0, 0, G_OPTION_ARG_NONE, &with_passphrase, NULL, NULL },
    { "password-stdin", 0, 0, G_OPTION_ARG_NONE, &with_password, NULL, NULL },
    { "code-stdin", 0, 0, G_OPTION_ARG_NONE, &with_code, NULL, NULL },
    G_OPTION_ENTRY_NULL
  };
  g_auto (GStrv) rest = g_strdupv (args);
  g_autoptr (MxSecret) passphrase = NULL;
  g_autoptr (MxSecret) password = NULL;
  MxEncryption *encryption = NULL;

  if (!chappe_cli_parse (&rest, entries, 1, 1, error))
    return FALSE;
  if (!g_str_equal (rest[0], "setup") && !g_str_equal (rest[0], "restore") &&
      !g_str_equal (rest[0], "reset") && !g_str_equal (rest[0], "change"))
    return fail_usage ("recovery setup, restore, reset or change", error);
  if ((with_passphrase && (passphrase = chappe_cli_read_secret (error)) == NULL) ||
      (with_password && (password = chappe_cli_read_secret (error)) == NULL))
    return FALSE;

  encryption = open_encryption (cli, FALSE, error);
  if (encryption == NULL)
    return FALSE;
  if (g_str_equal (rest[0], "restore"))
    return restore (cli, encryption, error);
  if (g_str_equal (rest[0], "setup"))
    return print_code (cli,
                       encryption,
                       mx_recovery_setup (encryption, passphrase, auth_cb, password),
                       error);
  if (g_str_equal (rest[0], "reset"))
    return print_code (cli, encryption, mx_recovery_reset (encryption, auth_cb, password), error);

  return print_code (cli, encryption, mx_recovery_change_code (encryption), error);
}

/* -- keys */

static void
count_cb (unsigned done, unsigned total, gpointer data)
{
  *(Progress *) data = (Progress) { done, total };
}

static gboolean
keys_verb (ChappeCli *cli, GStrv args, GError **error)
{
  gboolean with_passphrase = FALSE; /* as with_code */
  const GOptionEntry entries[] = {
    { "passphrase-stdin", 0, 0, G_OPTION_ARG_NONE, &with_passphrase, NULL, NULL },
    G_OPTION_ENTRY_NULL
  };
  g_auto (GStrv) rest = g_strdupv (args);
  g_autoptr (MxSecret) passphrase = NULL;
  g_autoptr (GFile) file = NULL;
  g_autoptr (GError) failure = NULL;
  Progress progress = { 0, 0 };
  MxEncryption *encryption = NULL;
  MxJsonWriter *line = NULL;
  gboolean is_export;
  guint n;

  if (!chappe_cli_parse (&rest, entries, 2, 2, error))
    return FALSE;
  is_export = g_str_equal (rest[0], "export");
  if (!is_export && !g_str_equal (rest[0], "import"))
    return fail_usage ("keys export or import", error);
  passphrase = chappe_cli_read_secret (error);
  encryption = passphrase != NULL ? open_encryption (cli, TRUE, error) : NULL;
  if (encryption == NULL)
    return FALSE;

  file = g_file_new_for_commandline_arg (rest[1]);
  n = dex_await_uint (
    mx_guard (cli->scope,
              is_export ? mx_key_file_export (encryption, file, passphrase, count_cb, &progress)
                        : mx_key_file_import (encryption, file, passphrase, count_cb, &progress)),
    &failure);
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }

  line = chappe_cli_line_begin ();
  mx_json_add_int (line, is_export ? "exported" : "imported", n);
  if (!is_export)
    mx_json_add_int (line, "total", progress.total);
  chappe_cli_line_end (line);

  return TRUE;
}

/* -- devices */

static void
print_device (MxDevice *device)
{
  static const char *const names[] = {
    [MX_DEVICE_UNVERIFIED] = "unverified",
    [MX_DEVICE_CROSS_SIGNED] = "cross-signed",
    [MX_DEVICE_VERIFIED] = "verified",
    [MX_DEVICE_BLOCKED] = "blocked",
  };
  const char *fingerprint = mx_device_get_fingerprint (device);
  g_auto (GStrv) groups = fingerprint != NULL ? g_strsplit (fingerprint, " ", -1) : NULL;
  g_autofree char *key = groups != NULL ? g_strjoinv ("", groups) : NULL;
  MxJsonWriter *line = chappe_cli_line_begin ();

  mx_json_add_string (line, "device_id", mx_device_get_device_id (device));
  mx_json_add_string (line, "display_name", mx_device_get_display_name (device));
  if (key != NULL)
    mx_json_add_string (line, "ed25519", key);
  else
    mx_json_add_null (line, "ed25519");
  mx_json_add_string (line, "trust", names[mx_device_get_trust (device)]);
  mx_json_add_bool (line, "this", mx_device_is_this (device));
  chappe_cli_line_end (line);
}

static gboolean
devices_verb (ChappeCli *cli, GStrv args, GError **error)
{
  g_auto (GStrv) rest = g_strdupv (args);
  g_autoptr (GListModel) devices = NULL;
  MxEncryption *encryption = NULL;

  if (!chappe_cli_parse (&rest, NULL, 0, 1, error))
    return FALSE;
  encryption = open_encryption (cli, FALSE, error);
  if (encryption == NULL ||
      !dex_await (mx_guard (cli->scope, mx_encryption_refresh_devices (encryption, rest[0])),
                  error))
    return FALSE;

  devices = mx_encryption_list_devices (encryption, rest[0]);
  for (guint i = 0; i < g_list_model_get_n_items (devices); i++)
    {
      g_autoptr (MxDevice) device = g_list_model_get_item (devices, i);

      print_device (device);
    }

  return TRUE;
}

const ChappeCliVerb chappe_cli_encryption_verbs[] = {
  { "encryption", "status [--offline]", encryption_verb },
  { "recovery",
    "setup [--passphrase-stdin] [--password-stdin] | restore [--code-stdin] | reset [--password-stdin] | change",
    recovery_verb },
  { "keys", "export|import FILE [--passphrase-stdin]", keys_verb },
  { "devices", "[USER]", devices_verb },
  { NULL, NULL, NULL },
};
