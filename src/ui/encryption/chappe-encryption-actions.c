/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The window's actions about encryption. */
#include "config.h"

#include "chappe-encryption-actions.h"

#include "chappe-error-text.h"
#include "chappe-identity-dialog.h"
#include "chappe-sign-out.h"
#include "chappe-verification-dialog.h"

#include "mx-flow.h"

#include <glib/gi18n.h>

static void
present_identity (ChappeWindow *window, ChappeIdentityGoal goal, gboolean gate)
{
  MxSession *session = chappe_window_get_session (window);
  AdwDialog *open = adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (window));

  if (session != NULL && !CHAPPE_IS_IDENTITY_DIALOG (open))
    chappe_identity_dialog_present (GTK_WIDGET (window), session, goal, gate);
}

/* What is missing, whatever was thought to be. */
static ChappeIdentityGoal
find_goal (ChappeWindow *window, const char *name)
{
  MxSession *session = chappe_window_get_session (window);
  MxEncryption *encryption = session != NULL ? mx_session_get_encryption (session) : NULL;
  MxOwnIdentity identity =
    encryption != NULL ? mx_encryption_get_own_identity (encryption) : MX_OWN_IDENTITY_UNKNOWN;

  if (identity == MX_OWN_IDENTITY_MISSING)
    return CHAPPE_IDENTITY_SET_UP;
  if (identity == MX_OWN_IDENTITY_UNVERIFIED)
    return CHAPPE_IDENTITY_VERIFY;
  return g_str_equal (name, "any") ? CHAPPE_IDENTITY_FORGOTTEN_CODE : CHAPPE_IDENTITY_ENTER_CODE;
}

static void
identity_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  const char *name = g_variant_get_string (parameter, NULL);

  present_identity (user_data, find_goal (user_data, name), g_str_has_suffix (name, "-gate"));
}

static MxVerifications *
get_verifications (ChappeWindow *window)
{
  MxSession *session = chappe_window_get_session (window);
  MxEncryption *encryption = session != NULL ? mx_session_get_encryption (session) : NULL;

  return encryption != NULL ? mx_encryption_get_verifications (encryption) : NULL;
}

static void
verify_device_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  MxVerifications *verifications = get_verifications (user_data);
  const char *device_id = g_variant_get_string (parameter, NULL);
  MxVerification *verification = NULL;

  if (verifications != NULL)
    verification =
      mx_verifications_request_own (verifications, *device_id != '\0' ? device_id : NULL);
  if (verification != NULL)
    chappe_verification_dialog_present (user_data, verification);
}

static void
requested_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  g_autofree char *text = chappe_error_text (error);

  if (error != NULL)
    chappe_window_toast (CHAPPE_WINDOW (owner), text);
  else
    chappe_verification_dialog_present (GTK_WIDGET (owner), g_value_get_object (value));
}

static void
verify_user_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  MxVerifications *verifications = get_verifications (user_data);

  if (verifications != NULL)
    mx_watch (user_data,
              mx_verifications_request_user (verifications, g_variant_get_string (parameter, NULL)),
              requested_cb,
              NULL);
}

static void
sign_out_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  chappe_sign_out_ask (user_data, user_data);
}

static void
ask_for_message_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ChappeMainView *view = chappe_window_get_main_view (user_data);
  /* TRANSLATORS: a message to a colleague; %s is their name */
  g_autofree char *text =
    g_strdup_printf (_ ("%s, I cannot read a message of yours here. Could you send it again?"),
                     g_variant_get_string (parameter, NULL));

  chappe_conversation_write (chappe_main_view_get_conversation (view), text);
}

void
chappe_encryption_add_actions (ChappeWindow *window)
{
  static const GActionEntry entries[] = {
    { .name = "identity", .activate = identity_cb, .parameter_type = "s" },
    { .name = "verify-device", .activate = verify_device_cb, .parameter_type = "s" },
    { .name = "verify-user", .activate = verify_user_cb, .parameter_type = "s" },
    { .name = "sign-out", .activate = sign_out_cb },
    { .name = "ask-for-message", .activate = ask_for_message_cb, .parameter_type = "s" },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (window), entries, G_N_ELEMENTS (entries), window);
}
