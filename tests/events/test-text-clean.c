/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Names and file names that try to lie. */
#include "mx-text-clean.h"

#include <string.h>

static void
assert_line (const char *text, const char *expected)
{
  g_autofree char *line = mx_text_clean_line (text, 100);

  g_assert_cmpstr (line, ==, expected);
}

static void
test_line (void)
{
  assert_line (NULL, "");
  assert_line ("", "");
  assert_line ("Camille Durand [DINUM]", "Camille Durand [DINUM]");
  assert_line ("Élise\xe2\x80\xafO’Hara", "Élise O’Hara");
  assert_line ("  a \t\r\n b  ", "a b");
  assert_line ("a\x01\x1b[31mb\x7f", "a[31mb");
  assert_line ("a\xe2\x80\xa8"
               "b",
               "a b");
  assert_line ("\n\n\n", "");
  assert_line ("abc\xff"
               "d",
               "abc\xef\xbf\xbd"
               "d");
}

static void
test_invisible (void)
{
  assert_line ("ad\xe2\x80\x8bmin", "admin");
  assert_line ("ad\xe2\x80\x8dmin", "admin");
  assert_line ("\xef\xbb\xbf"
               "admin",
               "admin");
  assert_line ("\xe3\x85\xa4", "");
  assert_line ("a\xc2\xad"
               "b",
               "ab");
}

static void
test_bidi (void)
{
  /* overrides go, and what has right-to-left letters stays among itself */
  assert_line ("\xe2\x80\xae"
               "nimda",
               "nimda");
  assert_line ("x\xe2\x81\xa6y\xe2\x81\xa9", "xy");
  assert_line ("שלום", "\xe2\x81\xa8שלום\xe2\x81\xa9");
  assert_line ("a\xe2\x80\xae שלום",
               "\xe2\x81\xa8"
               "a שלום\xe2\x81\xa9");
}

/* Nobody gives themselves the mark that we give (E2E-158). */
static void
test_trust_marks (void)
{
  static const char *const names[][2] = {
    { "Camille Durand ✓", "Camille Durand" },
    { "Camille Durand ✔️ [DINUM]", "Camille Durand [DINUM]" },
    { "🔒 Camille ✅☑️🛡️", "Camille" },
    { "✓", "" },
    { "Camille \xe2\x80\xae✓", "Camille" },
    { "Camille ❤️", "Camille ❤️" },
    { "Élise O’Hara", "Élise O’Hara" },
    { "Camille Durand [DINUM]", "Camille Durand [DINUM]" },
  };
  g_autofree char *none = mx_text_clean_name (NULL, 10);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = mx_text_clean_name (names[i][0], 100);

      g_assert_cmpstr (name, ==, names[i][1]);
    }
  g_assert_cmpstr (none, ==, "");
}

static void
test_emoji_kept (void)
{
  assert_line ("👨‍👩‍👧", "👨‍👩‍👧");
  assert_line ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏴󠁧󠁢󠁥󠁮󠁧󠁿");
  assert_line ("❤️", "❤️");
  assert_line ("می‌خواهم", "\xe2\x81\xa8می‌خواهم\xe2\x81\xa9");
}

static void
test_marks (void)
{
  g_autoptr (GString) tower = g_string_new ("e");
  g_autofree char *line = NULL;

  for (int i = 0; i < 1000; i++)
    g_string_append (tower, "\xcc\x81");
  line = mx_text_clean_line (tower->str, 2000);
  g_assert_cmpint (g_utf8_strlen (line, -1), <=, 10);
}

static void
test_maximum (void)
{
  g_autofree char *exact = mx_text_clean_line ("abcde", 5);
  g_autofree char *cut = mx_text_clean_line ("abcdef", 5);
  g_autofree char *accents = mx_text_clean_line ("éééééé", 5);

  g_assert_cmpstr (exact, ==, "abcde");
  g_assert_cmpstr (cut, ==, "abcde…");
  g_assert_cmpstr (accents, ==, "ééééé…");
}

static void
assert_filename (const char *name, const char *expected)
{
  g_autofree char *clean = mx_text_clean_filename (name);

  g_assert_cmpstr (clean, ==, expected);
}

static void
test_filename (void)
{
  g_autofree char *stem = g_strnfill (400, 'n');
  g_autofree char *long_name = g_strconcat (stem, ".pdf", NULL);
  g_autofree char *shortened = mx_text_clean_filename (long_name);

  assert_filename ("note de service.pdf", "note de service.pdf");
  assert_filename ("../../etc/passwd", "passwd");
  assert_filename ("C:\\Users\\x\\y.docx", "y.docx");
  assert_filename (".bashrc", "bashrc");
  assert_filename ("facture\xe2\x80\xae"
                   "fdp.exe",
                   "facturefdp.exe");
  assert_filename ("facture\xe2\x80\x8f"
                   "fdp.exe",
                   "facturefdp.exe");
  assert_filename ("a\nb.txt", "a b.txt");
  assert_filename ("..", "");
  assert_filename ("x/", "");
  g_assert_true (g_str_has_suffix (shortened, "….pdf"));
  g_assert_cmpint (g_utf8_strlen (shortened, -1), <=, 160);
}

static void
test_emoji_only (void)
{
  g_assert_true (mx_text_is_emoji_only ("👍"));
  g_assert_true (mx_text_is_emoji_only ("👍🏽 🎉"));
  g_assert_true (mx_text_is_emoji_only ("👨‍👩‍👧❤️🇫🇷"));
  g_assert_true (mx_text_is_emoji_only ("1️⃣"));
  g_assert_true (mx_text_is_emoji_only ("🏴󠁧󠁢󠁥󠁮󠁧󠁿"));
  g_assert_false (mx_text_is_emoji_only (""));
  g_assert_false (mx_text_is_emoji_only (" "));
  g_assert_false (mx_text_is_emoji_only ("1"));
  g_assert_false (mx_text_is_emoji_only ("ok 👍"));
  g_assert_false (mx_text_is_emoji_only ("👍👍👍👍👍👍"));
  g_assert_false (mx_text_is_emoji_only ("©"));
  g_assert_false (mx_text_is_emoji_only ("🇫"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/text-clean/line", test_line);
  g_test_add_func ("/text-clean/invisible", test_invisible);
  g_test_add_func ("/text-clean/E2E-158-bidi", test_bidi);
  g_test_add_func ("/text-clean/E2E-158-trust-marks", test_trust_marks);
  g_test_add_func ("/text-clean/emoji-kept", test_emoji_kept);
  g_test_add_func ("/text-clean/marks", test_marks);
  g_test_add_func ("/text-clean/maximum", test_maximum);
  g_test_add_func ("/text-clean/filename", test_filename);
  g_test_add_func ("/text-clean/emoji-only", test_emoji_only);

  return g_test_run ();
}
