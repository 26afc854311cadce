/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Finds and joins public rooms. */
#include "config.h"

#include "chappe-join-dialog.h"

#include "chappe-avatar.h"
#include "chappe-error-text.h"

#include "mx-flow.h"
#include "mx-matrix-id.h"

#include <glib/gi18n.h>

#define MAX_RESULTS 50

struct _ChappeJoinDialog
{
  AdwDialog parent_instance;

  GtkWidget *spinner;
  GtkSearchEntry *entry;
  GtkLabel *message;
  GtkListBox *results;

  MxSession *session;
  GStrv via; /* of the link that opened the dialog */
  unsigned request;
};

G_DEFINE_FINAL_TYPE (ChappeJoinDialog, chappe_join_dialog, ADW_TYPE_DIALOG)

static void
set_message (ChappeJoinDialog *self, const char *text, gboolean is_error)
{
  gtk_label_set_label (self->message, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->message), text != NULL);
  if (is_error)
    gtk_widget_add_css_class (GTK_WIDGET (self->message), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->message), "error");
}

static void
set_busy (ChappeJoinDialog *self, gboolean busy)
{
  gtk_widget_set_visible (self->spinner, busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->results), !busy);
}

/* The room that the text names by itself, NULL: it is a name to search for. The caller frees it. */
static MxLink *
typed_room (const char *text)
{
  g_autoptr (MxLink) link = mx_link_parse (text, NULL);

  if (link != NULL && link->kind != MX_LINK_NONE && link->kind != MX_LINK_USER)
    return g_steal_pointer (&link);
  if (!mx_room_alias_is_valid (text) && !mx_room_id_is_valid (text))
    return NULL;
  g_clear_pointer (&link, mx_link_free);
  link = g_new0 (MxLink, 1);
  link->kind = *text == '#' ? MX_LINK_ROOM_ALIAS : MX_LINK_ROOM_ID;
  link->id = g_strdup (text);
  return g_steal_pointer (&link);
}

static char *
subtitle_of (const MxRoomHit *hit)
{
  g_autofree char *members =
    g_strdup_printf (ngettext ("%u member", "%u members", hit->members), hit->members);

  if (hit->topic == NULL || *hit->topic == '\0')
    return g_steal_pointer (&members);
  return g_strdup_printf ("%s · %s", members, hit->topic);
}

static void
add_result (ChappeJoinDialog *self,
            const char *id,
            const char *name,
            const char *subtitle,
            const char *avatar_url,
            gboolean joined)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *avatar = chappe_avatar_new (32);
  GtkWidget *label = gtk_label_new (joined ? _ ("Open") : _ ("Join"));

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 3);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  chappe_avatar_set (CHAPPE_AVATAR (avatar), self->session, avatar_url, name);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), avatar);
  gtk_widget_add_css_class (label, joined ? "dim-label" : "accent");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  g_object_set_data_full (G_OBJECT (row), "room", g_strdup (id), g_free);
  gtk_list_box_append (self->results, row);
}

static void
show_results (ChappeJoinDialog *self, GPtrArray *hits)
{
  unsigned n = MIN (hits != NULL ? hits->len : 0, MAX_RESULTS);

  gtk_list_box_remove_all (self->results);
  for (unsigned i = 0; i < n; i++)
    {
      const MxRoomHit *hit = hits->pdata[i];
      g_autofree char *subtitle = subtitle_of (hit);

      add_result (self,
                  hit->room_id,
                  hit->name != NULL    ? hit->name
                  : hit->alias != NULL ? hit->alias
                                       : _ ("Room without a name"),
                  subtitle,
                  hit->avatar_url,
                  hit->joined);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->results), n > 0);
  set_message (self, n == 0 ? _ ("No public room of this name was found.") : NULL, FALSE);
}

