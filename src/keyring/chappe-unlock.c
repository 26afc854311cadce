/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Unlocks an object of the Secret Service: Unlock() gives a prompt, Prompt() shows it, Completed
 * tells how it ended. */
#include "config.h"

#include "chappe-unlock.h"

#define SERVICE "org.freedesktop.secrets"
#define PATH    "/org/freedesktop/secrets"

typedef struct
{
  char *path;
  ChappeUnlockFunc callback;
  gpointer user_data;
  GDBusConnection *bus;
  unsigned subscription;
  unsigned watch;
  gboolean asked; /* no reply of Prompt() is due */
  gboolean over;  /* the callback was called */
} Unlock;

static void
finish (Unlock *self, gboolean unlocked, const GError *error)
{
  if (!self->over)
    self->callback (unlocked, error, self->user_data);
  self->over = TRUE;
  if (self->subscription != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->subscription);
  self->subscription = 0;
  g_clear_handle_id (&self->watch, g_bus_unwatch_name);
  if (!self->asked)
    return;
  g_clear_object (&self->bus);
  g_free (self->path);
  g_free (self);
}

static void
completed_cb (GDBusConnection *bus,
              const char *sender,
              const char *path,
              const char *interface,
              const char *signal,
              GVariant *parameters,
              gpointer user_data)
{
  gboolean dismissed = TRUE;

  if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(bv)")))
    g_variant_get_child (parameters, 0, "b", &dismissed);
  finish (user_data, !dismissed, NULL);
}

/* The service ended while it asked. */
static void
vanished_cb (GDBusConnection *bus, const char *name, gpointer user_data)
{
  finish (user_data, FALSE, NULL);
}

static void
prompted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Unlock *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
    g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  /* After success the signal ends it; it may have come already. */
  self->asked = TRUE;
  if (reply == NULL || self->over)
    finish (self, FALSE, NULL);
}

static void
unlock_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Unlock *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
    g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_autoptr (GVariantIter) unlocked = NULL;
  const char *prompt = NULL;

  if (reply == NULL)
    {
      finish (self, FALSE, error);
      return;
    }
  g_variant_get (reply, "(ao&o)", &unlocked, &prompt);
  if (g_str_equal (prompt, "/"))
    {
      /* Nothing unlocked and nothing to ask: there is no such object. */
      g_autoptr (GError) none =
        g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "No such object");
      gboolean done = g_variant_iter_n_children (unlocked) > 0;

      finish (self, done, done ? NULL : none);
      return;
    }
  self->asked = FALSE;
  self->subscription = g_dbus_connection_signal_subscribe (self->bus,
                                                           SERVICE,
                                                           "org.freedesktop.Secret.Prompt",
                                                           "Completed",
                                                           prompt,
                                                           NULL,
                                                           G_DBUS_SIGNAL_FLAGS_NONE,
                                                           completed_cb,
                                                           self,
                                                           NULL);
  self->watch = g_bus_watch_name_on_connection (
    self->bus, SERVICE, G_BUS_NAME_WATCHER_FLAGS_NONE, NULL, vanished_cb, self, NULL);
  g_dbus_connection_call (self->bus,
                          SERVICE,
                          prompt,
                          "org.freedesktop.Secret.Prompt",
                          "Prompt",
                          g_variant_new ("(s)", ""),
                          NULL,
                          G_DBUS_CALL_FLAGS_NONE,
                          G_MAXINT,
                          NULL,
                          prompted_cb,
                          self);
}

static void
bus_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Unlock *self = user_data;
  g_autoptr (GError) error = NULL;
  const char *paths[] = { self->path, NULL };

  self->bus = g_bus_get_finish (result, &error);
  if (self->bus == NULL)
    {
      finish (self, FALSE, error);
      return;
    }
  g_dbus_connection_call (self->bus,
                          SERVICE,
                          PATH,
                          "org.freedesktop.Secret.Service",
                          "Unlock",
                          g_variant_new ("(^ao)", paths),
                          G_VARIANT_TYPE ("(aoo)"),
                          G_DBUS_CALL_FLAGS_NONE,
                          -1,
                          NULL,
                          unlock_cb,
                          self);
}

void
chappe_unlock (const char *path, ChappeUnlockFunc callback, gpointer user_data)
{
  Unlock *self = g_new0 (Unlock, 1);

  self->path = g_strdup (path);
  self->callback = callback;
  self->user_data = user_data;
  self->asked = TRUE;
  g_bus_get (G_BUS_TYPE_SESSION, NULL, bus_cb, self);
}
