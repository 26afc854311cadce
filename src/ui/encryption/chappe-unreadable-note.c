/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A message that cannot be read. */
#include "config.h"

#include "chappe-unreadable-note.h"

#include "chappe-unreadable-text.h"

#include <glib/gi18n.h>

struct _ChappeUnreadableNote
{
  AdwBin parent_instance;

  GtkLabel *text;
  GtkWidget *more_button;

  MxDecryptionFailure failure;
  unsigned grace_id;
};

G_DEFINE_FINAL_TYPE (ChappeUnreadableNote, chappe_unreadable_note, ADW_TYPE_BIN)

static void
say_why (ChappeUnreadableNote *self)
{
  gtk_label_set_label (self->text, chappe_unreadable_short (self->failure));
  gtk_widget_set_visible (self->more_button, TRUE);
}

static gboolean
grace_cb (gpointer user_data)
{
  ChappeUnreadableNote *self = user_data;

  self->grace_id = 0;
  say_why (self);

  return G_SOURCE_REMOVE;
}

/* Only what may solve itself within seconds is waited for. */
static gint64
grace_left (MxDecryptionFailure failure, gint64 since)
{
  if (failure != MX_DECRYPTION_NO_KEY)
    return 0;

  return CLAMP (since + CHAPPE_UNREADABLE_GRACE_MS - g_get_real_time () / 1000,
                0,
                CHAPPE_UNREADABLE_GRACE_MS);
}

static void
chappe_unreadable_note_dispose (GObject *object)
{
  ChappeUnreadableNote *self = CHAPPE_UNREADABLE_NOTE (object);

  g_clear_handle_id (&self->grace_id, g_source_remove);
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), CHAPPE_TYPE_UNREADABLE_NOTE);

  G_OBJECT_CLASS (chappe_unreadable_note_parent_class)->dispose (object);
}

static void
chappe_unreadable_note_class_init (ChappeUnreadableNoteClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_unreadable_note_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-unreadable-note.ui");
  gtk_widget_class_bind_template_child (widget_class, ChappeUnreadableNote, text);
  gtk_widget_class_bind_template_child (widget_class, ChappeUnreadableNote, more_button);
}

static void
chappe_unreadable_note_init (ChappeUnreadableNote *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
chappe_unreadable_note_new (void)
{
  return g_object_new (CHAPPE_TYPE_UNREADABLE_NOTE, NULL);
}

void
chappe_unreadable_note_show (ChappeUnreadableNote *self,
                             MxDecryptionFailure failure,
                             gint64 since,
                             const char *event_id)
{
  gint64 left = grace_left (failure, since);

  g_return_if_fail (CHAPPE_IS_UNREADABLE_NOTE (self));

  g_clear_handle_id (&self->grace_id, g_source_remove);
  self->failure = failure;
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->more_button),
                                    "s",
                                    event_id != NULL ? event_id : "");
  if (left == 0)
    {
      say_why (self);
      return;
    }
  gtk_label_set_label (self->text, _ ("Decrypting…"));
  gtk_widget_set_visible (self->more_button, FALSE);
  self->grace_id = g_timeout_add ((unsigned) left, grace_cb, self);
}
