/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "chappe-conversation-actions.h"

#include "chappe-error-text.h"
#include "chappe-shield-mark.h"
#include "chappe-time-text.h"
#include "chappe-undo.h"
#include "chappe-unreadable-dialog.h"
#include "mx-matrix-id.h"

#include <adwaita.h>
#include <glib/gi18n.h>

static void
toast (GtkWidget *widget, const char *text)
{
  gtk_widget_activate_action (widget, "win.toast", "s", text);
}

void
chappe_conversation_copy_text (GtkWidget *widget, MxTimelineItem *item)
{
  MxContent *content = mx_timeline_item_get_content (item);
  const char *body = content != NULL ? mx_content_get_body (content) : NULL;

  if (body == NULL)
    return;

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), body);
  toast (widget, _ ("Text copied"));
}

void
chappe_conversation_copy_link (GtkWidget *widget, MxRoom *room, const char *event_id)
{
  MxLink link = { MX_LINK_EVENT, (char *) mx_room_get_id (room), (char *) event_id, NULL };
  g_autofree char *uri = mx_link_to_uri (&link);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), uri);
  toast (widget, _ ("Link copied"));
}

static void
add_property (AdwPreferencesGroup *group, const char *title, const char *value)
{
  GtkWidget *row = NULL;

  if (value == NULL)
    return;

  row = adw_action_row_new ();
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), value);
  adw_action_row_set_subtitle_selectable (ADW_ACTION_ROW (row), TRUE);
  gtk_widget_add_css_class (row, "property");
  adw_preferences_group_add (group, row);
}

static char *
dup_readers (MxTimelineItem *item)
{
  const char *const *readers = mx_timeline_item_get_receipts (item);
  unsigned n = g_strv_length ((char **) readers);

  return n > 0 ? g_strdup_printf (ngettext ("%u person", "%u people", n), n) : NULL;
}

/* NULL: nothing to say. */
static const char *
encryption_text (MxTimelineItem *item)
{
  MxShieldReason reason = MX_SHIELD_REASON_NONE;

  if (mx_timeline_item_get_shield (item, &reason) != MX_SHIELD_NONE)
    return chappe_shield_text (reason);
  return mx_timeline_item_is_encrypted (item) ? _ ("End-to-end encrypted") : NULL;
}

void
chappe_conversation_show_properties (GtkWidget *widget, MxTimelineItem *item)
{
  AdwDialog *dialog = adw_dialog_new ();
  GtkWidget *view = adw_toolbar_view_new ();
  GtkWidget *page = adw_preferences_page_new ();
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  g_autofree char *time = chappe_time_text_full (mx_timeline_item_get_timestamp (item));
  g_autofree char *readers = dup_readers (item);

  add_property (group, _ ("Written by"), mx_timeline_item_get_sender_name (item));
  add_property (group, _ ("Sent"), time);
  if (mx_timeline_item_is_edited (item))
    add_property (group, _ ("Changed"), _ ("This message was edited after it was sent"));
  add_property (group, _ ("Read by"), readers);
  add_property (group, _ ("Encryption"), encryption_text (item));
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), group);

  adw_toolbar_view_add_top_bar (ADW_TOOLBAR_VIEW (view), adw_header_bar_new ());
  adw_toolbar_view_set_content (ADW_TOOLBAR_VIEW (view), page);
  adw_dialog_set_title (dialog, _ ("Message Properties"));
  adw_dialog_set_content_width (dialog, 400);
  adw_dialog_set_child (dialog, view);
  adw_dialog_present (dialog, widget);
}

void
chappe_conversation_explain (GtkWidget *widget, MxTimelineItem *item)
{
  if (mx_timeline_item_get_failure (item) != MX_DECRYPTION_OK)
    adw_dialog_present (ADW_DIALOG (chappe_unreadable_dialog_new (item)), widget);
}

typedef struct
{
  MxRoom *room;
  char *event_id;
} Deletion;

static void
deletion_free (Deletion *deletion)
{
  g_object_unref (deletion->room);
  g_free (deletion->event_id);
  g_free (deletion);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Deletion, deletion_free)

static void
delete_answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Deletion) deletion = user_data;
  const char *answer = adw_alert_dialog_choose_finish (ADW_ALERT_DIALOG (source), result);
  g_autoptr (GError) error = NULL;

  if (!g_str_equal (answer, "delete") ||
      mx_room_redact (deletion->room, deletion->event_id, NULL, &error))
    return;

  {
    g_autofree char *text = chappe_error_text_for (error, CHAPPE_TASK_SEND);

    toast (GTK_WIDGET (source), text);
  }
}

void
chappe_conversation_ask_delete (GtkWidget *widget, MxRoom *room, const char *event_id)
{
  AdwAlertDialog *dialog = ADW_ALERT_DIALOG (
    adw_alert_dialog_new (_ ("Delete This Message?"),
                          _ ("It disappears for everybody. This cannot be undone.")));
  Deletion *deletion = g_new0 (Deletion, 1);

  adw_alert_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "delete", _ ("_Delete"), NULL);
  adw_alert_dialog_set_response_appearance (dialog, "delete", ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (dialog, "cancel");
  adw_alert_dialog_set_close_response (dialog, "cancel");
  deletion->room = g_object_ref (room);
  deletion->event_id = g_strdup (event_id);
  adw_alert_dialog_choose (dialog, widget, NULL, delete_answered_cb, deletion);
}

/* -- A message that is not sent yet */

typedef struct
{
  MxRoom *room;
  char *event_type;
  char *content;
} Unsent;

static void
unsent_free (gpointer data)
{
  Unsent *unsent = data;

  g_object_unref (unsent->room);
  g_free (unsent->event_type);
  g_free (unsent->content);
  g_free (unsent);
}

static void
send_after_all (gpointer data)
{
  Unsent *unsent = data;
  g_autoptr (GError) error = NULL;

  if (!mx_room_send_content (unsent->room, unsent->event_type, unsent->content, NULL, &error))
    g_message ("A discarded message could not be queued again: %d", error->code);
}

void
chappe_conversation_discard (GtkWidget *widget, MxRoom *room, MxTimelineItem *item)
{
  const char *txn_id = mx_timeline_item_get_txn_id (item);
  MxContent *content = mx_timeline_item_get_content (item);
  Unsent *unsent = g_new0 (Unsent, 1);
  gboolean known = FALSE;

  unsent->room = g_object_ref (room);
  known = mx_room_dup_unsent (room, txn_id, &unsent->event_type, &unsent->content);
  mx_room_cancel_send (room, txn_id);
  if (known)
    chappe_undo_offer (widget, _ ("Message not sent"), send_after_all, unsent, unsent_free);
  else
    {
      /* A file goes with its entry: there is nothing to queue again. */
      if (content != NULL && mx_content_get_media (content) != NULL)
        toast (widget, _ ("File not sent"));
      unsent_free (unsent);
    }
}
