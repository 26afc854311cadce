/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What the other side of a verification says: which message is allowed when, and what follows
 * (research/protocol E2E-102 – E2E-114). The mathematics of it are in mx-sas-exchange.c. */
#include "config.h"

#include "mx-verification-parts.h"

#include <string.h>

#include "mx-error.h"
#include "mx-text-clean.h"

#define MAX_CODE 100

/* -- The exchange */

/* FALSE: cancelled. */
gboolean
mx_verification_begin_exchange (MxVerification *self)
{
  if (!self->has_sides)
    self->has_sides = self->host != NULL &&
                      self->host->get_sides (self, &self->ours, &self->theirs, self->host_data);
  if (!self->has_sides)
    {
      mx_verification_cancel_with (self, MX_VERIFICATION_ERROR_KEY_MISMATCH);
      return FALSE;
    }

  g_clear_pointer (&self->exchange, mx_sas_exchange_free);
  self->exchange =
    mx_sas_exchange_new (&self->ours, &self->theirs, self->transaction_id, self->room_id != NULL);

  return TRUE;
}

void
mx_verification_finish (MxVerification *self)
{
  if (!self->confirmed || !self->proven || self->trusting || self->host == NULL)
    return;

  self->trusting = TRUE;
  self->host->trust (self,
                     self->device_proven ? self->theirs.device_key : NULL,
                     self->master_proven ? self->theirs.master_key : NULL,
                     self->host_data);
}

void
mx_verification_trusted (MxVerification *self, const GError *error)
{
  if (!self->trusting || mx_verification_is_over (self))
    return;

  self->trusting = FALSE;
  if (g_error_matches (error, MX_SESSION_ERROR, MX_SESSION_ERROR_IDENTITY_CHANGED))
    mx_verification_cancel_with (self, MX_VERIFICATION_ERROR_KEY_MISMATCH);
  else if (error != NULL)
    {
      mx_verification_send (self,
                            MX_VERIFICATION_MESSAGE_CANCEL,
                            mx_verification_cancel_content (self, MX_VERIFICATION_ERROR_USER));
      mx_verification_end_cancelled (self, MX_VERIFICATION_NOT_KEPT, TRUE);
    }
  else
    {
      mx_verification_send (self,
                            MX_VERIFICATION_MESSAGE_DONE,
                            mx_verification_write_done (self->transaction_id,
                                                        self->room_id != NULL));
      mx_verification_set_phase (self, MX_VERIFICATION_DONE);
    }
}

/* -- What comes, in the order of the protocol. FALSE: it was not expected now. */

static gboolean
was_asked (MxVerification *self, const char *device_id)
{
  return self->devices == NULL || g_strv_contains ((const char *const *) self->devices, device_id);
}

/* Those that were asked too need not ring any longer (E2E-102). */
static void
tell_others (MxVerification *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) others = NULL;

  for (char **device = self->devices; device != NULL && *device != NULL; device++)
    if (!g_str_equal (*device, self->device_id))
      g_strv_builder_add (builder, *device);

  others = g_strv_builder_end (builder);
  if (others[0] != NULL)
    mx_verification_send_to (self,
                             (const char *const *) others,
                             MX_VERIFICATION_MESSAGE_CANCEL,
                             mx_verification_cancel_content (self, MX_VERIFICATION_ERROR_ACCEPTED));
}

