/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* One verification: its state, what the user and time do to it. What comes from the other side is
 * in mx-verification-receive.c. */
#include "config.h"

#include "mx-verification-parts.h"

#include "mx-sas-emoji.h"

G_DEFINE_FINAL_TYPE (MxVerification, mx_verification, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (MxVerificationPhase,
                    mx_verification_phase,
                    G_DEFINE_ENUM_VALUE (MX_VERIFICATION_REQUESTED, "requested"),
                    G_DEFINE_ENUM_VALUE (MX_VERIFICATION_READY, "ready"),
                    G_DEFINE_ENUM_VALUE (MX_VERIFICATION_STARTED, "started"),
                    G_DEFINE_ENUM_VALUE (MX_VERIFICATION_COMPARE, "compare"),
                    G_DEFINE_ENUM_VALUE (MX_VERIFICATION_CONFIRMED, "confirmed"),
                    G_DEFINE_ENUM_VALUE (MX_VERIFICATION_DONE, "done"),
                    G_DEFINE_ENUM_VALUE (MX_VERIFICATION_CANCELLED, "cancelled"))

typedef enum
{
  PROP_PHASE = 1,
  PROP_DEVICE_ID,
  PROP_PROMPTING,
} MxVerificationProperty;

static GParamSpec *properties[PROP_PROMPTING + 1];

static void
mx_verification_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  MxVerification *self = MX_VERIFICATION (object);

  switch ((MxVerificationProperty) prop_id)
    {
    case PROP_PHASE:
      g_value_set_enum (value, self->phase);
      break;
    case PROP_DEVICE_ID:
      g_value_set_string (value, self->device_id);
      break;
    case PROP_PROMPTING:
      g_value_set_boolean (value, self->prompting);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mx_verification_finalize (GObject *object)
{
  MxVerification *self = MX_VERIFICATION (object);

  g_weak_ref_clear (&self->list);
  g_free (self->own_user_id);
  g_free (self->own_device_id);
  g_free (self->user_id);
  g_free (self->device_id);
  g_free (self->room_id);
  g_free (self->transaction_id);
  g_strfreev (self->devices);
  for (gsize i = 0; i < G_N_ELEMENTS (self->received); i++)
    g_free (self->received[i]);
  mx_sas_side_clear (&self->ours);
  mx_sas_side_clear (&self->theirs);
  g_clear_pointer (&self->exchange, mx_sas_exchange_free);
  g_free (self->cancel_code);

  G_OBJECT_CLASS (mx_verification_parent_class)->finalize (object);
}

static void
mx_verification_class_init (MxVerificationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = mx_verification_get_property;
  object_class->finalize = mx_verification_finalize;

  properties[PROP_PHASE] = g_param_spec_enum ("phase",
                                              NULL,
                                              NULL,
                                              mx_verification_phase_get_type (),
                                              MX_VERIFICATION_REQUESTED,
                                              flags);
  properties[PROP_DEVICE_ID] = g_param_spec_string ("device-id", NULL, NULL, NULL, flags);
  properties[PROP_PROMPTING] = g_param_spec_boolean ("prompting", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
mx_verification_init (MxVerification *self)
{
  g_weak_ref_init (&self->list, NULL);
}

static MxVerification *
verification_new (const MxVerificationSpec *spec)
{
  MxVerification *self = g_object_new (MX_TYPE_VERIFICATION, NULL);

  self->host = spec->host;
  self->host_data = spec->host_data;
  self->own_user_id = g_strdup (spec->own_user_id);
  self->own_device_id = g_strdup (spec->own_device_id);
  self->user_id = g_strdup (spec->user_id);
  self->room_id = g_strdup (spec->room_id);
  self->transaction_id = g_strdup (spec->transaction_id);
  self->created_ms = spec->created_ms;

  return self;
}

MxVerification *
mx_verification_new_outgoing (const MxVerificationSpec *spec, const char *const *devices)
{
  MxVerification *self = verification_new (spec);

  self->devices = g_strdupv ((char **) devices);

  return self;
}

MxVerification *
mx_verification_new_incoming (const MxVerificationSpec *spec, const char *device_id)
{
  MxVerification *self = verification_new (spec);
  gint64 now = spec->host->now_ms (spec->host_data);

  self->incoming = TRUE;
  self->device_id = g_strdup (device_id);
  self->prompting = TRUE;
  self->created_ms = MIN (self->created_ms, now);
  self->prompt_until_ms = now + MX_VERIFICATION_PROMPT_MS;

  return self;
}

gboolean
mx_verification_is_over (MxVerification *self)
{
  return self->phase == MX_VERIFICATION_DONE || self->phase == MX_VERIFICATION_CANCELLED;
}

/* -- What changes */

static void
set_prompting (MxVerification *self, gboolean prompting)
{
  if (self->prompting == prompting)
    return;

  self->prompting = prompting;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROMPTING]);
}

void
mx_verification_set_phase (MxVerification *self, MxVerificationPhase phase)
{
  g_autoptr (MxVerification) keep = g_object_ref (self);

  if (self->phase == phase)
    return;

  self->phase = phase;
  set_prompting (self, FALSE);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PHASE]);
  if (self->host != NULL)
    self->host->changed (self, self->host_data);
}

