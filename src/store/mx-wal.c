/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-wal.h. Each frame's checksum goes on from that of the frame before, as stored; so a
 * damaged frame is told from its successors. */
#include "config.h"

#include "mx-wal.h"

#include "mx-error.h"

#include <string.h>

#define HEADER_SIZE 32
#define FRAME_SIZE  24 /* of a frame's header; the page follows */
#define PAGE_SIZE   4096
#define MAGIC       0x377f0682u /* the last bit: checksums of big-endian words */
#define VERSION     3007000u

typedef struct
{
  guint32 first, second;
} Sum;

typedef struct
{
  GMappedFile *file;
  const guint8 *data;
  gboolean big_endian;
  gboolean bad_header;
  const guint8 *salts; /* 8 bytes that all frames of this log share */
  unsigned frames;     /* up to the last one with these salts */
  gboolean *damaged;   /* of each */
  unsigned n_damaged;
  unsigned commits_after; /* transactions that end behind the first damaged frame */
} Wal;

static guint32
read_word (const guint8 *data)
{
  guint32 word;

  memcpy (&word, data, sizeof word);
  return GUINT32_FROM_BE (word);
}

static void
write_word (guint8 *data, guint32 word)
{
  word = GUINT32_TO_BE (word);
  memcpy (data, &word, sizeof word);
}

static Sum
read_sum (const guint8 *data)
{
  return (Sum) { read_word (data), read_word (data + 4) };
}

static gboolean
is_same (Sum a, Sum b)
{
  return a.first == b.first && a.second == b.second;
}

static Sum
add_up (gboolean big_endian, Sum sum, const guint8 *data, gsize size)
{
  for (gsize i = 0; i < size; i += 8)
    {
      guint32 words[2];

      memcpy (words, data + i, sizeof words);
      for (int k = 0; k < 2; k++)
        words[k] = big_endian ? GUINT32_FROM_BE (words[k]) : GUINT32_FROM_LE (words[k]);
      sum.first += words[0] + sum.second;
      sum.second += words[1] + sum.first;
    }
  return sum;
}

static Sum
add_frame (gboolean big_endian, Sum sum, const guint8 *frame)
{
  sum = add_up (big_endian, sum, frame, 8);
  return add_up (big_endian, sum, frame + FRAME_SIZE, PAGE_SIZE);
}

static const guint8 *
get_frame (const Wal *self, unsigned i)
{
  return self->data + HEADER_SIZE + (gsize) i * (FRAME_SIZE + PAGE_SIZE);
}

