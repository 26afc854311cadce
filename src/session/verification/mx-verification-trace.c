/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-verification-trace.h. */
#include "config.h"

#include "mx-verification-trace.h"

#include "mx-room-list.h"
#include "mx-session-private.h"
#include "mx-store-verification.h"
#include "mx-verification-private.h"

void
mx_verification_trace_clear (MxVerificationTrace *self)
{
  g_clear_pointer (&self->user_id, g_free);
  g_clear_object (&self->live);
  g_clear_pointer (&self->code, g_free);
}

/* Caller owns. */
static MxVerification *
find_live (MxRoom *room, const char *event_id)
{
  MxEncryption *encryption = mx_session_get_encryption (mx_room_get_session (room));
  GListModel *list =
    encryption != NULL ? G_LIST_MODEL (mx_encryption_get_verifications (encryption)) : NULL;

  for (guint i = 0; list != NULL && i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (MxVerification) each = g_list_model_get_item (list, i);

      if (g_strcmp0 (mx_verification_get_room_id (each), mx_room_get_id (room)) == 0 &&
          g_strcmp0 (mx_verification_get_transaction_id (each), event_id) == 0)
        return g_steal_pointer (&each);
    }

  return NULL;
}

static void
take_live (MxVerificationTrace *self, MxVerification *live)
{
  switch (mx_verification_get_phase (live))
    {
    case MX_VERIFICATION_DONE:
      self->state = MX_VERIFICATION_TRACE_DONE;
      break;
    case MX_VERIFICATION_CANCELLED:
      self->state = MX_VERIFICATION_TRACE_CANCELLED;
      self->code = g_strdup (mx_verification_get_cancel_code (live));
      self->by_us = mx_verification_was_cancelled_by_us (live);
      break;
    case MX_VERIFICATION_REQUESTED:
    case MX_VERIFICATION_READY:
    case MX_VERIFICATION_STARTED:
    case MX_VERIFICATION_COMPARE:
    case MX_VERIFICATION_CONFIRMED:
    default:
      self->state = MX_VERIFICATION_TRACE_RUNNING;
      self->live = g_object_ref (live);
      break;
    }
}

static void
take_stored (MxVerificationTrace *self, MxTimelineItem *item, const char *own_user_id)
{
  MxRoom *room = mx_timeline_item_get_room (item);
  MxStore *reader = mx_session_get_reader (mx_room_get_session (room));
  gint64 age = g_get_real_time () / 1000 - mx_timeline_item_get_timestamp (item);
  g_autofree char *by = NULL;

  switch (reader != NULL ? mx_store_get_verification_outcome (reader,
                                                              mx_room_get_id (room),
                                                              mx_timeline_item_get_event_id (item),
                                                              &self->code,
                                                              &by)
                         : MX_VERIFICATION_OUTCOME_NONE)
    {
    case MX_VERIFICATION_OUTCOME_DONE:
      self->state = MX_VERIFICATION_TRACE_DONE;
      break;
    case MX_VERIFICATION_OUTCOME_CANCELLED:
      self->state = MX_VERIFICATION_TRACE_CANCELLED;
      self->by_us = g_strcmp0 (by, own_user_id) == 0;
      if (self->code == NULL) /* understood as while it is live */
        self->code = g_strdup (mx_verification_error_get_code (MX_VERIFICATION_ERROR_USER));
      break;
    case MX_VERIFICATION_OUTCOME_NONE:
    default:
      self->state = age < MX_VERIFICATION_LIFE_MS ? MX_VERIFICATION_TRACE_ELSEWHERE
                                                  : MX_VERIFICATION_TRACE_EXPIRED;
      break;
    }
}

void
mx_verification_trace_find (MxVerificationTrace *self, MxTimelineItem *item, MxVerification *known)
{
  MxRoom *room = mx_timeline_item_get_room (item);
  MxSession *session = mx_room_get_session (room);
  MxEvent *event = mx_timeline_item_get_event (item);
  const char *event_id = mx_timeline_item_get_event_id (item);
  const char *to = event != NULL ? mx_json_get_string (mx_event_get_content (event), "to") : NULL;
  const char *own_user_id = session != NULL ? mx_session_get_user_id (session) : NULL;
  g_autoptr (MxVerification) live = NULL;

  *self = (MxVerificationTrace) { .state = MX_VERIFICATION_TRACE_EXPIRED };
  self->user_id =
    g_strdup (mx_timeline_item_is_own (item) ? to : mx_timeline_item_get_sender (item));
  if (session == NULL || event_id == NULL)
    return;
  if (!mx_timeline_item_is_own (item) && g_strcmp0 (to, own_user_id) != 0)
    {
      self->state = MX_VERIFICATION_TRACE_FOREIGN;
      g_set_str (&self->user_id, to);
      return;
    }

  live = find_live (room, event_id);
  if (live == NULL && known != NULL &&
      g_strcmp0 (mx_verification_get_transaction_id (known), event_id) == 0)
    live = g_object_ref (known);
  if (live != NULL)
    take_live (self, live);
  else
    take_stored (self, item, own_user_id);
}
