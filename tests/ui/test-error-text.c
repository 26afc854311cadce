/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Every code of every domain has a sentence of its own, in any task, without the words of the
 * engine. */
#include "config.h"

#include "chappe-error-text.h"

#include <locale.h>
#include <string.h>

static void
assert_sentence (const char *text)
{
  g_assert_nonnull (text);
  g_assert_cmpuint (strlen (text), >, 8);
  g_assert_true (g_str_has_suffix (text, "."));
  g_assert_null (strstr (text, "M_"));
  g_assert_null (strstr (text, "homeserver"));
  g_assert_null (strstr (text, "Matrix"));
}

static void
check_domain (GQuark domain, int last, int fallback)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (int code = 0; code <= last; code++)
    {
      g_autoptr (GError) error = g_error_new_literal (domain, code, "engine");
      g_autofree char *text = chappe_error_text (error);

      assert_sentence (text);
      g_assert_null (strstr (text, "engine"));
      if (code != fallback)
        g_assert_cmpstr (text, !=, "Something went wrong. Try again.");
      g_hash_table_add (seen, g_steal_pointer (&text));
      for (int task = CHAPPE_TASK_ANY; task <= CHAPPE_TASK_SEND; task++)
        {
          g_autofree char *other = chappe_error_text_for (error, task);

          assert_sentence (other);
        }
    }
  /* Hardly any two codes may share a sentence: the user needs to know which it was. */
  g_assert_cmpuint (g_hash_table_size (seen) + 2, >, last);
}

static void
test_every_code (void)
{
  check_domain (MX_MATRIX_ERROR, MX_MATRIX_ERROR_CERTIFICATE_NAME, -1);
  check_domain (MX_STORE_ERROR, MX_STORE_ERROR_NOT_FOUND, -1);
  check_domain (MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_UNSUPPORTED, -1);
  check_domain (MX_RECOVERY_KEY_ERROR, MX_RECOVERY_KEY_ERROR_PARITY, -1);
  check_domain (MX_SESSION_ERROR, MX_SESSION_ERROR_VERIFICATION_GONE, MX_SESSION_ERROR_FAILED);
}

static void
test_foreign_domains (void)
{
  const GError errors[] = {
    { G_IO_ERROR, G_IO_ERROR_TIMED_OUT, (char *) "engine" },
    { G_IO_ERROR, G_IO_ERROR_PROXY_FAILED, (char *) "engine" },
    { G_IO_ERROR, G_IO_ERROR_PROXY_NOT_ALLOWED, (char *) "engine" },
    { G_IO_ERROR, G_IO_ERROR_PROXY_AUTH_FAILED, (char *) "engine" },
    { G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE, (char *) "engine" },
    { G_IO_ERROR, 9999, (char *) "engine" },
    { G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, (char *) "engine" },
    { G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, (char *) "engine" },
    { G_MARKUP_ERROR, 1, (char *) "engine" },
  };

  for (unsigned i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      g_autofree char *text = chappe_error_text (&errors[i]);

      assert_sentence (text);
    }
  g_assert_null (chappe_error_text (NULL));
}

static void
test_task_matters (void)
{
  g_autoptr (GError) error =
    mx_matrix_error_new (MX_MATRIX_ERROR_FORBIDDEN, 403, "M_FORBIDDEN", -1, "engine");
  g_autofree char *sign_in = chappe_error_text_for (error, CHAPPE_TASK_SIGN_IN);
  g_autofree char *join = chappe_error_text_for (error, CHAPPE_TASK_JOIN);

  g_autofree char *again = chappe_error_text_for (error, CHAPPE_TASK_SIGN_IN_AGAIN);
  g_autofree char *browser = chappe_error_text_for (error, CHAPPE_TASK_BROWSER_SIGN_IN);

  g_assert_nonnull (strstr (sign_in, "password"));
  g_assert_null (strstr (again, "user name"));
  g_assert_null (strstr (browser, "password"));
  g_assert_nonnull (strstr (join, "invitation"));
}

static void
check_limit (gint64 wait_ms, const char *expected)
{
  g_autoptr (GError) error =
    mx_matrix_error_new (MX_MATRIX_ERROR_LIMIT_EXCEEDED, 429, NULL, wait_ms, NULL);
  g_autofree char *text = chappe_error_text (error);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_rate_limit (void)
{
  check_limit (-1, "Too many attempts. Wait a few minutes, then try again.");
  check_limit (0, "Too many attempts. Wait 1 second, then try again.");
  check_limit (4200, "Too many attempts. Wait 5 seconds, then try again.");
  check_limit (121 * 1000, "Too many attempts. Wait 3 minutes, then try again.");
  /* absurd, but no overflow */
  check_limit (G_MAXINT64 / 2, "Too many attempts. Wait 1440 minutes, then try again.");
}

static void
test_reference (void)
{
  g_autoptr (GError) error =
    mx_matrix_error_new (MX_MATRIX_ERROR_SERVER, 502, NULL, -1, "secret body");
  g_autofree char *reference = chappe_error_dup_reference (error);

  g_assert_true (g_str_has_suffix (reference, "/502"));
  g_assert_null (strstr (reference, "secret"));
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/error-text/every-code", test_every_code);
  g_test_add_func ("/error-text/foreign-domains", test_foreign_domains);
  g_test_add_func ("/error-text/task-matters", test_task_matters);
  g_test_add_func ("/error-text/rate-limit", test_rate_limit);
  g_test_add_func ("/error-text/reference", test_reference);

  return g_test_run ();
}
