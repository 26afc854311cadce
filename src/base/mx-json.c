/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Reading JSON: the only file that knows json-glib. A cursor is a JsonNode that is borrowed from
 * the document; nothing changes it after the parse, so any number of threads may read. */
#include "config.h"

#include "mx-json.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "mx-error.h"

#define MAX_DEPTH 100

struct _MxJsonDocument
{
  gatomicrefcount refs;
  JsonNode *root;
};

typedef struct
{
  JsonArray *array; /* NULL when an object is walked */
  gsize index;
  union
  {
    JsonObjectIter members;
    gpointer size[8];
  };
} Iter;

G_STATIC_ASSERT (sizeof (Iter) <= sizeof (MxJsonIter));

static const MxJson ABSENT = { NULL };

static GError *
invalid (const char *message)
{
  return g_error_new_literal (MX_MATRIX_ERROR, MX_MATRIX_ERROR_INVALID_RESPONSE, message);
}

/* The value of four hexadecimal digits, or -1. */
static int
read_hex4 (const char *text, const char *end)
{
  int value = 0;

  if (end - text < 4)
    return -1;

  for (int i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (text[i]);

      if (digit < 0)
        return -1;
      value = value * 16 + digit;
    }

  return value;
}

/* At the 'u' of an escape: how many bytes it takes, and whether C or Unicode has no string for it.
 */
static gsize
measure_unicode_escape (const char *text, const char *end, gboolean *unusable)
{
  int unit = read_hex4 (text + 1, end);

  *unusable = unit == 0 || (unit >= 0xd800 && unit <= 0xdfff);

  if (unit >= 0xd800 && unit <= 0xdbff && end - text >= 11 && text[5] == '\\' && text[6] == 'u')
    {
      int low = read_hex4 (text + 7, end);

      if (low >= 0xdc00 && low <= 0xdfff)
        {
          *unusable = FALSE;
          return 11;
        }
    }

  return unit < 0 ? 1 : 5;
}

/* The bracket that ends the value which begins at text, NULL without one. */
static const char *
find_end (const char *text, const char *end)
{
  gboolean in_string = FALSE;
  gsize depth = 0;

  for (const char *p = text; p < end; p++)
    {
      if (in_string && *p == '\\')
        p++;
      else if (*p == '"')
        in_string = !in_string;
      else if (!in_string && (*p == '{' || *p == '['))
        depth++;
      else if (!in_string && (*p == '}' || *p == ']') && --depth == 0)
        return p;
    }

  return NULL;
}

/* One pass before the parser, which recurses, and which would cut a string at an escaped NUL and
 * refuse the whole document for half a surrogate pair: anybody could make a sync reply unreadable
 * with one message. Those escapes become U+FFFD in *repaired, a copy that is only made when there
 * is one; a value that is nested too deeply becomes 0 there. */
static gboolean
check_and_repair (const char *data, gsize length, char **repaired, GError **error)
{
  const char *end = data + length;
  gboolean in_string = FALSE;
  unsigned depth = 0;

  for (const char *p = data; p < end; p++)
    {
      if (in_string && *p == '\\' && p + 1 < end)
        {
          gboolean unusable = FALSE;

          p++;
          if (*p != 'u')
            continue;

          gsize skip = measure_unicode_escape (p, end, &unusable);

          if (unusable)
            {
              if (*repaired == NULL)
                *repaired = g_memdup2 (data, length);
              memcpy (*repaired + (p - data) + 1, "fffd", 4);
            }
          p += skip - 1;
        }
      else if (*p == '"')
        in_string = !in_string;
      else if (!in_string && (*p == '{' || *p == '['))
        {
          const char *close = NULL;

          if (depth < MAX_DEPTH)
            {
              depth++;
              continue;
            }

          close = find_end (p, end);
          if (close == NULL)
            {
              g_propagate_error (error, invalid ("JSON is malformed"));
              return FALSE;
            }
          if (*repaired == NULL)
            *repaired = g_memdup2 (data, length);
          memset (*repaired + (p - data), ' ', (gsize) (close - p) + 1);
          (*repaired)[p - data] = '0';
          p = close;
        }
      else if (!in_string && (*p == '}' || *p == ']') && depth > 0)
        depth--;
    }

  return TRUE;
}

/* Takes root. */
static MxJsonDocument *
document_new (JsonNode *root)
{
  MxJsonDocument *self = g_new0 (MxJsonDocument, 1);

  g_atomic_ref_count_init (&self->refs);
  self->root = root;

  return self;
}

