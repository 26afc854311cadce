/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The session's encryption and the page that shows it. */
#include "config.h"

#include "chappe-encryption-preferences.h"

#include "chappe-encryption-page.h"
#include "chappe-error-text.h"
#include "chappe-identity-dialog.h"
#include "chappe-key-file-dialog.h"
#include "chappe-sessions-page.h"

#include "mx-flow.h"

#include <glib/gi18n.h>

#define CHAPPE_TYPE_ENCRYPTION_PREFERENCES (chappe_encryption_preferences_get_type ())
G_DECLARE_FINAL_TYPE (ChappeEncryptionPreferences,
                      chappe_encryption_preferences,
                      CHAPPE,
                      ENCRYPTION_PREFERENCES,
                      GObject)

struct _ChappeEncryptionPreferences
{
  GObject parent_instance;

  AdwPreferencesDialog *dialog; /* these two are not owned: they own us */
  ChappeEncryptionPage *page;
  MxSession *session;
  MxEncryption *encryption;
};

G_DEFINE_FINAL_TYPE (ChappeEncryptionPreferences, chappe_encryption_preferences, G_TYPE_OBJECT)

static void
update (ChappeEncryptionPreferences *self)
{
  g_autofree char *fingerprint = mx_encryption_dup_fingerprint (self->encryption);
  ChappeEncryptionFacts facts = {
    .identity = mx_encryption_get_own_identity (self->encryption),
    .backup = mx_encryption_get_backup_state (self->encryption),
    .pending = mx_encryption_get_backup_pending (self->encryption),
    .total = mx_encryption_get_backup_total (self->encryption),
    .has_recovery = mx_encryption_has_recovery (self->encryption),
    .error = mx_encryption_get_error (self->encryption),
    .fingerprint = fingerprint,
  };

  chappe_encryption_page_show (self->page, &facts);
}

static void
toast_error (ChappeEncryptionPreferences *self, const GError *error)
{
  g_autofree char *text = chappe_error_text (error);
  AdwToast *toast = adw_toast_new (text);

  adw_toast_set_use_markup (toast, FALSE);
  adw_preferences_dialog_add_toast (self->dialog, toast);
}

static void
show_sessions (ChappeEncryptionPreferences *self)
{
  adw_preferences_dialog_push_subpage (self->dialog,
                                       ADW_NAVIGATION_PAGE (
                                         chappe_sessions_page_new (self->encryption)));
}

static void
ask (ChappeEncryptionPreferences *self, ChappeIdentityGoal goal)
{
  chappe_identity_dialog_present (GTK_WIDGET (self->dialog), self->session, goal, FALSE);
}

static void
wanted_cb (ChappeEncryptionPage *page, int wish, ChappeEncryptionPreferences *self)
{
  gboolean verified = mx_encryption_get_own_identity (self->encryption) == MX_OWN_IDENTITY_VERIFIED;

  switch ((ChappeEncryptionWish) wish)
    {
    case CHAPPE_WISH_SET_UP:
      ask (self, CHAPPE_IDENTITY_SET_UP);
      break;
    case CHAPPE_WISH_VERIFY:
      ask (self, CHAPPE_IDENTITY_VERIFY);
      break;
    case CHAPPE_WISH_ENTER_CODE:
      ask (self, CHAPPE_IDENTITY_ENTER_CODE);
      break;
    case CHAPPE_WISH_CHANGE_CODE:
      ask (self, CHAPPE_IDENTITY_CHANGE_CODE);
      break;
    case CHAPPE_WISH_FORGOTTEN_CODE:
      ask (self, verified ? CHAPPE_IDENTITY_FORGOTTEN_CODE : CHAPPE_IDENTITY_VERIFY);
      break;
    case CHAPPE_WISH_RESET:
      ask (self, CHAPPE_IDENTITY_RESET);
      break;
    case CHAPPE_WISH_DEVICES:
      show_sessions (self);
      break;
    case CHAPPE_WISH_EXPORT:
    case CHAPPE_WISH_IMPORT:
      chappe_key_file_dialog_present (GTK_WIDGET (self->dialog),
                                      self->encryption,
                                      wish == CHAPPE_WISH_IMPORT);
      break;
    case CHAPPE_WISH_SIGN_OUT:
      gtk_widget_activate_action (GTK_WIDGET (self->dialog), "win.sign-out", NULL);
      break;
    default:
      g_assert_not_reached ();
    }
}

/* -- backup on and off */

static void
switched_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  ChappeEncryptionPreferences *self = CHAPPE_ENCRYPTION_PREFERENCES (owner);

  if (error != NULL)
    toast_error (self, error);
  update (self);
}

