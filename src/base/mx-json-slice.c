/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Walking through a large JSON text. Only brackets, quotes and commas are looked at. */
#include "config.h"

#include "mx-json-slice.h"

#include "mx-error.h"
#include "mx-json.h"

#include <string.h>

static gboolean
fail (GError **error)
{
  if (error != NULL)
    *error =
      mx_matrix_error_new (MX_MATRIX_ERROR_INVALID_RESPONSE, 0, NULL, -1, "The text is not JSON");
  return FALSE;
}

static void
skip_space (MxJsonSlices *self)
{
  while (self->p < self->end &&
         (*self->p == ' ' || *self->p == '\n' || *self->p == '\t' || *self->p == '\r'))
    self->p++;
}

/* From an opening quote to behind the closing one. */
static gboolean
skip_string (MxJsonSlices *self)
{
  for (self->p++; self->p < self->end; self->p++)
    {
      if (*self->p == '\\')
        self->p++;
      else if (*self->p == '"')
        {
          self->p++;
          return TRUE;
        }
    }

  return FALSE;
}

/* A whole value; brackets are counted, not matched: the parser does that. */
static gboolean
skip_value (MxJsonSlices *self)
{
  const char *start = self->p;
  gsize depth = 0;

  while (self->p < self->end)
    {
      const char c = *self->p;

      if (c == '"')
        {
          if (!skip_string (self))
            return FALSE;
          if (depth == 0)
            return TRUE;
          continue;
        }
      if (c == '{' || c == '[')
        {
          depth++;
        }
      else if (c == '}' || c == ']')
        {
          if (depth == 0)
            return self->p > start;
          if (--depth == 0)
            {
              self->p++;
              return TRUE;
            }
        }
      else if (c == ',' && depth == 0)
        {
          return self->p > start;
        }
      self->p++;
    }

  return FALSE;
}

gboolean
mx_json_slices_init (MxJsonSlices *self, const char *data, gsize size)
{
  *self = (MxJsonSlices) { .p = data, .end = data + size, .is_first = TRUE };
  skip_space (self);
  if (self->p == self->end || (*self->p != '{' && *self->p != '['))
    return FALSE;

  self->is_object = *self->p == '{';
  self->p++;

  return TRUE;
}

/* The string between the quotes; NULL: no string. */
static char *
dup_string (const char *text, gsize size)
{
  g_autoptr (MxJsonDocument) document = NULL;
  g_autofree char *array = NULL;

  if (memchr (text, '\\', size) == NULL && g_utf8_validate (text + 1, size - 2, NULL))
    return g_strndup (text + 1, size - 2);

  array = g_strdup_printf ("[%.*s]", (int) MIN (size, G_MAXINT), text);
  document = mx_json_document_parse (array, -1, NULL);

  return document != NULL
           ? g_strdup (mx_json_string (mx_json_at (mx_json_document_root (document), 0)))
           : NULL;
}

static gboolean
read_name (MxJsonSlices *self, char **name)
{
  const char *start = self->p;

  if (self->p == self->end || *self->p != '"' || !skip_string (self))
    return FALSE;
  *name = dup_string (start, self->p - start);
  skip_space (self);
  if (*name == NULL || self->p == self->end || *self->p != ':')
    return FALSE;
  self->p++;
  skip_space (self);

  return TRUE;
}

gboolean
mx_json_slices_next (MxJsonSlices *self,
                     char **name,
                     const char **value,
                     gsize *size,
                     GError **error)
{
  g_autofree char *member = NULL;

  if (name != NULL)
    *name = NULL;

  skip_space (self);
  if (self->p == self->end)
    return fail (error);
  if (*self->p == (self->is_object ? '}' : ']'))
    return FALSE;
  if (!self->is_first)
    {
      if (*self->p != ',')
        return fail (error);
      self->p++;
      skip_space (self);
    }
  self->is_first = FALSE;

  if (self->is_object && !read_name (self, &member))
    return fail (error);
  *value = self->p;
  if (!skip_value (self))
    return fail (error);
  *size = self->p - *value;
  if (name != NULL)
    *name = g_steal_pointer (&member);

  return TRUE;
}