MxJsonDocument *
mx_json_document_parse (const char *data, gssize length, GError **error)
{
  g_autoptr (JsonParser) parser = NULL;
  g_autofree char *repaired = NULL;
  g_autoptr (JsonNode) root = NULL;
  gsize size = 0;

  g_return_val_if_fail (data != NULL || length == 0, NULL);

  size = length >= 0 ? (gsize) length : strlen (data);
  if (size == 0)
    {
      g_propagate_error (error, invalid ("JSON is empty"));
      return NULL;
    }
  if (size > G_MAXSSIZE || !check_and_repair (data, size, &repaired, error))
    return NULL;

  parser = json_parser_new ();
  json_parser_set_strict (parser, TRUE);
  /* The library's message quotes the text, which is nobody's business. */
  if (json_parser_load_from_data (parser, repaired != NULL ? repaired : data, size, NULL))
    root = json_parser_steal_root (parser);
  if (root == NULL)
    {
      g_propagate_error (error, invalid ("JSON is malformed"));
      return NULL;
    }

  return document_new (g_steal_pointer (&root));
}

MxJsonDocument *
mx_json_document_parse_bytes (GBytes *bytes, GError **error)
{
  gsize size = 0;
  const char *data = g_bytes_get_data (bytes, &size);

  return mx_json_document_parse (data, size, error);
}

/* The library counts references without atomics, so that no node may belong to two documents: each
 * could be freed on a thread of its own. Recursion ends: the parser limits the depth. */
static JsonNode *
copy_node (JsonNode *node)
{
  const MxJson cursor = { node };
  JsonNode *copy = NULL;

  switch (mx_json_type (cursor))
    {
    case MX_JSON_OBJECT:
      {
        JsonObject *object = json_object_new ();
        const char *name = NULL;
        JsonObjectIter iter;
        JsonNode *child = NULL;

        json_object_iter_init_ordered (&iter, json_node_get_object (node));
        while (json_object_iter_next_ordered (&iter, &name, &child))
          json_object_set_member (object, name, copy_node (child));

        copy = json_node_alloc ();
        json_node_init (copy, JSON_NODE_OBJECT);
        json_node_take_object (copy, object);

        return copy;
      }

    case MX_JSON_ARRAY:
      {
        JsonArray *array = json_array_sized_new (mx_json_size (cursor));

        for (unsigned i = 0; i < mx_json_size (cursor); i++)
          json_array_add_element (array, copy_node (mx_json_at (cursor, i).node));

        copy = json_node_alloc ();
        json_node_init (copy, JSON_NODE_ARRAY);
        json_node_take_array (copy, array);

        return copy;
      }

    case MX_JSON_STRING:
      return json_node_init_string (json_node_alloc (), json_node_get_string (node));

    case MX_JSON_INTEGER:
      return json_node_init_int (json_node_alloc (), json_node_get_int (node));

    case MX_JSON_DOUBLE:
      return json_node_init_double (json_node_alloc (), json_node_get_double (node));

    case MX_JSON_BOOLEAN:
      return json_node_init_boolean (json_node_alloc (), json_node_get_boolean (node));

    case MX_JSON_NULL:
    case MX_JSON_ABSENT:
    default:
      return json_node_init_null (json_node_alloc ());
    }
}

MxJsonDocument *
mx_json_dup_document (MxJson self)
{
  return self.node != NULL ? document_new (copy_node (self.node)) : NULL;
}

MxJsonDocument *
mx_json_document_ref (MxJsonDocument *self)
{
  g_atomic_ref_count_inc (&self->refs);

  return self;
}

void
mx_json_document_unref (MxJsonDocument *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;

  g_clear_pointer (&self->root, json_node_unref);
  g_free (self);
}

MxJson
mx_json_document_root (MxJsonDocument *self)
{
  return (MxJson) { self != NULL ? self->root : NULL };
}

MxJsonType
mx_json_type (MxJson self)
{
  GType type = G_TYPE_INVALID;

  if (self.node == NULL)
    return MX_JSON_ABSENT;

  switch (json_node_get_node_type (self.node))
    {
    case JSON_NODE_OBJECT:
      return MX_JSON_OBJECT;
    case JSON_NODE_ARRAY:
      return MX_JSON_ARRAY;
    case JSON_NODE_NULL:
      return MX_JSON_NULL;
    case JSON_NODE_VALUE:
    default:
      break;
    }

  type = json_node_get_value_type (self.node);
  if (type == G_TYPE_STRING)
    return MX_JSON_STRING;
  if (type == G_TYPE_INT64)
    return MX_JSON_INTEGER;
  if (type == G_TYPE_DOUBLE)
    return MX_JSON_DOUBLE;
  if (type == G_TYPE_BOOLEAN)
    return MX_JSON_BOOLEAN;

  return MX_JSON_NULL;
}

