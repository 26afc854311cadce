/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Identity, backup and code, step by step. */
#include "config.h"

#include "chappe-identity-dialog.h"

#include "chappe-code-entry.h"
#include "chappe-code-view.h"
#include "chappe-encryption-task.h"
#include "chappe-error-text.h"
#include "chappe-identity-choices.h"
#include "chappe-step-page.h"

#include <glib/gi18n.h>

struct _ChappeIdentityDialog
{
  AdwDialog parent_instance;

  AdwNavigationView *navigation;
  ChappeStepPage *change_page;
  ChappeCodeEntry *enter_entry;
  ChappeStepPage *progress_page;
  GtkWidget *spinner;
  GtkProgressBar *progress_bar;
  GtkButton *progress_button;
  ChappeCodeView *code_view;
  ChappeCodeEntry *confirm_entry;
  ChappeStepPage *done_page;
  ChappeStepPage *failed_page;

  const ChappeIdentityActs *acts;
  GObject *data;
  gboolean gate;
  gboolean makes_code; /* what is under way ends with a new code */
  MxSecret *code;
  ChappeEncryptionTask *task;
  const char *act; /* name of the action, to try again */
};

G_DEFINE_FINAL_TYPE (ChappeIdentityDialog, chappe_identity_dialog, ADW_TYPE_DIALOG)

static const char *
current_tag (ChappeIdentityDialog *self)
{
  AdwNavigationPage *page = adw_navigation_view_get_visible_page (self->navigation);

  return page != NULL ? adw_navigation_page_get_tag (page) : "";
}

static void
turn_to (ChappeIdentityDialog *self, const char *tag)
{
  adw_navigation_view_replace_with_tags (self->navigation, &tag, 1);
}

static void
forget_code (ChappeIdentityDialog *self)
{
  g_clear_pointer (&self->code, mx_secret_unref);
  chappe_code_view_set_code (self->code_view, NULL);
  chappe_code_entry_clear (self->confirm_entry);
}

static void
end_task (ChappeIdentityDialog *self)
{
  if (self->task != NULL)
    chappe_encryption_task_forget (self->task);
  g_clear_object (&self->task);
}

static void
show_done (ChappeIdentityDialog *self, const char *title, const char *text)
{
  adw_navigation_page_set_title (ADW_NAVIGATION_PAGE (self->done_page), title);
  chappe_step_page_set_text (self->done_page, text);
  forget_code (self);
  chappe_code_entry_clear (self->enter_entry);
  turn_to (self, "done");
}

/* -- what takes time */

static void
progress_cb (GtkWidget *owner, unsigned done, unsigned total)
{
  ChappeIdentityDialog *self = CHAPPE_IDENTITY_DIALOG (owner);
  g_autofree char *text = NULL;

  if (total == 0)
    return;
  text = g_strdup_printf (_ ("%'u of %'u keys"), done, total);
  gtk_widget_set_visible (self->spinner, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->progress_bar), TRUE);
  gtk_progress_bar_set_fraction (self->progress_bar, MIN (1.0, (double) done / total));
  chappe_step_page_set_text (self->progress_page, text);
  gtk_button_set_label (self->progress_button, _ ("Go On in the _Background"));
}

static void
show_progress (ChappeIdentityDialog *self, const char *title)
{
  adw_navigation_page_set_title (ADW_NAVIGATION_PAGE (self->progress_page), title);
  chappe_step_page_set_text (self->progress_page, NULL);
  gtk_widget_set_visible (self->spinner, TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self->progress_bar), FALSE);
  gtk_button_set_label (self->progress_button, _ ("_Cancel"));
  adw_navigation_view_push_by_tag (self->navigation, "progress");
}

static void
start (ChappeIdentityDialog *self,
       const char *act,
       const char *title,
       gboolean makes_code,
       ChappeTaskEnd end)
{
  end_task (self);
  self->act = act;
  self->makes_code = makes_code;
  self->task = chappe_encryption_task_new (GTK_WIDGET (self), progress_cb, end);
  show_progress (self, title);
}

