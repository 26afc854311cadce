/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Events: 20 000 of them come in one first sync, so an event keeps its part of the parsed reply and
 * borrows every string from it; nothing is copied, and text is written only when somebody asks for
 * it. */
#include "config.h"

#include "mx-event.h"

#include "mx-error.h"
#include "mx-matrix-id.h"

#include <string.h>

/* The specification's limits: an event as federated, and each of its identifiers. */
#define MAX_EVENT_SIZE 65536
#define MAX_ID_SIZE    255
/* A clock that is wrong by a day is believed; more is not. */
#define MAX_FUTURE_MS (G_GINT64_CONSTANT (24) * 60 * 60 * 1000)

struct _MxEvent
{
  gatomicrefcount ref_count;

  MxJsonDocument *document; /* the event object as received */
  MxJsonDocument *clear_document;
  MxJson json;
  MxJson wire_content;
  MxJson content;

  /* borrowed from the documents */
  const char *id;
  const char *sender;
  const char *type;
  const char *wire_type;
  const char *state_key;
  gint64 timestamp;

  char *raw; /* made on demand, by whichever thread comes first */
  char *clear;
};

G_DEFINE_BOXED_TYPE (MxEvent, mx_event, mx_event_ref, mx_event_unref)

static gboolean
fail (GError **error, const char *message)
{
  g_set_error_literal (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_INVALID_RESPONSE, message);
  return FALSE;
}

static gboolean
is_bounded (const char *text)
{
  return text != NULL && strnlen (text, MAX_ID_SIZE + 1) <= MAX_ID_SIZE;
}

static const char *
get_event_id (MxJson object, const char *member)
{
  const char *id = mx_json_get_string (object, member);

  return id != NULL && mx_event_id_is_valid (id) ? id : NULL;
}

/* The size of the compact text, give or take escapes; stops counting above limit. */
static gsize
measure (MxJson json, gsize limit)
{
  MxJsonIter iter;
  MxJson value;
  const char *name;
  gsize size;

  switch (mx_json_type (json))
    {
    case MX_JSON_STRING:
      return strlen (mx_json_string (json)) + 2;

    case MX_JSON_ARRAY:
    case MX_JSON_OBJECT:
      size = 2;
      mx_json_iter_init (&iter, json);
      while (size <= limit && mx_json_iter_next (&iter, &name, &value))
        size += (name != NULL ? strlen (name) + 3 : 0) + 1 + measure (value, limit - size);
      return size;

    default:
      return 4;
    }
}

static gboolean
check_size (MxJson json, GError **error)
{
  gsize size = 2;
  MxJsonIter iter;
  MxJson value;
  const char *name;

  mx_json_iter_init (&iter, json);
  while (mx_json_iter_next (&iter, &name, &value))
    {
      if (name == NULL || strcmp (name, "unsigned") == 0)
        continue;
      size += strlen (name) + 4 + measure (value, MAX_EVENT_SIZE);
      if (size > MAX_EVENT_SIZE)
        return fail (error, "The event is too large");
    }

  return TRUE;
}

static gboolean
read_fields (MxEvent *self, GError **error)
{
  MxJson state_key = mx_json_get (self->json, "state_key");

  self->id = get_event_id (self->json, "event_id");
  if (self->id == NULL)
    return fail (error, "The event has no valid event_id");

  self->sender = mx_json_get_string (self->json, "sender");
  if (self->sender == NULL || !mx_user_id_is_valid (self->sender))
    return fail (error, "The event has no valid sender");

  self->wire_type = mx_json_get_string (self->json, "type");
  if (!is_bounded (self->wire_type) || *self->wire_type == '\0')
    return fail (error, "The event has no valid type");

  /* A state event whose key cannot be read must not turn into a message. */
  self->state_key = mx_json_string (state_key);
  if (mx_json_type (state_key) != MX_JSON_ABSENT && mx_json_type (state_key) != MX_JSON_NULL &&
      !is_bounded (self->state_key))
    return fail (error, "The event has no valid state_key");

  self->type = self->wire_type;
  self->wire_content = mx_json_get (self->json, "content");
  self->content = self->wire_content;
  self->timestamp = CLAMP (mx_json_int (mx_json_get (self->json, "origin_server_ts"), 0),
                           0,
                           g_get_real_time () / 1000 + MAX_FUTURE_MS);

  return TRUE;
}

