/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Somebody is not who they were. */
#include "config.h"

#include "chappe-identity-banner.h"

#include "chappe-identity-withdraw.h"
#include "chappe-notice-bar.h"

#include "mx-verification.h"

#include <glib/gi18n.h>

struct _ChappeIdentityBanner
{
  AdwBin parent_instance;

  ChappeNoticeBar *bar;
  MxRoom *room;
  char *user_id; /* whom it is about, NULL */
  GSignalGroup *encryption_signals;
  GSignalGroup *verification_signals;
};

G_DEFINE_FINAL_TYPE (ChappeIdentityBanner, chappe_identity_banner, ADW_TYPE_BIN)

static MxEncryption *
get_encryption (ChappeIdentityBanner *self)
{
  MxSession *session = self->room != NULL ? mx_room_get_session (self->room) : NULL;

  return session != NULL ? mx_session_get_encryption (session) : NULL;
}

static void
update (ChappeIdentityBanner *self)
{
  g_autofree char *user_id = self->room != NULL ? mx_room_find_changed_member (self->room) : NULL;
  g_autofree char *text = NULL;

  if (user_id != NULL && g_strcmp0 (user_id, self->user_id) == 0)
    return;
  g_set_str (&self->user_id, user_id);
  if (user_id == NULL)
    {
      chappe_notice_bar_hide (self->bar);
      return;
    }
  text = g_strdup_printf (_ ("You had verified %s, and their identity is another one now. They may "
                             "have reset it, or somebody pretends to be them. Nothing is sent here "
                             "until you decide."),
                          mx_room_get_member_name (self->room, user_id));
  chappe_notice_bar_show (self->bar,
                          _ ("Identity Changed"),
                          text,
                          _ ("Verify _Again…"),
                          _ ("_Withdraw the Verification…"),
                          FALSE);
}

static void
answered_cb (ChappeIdentityBanner *self, int answer)
{
  if (self->user_id == NULL)
    return;
  if (answer == 1)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.verify-user", "s", self->user_id);
  else if (get_encryption (self) != NULL)
    chappe_identity_withdraw_ask (GTK_WIDGET (self), get_encryption (self), self->user_id);
}

static void
chappe_identity_banner_dispose (GObject *object)
{
  ChappeIdentityBanner *self = CHAPPE_IDENTITY_BANNER (object);

  g_clear_object (&self->encryption_signals);
  g_clear_object (&self->verification_signals);
  g_clear_object (&self->room);
  g_clear_pointer (&self->user_id, g_free);

  G_OBJECT_CLASS (chappe_identity_banner_parent_class)->dispose (object);
}

static void
chappe_identity_banner_class_init (ChappeIdentityBannerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = chappe_identity_banner_dispose;
}

static void
chappe_identity_banner_init (ChappeIdentityBanner *self)
{
  self->bar = g_object_new (CHAPPE_TYPE_NOTICE_BAR, NULL);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->bar));
  g_signal_connect_object (self->bar,
                           "answered",
                           G_CALLBACK (answered_cb),
                           self,
                           G_CONNECT_SWAPPED);
  self->encryption_signals = g_signal_group_new (MX_TYPE_ENCRYPTION);
  g_signal_group_connect_swapped (self->encryption_signals,
                                  "trust-changed",
                                  G_CALLBACK (update),
                                  self);
  /* A verification that ended leaves the list. */
  self->verification_signals = g_signal_group_new (MX_TYPE_VERIFICATIONS);
  g_signal_group_connect_swapped (self->verification_signals,
                                  "items-changed",
                                  G_CALLBACK (update),
                                  self);
}

void
chappe_identity_banner_set_room (ChappeIdentityBanner *self, MxRoom *room)
{
  MxEncryption *encryption = NULL;

  g_return_if_fail (CHAPPE_IS_IDENTITY_BANNER (self));

  g_set_object (&self->room, room);
  encryption = get_encryption (self);
  g_signal_group_set_target (self->encryption_signals, encryption);
  g_signal_group_set_target (self->verification_signals,
                             encryption != NULL ? mx_encryption_get_verifications (encryption)
                                                : NULL);
  update (self);
}