static gboolean
take_ready (MxVerification *self, MxJson content, GError **error)
{
  const char *device_id = mx_json_get_string (content, "from_device");

  /* a second device that answered has been told already */
  if (!self->incoming && self->phase != MX_VERIFICATION_REQUESTED && device_id != NULL &&
      g_strcmp0 (device_id, self->device_id) != 0)
    return TRUE;
  if (self->incoming || self->phase != MX_VERIFICATION_REQUESTED)
    return FALSE;
  if (device_id == NULL || !was_asked (self, device_id) ||
      mx_json_type (mx_json_get (content, "methods")) != MX_JSON_ARRAY)
    {
      g_set_error_literal (error,
                           MX_VERIFICATION_ERROR,
                           MX_VERIFICATION_ERROR_INVALID_MESSAGE,
                           "Not an answer");
      return FALSE;
    }

  mx_verification_set_device (self, device_id);
  tell_others (self);
  if (!mx_verification_has_word (mx_json_get (content, "methods"), MX_VERIFICATION_SAS))
    {
      g_set_error_literal (error,
                           MX_VERIFICATION_ERROR,
                           MX_VERIFICATION_ERROR_UNKNOWN_METHOD,
                           "No method in common");
      return FALSE;
    }

  if (self->host != NULL)
    self->start_at_ms = self->host->now_ms (self->host_data);
  mx_verification_set_phase (self, MX_VERIFICATION_READY);

  return TRUE;
}

/* Both started: whose start counts (E2E-103). */
static gboolean
is_ours_first (MxVerification *self)
{
  int order = strcmp (self->own_user_id, self->user_id);

  return order != 0 ? order < 0 : strcmp (self->own_device_id, self->device_id) < 0;
}

static gboolean
accept_start (MxVerification *self, MxJson content, GError **error)
{
  g_autofree char *accept = NULL;

  if (!mx_verification_begin_exchange (self))
    return TRUE;
  if (!mx_sas_exchange_take_start (self->exchange, content, error))
    return FALSE;
  accept = mx_sas_exchange_write_accept (self->exchange, error);
  if (accept == NULL)
    return FALSE;

  mx_verification_send (self, MX_VERIFICATION_MESSAGE_ACCEPT, g_steal_pointer (&accept));
  mx_verification_set_phase (self, MX_VERIFICATION_STARTED);

  return TRUE;
}

static gboolean
take_start (MxVerification *self, MxJson content, GError **error)
{
  const char *device_id = mx_json_get_string (content, "from_device");
  const char *method = mx_json_get_string (content, "method");
  gboolean both = self->phase == MX_VERIFICATION_STARTED &&
                  mx_sas_exchange_is_starter (self->exchange) &&
                  !mx_sas_exchange_was_accepted (self->exchange);
  MxVerificationError code = MX_VERIFICATION_ERROR_UNEXPECTED_MESSAGE;

  if (self->phase != MX_VERIFICATION_READY && !both)
    return FALSE;

  if (device_id == NULL || method == NULL)
    code = MX_VERIFICATION_ERROR_INVALID_MESSAGE;
  else if (g_strcmp0 (device_id, self->device_id) != 0)
    code = MX_VERIFICATION_ERROR_USER_MISMATCH;
  else if (!g_str_equal (method, MX_VERIFICATION_SAS))
    code = both ? MX_VERIFICATION_ERROR_UNEXPECTED_MESSAGE : MX_VERIFICATION_ERROR_UNKNOWN_METHOD;
  else if (both && is_ours_first (self))
    return TRUE;
  else
    return accept_start (self, content, error);

  g_set_error_literal (error, MX_VERIFICATION_ERROR, code, "Not a start");

  return FALSE;
}

static gboolean
take_accept (MxVerification *self, MxJson content, GError **error)
{
  if (self->phase != MX_VERIFICATION_STARTED || !mx_sas_exchange_is_starter (self->exchange) ||
      mx_sas_exchange_was_accepted (self->exchange))
    return FALSE;
  if (!mx_sas_exchange_take_accept (self->exchange, content, error))
    return FALSE;

  mx_verification_send (self,
                        MX_VERIFICATION_MESSAGE_KEY,
                        mx_sas_exchange_write_key (self->exchange));

  return TRUE;
}

static gboolean
take_key (MxVerification *self, MxJson content, GError **error)
{
  if (self->phase != MX_VERIFICATION_STARTED || !mx_sas_exchange_was_accepted (self->exchange))
    return FALSE;
  if (!mx_sas_exchange_take_key (self->exchange, content, error))
    return FALSE;

  /* ours only now: who started promised nothing (E2E-109) */
  if (!mx_sas_exchange_is_starter (self->exchange))
    mx_verification_send (self,
                          MX_VERIFICATION_MESSAGE_KEY,
                          mx_sas_exchange_write_key (self->exchange));
  mx_verification_set_phase (self, MX_VERIFICATION_COMPARE);

  return TRUE;
}

