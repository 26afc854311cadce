/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-secret.h"

#include <string.h>

static void
test_bytes (void)
{
  const guint8 bytes[] = { 1, 0, 2, 255 };
  g_autoptr (MxSecret) secret = mx_secret_new (bytes, sizeof bytes);
  gsize size = 0;
  const guint8 *data = mx_secret_get_data (secret, &size);

  g_assert_cmpmem (data, size, bytes, sizeof bytes);
  g_assert_cmpint (data[size], ==, '\0');
}

static void
test_text (void)
{
  g_autoptr (MxSecret) secret = mx_secret_new_text ("mot de passe");
  g_autoptr (MxSecret) empty = mx_secret_new_text ("");
  gsize size = 1;

  g_assert_cmpstr (mx_secret_get_text (secret), ==, "mot de passe");
  g_assert_cmpstr (mx_secret_get_text (empty), ==, "");
  mx_secret_get_data (empty, &size);
  g_assert_cmpuint (size, ==, 0);
}

static void
test_page_boundary (void)
{
  for (gsize size = 4094; size <= 4098; size++)
    {
      g_autofree guint8 *bytes = g_malloc (size);

      memset (bytes, 0x5a, size);
      g_autoptr (MxSecret) secret = mx_secret_new (bytes, size);
      const guint8 *data = mx_secret_get_data (secret, NULL);

      g_assert_cmpmem (data, size, bytes, size);
      g_assert_cmpint (data[size], ==, 0);
    }
}

static void
test_random (void)
{
  g_autoptr (MxSecret) a = mx_secret_new_random (1000);
  g_autoptr (MxSecret) b = mx_secret_new_random (1000);
  gsize size = 0;
  const guint8 *data = mx_secret_get_data (a, &size);
  gboolean seen[256] = { FALSE };
  unsigned different = 0;

  g_assert_cmpuint (size, ==, 1000);
  g_assert_false (mx_secret_equal (a, b));

  /* the tail too: about 250 of 256 values are expected in 1000 bytes */
  for (gsize i = 0; i < size; i++)
    if (!seen[data[i]])
      {
        seen[data[i]] = TRUE;
        different++;
      }
  g_assert_cmpuint (different, >, 200);
}

static void
test_equal (void)
{
  g_autoptr (MxSecret) a = mx_secret_new_text ("abcd");
  g_autoptr (MxSecret) same = mx_secret_new_text ("abcd");
  g_autoptr (MxSecret) other = mx_secret_new_text ("abce");
  g_autoptr (MxSecret) shorter = mx_secret_new_text ("abc");
  g_autoptr (MxSecret) empty = mx_secret_new (NULL, 0);
  g_autoptr (MxSecret) empty2 = mx_secret_new (NULL, 0);

  g_assert_true (mx_secret_equal (a, same));
  g_assert_true (mx_secret_equal (a, a));
  g_assert_false (mx_secret_equal (a, other));
  g_assert_false (mx_secret_equal (a, shorter));
  g_assert_true (mx_secret_equal (empty, empty2));
}

static void
test_boxed (void)
{
  g_auto (GValue) value = G_VALUE_INIT;
  MxSecret *secret = mx_secret_new_text ("x");

  g_value_init (&value, MX_TYPE_SECRET);
  g_value_set_boxed (&value, secret);
  mx_secret_unref (secret);
  g_assert_cmpstr (mx_secret_get_text (g_value_get_boxed (&value)), ==, "x");
}

/* A secret must not be writable: a wrong pointer ends the program, not the key. */
static void
test_read_only (void)
{
  if (g_test_subprocess ())
    {
      MxSecret *secret = mx_secret_new_text ("x");
      volatile guint8 *data = (volatile guint8 *) mx_secret_get_data (secret, NULL);

      data[0] = 'y';
      return;
    }

  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed ();
}

static void
test_many (void)
{
  g_autoptr (GPtrArray) secrets = g_ptr_array_new_with_free_func ((GDestroyNotify) mx_secret_unref);

  /* more than most systems lock */
  for (int i = 0; i < 5000; i++)
    g_ptr_array_add (secrets, mx_secret_new (&i, sizeof i));
  for (int i = 0; i < 5000; i++)
    {
      const guint8 *data = mx_secret_get_data (g_ptr_array_index (secrets, i), NULL);

      g_assert_cmpmem (data, sizeof i, &i, sizeof i);
    }
}

static void
test_wipe (void)
{
  char buffer[] = "secret";
  const char zero[sizeof buffer] = { 0 };

  mx_wipe (buffer, sizeof buffer);
  g_assert_cmpmem (buffer, sizeof buffer, zero, sizeof zero);
  mx_wipe (NULL, 0);
  mx_wipe_free (NULL);
  mx_wipe_free (g_strdup ("secret"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/base/secret/bytes", test_bytes);
  g_test_add_func ("/base/secret/text", test_text);
  g_test_add_func ("/base/secret/page-boundary", test_page_boundary);
  g_test_add_func ("/base/secret/random", test_random);
  g_test_add_func ("/base/secret/equal", test_equal);
  g_test_add_func ("/base/secret/boxed", test_boxed);
  g_test_add_func ("/base/secret/read-only", test_read_only);
  g_test_add_func ("/base/secret/many", test_many);
  g_test_add_func ("/base/secret/E2E-163-wipe", test_wipe);

  return g_test_run ();
}
