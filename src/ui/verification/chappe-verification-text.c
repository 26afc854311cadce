/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See chappe-verification-text.h. */
#include "config.h"

#include "chappe-verification-text.h"

#include <glib/gi18n.h>

void
chappe_verification_text_clear (ChappeVerificationText *self)
{
  g_clear_pointer (&self->body, g_free);
  *self = (ChappeVerificationText) { 0 };
}

/* By cancel code: what to say when we ended it (NULL: the same), and when they did. */
static const struct
{
  const char *code;
  const char *by_us;
  const char *by_them;
  gboolean is_warning;
} ends[] = {
  { "m.user", N_ ("You cancelled the verification."), N_ ("The other side cancelled it."), FALSE },
  { "m.timeout", NULL, N_ ("It took too long. Start again when both sides are ready."), FALSE },
  { "m.unknown_transaction",
    NULL,
    N_ ("The other application knows nothing of this verification, maybe because it was started "
        "anew meanwhile."),
    FALSE },
  { "m.unknown_method",
    NULL,
    N_ ("The other application cannot compare emoji the way this one does. It may need an update."),
    FALSE },
  { "m.unexpected_message",
    NULL,
    N_ ("The two applications got out of step. Nothing was verified."),
    FALSE },
  { "m.key_mismatch",
    NULL,
    N_ ("The keys of the other side are not those that were expected. Somebody may be trying to "
        "read your messages. Tell your security contact."),
    TRUE },
  { "m.user_mismatch",
    NULL,
    N_ ("An answer came from somebody else than the one you are verifying."),
    TRUE },
  { "m.invalid_message",
    NULL,
    N_ ("The other application sent something that makes no sense. Nothing was verified."),
    FALSE },
  { "m.accepted", NULL, N_ ("It goes on on another of your devices."), FALSE },
  { "m.mismatched_commitment",
    NULL,
    N_ ("The other side did not keep to what it had announced. Somebody may be trying to read your "
        "messages. Tell your security contact."),
    TRUE },
  { "m.mismatched_sas",
    NULL,
    N_ ("The emoji were not the same. Somebody may be trying to read your messages: one of the two "
        "devices, a network or a server between them. Tell your security contact before you write "
        "anything confidential."),
    TRUE },
  { MX_VERIFICATION_NOT_SENT,
    NULL,
    N_ ("A message could not be sent. Check the connection, then try again."),
    FALSE },
  { MX_VERIFICATION_NOT_KEPT,
    NULL,
    N_ ("The result could not be stored on this computer. Nothing was verified."),
    FALSE },
};

char *
chappe_verification_text_for_code (const char *code, gboolean by_us, gboolean own)
{
  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    if (g_strcmp0 (code, ends[i].code) == 0)
      return g_strdup (by_us && ends[i].by_us != NULL ? _ (ends[i].by_us) : _ (ends[i].by_them));

  return g_strdup (_ ("The other application ended it without saying why."));
}

gboolean
chappe_verification_text_is_warning (const char *code)
{
  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    if (g_strcmp0 (code, ends[i].code) == 0)
      return ends[i].is_warning;

  return FALSE;
}

static void
fill_requested (ChappeVerificationText *self, gboolean incoming, gboolean own, const char *name)
{
  self->second = _ ("_Cancel");
  self->second_act = CHAPPE_VERIFICATION_ACT_CANCEL;
  if (incoming)
    {
      self->icon = "dialog-question-symbolic";
      self->first = _ ("_Begin");
      self->first_act = CHAPPE_VERIFICATION_ACT_ACCEPT;
      self->second = _ ("_Not Now");
      self->heading = own ? _ ("Verify Your Other Device?") : _ ("Verify Each Other?");
      self->body =
        own
          ? g_strdup (_ ("One of your devices asks to be verified. Go on only if you have just "
                         "started that yourself and have both devices at hand."))
          : g_strdup_printf (_ (
                               "%s asks you to compare a series of emoji. Do it face to face or by "
                               "telephone."),
                             name);
      return;
    }

  self->heading = _ ("Waiting for an Answer");
  self->body =
    own ? g_strdup (_ ("Open the messenger on your other device and accept the request there."))
        : g_strdup_printf (_ ("%s has to accept the request. It is in your conversation."), name);
}

