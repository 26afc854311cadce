/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Verifications played by two state machines: both roles, every order of messages, every way to
 * end. */
#include "config.h"

#include "verification-fixture.h"

#include <string.h>

#include "mx-error.h"

#define START                                                                                      \
  "{\"m.relates_to\":{\"rel_type\":\"m.reference\",\"event_id\":\"txn-0001\"},"                    \
  "\"from_device\":\"%s\",\"method\":\"%s\",\"hashes\":[\"sha256\"],"                              \
  "\"key_agreement_protocols\":[\"curve25519-hkdf-sha256\"],"                                      \
  "\"message_authentication_codes\":[\"hkdf-hmac-sha256.v2\"],"                                    \
  "\"short_authentication_string\":[\"decimal\",\"emoji\"]}"

static void
set_up (Duel *duel, gconstpointer own)
{
  duel_init (duel, GPOINTER_TO_INT (own));
}

static void
tear_down (Duel *duel, gconstpointer own)
{
  duel_clear (duel);
}

static void
confirm_both (Duel *duel)
{
  mx_verification_confirm (duel->alice.verification);
  duel_run (duel);
  mx_verification_confirm (duel->bob.verification);
  duel_run (duel);
}

/* -- The ordinary way */

static void
test_users (Duel *duel, gconstpointer own)
{
  duel_to_compare (duel);
  g_assert_cmpmem (mx_verification_get_emoji (duel->alice.verification),
                   7 * sizeof (guint),
                   mx_verification_get_emoji (duel->bob.verification),
                   7 * sizeof (guint));
  confirm_both (duel);

  assert_phase (&duel->alice, MX_VERIFICATION_DONE);
  assert_phase (&duel->bob, MX_VERIFICATION_DONE);
  g_assert_cmpstr (duel->alice.trusted_master, ==, duel->bob.side.master_key);
  g_assert_cmpstr (duel->alice.trusted_device, ==, duel->bob.side.device_key);
  g_assert_cmpstr (duel->bob.trusted_master, ==, duel->alice.side.master_key);
  g_assert_cmpstr (duel->alice.said->str, ==, "start key mac done ");
  g_assert_cmpstr (duel->bob.said->str, ==, "ready accept key mac done ");
}

/* A new device vouches for no identity, and learns of it. */
static void
test_own (Duel *duel, gconstpointer own)
{
  duel_to_compare (duel);
  confirm_both (duel);

  assert_phase (&duel->alice, MX_VERIFICATION_DONE);
  assert_phase (&duel->bob, MX_VERIFICATION_DONE);
  g_assert_null (duel->alice.trusted_master);
  g_assert_nonnull (duel->alice.trusted_device);
  g_assert_cmpstr (duel->bob.trusted_master, ==, duel->alice.side.master_key);
}

static void
test_responder_starts (Duel *duel, gconstpointer own)
{
  duel_to_ready (duel);
  mx_verification_start (duel->bob.verification);
  duel_run (duel);
  confirm_both (duel);
  assert_phase (&duel->alice, MX_VERIFICATION_DONE);
  assert_phase (&duel->bob, MX_VERIFICATION_DONE);
  g_assert_cmpstr (duel->alice.said->str, ==, "accept key mac done ");
}

/* -- E2E-120 */

static void
assert_methods (char *message)
{
  g_autofree char *owned = message;
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (owned, -1, NULL);
  MxJson methods = mx_json_get (mx_json_document_root (document), "methods");

  g_assert_cmpuint (mx_json_size (methods), ==, 1);
  g_assert_cmpstr (mx_json_string (mx_json_at (methods, 0)), ==, "m.sas.v1");
}

/* Nothing of codes that are shown or scanned, as there are none. */
static void
test_only_what_exists (void)
{
  assert_methods (mx_verification_write_request ("t", "ALICE", 1));
  assert_methods (mx_verification_write_room_request ("ALICE", "@bob:x", "fallback"));
  assert_methods (mx_verification_write_ready ("t", FALSE, "ALICE"));
  assert_methods (mx_verification_write_ready ("t", TRUE, "ALICE"));
}

/* -- E2E-101 */

