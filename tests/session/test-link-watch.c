/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The end of a suspend, told by a logind of the test's own on a private system bus, sends the
 * request under way again; nothing else does. */
#include "config.h"

#include "local-server.h"
#include "mx-link-watch.h"
#include "session-fixture.h"

static void
disturbed_cb (MxLinkWatch *watch, unsigned *count)
{
  (*count)++;
}

static void
prepare_for_sleep (GDBusConnection *logind, gboolean begins)
{
  g_autoptr (GError) error = NULL;

  g_dbus_connection_emit_signal (logind,
                                 NULL,
                                 "/org/freedesktop/login1",
                                 "org.freedesktop.login1.Manager",
                                 "PrepareForSleep",
                                 g_variant_new ("(b)", begins),
                                 &error);
  g_assert_no_error (error);
}

/* A connection of its own, as logind has. */
static GDBusConnection *
start_logind (GTestDBus *bus)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  GDBusConnection *logind =
    g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (bus),
                                            G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                              G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                            NULL,
                                            NULL,
                                            &error);

  g_assert_no_error (error);
  g_dbus_connection_set_exit_on_close (logind, FALSE);
  reply = g_dbus_connection_call_sync (logind,
                                       "org.freedesktop.DBus",
                                       "/org/freedesktop/DBus",
                                       "org.freedesktop.DBus",
                                       "RequestName",
                                       g_variant_new ("(su)", "org.freedesktop.login1", 0),
                                       NULL,
                                       G_DBUS_CALL_FLAGS_NONE,
                                       -1,
                                       NULL,
                                       &error);
  g_assert_no_error (error);
  return logind;
}

static void
round_trip (GDBusConnection *connection)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (connection,
                                                            "org.freedesktop.DBus",
                                                            "/org/freedesktop/DBus",
                                                            "org.freedesktop.DBus",
                                                            "GetId",
                                                            NULL,
                                                            NULL,
                                                            G_DBUS_CALL_FLAGS_NONE,
                                                            -1,
                                                            NULL,
                                                            &error);

  g_assert_no_error (error);
}

/* What logind sent has reached the bus, and what the bus sent on has arrived. */
static void
settle (GDBusConnection *logind)
{
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, NULL);

  round_trip (logind);
  round_trip (bus);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* Again until somebody listens. */
static void
wake_until (GDBusConnection *logind, unsigned *value, unsigned wanted)
{
  while (*value < wanted)
    {
      prepare_for_sleep (logind, FALSE);
      settle (logind);
    }
}

static void
test_signal (gconstpointer data)
{
  g_autoptr (GDBusConnection) logind = start_logind ((GTestDBus *) data);
  MxLinkWatch *watch = mx_link_watch_new ();
  unsigned count = 0;

  g_signal_connect (watch, "disturbed", G_CALLBACK (disturbed_cb), &count);
  wake_until (logind, &count, 1);
  count = 0;
  prepare_for_sleep (logind, TRUE);
  settle (logind);
  g_assert_cmpuint (count, ==, 0);
  wake_until (logind, &count, 1);
  g_assert_finalize_object (watch);

  /* Nobody listens any more, also when it never came to a connection. */
  watch = mx_link_watch_new ();
  g_assert_finalize_object (watch);
  prepare_for_sleep (logind, FALSE);
  settle (logind);
}

static void
hold_cb (Request *request, gpointer data)
{
  hold (request);
}

static void
test_sync (gconstpointer data)
{
  g_autoptr (GDBusConnection) logind = start_logind ((GTestDBus *) data);
  g_autoptr (LocalServer) server = local_server_new (hold_cb, NULL);
  SessionFixture self;
  unsigned before = 0;

  session_fixture_init_at (&self, server->base);
  mx_session_start (self.session);
  await_count (&server->requests, 1);
  before = server->requests;
  wake_until (logind, &server->requests, before + 1);
  session_fixture_clear (&self);
}

int
main (int argc, char **argv)
{
  static GTestDBus *bus; /* stopped, not released: GIO keeps the connection */
  int result = 0;

  /* What happens to the machine's network meanwhile is not this test's. */
  g_setenv ("GIO_USE_NETWORK_MONITOR", "base", TRUE);
  g_test_init (&argc, &argv, NULL);
  dex_init ();
  bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (bus);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", g_test_dbus_get_bus_address (bus), TRUE);

  g_test_add_data_func ("/link-watch/signal", bus, test_signal);
  g_test_add_data_func ("/link-watch/sync", bus, test_sync);

  result = g_test_run ();
  g_test_dbus_stop (bus);
  return result;
}
