/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Runs a target without a fuzzer: every file of a corpus, then mutations of them, the same in each
 * run; as long as a second argument says, in seconds, other ones. */
#include "fuzz.h"

#include <string.h>

#define MUTATIONS 400
#define MAX_SIZE  (256 * 1024)

static const char *const words[] = {
  "<",  ">",  "</", "&",   "&#x", ";",    "\"",    "'",     "{",    "}",        "[",
  "]",  ":",  ",",  "\\u", "\\",  "null", "1e999", "-1",    "\xff", "\xe2\x80", "\xcc\x81",
  "\n", "\t", "*",  "**",  "`",   "[](",  "<div>", "<pre>", "</b>", "http:",    "@",
  "$",  "!",  "m.", "(",   ")",   "# ",   "- ",    "> ",    "?",
};

static void
mutate (GByteArray *bytes, GRand *rand, GPtrArray *corpus)
{
  guint at = bytes->len > 0 ? (guint) g_rand_int_range (rand, 0, (gint32) bytes->len) : 0;
  guint length =
    bytes->len > at ? (guint) g_rand_int_range (rand, 0, (gint32) MIN (bytes->len - at, 64)) : 0;
  const char *word = words[g_rand_int_range (rand, 0, G_N_ELEMENTS (words))];
  GBytes *other =
    g_ptr_array_index (corpus, (guint) g_rand_int_range (rand, 0, (gint32) corpus->len));
  g_autoptr (GByteArray) tail = g_byte_array_new ();
  gsize other_size;
  const guint8 *other_data = g_bytes_get_data (other, &other_size);

  g_byte_array_append (tail, bytes->data + at, bytes->len - at);
  switch (g_rand_int_range (rand, 0, 6))
    {
    case 0: /* another byte */
      if (bytes->len > 0)
        bytes->data[at] = (guint8) g_rand_int (rand);
      break;
    case 1: /* a word between */
      g_byte_array_set_size (bytes, at);
      g_byte_array_append (bytes, (const guint8 *) word, strlen (word));
      g_byte_array_append (bytes, tail->data, tail->len);
      break;
    case 2: /* without a piece */
      if (length > 0)
        g_byte_array_remove_range (bytes, at, length);
      break;
    case 3: /* a piece many times */
      g_byte_array_set_size (bytes, at);
      for (int i = g_rand_int_range (rand, 1, 200); length > 0 && i > 0 && bytes->len < MAX_SIZE;
           i--)
        g_byte_array_append (bytes, tail->data, length);
      g_byte_array_append (bytes, tail->data, tail->len);
      break;
    case 4: /* the beginning of this, the end of another */
      g_byte_array_set_size (bytes, at);
      if (other_size > 0)
        {
          gsize from = (gsize) g_rand_int_range (rand, 0, (gint32) other_size);

          g_byte_array_append (bytes, other_data + from, (guint) (other_size - from));
        }
      break;
    default: /* cut */
      g_byte_array_set_size (bytes, at);
      break;
    }
}

static GPtrArray *
read_corpus (const char *folder)
{
  GPtrArray *corpus = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);
  const char *name;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort_values (names, (GCompareFunc) strcmp);

  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = g_build_filename (folder, g_ptr_array_index (names, i), NULL);
      char *data;
      gsize size;

      g_file_get_contents (path, &data, &size, &error);
      g_assert_no_error (error);
      g_ptr_array_add (corpus, g_bytes_new_take (data, size));
    }

  return corpus;
}

static void
run_corpus (GPtrArray *corpus, GRand *rand)
{
  for (guint i = 0; i < corpus->len; i++)
    {
      gsize size;
      const guint8 *data = g_bytes_get_data (g_ptr_array_index (corpus, i), &size);
      g_autoptr (GByteArray) bytes = g_byte_array_new ();

      LLVMFuzzerTestOneInput (data, size);
      for (int round = 0; round < MUTATIONS; round++)
        {
          if (round % 8 == 0)
            {
              g_byte_array_set_size (bytes, 0);
              g_byte_array_append (bytes, data, (guint) size);
            }
          mutate (bytes, rand, corpus);
          LLVMFuzzerTestOneInput (bytes->data, bytes->len);
        }
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) corpus = NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed (1794);
  gint64 end_us = g_get_monotonic_time ();
  unsigned rounds = 0;

  g_assert_true (argc == 2 || argc == 3);
  corpus = read_corpus (argv[1]);
  g_assert_cmpuint (corpus->len, >, 0);
  if (argc == 3)
    end_us += g_ascii_strtoll (argv[2], NULL, 10) * G_USEC_PER_SEC;

  do
    {
      run_corpus (corpus, rand);
      rounds++;
    }
  while (g_get_monotonic_time () < end_us);
  if (argc == 3)
    g_print ("%u inputs\n", rounds * corpus->len * (MUTATIONS + 1));

  return 0;
}