void
mx_verification_set_device (MxVerification *self, const char *device_id)
{
  if (g_set_str (&self->device_id, device_id))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DEVICE_ID]);
}

/* -- What is sent. Takes content. */

void
mx_verification_send_to (MxVerification *self,
                         const char *const *devices,
                         MxVerificationMessage message,
                         char *content)
{
  g_autofree char *owned = content;

  if (self->host != NULL)
    self->host->send (self,
                      self->room_id == NULL ? devices : NULL,
                      mx_verification_message_get_type (message),
                      owned,
                      self->host_data);
}

/* To the device that takes part; before there is one, to all that were asked. */
void
mx_verification_send (MxVerification *self, MxVerificationMessage message, char *content)
{
  const char *const one[] = { self->device_id, NULL };

  mx_verification_send_to (self,
                           self->device_id != NULL ? one : (const char *const *) self->devices,
                           message,
                           content);
}

char *
mx_verification_cancel_content (MxVerification *self, MxVerificationError code)
{
  return mx_verification_write_cancel (self->transaction_id, self->room_id != NULL, code);
}

void
mx_verification_end_cancelled (MxVerification *self, const char *code, gboolean by_us)
{
  g_set_str (&self->cancel_code, code);
  self->cancelled_by_us = by_us;
  mx_verification_set_phase (self, MX_VERIFICATION_CANCELLED);
}

void
mx_verification_cancel_with (MxVerification *self, MxVerificationError code)
{
  if (mx_verification_is_over (self))
    return;

  mx_verification_send (self,
                        MX_VERIFICATION_MESSAGE_CANCEL,
                        mx_verification_cancel_content (self, code));
  mx_verification_end_cancelled (self, mx_verification_error_get_code (code), TRUE);
}

void
mx_verification_cancel_for (MxVerification *self, const GError *error)
{
  mx_verification_cancel_with (self,
                               error->domain == MX_VERIFICATION_ERROR
                                 ? (MxVerificationError) error->code
                                 : MX_VERIFICATION_ERROR_INVALID_MESSAGE);
}

void
mx_verification_fail (MxVerification *self, const char *code)
{
  if (!mx_verification_is_over (self))
    mx_verification_end_cancelled (self, code, TRUE);
}

void
mx_verification_forget_host (MxVerification *self)
{
  self->host = NULL;
  self->host_data = NULL;
  mx_verification_fail (self, MX_VERIFICATION_NOT_SENT);
}

void
mx_verification_set_list (MxVerification *self, MxVerifications *list)
{
  g_weak_ref_set (&self->list, list);
}

MxVerifications *
mx_verification_dup_list (MxVerification *self)
{
  return g_weak_ref_get (&self->list);
}

gpointer
mx_verification_get_host_data (MxVerification *self)
{
  return self->host_data;
}

/* -- What the user does */

void
mx_verification_accept (MxVerification *self)
{
  g_return_if_fail (MX_IS_VERIFICATION (self));

  if (!self->incoming || self->phase != MX_VERIFICATION_REQUESTED || self->host == NULL)
    return;

  mx_verification_send (self,
                        MX_VERIFICATION_MESSAGE_READY,
                        mx_verification_write_ready (self->transaction_id,
                                                     self->room_id != NULL,
                                                     self->own_device_id));
  self->start_at_ms = self->host->now_ms (self->host_data) + MX_VERIFICATION_START_MS;
  mx_verification_set_phase (self, MX_VERIFICATION_READY);
}

void
mx_verification_start (MxVerification *self)
{
  g_return_if_fail (MX_IS_VERIFICATION (self));

  if (self->phase != MX_VERIFICATION_READY || !mx_verification_begin_exchange (self))
    return;

  mx_verification_send (self,
                        MX_VERIFICATION_MESSAGE_START,
                        mx_sas_exchange_write_start (self->exchange));
  mx_verification_set_phase (self, MX_VERIFICATION_STARTED);
}

void
mx_verification_confirm (MxVerification *self)
{
  g_autoptr (MxVerification) keep = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *mac = NULL;

  g_return_if_fail (MX_IS_VERIFICATION (self));

  if (self->phase != MX_VERIFICATION_COMPARE)
    return;

  keep = g_object_ref (self);
  mac = mx_sas_exchange_write_mac (self->exchange, &error);
  if (mac == NULL)
    {
      mx_verification_cancel_for (self, error);
      return;
    }

  self->confirmed = TRUE;
  mx_verification_send (self, MX_VERIFICATION_MESSAGE_MAC, g_steal_pointer (&mac));
  mx_verification_set_phase (self, MX_VERIFICATION_CONFIRMED);
  mx_verification_finish (self);
}

