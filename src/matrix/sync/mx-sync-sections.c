/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The parts that both kinds of sync reply have in common. */
#include "config.h"

#include "mx-sync-sections.h"
#include "mx-http-reply.h"

#include "mx-matrix-id.h"

#include <string.h>

#define MAX_TYPING 50
#define MAX_TYPE   255
#define MAX_COUNT  G_MAXINT32

MxJsonDocument *
mx_sync_parse (GBytes *reply, MxJson *root, GError **error)
{
  g_autoptr (MxJsonDocument) document = mx_json_document_parse_bytes (reply, error);

  if (document == NULL)
    return NULL;
  *root = mx_json_document_root (document);
  if (!mx_json_is_object (*root))
    {
      mx_http_set_invalid (error, "The sync reply is no object");
      return NULL;
    }
  return g_steal_pointer (&document);
}

gboolean
mx_sync_has_objects (MxJson object, const char *const *members, GError **error)
{
  for (gsize i = 0; members[i] != NULL; i++)
    {
      MxJson member = mx_json_get (object, members[i]);
      MxJsonType type = mx_json_type (member);

      if (type == MX_JSON_ABSENT || type == MX_JSON_NULL || type == MX_JSON_OBJECT ||
          (type == MX_JSON_ARRAY && mx_json_size (member) == 0))
        continue;
      mx_http_set_invalid (error, "A section of the sync reply is of the wrong kind");
      return FALSE;
    }
  return TRUE;
}

unsigned
mx_sync_read_events (MxJson array, gboolean state, GPtrArray *events)
{
  unsigned left_out = 0;
  MxJsonIter iter;
  MxJson json;

  if (mx_json_type (array) != MX_JSON_ARRAY)
    return 0;

  mx_json_iter_init (&iter, array);
  while (mx_json_iter_next (&iter, NULL, &json))
    {
      g_autoptr (MxEvent) event = mx_event_new_from_json (json, NULL);

      if (event == NULL || (state && mx_event_get_state_key (event) == NULL))
        left_out++;
      else
        g_ptr_array_add (events, g_steal_pointer (&event));
    }
  return left_out;
}

void
mx_sync_read_texts (MxJson array, unsigned max, GPtrArray *texts)
{
  MxJsonIter iter;
  MxJson json;

  if (mx_json_type (array) != MX_JSON_ARRAY)
    return;

  mx_json_iter_init (&iter, array);
  while (texts->len < max && mx_json_iter_next (&iter, NULL, &json))
    if (mx_json_is_object (json) && mx_json_get_string (json, "type") != NULL)
      g_ptr_array_add (texts, mx_json_to_text (json));
}

void
mx_sync_read_account_data (MxJson array, GPtrArray *account_data)
{
  MxJsonIter iter;
  MxJson json;

  if (mx_json_type (array) != MX_JSON_ARRAY)
    return;

  mx_json_iter_init (&iter, array);
  while (mx_json_iter_next (&iter, NULL, &json))
    {
      const char *type = mx_json_get_string (json, "type");
      MxJson content = mx_json_get (json, "content");
      MxAccountDatum *datum;

      if (type == NULL || *type == '\0' || strlen (type) > MAX_TYPE || !mx_json_is_object (content))
        continue;
      datum = g_new0 (MxAccountDatum, 1);
      datum->type = g_strdup (type);
      datum->content = mx_json_to_text (content);
      g_ptr_array_add (account_data, datum);
    }
}

/* {event: {kind: {user: {ts, thread_id}}}} */
static void
read_receipts_of_kind (MxJson users, const char *event_id, const char *kind, GPtrArray *receipts)
{
  const char *user_id;
  MxJsonIter iter;
  MxJson json;

  if (!mx_json_is_object (users))
    return;
  mx_json_iter_init (&iter, users);
  while (mx_json_iter_next (&iter, &user_id, &json))
    {
      const char *thread_id = mx_json_get_string (json, "thread_id");
      MxReceipt *receipt;

      if (!mx_json_is_object (json) || !mx_user_id_is_valid (user_id))
        continue;
      if (thread_id != NULL && strcmp (thread_id, "main") != 0 && !mx_event_id_is_valid (thread_id))
        continue;
      receipt = g_new0 (MxReceipt, 1);
      receipt->event_id = g_strdup (event_id);
      receipt->user_id = g_strdup (user_id);
      receipt->kind = g_strdup (kind);
      receipt->thread_id = g_strdup (thread_id);
      receipt->timestamp = MAX (mx_json_int (mx_json_get (json, "ts"), 0), 0);
      g_ptr_array_add (receipts, receipt);
    }
}

