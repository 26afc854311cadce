/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What a server may ask for before it does something grave, and what is answered. */
#include "config.h"

#include "local-server.h"

#include "mx-error.h"
#include "mx-json.h"
#include "mx-uia.h"

/* What an answer 401 makes of itself. */
typedef struct
{
  const char *body;  /* JSON with ' for " */
  const char *stage; /* NULL: nothing that we could do */
  const char *uri;   /* its end, NULL: none */
  gboolean was_wrong;
} Case;

#define OWN_PAGE "/_matrix/client/v3/auth/m.login.sso/fallback/web?session=s"

static const Case cases[] = {
  { "{'session':'s','flows':[{'stages':['m.login.password']}]}", "m.login.password", NULL, FALSE },
  { "{'session':'s','errcode':'M_FORBIDDEN','flows':[{'stages':['m.login.password']}]}",
    "m.login.password",
    NULL,
    TRUE },
  /* What needs no browser goes first, in whatever order it is offered. */
  { "{'session':'s','flows':[{'stages':['m.login.sso']},{'stages':['m.login.password']}]}",
    "m.login.password",
    NULL,
    FALSE },
  { "{'session':'s','flows':[{'stages':['m.login.password']},{'stages':['m.login.dummy']}]}",
    "m.login.dummy",
    NULL,
    FALSE },
  /* The first stage is done already. */
  { "{'session':'s','completed':['m.login.password'],"
    "'flows':[{'stages':['m.login.password','m.login.sso']}]}",
    "m.login.sso",
    OWN_PAGE,
    FALSE },
  { "{'session':'s','completed':['m.login.password'],'flows':[{'stages':['m.login.password']}]}",
    NULL,
    NULL,
    FALSE },
  /* A stage that we do not know: the server's own page for it. */
  { "{'session':'s','flows':[{'stages':['m.login.sso']}]}", "m.login.sso", OWN_PAGE, FALSE },
  { "{'flows':[{'stages':['org.other']}]}",
    "org.other",
    "/_matrix/client/v3/auth/org.other/fallback/web?session=",
    FALSE },
  /* The page of the account's provider, and only a page. */
  { "{'session':'s','flows':[{'stages':['m.oauth']}],"
    "'params':{'m.oauth':{'url':'https://compte.test/reset'}}}",
    "m.oauth",
    "https://compte.test/reset",
    FALSE },
  { "{'session':'s','flows':[{'stages':['org.matrix.cross_signing_reset']}],"
    "'params':{'org.matrix.cross_signing_reset':{'url':'https://compte.test/reset'}}}",
    "org.matrix.cross_signing_reset",
    "https://compte.test/reset",
    FALSE },
  { "{'session':'s','flows':[{'stages':['m.oauth']}],"
    "'params':{'m.oauth':{'url':'file:///etc/passwd'}}}",
    NULL,
    NULL,
    FALSE },
  { "{'session':'s','flows':[{'stages':['m.oauth']}],"
    "'params':{'m.oauth':{'url':'javascript:alert(1)'}}}",
    NULL,
    NULL,
    FALSE },
  { "{'session':'s','flows':[{'stages':['m.oauth']}]}", NULL, NULL, FALSE },
  { "{'session':'s','flows':[]}", NULL, NULL, FALSE },
  { "{'session':1,'flows':[{'stages':['',7,{}]},5]}", NULL, NULL, FALSE },
};

static void
server_cb (Request *request, gpointer data)
{
  g_autofree char *text = g_strdelimit (g_strdup (data), "'", '"');

  respond_json (request, 401, text);
}

/* NULL where nothing can be done. */
static MxUia *
ask (const char *body)
{
  g_autoptr (LocalServer) server = local_server_new (server_cb, (gpointer) body);
  g_autoptr (GError) error = NULL;
  g_autoptr (MxHttp) http = mx_http_new (server->base, NULL, &error);
  MxUia *uia = NULL;

  g_assert_no_error (error);
  g_assert_false (await_true (mx_http_request (http, "POST", "/x", "{}", 0), &error));
  uia = mx_uia_new (http, error);
  if (uia != NULL && uia->uri != NULL && g_str_has_prefix (uia->uri, server->base))
    {
      char *path = g_strdup (uia->uri + strlen (server->base));

      g_free (uia->uri);
      uia->uri = path;
    }

  return uia;
}

static void
test_stages (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MxUia) uia = ask (cases[i].body);

      g_test_message ("%s", cases[i].body);
      g_assert_cmpstr (uia != NULL ? uia->stage : NULL, ==, cases[i].stage);
      if (uia == NULL)
        continue;
      g_assert_cmpstr (uia->uri, ==, cases[i].uri);
      g_assert_cmpint (uia->was_wrong, ==, cases[i].was_wrong);
    }
}

static void
test_other_errors (void)
{
  g_autoptr (LocalServer) server = local_server_new (server_cb, (gpointer) "{}");
  g_autoptr (MxHttp) http = mx_http_new (server->base, NULL, NULL);
  g_autoptr (GError) cancelled =
    g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled");
  g_autoptr (GError) refused =
    mx_matrix_error_new (MX_MATRIX_ERROR_FORBIDDEN, 403, "M_FORBIDDEN", -1, "No");

  g_assert_null (mx_uia_new (http, cancelled));
  g_assert_null (mx_uia_new (http, refused));
}

static void
assert_member (const char *text, const char *first, const char *second, const char *expected)
{
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (text, -1, NULL);

  g_assert_nonnull (document);
  g_assert_cmpstr (mx_json_string (
                     mx_json_path (mx_json_document_root (document), first, second, NULL)),
                   ==,
                   expected);
}

static void
test_answers (void)
{
  g_autoptr (MxUia) password = ask (cases[0].body);
  g_autoptr (MxUia) dummy = ask (cases[3].body);
  g_autoptr (MxUia) page = ask (cases[6].body);
  g_autoptr (MxUia) oauth = ask (cases[8].body);
  g_autoptr (MxSecret) secret = mx_secret_new_text ("mot \"de\" passe");
  g_autofree char *by_password = mx_uia_answer_password (password, "@anne:test", secret);
  g_autofree char *by_nothing = mx_uia_answer (dummy);
  g_autofree char *by_page = mx_uia_answer (page);
  g_autofree char *by_oauth = mx_uia_answer (oauth);

  assert_member (by_password, "type", NULL, "m.login.password");
  assert_member (by_password, "session", NULL, "s");
  assert_member (by_password, "password", NULL, "mot \"de\" passe");
  assert_member (by_password, "identifier", "user", "@anne:test");
  assert_member (by_nothing, "type", NULL, "m.login.dummy");
  assert_member (by_oauth, "type", NULL, "m.oauth");
  /* After a page the session alone says it all. */
  assert_member (by_page, "type", NULL, NULL);
  assert_member (by_page, "session", NULL, "s");
}

static void
test_body (void)
{
  g_autofree char *plain = mx_uia_body ("{\"a\":1}", NULL);
  g_autofree char *with = mx_uia_body ("{\"a\":\"b\"}", "{\"session\":\"s\"}");
  g_autofree char *empty = mx_uia_body ("{}", "{\"session\":\"s\"}");

  g_assert_cmpstr (plain, ==, "{\"a\":1}");
  assert_member (with, "a", NULL, "b");
  assert_member (with, "auth", "session", "s");
  assert_member (empty, "auth", "session", "s");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();

  g_test_add_func ("/uia/stages", test_stages);
  g_test_add_func ("/uia/other-errors", test_other_errors);
  g_test_add_func ("/uia/answers", test_answers);
  g_test_add_func ("/uia/body", test_body);

  return g_test_run ();
}
