/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Encrypted messages, in the preferences. */
#include "config.h"

#include "chappe-encryption-page.h"

#include "chappe-error-text.h"

#include <glib/gi18n.h>

struct _ChappeEncryptionPage
{
  AdwPreferencesPage parent_instance;

  AdwActionRow *device_row;
  GtkImage *device_icon;
  AdwPreferencesRow *device_button;
  AdwActionRow *fingerprint_row;
  AdwSwitchRow *backup_row;
  GtkWidget *locked_row;
  GtkWidget *change_row;
  GtkWidget *forgotten_row;
  AdwPreferencesGroup *keys_group;
  GtkWidget *reset_group;

  ChappeEncryptionWish device_wish;
  gboolean showing; /* the switch follows, nobody touched it */
};

G_DEFINE_FINAL_TYPE (ChappeEncryptionPage, chappe_encryption_page, ADW_TYPE_PREFERENCES_PAGE)

typedef enum
{
  WANTED,
  BACKUP_WANTED,
} ChappeEncryptionPageSignal;

static unsigned signals[BACKUP_WANTED + 1];

static void
want (ChappeEncryptionPage *self, ChappeEncryptionWish wish)
{
  g_signal_emit (self, signals[WANTED], 0, (int) wish);
}

static void
device_cb (ChappeEncryptionPage *self)
{
  want (self, self->device_wish);
}

static void
devices_cb (ChappeEncryptionPage *self)
{
  want (self, CHAPPE_WISH_DEVICES);
}

static void
enter_code_cb (ChappeEncryptionPage *self)
{
  want (self, CHAPPE_WISH_ENTER_CODE);
}

static void
change_code_cb (ChappeEncryptionPage *self)
{
  want (self, CHAPPE_WISH_CHANGE_CODE);
}

static void
forgotten_cb (ChappeEncryptionPage *self)
{
  want (self, CHAPPE_WISH_FORGOTTEN_CODE);
}

static void
export_cb (ChappeEncryptionPage *self)
{
  want (self, CHAPPE_WISH_EXPORT);
}

static void
import_cb (ChappeEncryptionPage *self)
{
  want (self, CHAPPE_WISH_IMPORT);
}

static void
reset_cb (ChappeEncryptionPage *self)
{
  want (self, CHAPPE_WISH_RESET);
}

static void
backup_cb (ChappeEncryptionPage *self)
{
  if (!self->showing)
    g_signal_emit (self, signals[BACKUP_WANTED], 0, adw_switch_row_get_active (self->backup_row));
}

typedef struct
{
  const char *icon;
  const char *title;
  const char *text;
  const char *button; /* NULL: none */
  ChappeEncryptionWish wish;
} DeviceState;

static DeviceState
device_state (const ChappeEncryptionFacts *facts)
{
  switch (facts->identity)
    {
    case MX_OWN_IDENTITY_MISSING:
      return (DeviceState) { "dialog-warning-symbolic",
                             _ ("No Backup Yet"),
                             _ ("Your messages in secure rooms are only on this device"),
                             _ ("_Set Up the Backup…"),
                             CHAPPE_WISH_SET_UP };
    case MX_OWN_IDENTITY_UNVERIFIED:
      return (DeviceState) { "dialog-warning-symbolic",
                             _ ("Unverified Device"),
                             _ ("Earlier messages in secure rooms cannot be read here"),
                             _ ("_Verify This Device…"),
                             CHAPPE_WISH_VERIFY };
    case MX_OWN_IDENTITY_VERIFIED:
      return (DeviceState) { "object-select-symbolic",
                             _ ("Verified Device"),
                             _ ("Colleagues and your other devices know that it is yours"),
                             NULL,
                             CHAPPE_WISH_VERIFY };
    case MX_OWN_IDENTITY_UNKNOWN:
    default:
      return (DeviceState) { "content-loading-symbolic",
                             _ ("Not Known Yet"),
                             _ ("The server has not answered yet"),
                             NULL,
                             CHAPPE_WISH_VERIFY };
    }
}

static void
show_device (ChappeEncryptionPage *self, const ChappeEncryptionFacts *facts)
{
  DeviceState state = device_state (facts);
  g_autofree char *text = chappe_error_text (facts->error);

  if (facts->error != NULL)
    state = (DeviceState) { "dialog-error-symbolic",
                            _ ("This Device Does Not Work Any More"),
                            text,
                            _ ("_Sign Out…"),
                            CHAPPE_WISH_SIGN_OUT };
  self->device_wish = state.wish;
  gtk_image_set_from_icon_name (self->device_icon, state.icon);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->device_row), state.title);
  adw_action_row_set_subtitle (self->device_row, state.text);
  gtk_widget_set_visible (GTK_WIDGET (self->device_button), state.button != NULL);
  adw_preferences_row_set_title (self->device_button, state.button != NULL ? state.button : "");
  adw_action_row_set_subtitle (self->fingerprint_row,
                               facts->fingerprint != NULL ? facts->fingerprint : "");
  gtk_widget_set_visible (GTK_WIDGET (self->fingerprint_row), facts->fingerprint != NULL);
}

