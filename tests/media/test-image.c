/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Pixels of every layout to premultiplied RGBA, and their scaling. */
#include "config.h"

#include "mx-image.h"

#include <gio/gio.h>
#include <string.h>

static const MxPixelLayout rgb = { MX_COMPONENT_U8, 3, 0, 1, 2, MX_NO_ALPHA, FALSE };
static const MxPixelLayout rgba = { MX_COMPONENT_U8, 4, 0, 1, 2, 3, FALSE };

static MxImage *
make (const void *pixels,
      gsize size,
      const MxPixelLayout *layout,
      unsigned width,
      unsigned height,
      gsize stride,
      int max)
{
  g_autoptr (GBytes) bytes = g_bytes_new (pixels, size);
  g_autoptr (GError) error = NULL;
  MxImage *image = mx_image_new_scaled (bytes, layout, width, height, stride, max, max, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (image->stride, ==, (gsize) image->width * 4);
  g_assert_cmpuint (g_bytes_get_size (image->pixels), ==, image->stride * (gsize) image->height);
  return image;
}

static void
assert_pixel (MxImage *image, int x, int y, guint8 r, guint8 g, guint8 b, guint8 a)
{
  const guint8 *pixel = (const guint8 *) g_bytes_get_data (image->pixels, NULL) +
                        (gsize) y * image->stride + (gsize) x * 4;
  const guint8 expected[] = { r, g, b, a };

  g_assert_cmpmem (pixel, 4, expected, 4);
}

static void
test_layouts (void)
{
  static const guint8 bgra[] = { 3, 2, 1, 255 };
  static const guint8 argb[] = { 128, 255, 0, 64 };
  static const guint8 gray_alpha[] = { 200, 51 };
  static const guint16 wide[] = { 65535, 0, 32896, 65535 };
  static const float real[] = { 2.0f, -1.0f, 0.5f };
  static const guint16 half[] = { 0x3c00, 0x3800, 0x0000 };
  static const guint8 beyond[] = { 250, 10, 20, 100 };
  g_autoptr (MxImage) a =
    make (bgra, 4, &(MxPixelLayout) { MX_COMPONENT_U8, 4, 2, 1, 0, 3, TRUE }, 1, 1, 4, 10);
  g_autoptr (MxImage) b =
    make (argb, 4, &(MxPixelLayout) { MX_COMPONENT_U8, 4, 1, 2, 3, 0, FALSE }, 1, 1, 4, 10);
  g_autoptr (MxImage) c =
    make (gray_alpha, 2, &(MxPixelLayout) { MX_COMPONENT_U8, 2, 0, 0, 0, 1, FALSE }, 1, 1, 2, 10);
  g_autoptr (MxImage) d =
    make (wide, 8, &(MxPixelLayout) { MX_COMPONENT_U16, 4, 0, 1, 2, 3, FALSE }, 1, 1, 8, 10);
  g_autoptr (MxImage) e = make (
    real, 12, &(MxPixelLayout) { MX_COMPONENT_F32, 3, 0, 1, 2, MX_NO_ALPHA, FALSE }, 1, 1, 12, 10);
  g_autoptr (MxImage) f = make (
    half, 6, &(MxPixelLayout) { MX_COMPONENT_F16, 3, 0, 1, 2, MX_NO_ALPHA, FALSE }, 1, 1, 6, 10);
  g_autoptr (MxImage) g =
    make (beyond, 4, &(MxPixelLayout) { MX_COMPONENT_U8, 4, 0, 1, 2, 3, TRUE }, 1, 1, 4, 10);

  assert_pixel (a, 0, 0, 1, 2, 3, 255);
  assert_pixel (b, 0, 0, 128, 0, 32, 128);
  assert_pixel (c, 0, 0, 40, 40, 40, 51);
  assert_pixel (d, 0, 0, 255, 0, 128, 255);
  assert_pixel (e, 0, 0, 255, 0, 128, 255);
  assert_pixel (f, 0, 0, 255, 128, 0, 255);
  /* no colour is brighter than its alpha allows */
  assert_pixel (g, 0, 0, 100, 10, 20, 100);
  g_assert_true (b->has_alpha);
  g_assert_false (e->has_alpha);
}

static void
test_scaling (void)
{
  /* black and white columns, with a stride that has a gap */
  guint8 stripes[4 * 16] = { 0 };
  g_autoptr (MxImage) half = NULL;
  g_autoptr (MxImage) third = NULL;
  g_autoptr (MxImage) same = NULL;

  for (unsigned y = 0; y < 4; y++)
    memset (stripes + y * 16 + 6, 255, 6);
  same = make (stripes, sizeof stripes - 4, &rgb, 4, 4, 16, 100);
  g_assert_cmpint (same->width, ==, 4);
  assert_pixel (same, 1, 3, 0, 0, 0, 255);
  assert_pixel (same, 2, 3, 255, 255, 255, 255);
  half = make (stripes, sizeof stripes, &rgb, 4, 4, 16, 2);
  g_assert_cmpint (half->width, ==, 2);
  g_assert_cmpint (half->natural_width, ==, 4);
  assert_pixel (half, 0, 0, 0, 0, 0, 255);
  assert_pixel (half, 1, 1, 255, 255, 255, 255);
  third = make (stripes, sizeof stripes, &rgb, 4, 4, 16, 3);
  assert_pixel (third, 1, 1, 128, 128, 128, 255);
}

/* A transparent pixel has no say in the colour of its neighbours. */
static void
test_alpha (void)
{
  static const guint8 pixels[] = { 255, 0, 0, 255, 0, 255, 0, 0 };
  g_autoptr (MxImage) image = make (pixels, sizeof pixels, &rgba, 2, 1, 8, 1);

  assert_pixel (image, 0, 0, 128, 0, 0, 128);
}

static void
test_proportions (void)
{
  g_autofree guint8 *pixels = g_malloc0 (3000 * 3);
  g_autoptr (MxImage) wide = make (pixels, 9000, &rgb, 3000, 1, 9000, 100);
  g_autoptr (MxImage) tall = make (pixels, 9000, &rgb, 1, 3000, 3, 100);
  g_autoptr (MxImage) odd = make (pixels, 9000, &rgb, 30, 100, 90, 0);

  g_assert_cmpint (wide->width, ==, 100);
  g_assert_cmpint (wide->height, ==, 1);
  g_assert_cmpint (tall->width, ==, 1);
  g_assert_cmpint (tall->height, ==, 100);
  g_assert_cmpint (odd->height, ==, 1);
}

static void
test_refused (void)
{
  static const struct
  {
    unsigned width, height;
    gsize stride, size;
  } table[] = {
    { 0, 1, 3, 3 },
    { 1, 0, 3, 3 },
    { 2, 1, 3, 6 },
    { 2, 2, 6, 11 },
    { 40000, 1, 120000, 120000 },
    { 2, 2, G_MAXSIZE / 2, 100 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree guint8 *data = g_malloc0 (table[i].size);
      g_autoptr (GBytes) bytes = g_bytes_new (data, table[i].size);
      g_autoptr (GError) error = NULL;

      g_assert_null (mx_image_new_scaled (
        bytes, &rgb, table[i].width, table[i].height, table[i].stride, 10, 10, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
    }
}

static void
test_bytes (void)
{
  static const guint8 pixels[] = { 255, 0, 0, 255, 0, 255, 0, 0 };
  g_autoptr (MxImage) image = make (pixels, sizeof pixels, &rgba, 2, 1, 8, 10);
  g_autoptr (GBytes) bytes = mx_image_serialize (image);
  g_autoptr (MxImage) again = mx_image_deserialize (bytes);
  g_autoptr (GBytes) cut = g_bytes_new_from_bytes (bytes, 0, g_bytes_get_size (bytes) - 1);
  g_autoptr (GBytes) head = g_bytes_new_from_bytes (bytes, 0, 5);

  g_assert_cmpint (again->width, ==, 2);
  g_assert_cmpint (again->height, ==, 1);
  g_assert_true (again->has_alpha);
  g_assert_true (g_bytes_equal (again->pixels, image->pixels));
  g_assert_null (mx_image_deserialize (cut));
  g_assert_null (mx_image_deserialize (head));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/image/layouts", test_layouts);
  g_test_add_func ("/image/scaling", test_scaling);
  g_test_add_func ("/image/alpha", test_alpha);
  g_test_add_func ("/image/proportions", test_proportions);
  g_test_add_func ("/image/refused", test_refused);
  g_test_add_func ("/image/bytes", test_bytes);

  return g_test_run ();
}
