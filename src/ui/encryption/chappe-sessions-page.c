/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The devices of the account. */
#include "config.h"

#include "chappe-sessions-page.h"

#include "chappe-encryption-task.h"
#include "chappe-error-text.h"
#include "chappe-session-row.h"

#include "mx-flow.h"

#include <glib/gi18n.h>

struct _ChappeSessionsPage
{
  AdwNavigationPage parent_instance;

  AdwToastOverlay *toasts;
  GtkToggleButton *select_button;
  AdwPreferencesGroup *this_group;
  AdwPreferencesGroup *other_group;
  GtkWidget *none_group;
  GtkWidget *all_group;
  GtkActionBar *selection_bar;
  GtkButton *selection_button;

  MxEncryption *encryption;
  GListModel *devices;
  GPtrArray *rows; /* owned ChappeSessionRow in the order of the list */
};

G_DEFINE_FINAL_TYPE (ChappeSessionsPage, chappe_sessions_page, ADW_TYPE_NAVIGATION_PAGE)

static void
toast (ChappeSessionsPage *self, const char *text)
{
  AdwToast *toast = adw_toast_new (text);

  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static gboolean
is_this (ChappeSessionsPage *self, unsigned position)
{
  g_autoptr (MxDevice) device = g_list_model_get_item (self->devices, position);

  return device != NULL && mx_device_is_this (device);
}

/* -- acts */

static void
signed_out_cb (GtkWidget *owner, const GValue *value, const GError *error)
{
  ChappeSessionsPage *self = CHAPPE_SESSIONS_PAGE (owner);
  g_autofree char *text = chappe_error_text (error);

  gtk_widget_set_sensitive (GTK_WIDGET (self->toasts), TRUE);
  if (error == NULL)
    {
      gtk_toggle_button_set_active (self->select_button, FALSE);
      toast (self, _ ("Signed out"));
    }
  else if (!mx_error_is_cancelled (error))
    {
      toast (self, text);
    }
}

static void
sign_out (ChappeSessionsPage *self, const char *const *ids)
{
  g_autoptr (ChappeEncryptionTask) task =
    chappe_encryption_task_new (GTK_WIDGET (self), NULL, signed_out_cb);

  gtk_widget_set_sensitive (GTK_WIDGET (self->toasts), FALSE);
  chappe_encryption_task_run (task,
                              mx_device_sign_out (self->encryption,
                                                  ids,
                                                  chappe_encryption_task_auth,
                                                  task));
}

static void
sign_out_answered_cb (AdwAlertDialog *alert, const char *response, ChappeSessionsPage *self)
{
  if (g_str_equal (response, "sign-out"))
    sign_out (self, g_object_get_data (G_OBJECT (alert), "ids"));
}

/* ids: taken. */
static void
ask_sign_out (ChappeSessionsPage *self, char **ids)
{
  unsigned n = g_strv_length (ids);
  g_autofree char *title =
    g_strdup_printf (ngettext ("Sign Out %u Device?", "Sign Out %u Devices?", n), n);
  AdwAlertDialog *alert = ADW_ALERT_DIALOG (
    adw_alert_dialog_new (title,
                          _ ("Messages that can only be read there are lost when they are not in "
                             "the backup.")));

  g_object_set_data_full (G_OBJECT (alert), "ids", ids, (GDestroyNotify) g_strfreev);
  adw_alert_dialog_add_responses (alert,
                                  "cancel",
                                  _ ("_Cancel"),
                                  "sign-out",
                                  _ ("_Sign Out"),
                                  NULL);
  adw_alert_dialog_set_response_appearance (alert, "sign-out", ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (alert, "cancel");
  adw_alert_dialog_set_close_response (alert, "cancel");
  g_signal_connect_object (alert,
                           "response",
                           G_CALLBACK (sign_out_answered_cb),
                           self,
                           G_CONNECT_DEFAULT);
  adw_dialog_present (ADW_DIALOG (alert), GTK_WIDGET (self));
}

/* Of the others; the caller owns the result. */
static char **
dup_ids (ChappeSessionsPage *self, gboolean only_selected)
{
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();

  for (unsigned i = 0; i < self->rows->len; i++)
    {
      ChappeSessionRow *row = self->rows->pdata[i];

      if (!is_this (self, i) && (!only_selected || chappe_session_row_is_selected (row)))
        g_strv_builder_add (ids, chappe_session_row_get_device_id (row));
    }

  return g_strv_builder_end (ids);
}

static void
sign_out_all_cb (ChappeSessionsPage *self)
{
  ask_sign_out (self, dup_ids (self, FALSE));
}

static void
sign_out_selected_cb (ChappeSessionsPage *self)
{
  ask_sign_out (self, dup_ids (self, TRUE));
}

static void
row_sign_out_cb (ChappeSessionRow *row, ChappeSessionsPage *self)
{
  const char *ids[] = { chappe_session_row_get_device_id (row), NULL };

  ask_sign_out (self, g_strdupv ((char **) ids));
}

static void
row_verify_cb (ChappeSessionRow *row, ChappeSessionsPage *self)
{
  if (row == self->rows->pdata[0] && is_this (self, 0))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.identity", "s", "verify");
  else
    gtk_widget_activate_action (GTK_WIDGET (self),
                                "win.verify-device",
                                "s",
                                chappe_session_row_get_device_id (row));
}

static void
renamed_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  g_autofree char *text = chappe_error_text (error);

  toast (CHAPPE_SESSIONS_PAGE (owner), error != NULL ? text : _ ("Device renamed"));
}

static void
row_renamed_cb (ChappeSessionRow *row, const char *name, ChappeSessionsPage *self)
{
  mx_watch (self,
            mx_device_rename (self->encryption, chappe_session_row_get_device_id (row), name),
            renamed_cb,
            NULL);
}

/* -- selection */

static void
update_selection (ChappeSessionsPage *self)
{
  gboolean selecting = gtk_toggle_button_get_active (self->select_button);
  g_auto (GStrv) ids = dup_ids (self, TRUE);
  unsigned n = selecting ? g_strv_length (ids) : 0;
  g_autofree char *label =
    g_strdup_printf (ngettext ("Sign Out %u Device…", "Sign Out %u Devices…", n), n);

  gtk_button_set_label (self->selection_button, label);
  gtk_widget_set_sensitive (GTK_WIDGET (self->selection_button), n > 0);
  gtk_action_bar_set_revealed (self->selection_bar, selecting);
}

static void
select_toggled_cb (ChappeSessionsPage *self)
{
  gboolean selecting = gtk_toggle_button_get_active (self->select_button);

  for (unsigned i = 0; i < self->rows->len; i++)
    chappe_session_row_set_selectable (self->rows->pdata[i], selecting && !is_this (self, i));
  update_selection (self);
}

/* -- rows */

static void
show_device (ChappeSessionsPage *self, ChappeSessionRow *row, MxDevice *device)
{
  gboolean verified = self->encryption != NULL &&
                      mx_encryption_get_own_identity (self->encryption) == MX_OWN_IDENTITY_VERIFIED;
  gboolean unverified_here = mx_device_is_this (device) && !verified;
  ChappeSessionFacts facts = {
    .device_id = mx_device_get_device_id (device),
    .name = mx_device_get_display_name (device),
    .fingerprint = mx_device_get_fingerprint (device),
    .last_ip = mx_device_get_last_ip (device),
    .last_seen = mx_device_get_last_seen (device),
    .trust = unverified_here ? MX_DEVICE_UNVERIFIED : mx_device_get_trust (device),
    .is_this = mx_device_is_this (device),
    .can_verify = mx_device_is_this (device) || verified,
  };

  chappe_session_row_show (row, &facts);
}

static ChappeSessionRow *
find_row (ChappeSessionsPage *self, MxDevice *device)
{
  for (unsigned i = 0; i < self->rows->len; i++)
    if (g_strcmp0 (chappe_session_row_get_device_id (self->rows->pdata[i]),
                   mx_device_get_device_id (device)) == 0)
      return self->rows->pdata[i];

  return NULL;
}

static void
device_cb (MxDevice *device, GParamSpec *pspec, ChappeSessionsPage *self)
{
  ChappeSessionRow *row = find_row (self, device);

  if (row != NULL)
    show_device (self, row, device);
}

static void
identity_cb (ChappeSessionsPage *self)
{
  for (unsigned i = 0; i < self->rows->len; i++)
    {
      g_autoptr (MxDevice) device = g_list_model_get_item (self->devices, i);

      show_device (self, self->rows->pdata[i], device);
    }
}

static ChappeSessionRow *
row_new (ChappeSessionsPage *self, MxDevice *device)
{
  GtkWidget *row = g_object_ref_sink (chappe_session_row_new ());

  g_signal_connect_object (row, "verify", G_CALLBACK (row_verify_cb), self, G_CONNECT_DEFAULT);
  g_signal_connect_object (row, "sign-out", G_CALLBACK (row_sign_out_cb), self, G_CONNECT_DEFAULT);
  g_signal_connect_object (row, "renamed", G_CALLBACK (row_renamed_cb), self, G_CONNECT_DEFAULT);
  g_signal_connect_object (row, "selected", G_CALLBACK (update_selection), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (device, "notify", G_CALLBACK (device_cb), self, G_CONNECT_DEFAULT);

  return CHAPPE_SESSION_ROW (row);
}

static gboolean
is_same (GPtrArray *a, GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (unsigned i = 0; i < a->len; i++)
    if (a->pdata[i] != b->pdata[i])
      return FALSE;

  return TRUE;
}

/* A group only grows at its end, so another order means to fill it anew. */
static void
place_rows (ChappeSessionsPage *self, GPtrArray *rows)
{
  for (unsigned i = 0; i < self->rows->len; i++)
    {
      GtkWidget *row = self->rows->pdata[i];
      GtkWidget *group = gtk_widget_get_ancestor (row, ADW_TYPE_PREFERENCES_GROUP);

      adw_preferences_group_remove (ADW_PREFERENCES_GROUP (group), row);
    }
  for (unsigned i = 0; i < rows->len; i++)
    adw_preferences_group_add (is_this (self, i) ? self->this_group : self->other_group,
                               rows->pdata[i]);
}

static void
devices_changed_cb (ChappeSessionsPage *self)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);
  unsigned n = g_list_model_get_n_items (self->devices);
  unsigned others = 0;

  for (unsigned i = 0; i < n; i++)
    {
      g_autoptr (MxDevice) device = g_list_model_get_item (self->devices, i);
      ChappeSessionRow *known = find_row (self, device);
      ChappeSessionRow *row = known != NULL ? g_object_ref (known) : row_new (self, device);

      show_device (self, row, device);
      g_ptr_array_add (rows, row);
      others += mx_device_is_this (device) ? 0 : 1;
    }
  if (!is_same (rows, self->rows))
    {
      place_rows (self, rows);
      g_ptr_array_unref (self->rows);
      self->rows = g_steal_pointer (&rows);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->other_group), others > 0);
  gtk_widget_set_visible (self->none_group, n > 0 && others == 0);
  gtk_widget_set_visible (self->all_group, others > 0);
  gtk_widget_set_sensitive (GTK_WIDGET (self->select_button), others > 0);
  select_toggled_cb (self);
}

