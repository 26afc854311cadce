/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Preferences: a table of keys and rows. */
#include "config.h"

#include "chappe-preferences-dialog.h"

#include "chappe-encryption-preferences.h"
#include "chappe-network-dialog.h"
#include "chappe-sign-out.h"

#include <glib/gi18n.h>
#include <math.h>

struct _ChappePreferencesDialog
{
  AdwPreferencesDialog parent_instance;

  AdwComboRow *color_scheme;
  AdwComboRow *message_layout;
  GtkWidget *text_scale;
  GtkWidget *show_avatars;
  GtkWidget *media_previews;
  GtkWidget *enter_sends;
  GtkWidget *markdown;
  GtkWidget *spell_check;
  AdwPreferencesPage *notification_page;
  AdwPreferencesPage *encryption_page; /* weak, NULL */
  GtkWidget *notifications;
  AdwComboRow *notification_preview;
  GtkWidget *notification_sound;
  GtkWidget *run_in_background;
  GtkWidget *announce_messages;
  GtkWidget *send_read_receipts;
  GtkWidget *send_typing;
  GtkWidget *send_presence;
  GtkWidget *account_group;
  AdwActionRow *account_name;
  AdwActionRow *account_user;
  AdwActionRow *account_server;
  AdwSpinRow *max_cache_size;

  GSettings *settings;
  ChappeWindow *window; /* weak */
};

G_DEFINE_FINAL_TYPE (ChappePreferencesDialog,
                     chappe_preferences_dialog,
                     ADW_TYPE_PREFERENCES_DIALOG)

static void
explain_lock (ChappePreferencesDialog *self, const char *key, gpointer row)
{
  const char *subtitle = adw_action_row_get_subtitle (row);
  g_autofree char *text = NULL;

  if (g_settings_is_writable (self->settings, key))
    return;
  text = subtitle != NULL && *subtitle != '\0'
           ? g_strdup_printf ("%s\n%s", subtitle, _ ("Set by your organisation"))
           : g_strdup (_ ("Set by your organisation"));
  adw_action_row_set_subtitle (row, text);
}

static void
bind (ChappePreferencesDialog *self, const char *key, gpointer row, const char *property)
{
  g_settings_bind (self->settings, key, row, property, G_SETTINGS_BIND_DEFAULT);
  explain_lock (self, key, row);
}

static gboolean
share_to_percent (GValue *value, GVariant *variant, gpointer user_data)
{
  g_value_set_double (value, round (g_variant_get_double (variant) * 100));
  return TRUE;
}

static GVariant *
percent_to_share (const GValue *value, const GVariantType *type, gpointer user_data)
{
  return g_variant_new_double (g_value_get_double (value) / 100);
}

static void
bind_text_scale (ChappePreferencesDialog *self)
{
  g_settings_bind_with_mapping (self->settings,
                                "text-scale",
                                self->text_scale,
                                "value",
                                G_SETTINGS_BIND_DEFAULT,
                                share_to_percent,
                                percent_to_share,
                                NULL,
                                NULL);
  explain_lock (self, "text-scale", self->text_scale);
}

/* Enumerations are bound by position: the rows are in the order of the schema. */
static void
choice_cb (AdwComboRow *row, GParamSpec *pspec, ChappePreferencesDialog *self)
{
  const char *key = g_object_get_data (G_OBJECT (row), "key");

  if (g_settings_is_writable (self->settings, key))
    g_settings_set_enum (self->settings, key, adw_combo_row_get_selected (row));
}

static void
bind_choice (ChappePreferencesDialog *self, const char *key, AdwComboRow *row)
{
  g_object_set_data (G_OBJECT (row), "key", (gpointer) key);
  adw_combo_row_set_selected (row, g_settings_get_enum (self->settings, key));
  gtk_widget_set_sensitive (GTK_WIDGET (row), g_settings_is_writable (self->settings, key));
  explain_lock (self, key, row);
  g_signal_connect_object (row,
                           "notify::selected",
                           G_CALLBACK (choice_cb),
                           self,
                           G_CONNECT_DEFAULT);
}

static void
network_cb (ChappePreferencesDialog *self)
{
  adw_dialog_present (ADW_DIALOG (chappe_network_dialog_new ()), GTK_WIDGET (self));
}

static void
sign_out_cb (ChappePreferencesDialog *self)
{
  ChappeWindow *window = self->window;

  if (window == NULL)
    return;
  adw_dialog_close (ADW_DIALOG (self));
  chappe_sign_out_ask (window, GTK_WIDGET (window));
}

