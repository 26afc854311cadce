/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* However a verification ends, it is said in a sentence of its own, in English and in French. */
#include "config.h"

#include "chappe-verification-text.h"

#include "mx-verification-messages.h"

#include <glib/gi18n.h>
#include <locale.h>

#define UNKNOWN "org.example.whatever"

/* All codes of the specification, then our own. Caller frees the array. */
static GPtrArray *
list_codes (void)
{
  GPtrArray *codes = g_ptr_array_new ();

  for (int error = 0; error <= MX_VERIFICATION_ERROR_MISMATCHED_SAS; error++)
    g_ptr_array_add (codes, (char *) mx_verification_error_get_code (error));
  g_ptr_array_add (codes, (char *) MX_VERIFICATION_NOT_SENT);
  g_ptr_array_add (codes, (char *) MX_VERIFICATION_NOT_KEPT);

  return codes;
}

static void
use_language (const char *language)
{
  g_autofree char *folder = g_build_filename (g_getenv ("G_TEST_BUILDDIR"), "..", "po", NULL);

  g_setenv ("LANGUAGE", language, TRUE);
  bindtextdomain (GETTEXT_PACKAGE, folder); /* also forgets what was looked up before */
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

/* The sentences of one role; each differs from all others. */
static GHashTable *
collect_sentences (gboolean by_us, gboolean own)
{
  g_autoptr (GPtrArray) codes = list_codes ();
  GHashTable *sentences = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  g_hash_table_add (sentences, chappe_verification_text_for_code (UNKNOWN, by_us, own));
  for (guint i = 0; i < codes->len; i++)
    {
      const char *code = g_ptr_array_index (codes, i);
      char *sentence = chappe_verification_text_for_code (code, by_us, own);

      g_assert_cmpstr (sentence, !=, "");
      if (!g_hash_table_add (sentences, sentence))
        g_error ("%s has no sentence of its own", code);
    }

  return sentences;
}

static void
test_sentences (void)
{
  for (int by_us = 0; by_us < 2; by_us++)
    for (int own = 0; own < 2; own++)
      {
        g_autoptr (GHashTable) english = NULL;
        g_autoptr (GHashTable) french = NULL;
        GHashTableIter iter;
        gpointer sentence;

        use_language ("en");
        english = collect_sentences (by_us, own);
        use_language ("fr");
        french = collect_sentences (by_us, own);
        g_hash_table_iter_init (&iter, french);
        while (g_hash_table_iter_next (&iter, &sentence, NULL))
          g_assert_false (g_hash_table_contains (english, sentence));
      }
  use_language ("en");
}

/* Each end has its page: what may be an attack is called so, and does not look like an error. */
static void
test_pages (void)
{
  static const char *const attacks[] = {
    "m.key_mismatch", "m.user_mismatch", "m.mismatched_commitment", "m.mismatched_sas", NULL
  };
  g_autoptr (GPtrArray) codes = list_codes ();

  for (guint i = 0; i < codes->len; i++)
    for (int role = 0; role < 8; role++)
      {
        const char *code = g_ptr_array_index (codes, i);
        ChappeVerificationText text = { 0 };

        chappe_verification_text_fill (&text,
                                       MX_VERIFICATION_CANCELLED,
                                       (role & 1) != 0,
                                       (role & 2) != 0,
                                       "Paul",
                                       code,
                                       (role & 4) != 0);
        g_assert_cmpstr (text.heading, !=, "");
        g_assert_cmpstr (text.body, !=, "");
        g_assert_cmpint (text.is_warning, ==, g_strv_contains (attacks, code));
        g_assert_cmpint (text.first_act == CHAPPE_VERIFICATION_ACT_RETRY,
                         ==,
                         !g_str_equal (code, "m.accepted"));
        chappe_verification_text_clear (&text);
      }
}

int
main (int argc, char **argv)
{
  /* any but C: nothing is translated there */
  if (setlocale (LC_ALL, "en_US.UTF-8") == NULL)
    return 77;
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ui/verification-text/sentences", test_sentences);
  g_test_add_func ("/ui/verification-text/pages", test_pages);

  return g_test_run ();
}
