/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* From what was typed to a server, past everything that is none. */
#include "config.h"

#include "local-server.h"
#include "mx-discovery.h"
#include "mx-error.h"
#include "mx-login.h"

#include <string.h>

typedef struct
{
  const char *well_known; /* JSON, NULL: 404 */
  const char *versions;
  const char *login;
  const char *oauth;
  const char *redirect; /* of everything */
} Site;

#define VERSIONS "{\"versions\":[\"r0.6.1\",\"v1.1\",\"v1.11\"]}"
#define PASSWORD "{\"flows\":[{\"type\":\"m.login.password\"}]}"

static void
site_cb (Request *request, gpointer data)
{
  const Site *site = data;
  const char *body = NULL;

  g_assert_null (request->token);
  if (site->redirect != NULL)
    {
      soup_server_message_set_status (request->message, 302, NULL);
      soup_message_headers_replace (soup_server_message_get_response_headers (request->message),
                                    "Location",
                                    site->redirect);
      return;
    }

  if (strcmp (request->path, "/.well-known/matrix/client") == 0)
    body = site->well_known;
  else if (strcmp (request->path, "/_matrix/client/versions") == 0)
    body = site->versions;
  else if (strcmp (request->path, "/_matrix/client/v3/login") == 0)
    body = site->login;
  else if (strcmp (request->path, "/_matrix/client/v1/auth_metadata") == 0)
    body = site->oauth;

  if (body != NULL)
    respond (request, 200, *body == '<' ? "text/html" : "application/json", body);
  else
    respond_json (request, 404, "{\"errcode\":\"M_UNRECOGNIZED\"}");
}

static MxServerInfo *
discover (const char *input, GError **error)
{
  g_autoptr (DexFuture) future = NULL;

  if (!await (mx_discover_server (input, NULL), &future, error))
    return NULL;
  return g_value_dup_boxed (dex_future_get_value (future, NULL));
}

static MxServerInfo *
discover_site (const Site *site, int code)
{
  g_autoptr (LocalServer) server = local_server_new (site_cb, (gpointer) site);
  g_autoptr (GError) error = NULL;
  MxServerInfo *info = discover (server->base, &error);

  if (code < 0)
    {
      g_assert_no_error (error);
      g_assert_cmpstr (info->base_url, ==, server->base);
    }
  else
    {
      g_assert_error (error, MX_MATRIX_ERROR, code);
    }
  return info;
}

static void
test_password (void)
{
  Site site = { NULL, VERSIONS, PASSWORD, NULL, NULL };
  g_autoptr (MxServerInfo) info = discover_site (&site, -1);

  g_assert_true (info->password_login);
  g_assert_false (info->sso_login);
  g_assert_false (info->oauth);
  g_assert_false (info->sliding_sync);
  g_assert_true (info->authenticated_media);
  g_assert_cmpuint (g_strv_length (info->versions), ==, 3);
  g_assert_null (info->browser_url);
}

static void
test_features (void)
{
  Site site = {
    NULL,
    NULL,
    "{\"flows\":[{\"type\":\"m.login.sso\",\"oauth_aware_preferred\":true},{\"type\":\"m.login.password\"}]}",
    NULL,
    NULL
  };
  g_autoptr (MxServerInfo) info = NULL;

  site.versions =
    "{\"versions\":[\"v1.4\"],\"unstable_features\":{\"org.matrix.simplified_msc3575\":true,\"org.matrix.msc3916.stable\":true}}";
  site.oauth = "{\"issuer\":\"https://auth.example.org/\"}";
  info = discover_site (&site, -1);
  g_assert_true (info->sliding_sync);
  g_assert_true (info->authenticated_media);
  g_assert_true (info->oauth);
  g_assert_true (info->sso_login);
  g_assert_cmpstr (info->browser_url, ==, "https://auth.example.org/");
}

static void
test_browser_only (void)
{
  Site sso = { NULL, VERSIONS, "{\"flows\":[{\"type\":\"m.login.sso\"}]}", NULL, NULL };
  Site oauth = { NULL, VERSIONS, NULL, "{\"issuer\":\"https://auth.example.org/\"}", NULL };
  g_autoptr (MxServerInfo) info = discover_site (&sso, -1);
  g_autoptr (MxServerInfo) other = discover_site (&oauth, -1);

  g_assert_false (info->password_login);
  g_assert_true (g_str_has_suffix (info->browser_url, "/_matrix/static/client/login/"));
  g_assert_true (other->oauth);
  g_assert_false (other->password_login);
}