static void
test_prompt (Duel *duel, gconstpointer own)
{
  g_assert_true (mx_verification_is_prompting (duel->bob.verification));
  g_assert_false (mx_verification_is_prompting (duel->alice.verification));
  g_assert_cmpint (mx_verification_check_time (duel->bob.verification),
                   ==,
                   duel->now + MX_VERIFICATION_PROMPT_MS);

  duel->now += MX_VERIFICATION_PROMPT_MS;
  g_assert_cmpint (mx_verification_check_time (duel->bob.verification), >, duel->now);
  g_assert_false (mx_verification_is_prompting (duel->bob.verification));
  assert_phase (&duel->bob, MX_VERIFICATION_REQUESTED);

  /* it may be answered all the same */
  duel_to_compare (duel);
}

static void
test_prompt_cancelled (Duel *duel, gconstpointer own)
{
  mx_verification_cancel (duel->alice.verification);
  duel_run (duel);
  g_assert_false (mx_verification_is_prompting (duel->bob.verification));
  assert_cancelled (&duel->bob, "m.user", FALSE);
  assert_cancelled (&duel->alice, "m.user", TRUE);
}

/* -- E2E-102 */

static void
test_three_devices (Duel *duel, gconstpointer own)
{
  Letter *cancel = NULL;

  mx_verification_accept (duel->bob.verification);
  player_deliver (&duel->bob);
  assert_phase (&duel->alice, MX_VERIFICATION_READY);
  g_assert_cmpstr (mx_verification_get_device_id (duel->alice.verification), ==, "BOBDEV");

  cancel = player_take (&duel->alice, MX_VERIFICATION_MESSAGE_CANCEL);
  g_assert_cmpstr (duel->alice.last_cancel, ==, "m.accepted");
  g_assert_cmpuint (g_strv_length (cancel->devices), ==, 2);
  g_assert_true (g_strv_contains ((const char *const *) cancel->devices, "CAROL"));
  g_assert_true (g_strv_contains ((const char *const *) cancel->devices, "DAVE"));
  letter_free (cancel);

  /* the second one was late */
  player_hear (
    &duel->alice,
    MX_VERIFICATION_MESSAGE_READY,
    "{\"transaction_id\":\"txn-0001\",\"from_device\":\"CAROL\",\"methods\":[\"m.sas.v1\"]}");
  assert_phase (&duel->alice, MX_VERIFICATION_READY);
  g_assert_cmpstr (mx_verification_get_device_id (duel->alice.verification), ==, "BOBDEV");
  g_assert_cmpuint (duel->alice.out->len, ==, 0);
}

static void
test_cancel_before_answer (Duel *duel, gconstpointer own)
{
  g_autoptr (Letter) cancel = NULL;

  mx_verification_cancel (duel->alice.verification);
  cancel = player_take (&duel->alice, MX_VERIFICATION_MESSAGE_CANCEL);
  g_assert_cmpuint (g_strv_length (cancel->devices), ==, 3);
}

static void
test_uninvited (Duel *duel, gconstpointer own)
{
  player_hear (
    &duel->alice,
    MX_VERIFICATION_MESSAGE_READY,
    "{\"transaction_id\":\"txn-0001\",\"from_device\":\"EVE\",\"methods\":[\"m.sas.v1\"]}");
  assert_cancelled (&duel->alice, "m.invalid_message", TRUE);
}

static void
test_answered_elsewhere (Duel *duel, gconstpointer own)
{
  g_autoptr (MxJsonDocument) document =
    mx_json_document_parse ("{\"from_device\":\"OTHER\",\"methods\":[]}", -1, NULL);

  mx_verification_receive_own (duel->bob.verification,
                               MX_VERIFICATION_MESSAGE_READY,
                               mx_json_document_root (document));
  assert_cancelled (&duel->bob, "m.accepted", FALSE);
  g_assert_cmpuint (duel->bob.said->len, ==, 0);
}

/* -- E2E-103 */

static void
test_both_start (Duel *duel, gconstpointer own)
{
  duel_to_ready (duel);
  mx_verification_start (duel->alice.verification);
  mx_verification_start (duel->bob.verification);
  duel_run (duel);
  confirm_both (duel);

  /* alice is the smaller user id, ALICEDEV the smaller device id */
  assert_phase (&duel->alice, MX_VERIFICATION_DONE);
  assert_phase (&duel->bob, MX_VERIFICATION_DONE);
  g_assert_null (strstr (duel->alice.said->str, "accept"));
  g_assert_nonnull (strstr (duel->bob.said->str, "accept"));
}

