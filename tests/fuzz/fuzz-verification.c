/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A verification among hostile messages: a JSON array of steps, each a word for what the two sides
 * do, or {"to","message","content"} for what somebody puts between. Whatever comes, nobody trusts
 * keys that are not the other one's. */
#include "config.h"

#include "fuzz.h"

#include "verification-fixture.h"

#define MAX_STEPS 200

static void
act (Player *player, Player *other, const char *word)
{
  if (g_strcmp0 (word, "deliver") == 0)
    player_deliver (other);
  else if (g_strcmp0 (word, "accept") == 0)
    mx_verification_accept (player->verification);
  else if (g_strcmp0 (word, "start") == 0)
    mx_verification_start (player->verification);
  else if (g_strcmp0 (word, "confirm") == 0)
    mx_verification_confirm (player->verification);
  else if (g_strcmp0 (word, "mismatch") == 0)
    mx_verification_mismatch (player->verification);
  else if (g_strcmp0 (word, "cancel") == 0)
    mx_verification_cancel (player->verification);
  else if (g_strcmp0 (word, "time") == 0)
    mx_verification_check_time (player->verification);
  else
    player_answer_trust (player);
}

static void
step (Duel *duel, MxJson what)
{
  const char *message = mx_json_get_string (what, "message");
  g_autofree char *type = g_strconcat (MX_VERIFICATION_PREFIX, message, NULL);
  g_autofree char *content = mx_json_to_text (mx_json_get (what, "content"));
  gboolean to_bob = g_strcmp0 (mx_json_get_string (what, "to"), "bob") == 0;
  Player *player = to_bob ? &duel->bob : &duel->alice;

  if (message != NULL && content != NULL)
    player_hear (player, mx_verification_message_of_type (type), content);
  else
    act (player, to_bob ? &duel->alice : &duel->bob, mx_json_get_string (what, "do"));
  duel_check (duel);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (MxJsonDocument) document =
    mx_json_document_parse ((const char *) data, (gssize) size, NULL);
  MxJson root = mx_json_document_root (document);
  Duel duel;

  if (document == NULL || mx_json_type (root) != MX_JSON_ARRAY)
    return 0;

  for (int own = 0; own < 2; own++)
    {
      duel_init (&duel, own);
      for (guint i = 0; i < MIN (mx_json_size (root), MAX_STEPS); i++)
        step (&duel, mx_json_at (root, i));
      duel_clear (&duel);
    }

  return 0;
}
