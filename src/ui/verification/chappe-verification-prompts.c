/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See chappe-verification-prompts.h. */
#include "config.h"

#include "chappe-verification-prompts.h"

#include "chappe-verification-dialog.h"

#include <glib/gi18n.h>

struct _ChappeVerificationPrompts
{
  GObject parent_instance;

  MxSession *session;
  AdwToastOverlay *toasts; /* borrowed */
  MxVerifications *verifications;
};

G_DEFINE_FINAL_TYPE (ChappeVerificationPrompts, chappe_verification_prompts, G_TYPE_OBJECT)

static void
prompting_cb (AdwToast *toast, GParamSpec *pspec, MxVerification *verification)
{
  if (!mx_verification_is_prompting (verification))
    adw_toast_dismiss (toast);
}

static void
answer_cb (AdwToast *toast, AdwToastOverlay *toasts)
{
  MxVerification *verification = g_object_get_data (G_OBJECT (toast), "verification");

  chappe_verification_dialog_present (GTK_WIDGET (toasts), verification);
}

static void
request_cb (ChappeVerificationPrompts *self, MxVerification *verification)
{
  g_autofree char *name = mx_verification_dup_user_name (verification);
  g_autofree char *text =
    mx_verification_is_own (verification)
      ? g_strdup (_ ("One of your devices asks to be verified"))
      : g_strdup_printf (_ ("%s asks you to compare a series of emoji"), name);
  AdwToast *toast = adw_toast_new (text);

  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_set_timeout (toast, 0);
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  adw_toast_set_button_label (toast, _ ("Answer"));
  g_object_set_data_full (G_OBJECT (toast),
                          "verification",
                          g_object_ref (verification),
                          g_object_unref);
  g_signal_connect_object (verification,
                           "notify::prompting",
                           G_CALLBACK (prompting_cb),
                           toast,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (answer_cb), self->toasts, 0);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

/* Encryption is there while the session is open. */
static void
follow (ChappeVerificationPrompts *self)
{
  MxEncryption *encryption = mx_session_get_encryption (self->session);
  MxVerifications *verifications =
    encryption != NULL ? mx_encryption_get_verifications (encryption) : NULL;

  if (verifications == self->verifications)
    return;

  if (self->verifications != NULL)
    g_signal_handlers_disconnect_by_data (self->verifications, self);
  g_set_object (&self->verifications, verifications);
  if (verifications != NULL)
    g_signal_connect_object (verifications,
                             "request",
                             G_CALLBACK (request_cb),
                             self,
                             G_CONNECT_SWAPPED);
}

static void
chappe_verification_prompts_dispose (GObject *object)
{
  ChappeVerificationPrompts *self = CHAPPE_VERIFICATION_PROMPTS (object);

  g_clear_object (&self->verifications);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (chappe_verification_prompts_parent_class)->dispose (object);
}

static void
chappe_verification_prompts_class_init (ChappeVerificationPromptsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = chappe_verification_prompts_dispose;
}

static void
chappe_verification_prompts_init (ChappeVerificationPrompts *self)
{
}

ChappeVerificationPrompts *
chappe_verification_prompts_new (MxSession *session, AdwToastOverlay *toasts)
{
  ChappeVerificationPrompts *self = g_object_new (CHAPPE_TYPE_VERIFICATION_PROMPTS, NULL);

  self->session = g_object_ref (session);
  self->toasts = toasts;
  g_signal_connect_object (session, "notify::state", G_CALLBACK (follow), self, G_CONNECT_SWAPPED);
  follow (self);

  return self;
}
