/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-salvage-key.h. */
#include "config.h"

#include "mx-salvage-key.h"

#include <string.h>

static void
clear_part (MxSalvageKeyPart *part)
{
  g_clear_pointer (&part->bytes, g_bytes_unref);
  part->number = 0;
}

void
mx_salvage_key_clear (MxSalvageKey *self)
{
  for (unsigned i = 0; i < self->length; i++)
    clear_part (&self->parts[i]);
  self->length = 0;
}

void
mx_salvage_key_copy (MxSalvageKey *self, const MxSalvageKey *from)
{
  MxSalvageKey copy = *from;

  for (unsigned i = 0; i < copy.length; i++)
    if (copy.parts[i].bytes != NULL)
      g_bytes_ref (copy.parts[i].bytes);
  mx_salvage_key_clear (self);
  *self = copy;
}

gboolean
mx_salvage_key_read (MxSalvageKey *self, sqlite3_stmt *row, unsigned length)
{
  mx_salvage_key_clear (self);
  for (unsigned i = 0; i < length; i++)
    {
      MxSalvageKeyPart *part = &self->parts[i];

      *part = (MxSalvageKeyPart) { .type = sqlite3_column_type (row, i) };
      self->length = i + 1;
      if (part->type == SQLITE_INTEGER)
        part->number = sqlite3_column_int64 (row, i);
      else if (part->type == SQLITE_TEXT || part->type == SQLITE_BLOB)
        {
          const void *data = part->type == SQLITE_TEXT ? (const void *) sqlite3_column_text (row, i)
                                                       : sqlite3_column_blob (row, i);

          part->bytes = g_bytes_new (data, data != NULL ? sqlite3_column_bytes (row, i) : 0);
        }
      else
        return FALSE;
    }
  return TRUE;
}

void
mx_salvage_key_bind (const MxSalvageKey *self, sqlite3_stmt *statement, int first)
{
  for (unsigned i = 0; i < self->length; i++)
    {
      const MxSalvageKeyPart *part = &self->parts[i];
      gsize size = 0;
      const void *data = part->bytes != NULL ? g_bytes_get_data (part->bytes, &size) : NULL;

      if (part->type == SQLITE_INTEGER)
        sqlite3_bind_int64 (statement, first + i, part->number);
      else if (part->type == SQLITE_TEXT)
        sqlite3_bind_text64 (statement,
                             first + i,
                             data != NULL ? data : "",
                             size,
                             SQLITE_STATIC,
                             SQLITE_UTF8);
      else if (size == 0)
        sqlite3_bind_zeroblob (statement, first + i, 0);
      else
        sqlite3_bind_blob64 (statement, first + i, data, size, SQLITE_STATIC);
    }
}

void
mx_salvage_key_set_lowest (MxSalvageKey *self, const int *types, unsigned length)
{
  mx_salvage_key_clear (self);
  for (unsigned i = 0; i < length; i++)
    {
      self->parts[i] = (MxSalvageKeyPart) { .type = types[i], .number = G_MININT64 };
      if (types[i] != SQLITE_INTEGER)
        self->parts[i].bytes = g_bytes_new_static ("", 0);
    }
  self->length = length;
}

void
mx_salvage_key_set_number (MxSalvageKey *self, const int *types, unsigned length, gint64 first)
{
  mx_salvage_key_set_lowest (self, types, length);
  self->parts[0].number = first;
}

/* The eight bytes behind what two texts share, as a number. */
static guint64
read_digits (GBytes *bytes, gsize from)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  guint64 number = 0;

  for (gsize i = from; i < from + 8; i++)
    number = number << 8 | (i < size ? data[i] : 0);
  return number;
}

static GBytes *
text_between (GBytes *low, GBytes *high)
{
  gsize low_size, high_size, shared = 0;
  const guint8 *a = g_bytes_get_data (low, &low_size);
  const guint8 *b = g_bytes_get_data (high, &high_size);
  GByteArray *text = g_byte_array_new ();
  guint64 first, last, middle;

  while (shared < low_size && shared < high_size && a[shared] == b[shared])
    shared++;
  first = read_digits (low, shared);
  last = read_digits (high, shared);
  middle = first + (last - first) / 2;
  if (middle == first)
    middle = last;
  g_byte_array_append (text, b, shared);
  for (int i = 7; i >= 0; i--)
    {
      guint8 byte = middle >> (8 * i) & 0xff;

      g_byte_array_append (text, &byte, 1);
    }
  return g_byte_array_free_to_bytes (text);
}

static int
compare_part (const MxSalvageKeyPart *a, const MxSalvageKeyPart *b)
{
  if (a->bytes != NULL && b->bytes != NULL)
    return g_bytes_compare (a->bytes, b->bytes);
  return (a->number > b->number) - (a->number < b->number);
}

static gboolean
is_equal (const MxSalvageKey *a, const MxSalvageKey *b)
{
  for (unsigned i = 0; i < a->length; i++)
    if (compare_part (&a->parts[i], &b->parts[i]) != 0)
      return FALSE;
  return TRUE;
}

gboolean
mx_salvage_key_set_between (MxSalvageKey *self, const MxSalvageKey *low, const MxSalvageKey *high)
{
  int types[MX_SALVAGE_KEY_MAX];
  unsigned at = 0;
  MxSalvageKey between = { 0 };

  while (at < low->length && compare_part (&low->parts[at], &high->parts[at]) == 0)
    at++;
  if (at == low->length)
    return FALSE;

  /* What they share, the middle of the first difference, and the lowest of the rest. */
  for (unsigned i = 0; i < high->length; i++)
    types[i] = high->parts[i].type;
  mx_salvage_key_set_lowest (&between, types, high->length);
  for (unsigned i = 0; i < at; i++)
    {
      clear_part (&between.parts[i]);
      between.parts[i] = high->parts[i];
      if (between.parts[i].bytes != NULL)
        g_bytes_ref (between.parts[i].bytes);
    }
  if (types[at] == SQLITE_INTEGER)
    {
      guint64 distance = (guint64) high->parts[at].number - (guint64) low->parts[at].number;

      between.parts[at].number =
        (gint64) ((guint64) low->parts[at].number + distance - distance / 2);
    }
  else
    {
      clear_part (&between.parts[at]);
      between.parts[at].bytes = text_between (low->parts[at].bytes, high->parts[at].bytes);
    }
  mx_salvage_key_clear (self);
  *self = between;
  return !is_equal (self, high);
}
