/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Keys as a file. */
#include "config.h"

#include "chappe-key-file-dialog.h"

#include "chappe-encryption-task.h"
#include "chappe-error-text.h"

#include <glib/gi18n.h>

#define LONG_PASSWORD 16

struct _ChappeKeyFileDialog
{
  AdwDialog parent_instance;

  GtkStack *stack;
  GtkLabel *intro;
  GtkEditable *password;
  GtkEditable *again;
  GtkWidget *strength_box;
  GtkLevelBar *strength;
  GtkLabel *strength_text;
  GtkLabel *error;
  GtkButton *choose_button;
  GtkLabel *busy_text;
  GtkProgressBar *progress;
  AdwStatusPage *done;

  MxEncryption *encryption;
  gboolean import;
};

G_DEFINE_FINAL_TYPE (ChappeKeyFileDialog, chappe_key_file_dialog, ADW_TYPE_DIALOG)

unsigned
chappe_password_strength (const char *password)
{
  glong length = g_utf8_strlen (password, -1);
  gboolean kinds[4] = { FALSE };
  unsigned n = 0;

  for (const char *p = password; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      kinds[g_unichar_isdigit (c)   ? 0
            : g_unichar_isupper (c) ? 1
            : g_unichar_isalpha (c) ? 2
                                    : 3] = TRUE;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    n += kinds[i] ? 1 : 0;

  if (length < 8)
    return length > 0 ? 1 : 0;
  if (length >= LONG_PASSWORD && n > 1)
    return 4;
  if (length >= 12)
    return n > 1 ? 3 : 2;
  return n > 2 ? 3 : n > 1 ? 2 : 1;
}

static const char *
strength_text (unsigned strength)
{
  if (strength == 0)
    return "";
  if (strength == 1)
    return _ ("Weak");
  if (strength == 2)
    return _ ("Fair");
  return strength == 3 ? _ ("Good") : _ ("Strong");
}

static void
set_error (ChappeKeyFileDialog *self, const char *text)
{
  gtk_label_set_label (self->error, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->error), text != NULL);
  if (text != NULL)
    gtk_accessible_announce (GTK_ACCESSIBLE (self),
                             text,
                             GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

/* NULL: nothing is missing. */
static const char *
problem (ChappeKeyFileDialog *self)
{
  const char *password = gtk_editable_get_text (self->password);
  const char *again = gtk_editable_get_text (self->again);

  if (*password == '\0')
    return "";
  if (self->import)
    return NULL;
  if (*again == '\0')
    return "";
  return g_str_equal (password, again) ? NULL : _ ("The two passwords differ.");
}

static void
changed_cb (ChappeKeyFileDialog *self)
{
  unsigned strength = chappe_password_strength (gtk_editable_get_text (self->password));

  gtk_level_bar_set_value (self->strength, strength);
  gtk_label_set_label (self->strength_text, strength_text (strength));
  set_error (self, NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->choose_button), problem (self) == NULL);
}

/* -- the act */

static void
progress_cb (GtkWidget *owner, unsigned done, unsigned total)
{
  ChappeKeyFileDialog *self = CHAPPE_KEY_FILE_DIALOG (owner);
  g_autofree char *text = g_strdup_printf (_ ("%'u of %'u keys"), done, total);

  if (total == 0)
    return;
  gtk_label_set_label (self->busy_text, text);
  gtk_progress_bar_set_fraction (self->progress, MIN (1.0, (double) done / total));
}

/* What is particular to the file, before what errors of this kind mean elsewhere. The caller owns
 * the result. */
static char *
error_text (const GError *error)
{
  if (g_error_matches (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_MAC))
    return g_strdup (_ ("This is not the password of this file, or the file is damaged."));
  if (g_error_matches (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_FORMAT))
    return g_strdup (_ ("This file holds no keys."));
  return chappe_error_text (error);
}

static void
show_done (ChappeKeyFileDialog *self, unsigned n)
{
  g_autofree char *text =
    self->import ? g_strdup_printf (ngettext ("%'u key was new", "%'u keys were new", n), n)
                 : g_strdup_printf (ngettext ("%'u key saved", "%'u keys saved", n), n);

  adw_status_page_set_title (self->done, self->import ? _ ("Keys Imported") : _ ("Keys Saved"));
  adw_status_page_set_description (self->done, text);
  gtk_stack_set_visible_child_name (self->stack, "done");
  gtk_accessible_announce (GTK_ACCESSIBLE (self),
                           text,
                           GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

static void
ended_cb (GtkWidget *owner, const GValue *value, const GError *error)
{
  ChappeKeyFileDialog *self = CHAPPE_KEY_FILE_DIALOG (owner);
  g_autofree char *text = NULL;

  if (error == NULL)
    {
      gtk_editable_set_text (self->password, "");
      gtk_editable_set_text (self->again, "");
      show_done (self, g_value_get_uint (value));
      return;
    }
  gtk_stack_set_visible_child_name (self->stack, "ask");
  if (mx_error_is_cancelled (error))
    return;
  text = error_text (error);
  set_error (self, text);
  gtk_widget_grab_focus (GTK_WIDGET (self->password));
}

void
chappe_key_file_dialog_run (ChappeKeyFileDialog *self, GFile *file)
{
  g_autoptr (MxSecret) password = mx_secret_new_text (gtk_editable_get_text (self->password));
  g_autoptr (ChappeEncryptionTask) task =
    chappe_encryption_task_new (GTK_WIDGET (self), progress_cb, ended_cb);

  gtk_label_set_label (self->busy_text, _ ("One Moment…"));
  gtk_progress_bar_set_fraction (self->progress, 0);
  gtk_stack_set_visible_child_name (self->stack, "busy");
  chappe_encryption_task_run (task,
                              (self->import ? mx_key_file_import
                                            : mx_key_file_export) (self->encryption,
                                                                   file,
                                                                   password,
                                                                   chappe_encryption_task_progress,
                                                                   task));
}

static void
chosen_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ChappeKeyFileDialog) self = user_data;
  GtkFileDialog *dialog = GTK_FILE_DIALOG (source);
  g_autoptr (GFile) file = self->import ? gtk_file_dialog_open_finish (dialog, result, NULL)
                                        : gtk_file_dialog_save_finish (dialog, result, NULL);

  if (file != NULL && self->stack != NULL)
    chappe_key_file_dialog_run (self, file);
}

static void
choose_cb (ChappeKeyFileDialog *self)
{
  g_autoptr (GtkFileDialog) dialog = NULL;
  const char *text = problem (self);
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));

  if (text != NULL)
    {
      set_error (self, *text != '\0' ? text : NULL);
      return;
    }
  dialog = gtk_file_dialog_new ();
  if (self->import)
    {
      gtk_file_dialog_set_title (dialog, _ ("Import Keys"));
      gtk_file_dialog_open (dialog, window, NULL, chosen_cb, g_object_ref (self));
      return;
    }
  gtk_file_dialog_set_title (dialog, _ ("Save Keys"));
  /* TRANSLATORS: name of a file */
  gtk_file_dialog_set_initial_name (dialog, _ ("message-keys.txt"));
  gtk_file_dialog_save (dialog, window, NULL, chosen_cb, g_object_ref (self));
}

