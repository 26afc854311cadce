/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Writing JSON: one serializer for plain text, canonical JSON (Matrix appendices, "Canonical JSON")
 * and the writer. It reads through the cursors of mx-json.h. */
#include "config.h"

#include "mx-json.h"

#include <math.h>
#include <string.h>

#include "mx-error.h"

#define MAX_SAFE_INTEGER G_GINT64_CONSTANT (9007199254740991)

struct _MxJsonWriter
{
  GString *text;
  GArray *open;   /* char: the bracket that ends each open level */
  gboolean first; /* nothing was written on this level yet */
};

static void
append_escape (GString *text, char c)
{
  switch (c)
    {
    case '"':
      g_string_append (text, "\\\"");
      break;
    case '\\':
      g_string_append (text, "\\\\");
      break;
    case '\b':
      g_string_append (text, "\\b");
      break;
    case '\f':
      g_string_append (text, "\\f");
      break;
    case '\n':
      g_string_append (text, "\\n");
      break;
    case '\r':
      g_string_append (text, "\\r");
      break;
    case '\t':
      g_string_append (text, "\\t");
      break;
    default:
      g_string_append_printf (text, "\\u%04x", (unsigned) (guchar) c);
    }
}

/* The shortest form, which is also the canonical one: UTF-8 as it is, only what must be escaped is.
 */
static void
append_string (GString *text, const char *value)
{
  const char *plain = value;
  const char *p = value;

  g_string_append_c (text, '"');
  for (; *p != '\0'; p++)
    if ((guchar) *p < 0x20 || *p == '"' || *p == '\\')
      {
        g_string_append_len (text, plain, p - plain);
        append_escape (text, *p);
        plain = p + 1;
      }
  g_string_append_len (text, plain, p - plain);
  g_string_append_c (text, '"');
}

/* A double stays one when it is read again, so that what has no canonical form does not get one. */
static void
append_double (GString *text, double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isfinite (value))
    {
      g_string_append (text, "null");
      return;
    }

  g_string_append (text, g_ascii_dtostr (buffer, sizeof buffer, value));
  if (strpbrk (buffer, ".e") == NULL)
    g_string_append (text, ".0");
}

static void
append_scalar (GString *text, MxJson value)
{
  switch (mx_json_type (value))
    {
    case MX_JSON_BOOLEAN:
      g_string_append (text, mx_json_bool (value, FALSE) ? "true" : "false");
      break;
    case MX_JSON_INTEGER:
      g_string_append_printf (text, "%" G_GINT64_FORMAT, mx_json_int (value, 0));
      break;
    case MX_JSON_DOUBLE:
      append_double (text, mx_json_double (value, NAN));
      break;
    case MX_JSON_STRING:
      append_string (text, mx_json_string (value));
      break;
    default:
      g_string_append (text, "null");
    }
}