static void
wal_clear (Wal *self)
{
  g_clear_pointer (&self->file, g_mapped_file_unref);
  g_clear_pointer (&self->damaged, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Wal, wal_clear)

/* A damaged header: the first two frames agree on the salts. */
static gboolean
read_header (Wal *self, unsigned slots)
{
  self->big_endian = read_word (self->data) & 1;
  self->salts = self->data + 16;
  if ((read_word (self->data) & ~1u) == MAGIC && read_word (self->data + 8) == PAGE_SIZE &&
      is_same (add_up (self->big_endian, (Sum) { 0 }, self->data, 24), read_sum (self->data + 24)))
    return TRUE;

  self->bad_header = TRUE;
  self->big_endian = G_BYTE_ORDER == G_BIG_ENDIAN;
  self->salts = get_frame (self, 0) + 8;
  return slots > 1 && memcmp (self->salts, get_frame (self, 1) + 8, 8) == 0;
}

static void
check_frames (Wal *self)
{
  gboolean known = !self->bad_header; /* the sum before this frame */
  Sum before = known ? read_sum (self->data + 24) : (Sum) { 0 };

  self->damaged = g_new0 (gboolean, self->frames);
  self->n_damaged = self->bad_header ? 1 : 0;
  for (unsigned i = 0; i < self->frames; i++)
    {
      const guint8 *frame = get_frame (self, i);
      gboolean fits =
        !known || is_same (add_frame (self->big_endian, before, frame), read_sum (frame + 16));

      if (!fits || memcmp (frame + 8, self->salts, 8) != 0)
        {
          self->damaged[i] = TRUE;
          self->n_damaged++;
        }
      else if (self->n_damaged > 0 && read_word (frame + 4) != 0)
        self->commits_after++;
      before = read_sum (frame + 16);
      known = TRUE;
    }
}

/* FALSE: there is no log, or none of its frames can be told. */
static gboolean
wal_open (Wal *self, const char *path)
{
  gsize size = 0;
  unsigned slots = 0;

  self->file = g_mapped_file_new (path, FALSE, NULL);
  if (self->file == NULL)
    return FALSE;
  size = g_mapped_file_get_length (self->file);
  if (size < HEADER_SIZE + FRAME_SIZE + PAGE_SIZE)
    return FALSE;
  self->data = (const guint8 *) g_mapped_file_get_contents (self->file);
  slots = (size - HEADER_SIZE) / (FRAME_SIZE + PAGE_SIZE);
  if (!read_header (self, slots))
    return FALSE;

  /* What lies behind belongs to a log that was written over. */
  for (unsigned i = 0; i < slots; i++)
    if (memcmp (get_frame (self, i) + 8, self->salts, 8) == 0)
      self->frames = i + 1;
  check_frames (self);
  return TRUE;
}

/* A crash leaves no complete transaction behind the incomplete one: the next begins once it is on
 * the disk. Its own last frame may have come before the others. */
static gboolean
is_damaged (const Wal *self)
{
  return self->n_damaged > 0 && self->commits_after > 1;
}

unsigned
mx_wal_count_damaged (const char *path)
{
  g_auto (Wal) wal = { 0 };

  return wal_open (&wal, path) && is_damaged (&wal) ? wal.n_damaged : 0;
}

static Sum
append_header (const Wal *self, GByteArray *copy)
{
  guint8 header[HEADER_SIZE];
  Sum sum;

  memcpy (header, self->data, sizeof header);
  if (self->bad_header)
    {
      write_word (header, MAGIC | (self->big_endian ? 1 : 0));
      write_word (header + 4, VERSION);
      write_word (header + 8, PAGE_SIZE);
      write_word (header + 12, 1);
      memcpy (header + 16, self->salts, 8);
    }
  sum = add_up (self->big_endian, (Sum) { 0 }, header, 24);
  write_word (header + 24, sum.first);
  write_word (header + 28, sum.second);
  g_byte_array_append (copy, header, sizeof header);
  return sum;
}

gboolean
mx_wal_mend (const char *from, const char *to, unsigned *dropped, GError **error)
{
  g_auto (Wal) wal = { 0 };
  g_autoptr (GByteArray) copy = g_byte_array_new ();
  g_autoptr (GError) failure = NULL;
  Sum sum;

  *dropped = 0;
  if (!wal_open (&wal, from))
    return TRUE;

  sum = append_header (&wal, copy);
  for (unsigned i = 0; i < wal.frames; i++)
    {
      guint8 header[FRAME_SIZE];
      const guint8 *frame = get_frame (&wal, i);

      if (wal.damaged[i])
        {
          /* After a crash, all that follows was never reported as written. */
          if (!is_damaged (&wal))
            break;
          continue;
        }
      memcpy (header, frame, sizeof header);
      sum = add_frame (wal.big_endian, sum, frame);
      write_word (header + 16, sum.first);
      write_word (header + 20, sum.second);
      g_byte_array_append (copy, header, sizeof header);
      g_byte_array_append (copy, frame + FRAME_SIZE, PAGE_SIZE);
    }
  if (is_damaged (&wal))
    *dropped = wal.n_damaged;

  if (g_file_set_contents_full (
        to, (const char *) copy->data, copy->len, G_FILE_SET_CONTENTS_NONE, 0600, &failure))
    return TRUE;
  g_set_error (error,
               MX_STORE_ERROR,
               g_error_matches (failure, G_FILE_ERROR, G_FILE_ERROR_NOSPC) ? MX_STORE_ERROR_FULL
                                                                           : MX_STORE_ERROR_FAILED,
               "The log cannot be copied: %d",
               failure->code);
  return FALSE;
}
