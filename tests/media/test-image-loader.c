/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Real pictures through the real sandbox: kinds, damage, bombs, cancellation. With CHAPPE_MEASURE
 * it says what one costs. */
#include "config.h"

#include "mx-image-loader.h"

#include <string.h>

#define DEADLINE_SECONDS 60

static gboolean
deadline_cb (gpointer data)
{
  g_error ("The test waited too long");
  return G_SOURCE_REMOVE;
}

static MxImage *
await_image (DexFuture *future, GError **error)
{
  unsigned deadline = g_timeout_add_seconds (DEADLINE_SECONDS, deadline_cb, NULL);
  const GValue *value;
  MxImage *image = NULL;

  while (dex_future_get_status (future) == DEX_FUTURE_STATUS_PENDING)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline);
  value = dex_future_get_value (future, error);
  if (value != NULL)
    image = g_value_dup_boxed (value);
  dex_unref (future);
  return image;
}

static GBytes *
read_picture (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "fixtures", "pictures", name, NULL);
  g_autoptr (GError) error = NULL;
  char *data;
  gsize size;

  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (data, size);
}

static MxImage *
load (const char *name, int max, GError **error)
{
  g_autoptr (GBytes) data = read_picture (name);

  return await_image (mx_image_load (data, max, max), error);
}

static const guint8 *
pixel_at (MxImage *image, int x, int y)
{
  return (const guint8 *) g_bytes_get_data (image->pixels, NULL) + (gsize) y * image->stride +
         (gsize) x * 4;
}

static void
test_kinds (void)
{
  static const char *const names[] = { "red.png", "red.jpg", "red.webp", "red.svg", "moving.gif" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MxImage) image = load (names[i], 100, &error);

      g_assert_no_error (error);
      g_assert_cmpint (image->width, ==, 32);
      g_assert_cmpint (image->height, ==, 16);
      g_assert_cmpint (pixel_at (image, 16, 8)[0], >, 250);
      g_assert_cmpint (pixel_at (image, 16, 8)[1], <, 5);
      g_assert_cmpint (pixel_at (image, 16, 8)[3], ==, 255);
      g_assert_true (image->is_animated == g_str_equal (names[i], "moving.gif"));
    }
}

static void
test_scaled (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MxImage) image = load ("alpha16.png", 8, &error);

  g_assert_no_error (error);
  g_assert_cmpint (image->width, ==, 8);
  g_assert_cmpint (image->height, ==, 4);
  g_assert_cmpint (image->natural_width, ==, 32);
  g_assert_true (image->has_alpha);
  g_assert_cmpint (pixel_at (image, 1, 1)[0], ==, 128);
  g_assert_cmpint (pixel_at (image, 1, 1)[3], ==, 128);
  g_assert_cmpint (pixel_at (image, 6, 1)[2], ==, 255);
  g_assert_cmpint (pixel_at (image, 6, 1)[3], ==, 255);
}

static void
test_refused (void)
{
  static const struct
  {
    const char *name;
    int code;
  } table[] = {
    { "cut.png", G_IO_ERROR_INVALID_DATA },
    { "bomb.png", G_IO_ERROR_INVALID_DATA },
    { "long.png", G_IO_ERROR_INVALID_DATA },
    { "huge.svg", G_IO_ERROR_INVALID_DATA },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MxImage) image = load (table[i].name, 100, &error);

      g_assert_null (image);
      g_assert_error (error, G_IO_ERROR, table[i].code);
    }
}

static void
test_no_picture (void)
{
  g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);
  g_autoptr (GBytes) text = g_bytes_new_static ("Bonjour à toutes et à tous.", 28);
  g_autoptr (GBytes) large = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (await_image (mx_image_load (empty, 10, 10), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_clear_error (&error);
  g_assert_null (await_image (mx_image_load (text, 10, 10), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_clear_error (&error);

  large = g_bytes_new_take (g_malloc0 (MX_IMAGE_MAX_BYTES + 1), MX_IMAGE_MAX_BYTES + 1);
  g_assert_null (await_image (mx_image_load (large, 10, 10), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
}

/* A drawing does not reach files of the reader. */
static void
test_outside (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MxImage) image = load ("outside.svg", 100, &error);

  if (image != NULL)
    g_assert_cmpint (pixel_at (image, 16, 8)[1], ==, 255);
}

/* Rows that scrolled away are not waited for, and those behind them get their turn. */
static void
test_cancel (void)
{
  g_autoptr (GBytes) data = read_picture ("red.png");
  g_autoptr (GError) error = NULL;
  g_autoptr (MxImage) image = NULL;
  MxScope *scope = mx_scope_new ();
  DexFuture *dropped[12];

  for (gsize i = 0; i < G_N_ELEMENTS (dropped); i++)
    dropped[i] = mx_guard (scope, mx_image_load (data, 10, 10));
  mx_clear_scope (&scope);
  image = await_image (mx_image_load (data, 10, 10), &error);
  g_assert_no_error (error);
  g_assert_cmpint (image->width, ==, 10);
  for (gsize i = 0; i < G_N_ELEMENTS (dropped); i++)
    {
      g_autoptr (GError) cancelled = NULL;

      g_assert_null (await_image (dropped[i], &cancelled));
      g_assert_error (cancelled, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
}

static void
test_many (void)
{
  g_autoptr (GBytes) data = read_picture ("red.jpg");
  DexFuture *futures[20];
  gint64 begin = g_get_monotonic_time ();

  for (gsize i = 0; i < G_N_ELEMENTS (futures); i++)
    futures[i] = mx_image_load (data, 10, 10);
  for (gsize i = 0; i < G_N_ELEMENTS (futures); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MxImage) image = await_image (futures[i], &error);

      g_assert_no_error (error);
    }
  if (g_getenv ("CHAPPE_MEASURE") != NULL)
    g_test_message ("%.1f ms a picture, %zu at a time",
                    (double) (g_get_monotonic_time () - begin) / 1000 / G_N_ELEMENTS (futures),
                    G_N_ELEMENTS (futures));
}

int
main (int argc, char *argv[])
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MxImage) image = NULL;

  g_test_init (&argc, &argv, NULL);

  image = load ("red.png", 10, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_INITIALIZED))
    {
      g_print ("1..0 # SKIP %s\n", error->message);
      return 0;
    }

  g_test_add_func ("/image-loader/kinds", test_kinds);
  g_test_add_func ("/image-loader/scaled", test_scaled);
  g_test_add_func ("/image-loader/E2E-148-refused", test_refused);
  g_test_add_func ("/image-loader/E2E-148-no-picture", test_no_picture);
  g_test_add_func ("/image-loader/E2E-148-outside", test_outside);
  g_test_add_func ("/image-loader/cancel", test_cancel);
  g_test_add_func ("/image-loader/many", test_many);

  return g_test_run ();
}