static void
test_both_start_otherwise (Duel *duel, gconstpointer own)
{
  g_autofree char *start = g_strdup_printf (START, "BOBDEV", "m.reciprocate.v1");

  duel_to_ready (duel);
  mx_verification_start (duel->alice.verification);
  player_hear (&duel->alice, MX_VERIFICATION_MESSAGE_START, start);
  assert_cancelled (&duel->alice, "m.unexpected_message", TRUE);
}

/* -- E2E-104 */

static void
test_keys_change (Duel *duel, gconstpointer own)
{
  duel_to_compare (duel);
  /* the server hands out others in the middle */
  g_set_str (&duel->alice.believed.device_key, "Z6pJn6KL5h+X0zTJqDCLjTJdKg4o8UQV4zXyFpOSCDA");
  g_set_str (&duel->alice.believed.master_key, "Z6pJn6KL5h+X0zTJqDCLjTJdKg4o8UQV4zXyFpOSCDA");
  confirm_both (duel);
  g_assert_cmpstr (duel->alice.trusted_device, ==, duel->bob.side.device_key);
  g_assert_cmpstr (duel->alice.trusted_master, ==, duel->bob.side.master_key);
}

static void
test_keys_wrong (Duel *duel, gconstpointer own)
{
  g_set_str (&duel->alice.believed.device_key, "Z6pJn6KL5h+X0zTJqDCLjTJdKg4o8UQV4zXyFpOSCDA");
  duel_to_compare (duel);
  confirm_both (duel);
  assert_cancelled (&duel->alice, "m.key_mismatch", TRUE);
  g_assert_cmpuint (duel->alice.trusts, ==, 0);
}

static void
test_keys_not_known (Duel *duel, gconstpointer own)
{
  g_clear_pointer (&duel->alice.believed.device_key, g_free);
  duel_to_ready (duel);
  mx_verification_start (duel->alice.verification);
  duel_run (duel);
  assert_cancelled (&duel->alice, "m.key_mismatch", TRUE);
  assert_cancelled (&duel->bob, "m.key_mismatch", FALSE);
}

/* What was proven is not what is known any more when it is to be kept. */
static void
test_keys_changed_when_kept (Duel *duel, gconstpointer own)
{
  g_autoptr (GError) error =
    g_error_new_literal (MX_SESSION_ERROR, MX_SESSION_ERROR_IDENTITY_CHANGED, "Changed");

  duel_to_compare (duel);
  duel->alice.trust_error = error;
  confirm_both (duel);
  assert_cancelled (&duel->alice, "m.key_mismatch", TRUE);
}

static void
test_not_kept (Duel *duel, gconstpointer own)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NO_SPACE, "Full");

  duel_to_compare (duel);
  duel->alice.trust_error = error;
  confirm_both (duel);
  assert_cancelled (&duel->alice, MX_VERIFICATION_NOT_KEPT, TRUE);
}

/* -- E2E-105 */

typedef enum
{
  AT_REQUESTED,
  AT_READY,
  AT_STARTED,
  AT_COMPARE,
  AT_CONFIRMED,
  N_STAGES,
} Stage;

static void
bring_to (Duel *duel, Stage stage)
{
  if (stage >= AT_READY)
    duel_to_ready (duel);
  if (stage >= AT_STARTED)
    {
      mx_verification_start (duel->alice.verification);
      if (stage >= AT_COMPARE)
        duel_run (duel);
      else
        g_clear_pointer (&duel->alice.out, g_ptr_array_unref);
      if (duel->alice.out == NULL)
        duel->alice.out = g_ptr_array_new_with_free_func (letter_free);
    }
  if (stage >= AT_CONFIRMED)
    {
      mx_verification_confirm (duel->alice.verification);
      g_ptr_array_set_size (duel->alice.out, 0);
    }
}

