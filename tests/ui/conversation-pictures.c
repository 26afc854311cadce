/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* conversation-pictures FOLDER: what is sent with a message, who somebody is, requests to verify,
 * as pictures, wide and narrow, light and dark, in the language of the environment. For people to
 * look at. */
#include "config.h"

#include "chappe-attach-dialog.h"
#include "chappe-identity-group.h"
#include "chappe-shot.h"
#include "chappe-sign-out.h"
#include "chappe-ui.h"
#include "chappe-verification-note.h"

#include <glib/gi18n.h>
#include <locale.h>

static void
settle (unsigned ms)
{
  gint64 end = g_get_monotonic_time () + ms * G_TIME_SPAN_MILLISECOND;

  while (g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (5000);
}

static GdkTexture *
texture_new (void)
{
  const int width = 640;
  const int height = 400;
  g_autofree guint8 *pixels = g_malloc ((gsize) width * height * 3);
  g_autoptr (GBytes) bytes = NULL;

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        guint8 *pixel = pixels + (y * width + x) * 3;

        pixel[0] = (guint8) (60 + x / 6);
        pixel[1] = (guint8) (90 + y / 4);
        pixel[2] = 170;
      }
  bytes = g_bytes_new_take (g_steal_pointer (&pixels), (gsize) width * height * 3);

  return gdk_memory_texture_new (width, height, GDK_MEMORY_R8G8B8, bytes, (gsize) width * 3);
}

static void
add_file (ChappeAttachDialog *dialog, const char *name, gsize size)
{
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), name, NULL);
  g_autofree char *content = g_malloc0 (size);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (ChappeAttachment) attachment = NULL;

  g_file_set_contents (path, content, (gssize) size, NULL);
  attachment = chappe_attachment_new_file (file);
  chappe_attach_dialog_add (dialog, attachment);
}

static AdwDialog *
attach (gboolean alone)
{
  ChappeAttachDialog *dialog = chappe_attach_dialog_new ("Projet Annuaire des services");
  g_autoptr (GdkTexture) texture = texture_new ();
  g_autoptr (ChappeAttachment) picture = chappe_attachment_new_picture (texture);

  chappe_attach_dialog_add (dialog, picture);
  if (!alone)
    {
      add_file (dialog, "Compte rendu de la réunion du 12 novembre, version relue.odt", 48000);
      add_file (dialog, "Budget 2027.ods", 130000);
      add_file (dialog, "Enregistrement.mkv", 3000000);
      chappe_attach_dialog_set_limit (dialog, 2000000);
    }

  return ADW_DIALOG (dialog);
}

static AdwDialog *
sign_out (ChappeLoss loss, ChappeOthers others)
{
  g_autofree char *text = chappe_sign_out_text (loss, others);
  AdwDialog *alert = adw_alert_dialog_new (_ ("Sign Out?"), text);

  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (alert),
                                  "cancel",
                                  _ ("_Cancel"),
                                  "back-up",
                                  _ ("Set _Up the Backup…"),
                                  "export",
                                  _ ("Save My _Keys…"),
                                  "sign-out",
                                  _ ("_Sign Out Anyway"),
                                  NULL);

  return alert;
}

static AdwDialog *
make (unsigned number)
{
  switch (number)
    {
    case 0:
      return attach (TRUE);
    case 1:
      return attach (FALSE);
    case 2:
      return sign_out (CHAPPE_LOSS_NO_CODE, CHAPPE_OTHERS_NONE);
    case 3:
      return sign_out (CHAPPE_LOSS_NO_BACKUP, CHAPPE_OTHERS_SOME);
    default:
      return NULL;
    }
}

static GtkWidget *
bubble_new (MxVerificationTraceState state, const char *code, gboolean own)
{
  GtkWidget *bubble = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *note = chappe_verification_note_new ();
  MxVerificationTrace trace = { .state = state, .code = (char *) code };

  chappe_verification_note_show (CHAPPE_VERIFICATION_NOTE (note),
                                 &trace,
                                 own,
                                 "Antoine DELMAS [DINUM]",
                                 "Antoine DELMAS [DINUM]");
  gtk_widget_set_css_classes (bubble, (const char *[]) { "bubble", "unusual", NULL });
  gtk_widget_set_halign (bubble, own ? GTK_ALIGN_END : GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (bubble), note);

  return bubble;
}

static GtkWidget *
small_things (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *scroller = gtk_scrolled_window_new ();

  gtk_widget_add_css_class (box, "room-info");
  for (int trust = MX_IDENTITY_PINNED; trust <= MX_IDENTITY_VIOLATED; trust++)
    {
      ChappeIdentityGroup *group = g_object_new (CHAPPE_TYPE_IDENTITY_GROUP, NULL);

      chappe_identity_group_show (group, (MxIdentityTrust) trust, TRUE);
      gtk_widget_set_visible (GTK_WIDGET (group), TRUE);
      gtk_box_append (GTK_BOX (box), GTK_WIDGET (group));
    }
  gtk_box_append (GTK_BOX (box), bubble_new (MX_VERIFICATION_TRACE_RUNNING, NULL, FALSE));
  gtk_box_append (GTK_BOX (box), bubble_new (MX_VERIFICATION_TRACE_DONE, NULL, TRUE));
  gtk_box_append (GTK_BOX (box), bubble_new (MX_VERIFICATION_TRACE_EXPIRED, NULL, FALSE));
  gtk_box_append (GTK_BOX (box),
                  bubble_new (MX_VERIFICATION_TRACE_CANCELLED, "m.mismatched_sas", TRUE));
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), box);

  return scroller;
}

static void
write_both (GtkWindow *window, const char *folder, unsigned number, gboolean narrow)
{
  for (int dark = 0; dark < 2; dark++)
    {
      g_autofree char *name = g_strdup_printf ("%02u-%s-%s.png",
                                               number,
                                               narrow ? "narrow" : "wide",
                                               dark ? "dark" : "light");
      g_autofree char *path = g_build_filename (folder, name, NULL);

      adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                          dark ? ADW_COLOR_SCHEME_FORCE_DARK
                                               : ADW_COLOR_SCHEME_FORCE_LIGHT);
      settle (400);
      if (!chappe_shot_write (window, path))
        g_printerr ("no picture %s\n", name);
    }
}

int
main (int argc, char *argv[])
{
  if (argc != 2)
    return 1;
  setlocale (LC_ALL, "");
  if (g_getenv ("LOCALEDIR") != NULL)
    bindtextdomain (GETTEXT_PACKAGE, g_getenv ("LOCALEDIR"));
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  gtk_init ();
  dex_init ();
  chappe_ui_init ();

  for (int narrow = 0; narrow < 2; narrow++)
    {
      GtkWidget *window = adw_window_new ();

      adw_window_set_content (ADW_WINDOW (window), small_things ());
      gtk_window_set_default_size (GTK_WINDOW (window), narrow ? 360 : 900, narrow ? 1100 : 900);
      gtk_window_present (GTK_WINDOW (window));
      settle (500);
      write_both (GTK_WINDOW (window), argv[1], 99, narrow);
      for (unsigned number = 0;; number++)
        {
          AdwDialog *dialog = make (number);

          if (dialog == NULL)
            break;
          adw_dialog_present (dialog, window);
          settle (500);
          write_both (GTK_WINDOW (window), argv[1], number, narrow);
          adw_dialog_force_close (dialog);
          settle (300);
        }
      gtk_window_destroy (GTK_WINDOW (window));
    }

  return 0;
}
