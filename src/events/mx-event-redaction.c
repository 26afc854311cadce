/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What remains of a redacted event, by room version (spec "Redactions" of each room version). A
 * version that is not known is treated as the newest one that is. */
#include "config.h"

#include "mx-event.h"

#include <string.h>

#define NEWEST 12

typedef struct
{
  const char *type;
  const char *key;
  int since;
  int until; /* first version that no longer keeps it; 0: all do */
} Keep;

static const Keep content_keys[] = {
  { "m.room.member", "membership", 1, 0 },
  { "m.room.member", "join_authorised_via_users_server", 9, 0 },
  { "m.room.create", "creator", 1, 11 },
  { "m.room.join_rules", "join_rule", 1, 0 },
  { "m.room.join_rules", "allow", 8, 0 },
  { "m.room.power_levels", "ban", 1, 0 },
  { "m.room.power_levels", "events", 1, 0 },
  { "m.room.power_levels", "events_default", 1, 0 },
  { "m.room.power_levels", "invite", 11, 0 },
  { "m.room.power_levels", "kick", 1, 0 },
  { "m.room.power_levels", "redact", 1, 0 },
  { "m.room.power_levels", "state_default", 1, 0 },
  { "m.room.power_levels", "users", 1, 0 },
  { "m.room.power_levels", "users_default", 1, 0 },
  { "m.room.aliases", "aliases", 1, 6 },
  { "m.room.history_visibility", "history_visibility", 1, 0 },
  { "m.room.redaction", "redacts", 11, 0 },
};

static const Keep event_keys[] = {
  { NULL, "event_id", 1, 0 },         { NULL, "type", 1, 0 },        { NULL, "room_id", 1, 0 },
  { NULL, "sender", 1, 0 },           { NULL, "state_key", 1, 0 },   { NULL, "hashes", 1, 0 },
  { NULL, "signatures", 1, 0 },       { NULL, "depth", 1, 0 },       { NULL, "prev_events", 1, 0 },
  { NULL, "prev_state", 1, 11 },      { NULL, "auth_events", 1, 0 }, { NULL, "origin", 1, 11 },
  { NULL, "origin_server_ts", 1, 0 }, { NULL, "membership", 1, 11 },
};

static int
parse_version (const char *room_version)
{
  guint64 version;

  if (room_version == NULL ||
      !g_ascii_string_to_unsigned (room_version, 10, 1, NEWEST, &version, NULL))
    return NEWEST;

  return (int) version;
}

static gboolean
applies (const Keep *keep, int version)
{
  return version >= keep->since && (keep->until == 0 || version < keep->until);
}

static void
add_content (MxJsonWriter *writer, MxEvent *event, int version)
{
  MxJson content = mx_event_get_wire_content (event);
  const char *type = mx_event_get_wire_type (event);

  /* The creation event of version 11 and later is kept whole. */
  if (version >= 11 && strcmp (type, "m.room.create") == 0 && mx_json_is_object (content))
    {
      mx_json_add_json (writer, "content", content);
      return;
    }

  mx_json_begin_object (writer, "content");
  for (gsize i = 0; i < G_N_ELEMENTS (content_keys); i++)
    if (applies (&content_keys[i], version) && strcmp (type, content_keys[i].type) == 0)
      mx_json_add_json (writer, content_keys[i].key, mx_json_get (content, content_keys[i].key));

  if (version >= 11 && strcmp (type, "m.room.member") == 0)
    {
      MxJson invite = mx_json_path (content, "third_party_invite", "signed", NULL);

      if (mx_json_type (invite) != MX_JSON_ABSENT)
        {
          mx_json_begin_object (writer, "third_party_invite");
          mx_json_add_json (writer, "signed", invite);
          mx_json_end (writer);
        }
    }
  mx_json_end (writer);
}

static void
add_unsigned (MxJsonWriter *writer, MxEvent *event, MxEvent *redaction)
{
  MxJson values = mx_event_get_unsigned (event);
  MxJson because = mx_json_get (values, "redacted_because");

  mx_json_begin_object (writer, "unsigned");
  mx_json_add_json (writer, "transaction_id", mx_json_get (values, "transaction_id"));
  mx_json_add_json (writer, "membership", mx_json_get (values, "membership"));
  if (redaction != NULL)
    mx_json_add_json (writer, "redacted_because", mx_event_get_json (redaction));
  else if (mx_json_is_object (because))
    mx_json_add_json (writer, "redacted_because", because);
  else
    {
      mx_json_begin_object (writer, "redacted_because");
      mx_json_end (writer);
    }
  mx_json_end (writer);
}

MxEvent *
mx_event_redacted_copy (MxEvent *self, const char *room_version, MxEvent *redaction)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  int version = parse_version (room_version);
  MxEvent *copy;

  g_return_val_if_fail (self != NULL, NULL);

  mx_json_begin_object (writer, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (event_keys); i++)
    if (applies (&event_keys[i], version))
      mx_json_add_json (writer,
                        event_keys[i].key,
                        mx_json_get (mx_event_get_json (self), event_keys[i].key));
  add_content (writer, self, version);
  add_unsigned (writer, self, redaction);
  mx_json_end (writer);

  text = mx_json_writer_to_text (writer);
  copy = mx_event_new_from_text (text, &error);
  /* The redaction is somebody's: without it what remains is smaller than what was valid. */
  if (copy == NULL && redaction != NULL)
    return mx_event_redacted_copy (self, room_version, NULL);
  if (copy == NULL)
    g_error ("What remains of a valid event is not valid: %s", error->message);

  return copy;
}