/* What alice, who asked and started, expects of bob in each stage. */
static gboolean
is_expected (Stage stage, MxVerificationMessage message)
{
  switch (message)
    {
    case MX_VERIFICATION_MESSAGE_READY:
      return stage == AT_REQUESTED;
    case MX_VERIFICATION_MESSAGE_START:
      return stage == AT_READY || stage == AT_STARTED;
    case MX_VERIFICATION_MESSAGE_ACCEPT:
      return stage == AT_STARTED;
    case MX_VERIFICATION_MESSAGE_MAC:
      return stage == AT_COMPARE || stage == AT_CONFIRMED;
    case MX_VERIFICATION_MESSAGE_KEY:
    case MX_VERIFICATION_MESSAGE_DONE:
    default:
      return FALSE;
    }
}

static void
test_order (void)
{
  for (int stage = AT_REQUESTED; stage < N_STAGES; stage++)
    for (int message = MX_VERIFICATION_MESSAGE_READY; message <= MX_VERIFICATION_MESSAGE_DONE;
         message++)
      {
        Duel duel;

        if (is_expected ((Stage) stage, (MxVerificationMessage) message))
          continue;
        duel_init (&duel, FALSE);
        bring_to (&duel, (Stage) stage);
        player_hear (&duel.alice, (MxVerificationMessage) message, "{\"x\":\"never said\"}");
        assert_cancelled (&duel.alice, "m.unexpected_message", TRUE);
        g_assert_cmpstr (duel.alice.last_cancel, ==, "m.unexpected_message");
        duel_clear (&duel);
      }
}

/* Expected now, but nothing is in it. */
static void
test_empty (void)
{
  for (int stage = AT_REQUESTED; stage < N_STAGES; stage++)
    for (int message = MX_VERIFICATION_MESSAGE_READY; message <= MX_VERIFICATION_MESSAGE_DONE;
         message++)
      {
        Duel duel;

        if (!is_expected ((Stage) stage, (MxVerificationMessage) message))
          continue;
        duel_init (&duel, FALSE);
        bring_to (&duel, (Stage) stage);
        player_hear (&duel.alice, (MxVerificationMessage) message, "{}");
        assert_cancelled (&duel.alice, "m.invalid_message", TRUE);
        duel_clear (&duel);
      }
}

static void
test_cancel_anywhere (void)
{
  for (int stage = AT_REQUESTED; stage < N_STAGES; stage++)
    for (int with_code = 0; with_code < 2; with_code++)
      {
        Duel duel;

        duel_init (&duel, FALSE);
        bring_to (&duel, (Stage) stage);
        player_hear (&duel.alice,
                     MX_VERIFICATION_MESSAGE_CANCEL,
                     with_code ? "{\"code\":\"org.example.tired\"}" : "{\"code\":7}");
        assert_cancelled (&duel.alice, with_code ? "org.example.tired" : "m.user", FALSE);
        g_assert_null (duel.alice.last_cancel);

        /* nothing wakes it up */
        player_hear (&duel.alice, MX_VERIFICATION_MESSAGE_KEY, "{\"key\":\"AAAA\"}");
        player_hear (&duel.alice, MX_VERIFICATION_MESSAGE_CANCEL, "{}");
        mx_verification_start (duel.alice.verification);
        mx_verification_confirm (duel.alice.verification);
        mx_verification_cancel (duel.alice.verification);
        assert_cancelled (&duel.alice, with_code ? "org.example.tired" : "m.user", FALSE);
        duel_clear (&duel);
      }
}

static void
test_start_of_another_device (Duel *duel, gconstpointer own)
{
  g_autofree char *start = g_strdup_printf (START, "EVE", "m.sas.v1");

  duel_to_ready (duel);
  player_hear (&duel->alice, MX_VERIFICATION_MESSAGE_START, start);
  assert_cancelled (&duel->alice, "m.user_mismatch", TRUE);
}

static void
test_unknown_method (Duel *duel, gconstpointer own)
{
  g_autofree char *start = g_strdup_printf (START, "BOBDEV", "m.handshake.v9");

  duel_to_ready (duel);
  player_hear (&duel->alice, MX_VERIFICATION_MESSAGE_START, start);
  assert_cancelled (&duel->alice, "m.unknown_method", TRUE);
}

static void
test_ready_without_method (Duel *duel, gconstpointer own)
{
  player_hear (&duel->alice,
               MX_VERIFICATION_MESSAGE_READY,
               "{\"from_device\":\"BOBDEV\",\"methods\":[\"m.qr_code.show.v1\"]}");
  assert_cancelled (&duel->alice, "m.unknown_method", TRUE);
}