static void
read_receipts (MxJson content, GPtrArray *receipts)
{
  const char *event_id;
  MxJsonIter iter;
  MxJson kinds;

  if (!mx_json_is_object (content))
    return;
  mx_json_iter_init (&iter, content);
  while (mx_json_iter_next (&iter, &event_id, &kinds))
    {
      if (!mx_event_id_is_valid (event_id))
        continue;
      read_receipts_of_kind (mx_json_get (kinds, "m.read"), event_id, "m.read", receipts);
      read_receipts_of_kind (mx_json_get (kinds, "m.read.private"),
                             event_id,
                             "m.read.private",
                             receipts);
    }
}

void
mx_sync_read_ephemeral (MxJson event, MxRoomDelta *room)
{
  const char *type = mx_json_string_or (mx_json_get (event, "type"), "");
  MxJson content = mx_json_get (event, "content");

  if (strcmp (type, "m.receipt") == 0)
    {
      read_receipts (content, room->receipts);
    }
  else if (strcmp (type, "m.typing") == 0)
    {
      GStrv typing = mx_sync_read_strings (mx_json_get (content, "user_ids"), mx_user_id_is_valid);

      if (typing == NULL)
        return;
      for (gsize i = g_strv_length (typing); i > MAX_TYPING; i--)
        g_clear_pointer (&typing[i - 1], g_free);
      g_strfreev (room->typing);
      room->typing = typing;
    }
}

GStrv
mx_sync_read_strings (MxJson array, gboolean (*valid) (const char *text))
{
  g_autoptr (GStrvBuilder) builder = NULL;
  MxJsonIter iter;
  MxJson json;

  if (mx_json_type (array) != MX_JSON_ARRAY)
    return NULL;

  builder = g_strv_builder_new ();
  mx_json_iter_init (&iter, array);
  while (mx_json_iter_next (&iter, NULL, &json))
    {
      const char *text = mx_json_string (json);

      if (text != NULL && (valid == NULL || valid (text)))
        g_strv_builder_add (builder, text);
    }
  return g_strv_builder_end (builder);
}

void
mx_sync_read_device_lists (MxJson device_lists, MxSyncDelta *delta)
{
  if (!mx_json_is_object (device_lists))
    return;
  delta->device_changed =
    mx_sync_read_strings (mx_json_get (device_lists, "changed"), mx_user_id_is_valid);
  delta->device_left =
    mx_sync_read_strings (mx_json_get (device_lists, "left"), mx_user_id_is_valid);
}

void
mx_sync_read_key_counts (MxJson counts, MxJson fallback_keys, MxSyncDelta *delta)
{
  const char *algorithm;
  MxJsonIter iter;
  MxJson json;

  if (mx_json_is_object (counts))
    {
      delta->one_time_key_counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      mx_json_iter_init (&iter, counts);
      while (mx_json_iter_next (&iter, &algorithm, &json))
        {
          gint64 count = mx_sync_read_count (json);

          if (count >= 0)
            g_hash_table_insert (delta->one_time_key_counts,
                                 g_strdup (algorithm),
                                 GINT_TO_POINTER ((int) count));
        }
    }
  delta->unused_fallback_keys = mx_sync_read_strings (fallback_keys, NULL);
}

gint64
mx_sync_read_count (MxJson number)
{
  gint64 count = mx_json_int (number, -1);

  return count < 0 ? -1 : MIN (count, MAX_COUNT);
}

MxMembership
mx_sync_read_membership (const char *membership)
{
  static const struct
  {
    const char *name;
    MxMembership membership;
  } table[] = {
    { "join", MX_MEMBERSHIP_JOIN },   { "invite", MX_MEMBERSHIP_INVITE },
    { "knock", MX_MEMBERSHIP_KNOCK }, { "leave", MX_MEMBERSHIP_LEAVE },
    { "ban", MX_MEMBERSHIP_BAN },
  };

  for (gsize i = 0; membership != NULL && i < G_N_ELEMENTS (table); i++)
    if (strcmp (table[i].name, membership) == 0)
      return table[i].membership;
  return MX_MEMBERSHIP_NONE;
}
