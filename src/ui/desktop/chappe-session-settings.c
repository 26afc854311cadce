/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See chappe-session-settings.h. */
#include "config.h"

#include "chappe-session-settings.h"

#include "chappe-network-dialog.h"

#include "mx-preferences.h"

struct _ChappeSessionSettings
{
  GObject parent_instance;

  GSettings *settings;
  MxAccounts *accounts;
  MxSession *session;
};

G_DEFINE_FINAL_TYPE (ChappeSessionSettings, chappe_session_settings, G_TYPE_OBJECT)

static unsigned failed_signal;

static const char *const network_keys[] = { "proxy-mode", "proxy-uri", "ca-file" };

static char *
read_string (GSettings *settings, const char *key)
{
  g_autofree char *value = g_settings_get_string (settings, key);

  return *value != '\0' ? g_steal_pointer (&value) : NULL;
}

void
chappe_settings_read_network (GSettings *settings, char **proxy_uri, char **ca_file)
{
  *ca_file = read_string (settings, "ca-file");
  *proxy_uri = NULL;
  switch (g_settings_get_enum (settings, "proxy-mode"))
    {
    case CHAPPE_PROXY_NONE:
      *proxy_uri = g_strdup ("direct://");
      break;
    case CHAPPE_PROXY_MANUAL:
      *proxy_uri = read_string (settings, "proxy-uri");
      break;
    default:
      break;
    }
}

static void
apply_network (ChappeSessionSettings *self)
{
  g_autofree char *proxy_uri = NULL;
  g_autofree char *ca_file = NULL;
  g_autoptr (GError) error = NULL;

  chappe_settings_read_network (self->settings, &proxy_uri, &ca_file);
  if (!mx_accounts_set_network (self->accounts, self->session, proxy_uri, ca_file, &error))
    g_signal_emit (self, failed_signal, 0, error);
}

/* An account keeps the settings that it signed in with, unless the organisation decides. */
static gboolean
is_decided (ChappeSessionSettings *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (network_keys); i++)
    if (!g_settings_is_writable (self->settings, network_keys[i]))
      return TRUE;
  return FALSE;
}

static void
bind (ChappeSessionSettings *self, const char *key)
{
  g_settings_bind (self->settings,
                   key,
                   mx_session_get_preferences (self->session),
                   key,
                   G_SETTINGS_BIND_GET);
}

static void
chappe_session_settings_dispose (GObject *object)
{
  ChappeSessionSettings *self = CHAPPE_SESSION_SETTINGS (object);

  if (self->session != NULL)
    {
      g_settings_unbind (mx_session_get_preferences (self->session), "send-read-receipts");
      g_settings_unbind (mx_session_get_preferences (self->session), "send-presence");
      g_settings_unbind (mx_session_get_preferences (self->session), "max-cache-size");
    }
  g_clear_object (&self->settings);
  g_clear_object (&self->accounts);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (chappe_session_settings_parent_class)->dispose (object);
}

static void
chappe_session_settings_class_init (ChappeSessionSettingsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = chappe_session_settings_dispose;

  failed_signal = g_signal_new ("failed",
                                G_TYPE_FROM_CLASS (klass),
                                G_SIGNAL_RUN_LAST,
                                0,
                                NULL,
                                NULL,
                                NULL,
                                G_TYPE_NONE,
                                1,
                                G_TYPE_ERROR);
}

static void
chappe_session_settings_init (ChappeSessionSettings *self)
{
  self->settings = g_settings_new (APPLICATION_ID);
}

ChappeSessionSettings *
chappe_session_settings_new (MxAccounts *accounts, MxSession *session)
{
  ChappeSessionSettings *self = g_object_new (CHAPPE_TYPE_SESSION_SETTINGS, NULL);

  self->accounts = g_object_ref (accounts);
  self->session = g_object_ref (session);
  bind (self, "send-read-receipts");
  bind (self, "send-presence");
  bind (self, "max-cache-size");
  for (gsize i = 0; i < G_N_ELEMENTS (network_keys); i++)
    {
      g_autofree char *changed = g_strconcat ("changed::", network_keys[i], NULL);

      g_signal_connect_object (self->settings,
                               changed,
                               G_CALLBACK (apply_network),
                               self,
                               G_CONNECT_SWAPPED);
    }
  if (is_decided (self))
    apply_network (self);
  return self;
}
