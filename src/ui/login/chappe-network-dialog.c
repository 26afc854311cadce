/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Proxy and certificate authority. What an administrator locked is shown and cannot be changed. */
#include "config.h"

#include "chappe-network-dialog.h"

#include <glib/gi18n.h>
#include <string.h>

struct _ChappeNetworkDialog
{
  AdwDialog parent_instance;

  AdwComboRow *mode;
  AdwEntryRow *uri;
  GtkLabel *uri_error;
  AdwActionRow *ca;
  GtkWidget *ca_clear;
  GtkWidget *ca_choose;
  GtkWidget *locked;

  GSettings *settings;
};

G_DEFINE_FINAL_TYPE (ChappeNetworkDialog, chappe_network_dialog, ADW_TYPE_DIALOG)

static void
update (ChappeNetworkDialog *self)
{
  g_autofree char *ca = g_settings_get_string (self->settings, "ca-file");
  g_autofree char *name = *ca != '\0' ? g_path_get_basename (ca) : NULL;
  gboolean ca_writable = g_settings_is_writable (self->settings, "ca-file");
  gboolean manual = g_settings_get_enum (self->settings, "proxy-mode") == CHAPPE_PROXY_MANUAL;

  adw_action_row_set_subtitle (self->ca, name != NULL ? name : _ ("None"));
  gtk_widget_set_visible (self->ca_clear, name != NULL && ca_writable);
  gtk_widget_set_sensitive (self->ca_choose, ca_writable);
  gtk_widget_set_visible (GTK_WIDGET (self->uri), manual);
  gtk_widget_set_sensitive (GTK_WIDGET (self->mode),
                            g_settings_is_writable (self->settings, "proxy-mode"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->uri),
                            g_settings_is_writable (self->settings, "proxy-uri"));
  gtk_widget_set_visible (self->locked,
                          !ca_writable || !g_settings_is_writable (self->settings, "proxy-mode") ||
                            !g_settings_is_writable (self->settings, "proxy-uri"));
}

static void
mode_changed_cb (ChappeNetworkDialog *self)
{
  unsigned selected = adw_combo_row_get_selected (self->mode);

  if (self->settings == NULL || selected == GTK_INVALID_LIST_POSITION)
    return;
  if (g_settings_is_writable (self->settings, "proxy-mode"))
    g_settings_set_enum (self->settings, "proxy-mode", selected);
  update (self);
}

/* What GProxyResolver's users, libsoup among them, can speak with. */
static const char *const proxy_schemes[] = { "http",    "https",  "socks", "socks4",
                                             "socks4a", "socks5", NULL };

/* Also what is right without being complete: proxy.example.org:3128 */
static char *
normal_proxy (const char *typed)
{
  g_autofree char *text = g_strstrip (g_strdup (typed));
  g_autofree char *address = NULL;
  g_autoptr (GUri) uri = NULL;

  if (*text == '\0')
    return g_strdup ("");
  address = strstr (text, "://") != NULL ? g_strdup (text) : g_strconcat ("http://", text, NULL);
  uri = g_uri_parse (address, G_URI_FLAGS_NONE, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0' ||
      strpbrk (g_uri_get_host (uri), " \t\r\n") != NULL ||
      !g_strv_contains (proxy_schemes, g_uri_get_scheme (uri)))
    return NULL;
  return g_steal_pointer (&address);
}