static void
fill_compare (ChappeVerificationText *self, gboolean own, const char *name)
{
  self->icon = "system-lock-screen-symbolic";
  self->heading = _ ("Compare a Series of Emoji");
  self->body =
    own
      ? g_strdup (_ ("Your other device must show the same emoji in the same order."))
      : g_strdup_printf (_ ("%s must see the same emoji in the same order. Ask face to face or by "
                            "telephone, not in writing."),
                         name);
  self->first = _ ("They _Match");
  self->first_act = CHAPPE_VERIFICATION_ACT_MATCH;
  self->second = _ ("They Do _Not Match");
  self->second_act = CHAPPE_VERIFICATION_ACT_MISMATCH;
  self->shows_emoji = TRUE;
}

static void
fill_done (ChappeVerificationText *self, gboolean own, const char *name)
{
  self->icon = "object-select-symbolic";
  self->heading = _ ("Verified");
  self->body = own
                 ? g_strdup (_ ("Your other device and this one trust each other now."))
                 : g_strdup_printf (_ ("Your messages with %s are protected from anybody who would "
                                       "pretend to be one of you."),
                                    name);
  self->second = _ ("_Close");
  self->second_act = CHAPPE_VERIFICATION_ACT_CLOSE;
}

static void
fill_cancelled (ChappeVerificationText *self, const char *code, gboolean by_us, gboolean own)
{
  self->is_warning = chappe_verification_text_is_warning (code);
  self->icon = self->is_warning ? "dialog-warning-symbolic" : "process-stop-symbolic";
  self->heading = self->is_warning                      ? _ ("Not Safe")
                  : g_strcmp0 (code, "m.accepted") == 0 ? _ ("Answered Elsewhere")
                                                        : _ ("Not Verified");
  self->body = chappe_verification_text_for_code (code, by_us, own);
  self->second = _ ("_Close");
  self->second_act = CHAPPE_VERIFICATION_ACT_CLOSE;
  if (g_strcmp0 (code, "m.accepted") != 0)
    {
      self->first = _ ("_Try Again");
      self->first_act = CHAPPE_VERIFICATION_ACT_RETRY;
    }
}

void
chappe_verification_text_fill (ChappeVerificationText *self,
                               MxVerificationPhase phase,
                               gboolean incoming,
                               gboolean own,
                               const char *name,
                               const char *cancel_code,
                               gboolean cancelled_by_us)
{
  chappe_verification_text_clear (self);
  switch (phase)
    {
    case MX_VERIFICATION_REQUESTED:
      fill_requested (self, incoming, own, name);
      break;
    case MX_VERIFICATION_COMPARE:
      fill_compare (self, own, name);
      break;
    case MX_VERIFICATION_DONE:
      fill_done (self, own, name);
      break;
    case MX_VERIFICATION_CANCELLED:
      fill_cancelled (self, cancel_code, cancelled_by_us, own);
      break;
    case MX_VERIFICATION_CONFIRMED:
      self->heading = _ ("Waiting for the Other Side");
      self->body = own ? g_strdup (_ ("Confirm on your other device that the emoji match."))
                       : g_strdup_printf (_ ("%s has to confirm that the emoji match."), name);
      self->second = _ ("_Cancel");
      self->second_act = CHAPPE_VERIFICATION_ACT_CANCEL;
      break;
    case MX_VERIFICATION_READY:
    case MX_VERIFICATION_STARTED:
    default:
      self->heading = _ ("One Moment");
      self->body = g_strdup (_ ("The two devices agree on what to show."));
      self->second = _ ("_Cancel");
      self->second_act = CHAPPE_VERIFICATION_ACT_CANCEL;
      break;
    }
}

char *
chappe_verification_text_spoken (const unsigned *emoji)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; emoji != NULL && i < 7; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", mx_verification_emoji_name (emoji[i]));

  return g_string_free (text, FALSE);
}