void
mx_verification_mismatch (MxVerification *self)
{
  g_return_if_fail (MX_IS_VERIFICATION (self));

  if (self->phase == MX_VERIFICATION_COMPARE)
    mx_verification_cancel_with (self, MX_VERIFICATION_ERROR_MISMATCHED_SAS);
}

void
mx_verification_cancel (MxVerification *self)
{
  g_return_if_fail (MX_IS_VERIFICATION (self));

  if (!self->trusting)
    mx_verification_cancel_with (self, MX_VERIFICATION_ERROR_USER);
}

/* -- Time */

static void
time_out (MxVerification *self)
{
  /* Nobody here took part: the other side notices by itself, and another device may be at it. */
  if (self->incoming && self->phase == MX_VERIFICATION_REQUESTED)
    mx_verification_end_cancelled (self,
                                   mx_verification_error_get_code (MX_VERIFICATION_ERROR_TIMEOUT),
                                   FALSE);
  else if (!self->trusting)
    mx_verification_cancel_with (self, MX_VERIFICATION_ERROR_TIMEOUT);
}

gint64
mx_verification_check_time (MxVerification *self)
{
  g_autoptr (MxVerification) keep = g_object_ref (self);
  gint64 end = self->created_ms + MX_VERIFICATION_LIFE_MS;
  gint64 now = 0;

  if (mx_verification_is_over (self) || self->host == NULL)
    return G_MAXINT64;

  now = self->host->now_ms (self->host_data);
  if (now >= end)
    {
      time_out (self);
      return mx_verification_is_over (self) ? G_MAXINT64 : now + MX_VERIFICATION_LIFE_MS;
    }
  if (self->prompting && now >= self->prompt_until_ms)
    set_prompting (self, FALSE);
  if (self->phase == MX_VERIFICATION_READY && now >= self->start_at_ms)
    mx_verification_start (self);

  if (mx_verification_is_over (self))
    return G_MAXINT64;
  if (self->prompting)
    end = MIN (end, self->prompt_until_ms);
  if (self->phase == MX_VERIFICATION_READY)
    end = MIN (end, self->start_at_ms);

  return end;
}

/* -- What is asked */

const char *
mx_verification_get_transaction_id (MxVerification *self)
{
  g_return_val_if_fail (MX_IS_VERIFICATION (self), NULL);

  return self->transaction_id;
}

const char *
mx_verification_get_user_id (MxVerification *self)
{
  g_return_val_if_fail (MX_IS_VERIFICATION (self), NULL);

  return self->user_id;
}

const char *
mx_verification_get_device_id (MxVerification *self)
{
  g_return_val_if_fail (MX_IS_VERIFICATION (self), NULL);

  return self->device_id;
}

const char *
mx_verification_get_room_id (MxVerification *self)
{
  g_return_val_if_fail (MX_IS_VERIFICATION (self), NULL);

  return self->room_id;
}

gboolean
mx_verification_is_incoming (MxVerification *self)
{
  g_return_val_if_fail (MX_IS_VERIFICATION (self), FALSE);

  return self->incoming;
}

gboolean
mx_verification_is_own (MxVerification *self)
{
  g_return_val_if_fail (MX_IS_VERIFICATION (self), FALSE);

  return g_str_equal (self->user_id, self->own_user_id);
}

gboolean
mx_verification_is_prompting (MxVerification *self)
{
  g_return_val_if_fail (MX_IS_VERIFICATION (self), FALSE);

  return self->prompting;
}

MxVerificationPhase
mx_verification_get_phase (MxVerification *self)
{
  g_return_val_if_fail (MX_IS_VERIFICATION (self), MX_VERIFICATION_CANCELLED);

  return self->phase;
}

static gboolean
has_emoji (MxVerification *self)
{
  return self->exchange != NULL && mx_sas_exchange_has_emoji (self->exchange);
}

const unsigned *
mx_verification_get_emoji (MxVerification *self)
{
  g_return_val_if_fail (MX_IS_VERIFICATION (self), NULL);

  return has_emoji (self) ? mx_sas_exchange_get_emoji (self->exchange) : NULL;
}

const unsigned *
mx_verification_get_decimals (MxVerification *self)
{
  g_return_val_if_fail (MX_IS_VERIFICATION (self), NULL);

  return has_emoji (self) ? mx_sas_exchange_get_decimals (self->exchange) : NULL;
}

const char *
mx_verification_emoji_symbol (unsigned index)
{
  return mx_sas_emoji_get_symbol (index);
}

const char *
mx_verification_emoji_name (unsigned index)
{
  return mx_sas_emoji_get_name (index);
}

const char *
mx_verification_get_cancel_code (MxVerification *self)
{
  g_return_val_if_fail (MX_IS_VERIFICATION (self), NULL);

  return self->cancel_code;
}

gboolean
mx_verification_was_cancelled_by_us (MxVerification *self)
{
  g_return_val_if_fail (MX_IS_VERIFICATION (self), FALSE);

  return self->cancelled_by_us;
}
