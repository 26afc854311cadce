/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A request to verify in a conversation says who asked whom, and what became of it. */
#include "config.h"

#include "chappe-ui.h"
#include "chappe-verification-note.h"
#include "chappe-verification-text.h"
#include "verification-fixture.h"

static gpointer
child (ChappeVerificationNote *note, const char *name)
{
  return gtk_widget_get_template_child (GTK_WIDGET (note), CHAPPE_TYPE_VERIFICATION_NOTE, name);
}

static const char *
text (ChappeVerificationNote *note, const char *name)
{
  return gtk_label_get_label (child (note, name));
}

static void
test_who (void)
{
  ChappeVerificationNote *note =
    CHAPPE_VERIFICATION_NOTE (g_object_ref_sink (chappe_verification_note_new ()));
  MxVerificationTrace trace = { .state = MX_VERIFICATION_TRACE_EXPIRED };

  chappe_verification_note_show (note, &trace, TRUE, "Camille", "Antoine");
  g_assert_cmpstr (text (note, "title"), ==, "You asked Antoine to compare a series of emoji");
  chappe_verification_note_show (note, &trace, FALSE, "Antoine", "Antoine");
  g_assert_cmpstr (text (note, "title"), ==, "Antoine asks you to compare a series of emoji");
  trace.state = MX_VERIFICATION_TRACE_FOREIGN;
  chappe_verification_note_show (note, &trace, FALSE, "Antoine", "Nadia");
  g_assert_cmpstr (text (note, "title"), ==, "Antoine asked Nadia to compare a series of emoji");
  g_assert_false (gtk_widget_get_visible (child (note, "state")));
  g_assert_finalize_object (note);
}

static void
test_outcomes (void)
{
  static const char *const codes[] = { "m.user", "m.timeout", "m.mismatched_sas", NULL };
  ChappeVerificationNote *note =
    CHAPPE_VERIFICATION_NOTE (g_object_ref_sink (chappe_verification_note_new ()));
  MxVerificationTrace trace = { .state = MX_VERIFICATION_TRACE_DONE };

  chappe_verification_note_show (note, &trace, TRUE, "Camille", "Antoine");
  g_assert_cmpstr (text (note, "state"), ==, "Verified");
  g_assert_false (gtk_widget_get_visible (child (note, "act_button")));
  trace.state = MX_VERIFICATION_TRACE_EXPIRED;
  chappe_verification_note_show (note, &trace, TRUE, "Camille", "Antoine");
  g_assert_cmpstr (text (note, "state"), ==, "It was not answered in time.");

  trace.state = MX_VERIFICATION_TRACE_CANCELLED;
  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autofree char *expected = chappe_verification_text_for_code (codes[i], FALSE, FALSE);

      trace.code = (char *) codes[i];
      chappe_verification_note_show (note, &trace, TRUE, "Camille", "Antoine");
      g_assert_cmpstr (text (note, "state"), ==, expected);
      g_assert_true (gtk_widget_has_css_class (child (note, "state"), "error") ==
                     chappe_verification_text_is_warning (codes[i]));
    }
  g_assert_finalize_object (note);
}

/* What can still be done is offered: the answer to whom was asked, the rest to both. */
static void
test_running (void)
{
  ChappeVerificationNote *note =
    CHAPPE_VERIFICATION_NOTE (g_object_ref_sink (chappe_verification_note_new ()));
  Duel duel;
  MxVerificationTrace trace = { .state = MX_VERIFICATION_TRACE_RUNNING };

  duel_init (&duel, FALSE);
  trace.live = duel.bob.verification;
  chappe_verification_note_show (note, &trace, FALSE, "Alice", "Alice");
  g_assert_true (gtk_widget_get_visible (child (note, "act_button")));
  g_assert_cmpstr (gtk_button_get_label (child (note, "act_button")), ==, "_Accept…");
  trace.live = duel.alice.verification;
  chappe_verification_note_show (note, &trace, TRUE, "Alice", "Bob");
  g_assert_cmpstr (gtk_button_get_label (child (note, "act_button")), ==, "_Continue…");
  g_assert_cmpstr (text (note, "state"), ==, "The answer is awaited.");
  mx_verification_accept (duel.bob.verification);
  trace.live = duel.bob.verification;
  chappe_verification_note_show (note, &trace, FALSE, "Alice", "Alice");
  g_assert_cmpstr (gtk_button_get_label (child (note, "act_button")), ==, "_Continue…");
  duel_clear (&duel);
  g_assert_finalize_object (note);
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  chappe_ui_init ();

  g_test_add_func ("/verification-note/who", test_who);
  g_test_add_func ("/verification-note/outcomes", test_outcomes);
  g_test_add_func ("/verification-note/running", test_running);

  return g_test_run ();
}
