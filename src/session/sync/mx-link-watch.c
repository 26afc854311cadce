/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* GNetworkMonitor for the network. For sleep, what logind says on its end; where that is out of
 * reach (a sandbox), the two clocks: CLOCK_BOOTTIME runs on during a suspend and CLOCK_MONOTONIC
 * does not. Main thread. */
#include "config.h"

#include "mx-link-watch.h"

#include <time.h>

/* How often the clocks are compared, and by how much they must have drifted apart. */
#define CHECK_SECONDS 20
#define SLEPT_SECONDS 10

/* The network monitor tells one change in many steps. */
#define SETTLE_MS 500

struct _MxLinkWatch
{
  GObject parent_instance;

  guint check_source;
  guint settle_source;
  gint64 offset; /* boot time minus monotonic time, s */
  GCancellable *cancellable;
  GDBusConnection *bus; /* the system's, NULL: none (yet) */
  guint subscription;
};

G_DEFINE_FINAL_TYPE (MxLinkWatch, mx_link_watch, G_TYPE_OBJECT)

static guint disturbed_signal;

static gint64
clock_offset (void)
{
  struct timespec boot = { 0 };
  struct timespec monotonic = { 0 };

  if (clock_gettime (CLOCK_BOOTTIME, &boot) != 0 ||
      clock_gettime (CLOCK_MONOTONIC, &monotonic) != 0)
    return 0;

  return (gint64) boot.tv_sec - (gint64) monotonic.tv_sec;
}

static gboolean
check_cb (gpointer data)
{
  MxLinkWatch *self = data;
  gint64 offset = clock_offset ();
  gboolean slept = offset - self->offset >= SLEPT_SECONDS;

  self->offset = offset;
  if (slept)
    g_signal_emit (self, disturbed_signal, 0);

  return G_SOURCE_CONTINUE;
}

static gboolean
settled_cb (gpointer data)
{
  MxLinkWatch *self = data;

  self->settle_source = 0;
  g_signal_emit (self, disturbed_signal, 0);

  return G_SOURCE_REMOVE;
}

static void
network_changed_cb (MxLinkWatch *self)
{
  if (self->settle_source == 0)
    self->settle_source = g_timeout_add (SETTLE_MS, settled_cb, self);
}

static void
prepare_for_sleep_cb (GDBusConnection *bus,
                      const char *sender,
                      const char *path,
                      const char *interface,
                      const char *signal,
                      GVariant *parameters,
                      gpointer user_data)
{
  MxLinkWatch *self = user_data;
  gboolean begins = TRUE;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)")))
    return;
  g_variant_get (parameters, "(b)", &begins);
  if (begins)
    return;
  self->offset = clock_offset ();
  g_signal_emit (self, disturbed_signal, 0);
}

static void
bus_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, &error);
  MxLinkWatch *self = NULL;

  if (bus == NULL)
    return; /* cancelled, or no such bus: the clocks tell */
  self = user_data;
  self->bus = g_steal_pointer (&bus);
  g_dbus_connection_set_exit_on_close (self->bus, FALSE);
  self->subscription = g_dbus_connection_signal_subscribe (self->bus,
                                                           "org.freedesktop.login1",
                                                           "org.freedesktop.login1.Manager",
                                                           "PrepareForSleep",
                                                           "/org/freedesktop/login1",
                                                           NULL,
                                                           G_DBUS_SIGNAL_FLAGS_NONE,
                                                           prepare_for_sleep_cb,
                                                           self,
                                                           NULL);
}

static void
mx_link_watch_dispose (GObject *object)
{
  MxLinkWatch *self = MX_LINK_WATCH (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->subscription != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->subscription);
  self->subscription = 0;
  g_clear_object (&self->bus);

  g_clear_handle_id (&self->check_source, g_source_remove);
  g_clear_handle_id (&self->settle_source, g_source_remove);

  G_OBJECT_CLASS (mx_link_watch_parent_class)->dispose (object);
}

static void
mx_link_watch_class_init (MxLinkWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mx_link_watch_dispose;

  disturbed_signal = g_signal_new (
    "disturbed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
mx_link_watch_init (MxLinkWatch *self)
{
  self->offset = clock_offset ();
  self->check_source = g_timeout_add_seconds (CHECK_SECONDS, check_cb, self);
  g_signal_connect_object (g_network_monitor_get_default (),
                           "network-changed",
                           G_CALLBACK (network_changed_cb),
                           self,
                           G_CONNECT_SWAPPED);
  self->cancellable = g_cancellable_new ();
  g_bus_get (G_BUS_TYPE_SYSTEM, self->cancellable, bus_cb, self);
}

MxLinkWatch *
mx_link_watch_new (void)
{
  return g_object_new (MX_TYPE_LINK_WATCH, NULL);
}