static void
close_cb (ChappeKeyFileDialog *self)
{
  adw_dialog_close (ADW_DIALOG (self));
}

/* -- type */

static void
chappe_key_file_dialog_dispose (GObject *object)
{
  ChappeKeyFileDialog *self = CHAPPE_KEY_FILE_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), CHAPPE_TYPE_KEY_FILE_DIALOG);
  g_clear_object (&self->encryption);

  G_OBJECT_CLASS (chappe_key_file_dialog_parent_class)->dispose (object);
}

#define CHILD(name) gtk_widget_class_bind_template_child (widget_class, ChappeKeyFileDialog, name)

static void
chappe_key_file_dialog_class_init (ChappeKeyFileDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_key_file_dialog_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-key-file-dialog.ui");
  CHILD (stack);
  CHILD (intro);
  CHILD (password);
  CHILD (again);
  CHILD (strength_box);
  CHILD (strength);
  CHILD (strength_text);
  CHILD (error);
  CHILD (choose_button);
  CHILD (busy_text);
  CHILD (progress);
  CHILD (done);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, choose_cb);
  gtk_widget_class_bind_template_callback (widget_class, close_cb);
}

static void
chappe_key_file_dialog_init (ChappeKeyFileDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

ChappeKeyFileDialog *
chappe_key_file_dialog_new (MxEncryption *encryption, gboolean import)
{
  ChappeKeyFileDialog *self = g_object_new (CHAPPE_TYPE_KEY_FILE_DIALOG, NULL);

  g_set_object (&self->encryption, encryption);
  self->import = import;
  adw_dialog_set_title (ADW_DIALOG (self), import ? _ ("Import Keys") : _ ("Save My Keys"));
  gtk_label_set_label (
    self->intro,
    import ? _ ("Enter the password that was chosen when the file was saved. This is not the "
                "verification code.")
           : _ ("Whoever has the file and its password can read your messages. Choose a password "
                "that you use nowhere else. This is not the verification code."));
  gtk_button_set_label (self->choose_button, import ? _ ("_Choose the File…") : _ ("_Save…"));
  gtk_widget_set_visible (GTK_WIDGET (self->again), !import);
  gtk_widget_set_visible (self->strength_box, !import);
  changed_cb (self);

  return self;
}

void
chappe_key_file_dialog_present (GtkWidget *parent, MxEncryption *encryption, gboolean import)
{
  adw_dialog_present (ADW_DIALOG (chappe_key_file_dialog_new (encryption, import)), parent);
}
