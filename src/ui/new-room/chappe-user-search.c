/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Finds people by name while it is typed. */
#include "config.h"

#include "chappe-user-search.h"

#include "chappe-avatar.h"
#include "chappe-error-text.h"

#include "mx-flow.h"
#include "mx-matrix-id.h"

#include <glib/gi18n.h>

#define MAX_RESULTS 50

struct _ChappeUserSearch
{
  GtkBox parent_instance;

  GtkSearchEntry *entry;
  GtkLabel *message;
  GtkListBox *results;

  MxSession *session;
  unsigned request;
};

G_DEFINE_FINAL_TYPE (ChappeUserSearch, chappe_user_search, GTK_TYPE_BOX)

typedef enum
{
  PICKED,
} ChappeUserSearchSignal;

static unsigned signals[PICKED + 1];

static void
set_message (ChappeUserSearch *self, const char *text)
{
  gtk_label_set_label (self->message, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->message), text != NULL);
}

static void
add_result (ChappeUserSearch *self, const char *user_id, const char *name, const char *avatar_url)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *avatar = chappe_avatar_new (32);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), mx_id_get_server (user_id));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  chappe_avatar_set (CHAPPE_AVATAR (avatar), self->session, avatar_url, name);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), avatar);
  g_object_set_data_full (G_OBJECT (row), "user-id", g_strdup (user_id), g_free);
  gtk_list_box_append (self->results, row);
}

static void
show_results (ChappeUserSearch *self, GPtrArray *hits)
{
  const char *term = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  gboolean typed_listed = FALSE;
  unsigned n = MIN (hits != NULL ? hits->len : 0, MAX_RESULTS);

  gtk_list_box_remove_all (self->results);
  for (unsigned i = 0; i < n; i++)
    {
      const MxUserHit *hit = hits->pdata[i];

      typed_listed |= g_str_equal (hit->user_id, term);
      add_result (self,
                  hit->user_id,
                  hit->display_name != NULL ? hit->display_name : hit->user_id,
                  hit->avatar_url);
    }
  /* A complete user name is taken as it is: directories do not list everybody. */
  if (!typed_listed && mx_user_id_is_valid (term))
    {
      add_result (self, term, term, NULL);
      n++;
    }
  gtk_widget_set_visible (GTK_WIDGET (self->results), n > 0);
  set_message (self, n == 0 && *term != '\0' ? _ ("Nobody of this name was found.") : NULL);
}

static void
found_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  ChappeUserSearch *self = CHAPPE_USER_SEARCH (owner);
  g_autofree char *text = NULL;

  if (GPOINTER_TO_UINT (user_data) != self->request)
    return;
  show_results (self, error == NULL ? g_value_get_boxed (value) : NULL);
  text = chappe_error_text (error);
  if (text != NULL)
    set_message (self, text);
}

static void
changed_cb (ChappeUserSearch *self)
{
  g_autofree char *term =
    g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));

  self->request++;
  if (g_utf8_strlen (term, -1) < 2 || self->session == NULL)
    {
      show_results (self, NULL);
      set_message (self, NULL);
      return;
    }
  mx_watch (self,
            mx_session_search_users (self->session, term),
            found_cb,
            GUINT_TO_POINTER (self->request));
}

static void
pick (ChappeUserSearch *self, GtkWidget *row)
{
  g_signal_emit (self,
                 signals[PICKED],
                 0,
                 g_object_get_data (G_OBJECT (row), "user-id"),
                 adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)));
}

static void
row_activated_cb (ChappeUserSearch *self, GtkListBoxRow *row)
{
  pick (self, GTK_WIDGET (row));
}

static void
activate_cb (ChappeUserSearch *self)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->results, 0);

  if (row != NULL && gtk_widget_get_visible (GTK_WIDGET (self->results)))
    pick (self, GTK_WIDGET (row));
}

/* Escape clears the entry, then closes the dialog around it. */
static void
stop_cb (ChappeUserSearch *self)
{
  GtkWidget *dialog = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_DIALOG);

  if (*gtk_editable_get_text (GTK_EDITABLE (self->entry)) != '\0')
    gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  else if (dialog != NULL)
    adw_dialog_close (ADW_DIALOG (dialog));
}

static gboolean
chappe_user_search_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (CHAPPE_USER_SEARCH (widget)->entry));
}

static void
chappe_user_search_dispose (GObject *object)
{
  ChappeUserSearch *self = CHAPPE_USER_SEARCH (object);

  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (self), CHAPPE_TYPE_USER_SEARCH);

  G_OBJECT_CLASS (chappe_user_search_parent_class)->dispose (object);
}

static void
chappe_user_search_class_init (ChappeUserSearchClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_user_search_dispose;
  widget_class->grab_focus = chappe_user_search_grab_focus;

  signals[PICKED] = g_signal_new ("picked",
                                  G_TYPE_FROM_CLASS (klass),
                                  G_SIGNAL_RUN_LAST,
                                  0,
                                  NULL,
                                  NULL,
                                  NULL,
                                  G_TYPE_NONE,
                                  2,
                                  G_TYPE_STRING,
                                  G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-user-search.ui");
  gtk_widget_class_bind_template_child (widget_class, ChappeUserSearch, entry);
  gtk_widget_class_bind_template_child (widget_class, ChappeUserSearch, message);
  gtk_widget_class_bind_template_child (widget_class, ChappeUserSearch, results);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
}

static void
chappe_user_search_init (ChappeUserSearch *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
chappe_user_search_set_session (ChappeUserSearch *self, MxSession *session)
{
  g_set_object (&self->session, session);
}

void
chappe_user_search_set_term (ChappeUserSearch *self, const char *term)
{
  gtk_editable_set_text (GTK_EDITABLE (self->entry), term != NULL ? term : "");
}
