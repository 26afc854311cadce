/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The keyring against a real gnome-keyring: none, locked, no such item and the right key are four
 * different answers. */
#include "config.h"

#include "chappe-keyring.h"

#include "mx-error.h"
#include "mx-flow.h"

#include <gio/gio.h>
#include <libsecret/secret.h>

#define ACCOUNT "@camille:ministere.test"

typedef struct
{
  gboolean done;
  MxSecret *secret;
  GError *error;
} Answer;

static void
answered_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  Answer *answer = user_data;

  answer->done = TRUE;
  if (error != NULL)
    answer->error = g_error_copy (error);
  else if (G_VALUE_HOLDS (value, MX_TYPE_SECRET))
    answer->secret = g_value_dup_boxed (value);
}

static Answer
wait_for (MxKeyring *keyring, DexFuture *future)
{
  Answer answer = { 0 };

  mx_watch (keyring, future, answered_cb, &answer);
  while (!answer.done)
    g_main_context_iteration (NULL, TRUE);
  return answer;
}

static void
assert_error (MxKeyring *keyring, DexFuture *future, MxSessionError code)
{
  Answer answer = wait_for (keyring, future);

  g_assert_error (answer.error, MX_SESSION_ERROR, (int) code);
  g_clear_error (&answer.error);
}

/* The bus of this process. It is never released, only stopped: GTestDBus waits then for the
 * connection, which GIO and libsecret keep. */
static GTestDBus *bus;

/* Each case has a session bus of its own, from which nothing is activated, and so a process of its
 * own: libsecret and GIO keep their connection. TRUE: this is that process. */
static gboolean
on_private_bus (void)
{
  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 240 * G_USEC_PER_SEC, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return FALSE;
    }
  bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (bus);
  return TRUE;
}

static void
test_none (void)
{
  MxKeyring *keyring = NULL;

  if (!on_private_bus ())
    return;
  keyring = chappe_keyring_new ();
  assert_error (keyring, mx_keyring_lookup (keyring, ACCOUNT), MX_SESSION_ERROR_KEYRING_MISSING);
  g_assert_finalize_object (keyring);
  g_test_dbus_stop (bus);
}

static void
start_service (GSubprocess **service)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) wait = NULL;
  g_autofree char *folder = g_dir_make_tmp ("chappe-keyring-XXXXXX", &error);
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  GOutputStream *input = NULL;

  g_assert_no_error (error);
  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
                               G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  /* Its warnings are not ours. */
  g_subprocess_launcher_unsetenv (launcher, "G_DEBUG");
  *service = g_subprocess_launcher_spawn (launcher,
                                          &error,
                                          "gnome-keyring-daemon",
                                          "--foreground",
                                          "--unlock",
                                          "--components=secrets",
                                          NULL);
  g_assert_no_error (error);
  input = g_subprocess_get_stdin_pipe (*service);
  g_assert_true (g_output_stream_write_all (input, "pass", 4, NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (input, NULL, NULL));
  wait = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE,
                           &error,
                           "gdbus",
                           "wait",
                           "--session",
                           "--timeout",
                           "120",
                           "org.freedesktop.secrets",
                           NULL);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (wait, NULL, &error));
}

static void
lock_keyring (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SecretService) service = secret_service_get_sync (SECRET_SERVICE_NONE, NULL, &error);
  g_autoptr (SecretCollection) collection = NULL;
  g_autoptr (GList) list = NULL;
  int locked = 0;

  g_assert_no_error (error);
  collection = secret_collection_for_alias_sync (service,
                                                 SECRET_COLLECTION_DEFAULT,
                                                 SECRET_COLLECTION_NONE,
                                                 NULL,
                                                 &error);
  g_assert_no_error (error);
  list = g_list_append (NULL, collection);
  locked = secret_service_lock_sync (service, list, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (locked, ==, 1);
}

static void
test_real (void)
{
  MxKeyring *keyring = NULL;
  g_autoptr (GSubprocess) service = NULL;
  g_autoptr (MxSecret) key = mx_secret_new_random (32);
  Answer answer = { 0 };

  if (!on_private_bus ())
    return;
  keyring = chappe_keyring_new ();
  start_service (&service);

  assert_error (keyring, mx_keyring_lookup (keyring, ACCOUNT), MX_SESSION_ERROR_KEY_LOST);

  answer = wait_for (keyring, mx_keyring_store (keyring, ACCOUNT, "Chappe", key));
  g_assert_no_error (answer.error);
  answer = wait_for (keyring, mx_keyring_lookup (keyring, ACCOUNT));
  g_assert_no_error (answer.error);
  g_assert_true (mx_secret_equal (answer.secret, key));
  g_clear_pointer (&answer.secret, mx_secret_unref);
  assert_error (keyring, mx_keyring_lookup (keyring, "@other:test"), MX_SESSION_ERROR_KEY_LOST);

  /* Nobody answers the prompt here: it stays locked, which is not "lost". */
  lock_keyring ();
  assert_error (keyring, mx_keyring_lookup (keyring, ACCOUNT), MX_SESSION_ERROR_KEYRING_LOCKED);

  chappe_keyring_disconnect ();
  g_assert_finalize_object (keyring);
  g_subprocess_force_exit (service);
  g_assert_true (g_subprocess_wait (service, NULL, NULL));
  g_test_dbus_stop (bus);
}

static void
test_remove (void)
{
  MxKeyring *keyring = NULL;
  g_autoptr (GSubprocess) service = NULL;
  g_autoptr (MxSecret) key = mx_secret_new_random (32);
  Answer answer = { 0 };

  if (!on_private_bus ())
    return;
  keyring = chappe_keyring_new ();
  start_service (&service);
  answer = wait_for (keyring, mx_keyring_store (keyring, ACCOUNT, "Chappe", key));
  g_assert_no_error (answer.error);
  answer = wait_for (keyring, mx_keyring_remove (keyring, ACCOUNT));
  g_assert_no_error (answer.error);
  assert_error (keyring, mx_keyring_lookup (keyring, ACCOUNT), MX_SESSION_ERROR_KEY_LOST);

  chappe_keyring_disconnect ();
  g_assert_finalize_object (keyring);
  g_subprocess_force_exit (service);
  g_assert_true (g_subprocess_wait (service, NULL, NULL));
  g_test_dbus_stop (bus);
}

int
main (int argc, char *argv[])
{
  g_autofree char *daemon = g_find_program_in_path ("gnome-keyring-daemon");

  g_test_init (&argc, &argv, NULL);
  if (daemon == NULL)
    {
      g_printerr ("gnome-keyring-daemon is needed\n");
      return 77;
    }
  /* With a display the service waits for somebody to answer its prompt. */
  g_unsetenv ("DISPLAY");
  g_unsetenv ("WAYLAND_DISPLAY");
  dex_init ();

  g_test_add_func ("/keyring/none", test_none);
  g_test_add_func ("/keyring/real", test_real);
  g_test_add_func ("/keyring/remove", test_remove);

  return g_test_run ();
}
