/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* verification-pictures FOLDER: the dialog of a verification in each phase as a picture, wide and
 * narrow, light and dark, in the language of the environment. For people to look at. */
#include "config.h"

#include "chappe-shot.h"
#include "chappe-ui.h"
#include "chappe-verification-dialog.h"
#include "verification-fixture.h"

#include <glib/gi18n.h>
#include <libdex.h>
#include <locale.h>

/* Pages: what is done with a fresh pair, and whose side is looked at. */
/* Each way to end without success is a page of its own, after the others. */
#define FIRST_CODE 7
static const char *const codes[] = { "m.timeout",         "m.user",
                                     "m.accepted",        "m.unknown_transaction",
                                     "m.unknown_method",  "m.unexpected_message",
                                     "m.invalid_message", "m.key_mismatch",
                                     "m.user_mismatch",   "m.mismatched_commitment",
                                     "im.example.unheard" };

static MxVerification *
play (Duel *duel, unsigned page)
{
  switch (page)
    {
    case 0:
      return duel->bob.verification;
    case 1:
      return duel->alice.verification;
    case 2:
      mx_verification_accept (duel->bob.verification);
      return duel->bob.verification;
    case 3:
      duel_to_compare (duel);
      return duel->alice.verification;
    case 4:
      duel_to_compare (duel);
      mx_verification_confirm (duel->alice.verification);
      return duel->alice.verification;
    case 5:
      duel_to_compare (duel);
      mx_verification_confirm (duel->alice.verification);
      mx_verification_confirm (duel->bob.verification);
      duel_run (duel);
      return duel->alice.verification;
    case 6:
      duel_to_compare (duel);
      mx_verification_mismatch (duel->bob.verification);
      duel_run (duel);
      return duel->alice.verification;
    default:
      mx_verification_fail (duel->alice.verification, codes[page - FIRST_CODE]);
      return duel->alice.verification;
    }
}

static void
settle (unsigned ms)
{
  gint64 end = g_get_monotonic_time () + ms * G_TIME_SPAN_MILLISECOND;

  while (g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (5000);
}

static void
write_picture (GtkWindow *window, const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  settle (400);
  if (!chappe_shot_write (window, path))
    g_printerr ("no picture %s\n", name);
}

static void
take (const char *folder, unsigned page, gboolean own, gboolean narrow)
{
  GtkWidget *window = adw_window_new ();
  g_autofree char *light =
    g_strdup_printf ("%u-%s-%s-light.png", page, own ? "own" : "user", narrow ? "narrow" : "wide");
  g_autofree char *dark =
    g_strdup_printf ("%u-%s-%s-dark.png", page, own ? "own" : "user", narrow ? "narrow" : "wide");
  Duel duel;
  MxVerification *verification = NULL;

  duel_init (&duel, own);
  verification = play (&duel, page);
  adw_window_set_content (ADW_WINDOW (window), adw_bin_new ());
  gtk_window_set_default_size (GTK_WINDOW (window), narrow ? 360 : 700, 660);
  gtk_window_present (GTK_WINDOW (window));
  settle (200);
  chappe_verification_dialog_present (adw_window_get_content (ADW_WINDOW (window)), verification);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      ADW_COLOR_SCHEME_FORCE_LIGHT);
  write_picture (GTK_WINDOW (window), folder, light);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      ADW_COLOR_SCHEME_FORCE_DARK);
  write_picture (GTK_WINDOW (window), folder, dark);
  gtk_window_destroy (GTK_WINDOW (window));
  settle (200);
  duel_clear (&duel);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  if (argc != 2)
    {
      g_printerr ("usage: verification-pictures FOLDER\n");
      return 2;
    }
  if (g_getenv ("LOCALEDIR") != NULL)
    bindtextdomain (GETTEXT_PACKAGE, g_getenv ("LOCALEDIR"));
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  gtk_init ();
  dex_init ();
  chappe_ui_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  if (g_getenv ("TEXT_SCALE") != NULL)
    g_object_set (gtk_settings_get_default (),
                  "gtk-xft-dpi",
                  (int) (96 * PANGO_SCALE * g_ascii_strtod (g_getenv ("TEXT_SCALE"), NULL)),
                  NULL);
  for (unsigned page = 0; page < FIRST_CODE + G_N_ELEMENTS (codes); page++)
    for (int own = 0; own < 2; own++)
      take (argv[1], page, own, (page % 2 == 0) == (own == 0) || page == 3);

  return 0;
}
