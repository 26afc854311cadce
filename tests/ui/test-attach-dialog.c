/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What is about to be sent: its name and size, what cannot be sent and why, and what leaves. */
#include "config.h"

#include "chappe-attach-dialog.h"
#include "chappe-attachments.h"
#include "chappe-ui.h"
#include "local-server.h"
#include "room-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  char *folder;
  GtkWidget *window;
  ChappeAttachDialog *dialog;
  GListModel *sent;
} Fixture;

static gpointer
child (ChappeAttachDialog *dialog, const char *name)
{
  return gtk_widget_get_template_child (GTK_WIDGET (dialog), CHAPPE_TYPE_ATTACH_DIALOG, name);
}

static void
send_cb (Fixture *fixture, GListModel *attachments)
{
  g_set_object (&fixture->sent, attachments);
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->folder = g_dir_make_tmp ("chappe-attach-XXXXXX", NULL);
  fixture->dialog = g_object_ref_sink (chappe_attach_dialog_new ("Budget"));
  fixture->window = adw_window_new ();
  adw_dialog_present (ADW_DIALOG (fixture->dialog), fixture->window);
  g_signal_connect_swapped (fixture->dialog, "send", G_CALLBACK (send_cb), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  const char *name = NULL;

  adw_dialog_force_close (ADW_DIALOG (fixture->dialog));
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  await_finalized (fixture->dialog);
  g_clear_object (&fixture->sent);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

      g_assert_cmpint (g_remove (path), ==, 0);
    }
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->folder);
}

static void
count_cb (unsigned *n)
{
  (*n)++;
}

/* Adds it and waits until it is known what it is; borrowed. */
static ChappeAttachment *
add (Fixture *fixture, GFile *file)
{
  g_autoptr (ChappeAttachment) attachment = chappe_attachment_new_file (file);
  unsigned changes = 0;
  gulong handler =
    g_signal_connect_swapped (attachment, "changed", G_CALLBACK (count_cb), &changes);

  chappe_attach_dialog_add (fixture->dialog, attachment);
  while (changes == 0)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handler_disconnect (attachment, handler);

  return attachment; /* the dialog keeps it */
}

static GFile *
make_file (Fixture *fixture, const char *name, gsize size)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  g_autofree char *content = g_malloc0 (size + 1);

  memset (content, 'a', size);
  g_assert_true (g_file_set_contents (path, content, (gssize) size, NULL));

  return g_file_new_for_path (path);
}

static void
test_files (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GFile) one = make_file (fixture, "un.txt", 10);
  g_autoptr (GFile) two = make_file (fixture, "deux.txt", 20);
  g_autoptr (ChappeAttachment) first = NULL;

  g_assert_false (gtk_widget_get_sensitive (child (fixture->dialog, "send_button")));
  add (fixture, one);
  g_assert_true (gtk_widget_get_sensitive (child (fixture->dialog, "send_button")));
  g_assert_cmpstr (adw_window_title_get_title (child (fixture->dialog, "title")), ==, "1 file");
  add (fixture, two);
  g_assert_cmpstr (adw_window_title_get_title (child (fixture->dialog, "title")), ==, "2 files");

  g_signal_emit_by_name (child (fixture->dialog, "send_button"), "clicked");
  g_assert_cmpuint (g_list_model_get_n_items (fixture->sent), ==, 2);
  first = g_list_model_get_item (fixture->sent, 0);
  g_assert_cmpstr (chappe_attachment_get_name (first), ==, "un.txt");
}

/* What the server would refuse is told before, and stays here. */
static void
test_limit (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GFile) small = make_file (fixture, "petit.txt", 10);
  g_autoptr (GFile) large = make_file (fixture, "grand.txt", 2000);
  ChappeAttachment *attachment = NULL;
  g_autoptr (ChappeAttachment) only = NULL;
  g_autofree char *problem = NULL;

  attachment = add (fixture, large);
  chappe_attach_dialog_set_limit (fixture->dialog, 1000);
  problem = chappe_attachment_dup_problem (attachment, 1000);
  g_assert_nonnull (strstr (problem, "1.0"));
  g_assert_false (gtk_widget_get_sensitive (child (fixture->dialog, "send_button")));
  add (fixture, small);
  g_assert_cmpstr (adw_window_title_get_title (child (fixture->dialog, "title")), ==, "1 file");
  g_signal_emit_by_name (child (fixture->dialog, "send_button"), "clicked");
  g_assert_cmpuint (g_list_model_get_n_items (fixture->sent), ==, 1);
  only = g_list_model_get_item (fixture->sent, 0);
  g_assert_cmpstr (chappe_attachment_get_name (only), ==, "petit.txt");
}

static void
test_not_a_file (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GFile) folder = g_file_new_for_path (fixture->folder);
  g_autoptr (GFile) missing = g_file_get_child (folder, "nulle-part");
  g_autofree char *of_folder = chappe_attachment_dup_problem (add (fixture, folder), -1);
  g_autofree char *of_missing = chappe_attachment_dup_problem (add (fixture, missing), -1);

  g_assert_nonnull (strstr (of_folder, "folder"));
  g_assert_cmpstr (of_missing, ==, "The file was not found.");
  g_assert_false (gtk_widget_get_sensitive (child (fixture->dialog, "send_button")));
}

static void
test_picture (Fixture *fixture, gconstpointer unused)
{
  static const guint8 pixels[4 * 4 * 3] = { 0 };
  g_autoptr (GBytes) bytes = g_bytes_new_static (pixels, sizeof pixels);
  g_autoptr (GdkTexture) texture = gdk_memory_texture_new (4, 4, GDK_MEMORY_R8G8B8, bytes, 12);
  g_autoptr (ChappeAttachment) attachment = chappe_attachment_new_picture (texture);

  chappe_attach_dialog_add (fixture->dialog, attachment);
  g_assert_true (gtk_widget_get_visible (child (fixture->dialog, "picture")));
  while (chappe_attachment_get_size (attachment) < 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (chappe_attachment_can_send (attachment, -1));
  g_assert_true (g_str_has_suffix (chappe_attachment_get_name (attachment), ".png"));
}

/* Pictures are taken from the clipboard, text is left to the text. */
static void
test_paste (void)
{
  static const guint8 pixels[4 * 4 * 3] = { 0 };
  g_autoptr (GBytes) bytes = g_bytes_new_static (pixels, sizeof pixels);
  g_autoptr (GdkTexture) texture = gdk_memory_texture_new (4, 4, GDK_MEMORY_R8G8B8, bytes, 12);
  g_autoptr (MxRoom) room = room_fixture_new ("Budget", 0);
  GtkWidget *window = gtk_window_new ();
  g_autoptr (ChappeAttachments) attachments = chappe_attachments_new (window);
  GdkClipboard *clipboard = gtk_widget_get_clipboard (window);

  gdk_clipboard_set_text (clipboard, "Bonjour");
  g_assert_false (chappe_attachments_paste (attachments, clipboard));
  /* Without a room there is nowhere to send it. */
  gdk_clipboard_set_texture (clipboard, texture);
  g_assert_false (chappe_attachments_paste (attachments, clipboard));
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  dex_init ();
  chappe_ui_init ();

#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/attach-dialog/files", test_files);
  ADD ("/attach-dialog/limit", test_limit);
  ADD ("/attach-dialog/not-a-file", test_not_a_file);
  ADD ("/attach-dialog/picture", test_picture);
  g_test_add_func ("/attach-dialog/paste", test_paste);

  return g_test_run ();
}
