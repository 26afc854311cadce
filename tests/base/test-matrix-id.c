/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-matrix-id.h"

#include <string.h>

typedef gboolean (*Check) (const char *id);

static void
check_all (Check check, const char *const *ids, gboolean expected)
{
  for (gsize i = 0; ids[i] != NULL; i++)
    if (check (ids[i]) != expected)
      {
        g_test_message ("%s should be %s", ids[i], expected ? "valid" : "refused");
        g_test_fail ();
      }
  g_assert_false (check (NULL));
  g_assert_false (check (""));
}

static void
test_user (void)
{
  static const char *const good[] = { "@alice:example.org",
                                      "@alice.b-c=d/e_f+g:example.org:8448",
                                      "@a:[::1]:80",
                                      "@Élise:matrix.gouv.fr",
                                      "@:example.org", /* spec: must be accepted */
                                      "@prenom.nom-interieur.gouv.fr:agent.interieur.tchap.gouv.fr",
                                      NULL };
  static const char *const bad[] = { "alice:example.org",
                                     "@alice",
                                     "@alice:",
                                     "@alice:exa mple.org",
                                     "@alice:example.org/..",
                                     "@al\nice:example.org",
                                     "@al\xe2\x80\xae"
                                     "ice:example.org", /* right-to-left override */
                                     "@al\xff"
                                     "ice:example.org",
                                     "!alice:example.org",
                                     "@alice:example.org:123456",
                                     "@alice:example.org:",
                                     "@alice:[::1",
                                     NULL };

  check_all (mx_user_id_is_valid, good, TRUE);
  check_all (mx_user_id_is_valid, bad, FALSE);
}

static void
test_length (void)
{
  g_autofree char *fill = g_strnfill (255 - strlen ("@:example.org"), 'a');
  g_autofree char *longest = g_strdup_printf ("@%s:example.org", fill);
  g_autofree char *too_long = g_strdup_printf ("@a%s:example.org", fill);

  g_assert_cmpuint (strlen (longest), ==, 255);
  g_assert_true (mx_user_id_is_valid (longest));
  g_assert_false (mx_user_id_is_valid (too_long));
}

static void
test_room (void)
{
  static const char *const good[] = { "!abc:example.org",
                                      "!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM",
                                      NULL };
  static const char *const bad[] = { "!",      "!:example.org",     "!abc:", "#abc:example.org",
                                     "!a:b c", "!a\tb:example.org", NULL };

  check_all (mx_room_id_is_valid, good, TRUE);
  check_all (mx_room_id_is_valid, bad, FALSE);
}

static void
test_alias (void)
{
  static const char *const good[] = { "#salon:example.org", "#été 2026:example.org", NULL };
  static const char *const bad[] = { "#", "#:example.org", "#salon", "!salon:example.org", NULL };

  check_all (mx_room_alias_is_valid, good, TRUE);
  check_all (mx_room_alias_is_valid, bad, FALSE);
}

static void
test_event (void)
{
  static const char *const good[] = { "$143273582443PhrSn:example.org",
                                      "$acR1l0raoZnm60CBwAVgqbZqoO/mYU81xysh1u7XcJk",
                                      "$Rqnc-F-dvnEYJTyHq_iKxU2bZ1CI92-kuZq3a5lr5Zg",
                                      NULL };
  static const char *const bad[] = { "$", "$:example.org", "$a:b c", "@a:b", NULL };

  check_all (mx_event_id_is_valid, good, TRUE);
  check_all (mx_event_id_is_valid, bad, FALSE);
}

static void
test_parts (void)
{
  g_autofree char *localpart = mx_user_id_dup_localpart ("@alice:example.org:8448");

  g_assert_cmpstr (localpart, ==, "alice");
  g_assert_null (mx_user_id_dup_localpart ("alice"));
  g_assert_null (mx_user_id_dup_localpart ("!alice:x"));
  g_assert_null (mx_user_id_dup_localpart (NULL));
  g_assert_cmpstr (mx_id_get_server ("@alice:example.org:8448"), ==, "example.org:8448");
  g_assert_cmpstr (mx_id_get_server ("!a:[::1]:80"), ==, "[::1]:80");
  g_assert_null (mx_id_get_server ("!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM"));
  g_assert_null (mx_id_get_server ("example.org:80"));
  g_assert_null (mx_id_get_server ("@alice:"));
  g_assert_null (mx_id_get_server (NULL));
}

static void
test_server (void)
{
  static const char *const good[] = { "localhost",   "localhost:8008",
                                      "1.2.3.4",     "[2001:db8::1]",
                                      "[::1]:8448",  "EXAMPLE.org",
                                      "a-b.example", "x:1",
                                      NULL };
  static const char *const bad[] = { ":80",  "a:b",    "a:",     "a/b", "a..b/c", "é.fr",
                                     "[zz]", "[::1]x", "[::1]:", "a b", "a@b",    NULL };

  check_all (mx_server_name_is_valid, good, TRUE);
  check_all (mx_server_name_is_valid, bad, FALSE);
}

static void
test_mxc (void)
{
  static const char *const bad[] = { "mxc://",      "mxc://a",     "mxc://a/",    "mxc:///b",
                                     "mxc://a/..",  "mxc://a/b/c", "mxc://a/b?c", "mxc://a/b%2Fc",
                                     "mxc://a/b\n", "mxc://a:b/c", "mxc://../c/", "http://a/b",
                                     NULL };
  g_autofree char *server = NULL;
  g_autofree char *media = NULL;

  g_assert_true (mx_mxc_parse ("mxc://example.org:8448/AQwafuaFswefuhsfAFAgsw_-", &server, &media));
  g_assert_cmpstr (server, ==, "example.org:8448");
  g_assert_cmpstr (media, ==, "AQwafuaFswefuhsfAFAgsw_-");
  g_assert_true (mx_mxc_parse ("mxc://a/b", NULL, NULL));

  for (gsize i = 0; bad[i] != NULL; i++)
    {
      char *no_server = NULL;
      char *no_media = NULL;

      g_assert_false (mx_mxc_parse (bad[i], &no_server, &no_media));
      g_assert_null (no_server);
      g_assert_null (no_media);
    }
  g_assert_false (mx_mxc_parse (NULL, NULL, NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/base/matrix-id/user", test_user);
  g_test_add_func ("/base/matrix-id/length", test_length);
  g_test_add_func ("/base/matrix-id/room", test_room);
  g_test_add_func ("/base/matrix-id/alias", test_alias);
  g_test_add_func ("/base/matrix-id/event", test_event);
  g_test_add_func ("/base/matrix-id/parts", test_parts);
  g_test_add_func ("/base/matrix-id/server", test_server);
  g_test_add_func ("/base/matrix-id/mxc", test_mxc);

  return g_test_run ();
}
