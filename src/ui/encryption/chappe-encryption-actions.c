/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The window's actions about encryption. */
#include "config.h"

#include "chappe-encryption-actions.h"

#include "chappe-identity-dialog.h"
#include "chappe-sign-out.h"

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
    { .name = "sign-out", .activate = sign_out_cb },
    { .name = "ask-for-message", .activate = ask_for_message_cb, .parameter_type = "s" },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (window), entries, G_N_ELEMENTS (entries), window);
}
