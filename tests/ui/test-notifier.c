/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What the desktop is asked to show and to ring, seen by a notification service of the test's own.
 */
#include "config.h"

#include "chappe-notifier.h"

#include "mx-room-list.h"
#include "session-fixture.h"

#include <gtk/gtk.h>

typedef struct
{
  SessionFixture session;
  MxRoom *room;
  GSettings *settings;
  GApplication *application;
  ChappeNotifier *notifier;
  unsigned bells;
} Fixture;

static gboolean is_there; /* the service, as long as the process */
static GPtrArray *shown;  /* "title: body [action, label, …]" */

static const char interface_xml[] =
  "<node><interface name='org.freedesktop.Notifications'>"
  "<method name='Notify'><arg type='s' direction='in'/><arg type='u' direction='in'/>"
  "<arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='s' direction='in'/>"
  "<arg type='as' direction='in'/><arg type='a{sv}' direction='in'/><arg type='i' direction='in'/>"
  "<arg type='u' direction='out'/></method>"
  "<method name='CloseNotification'><arg type='u' direction='in'/></method>"
  "<method name='GetCapabilities'><arg type='as' direction='out'/></method>"
  "</interface></node>";

static void
call_cb (GDBusConnection *bus,
         const char *sender,
         const char *path,
         const char *interface,
         const char *method,
         GVariant *parameters,
         GDBusMethodInvocation *invocation,
         gpointer user_data)
{
  const char *title = NULL;
  const char *body = NULL;
  g_autofree const char **actions = NULL;
  g_autofree char *list = NULL;

  if (!g_str_equal (method, "Notify"))
    {
      g_dbus_method_invocation_return_value (invocation,
                                             g_str_equal (method, "GetCapabilities")
                                               ? g_variant_new ("(as)", NULL)
                                               : NULL);
      return;
    }
  g_variant_get (
    parameters, "(&su&s&s&s^a&s@a{sv}i)", NULL, NULL, NULL, &title, &body, &actions, NULL, NULL);
  list = g_strjoinv (", ", (char **) actions);
  g_ptr_array_add (shown, g_strdup_printf ("%s: %s [%s]", title, body, list));
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(u)", shown->len));
}

static void
owned_cb (GDBusConnection *bus, const char *name, gpointer user_data)
{
  is_there = TRUE;
}

static void
bell_cb (ChappeNotifier *notifier, Fixture *self)
{
  self->bells++;
}

static void
start_service (void)
{
  static const GDBusInterfaceVTable vtable = { .method_call = call_cb };
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (interface_xml, NULL);

  shown = g_ptr_array_new_with_free_func (g_free);
  g_dbus_connection_register_object (
    bus, "/org/freedesktop/Notifications", node->interfaces[0], &vtable, NULL, NULL, NULL);
  g_bus_own_name_on_connection (
    bus, "org.freedesktop.Notifications", G_BUS_NAME_OWNER_FLAGS_NONE, owned_cb, NULL, NULL, NULL);
  while (!is_there)
    g_main_context_iteration (NULL, TRUE);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_ptr_array_set_size (shown, 0);
  session_fixture_init (&self->session);
  self->room = session_fixture_make_room (&self->session);
  self->settings = g_settings_new (APPLICATION_ID);
  self->application = g_application_new ("im.chappe.Test", G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (self->application, NULL, NULL));
  self->notifier = chappe_notifier_new (self->application, self->session.session);
  g_signal_connect (self->notifier, "bell", G_CALLBACK (bell_cb), self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_assert_finalize_object (self->notifier);
  g_clear_object (&self->application);
  g_settings_reset (self->settings, "notification-sound");
  g_clear_object (&self->settings);
  session_fixture_clear (&self->session);
}

static void
arrive (Fixture *self, const char *event_id, gboolean sound)
{
  g_signal_emit_by_name (self->session.session, "notify-event", self->room, event_id, FALSE, sound);
}

static void
test_bell (Fixture *self, gconstpointer data)
{
  g_settings_set_boolean (self->settings, "notification-sound", FALSE);
  arrive (self, "$1", TRUE);
  g_assert_cmpuint (self->bells, ==, 0);
  g_settings_set_boolean (self->settings, "notification-sound", TRUE);
  arrive (self, "$2", FALSE);
  g_assert_cmpuint (self->bells, ==, 0);
  arrive (self, "$3", TRUE);
  arrive (self, "$4", TRUE);
  g_assert_cmpuint (self->bells, ==, 1);
  while (shown->len < 4)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_buttons (Fixture *self, gconstpointer data)
{
  arrive (self, "$1", FALSE);
  while (shown->len == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_nonnull (strstr (g_ptr_array_index (shown, 0), "Projet télégraphe: New message"));
  g_assert_nonnull (strstr (g_ptr_array_index (shown, 0), "Reply"));
  g_assert_nonnull (strstr (g_ptr_array_index (shown, 0), "Mark as Read"));
}

#define TEST(name, func) g_test_add ("/notifier/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  dex_init ();
  start_service ();

  TEST ("bell", test_bell);
  TEST ("buttons", test_buttons);

  return g_test_run ();
}
