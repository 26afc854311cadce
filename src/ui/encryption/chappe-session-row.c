/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A device of the account. */
#include "config.h"

#include "chappe-session-row.h"

#include "chappe-time-text.h"
#include "chappe-wrap-button.h"

#include <glib/gi18n.h>

struct _ChappeSessionRow
{
  AdwExpanderRow parent_instance;

  GtkCheckButton *check;
  GtkImage *icon;
  AdwEntryRow *name_row;
  AdwActionRow *id_row;
  AdwActionRow *fingerprint_row;
  AdwActionRow *address_row;
  GtkWidget *verify_row;
  GtkWidget *sign_out_row;

  char *device_id;
};

G_DEFINE_FINAL_TYPE (ChappeSessionRow, chappe_session_row, ADW_TYPE_EXPANDER_ROW)

typedef enum
{
  VERIFY,
  SIGN_OUT,
  RENAMED,
  SELECTED,
} ChappeSessionRowSignal;

static unsigned signals[SELECTED + 1];

static void
verify_cb (ChappeSessionRow *self)
{
  g_signal_emit (self, signals[VERIFY], 0);
}

static void
sign_out_cb (ChappeSessionRow *self)
{
  g_signal_emit (self, signals[SIGN_OUT], 0);
}

static void
renamed_cb (ChappeSessionRow *self)
{
  g_signal_emit (self, signals[RENAMED], 0, gtk_editable_get_text (GTK_EDITABLE (self->name_row)));
}

static void
selected_cb (ChappeSessionRow *self)
{
  g_signal_emit (self, signals[SELECTED], 0);
}

static const char *
trust_text (const ChappeSessionFacts *facts)
{
  if (facts->fingerprint == NULL)
    return _ ("Takes no part in encryption");
  switch (facts->trust)
    {
    case MX_DEVICE_CROSS_SIGNED:
    case MX_DEVICE_VERIFIED:
      return _ ("Verified device");
    case MX_DEVICE_BLOCKED:
      return _ ("Blocked device");
    case MX_DEVICE_UNVERIFIED:
    default:
      return _ ("Unverified device");
    }
}

static const char *
trust_icon (const ChappeSessionFacts *facts)
{
  if (facts->fingerprint == NULL)
    return "computer-symbolic";
  return facts->trust == MX_DEVICE_UNVERIFIED || facts->trust == MX_DEVICE_BLOCKED
           ? "dialog-warning-symbolic"
           : "object-select-symbolic";
}

static char *
dup_subtitle (const ChappeSessionFacts *facts)
{
  g_autofree char *seen = chappe_time_text_short (facts->last_seen);

  if (*seen == '\0')
    return g_strdup (trust_text (facts));
  /* TRANSLATORS: state of a device, and when it was active last: Verified device · active Yesterday
   */
  return g_strdup_printf (_ ("%s · active %s"), trust_text (facts), seen);
}

static void
show_property (AdwActionRow *row, const char *value)
{
  adw_action_row_set_subtitle (row, value != NULL ? value : "");
  gtk_widget_set_visible (GTK_WIDGET (row), value != NULL);
}

static void
chappe_session_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CHAPPE_TYPE_SESSION_ROW);

  G_OBJECT_CLASS (chappe_session_row_parent_class)->dispose (object);
}

static void
chappe_session_row_finalize (GObject *object)
{
  g_free (CHAPPE_SESSION_ROW (object)->device_id);

  G_OBJECT_CLASS (chappe_session_row_parent_class)->finalize (object);
}

static void
add_signals (GType type)
{
  signals[VERIFY] =
    g_signal_new ("verify", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGN_OUT] =
    g_signal_new ("sign-out", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[RENAMED] = g_signal_new (
    "renamed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SELECTED] =
    g_signal_new ("selected", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
chappe_session_row_class_init (ChappeSessionRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_session_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = chappe_session_row_finalize;
  add_signals (G_TYPE_FROM_CLASS (klass));

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-session-row.ui");
  gtk_widget_class_bind_template_child (widget_class, ChappeSessionRow, check);
  gtk_widget_class_bind_template_child (widget_class, ChappeSessionRow, icon);
  gtk_widget_class_bind_template_child (widget_class, ChappeSessionRow, name_row);
  gtk_widget_class_bind_template_child (widget_class, ChappeSessionRow, id_row);
  gtk_widget_class_bind_template_child (widget_class, ChappeSessionRow, fingerprint_row);
  gtk_widget_class_bind_template_child (widget_class, ChappeSessionRow, address_row);
  gtk_widget_class_bind_template_child (widget_class, ChappeSessionRow, verify_row);
  gtk_widget_class_bind_template_child (widget_class, ChappeSessionRow, sign_out_row);
  gtk_widget_class_bind_template_callback (widget_class, selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, renamed_cb);
  gtk_widget_class_bind_template_callback (widget_class, verify_cb);
  gtk_widget_class_bind_template_callback (widget_class, sign_out_cb);
}

static void
chappe_session_row_init (ChappeSessionRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  chappe_wrap_buttons_below (GTK_WIDGET (self));
}

GtkWidget *
chappe_session_row_new (void)
{
  return g_object_new (CHAPPE_TYPE_SESSION_ROW, NULL);
}

void
chappe_session_row_show (ChappeSessionRow *self, const ChappeSessionFacts *facts)
{
  g_autofree char *subtitle = dup_subtitle (facts);
  const char *name = *facts->name != '\0' ? facts->name : facts->device_id;

  g_return_if_fail (CHAPPE_IS_SESSION_ROW (self));

  g_set_str (&self->device_id, facts->device_id);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), name);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), subtitle);
  gtk_image_set_from_icon_name (self->icon, trust_icon (facts));
  /* What is being typed stays. */
  if (gtk_widget_get_focus_child (GTK_WIDGET (self->name_row)) == NULL)
    {
      adw_entry_row_set_show_apply_button (self->name_row, FALSE);
      gtk_editable_set_text (GTK_EDITABLE (self->name_row), facts->name);
      adw_entry_row_set_show_apply_button (self->name_row, TRUE);
    }
  show_property (self->id_row, facts->device_id);
  show_property (self->fingerprint_row, facts->fingerprint);
  show_property (self->address_row, facts->last_ip);
  gtk_widget_set_visible (self->verify_row,
                          facts->can_verify && facts->fingerprint != NULL &&
                            facts->trust == MX_DEVICE_UNVERIFIED);
  gtk_widget_set_visible (self->sign_out_row, !facts->is_this);
}

const char *
chappe_session_row_get_device_id (ChappeSessionRow *self)
{
  return self->device_id;
}

void
chappe_session_row_set_selectable (ChappeSessionRow *self, gboolean selectable)
{
  gtk_widget_set_visible (GTK_WIDGET (self->check), selectable);
  if (!selectable)
    gtk_check_button_set_active (self->check, FALSE);
}

gboolean
chappe_session_row_is_selected (ChappeSessionRow *self)
{
  return gtk_check_button_get_active (self->check);
}
