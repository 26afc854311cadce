/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-error.h"

#include <gio/gio.h>

static void
test_details (void)
{
  g_autoptr (GError) error = mx_matrix_error_new (MX_MATRIX_ERROR_LIMIT_EXCEEDED,
                                                  429,
                                                  "M_LIMIT_EXCEEDED",
                                                  1500,
                                                  "slow down");
  g_autoptr (GError) copy = g_error_copy (error);
  GError *prefixed = g_error_copy (error);

  g_prefix_error (&prefixed, "sending: ");
  g_clear_error (&error);

  g_assert_error (copy, MX_MATRIX_ERROR, MX_MATRIX_ERROR_LIMIT_EXCEEDED);
  g_assert_cmpint (mx_matrix_error_get_retry_after (copy), ==, 1500);
  g_assert_cmpuint (mx_matrix_error_get_status (copy), ==, 429);
  g_assert_cmpstr (mx_matrix_error_get_errcode (copy), ==, "M_LIMIT_EXCEEDED");
  g_assert_cmpstr (prefixed->message, ==, "sending: slow down");
  g_assert_cmpint (mx_matrix_error_get_retry_after (prefixed), ==, 1500);
  g_error_free (prefixed);
}

/* In a process of its own, in which nobody has named the domain before. */
static void
test_stored (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr (GError) stored = mx_error_new_stored ("MxMatrixError", 7, "x");
      g_autoptr (GError) plain = mx_error_new_stored (NULL, MX_SESSION_ERROR_FAILED, "x");
      g_autoptr (GError) copy = NULL;

      g_assert_error (stored, MX_MATRIX_ERROR, MX_MATRIX_ERROR_TOO_LARGE);
      g_assert_error (plain, MX_SESSION_ERROR, MX_SESSION_ERROR_FAILED);
      copy = g_error_copy (stored);
      g_assert_cmpint (mx_matrix_error_get_retry_after (copy), ==, -1);
      g_assert_null (mx_matrix_error_get_errcode (copy));
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

static void
test_unknown_details (void)
{
  g_autoptr (GError) plain = g_error_new_literal (MX_MATRIX_ERROR, MX_MATRIX_ERROR_UNKNOWN, "x");
  g_autoptr (GError) other = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "x");
  g_autoptr (GError) negative = mx_matrix_error_new (MX_MATRIX_ERROR_UNKNOWN, 0, NULL, -7, NULL);
  const GError *errors[] = { plain, other, negative, NULL };

  for (gsize i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      g_assert_cmpint (mx_matrix_error_get_retry_after (errors[i]), ==, -1);
      g_assert_cmpuint (mx_matrix_error_get_status (errors[i]), ==, 0);
      g_assert_null (mx_matrix_error_get_errcode (errors[i]));
    }
}

static void
test_transient (void)
{
  const struct
  {
    GQuark domain;
    int code;
    gboolean transient;
  } cases[] = {
    { G_IO_ERROR, G_IO_ERROR_TIMED_OUT, TRUE },
    { G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED, TRUE },
    { G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED, TRUE },
    { G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE, TRUE },
    { G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT, TRUE },
    { G_IO_ERROR, G_IO_ERROR_PROXY_NOT_ALLOWED, TRUE },
    { G_IO_ERROR, G_IO_ERROR_CANCELLED, FALSE },
    { G_IO_ERROR, G_IO_ERROR_NO_SPACE, FALSE },
    { G_RESOLVER_ERROR, G_RESOLVER_ERROR_TEMPORARY_FAILURE, TRUE },
    { G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, FALSE },
    { G_TLS_ERROR, G_TLS_ERROR_EOF, TRUE },
    { MX_MATRIX_ERROR, MX_MATRIX_ERROR_LIMIT_EXCEEDED, TRUE },
    { MX_MATRIX_ERROR, MX_MATRIX_ERROR_SERVER, TRUE },
    { MX_MATRIX_ERROR, MX_MATRIX_ERROR_FORBIDDEN, FALSE },
    { MX_MATRIX_ERROR, MX_MATRIX_ERROR_TOO_LARGE, FALSE },
    { MX_STORE_ERROR, MX_STORE_ERROR_BUSY, FALSE },
  };
  g_autoptr (GError) unknown_503 =
    mx_matrix_error_new (MX_MATRIX_ERROR_UNKNOWN, 503, "M_STRANGE", -1, "x");

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (cases[i].domain, cases[i].code, "x");

      g_assert_cmpint (mx_error_is_transient (error), ==, cases[i].transient);
    }

  g_assert_true (mx_error_is_transient (unknown_503));
  g_assert_false (mx_error_is_transient (NULL));
}

static void
test_cancelled (void)
{
  g_autoptr (GError) cancelled = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "x");
  g_autoptr (GError) same_code = g_error_new_literal (MX_MATRIX_ERROR, G_IO_ERROR_CANCELLED, "x");

  g_assert_true (mx_error_is_cancelled (cancelled));
  g_assert_false (mx_error_is_cancelled (same_code));
  g_assert_false (mx_error_is_cancelled (NULL));
}

static void
test_domains_differ (void)
{
  GQuark domains[] = { MX_MATRIX_ERROR, MX_STORE_ERROR, MX_CRYPTO_ERROR, MX_SESSION_ERROR };

  for (gsize i = 0; i < G_N_ELEMENTS (domains); i++)
    for (gsize k = 0; k < i; k++)
      g_assert_cmpuint (domains[i], !=, domains[k]);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/base/error/details", test_details);
  g_test_add_func ("/base/error/stored", test_stored);
  g_test_add_func ("/base/error/unknown-details", test_unknown_details);
  g_test_add_func ("/base/error/transient", test_transient);
  g_test_add_func ("/base/error/cancelled", test_cancelled);
  g_test_add_func ("/base/error/domains-differ", test_domains_differ);

  return g_test_run ();
}