static void
found_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  ChappeJoinDialog *self = CHAPPE_JOIN_DIALOG (owner);
  g_autofree char *text = NULL;

  if (GPOINTER_TO_UINT (user_data) != self->request)
    return;
  set_busy (self, FALSE);
  show_results (self, error == NULL ? g_value_get_boxed (value) : NULL);
  text = chappe_error_text_for (error, CHAPPE_TASK_JOIN);
  if (text != NULL)
    set_message (self, text, TRUE);
}

static void
changed_cb (ChappeJoinDialog *self)
{
  g_autofree char *text =
    g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));
  g_autoptr (MxLink) link = typed_room (text);

  self->request++;
  if (link != NULL)
    {
      set_busy (self, FALSE);
      set_message (self, NULL, FALSE);
      gtk_list_box_remove_all (self->results);
      add_result (self, link->id, _ ("Join this room"), link->id, NULL, FALSE);
      gtk_widget_set_visible (GTK_WIDGET (self->results), TRUE);
      if (link->via != NULL && link->via[0] != NULL)
        {
          g_clear_pointer (&self->via, g_strfreev);
          self->via = g_strdupv (link->via);
        }
      return;
    }
  set_busy (self, TRUE);
  gtk_widget_set_sensitive (GTK_WIDGET (self->results), TRUE);
  mx_watch (self,
            mx_session_search_public_rooms (self->session, text),
            found_cb,
            GUINT_TO_POINTER (self->request));
}

static void
joined_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  ChappeJoinDialog *self = CHAPPE_JOIN_DIALOG (owner);
  g_autofree char *text = chappe_error_text_for (error, CHAPPE_TASK_JOIN);

  set_busy (self, FALSE);
  set_message (self, text, text != NULL);
  if (error != NULL)
    return;
  gtk_widget_activate_action (GTK_WIDGET (self), "win.await-room", "s", g_value_get_string (value));
  adw_dialog_close (ADW_DIALOG (self));
}

static void
row_activated_cb (ChappeJoinDialog *self, GtkListBoxRow *row)
{
  set_busy (self, TRUE);
  set_message (self, NULL, FALSE);
  mx_watch (self,
            mx_session_join (self->session,
                             g_object_get_data (G_OBJECT (row), "room"),
                             (const char *const *) self->via),
            joined_cb,
            NULL);
}

static void
activate_cb (ChappeJoinDialog *self)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->results, 0);

  if (row != NULL && gtk_widget_get_visible (GTK_WIDGET (self->results)))
    row_activated_cb (self, row);
}

/* Escape clears the entry, then closes. */
static void
stop_cb (ChappeJoinDialog *self)
{
  if (*gtk_editable_get_text (GTK_EDITABLE (self->entry)) != '\0')
    gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  else
    adw_dialog_close (ADW_DIALOG (self));
}

static void
chappe_join_dialog_dispose (GObject *object)
{
  ChappeJoinDialog *self = CHAPPE_JOIN_DIALOG (object);

  g_clear_object (&self->session);
  g_clear_pointer (&self->via, g_strfreev);
  gtk_widget_dispose_template (GTK_WIDGET (self), CHAPPE_TYPE_JOIN_DIALOG);

  G_OBJECT_CLASS (chappe_join_dialog_parent_class)->dispose (object);
}

static void
chappe_join_dialog_class_init (ChappeJoinDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_join_dialog_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-join-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, ChappeJoinDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, ChappeJoinDialog, entry);
  gtk_widget_class_bind_template_child (widget_class, ChappeJoinDialog, message);
  gtk_widget_class_bind_template_child (widget_class, ChappeJoinDialog, results);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
}

static void
chappe_join_dialog_init (ChappeJoinDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
chappe_join_dialog_new (MxSession *session, const char *room, const char *const *via)
{
  ChappeJoinDialog *self = g_object_new (CHAPPE_TYPE_JOIN_DIALOG, NULL);

  self->session = g_object_ref (session);
  self->via = via != NULL ? g_strdupv ((char **) via) : NULL;
  if (room != NULL)
    gtk_editable_set_text (GTK_EDITABLE (self->entry), room);
  changed_cb (self);
  return GTK_WIDGET (self);
}
