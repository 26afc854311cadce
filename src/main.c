/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The program: language, then the application. */
#include "config.h"
#include "install-dirs.h"

#include "chappe-application.h"

#include "mx-flow.h"
#include "mx-secret.h"

#include <glib/gi18n.h>
#include <locale.h>

int
main (int argc, char *argv[])
{
  g_autoptr (ChappeApplication) application = NULL;

  mx_secret_guard_process (!g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS));
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  dex_init ();
  application = chappe_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