static void
set_uri_error (ChappeNetworkDialog *self, gboolean wrong)
{
  if (wrong)
    {
      gtk_widget_add_css_class (GTK_WIDGET (self->uri), "error");
      gtk_accessible_announce (GTK_ACCESSIBLE (self),
                               gtk_label_get_label (self->uri_error),
                               GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
    }
  else
    {
      gtk_widget_remove_css_class (GTK_WIDGET (self->uri), "error");
    }
  gtk_widget_set_visible (GTK_WIDGET (self->uri_error), wrong);
}

static void
uri_apply_cb (ChappeNetworkDialog *self)
{
  g_autofree char *address = normal_proxy (gtk_editable_get_text (GTK_EDITABLE (self->uri)));

  set_uri_error (self, address == NULL);
  if (address == NULL)
    return;
  if (g_settings_is_writable (self->settings, "proxy-uri"))
    g_settings_set_string (self->settings, "proxy-uri", address);
}

static void
uri_changed_cb (ChappeNetworkDialog *self)
{
  set_uri_error (self, FALSE);
}

/* What was typed is meant, also by who presses no button for it; what is no address keeps the
 * dialog open, once. */
static void
close_attempt_cb (ChappeNetworkDialog *self)
{
  gboolean told = gtk_widget_get_visible (GTK_WIDGET (self->uri_error));

  if (gtk_widget_get_visible (GTK_WIDGET (self->uri)))
    uri_apply_cb (self);
  if (told || !gtk_widget_get_visible (GTK_WIDGET (self->uri_error)))
    adw_dialog_force_close (ADW_DIALOG (self));
  else
    gtk_widget_grab_focus (GTK_WIDGET (self->uri));
}

static void
ca_clear_cb (ChappeNetworkDialog *self)
{
  g_settings_set_string (self->settings, "ca-file", "");
  update (self);
}

static void
ca_chosen_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ChappeNetworkDialog) self = user_data;
  g_autoptr (GFile) file = gtk_file_dialog_open_finish (GTK_FILE_DIALOG (source), result, NULL);
  const char *path = file != NULL ? g_file_peek_path (file) : NULL;

  /* A dismissed chooser is no error. */
  if (path == NULL || self->settings == NULL)
    return;
  g_settings_set_string (self->settings, "ca-file", path);
  update (self);
}

static void
ca_choose_cb (ChappeNetworkDialog *self)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _ ("Certificates"));
  gtk_file_filter_add_suffix (filter, "pem");
  gtk_file_filter_add_suffix (filter, "crt");
  gtk_file_filter_add_suffix (filter, "cer");
  gtk_file_dialog_set_title (dialog, _ ("Choose a Certificate Authority"));
  gtk_file_dialog_set_default_filter (dialog, filter);
  gtk_file_dialog_open (dialog,
                        GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                        NULL,
                        ca_chosen_cb,
                        g_object_ref (self));
}

static void
chappe_network_dialog_dispose (GObject *object)
{
  ChappeNetworkDialog *self = CHAPPE_NETWORK_DIALOG (object);

  g_clear_object (&self->settings);
  gtk_widget_dispose_template (GTK_WIDGET (self), CHAPPE_TYPE_NETWORK_DIALOG);

  G_OBJECT_CLASS (chappe_network_dialog_parent_class)->dispose (object);
}

static void
chappe_network_dialog_class_init (ChappeNetworkDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_network_dialog_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-network-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, ChappeNetworkDialog, mode);
  gtk_widget_class_bind_template_child (widget_class, ChappeNetworkDialog, uri);
  gtk_widget_class_bind_template_child (widget_class, ChappeNetworkDialog, uri_error);
  gtk_widget_class_bind_template_child (widget_class, ChappeNetworkDialog, ca);
  gtk_widget_class_bind_template_child (widget_class, ChappeNetworkDialog, ca_clear);
  gtk_widget_class_bind_template_child (widget_class, ChappeNetworkDialog, ca_choose);
  gtk_widget_class_bind_template_child (widget_class, ChappeNetworkDialog, locked);
  gtk_widget_class_bind_template_callback (widget_class, mode_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, uri_apply_cb);
  gtk_widget_class_bind_template_callback (widget_class, uri_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, close_attempt_cb);
  gtk_widget_class_bind_template_callback (widget_class, ca_clear_cb);
  gtk_widget_class_bind_template_callback (widget_class, ca_choose_cb);
}

static void
chappe_network_dialog_init (ChappeNetworkDialog *self)
{
  g_autofree char *uri = NULL;
  g_autoptr (GSettings) settings = g_settings_new (APPLICATION_ID);

  gtk_widget_init_template (GTK_WIDGET (self));

  uri = g_settings_get_string (settings, "proxy-uri");
  gtk_editable_set_text (GTK_EDITABLE (self->uri), uri);
  adw_combo_row_set_selected (self->mode, g_settings_get_enum (settings, "proxy-mode"));
  self->settings = g_steal_pointer (&settings);
  update (self);
}

GtkWidget *
chappe_network_dialog_new (void)
{
  return g_object_new (CHAPPE_TYPE_NETWORK_DIALOG, NULL);
}