static gboolean
take_mac (MxVerification *self, MxJson content, GError **error)
{
  if (self->proven ||
      (self->phase != MX_VERIFICATION_COMPARE && self->phase != MX_VERIFICATION_CONFIRMED))
    return FALSE;
  if (!mx_sas_exchange_take_mac (self->exchange,
                                 content,
                                 &self->device_proven,
                                 &self->master_proven,
                                 error))
    return FALSE;

  self->proven = TRUE;
  mx_verification_finish (self);

  return TRUE;
}

static void
take_cancel (MxVerification *self, MxJson content)
{
  const char *code = mx_json_get_string (content, "code");
  g_autofree char *clean = code != NULL ? mx_text_clean_line (code, MAX_CODE) : NULL;

  /* both sides have said all that counts */
  if (self->trusting)
    return;

  mx_verification_end_cancelled (self,
                                 clean != NULL
                                   ? clean
                                   : mx_verification_error_get_code (MX_VERIFICATION_ERROR_USER),
                                 FALSE);
}

/* One that was taken comes again after a lost answer, or from a server that repeats itself. */
static gboolean
is_known (MxVerification *self, MxVerificationMessage message, const char *text)
{
  return self->received[message] != NULL && strcmp (self->received[message], text) == 0;
}

void
mx_verification_receive (MxVerification *self, MxVerificationMessage message, MxJson content)
{
  g_autoptr (MxVerification) keep = g_object_ref (self);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = mx_json_to_text (content);
  gboolean taken = FALSE;

  g_return_if_fail (MX_IS_VERIFICATION (self));

  if (mx_verification_is_over (self) || message == MX_VERIFICATION_MESSAGE_UNKNOWN ||
      message == MX_VERIFICATION_MESSAGE_REQUEST)
    return;
  if (message == MX_VERIFICATION_MESSAGE_CANCEL)
    {
      take_cancel (self, content);
      return;
    }
  if (text == NULL || is_known (self, message, text))
    return;

  if (message == MX_VERIFICATION_MESSAGE_READY)
    taken = take_ready (self, content, &error);
  else if (message == MX_VERIFICATION_MESSAGE_START)
    taken = take_start (self, content, &error);
  else if (message == MX_VERIFICATION_MESSAGE_ACCEPT)
    taken = take_accept (self, content, &error);
  else if (message == MX_VERIFICATION_MESSAGE_KEY)
    taken = take_key (self, content, &error);
  else if (message == MX_VERIFICATION_MESSAGE_MAC)
    taken = take_mac (self, content, &error);
  else
    taken = self->proven; /* done: a courtesy, once they have proven their keys (E2E-114) */

  if (taken)
    {
      g_free (self->received[message]);
      self->received[message] = g_steal_pointer (&text);
    }
  else if (error != NULL)
    mx_verification_cancel_for (self, error);
  else
    mx_verification_cancel_with (self, MX_VERIFICATION_ERROR_UNEXPECTED_MESSAGE);
}

void
mx_verification_receive_own (MxVerification *self, MxVerificationMessage message, MxJson content)
{
  const char *device_id = mx_json_get_string (content, "from_device");

  if (!self->incoming || self->phase != MX_VERIFICATION_REQUESTED)
    return;

  if (message == MX_VERIFICATION_MESSAGE_READY && device_id != NULL &&
      !g_str_equal (device_id, self->own_device_id))
    mx_verification_end_cancelled (self,
                                   mx_verification_error_get_code (MX_VERIFICATION_ERROR_ACCEPTED),
                                   FALSE);
  else if (message == MX_VERIFICATION_MESSAGE_CANCEL)
    take_cancel (self, content);
}