static void
switch_backup (ChappeEncryptionPreferences *self, gboolean on)
{
  chappe_encryption_page_set_busy (self->page, TRUE);
  mx_watch (self, mx_recovery_set_backup (self->encryption, on), switched_cb, NULL);
}

static void
off_answered_cb (AdwAlertDialog *alert, const char *response, ChappeEncryptionPreferences *self)
{
  if (g_str_equal (response, "off"))
    switch_backup (self, FALSE);
  else
    update (self);
}

static void
backup_wanted_cb (ChappeEncryptionPage *page, gboolean on, ChappeEncryptionPreferences *self)
{
  AdwAlertDialog *alert = NULL;

  if (on && !mx_encryption_has_recovery (self->encryption))
    {
      update (self);
      ask (self, CHAPPE_IDENTITY_SET_UP);
      return;
    }
  if (on)
    {
      switch_backup (self, TRUE);
      return;
    }
  alert = ADW_ALERT_DIALOG (
    adw_alert_dialog_new (_ ("Switch the Backup Off?"),
                          _ ("What is saved on the server is deleted. Messages in secure rooms can "
                             "then only be read on the devices that have them now, and are lost "
                             "when you sign out there.")));
  adw_alert_dialog_add_responses (alert,
                                  "keep",
                                  _ ("_Keep the Backup"),
                                  "off",
                                  _ ("_Switch Off"),
                                  NULL);
  adw_alert_dialog_set_response_appearance (alert, "off", ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (alert, "keep");
  adw_alert_dialog_set_close_response (alert, "keep");
  g_signal_connect_object (alert,
                           "response",
                           G_CALLBACK (off_answered_cb),
                           self,
                           G_CONNECT_DEFAULT);
  adw_dialog_present (ADW_DIALOG (alert), GTK_WIDGET (self->dialog));
}

/* -- type */

static void
chappe_encryption_preferences_dispose (GObject *object)
{
  ChappeEncryptionPreferences *self = CHAPPE_ENCRYPTION_PREFERENCES (object);

  g_clear_object (&self->encryption);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (chappe_encryption_preferences_parent_class)->dispose (object);
}

static void
chappe_encryption_preferences_class_init (ChappeEncryptionPreferencesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = chappe_encryption_preferences_dispose;
}

static void
chappe_encryption_preferences_init (ChappeEncryptionPreferences *self)
{
}

static void
connect (ChappeEncryptionPreferences *self)
{
  static const char *const properties[] = { "own-identity", "backup-state", "backup-pending",
                                            "backup-total", "has-recovery", "error" };

  for (gsize i = 0; i < G_N_ELEMENTS (properties); i++)
    {
      g_autofree char *signal = g_strconcat ("notify::", properties[i], NULL);

      g_signal_connect_object (self->encryption,
                               signal,
                               G_CALLBACK (update),
                               self,
                               G_CONNECT_SWAPPED);
    }
  g_signal_connect_object (self->page, "wanted", G_CALLBACK (wanted_cb), self, G_CONNECT_DEFAULT);
  g_signal_connect_object (self->page,
                           "backup-wanted",
                           G_CALLBACK (backup_wanted_cb),
                           self,
                           G_CONNECT_DEFAULT);
}

AdwPreferencesPage *
chappe_encryption_preferences_add (AdwPreferencesDialog *dialog, ChappeWindow *window)
{
  MxSession *session = chappe_window_get_session (window);
  MxEncryption *encryption = session != NULL ? mx_session_get_encryption (session) : NULL;
  MxDeployment *deployment = chappe_window_get_deployment (window);
  const char *title = mx_deployment_get_title (deployment);
  gboolean plain = g_str_equal (mx_deployment_get_name (deployment), "plain");
  ChappeEncryptionPreferences *self = NULL;
  g_autofree char *keys = NULL;

  if (encryption == NULL)
    return NULL;
  self = g_object_new (CHAPPE_TYPE_ENCRYPTION_PREFERENCES, NULL);
  self->dialog = dialog;
  self->session = g_object_ref (session);
  self->encryption = g_object_ref (encryption);
  self->page = g_object_new (CHAPPE_TYPE_ENCRYPTION_PAGE, NULL);
  g_object_set_data_full (G_OBJECT (self->page), "chappe-preferences", self, g_object_unref);
  /* TRANSLATORS: %s is the name of the service: Tchap Keys */
  keys = plain ? g_strdup (_ ("Message Keys")) : g_strdup_printf (_ ("%s Keys"), title);
  chappe_encryption_page_set_keys_title (self->page, keys);
  connect (self);
  update (self);
  adw_preferences_dialog_add (dialog, ADW_PREFERENCES_PAGE (self->page));
  return ADW_PREFERENCES_PAGE (self->page);
}
