/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "verification-fixture.h"

#include <string.h>

#define ALICE_DEVICE_KEY "SogYyrkTldLz0BXP+GYWs0qaYacUI0RleEqNT8J3riQ"
#define ALICE_MASTER_KEY "J+5cBDcjLxqRPmTcLVrLHAtpjN0J9eRzO0jdOoEwYXs"
#define BOB_DEVICE_KEY   "u6pJn6KL5h+X0zTJqDCLjTJdKg4o8UQV4zXyFpOSCDA"
#define BOB_MASTER_KEY   "3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08"

void
letter_free (gpointer data)
{
  Letter *letter = data;

  g_free (letter->content);
  g_strfreev (letter->devices);
  g_free (letter);
}

static gint64
host_now (gpointer data)
{
  Player *self = data;

  return self->duel->now;
}

static void
host_send (MxVerification *verification,
           const char *const *devices,
           const char *type,
           const char *content,
           gpointer data)
{
  Player *self = data;
  Letter *letter = g_new0 (Letter, 1);
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (content, -1, NULL);
  MxJson root = mx_json_document_root (document);
  gboolean in_room = mx_verification_get_room_id (verification) != NULL;

  g_assert_nonnull (document);
  g_assert_true (in_room == (devices == NULL));
  g_assert_cmpstr (mx_verification_get_reference (root, in_room), ==, DUEL_TXN);

  letter->message = mx_verification_message_of_type (type);
  letter->content = g_strdup (content);
  letter->devices = g_strdupv ((char **) devices);
  g_ptr_array_add (self->out, letter);
  g_string_append_printf (self->said, "%s ", type + strlen (MX_VERIFICATION_PREFIX));
  if (letter->message == MX_VERIFICATION_MESSAGE_CANCEL)
    g_set_str (&self->last_cancel, mx_json_get_string (root, "code"));
}

static void
copy_side (MxSasSide *to, const MxSasSide *from)
{
  to->user_id = g_strdup (from->user_id);
  to->device_id = g_strdup (from->device_id);
  to->device_key = g_strdup (from->device_key);
  to->master_key = g_strdup (from->master_key);
}

static gboolean
host_get_sides (MxVerification *verification, MxSasSide *ours, MxSasSide *theirs, gpointer data)
{
  Player *self = data;

  if (self->believed.device_key == NULL)
    return FALSE;

  copy_side (ours, &self->side);
  copy_side (theirs, &self->believed);

  return TRUE;
}

static void
host_trust (MxVerification *verification,
            const char *device_key,
            const char *master_key,
            gpointer data)
{
  Player *self = data;

  g_assert_false (self->asked_to_trust);
  g_assert_cmpint (mx_verification_get_phase (verification), ==, MX_VERIFICATION_CONFIRMED);
  self->asked_to_trust = TRUE;
  self->trusts++;
  g_set_str (&self->trusted_device, device_key);
  g_set_str (&self->trusted_master, master_key);
}

static void
host_changed (MxVerification *verification, gpointer data)
{
}

static const MxVerificationHost host = {
  .now_ms = host_now,
  .send = host_send,
  .get_sides = host_get_sides,
  .trust = host_trust,
  .changed = host_changed,
};

static void
player_init (Player *self, Duel *duel, const MxSasSide *side, const MxSasSide *other)
{
  self->duel = duel;
  copy_side (&self->side, side);
  copy_side (&self->believed, other);
  self->out = g_ptr_array_new_with_free_func (letter_free);
  self->said = g_string_new (NULL);
}

static void
player_clear (Player *self)
{
  mx_verification_forget_host (self->verification);
  g_assert_finalize_object (self->verification);
  mx_sas_side_clear (&self->side);
  mx_sas_side_clear (&self->believed);
  g_ptr_array_unref (self->out);
  g_string_free (self->said, TRUE);
  g_free (self->last_cancel);
  g_free (self->trusted_device);
  g_free (self->trusted_master);
}

void
duel_init (Duel *self, gboolean own)
{
  const MxSasSide alice = { (char *) "@alice:example.org",
                            (char *) "ALICEDEV",
                            (char *) ALICE_DEVICE_KEY,
                            (char *) ALICE_MASTER_KEY };
  const MxSasSide bob = { (char *) (own ? "@alice:example.org" : "@bob:example.org"),
                          (char *) "BOBDEV",
                          (char *) BOB_DEVICE_KEY,
                          (char *) (own ? NULL : BOB_MASTER_KEY) };
  const char *const devices[] = { "BOBDEV", "CAROL", "DAVE", NULL };
  MxVerificationSpec spec = {
    .host = &host,
    .transaction_id = DUEL_TXN,
    .room_id = own ? NULL : DUEL_ROOM,
  };

  *self = (Duel) { .now = 1000000000, .room_id = spec.room_id };
  spec.created_ms = self->now;
  player_init (&self->alice, self, &alice, &bob);
  player_init (&self->bob, self, &bob, &alice);
  /* one account has one identity; only alice trusts it yet */
  if (own)
    g_set_str (&self->alice.believed.master_key, ALICE_MASTER_KEY);

  spec.host_data = &self->alice;
  spec.own_user_id = alice.user_id;
  spec.own_device_id = alice.device_id;
  spec.user_id = bob.user_id;
  self->alice.verification = mx_verification_new_outgoing (&spec, own ? devices : NULL);

  spec.host_data = &self->bob;
  spec.own_user_id = bob.user_id;
  spec.own_device_id = bob.device_id;
  spec.user_id = alice.user_id;
  self->bob.verification = mx_verification_new_incoming (&spec, alice.device_id);
}

