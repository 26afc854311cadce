/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A request to verify, in the place of a message. */
#include "config.h"

#include "chappe-verification-note.h"

#include "chappe-verification-dialog.h"
#include "chappe-verification-text.h"

#include <glib/gi18n.h>

struct _ChappeVerificationNote
{
  AdwBin parent_instance;

  GtkImage *icon;
  GtkLabel *title;
  GtkLabel *state;
  GtkButton *act_button;

  MxTimelineItem *item;
  MxVerification *live; /* the last that was under way for it */
  GSignalGroup *list_signals;
  GSignalGroup *live_signals;
};

G_DEFINE_FINAL_TYPE (ChappeVerificationNote, chappe_verification_note, ADW_TYPE_BIN)

static gboolean
awaits_us (MxVerification *verification)
{
  return mx_verification_get_phase (verification) == MX_VERIFICATION_REQUESTED &&
         mx_verification_is_incoming (verification);
}

/* Caller frees; NULL: nothing is to be said. */
static char *
state_text (const MxVerificationTrace *trace)
{
  switch (trace->state)
    {
    case MX_VERIFICATION_TRACE_RUNNING:
      if (trace->live != NULL && awaits_us (trace->live))
        return g_strdup (_ ("Your answer is awaited."));
      if (trace->live != NULL &&
          mx_verification_get_phase (trace->live) == MX_VERIFICATION_REQUESTED)
        return g_strdup (_ ("The answer is awaited."));
      return g_strdup (_ ("Under way"));
    case MX_VERIFICATION_TRACE_DONE:
      return g_strdup (_ ("Verified"));
    case MX_VERIFICATION_TRACE_CANCELLED:
      return chappe_verification_text_for_code (trace->code, trace->by_us, FALSE);
    case MX_VERIFICATION_TRACE_ELSEWHERE:
      return g_strdup (_ ("It goes on on another device, or is over."));
    case MX_VERIFICATION_TRACE_EXPIRED:
      return g_strdup (_ ("It was not answered in time."));
    case MX_VERIFICATION_TRACE_FOREIGN:
    default:
      return NULL;
    }
}

static char *
title_text (const MxVerificationTrace *trace, gboolean own, const char *asking, const char *asked)
{
  if (own)
    return g_strdup_printf (_ ("You asked %s to compare a series of emoji"), asked);
  if (trace->state == MX_VERIFICATION_TRACE_FOREIGN)
    /* TRANSLATORS: two people */
    return g_strdup_printf (_ ("%s asked %s to compare a series of emoji"), asking, asked);
  return g_strdup_printf (_ ("%s asks you to compare a series of emoji"), asking);
}

void
chappe_verification_note_show (ChappeVerificationNote *self,
                               const MxVerificationTrace *trace,
                               gboolean own,
                               const char *asking,
                               const char *asked)
{
  g_autofree char *title = title_text (trace, own, asking, asked);
  g_autofree char *state = state_text (trace);
  gboolean warning = trace->state == MX_VERIFICATION_TRACE_CANCELLED &&
                     chappe_verification_text_is_warning (trace->code);

  g_return_if_fail (CHAPPE_IS_VERIFICATION_NOTE (self));

  gtk_image_set_from_icon_name (self->icon,
                                trace->state == MX_VERIFICATION_TRACE_DONE
                                  ? "object-select-symbolic"
                                : warning ? "dialog-warning-symbolic"
                                          : "security-medium-symbolic");
  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->state, state != NULL ? state : "");
  gtk_widget_set_visible (GTK_WIDGET (self->state), state != NULL);
  gtk_widget_set_css_classes (GTK_WIDGET (self->state),
                              (const char *[]) { "caption", warning ? "error" : NULL, NULL });
  gtk_widget_set_visible (GTK_WIDGET (self->act_button),
                          trace->state == MX_VERIFICATION_TRACE_RUNNING);
  gtk_button_set_label (self->act_button,
                        trace->live != NULL && !awaits_us (trace->live) ? _ ("_Continue…")
                                                                        : _ ("_Accept…"));
}

static void
update (ChappeVerificationNote *self)
{
  g_auto (MxVerificationTrace) trace = { 0 };
  MxRoom *room = NULL;
  const char *asked = NULL;

  if (self->item == NULL)
    return;
  mx_verification_trace_find (&trace, self->item, self->live);
  if (trace.live != NULL && g_set_object (&self->live, trace.live))
    g_signal_group_set_target (self->live_signals, self->live);
  room = mx_timeline_item_get_room (self->item);
  /* TRANSLATORS: in "You asked %s to compare…", of whom no name is known */
  asked = trace.user_id != NULL ? mx_room_get_member_name (room, trace.user_id) : _ ("somebody");
  chappe_verification_note_show (self,
                                 &trace,
                                 mx_timeline_item_is_own (self->item),
                                 mx_timeline_item_get_sender_name (self->item),
                                 asked);
}

static void
act_cb (ChappeVerificationNote *self)
{
  if (self->live == NULL)
    return;
  if (awaits_us (self->live))
    mx_verification_accept (self->live);
  chappe_verification_dialog_present (GTK_WIDGET (self), self->live);
}

static void
chappe_verification_note_dispose (GObject *object)
{
  ChappeVerificationNote *self = CHAPPE_VERIFICATION_NOTE (object);

  g_clear_object (&self->list_signals);
  g_clear_object (&self->live_signals);
  g_clear_object (&self->live);
  g_clear_object (&self->item);
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), CHAPPE_TYPE_VERIFICATION_NOTE);

  G_OBJECT_CLASS (chappe_verification_note_parent_class)->dispose (object);
}

static void
chappe_verification_note_class_init (ChappeVerificationNoteClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_verification_note_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-verification-note.ui");
  gtk_widget_class_bind_template_child (widget_class, ChappeVerificationNote, icon);
  gtk_widget_class_bind_template_child (widget_class, ChappeVerificationNote, title);
  gtk_widget_class_bind_template_child (widget_class, ChappeVerificationNote, state);
  gtk_widget_class_bind_template_child (widget_class, ChappeVerificationNote, act_button);
  gtk_widget_class_bind_template_callback (widget_class, act_cb);
}

static void
chappe_verification_note_init (ChappeVerificationNote *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->list_signals = g_signal_group_new (MX_TYPE_VERIFICATIONS);
  g_signal_group_connect_swapped (self->list_signals, "items-changed", G_CALLBACK (update), self);
  self->live_signals = g_signal_group_new (MX_TYPE_VERIFICATION);
  g_signal_group_connect_swapped (self->live_signals, "notify::phase", G_CALLBACK (update), self);
}

GtkWidget *
chappe_verification_note_new (void)
{
  return g_object_new (CHAPPE_TYPE_VERIFICATION_NOTE, NULL);
}

void
chappe_verification_note_set_item (ChappeVerificationNote *self, MxTimelineItem *item)
{
  MxSession *session = NULL;
  MxEncryption *encryption = NULL;

  g_return_if_fail (CHAPPE_IS_VERIFICATION_NOTE (self));

  if (g_set_object (&self->item, item))
    {
      g_clear_object (&self->live);
      g_signal_group_set_target (self->live_signals, NULL);
    }
  session = item != NULL ? mx_room_get_session (mx_timeline_item_get_room (item)) : NULL;
  encryption = session != NULL ? mx_session_get_encryption (session) : NULL;
  g_signal_group_set_target (self->list_signals,
                             encryption != NULL ? mx_encryption_get_verifications (encryption)
                                                : NULL);
  update (self);
}