static void
code_made_cb (GtkWidget *owner, const GValue *value, const GError *error)
{
  ChappeIdentityDialog *self = CHAPPE_IDENTITY_DIALOG (owner);
  g_autofree char *text = chappe_error_text (error);

  end_task (self);
  if (error == NULL)
    {
      self->code = mx_secret_ref (g_value_get_boxed (value));
      chappe_code_view_set_code (self->code_view, self->code);
      turn_to (self, "code");
      return;
    }

  adw_navigation_view_pop (self->navigation);
  if (g_error_matches (error, MX_SESSION_ERROR, MX_SESSION_ERROR_IDENTITY_EXISTS))
    {
      turn_to (self, "verify");
    }
  else if (!mx_error_is_cancelled (error))
    {
      chappe_step_page_set_text (self->failed_page, text);
      adw_navigation_view_push_by_tag (self->navigation, "failed");
    }
}

static void
restored_cb (GtkWidget *owner, const GValue *value, const GError *error)
{
  ChappeIdentityDialog *self = CHAPPE_IDENTITY_DIALOG (owner);
  g_autofree char *text = chappe_error_text (error);

  end_task (self);
  if (error == NULL)
    {
      show_done (self,
                 _ ("Messages Restored"),
                 _ ("This device is verified, and your earlier messages can be read here."));
      return;
    }
  adw_navigation_view_pop_to_tag (self->navigation, "enter");
  if (!mx_error_is_cancelled (error))
    chappe_code_entry_set_error (self->enter_entry, text);
}

static void
entered_cb (ChappeIdentityDialog *self, MxSecret *code)
{
  start (self, "identity.enter-code", _ ("Restoring Messages…"), FALSE, restored_cb);
  chappe_encryption_task_run (self->task,
                              self->acts->restore (self->data,
                                                   code,
                                                   chappe_encryption_task_progress,
                                                   self->task));
}

static void
copied_cb (ChappeIdentityDialog *self)
{
  chappe_code_entry_clear (self->confirm_entry);
  adw_navigation_view_push_by_tag (self->navigation, "confirm");
}

static void
confirmed_cb (ChappeIdentityDialog *self, MxSecret *code)
{
  if (self->code == NULL)
    return;
  if (!chappe_code_equal (code, self->code))
    {
      chappe_code_entry_set_error (
        self->confirm_entry,
        _ ("This is not the code that was shown. Check it, or go back to see it again."));
      return;
    }
  show_done (self,
             _ ("The Backup Is Set Up"),
             _ ("New messages are saved by themselves. Keep the code in a safe place: you need it "
                "for each new device."));
}

/* -- leaving */

static void
leave_answered_cb (AdwAlertDialog *alert, const char *response, ChappeIdentityDialog *self)
{
  if (g_str_equal (response, "leave"))
    adw_dialog_force_close (ADW_DIALOG (self));
}

static void
ask_leave (ChappeIdentityDialog *self, const char *title, const char *text, const char *leave)
{
  AdwAlertDialog *alert = ADW_ALERT_DIALOG (adw_alert_dialog_new (title, text));

  adw_alert_dialog_add_responses (alert, "stay", _ ("_Go Back"), "leave", leave, NULL);
  adw_alert_dialog_set_response_appearance (alert, "leave", ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (alert, "stay");
  adw_alert_dialog_set_close_response (alert, "stay");
  g_signal_connect_object (alert,
                           "response",
                           G_CALLBACK (leave_answered_cb),
                           self,
                           G_CONNECT_DEFAULT);
  adw_dialog_present (ADW_DIALOG (alert), GTK_WIDGET (self));
}

static void
chappe_identity_dialog_close_attempt (AdwDialog *dialog)
{
  ChappeIdentityDialog *self = CHAPPE_IDENTITY_DIALOG (dialog);
  const char *tag = current_tag (self);

  if (self->code != NULL || (self->task != NULL && self->makes_code))
    ask_leave (self,
               _ ("Leave Without the Code?"),
               _ (
                 "Without it you cannot read your messages on a new device. You can generate a new "
                 "one in the preferences, under “Encrypted Messages”."),
               _ ("_Leave"));
  else if (self->gate && g_str_equal (tag, "set-up"))
    ask_leave (self,
               _ ("Go On Without a Backup?"),
               _ ("Messages in secure rooms are lost when you sign out or lose this computer. You "
                  "can set up the backup at any time in the preferences, under “Encrypted "
                  "Messages”."),
               _ ("Go On _Without"));
  else if (self->gate && self->task == NULL && !g_str_equal (tag, "done"))
    ask_leave (self,
               _ ("Go On Without Verifying?"),
               _ (
                 "Earlier messages in secure rooms stay locked on this device, and colleagues see "
                 "that it is not verified. You can verify it at any time in the preferences, under "
                 "“Encrypted Messages”."),
               _ ("Go On _Without"));
  else
    adw_dialog_force_close (dialog);
}

/* -- actions */

static void
act_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ChappeIdentityDialog *self = CHAPPE_IDENTITY_DIALOG (widget);
  DexFuture *future = NULL;

  if (g_str_equal (name, "identity.set-up"))
    {
      start (self, "identity.set-up", _ ("Setting Up the Backup…"), TRUE, code_made_cb);
      future = self->acts->set_up (self->data, chappe_encryption_task_auth, self->task);
    }
  else if (g_str_equal (name, "identity.change-code"))
    {
      start (self, "identity.change-code", _ ("Generating a New Code…"), TRUE, code_made_cb);
      future = self->acts->change_code (self->data);
    }
  else
    {
      start (self, "identity.reset", _ ("Resetting…"), TRUE, code_made_cb);
      future = self->acts->reset (self->data, chappe_encryption_task_auth, self->task);
    }
  chappe_encryption_task_run (self->task, future);
}

