/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The keyring or the messages cannot be opened. */
#include "config.h"

#include "chappe-locked-page.h"

#include "chappe-confirm.h"
#include "chappe-error-text.h"

#include <glib/gi18n.h>

struct _ChappeLockedPage
{
  AdwBin parent_instance;

  AdwStatusPage *status;
  GtkButton *retry_button;
  GtkWidget *restart_button;
  GtkLabel *reference;
};

G_DEFINE_FINAL_TYPE (ChappeLockedPage, chappe_locked_page, ADW_TYPE_BIN)

typedef enum
{
  RETRY,
  RESTART,
} ChappeLockedPageSignal;

static unsigned signals[RESTART + 1];

typedef struct
{
  const char *title;
  const char *icon;
  const char *button;
  gboolean restartable; /* signing in anew may be the only way out */
} Look;

static Look
look_of_session_error (int code)
{
  switch ((MxSessionError) code)
    {
    case MX_SESSION_ERROR_KEYRING_LOCKED:
      return (
        Look) { _ ("The Keyring Is Locked"), "channel-secure-symbolic", _ ("_Unlock"), FALSE };
    case MX_SESSION_ERROR_KEYRING_MISSING:
      return (Look) { _ ("No Keyring Found"), "dialog-password-symbolic", _ ("_Try Again"), FALSE };
    case MX_SESSION_ERROR_KEY_LOST:
      return (Look) { _ ("The Key to Your Messages Is Missing"),
                      "dialog-password-symbolic",
                      _ ("_Try Again"),
                      TRUE };
    default:
      return (Look) {
        _ ("Your Messages Cannot Be Opened"), "dialog-warning-symbolic", _ ("_Try Again"), FALSE
      };
    }
}

static Look
look_of_store_error (int code)
{
  switch ((MxStoreError) code)
    {
    case MX_STORE_ERROR_WRONG_KEY:
      return (
        Look) { _ ("The Key Does Not Fit"), "dialog-password-symbolic", _ ("_Try Again"), TRUE };
    case MX_STORE_ERROR_DAMAGED:
      return (Look) {
        _ ("Your Messages Are Damaged"), "dialog-warning-symbolic", _ ("_Try Again"), TRUE
      };
    case MX_STORE_ERROR_TOO_NEW:
      return (Look) {
        _ ("An Update Is Needed"), "software-update-available-symbolic", _ ("_Try Again"), FALSE
      };
    case MX_STORE_ERROR_BUSY:
      return (Look) { _ ("Already Open"), "focus-windows-symbolic", _ ("_Try Again"), FALSE };
    case MX_STORE_ERROR_FULL:
      return (Look) { _ ("The Disk Is Full"), "drive-harddisk-symbolic", _ ("_Try Again"), FALSE };
    default:
      return (Look) {
        _ ("Your Messages Cannot Be Opened"), "dialog-warning-symbolic", _ ("_Try Again"), FALSE
      };
    }
}

void
chappe_locked_page_set_error (ChappeLockedPage *self, const GError *error)
{
  g_autofree char *text = chappe_error_text (error);
  g_autofree char *markup = text != NULL ? g_markup_escape_text (text, -1) : NULL;
  g_autofree char *reference = chappe_error_dup_reference (error);
  Look look = { 0 };

  if (error != NULL && error->domain == MX_STORE_ERROR)
    look = look_of_store_error (error->code);
  else
    look = look_of_session_error (
      error != NULL && error->domain == MX_SESSION_ERROR ? error->code : MX_SESSION_ERROR_FAILED);

  adw_status_page_set_icon_name (self->status, look.icon);
  adw_status_page_set_title (self->status, look.title);
  adw_status_page_set_description (self->status, markup);
  gtk_button_set_label (self->retry_button, look.button);
  gtk_button_set_use_underline (self->retry_button, TRUE);
  gtk_widget_set_visible (self->restart_button, look.restartable);
  gtk_label_set_label (self->reference, reference != NULL ? reference : "");
}

static void
retry_cb (ChappeLockedPage *self)
{
  g_signal_emit (self, signals[RETRY], 0);
}

static void
restart (gpointer object)
{
  g_signal_emit (object, signals[RESTART], 0);
}

static void
restart_cb (ChappeLockedPage *self)
{
  chappe_confirm (GTK_WIDGET (self),
                  _ ("Sign In Anew?"),
                  _ ("The messages on this computer are set aside, not deleted: your support desk "
                     "may still be able to open them. Those on the server come back when you sign "
                     "in; messages that were not sent yet stay unsent."),
                  _ ("_Sign In Anew"),
                  ADW_RESPONSE_SUGGESTED,
                  restart,
                  g_object_ref (self),
                  g_object_unref);
}

static void
chappe_locked_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CHAPPE_TYPE_LOCKED_PAGE);

  G_OBJECT_CLASS (chappe_locked_page_parent_class)->dispose (object);
}

static void
chappe_locked_page_class_init (ChappeLockedPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_locked_page_dispose;

  signals[RETRY] =
    g_signal_new ("retry", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[RESTART] =
    g_signal_new ("restart", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-locked-page.ui");
  gtk_widget_class_bind_template_child (widget_class, ChappeLockedPage, status);
  gtk_widget_class_bind_template_child (widget_class, ChappeLockedPage, retry_button);
  gtk_widget_class_bind_template_child (widget_class, ChappeLockedPage, restart_button);
  gtk_widget_class_bind_template_child (widget_class, ChappeLockedPage, reference);
  gtk_widget_class_bind_template_callback (widget_class, retry_cb);
  gtk_widget_class_bind_template_callback (widget_class, restart_cb);
}

static void
chappe_locked_page_init (ChappeLockedPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
