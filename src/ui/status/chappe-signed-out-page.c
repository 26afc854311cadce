/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The server ended the session. */
#include "config.h"

#include "chappe-signed-out-page.h"

#include "chappe-confirm.h"
#include "chappe-error-text.h"

#include "mx-flow.h"
#include "mx-secret.h"
#include "mx-session-repair.h"

#include <glib/gi18n.h>

struct _ChappeSignedOutPage
{
  AdwBin parent_instance;

  AdwStatusPage *status;
  GtkWidget *password_group;
  AdwEntryRow *password;
  GtkLabel *error;
  GtkWidget *sign_in_button;
  GtkWidget *read_button;

  MxSession *session;
  char *reason; /* what the page says */
};

G_DEFINE_FINAL_TYPE (ChappeSignedOutPage, chappe_signed_out_page, ADW_TYPE_BIN)

typedef enum
{
  READ,
  REMOVE,
} ChappeSignedOutPageSignal;

static unsigned signals[REMOVE + 1];

static void
announce (ChappeSignedOutPage *self, const char *text)
{
  gtk_accessible_announce (GTK_ACCESSIBLE (self),
                           text,
                           GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

static void
set_error (ChappeSignedOutPage *self, const char *text)
{
  gtk_label_set_label (self->error, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->error), text != NULL);
  if (text != NULL)
    announce (self, text);
}

static void
signed_in_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  ChappeSignedOutPage *self = CHAPPE_SIGNED_OUT_PAGE (owner);
  g_autofree char *text = chappe_error_text_for (error, CHAPPE_TASK_SIGN_IN_AGAIN);

  gtk_widget_set_sensitive (self->sign_in_button, TRUE);
  set_error (self, text);
  if (error == NULL)
    {
      gtk_editable_set_text (GTK_EDITABLE (self->password), "");
      return;
    }
  if (g_error_matches (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_FORBIDDEN))
    gtk_widget_add_css_class (GTK_WIDGET (self->password), "error");
  gtk_widget_grab_focus (GTK_WIDGET (self->password));
  gtk_editable_select_region (GTK_EDITABLE (self->password), 0, -1);
}

static void
password_changed_cb (ChappeSignedOutPage *self)
{
  set_error (self, NULL);
  gtk_widget_remove_css_class (GTK_WIDGET (self->password), "error");
}

static void
sign_in_cb (ChappeSignedOutPage *self)
{
  g_autoptr (MxSecret) password = NULL;
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->password));

  if (!gtk_widget_get_sensitive (self->sign_in_button))
    return;
  if (self->session == NULL || *text == '\0')
    {
      gtk_widget_grab_focus (GTK_WIDGET (self->password));
      return;
    }
  set_error (self, NULL);
  gtk_widget_set_sensitive (self->sign_in_button, FALSE);
  password = mx_secret_new_text (text);
  mx_watch (self, mx_session_sign_in_again (self->session, password), signed_in_cb, NULL);
}

static void
read_cb (ChappeSignedOutPage *self)
{
  g_signal_emit (self, signals[READ], 0);
}

static void
confirmed (gpointer object)
{
  g_signal_emit (object, signals[REMOVE], 0);
}

static void
remove_cb (ChappeSignedOutPage *self)
{
  chappe_confirm (GTK_WIDGET (self),
                  _ ("Remove the Messages From This Computer?"),
                  _ ("Messages that were not sent yet are lost. Those on the server come back when "
                     "you sign in again; those of secure rooms need your verification code then."),
                  _ ("_Remove"),
                  ADW_RESPONSE_DESTRUCTIVE,
                  confirmed,
                  g_object_ref (self),
                  g_object_unref);
}

static void
chappe_signed_out_page_dispose (GObject *object)
{
  ChappeSignedOutPage *self = CHAPPE_SIGNED_OUT_PAGE (object);

  g_clear_object (&self->session);
  g_clear_pointer (&self->reason, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), CHAPPE_TYPE_SIGNED_OUT_PAGE);

  G_OBJECT_CLASS (chappe_signed_out_page_parent_class)->dispose (object);
}

/* What goes on from here: the password where it is asked for. */
static gboolean
chappe_signed_out_page_grab_focus (GtkWidget *widget)
{
  ChappeSignedOutPage *self = CHAPPE_SIGNED_OUT_PAGE (widget);

  return gtk_widget_grab_focus (gtk_widget_get_visible (self->password_group)
                                  ? GTK_WIDGET (self->password)
                                  : self->read_button);
}

/* It came unasked. */
static void
mapped_cb (ChappeSignedOutPage *self)
{
  if (self->reason != NULL)
    announce (self, self->reason);
}

static void
chappe_signed_out_page_class_init (ChappeSignedOutPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_signed_out_page_dispose;
  widget_class->grab_focus = chappe_signed_out_page_grab_focus;

  signals[READ] =
    g_signal_new ("read", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[REMOVE] =
    g_signal_new ("remove", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-signed-out-page.ui");
  gtk_widget_class_bind_template_child (widget_class, ChappeSignedOutPage, status);
  gtk_widget_class_bind_template_child (widget_class, ChappeSignedOutPage, password_group);
  gtk_widget_class_bind_template_child (widget_class, ChappeSignedOutPage, password);
  gtk_widget_class_bind_template_child (widget_class, ChappeSignedOutPage, error);
  gtk_widget_class_bind_template_child (widget_class, ChappeSignedOutPage, sign_in_button);
  gtk_widget_class_bind_template_child (widget_class, ChappeSignedOutPage, read_button);
  gtk_widget_class_bind_template_callback (widget_class, password_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, sign_in_cb);
  gtk_widget_class_bind_template_callback (widget_class, read_cb);
  gtk_widget_class_bind_template_callback (widget_class, remove_cb);
}

static void
chappe_signed_out_page_init (ChappeSignedOutPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self, "map", G_CALLBACK (mapped_cb), NULL);
}

void
chappe_signed_out_page_set_session (ChappeSignedOutPage *self, MxSession *session)
{
  const MxSessionRepair *repair = session != NULL ? mx_session_get_repair (session) : NULL;
  gboolean soft = FALSE;
  g_autofree char *text = NULL;
  g_autofree char *markup = NULL;

  g_set_object (&self->session, session);
  set_error (self, NULL);
  if (session == NULL)
    return;

  soft = mx_session_get_state (session) == MX_SESSION_SOFT_SIGNED_OUT;
  if (soft && repair != NULL && repair->lost_account)
    text =
      g_strdup (_ ("The file of your messages was damaged and has been repaired. Your password "
                   "is needed again."));
  else if (soft)
    text = g_strdup (_ ("Your organisation asks for your password again from time to time. Nothing "
                        "is lost."));
  else if (mx_session_get_error (session) != NULL &&
           !g_error_matches (mx_session_get_error (session),
                             MX_MATRIX_ERROR,
                             MX_MATRIX_ERROR_UNKNOWN_TOKEN))
    text = chappe_error_text (mx_session_get_error (session));
  else
    text = g_strdup (_ ("This computer was signed out from another device or by an administrator. "
                        "What is on this computer can still be read. To write again, remove it and "
                        "sign in."));
  markup = g_markup_escape_text (text, -1);
  adw_status_page_set_title (self->status,
                             soft ? _ ("Enter Your Password Again") : _ ("You Are Signed Out"));
  adw_status_page_set_description (self->status, markup);
  g_set_str (&self->reason, text);
  gtk_widget_set_visible (self->password_group, soft);
  gtk_widget_set_visible (self->sign_in_button, soft);
}