static void
refreshed_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  g_autofree char *text = chappe_error_text (error);

  if (error != NULL && !mx_error_is_cancelled (error))
    toast (CHAPPE_SESSIONS_PAGE (owner), text);
}

/* -- type */

static void
chappe_sessions_page_dispose (GObject *object)
{
  ChappeSessionsPage *self = CHAPPE_SESSIONS_PAGE (object);

  g_clear_object (&self->devices);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  adw_navigation_page_set_child (ADW_NAVIGATION_PAGE (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), CHAPPE_TYPE_SESSIONS_PAGE);
  g_clear_object (&self->encryption);

  G_OBJECT_CLASS (chappe_sessions_page_parent_class)->dispose (object);
}

#define CHILD(name) gtk_widget_class_bind_template_child (widget_class, ChappeSessionsPage, name)

static void
chappe_sessions_page_class_init (ChappeSessionsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_sessions_page_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-sessions-page.ui");
  CHILD (toasts);
  CHILD (select_button);
  CHILD (this_group);
  CHILD (other_group);
  CHILD (none_group);
  CHILD (all_group);
  CHILD (selection_bar);
  CHILD (selection_button);
  gtk_widget_class_bind_template_callback (widget_class, select_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, sign_out_all_cb);
  gtk_widget_class_bind_template_callback (widget_class, sign_out_selected_cb);
}