/* Recursion ends: the parser limits the depth. */
static void
append_plain (GString *text, MxJson value)
{
  const MxJsonType type = mx_json_type (value);
  const char *name = NULL;
  gboolean first = TRUE;
  MxJsonIter iter;
  MxJson child;

  if (type != MX_JSON_OBJECT && type != MX_JSON_ARRAY)
    {
      append_scalar (text, value);
      return;
    }

  g_string_append_c (text, type == MX_JSON_OBJECT ? '{' : '[');
  mx_json_iter_init (&iter, value);
  while (mx_json_iter_next (&iter, &name, &child))
    {
      if (!first)
        g_string_append_c (text, ',');
      first = FALSE;
      if (name != NULL)
        {
          append_string (text, name);
          g_string_append_c (text, ':');
        }
      append_plain (text, child);
    }
  g_string_append_c (text, type == MX_JSON_OBJECT ? '}' : ']');
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  /* The order of UTF-8 bytes is that of code points. */
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
append_canonical (GString *text, MxJson value, const char *const *skip, GError **error);

static gboolean
append_canonical_object (GString *text, MxJson object, const char *const *skip, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_sized_new (mx_json_size (object));
  const char *name = NULL;
  MxJsonIter iter;

  mx_json_iter_init (&iter, object);
  while (mx_json_iter_next (&iter, &name, NULL))
    if (skip == NULL || !g_strv_contains (skip, name))
      g_ptr_array_add (names, (gpointer) name);
  g_ptr_array_sort (names, compare_names);

  g_string_append_c (text, '{');
  for (guint i = 0; i < names->len; i++)
    {
      if (i > 0)
        g_string_append_c (text, ',');
      name = g_ptr_array_index (names, i);
      append_string (text, name);
      g_string_append_c (text, ':');
      if (!append_canonical (text, mx_json_get (object, name), NULL, error))
        return FALSE;
    }
  g_string_append_c (text, '}');

  return TRUE;
}

static gboolean
append_canonical_array (GString *text, MxJson array, GError **error)
{
  g_string_append_c (text, '[');
  for (unsigned i = 0; i < mx_json_size (array); i++)
    {
      if (i > 0)
        g_string_append_c (text, ',');
      if (!append_canonical (text, mx_json_at (array, i), NULL, error))
        return FALSE;
    }
  g_string_append_c (text, ']');

  return TRUE;
}

static gboolean
append_canonical (GString *text, MxJson value, const char *const *skip, GError **error)
{
  switch (mx_json_type (value))
    {
    case MX_JSON_OBJECT:
      return append_canonical_object (text, value, skip, error);

    case MX_JSON_ARRAY:
      return append_canonical_array (text, value, error);

    case MX_JSON_INTEGER:
      {
        gint64 number = mx_json_int (value, 0);

        if (number >= -MAX_SAFE_INTEGER && number <= MAX_SAFE_INTEGER)
          break;
      }
      G_GNUC_FALLTHROUGH;
    case MX_JSON_DOUBLE:
      g_set_error_literal (error,
                           MX_MATRIX_ERROR,
                           MX_MATRIX_ERROR_INVALID_RESPONSE,
                           "A number has no canonical form");
      return FALSE;

    case MX_JSON_ABSENT:
      g_set_error_literal (error,
                           MX_MATRIX_ERROR,
                           MX_MATRIX_ERROR_INVALID_RESPONSE,
                           "Nothing has no canonical form");
      return FALSE;

    case MX_JSON_NULL:
    case MX_JSON_BOOLEAN:
    case MX_JSON_STRING:
    default:
      break;
    }

  append_scalar (text, value);

  return TRUE;
}

char *
mx_json_to_text (MxJson self)
{
  GString *text = NULL;

  if (mx_json_type (self) == MX_JSON_ABSENT)
    return NULL;

  text = g_string_new (NULL);
  append_plain (text, self);

  return g_string_free_and_steal (text);
}

char *
mx_json_to_canonical (MxJson self, const char *const *skip, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (!append_canonical (text, self, skip, error))
    return NULL;

  return g_string_free_and_steal (g_steal_pointer (&text));
}

/* -- Writer */

MxJsonWriter *
mx_json_writer_new (void)
{
  MxJsonWriter *self = g_new0 (MxJsonWriter, 1);

  self->text = g_string_new (NULL);
  self->open = g_array_new (FALSE, FALSE, sizeof (char));
  self->first = TRUE;

  return self;
}

void
mx_json_writer_free (MxJsonWriter *self)
{
  g_string_free (self->text, TRUE);
  g_array_unref (self->open);
  g_free (self);
}

static gboolean
in_object (MxJsonWriter *self)
{
  return self->open->len > 0 && g_array_index (self->open, char, self->open->len - 1) == '}';
}

/* Comma and name: what comes before every value. User text is valid UTF-8; what is not becomes so.
 */
static void
begin_value (MxJsonWriter *self, const char *name)
{
  g_assert (in_object (self) == (name != NULL));
  g_assert (self->open->len > 0 || self->text->len == 0);

  if (!self->first)
    g_string_append_c (self->text, ',');
  self->first = FALSE;
  if (name != NULL)
    {
      g_autofree char *valid = g_utf8_make_valid (name, -1);

      append_string (self->text, valid);
      g_string_append_c (self->text, ':');
    }
}

static void
begin_level (MxJsonWriter *self, const char *name, const char brackets[2])
{
  begin_value (self, name);
  g_string_append_c (self->text, brackets[0]);
  g_array_append_val (self->open, brackets[1]);
  self->first = TRUE;
}

void
mx_json_begin_object (MxJsonWriter *self, const char *name)
{
  begin_level (self, name, "{}");
}

void
mx_json_begin_array (MxJsonWriter *self, const char *name)
{
  begin_level (self, name, "[]");
}

void
mx_json_end (MxJsonWriter *self)
{
  g_assert (self->open->len > 0);

  g_string_append_c (self->text, g_array_index (self->open, char, self->open->len - 1));
  g_array_set_size (self->open, self->open->len - 1);
  self->first = FALSE;
}

void
mx_json_add_string (MxJsonWriter *self, const char *name, const char *value)
{
  g_autofree char *valid = NULL;

  if (value == NULL)
    return;

  begin_value (self, name);
  if (!g_utf8_validate (value, -1, NULL))
    value = valid = g_utf8_make_valid (value, -1);
  append_string (self->text, value);
}

void
mx_json_add_int (MxJsonWriter *self, const char *name, gint64 value)
{
  begin_value (self, name);
  g_string_append_printf (self->text, "%" G_GINT64_FORMAT, value);
}

void
mx_json_add_double (MxJsonWriter *self, const char *name, double value)
{
  begin_value (self, name);
  append_double (self->text, value);
}

void
mx_json_add_bool (MxJsonWriter *self, const char *name, gboolean value)
{
  begin_value (self, name);
  g_string_append (self->text, value ? "true" : "false");
}

void
mx_json_add_null (MxJsonWriter *self, const char *name)
{
  begin_value (self, name);
  g_string_append (self->text, "null");
}

void
mx_json_add_json (MxJsonWriter *self, const char *name, MxJson value)
{
  if (mx_json_type (value) == MX_JSON_ABSENT)
    return;

  begin_value (self, name);
  append_plain (self->text, value);
}

char *
mx_json_writer_to_text (MxJsonWriter *self)
{
  g_assert (self->open->len == 0);

  return g_strndup (self->text->str, self->text->len);
}
