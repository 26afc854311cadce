/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Whether somebody is who they say. */
#include "config.h"

#include "chappe-identity-group.h"

#include "chappe-identity-withdraw.h"
#include "chappe-wrap-button.h"

#include <glib/gi18n.h>

struct _ChappeIdentityGroup
{
  AdwPreferencesGroup parent_instance;

  AdwActionRow *state_row;
  GtkImage *state_icon;
  AdwPreferencesRow *verify_row;
  GtkWidget *withdraw_row;

  MxRoom *room;
  char *user_id;
  GSignalGroup *encryption_signals;
};

G_DEFINE_FINAL_TYPE (ChappeIdentityGroup, chappe_identity_group, ADW_TYPE_PREFERENCES_GROUP)

typedef struct
{
  const char *icon;
  const char *title;
  const char *subtitle;
  const char *verify; /* label with mnemonic; NULL: nothing to verify */
} Words;

static Words
words_for (MxIdentityTrust trust)
{
  switch (trust)
    {
    case MX_IDENTITY_VERIFIED:
      return (Words) { "object-select-symbolic",
                       _ ("Identity Verified"),
                       _ ("You have compared a series of emoji with this person."),
                       NULL };
    case MX_IDENTITY_VIOLATED:
      return (Words) { "dialog-warning-symbolic",
                       _ ("Identity Changed"),
                       _ ("You had verified this person, and their identity is another one now. "
                          "Nothing is sent to them in secure rooms until you decide."),
                       _ ("Verify _Again…") };
    case MX_IDENTITY_CHANGED:
      return (Words) { "security-medium-symbolic",
                       _ ("Identity Not Verified"),
                       _ ("It is another one than when you first met: they may have reset it."),
                       _ ("_Verify This Person…") };
    case MX_IDENTITY_NONE:
    case MX_IDENTITY_PINNED:
      break;
    }
  return (Words) { "security-medium-symbolic",
                   _ ("Identity Not Verified"),
                   _ ("Compare a series of emoji, face to face or by telephone, to be sure that it "
                      "is them."),
                   _ ("_Verify This Person…") };
}

void
chappe_identity_group_show (ChappeIdentityGroup *self, MxIdentityTrust trust, gboolean can_verify)
{
  Words words = words_for (trust);

  g_return_if_fail (CHAPPE_IS_IDENTITY_GROUP (self));

  gtk_image_set_from_icon_name (self->state_icon, words.icon);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->state_row), words.title);
  adw_action_row_set_subtitle (self->state_row, words.subtitle);
  if (trust == MX_IDENTITY_VIOLATED)
    gtk_widget_add_css_class (GTK_WIDGET (self->state_icon), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->state_icon), "error");
  /* What this device cannot sign, nobody would see. */
  adw_preferences_row_set_title (self->verify_row,
                                 can_verify ? words.verify : _ ("_Verify This Device First…"));
  gtk_widget_set_visible (GTK_WIDGET (self->verify_row), words.verify != NULL);
  gtk_widget_set_visible (self->withdraw_row, trust == MX_IDENTITY_VIOLATED);
}

static MxEncryption *
get_encryption (ChappeIdentityGroup *self)
{
  MxSession *session = self->room != NULL ? mx_room_get_session (self->room) : NULL;

  return session != NULL ? mx_session_get_encryption (session) : NULL;
}

static gboolean
can_verify (MxEncryption *encryption)
{
  return mx_encryption_get_own_identity (encryption) == MX_OWN_IDENTITY_VERIFIED;
}

static void
update (ChappeIdentityGroup *self)
{
  MxEncryption *encryption = get_encryption (self);
  gboolean shown =
    encryption != NULL && self->user_id != NULL &&
    g_strcmp0 (self->user_id, mx_session_get_user_id (mx_room_get_session (self->room))) != 0;

  gtk_widget_set_visible (GTK_WIDGET (self), shown);
  if (shown)
    chappe_identity_group_show (self,
                                mx_encryption_get_identity_trust (encryption, self->user_id),
                                can_verify (encryption));
}

static void
trust_changed_cb (ChappeIdentityGroup *self, const char *user_id)
{
  if (g_strcmp0 (user_id, self->user_id) == 0)
    update (self);
}

static void
verify_cb (ChappeIdentityGroup *self)
{
  MxEncryption *encryption = get_encryption (self);

  if (encryption == NULL)
    return;
  if (can_verify (encryption))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.verify-user", "s", self->user_id);
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "win.identity", "s", "verify");
}

static void
withdraw_cb (ChappeIdentityGroup *self)
{
  MxEncryption *encryption = get_encryption (self);

  if (encryption != NULL)
    chappe_identity_withdraw_ask (GTK_WIDGET (self), encryption, self->user_id);
}

static void
chappe_identity_group_dispose (GObject *object)
{
  ChappeIdentityGroup *self = CHAPPE_IDENTITY_GROUP (object);

  g_clear_object (&self->encryption_signals);
  gtk_widget_dispose_template (GTK_WIDGET (self), CHAPPE_TYPE_IDENTITY_GROUP);
  g_clear_object (&self->room);
  g_clear_pointer (&self->user_id, g_free);

  G_OBJECT_CLASS (chappe_identity_group_parent_class)->dispose (object);
}

static void
chappe_identity_group_class_init (ChappeIdentityGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_identity_group_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-identity-group.ui");
  gtk_widget_class_bind_template_child (widget_class, ChappeIdentityGroup, state_row);
  gtk_widget_class_bind_template_child (widget_class, ChappeIdentityGroup, state_icon);
  gtk_widget_class_bind_template_child (widget_class, ChappeIdentityGroup, verify_row);
  gtk_widget_class_bind_template_child (widget_class, ChappeIdentityGroup, withdraw_row);
  gtk_widget_class_bind_template_callback (widget_class, verify_cb);
  gtk_widget_class_bind_template_callback (widget_class, withdraw_cb);
}

static void
chappe_identity_group_init (ChappeIdentityGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  chappe_wrap_buttons_below (GTK_WIDGET (self));

  self->encryption_signals = g_signal_group_new (MX_TYPE_ENCRYPTION);
  g_signal_group_connect_swapped (self->encryption_signals,
                                  "trust-changed",
                                  G_CALLBACK (trust_changed_cb),
                                  self);
  g_signal_group_connect_swapped (self->encryption_signals,
                                  "notify::own-identity",
                                  G_CALLBACK (update),
                                  self);
  update (self);
}

void
chappe_identity_group_set_person (ChappeIdentityGroup *self, MxRoom *room, const char *user_id)
{
  g_return_if_fail (CHAPPE_IS_IDENTITY_GROUP (self));

  g_set_object (&self->room, room);
  g_set_str (&self->user_id, user_id);
  g_signal_group_set_target (self->encryption_signals, get_encryption (self));
  update (self);
}
