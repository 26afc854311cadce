/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-deployment.h"

struct _MxDeployment
{
  GObject parent_instance;

  char *name;
  char *title;
  char *help_uri;
  char *default_server;
  GStrv permalink_hosts;
  GStrv servers;
  gboolean shares_with_all;
};

G_DEFINE_FINAL_TYPE (MxDeployment, mx_deployment, G_TYPE_OBJECT)

static void
mx_deployment_finalize (GObject *object)
{
  MxDeployment *self = MX_DEPLOYMENT (object);

  g_free (self->name);
  g_free (self->title);
  g_free (self->help_uri);
  g_free (self->default_server);
  g_strfreev (self->permalink_hosts);
  g_strfreev (self->servers);
  G_OBJECT_CLASS (mx_deployment_parent_class)->finalize (object);
}

static void
mx_deployment_class_init (MxDeploymentClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mx_deployment_finalize;
}

static void
mx_deployment_init (MxDeployment *self)
{
  self->name = g_strdup ("plain");
  self->permalink_hosts = g_new0 (char *, 1);
  self->servers = g_new0 (char *, 1);
}

/* Strings that decide where people are sent: https only. */
static char *
read_uri (GKeyFile *file, const char *key)
{
  g_autofree char *uri = g_key_file_get_locale_string (file, "Deployment", key, NULL, NULL);

  return uri != NULL && g_str_has_prefix (uri, "https://") ? g_steal_pointer (&uri) : NULL;
}

static GStrv
read_servers (GKeyFile *file)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) names = g_key_file_get_keys (file, "Servers", NULL, NULL);

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      g_autofree char *label = g_key_file_get_locale_string (file, "Servers", names[i], NULL, NULL);

      if (label == NULL || strchr (names[i], '[') != NULL)
        continue;
      g_strv_builder_add (builder, names[i]);
      g_strv_builder_add (builder, label);
    }

  return g_strv_builder_end (builder);
}

static void
take_file (MxDeployment *self, GKeyFile *file, const char *name)
{
  g_autofree char *share = NULL;
  GStrv hosts = g_key_file_get_string_list (file, "Deployment", "PermalinkHosts", NULL, NULL);

  g_set_str (&self->name, name);
  self->title = g_key_file_get_locale_string (file, "Deployment", "Title", NULL, NULL);
  self->default_server = g_key_file_get_string (file, "Deployment", "DefaultServer", NULL);
  self->help_uri = read_uri (file, "HelpUri");
  if (hosts != NULL)
    {
      g_strfreev (self->permalink_hosts);
      self->permalink_hosts = hosts;
    }
  g_strfreev (self->servers);
  self->servers = read_servers (file);
  share = g_key_file_get_string (file, "Deployment", "ShareKeysWith", NULL);
  self->shares_with_all = g_strcmp0 (share, "all") == 0;
}

MxDeployment *
mx_deployment_load (const char *name, const char *const *dirs, GError **error)
{
  MxDeployment *self = g_object_new (MX_TYPE_DEPLOYMENT, NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *base = NULL;
  g_autoptr (GError) local = NULL;

  if (name == NULL || *name == '\0' || g_str_equal (name, "plain"))
    return self;

  if (strchr (name, '/') != NULL || *name == '.')
    {
      g_set_error_literal (error,
                           G_KEY_FILE_ERROR,
                           G_KEY_FILE_ERROR_NOT_FOUND,
                           "Not the name of a deployment");
      return self;
    }

  base = g_strconcat (name, ".ini", NULL);
  if (g_key_file_load_from_dirs (file, base, (const char **) dirs, NULL, G_KEY_FILE_NONE, &local))
    take_file (self, file, name);
  else
    g_propagate_error (error, g_steal_pointer (&local));

  return self;
}

GStrv
mx_deployment_dup_folders (const char *data_dir)
{
  g_autoptr (GStrvBuilder) folders = g_strv_builder_new ();
  const char *const *system = g_get_system_data_dirs ();

  g_strv_builder_add_many (folders, "/app/managed/deployments", "/etc/chappe/deployments", NULL);
  g_strv_builder_take (folders, g_build_filename (data_dir, "deployments", NULL));
  for (gsize i = 0; system[i] != NULL; i++)
    g_strv_builder_take (folders, g_build_filename (system[i], "chappe", "deployments", NULL));

  return g_strv_builder_end (folders);
}

const char *
mx_deployment_get_name (MxDeployment *self)
{
  return self->name;
}

const char *
mx_deployment_get_title (MxDeployment *self)
{
  return self->title != NULL ? self->title : "Matrix";
}

const char *const *
mx_deployment_get_permalink_hosts (MxDeployment *self)
{
  return (const char *const *) self->permalink_hosts;
}

const char *
mx_deployment_get_help_uri (MxDeployment *self)
{
  return self->help_uri;
}

const char *
mx_deployment_get_default_server (MxDeployment *self)
{
  return self->default_server;
}

gboolean
mx_deployment_shares_with_all (MxDeployment *self)
{
  return self->shares_with_all;
}

const char *const *
mx_deployment_get_servers (MxDeployment *self)
{
  return (const char *const *) self->servers;
}