static void
test_refusals (void)
{
  static const struct
  {
    Site site;
    int code;
  } table[] = {
    { { NULL, "{\"versions\":[\"r0.5.0\",\"r0.6.1\"]}", PASSWORD, NULL, NULL },
      MX_MATRIX_ERROR_TOO_OLD },
    { { NULL, "{\"versions\":[]}", PASSWORD, NULL, NULL }, MX_MATRIX_ERROR_TOO_OLD },
    { { NULL, "{\"versions\":[7,\"v1.x\",\"v2.1\"]}", PASSWORD, NULL, NULL },
      MX_MATRIX_ERROR_TOO_OLD },
    { { NULL, NULL, NULL, NULL, NULL }, MX_MATRIX_ERROR_NOT_FOUND },
    { { NULL, "{\"hello\":1}", NULL, NULL, NULL }, MX_MATRIX_ERROR_NOT_FOUND },
    { { NULL, "<html>portal", NULL, NULL, NULL }, MX_MATRIX_ERROR_CAPTIVE_PORTAL },
    { { NULL, NULL, NULL, NULL, "http://portal.localhost:1/login" },
      MX_MATRIX_ERROR_CAPTIVE_PORTAL },
    { { NULL, "[1]", NULL, NULL, NULL }, MX_MATRIX_ERROR_INVALID_RESPONSE },
    { { NULL, "{\"versions\":", NULL, NULL, NULL }, MX_MATRIX_ERROR_INVALID_RESPONSE },
    { { NULL, VERSIONS, "<html>", NULL, NULL }, MX_MATRIX_ERROR_CAPTIVE_PORTAL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    g_assert_null (discover_site (&table[i].site, table[i].code));
}

/* An address where no Matrix is, but whose well-known says where. */
static void
test_well_known (void)
{
  Site home = { NULL, VERSIONS, PASSWORD, NULL, NULL };
  Site front = { NULL, NULL, NULL, NULL, NULL };
  g_autoptr (LocalServer) server = local_server_new (site_cb, &home);
  g_autoptr (LocalServer) name = local_server_new (site_cb, &front);
  g_autofree char *document =
    g_strdup_printf ("{\"m.homeserver\":{\"base_url\":\"%s/\"}}", server->base);
  g_autoptr (MxServerInfo) info = NULL;
  g_autoptr (GError) error = NULL;

  front.well_known = document;
  info = discover (name->base, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (info->base_url, ==, server->base);
  g_assert_cmpstr (info->server_name, ==, "127.0.0.1");

  /* nowhere usable: what was wrong at first is what counts */
  front.well_known = "{\"m.homeserver\":{\"base_url\":\"http://matrix.example.org\"}}";
  g_assert_null (discover (name->base, &error));
  g_assert_error (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_NOT_FOUND);
}

/* A name of this machine is tried without TLS when nothing listens with. */
static void
test_local_name (void)
{
  Site home = { NULL, VERSIONS, PASSWORD, NULL, NULL };
  g_autoptr (LocalServer) server = local_server_new (site_cb, &home);
  g_autofree char *name = g_strdup_printf ("127.0.0.1:%u", server->port);
  g_autofree char *user = g_strdup_printf (" @alice:%s ", name);
  g_autoptr (MxServerInfo) info = NULL;
  g_autoptr (MxServerInfo) same = NULL;
  g_autoptr (GError) error = NULL;

  info = discover (name, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (info->base_url, ==, server->base);
  g_assert_cmpstr (info->server_name, ==, name);
  same = discover (user, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (same->server_name, ==, name);
}

static void
test_users (void)
{
  static const struct
  {
    const char *typed;
    const char *user;
  } table[] = {
    { " @alice:example.org ", "@alice:example.org" },
    { "@alice:Example.ORG", "@alice:example.org" },
    { "alice:example.org", "@alice:example.org" },
    { "@alice:élysée.fr", "@alice:xn--lyse-9oad.fr" },
    { "Alice.Martin@example.org", "Alice.Martin@example.org" },
    { "example.org", NULL },
    { "localhost:8008", NULL },
    { "https://alice@example.org", NULL },
    { "alice", NULL },
    { "@alice", NULL },
    { "@:example.org", NULL },
    { "alice@", NULL },
    { "alice martin@example.org", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *user = mx_discovery_dup_user (table[i].typed);

      g_assert_cmpstr (user, ==, table[i].user);
    }
}

/* However a name is written, it is looked for; an international one goes out as its ASCII form. */
static void
test_ways_to_write (void)
{
  const char *const inputs[] = {
    "élysée.invalid", "https://élysée.invalid/", "127.0.0.1:1/",
    "LOCALHOST:1",    "alice@127.0.0.1:1",       "HTTP://127.0.0.1:1/"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (inputs); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (discover (inputs[i], &error));
      g_assert_nonnull (error);
      g_assert_false (error->domain == MX_MATRIX_ERROR);
    }
}

static void
test_bad_names (void)
{
  static const char *const inputs[] = { "",
                                        " ",
                                        "@",
                                        "@alice",
                                        "@alice:",
                                        "alice@",
                                        "alice@exa mple.org",
                                        "localhost:99999",
                                        "exa mple.org",
                                        "https://",
                                        "https://exa mple.org",
                                        "http://example.org",
                                        "https://user:word@example.org",
                                        "ftp://example.org",
                                        "é.fr/..",
                                        "https://example.org/?a" };

  for (gsize i = 0; i < G_N_ELEMENTS (inputs); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (discover (inputs[i], &error));
      g_assert_error (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_BAD_SERVER_NAME);
    }
}

static void
test_unreachable (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (discover ("http://127.0.0.1:1", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
}

/* ------------------------------------------------------------------ login replies */

static void
reply_cb (Request *request, gpointer data)
{
  respond_json (request, 200, data);
}

static void
test_login_replies (void)
{
  static const struct
  {
    const char *reply;
    gboolean good;
  } table[] = {
    { "{\"user_id\":\"@a:b\",\"device_id\":\"D\",\"access_token\":\"t\",\"well_known\":{\"m.homeserver\":{\"base_url\":\"https://m.example.org//\"}}}",
      TRUE },
    { "{\"user_id\":\"@a:b\",\"device_id\":\"D\"}", FALSE },
    { "{\"user_id\":\"@a:b\",\"device_id\":\"D\",\"access_token\":\"a\\r\\nX: y\"}", FALSE },
    { "{\"user_id\":\"@a:b\",\"device_id\":\"D\",\"access_token\":\"é\"}", FALSE },
    { "{\"user_id\":\"a\",\"device_id\":\"D\",\"access_token\":\"t\"}", FALSE },
    { "{\"user_id\":\"@a:b\",\"access_token\":\"t\"}", FALSE },
    { "[]", FALSE },
  };
  g_autoptr (MxSecret) password = mx_secret_new_text ("secret");

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (LocalServer) server = local_server_new (reply_cb, (gpointer) table[i].reply);
      g_autoptr (MxHttp) http = mx_http_new (server->base, NULL, NULL);
      g_autoptr (DexFuture) future = NULL;
      g_autoptr (GError) error = NULL;

      if (!await (mx_login_password (http, "a", password, NULL, NULL), &future, &error))
        {
          g_assert_false (table[i].good);
          g_assert_error (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_INVALID_RESPONSE);
          continue;
        }
      g_assert_true (table[i].good);
      g_assert_cmpstr (((MxLoginReply *) g_value_get_boxed (dex_future_get_value (future, NULL)))
                         ->base_url,
                       ==,
                       "https://m.example.org");
    }
}

typedef struct
{
  char *body;
} Seen;

static void
see_cb (Request *request, gpointer data)
{
  g_set_str (&((Seen *) data)->body, request->body);
  respond_json (request, 200, "{\"user_id\":\"@a:b\",\"device_id\":\"D\",\"access_token\":\"t\"}");
}

static void
test_login_request (void)
{
  Seen seen = { NULL };
  g_autoptr (LocalServer) server = local_server_new (see_cb, &seen);
  g_autoptr (MxHttp) http = mx_http_new (server->base, NULL, NULL);
  g_autoptr (MxSecret) password = mx_secret_new_text ("p\"w");
  g_autoptr (GError) error = NULL;

  g_assert_true (await_true (mx_login_password (http, "alice", password, "DEV", "Chappe"), &error));
  g_assert_cmpstr (
    seen.body,
    ==,
    "{\"type\":\"m.login.password\",\"identifier\":{\"type\":\"m.id.user\",\"user\":\"alice\"},\"password\":\"p\\\"w\","
    "\"device_id\":\"DEV\",\"initial_device_display_name\":\"Chappe\",\"refresh_token\":true}");
  g_assert_true (
    await_true (mx_login_password (http, "Alice.Martin@Example.org", password, NULL, NULL),
                &error));
  g_assert_nonnull (strstr (
    seen.body,
    "{\"type\":\"m.id.thirdparty\",\"medium\":\"email\",\"address\":\"alice.martin@example.org\"}"));
  g_assert_true (await_true (mx_login_password (http, "@alice", password, NULL, NULL), &error));
  g_assert_nonnull (strstr (seen.body, "\"user\":\"alice\""));
  g_assert_true (
    await_true (mx_login_password (http, "alice:example.org", password, NULL, NULL), &error));
  g_assert_nonnull (strstr (seen.body, "\"user\":\"@alice:example.org\""));
  g_free (seen.body);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/discovery/password", test_password);
  g_test_add_func ("/discovery/features", test_features);
  g_test_add_func ("/discovery/browser-only", test_browser_only);
  g_test_add_func ("/discovery/refusals", test_refusals);
  g_test_add_func ("/discovery/well-known", test_well_known);
  g_test_add_func ("/discovery/local-name", test_local_name);
  g_test_add_func ("/discovery/users", test_users);
  g_test_add_func ("/discovery/ways-to-write", test_ways_to_write);
  g_test_add_func ("/discovery/bad-names", test_bad_names);
  g_test_add_func ("/discovery/unreachable", test_unreachable);
  g_test_add_func ("/login/replies", test_login_replies);
  g_test_add_func ("/login/request", test_login_request);

  return g_test_run ();
}