static void
chappe_sessions_page_init (ChappeSessionsPage *self)
{
  self->rows = g_ptr_array_new_with_free_func (g_object_unref);
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
chappe_sessions_page_set_devices (ChappeSessionsPage *self, GListModel *devices)
{
  g_return_if_fail (CHAPPE_IS_SESSIONS_PAGE (self) && self->devices == NULL);

  self->devices = g_object_ref (devices);
  g_signal_connect_object (devices,
                           "items-changed",
                           G_CALLBACK (devices_changed_cb),
                           self,
                           G_CONNECT_SWAPPED);
  devices_changed_cb (self);
}

ChappeSessionsPage *
chappe_sessions_page_new (MxEncryption *encryption)
{
  ChappeSessionsPage *self = g_object_new (CHAPPE_TYPE_SESSIONS_PAGE, NULL);
  g_autoptr (GListModel) devices = mx_encryption_list_devices (encryption, NULL);

  self->encryption = g_object_ref (encryption);
  g_signal_connect_object (encryption,
                           "notify::own-identity",
                           G_CALLBACK (identity_cb),
                           self,
                           G_CONNECT_SWAPPED);
  chappe_sessions_page_set_devices (self, devices);
  mx_watch (self, mx_encryption_refresh_devices (encryption, NULL), refreshed_cb, NULL);

  return self;
}