static void
show_account (ChappePreferencesDialog *self)
{
  MxSession *session = chappe_window_get_session (self->window);
  const char *name = NULL;

  gtk_widget_set_visible (self->account_group, session != NULL);
  if (session == NULL)
    return;
  name = mx_session_get_display_name (session);
  gtk_widget_set_visible (GTK_WIDGET (self->account_name), name != NULL);
  adw_action_row_set_subtitle (self->account_name, name != NULL ? name : "");
  adw_action_row_set_subtitle (self->account_user, mx_session_get_user_id (session));
  adw_action_row_set_subtitle (self->account_server, mx_session_get_base_url (session));
}

/* A narrow window has room for a short word under each icon. */
static void
name_pages (ChappePreferencesDialog *self)
{
  gboolean narrow = adw_dialog_get_current_breakpoint (ADW_DIALOG (self)) != NULL;

  adw_preferences_page_set_title (self->notification_page,
                                  narrow ? _ ("Alerts") : _ ("Notifications"));
  if (self->encryption_page != NULL)
    adw_preferences_page_set_title (self->encryption_page,
                                    narrow ? _ ("Secure") : _ ("Encrypted Messages"));
}

static void
chappe_preferences_dialog_dispose (GObject *object)
{
  ChappePreferencesDialog *self = CHAPPE_PREFERENCES_DIALOG (object);

  g_clear_weak_pointer (&self->encryption_page);
  g_clear_weak_pointer (&self->window);
  gtk_widget_dispose_template (GTK_WIDGET (self), CHAPPE_TYPE_PREFERENCES_DIALOG);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (chappe_preferences_dialog_parent_class)->dispose (object);
}

#define CHILD(name)                                                                                \
  gtk_widget_class_bind_template_child (widget_class, ChappePreferencesDialog, name)

static void
chappe_preferences_dialog_class_init (ChappePreferencesDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_preferences_dialog_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-preferences-dialog.ui");
  CHILD (color_scheme);
  CHILD (message_layout);
  CHILD (text_scale);
  CHILD (show_avatars);
  CHILD (media_previews);
  CHILD (enter_sends);
  CHILD (markdown);
  CHILD (spell_check);
  CHILD (notification_page);
  CHILD (notifications);
  CHILD (notification_preview);
  CHILD (notification_sound);
  CHILD (run_in_background);
  CHILD (announce_messages);
  CHILD (send_read_receipts);
  CHILD (send_typing);
  CHILD (send_presence);
  CHILD (account_group);
  CHILD (account_name);
  CHILD (account_user);
  CHILD (account_server);
  CHILD (max_cache_size);
  gtk_widget_class_bind_template_callback (widget_class, name_pages);
  gtk_widget_class_bind_template_callback (widget_class, network_cb);
  gtk_widget_class_bind_template_callback (widget_class, sign_out_cb);
}

static void
chappe_preferences_dialog_init (ChappePreferencesDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->settings = g_settings_new (APPLICATION_ID);
  bind_choice (self, "color-scheme", self->color_scheme);
  bind_choice (self, "message-layout", self->message_layout);
  bind_choice (self, "notification-preview", self->notification_preview);
  bind_text_scale (self);
  bind (self, "show-avatars", self->show_avatars, "active");
  bind (self, "media-previews", self->media_previews, "active");
  bind (self, "enter-sends", self->enter_sends, "active");
  bind (self, "markdown", self->markdown, "active");
  bind (self, "spell-check", self->spell_check, "active");
  bind (self, "notifications", self->notifications, "active");
  bind (self, "notification-sound", self->notification_sound, "active");
  bind (self, "run-in-background", self->run_in_background, "active");
  bind (self, "announce-messages", self->announce_messages, "active");
  bind (self, "send-read-receipts", self->send_read_receipts, "active");
  bind (self, "send-typing", self->send_typing, "active");
  bind (self, "send-presence", self->send_presence, "active");
  bind (self, "max-cache-size", self->max_cache_size, "value");
}

GtkWidget *
chappe_preferences_dialog_new (ChappeWindow *window)
{
  ChappePreferencesDialog *self = g_object_new (CHAPPE_TYPE_PREFERENCES_DIALOG, NULL);

  g_set_weak_pointer (&self->window, window);
  show_account (self);
  g_set_weak_pointer (&self->encryption_page,
                      chappe_encryption_preferences_add (ADW_PREFERENCES_DIALOG (self), window));
  return GTK_WIDGET (self);
}
