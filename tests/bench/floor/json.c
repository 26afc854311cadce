/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* json FILE: the least that reading a reply can cost: a pass over its bytes, UTF-8 checked,
 * json-glib alone. */
#include "../bench.h"

#include <json-glib/json-glib.h>

#define RUNS 3

static guint64
add_up (const char *data, gsize size)
{
  guint64 sum = 0;

  for (gsize i = 0; i < size; i++)
    sum += (guchar) data[i];

  return sum;
}

static void
parse (const char *data, gsize size)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();

  g_assert_true (json_parser_load_from_data (parser, data, (gssize) size, NULL));
}

int
main (int argc, char **argv)
{
  g_autofree char *data = NULL;
  gsize size;
  volatile guint64 sink = 0;

  if (argc != 2 || !g_file_get_contents (argv[1], &data, &size, NULL))
    return 2;

  BENCH_MEDIAN (RUNS, pass, sink += add_up (data, size));
  BENCH_MEDIAN (RUNS, valid, sink += g_utf8_validate (data, (gssize) size, NULL));
  BENCH_MEDIAN (RUNS, parsed, parse (data, size));
  bench_report ("json.pass", pass, "ms");
  bench_report ("json.utf8", valid, "ms");
  bench_report ("json.parse", parsed, "ms");

  return 0;
}