/* Every message twice, as after a lost answer. */
static void
test_twice (Duel *duel, gconstpointer own)
{
  Player *players[] = { &duel->alice, &duel->bob };
  gboolean more = TRUE;

  mx_verification_accept (duel->bob.verification);
  while (more)
    {
      more = FALSE;
      for (int i = 0; i < 2; i++)
        while (players[i]->out->len > 0)
          {
            Letter *letter = g_ptr_array_steal_index (players[i]->out, 0);

            player_hear (players[1 - i], letter->message, letter->content);
            player_hear (players[1 - i], letter->message, letter->content);
            letter_free (letter);
            more = TRUE;
          }
      mx_verification_start (duel->alice.verification);
      mx_verification_confirm (duel->alice.verification);
      mx_verification_confirm (duel->bob.verification);
      player_answer_trust (&duel->alice);
      player_answer_trust (&duel->bob);
    }
  assert_phase (&duel->alice, MX_VERIFICATION_DONE);
  assert_phase (&duel->bob, MX_VERIFICATION_DONE);
  g_assert_cmpstr (duel->alice.said->str, ==, "start key mac done ");
}

/* The same kind again with something else in it is no repetition. */
static void
test_second_key (Duel *duel, gconstpointer own)
{
  duel_to_compare (duel);
  player_hear (&duel->alice,
               MX_VERIFICATION_MESSAGE_KEY,
               "{\"key\":\"3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08\"}");
  assert_cancelled (&duel->alice, "m.unexpected_message", TRUE);
}

/* -- E2E-106 */

static void
test_time_out (Duel *duel, gconstpointer own)
{
  duel_to_compare (duel);
  duel->now += MX_VERIFICATION_LIFE_MS - 1;
  g_assert_cmpint (mx_verification_check_time (duel->alice.verification), ==, duel->now + 1);
  assert_phase (&duel->alice, MX_VERIFICATION_COMPARE);
  duel->now++;
  g_assert_cmpint (mx_verification_check_time (duel->alice.verification), ==, G_MAXINT64);
  assert_cancelled (&duel->alice, "m.timeout", TRUE);
  g_assert_cmpstr (duel->alice.last_cancel, ==, "m.timeout");
  duel_run (duel);
  assert_cancelled (&duel->bob, "m.timeout", FALSE);
}

/* Who was asked and did not react says nothing: another device may be at it. */
static void
test_time_out_quiet (Duel *duel, gconstpointer own)
{
  duel->now += MX_VERIFICATION_LIFE_MS;
  mx_verification_check_time (duel->bob.verification);
  assert_cancelled (&duel->bob, "m.timeout", FALSE);
  g_assert_cmpuint (duel->bob.said->len, ==, 0);
}

/* The proof leaves with the confirmation, and is not kept back for anything. */
static void
test_mac_at_once (Duel *duel, gconstpointer own)
{
  duel_to_compare (duel);
  mx_verification_confirm (duel->bob.verification);
  g_assert_true (g_str_has_suffix (duel->bob.said->str, "mac "));
}

static void
test_starts_by_itself (Duel *duel, gconstpointer own)
{
  duel_to_ready (duel);
  g_assert_cmpint (mx_verification_check_time (duel->bob.verification), >, duel->now);
  assert_phase (&duel->bob, MX_VERIFICATION_READY);
  mx_verification_check_time (duel->alice.verification);
  assert_phase (&duel->alice, MX_VERIFICATION_STARTED);
}

static void
test_starts_after_a_while (Duel *duel, gconstpointer own)
{
  duel_to_ready (duel);
  duel->now += MX_VERIFICATION_START_MS;
  mx_verification_check_time (duel->bob.verification);
  assert_phase (&duel->bob, MX_VERIFICATION_STARTED);
}

/* -- E2E-109 */

static void
test_key_after_key (Duel *duel, gconstpointer own)
{
  duel_to_ready (duel);
  mx_verification_start (duel->alice.verification);
  player_deliver (&duel->alice);
  g_assert_cmpstr (duel->bob.said->str, ==, "ready accept ");
  player_deliver (&duel->bob);
  g_assert_cmpstr (duel->alice.said->str, ==, "start key ");
  g_assert_cmpstr (duel->bob.said->str, ==, "ready accept ");
  player_deliver (&duel->alice);
  g_assert_cmpstr (duel->bob.said->str, ==, "ready accept key ");
  assert_phase (&duel->bob, MX_VERIFICATION_COMPARE);
}