static void
page_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ChappeIdentityDialog *self = CHAPPE_IDENTITY_DIALOG (widget);
  const char *tag = "enter";

  if (g_str_equal (name, "identity.forgotten"))
    tag = "reset";
  else if (g_str_equal (name, "identity.reset-ask"))
    tag = "reset-sure";
  adw_navigation_view_push_by_tag (self->navigation, tag);
}

static void
retry_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ChappeIdentityDialog *self = CHAPPE_IDENTITY_DIALOG (widget);

  adw_navigation_view_pop (self->navigation);
  if (self->act != NULL)
    gtk_widget_activate_action (widget, self->act, NULL);
}

/* What is under way goes on by itself. */
static void
stop_waiting_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ChappeIdentityDialog *self = CHAPPE_IDENTITY_DIALOG (widget);

  if (gtk_widget_get_visible (GTK_WIDGET (self->progress_bar)) || self->makes_code)
    {
      adw_dialog_close (ADW_DIALOG (self));
      return;
    }
  end_task (self);
  adw_navigation_view_pop (self->navigation);
}

static void
leave_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  adw_dialog_close (ADW_DIALOG (widget));
}

static void
window_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  if (g_str_equal (name, "identity.sign-out"))
    gtk_widget_activate_action (widget, "win.sign-out", NULL);
  else
    gtk_widget_activate_action (widget, "win.verify-device", "s", "");
}

/* -- type */

static void
chappe_identity_dialog_dispose (GObject *object)
{
  ChappeIdentityDialog *self = CHAPPE_IDENTITY_DIALOG (object);

  end_task (self);
  if (self->code_view != NULL)
    forget_code (self);
  gtk_widget_dispose_template (GTK_WIDGET (self), CHAPPE_TYPE_IDENTITY_DIALOG);
  g_clear_object (&self->data);

  G_OBJECT_CLASS (chappe_identity_dialog_parent_class)->dispose (object);
}

#define CHILD(name) gtk_widget_class_bind_template_child (widget_class, ChappeIdentityDialog, name)

static void
install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "identity.set-up", NULL, act_cb);
  gtk_widget_class_install_action (widget_class, "identity.change-code", NULL, act_cb);
  gtk_widget_class_install_action (widget_class, "identity.reset", NULL, act_cb);
  gtk_widget_class_install_action (widget_class, "identity.enter-code", NULL, page_cb);
  gtk_widget_class_install_action (widget_class, "identity.forgotten", NULL, page_cb);
  gtk_widget_class_install_action (widget_class, "identity.reset-ask", NULL, page_cb);
  gtk_widget_class_install_action (widget_class, "identity.retry", NULL, retry_cb);
  gtk_widget_class_install_action (widget_class, "identity.stop-waiting", NULL, stop_waiting_cb);
  gtk_widget_class_install_action (widget_class, "identity.leave", NULL, leave_cb);
  gtk_widget_class_install_action (widget_class, "identity.close", NULL, leave_cb);
  gtk_widget_class_install_action (widget_class, "identity.sign-out", NULL, window_cb);
  gtk_widget_class_install_action (widget_class, "identity.other-device", NULL, window_cb);
}