/* The caller owns the result. */
static char *
backup_text (const ChappeEncryptionFacts *facts)
{
  switch (facts->backup)
    {
    case MX_BACKUP_NONE:
      return g_strdup (_ ("Nothing is saved"));
    case MX_BACKUP_DISABLED:
      return g_strdup (_ ("Switched off: messages that are only here are lost when you sign out"));
    case MX_BACKUP_LOCKED:
      return g_strdup (_ ("This device does not take part yet"));
    case MX_BACKUP_ON:
      if (facts->pending > 0)
        return g_strdup_printf (ngettext ("%'u key left to save",
                                          "%'u keys left to save",
                                          facts->pending),
                                facts->pending);
      return g_strdup_printf (ngettext ("Everything is saved: %'u key",
                                        "Everything is saved: %'u keys",
                                        facts->total),
                              facts->total);
    case MX_BACKUP_UNKNOWN:
    default:
      return g_strdup (_ ("Not known yet"));
    }
}

static void
show_backup (ChappeEncryptionPage *self, const ChappeEncryptionFacts *facts)
{
  gboolean locked = facts->backup == MX_BACKUP_LOCKED;
  gboolean verified = facts->identity == MX_OWN_IDENTITY_VERIFIED;
  g_autofree char *text = backup_text (facts);

  self->showing = TRUE;
  adw_switch_row_set_active (self->backup_row, facts->backup == MX_BACKUP_ON);
  self->showing = FALSE;
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->backup_row), text);
  gtk_widget_set_sensitive (GTK_WIDGET (self->backup_row),
                            facts->backup != MX_BACKUP_UNKNOWN && !locked &&
                              (verified || facts->identity == MX_OWN_IDENTITY_MISSING));
  gtk_widget_set_visible (self->locked_row, locked && verified);
  gtk_widget_set_visible (self->change_row, verified && facts->has_recovery);
  gtk_widget_set_visible (self->forgotten_row, facts->has_recovery);
  gtk_widget_set_visible (self->reset_group,
                          verified || facts->identity == MX_OWN_IDENTITY_UNVERIFIED);
}

static void
chappe_encryption_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CHAPPE_TYPE_ENCRYPTION_PAGE);

  G_OBJECT_CLASS (chappe_encryption_page_parent_class)->dispose (object);
}

#define CHILD(name)    gtk_widget_class_bind_template_child (widget_class, ChappeEncryptionPage, name)
#define CALLBACK(name) gtk_widget_class_bind_template_callback (widget_class, name)

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-encryption-page.ui");
  CHILD (device_row);
  CHILD (device_icon);
  CHILD (device_button);
  CHILD (fingerprint_row);
  CHILD (backup_row);
  CHILD (locked_row);
  CHILD (change_row);
  CHILD (forgotten_row);
  CHILD (keys_group);
  CHILD (reset_group);
  CALLBACK (device_cb);
  CALLBACK (devices_cb);
  CALLBACK (enter_code_cb);
  CALLBACK (change_code_cb);
  CALLBACK (forgotten_cb);
  CALLBACK (export_cb);
  CALLBACK (import_cb);
  CALLBACK (reset_cb);
  CALLBACK (backup_cb);
}

static void
chappe_encryption_page_class_init (ChappeEncryptionPageClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_encryption_page_dispose;

  signals[WANTED] = g_signal_new (
    "wanted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[BACKUP_WANTED] = g_signal_new (
    "backup-wanted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  bind_template (GTK_WIDGET_CLASS (klass));
}

static void
chappe_encryption_page_init (ChappeEncryptionPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
chappe_encryption_page_show (ChappeEncryptionPage *self, const ChappeEncryptionFacts *facts)
{
  g_return_if_fail (CHAPPE_IS_ENCRYPTION_PAGE (self));

  show_device (self, facts);
  show_backup (self, facts);
}

void
chappe_encryption_page_set_busy (ChappeEncryptionPage *self, gboolean busy)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->backup_row), !busy);
}

void
chappe_encryption_page_set_keys_title (ChappeEncryptionPage *self, const char *title)
{
  adw_preferences_group_set_title (self->keys_group, title);
}
