/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-matrix-id.h"

static const char *const hosts[] = { "tchap.gouv.fr", "www.tchap.gouv.fr", NULL };

static const struct
{
  const char *uri;
  MxLinkKind kind;
  const char *id;
  const char *event_id;
  const char *via;
  const char *canonical;
} good[] = {
  { "matrix:u/alice:example.org?action=chat",
    MX_LINK_USER,
    "@alice:example.org",
    NULL,
    "",
    "matrix:u/alice:example.org" },
  { "MATRIX:r/somewhere:example.org",
    MX_LINK_ROOM_ALIAS,
    "#somewhere:example.org",
    NULL,
    "",
    "matrix:r/somewhere:example.org" },
  { "matrix:roomid/somewhere:example.org?via=elsewhere.ca&via=b.fr:80",
    MX_LINK_ROOM_ID,
    "!somewhere:example.org",
    NULL,
    "elsewhere.ca,b.fr:80",
    "matrix:roomid/somewhere:example.org?via=elsewhere.ca&via=b.fr:80" },
  { "matrix:roomid/somewhere:example.org/e/event%2Fx?via=elsewhere.ca",
    MX_LINK_EVENT,
    "!somewhere:example.org",
    "$event/x",
    "elsewhere.ca",
    "matrix:roomid/somewhere:example.org/e/event%2Fx?via=elsewhere.ca" },
  { "matrix:r/somewhere:example.org/e/event",
    MX_LINK_EVENT,
    "#somewhere:example.org",
    "$event",
    "",
    "matrix:r/somewhere:example.org/e/event" },
  { "matrix://ask.example/u/alice:example.org",
    MX_LINK_USER,
    "@alice:example.org",
    NULL,
    "",
    "matrix:u/alice:example.org" },
  { "matrix:roomid/31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM",
    MX_LINK_ROOM_ID,
    "!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM",
    NULL,
    "",
    "matrix:roomid/31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM" },
  { "https://matrix.to/#/@alice:example.org",
    MX_LINK_USER,
    "@alice:example.org",
    NULL,
    "",
    "matrix:u/alice:example.org" },
  { "https://matrix.to/#/%23somewhere%3Aexample.org",
    MX_LINK_ROOM_ALIAS,
    "#somewhere:example.org",
    NULL,
    "",
    "matrix:r/somewhere:example.org" },
  { "https://matrix.to/#/%2523somewhere%253Aexample.org",
    MX_LINK_ROOM_ALIAS,
    "#somewhere:example.org",
    NULL,
    "",
    "matrix:r/somewhere:example.org" },
  { "https://matrix.to/#/!somewhere%3Aexample.org/%24event?via=a.fr&via=b c&x=y&via=d.fr",
    MX_LINK_EVENT,
    "!somewhere:example.org",
    "$event",
    "a.fr,d.fr",
    "matrix:roomid/somewhere:example.org/e/event?via=a.fr&via=d.fr" },
  { "https://tchap.gouv.fr/#/#salon:agent.tchap.gouv.fr",
    MX_LINK_ROOM_ALIAS,
    "#salon:agent.tchap.gouv.fr",
    NULL,
    "",
    "matrix:r/salon:agent.tchap.gouv.fr" },
  { "https://WWW.tchap.gouv.fr/#/room/!a:b.fr/$acR1l0/aoZ",
    MX_LINK_EVENT,
    "!a:b.fr",
    "$acR1l0/aoZ",
    "",
    "matrix:roomid/a:b.fr/e/acR1l0%2FaoZ" },
  { "https://tchap.gouv.fr/#/user/@a:b.fr", MX_LINK_USER, "@a:b.fr", NULL, "", "matrix:u/a:b.fr" },
};

static void
test_good (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (MxLink) link = mx_link_parse (good[i].uri, hosts);
      g_autoptr (MxLink) again = NULL;
      g_autofree char *via = NULL;
      g_autofree char *uri = NULL;

      g_test_message ("%s", good[i].uri);
      g_assert_nonnull (link);
      g_assert_cmpint (link->kind, ==, good[i].kind);
      g_assert_cmpstr (link->id, ==, good[i].id);
      g_assert_cmpstr (link->event_id, ==, good[i].event_id);
      via = g_strjoinv (",", link->via);
      g_assert_cmpstr (via, ==, good[i].via);
      uri = mx_link_to_uri (link);
      g_assert_cmpstr (uri, ==, good[i].canonical);
      again = mx_link_parse (uri, NULL);
      g_assert_nonnull (again);
      g_assert_cmpstr (again->id, ==, link->id);
      g_assert_cmpstr (again->event_id, ==, link->event_id);
    }
}

static void
test_bad (void)
{
  static const char *const bad[] = {
    "",
    "matrix:",
    "matrix:u/",
    "matrix:u/alice",
    "matrix:x/alice:example.org",
    "matrix:e/event",
    "matrix:u/alice:example.org/e/event",
    "matrix:r/a:b.fr/u/c:d.fr",
    "matrix:r/a:b.fr/e/",
    "matrix:r/a:b.fr/e/c/d",
    "matrix://host",
    "matrix:u/al%00ice:example.org",
    "matrix:u/al%0Aice:example.org",
    "matrix:u/al%ffice:example.org",
    "http://matrix.to/#/@alice:example.org",
    "https://matrix.to.evil.org/#/@alice:example.org",
    "https://evil.org/#/@alice:example.org",
    "https://user@matrix.to/#/@alice:example.org",
    "https://matrix.to/@alice:example.org",
    "https://matrix.to/x#/@alice:example.org",
    "https://matrix.to/#/",
    "https://matrix.to/#/alice:example.org",
    "https://matrix.to/#/!room:example.org/event",
    "https://matrix.to",
    "javascript:alert(1)",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_test_message ("%s", bad[i]);
      g_assert_null (mx_link_parse (bad[i], hosts));
    }
  g_assert_null (mx_link_parse (NULL, hosts));
  g_assert_null (mx_link_parse ("https://tchap.gouv.fr/#/@a:b.fr", NULL));
}

static void
test_many_via (void)
{
  GString *uri = g_string_new ("matrix:roomid/a:b.fr?");

  for (int i = 0; i < 200; i++)
    g_string_append (uri, "via=a.fr&");
  g_autofree char *text = g_string_free_and_steal (uri);
  g_autoptr (MxLink) link = mx_link_parse (text, NULL);

  g_assert_nonnull (link);
  g_assert_cmpuint (g_strv_length (link->via), ==, 20);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/base/link/good", test_good);
  g_test_add_func ("/base/link/bad", test_bad);
  g_test_add_func ("/base/link/many-via", test_many_via);

  return g_test_run ();
}