static void
chappe_identity_dialog_class_init (ChappeIdentityDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_identity_dialog_dispose;
  ADW_DIALOG_CLASS (klass)->close_attempt = chappe_identity_dialog_close_attempt;

  g_type_ensure (CHAPPE_TYPE_CODE_ENTRY);
  g_type_ensure (CHAPPE_TYPE_CODE_VIEW);
  g_type_ensure (CHAPPE_TYPE_IDENTITY_CHOICES);
  g_type_ensure (CHAPPE_TYPE_STEP_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-identity-dialog.ui");
  CHILD (navigation);
  CHILD (change_page);
  CHILD (enter_entry);
  CHILD (progress_page);
  CHILD (spinner);
  CHILD (progress_bar);
  CHILD (progress_button);
  CHILD (code_view);
  CHILD (confirm_entry);
  CHILD (done_page);
  CHILD (failed_page);
  gtk_widget_class_bind_template_callback (widget_class, entered_cb);
  gtk_widget_class_bind_template_callback (widget_class, copied_cb);
  gtk_widget_class_bind_template_callback (widget_class, confirmed_cb);
  install_actions (widget_class);
}

static void
chappe_identity_dialog_init (ChappeIdentityDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

ChappeIdentityDialog *
chappe_identity_dialog_new (const ChappeIdentityActs *acts,
                            GObject *data,
                            ChappeIdentityGoal goal,
                            gboolean gate)
{
  static const char *const tags[] = { "set-up", "verify", "enter", "change", "change", "reset" };
  ChappeIdentityDialog *self = g_object_new (CHAPPE_TYPE_IDENTITY_DIALOG, NULL);

  self->acts = acts;
  g_set_object (&self->data, data);
  self->gate = gate;
  if (goal == CHAPPE_IDENTITY_FORGOTTEN_CODE)
    chappe_step_page_set_text (self->change_page,
                               _ ("This device is verified, so it can generate a new code. The "
                                  "former one does not work any more; your devices and your "
                                  "messages stay as they are."));
  turn_to (self, tags[goal]);

  return self;
}

void
chappe_identity_dialog_set_verified (ChappeIdentityDialog *self)
{
  const char *tag = current_tag (self);

  if (g_str_equal (tag, "verify") || (g_str_equal (tag, "enter") && self->task == NULL))
    show_done (self,
               _ ("This Device Is Verified"),
               _ ("Your earlier messages appear here as their keys arrive."));
}

/* -- the session's encryption */

static DexFuture *
set_up (gpointer data, MxAuthFunc auth, gpointer auth_data)
{
  return mx_recovery_setup (data, NULL, auth, auth_data);
}

static DexFuture *
restore (gpointer data, MxSecret *code, MxRecoveryProgress progress, gpointer progress_data)
{
  return mx_recovery_restore (data, code, progress, progress_data);
}

static DexFuture *
change_code (gpointer data)
{
  return mx_recovery_change_code (data);
}

static DexFuture *
reset (gpointer data, MxAuthFunc auth, gpointer auth_data)
{
  return mx_recovery_reset (data, auth, auth_data);
}

static void
identity_cb (ChappeIdentityDialog *self)
{
  if (mx_encryption_get_own_identity (MX_ENCRYPTION (self->data)) == MX_OWN_IDENTITY_VERIFIED)
    chappe_identity_dialog_set_verified (self);
}

static void
state_cb (ChappeIdentityDialog *self, GParamSpec *pspec, MxSession *session)
{
  if (mx_session_get_state (session) != MX_SESSION_OPEN)
    adw_dialog_force_close (ADW_DIALOG (self));
}

ChappeIdentityDialog *
chappe_identity_dialog_present (GtkWidget *parent,
                                MxSession *session,
                                ChappeIdentityGoal goal,
                                gboolean gate)
{
  static const ChappeIdentityActs acts = { set_up, restore, change_code, reset };
  MxEncryption *encryption = mx_session_get_encryption (session);
  ChappeIdentityDialog *self = NULL;

  if (encryption == NULL)
    return NULL;
  self = chappe_identity_dialog_new (&acts, G_OBJECT (encryption), goal, gate);
  g_signal_connect_object (encryption,
                           "notify::own-identity",
                           G_CALLBACK (identity_cb),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session,
                           "notify::state",
                           G_CALLBACK (state_cb),
                           self,
                           G_CONNECT_SWAPPED);
  adw_dialog_present (ADW_DIALOG (self), parent);

  return self;
}
