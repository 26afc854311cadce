/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Verifications whose messages come in any order, twice, changed or not at all. */
#include "config.h"

#include "verification-fixture.h"

#include <string.h>

static void
mutate (GRand *rand, char *content)
{
  gsize length = strlen (content);

  if (length > 0)
    content[g_rand_int_range (rand, 0, (gint32) length)] =
      (char) g_rand_int_range (rand, ' ', '~' + 1);
}

static void
send_one (GRand *rand, Player *from, Player *to, gboolean wild)
{
  Letter *letter = NULL;
  guint at = 0;

  if (from->out->len == 0)
    return;

  if (wild)
    at = (guint) g_rand_int_range (rand, 0, (gint32) from->out->len);
  letter = g_ptr_array_index (from->out, at);
  if (wild && g_rand_int_range (rand, 0, 16) == 0)
    mutate (rand, letter->content);
  if (letter->devices == NULL ||
      g_strv_contains ((const char *const *) letter->devices, to->side.device_id))
    player_hear (to, letter->message, letter->content);
  if (g_rand_int_range (rand, 0, 4) > 0) /* else it comes again */
    g_ptr_array_remove_index (from->out, at);
}

static void
act (GRand *rand, Player *player, gboolean wild)
{
  switch (g_rand_int_range (rand, 0, wild ? 40 : 6))
    {
    case 0:
      mx_verification_accept (player->verification);
      break;
    case 1:
      mx_verification_start (player->verification);
      break;
    case 2:
    case 3:
      mx_verification_confirm (player->verification);
      break;
    case 6:
      mx_verification_cancel (player->verification);
      break;
    case 7:
      mx_verification_mismatch (player->verification);
      break;
    case 4:
      player_answer_trust (player);
      break;
    default:
      mx_verification_check_time (player->verification);
      break;
    }
}

static void
play (guint32 seed, gboolean wild)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  Duel duel;

  duel_init (&duel, seed % 2);
  for (int i = 0; i < 200; i++)
    {
      Player *player = g_rand_boolean (rand) ? &duel.alice : &duel.bob;
      Player *other = player == &duel.alice ? &duel.bob : &duel.alice;

      if (g_rand_int_range (rand, 0, 3) == 0)
        act (rand, player, wild);
      else
        send_one (rand, player, other, wild);
      duel.now += g_rand_int_range (rand, 0, 2000);
      duel_check (&duel);
    }
  /* in order, however often: it works out */
  if (!wild)
    {
      mx_verification_accept (duel.bob.verification);
      duel_run (&duel);
      mx_verification_start (duel.alice.verification);
      duel_run (&duel);
      mx_verification_confirm (duel.alice.verification);
      mx_verification_confirm (duel.bob.verification);
      duel_run (&duel);
      assert_phase (&duel.alice, MX_VERIFICATION_DONE);
      assert_phase (&duel.bob, MX_VERIFICATION_DONE);
    }
  duel_clear (&duel);
}

static void
test_random_repeated (void)
{
  for (guint32 seed = 0; seed < 200; seed++)
    play (seed, FALSE);
}

static void
test_random_wild (void)
{
  for (guint32 seed = 0; seed < 1000; seed++)
    play (seed, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/verification-random/E2E-105-repeated", test_random_repeated);
  g_test_add_func ("/session/verification-random/E2E-105-wild", test_random_wild);

  return g_test_run ();
}