static JsonObject *
peek_object (MxJson self)
{
  return self.node != NULL && JSON_NODE_HOLDS_OBJECT ((JsonNode *) self.node)
           ? json_node_get_object (self.node)
           : NULL;
}

static JsonArray *
peek_array (MxJson self)
{
  return self.node != NULL && JSON_NODE_HOLDS_ARRAY ((JsonNode *) self.node)
           ? json_node_get_array (self.node)
           : NULL;
}

gboolean
mx_json_is_object (MxJson self)
{
  return peek_object (self) != NULL;
}

MxJson
mx_json_get (MxJson object, const char *member)
{
  JsonObject *json = peek_object (object);

  return (MxJson) { json != NULL ? json_object_get_member (json, member) : NULL };
}

MxJson
mx_json_path (MxJson object, const char *first, ...)
{
  va_list names;

  va_start (names, first);
  for (const char *name = first; name != NULL && object.node != NULL;
       name = va_arg (names, const char *))
    object = mx_json_get (object, name);
  va_end (names);

  return object;
}

MxJson
mx_json_at (MxJson array, unsigned index)
{
  JsonArray *json = peek_array (array);

  if (json == NULL || index >= json_array_get_length (json))
    return ABSENT;

  return (MxJson) { json_array_get_element (json, index) };
}

unsigned
mx_json_size (MxJson array_or_object)
{
  JsonArray *array = peek_array (array_or_object);
  JsonObject *object = peek_object (array_or_object);

  if (array != NULL)
    return json_array_get_length (array);

  return object != NULL ? json_object_get_size (object) : 0;
}

const char *
mx_json_string (MxJson self)
{
  return mx_json_type (self) == MX_JSON_STRING ? json_node_get_string (self.node) : NULL;
}

const char *
mx_json_string_or (MxJson self, const char *fallback)
{
  const char *text = mx_json_string (self);

  return text != NULL ? text : fallback;
}

gint64
mx_json_int (MxJson self, gint64 fallback)
{
  switch (mx_json_type (self))
    {
    case MX_JSON_INTEGER:
      return json_node_get_int (self.node);

    case MX_JSON_DOUBLE:
      {
        double value = json_node_get_double (self.node);

        /* exact up to 2^53 */
        return fabs (value) <= 9007199254740992.0 && trunc (value) == value ? (gint64) value
                                                                            : fallback;
      }

    default:
      return fallback;
    }
}

double
mx_json_double (MxJson self, double fallback)
{
  switch (mx_json_type (self))
    {
    case MX_JSON_INTEGER:
      return (double) json_node_get_int (self.node);

    case MX_JSON_DOUBLE:
      {
        double value = json_node_get_double (self.node);

        return isfinite (value) ? value : fallback;
      }

    default:
      return fallback;
    }
}

gboolean
mx_json_bool (MxJson self, gboolean fallback)
{
  return mx_json_type (self) == MX_JSON_BOOLEAN ? json_node_get_boolean (self.node) : fallback;
}

const char *
mx_json_get_string (MxJson object, const char *member)
{
  return mx_json_string (mx_json_get (object, member));
}

void
mx_json_iter_init (MxJsonIter *iter, MxJson array_or_object)
{
  Iter *self = (Iter *) iter;
  JsonObject *object = peek_object (array_or_object);

  memset (iter, 0, sizeof *iter);
  self->array = peek_array (array_or_object);
  if (object != NULL)
    {
      self->index = 1;
      json_object_iter_init_ordered (&self->members, object);
    }
}

gboolean
mx_json_iter_next (MxJsonIter *iter, const char **name, MxJson *value)
{
  Iter *self = (Iter *) iter;
  JsonNode *node = NULL;
  const char *member = NULL;
  gboolean found = FALSE;

  if (self->array != NULL)
    {
      found = self->index < json_array_get_length (self->array);
      if (found)
        node = json_array_get_element (self->array, (guint) self->index++);
    }
  else if (self->index != 0)
    found = json_object_iter_next_ordered (&self->members, &member, &node);

  if (found && name != NULL)
    *name = member;
  if (found && value != NULL)
    *value = (MxJson) { node };

  return found;
}