void
duel_clear (Duel *self)
{
  duel_check (self);
  player_clear (&self->alice);
  player_clear (&self->bob);
}

static Player *
other_of (Player *self)
{
  return self == &self->duel->alice ? &self->duel->bob : &self->duel->alice;
}

void
player_hear (Player *self, MxVerificationMessage message, const char *content)
{
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (content, -1, NULL);
  gsize said = self->said->len;
  gboolean was_over = mx_verification_is_over (self->verification);

  if (document == NULL)
    return;

  mx_verification_receive (self->verification, message, mx_json_document_root (document));
  /* never an answer to a cancellation, nor after the end (E2E-105) */
  if (was_over || message == MX_VERIFICATION_MESSAGE_CANCEL)
    g_assert_cmpuint (self->said->len, ==, said);
}

static gboolean
is_for (const Letter *letter, const Player *player)
{
  return letter->devices == NULL ||
         g_strv_contains ((const char *const *) letter->devices, player->side.device_id);
}

gboolean
player_deliver (Player *self)
{
  g_autoptr (Letter) letter = NULL;

  if (self->out->len == 0)
    return FALSE;

  letter = g_ptr_array_steal_index (self->out, 0);
  if (is_for (letter, other_of (self)))
    player_hear (other_of (self), letter->message, letter->content);

  return TRUE;
}

Letter *
player_take (Player *self, MxVerificationMessage message)
{
  Letter *letter = NULL;

  g_assert_cmpuint (self->out->len, >, 0);
  letter = g_ptr_array_steal_index (self->out, 0);
  g_assert_cmpint (letter->message, ==, message);

  return letter;
}

char *
with_member (const char *content, const char *member, const char *value)
{
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (content, -1, NULL);
  g_autoptr (MxJsonDocument) replacement =
    value != NULL ? mx_json_document_parse (value, -1, NULL) : NULL;
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  const char *name = NULL;
  MxJson old;
  MxJsonIter iter;

  mx_json_begin_object (writer, NULL);
  mx_json_iter_init (&iter, mx_json_document_root (document));
  while (mx_json_iter_next (&iter, &name, &old))
    if (!g_str_equal (name, member))
      mx_json_add_json (writer, name, old);
  if (replacement != NULL)
    mx_json_add_json (writer, member, mx_json_document_root (replacement));
  mx_json_end (writer);

  return mx_json_writer_to_text (writer);
}

void
player_answer_trust (Player *self)
{
  if (!self->asked_to_trust)
    return;

  self->asked_to_trust = FALSE;
  mx_verification_trusted (self->verification, self->trust_error);
}

void
duel_run (Duel *self)
{
  gboolean more = TRUE;

  while (more)
    {
      gboolean a = player_deliver (&self->alice);
      gboolean b = player_deliver (&self->bob);

      more = a || b || self->alice.asked_to_trust || self->bob.asked_to_trust;
      player_answer_trust (&self->alice);
      player_answer_trust (&self->bob);
    }
}

void
duel_to_ready (Duel *self)
{
  mx_verification_accept (self->bob.verification);
  duel_run (self);
  assert_phase (&self->alice, MX_VERIFICATION_READY);
  assert_phase (&self->bob, MX_VERIFICATION_READY);
}

void
duel_to_compare (Duel *self)
{
  duel_to_ready (self);
  mx_verification_start (self->alice.verification);
  duel_run (self);
  assert_phase (&self->alice, MX_VERIFICATION_COMPARE);
  assert_phase (&self->bob, MX_VERIFICATION_COMPARE);
}

void
assert_phase (Player *self, MxVerificationPhase phase)
{
  g_assert_cmpint (mx_verification_get_phase (self->verification), ==, phase);
}

void
assert_cancelled (Player *self, const char *code, gboolean by_us)
{
  assert_phase (self, MX_VERIFICATION_CANCELLED);
  g_assert_cmpstr (mx_verification_get_cancel_code (self->verification), ==, code);
  g_assert_true (mx_verification_was_cancelled_by_us (self->verification) == by_us);
}

static void
check_player (Player *self)
{
  MxVerificationPhase phase = mx_verification_get_phase (self->verification);

  g_assert_cmpuint (self->trusts, <=, 1);
  if (self->trusts > 0)
    {
      g_assert_nonnull (strstr (self->said->str, "mac "));
      g_assert_true (self->trusted_device != NULL || self->trusted_master != NULL);
      if (self->trusted_device != NULL)
        g_assert_cmpstr (self->trusted_device, ==, other_of (self)->side.device_key);
      if (self->trusted_master != NULL)
        g_assert_cmpstr (self->trusted_master, ==, other_of (self)->side.master_key);
    }
  if (phase == MX_VERIFICATION_DONE)
    g_assert_cmpuint (self->trusts, ==, 1);
  g_assert_true ((phase == MX_VERIFICATION_CANCELLED) ==
                 (mx_verification_get_cancel_code (self->verification) != NULL));
}

void
duel_check (Duel *self)
{
  const guint *a = mx_verification_get_emoji (self->alice.verification);
  const guint *b = mx_verification_get_emoji (self->bob.verification);

  check_player (&self->alice);
  check_player (&self->bob);
  /* nobody can be shown the same with a stranger between them */
  if (self->alice.trusts > 0 && self->bob.trusts > 0)
    g_assert_cmpmem (a, 7 * sizeof *a, b, 7 * sizeof *b);
}