/* Takes document. */
static MxEvent *
new_from_document (MxJsonDocument *document, GError **error)
{
  g_autoptr (MxEvent) self = g_new0 (MxEvent, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->document = document;
  self->json = mx_json_document_root (document);

  if (!check_size (self->json, error) || !read_fields (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

MxEvent *
mx_event_new_from_json (MxJson json, GError **error)
{
  if (!mx_json_is_object (json))
    {
      fail (error, "An event is not an object");
      return NULL;
    }

  return new_from_document (mx_json_dup_document (json), error);
}

MxEvent *
mx_event_new_from_text (const char *json, GError **error)
{
  MxJsonDocument *document;

  g_return_val_if_fail (json != NULL, NULL);

  document = mx_json_document_parse (json, -1, error);
  if (document == NULL)
    return NULL;

  if (!mx_json_is_object (mx_json_document_root (document)))
    {
      fail (error, "An event is not an object");
      mx_json_document_unref (document);
      return NULL;
    }

  return new_from_document (document, error);
}

MxEvent *
mx_event_ref (MxEvent *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
mx_event_unref (MxEvent *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_clear_pointer (&self->document, mx_json_document_unref);
  g_clear_pointer (&self->clear_document, mx_json_document_unref);
  g_free (self->raw);
  g_free (self->clear);
  g_free (self);
}

const char *
mx_event_get_id (MxEvent *self)
{
  return self->id;
}

const char *
mx_event_get_sender (MxEvent *self)
{
  return self->sender;
}

const char *
mx_event_get_event_type (MxEvent *self)
{
  return self->type;
}

const char *
mx_event_get_wire_type (MxEvent *self)
{
  return self->wire_type;
}

const char *
mx_event_get_state_key (MxEvent *self)
{
  return self->state_key;
}

gint64
mx_event_get_timestamp (MxEvent *self)
{
  return self->timestamp;
}

MxJson
mx_event_get_json (MxEvent *self)
{
  return self->json;
}

MxJson
mx_event_get_content (MxEvent *self)
{
  return self->content;
}

MxJson
mx_event_get_wire_content (MxEvent *self)
{
  return self->wire_content;
}

MxJson
mx_event_get_unsigned (MxEvent *self)
{
  return mx_json_get (self->json, "unsigned");
}

const char *
mx_event_get_transaction_id (MxEvent *self)
{
  const char *id = mx_json_get_string (mx_event_get_unsigned (self), "transaction_id");

  return is_bounded (id) ? id : NULL;
}

const char *
mx_event_get_redacts (MxEvent *self)
{
  const char *outer;
  const char *inner;

  /* A redaction that came out of an encrypted message has been allowed by nobody. */
  if (strcmp (self->wire_type, "m.room.redaction") != 0)
    return NULL;

  outer = get_event_id (self->json, "redacts");
  inner = get_event_id (self->content, "redacts");

  /* Servers fill in the place that the room version does not check; where the two differ, one of
   * them is forged. */
  if (outer != NULL && inner != NULL && strcmp (outer, inner) != 0)
    return NULL;

  return outer != NULL ? outer : inner;
}

gboolean
mx_event_is_redacted (MxEvent *self)
{
  return mx_json_is_object (mx_json_get (mx_event_get_unsigned (self), "redacted_because"));
}

const char *
mx_event_get_raw (MxEvent *self)
{
  char *raw = g_atomic_pointer_get (&self->raw);

  if (raw == NULL)
    {
      raw = mx_json_to_text (self->json);
      if (!g_atomic_pointer_compare_and_exchange (&self->raw, NULL, raw))
        {
          g_free (raw);
          raw = g_atomic_pointer_get (&self->raw);
        }
    }

  return raw;
}

const char *
mx_event_get_clear (MxEvent *self)
{
  return self->clear;
}

/* What relates stays outside the encryption, and only that counts (E2E-085). */
static MxJson
get_relation (MxEvent *self)
{
  return mx_json_get (self->wire_content, "m.relates_to");
}

const char *
mx_event_get_relation_type (MxEvent *self)
{
  const char *type = mx_json_get_string (get_relation (self), "rel_type");

  return is_bounded (type) ? type : NULL;
}

const char *
mx_event_get_relation_target (MxEvent *self)
{
  if (mx_event_get_relation_type (self) == NULL)
    return NULL;

  return get_event_id (get_relation (self), "event_id");
}

const char *
mx_event_get_relation_key (MxEvent *self)
{
  const char *key = mx_json_get_string (get_relation (self), "key");

  return is_bounded (key) && *key != '\0' ? key : NULL;
}

const char *
mx_event_get_reply_target (MxEvent *self)
{
  MxJson relation = get_relation (self);

  if (mx_json_bool (mx_json_get (relation, "is_falling_back"), FALSE))
    return NULL;

  return get_event_id (mx_json_get (relation, "m.in_reply_to"), "event_id");
}

const char *
mx_event_get_thread_root (MxEvent *self)
{
  return g_strcmp0 (mx_event_get_relation_type (self), "m.thread") == 0
           ? mx_event_get_relation_target (self)
           : NULL;
}

MxEvent *
mx_event_with_clear (MxEvent *self, const char *clear, GError **error)
{
  g_autoptr (MxJsonDocument) document = NULL;
  MxEvent *copy;
  MxJson root;
  const char *type;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (clear != NULL, NULL);

  if (strnlen (clear, MAX_EVENT_SIZE + 1) > MAX_EVENT_SIZE)
    {
      fail (error, "The decrypted event is too large");
      return NULL;
    }

  document = mx_json_document_parse (clear, -1, error);
  if (document == NULL)
    return NULL;

  root = mx_json_document_root (document);
  type = mx_json_get_string (root, "type");

  /* State cannot come out of a message, nor one encryption out of another (E2E-087). */
  if (!is_bounded (type) || *type == '\0' || strcmp (type, "m.room.encrypted") == 0 ||
      !mx_json_is_object (mx_json_get (root, "content")) ||
      mx_json_type (mx_json_get (root, "state_key")) != MX_JSON_ABSENT || self->state_key != NULL ||
      strcmp (self->wire_type, "m.room.encrypted") != 0)
    {
      fail (error, "The decrypted event is not a message");
      return NULL;
    }

  copy = g_memdup2 (self, sizeof *self);
  g_atomic_ref_count_init (&copy->ref_count);
  mx_json_document_ref (copy->document);
  copy->raw = NULL;
  copy->clear = g_strdup (clear);
  copy->clear_document = g_steal_pointer (&document);
  copy->type = type;
  copy->content = mx_json_get (root, "content");

  return copy;
}
