/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Names of rooms and people (spec "Calculating the display name for a room"). */
#include "mx-room-name.h"

#include <locale.h>

static void
assert_name (MxRoomNameParts parts, const char *expected)
{
  g_autofree char *name = mx_room_name_compute (&parts);

  g_assert_cmpstr (name, ==, expected);
}

#define HEROES(...) ((const char *const[]) { __VA_ARGS__, NULL })

static void
test_given (void)
{
  assert_name ((MxRoomNameParts) { .name = "Projet X", .canonical_alias = "#x:b.fr", .joined = 3 },
               "Projet X");
  assert_name ((MxRoomNameParts) { .name = " \n", .canonical_alias = "#x:b.fr", .joined = 3 },
               "#x:b.fr");
  assert_name ((MxRoomNameParts) { .name = "a\xe2\x80\xae"
                                           "b",
                                   .joined = 3 },
               "ab");
}

static void
test_heroes (void)
{
  assert_name ((MxRoomNameParts) { .hero_names = HEROES ("Léa"), .joined = 2 }, "Léa");
  assert_name ((MxRoomNameParts) { .hero_names = HEROES ("Léa"), .joined = 1, .invited = 1 },
               "Léa");
  assert_name ((MxRoomNameParts) { .hero_names = HEROES ("Léa", "Paul"), .joined = 3 },
               "Léa and Paul");
  assert_name ((MxRoomNameParts) { .hero_names = HEROES ("Léa", "Paul", "Zoé"), .joined = 4 },
               "Léa, Paul and Zoé");
  assert_name ((MxRoomNameParts) { .hero_names = HEROES ("Léa", "Paul"), .joined = 4 },
               "Léa, Paul and 1 other");
  assert_name ((MxRoomNameParts) { .hero_names = HEROES ("Léa", "Paul"),
                                   .joined = 1000,
                                   .invited = 3 },
               "Léa, Paul and 1000 others");
  assert_name ((MxRoomNameParts) { .hero_names = HEROES ("", "Paul"), .joined = 2 }, "Paul");
}

static void
test_empty (void)
{
  assert_name ((MxRoomNameParts) { .joined = 1 }, "Empty room");
  assert_name ((MxRoomNameParts) { .joined = 0 }, "Empty room");
  assert_name ((MxRoomNameParts) { .hero_names = HEROES ("Léa", "Paul"), .joined = 1 },
               "Empty room (was Léa and Paul)");
  assert_name ((MxRoomNameParts) { .joined = 5 }, "4 people");
}

static void
test_user (void)
{
  g_autofree char *plain = mx_user_name_compute ("Léa Roux [DINUM]", "@lea:b.fr", FALSE);
  g_autofree char *ambiguous = mx_user_name_compute ("Léa Roux", "@lea:b.fr", TRUE);
  g_autofree char *unnamed = mx_user_name_compute (NULL, "@lea:b.fr", FALSE);
  g_autofree char *invisible = mx_user_name_compute ("\xe2\x80\x8b", "@lea:b.fr", FALSE);
  g_autofree char *broken = mx_user_name_compute (NULL, "lea", FALSE);

  g_assert_cmpstr (plain, ==, "Léa Roux [DINUM]");
  g_assert_cmpstr (ambiguous, ==, "Léa Roux (@lea:b.fr)");
  g_assert_cmpstr (unnamed, ==, "lea");
  g_assert_cmpstr (invisible, ==, "lea");
  g_assert_cmpstr (broken, ==, "lea");
}

int
main (int argc, char **argv)
{
  g_setenv ("LANGUAGE", "C", TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/room-name/given", test_given);
  g_test_add_func ("/room-name/heroes", test_heroes);
  g_test_add_func ("/room-name/empty", test_empty);
  g_test_add_func ("/room-name/user", test_user);

  return g_test_run ();
}