/* Somebody between the two puts a key of their own into the promise. */
static void
test_man_in_the_middle (Duel *duel, gconstpointer own)
{
  g_autoptr (Letter) accept = NULL;
  g_autofree char *changed = NULL;

  duel_to_ready (duel);
  mx_verification_start (duel->alice.verification);
  player_deliver (&duel->alice);
  accept = player_take (&duel->bob, MX_VERIFICATION_MESSAGE_ACCEPT);
  changed =
    with_member (accept->content, "commitment", "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"");
  player_hear (&duel->alice, MX_VERIFICATION_MESSAGE_ACCEPT, changed);
  duel_run (duel);
  assert_cancelled (&duel->alice, "m.mismatched_commitment", TRUE);
  assert_cancelled (&duel->bob, "m.mismatched_commitment", FALSE);
  g_assert_null (mx_verification_get_emoji (duel->alice.verification));
}

static void
test_weak_key (Duel *duel, gconstpointer own)
{
  duel_to_ready (duel);
  mx_verification_start (duel->alice.verification);
  player_deliver (&duel->alice);
  player_hear (&duel->bob,
               MX_VERIFICATION_MESSAGE_KEY,
               "{\"key\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}");
  assert_cancelled (&duel->bob, "m.invalid_message", TRUE);
}

/* -- E2E-113, E2E-114 */

static void
test_mac_altered (Duel *duel, gconstpointer own)
{
  g_autoptr (Letter) mac = NULL;
  g_autofree char *changed = NULL;

  duel_to_compare (duel);
  mx_verification_confirm (duel->alice.verification);
  mx_verification_confirm (duel->bob.verification);
  mac = player_take (&duel->bob, MX_VERIFICATION_MESSAGE_MAC);
  changed =
    with_member (mac->content, "mac", GPOINTER_TO_INT (own) ? "{}" : "{\"ed25519:X\":\"\"}");
  player_hear (&duel->alice, MX_VERIFICATION_MESSAGE_MAC, changed);
  assert_cancelled (&duel->alice, "m.key_mismatch", TRUE);
  g_assert_cmpuint (duel->alice.trusts, ==, 0);
}

static void
test_done_without_mac (Duel *duel, gconstpointer own)
{
  duel_to_compare (duel);
  mx_verification_confirm (duel->alice.verification);
  player_hear (&duel->alice, MX_VERIFICATION_MESSAGE_DONE, "{}");
  assert_cancelled (&duel->alice, "m.unexpected_message", TRUE);
  g_assert_cmpuint (duel->alice.trusts, ==, 0);
}

/* Their proof is here, our user has not looked yet. */
static void
test_not_confirmed (Duel *duel, gconstpointer own)
{
  duel_to_compare (duel);
  mx_verification_confirm (duel->bob.verification);
  duel_run (duel);
  assert_phase (&duel->alice, MX_VERIFICATION_COMPARE);
  g_assert_cmpuint (duel->alice.trusts, ==, 0);
  g_assert_cmpuint (duel->bob.trusts, ==, 0);

  mx_verification_confirm (duel->alice.verification);
  player_answer_trust (&duel->alice);
  assert_phase (&duel->alice, MX_VERIFICATION_DONE);
}

/* Nothing is needed of the other side once its keys are proven. */
static void
test_done_is_courtesy (Duel *duel, gconstpointer own)
{
  g_autoptr (Letter) mac = NULL;

  duel_to_compare (duel);
  mx_verification_confirm (duel->bob.verification);
  mac = player_take (&duel->bob, MX_VERIFICATION_MESSAGE_MAC);
  player_hear (&duel->alice, MX_VERIFICATION_MESSAGE_MAC, mac->content);
  mx_verification_confirm (duel->alice.verification);
  g_assert_true (duel->alice.asked_to_trust);
  /* too late to change anybody's mind */
  player_hear (&duel->alice, MX_VERIFICATION_MESSAGE_CANCEL, "{\"code\":\"m.user\"}");
  mx_verification_cancel (duel->alice.verification);
  player_answer_trust (&duel->alice);
  assert_phase (&duel->alice, MX_VERIFICATION_DONE);
}

static void
test_mismatch (Duel *duel, gconstpointer own)
{
  mx_verification_mismatch (duel->alice.verification); /* nothing was shown */
  duel_to_compare (duel);
  mx_verification_mismatch (duel->alice.verification);
  duel_run (duel);
  assert_cancelled (&duel->alice, "m.mismatched_sas", TRUE);
  assert_cancelled (&duel->bob, "m.mismatched_sas", FALSE);
}

static void
test_host_gone (Duel *duel, gconstpointer own)
{
  duel_to_compare (duel);
  mx_verification_forget_host (duel->alice.verification);
  assert_cancelled (&duel->alice, MX_VERIFICATION_NOT_SENT, TRUE);
  mx_verification_confirm (duel->alice.verification);
}

#define OWN GINT_TO_POINTER (TRUE)
#define ADD(path, data, func)                                                                      \
  g_test_add ("/session/verification/" path, Duel, data, set_up, func, tear_down)

static void
add_tests (void)
{
  ADD ("E2E-101-users", NULL, test_users);
  ADD ("E2E-101-own-devices", OWN, test_own);
  ADD ("E2E-101-responder-starts", NULL, test_responder_starts);
  ADD ("E2E-101-prompt", NULL, test_prompt);
  ADD ("E2E-101-prompt-cancelled", NULL, test_prompt_cancelled);
  ADD ("E2E-102-three-devices", OWN, test_three_devices);
  ADD ("E2E-102-cancel-before-answer", OWN, test_cancel_before_answer);
  ADD ("E2E-102-uninvited", OWN, test_uninvited);
  ADD ("E2E-102-answered-elsewhere", NULL, test_answered_elsewhere);
  ADD ("E2E-103-both-start", NULL, test_both_start);
  ADD ("E2E-103-both-start-own", OWN, test_both_start);
  ADD ("E2E-103-other-method", NULL, test_both_start_otherwise);
  ADD ("E2E-104-keys-change", NULL, test_keys_change);
  ADD ("E2E-104-keys-wrong", NULL, test_keys_wrong);
  ADD ("E2E-104-keys-not-known", NULL, test_keys_not_known);
  ADD ("E2E-104-changed-when-kept", NULL, test_keys_changed_when_kept);
  ADD ("E2E-104-not-kept", NULL, test_not_kept);
  g_test_add_func ("/session/verification/E2E-105-order", test_order);
  g_test_add_func ("/session/verification/E2E-105-empty", test_empty);
  g_test_add_func ("/session/verification/E2E-105-cancel-anywhere", test_cancel_anywhere);
  ADD ("E2E-105-another-device", NULL, test_start_of_another_device);
  ADD ("E2E-105-unknown-method", NULL, test_unknown_method);
  ADD ("E2E-105-ready-without-method", NULL, test_ready_without_method);
  ADD ("E2E-105-twice", NULL, test_twice);
  ADD ("E2E-105-second-key", NULL, test_second_key);
  ADD ("E2E-106-time-out", NULL, test_time_out);
  ADD ("E2E-106-time-out-quiet", NULL, test_time_out_quiet);
  ADD ("E2E-106-mac-at-once", NULL, test_mac_at_once);
  ADD ("E2E-106-starts-by-itself", NULL, test_starts_by_itself);
  ADD ("E2E-106-starts-after-a-while", NULL, test_starts_after_a_while);
  ADD ("E2E-108-man-in-the-middle", NULL, test_man_in_the_middle);
  ADD ("E2E-109-key-after-key", NULL, test_key_after_key);
  ADD ("E2E-110-weak-key", NULL, test_weak_key);
  ADD ("E2E-113-mac-altered", NULL, test_mac_altered);
  ADD ("E2E-113-mac-empty", OWN, test_mac_altered);
  ADD ("E2E-114-done-without-mac", NULL, test_done_without_mac);
  ADD ("E2E-114-not-confirmed", NULL, test_not_confirmed);
  ADD ("E2E-114-done-is-courtesy", NULL, test_done_is_courtesy);
  ADD ("E2E-115-mismatch", NULL, test_mismatch);
  ADD ("host-gone", NULL, test_host_gone);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_tests ();

  g_test_add_func ("/verification/E2E-120-only-what-exists", test_only_what_exists);

  return g_test_run ();
}
