/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Server → what it offers → password or browser → a session. The address that was found and checked
 * is the one that is used; the one in the login answer is not, as it was not checked. Main thread.
 */
#include "config.h"

#include "mx-sign-in.h"

#include "mx-browser-login.h"
#include "mx-discovery.h"
#include "mx-error.h"
#include "mx-flow.h"
#include "mx-login.h"
#include "mx-trace.h"

/* Longer waits are the user's decision. */
#define MAX_WAIT_MS (60 * 1000)
/* For a sign-out that nobody waits for. */
#define LOGOUT_MS 30000

struct _MxSignIn
{
  GObject parent_instance;

  MxAccounts *accounts;
  MxNetworkSettings network;
  MxScope *scope;
  MxServerInfo *server; /* NULL until discovered */
  MxBrowserLogin *browser;
  char *user_hint;
  gint64 retry_at;
  unsigned busy; /* flows under way */
};

G_DEFINE_FINAL_TYPE (MxSignIn, mx_sign_in, G_TYPE_OBJECT)

typedef enum
{
  PROP_BUSY = 1,
  PROP_SERVER_NAME,
  PROP_BASE_URL,
  PROP_RETRY_AT,
  PROP_HAS_PASSWORD,
  PROP_HAS_BROWSER,
  PROP_USER_HINT,
} MxSignInProperty;

static GParamSpec *properties[PROP_USER_HINT + 1];

static void
mx_sign_in_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  MxSignIn *self = MX_SIGN_IN (object);

  switch ((MxSignInProperty) prop_id)
    {
    case PROP_BUSY:
      g_value_set_boolean (value, self->busy > 0);
      break;
    case PROP_SERVER_NAME:
      g_value_set_string (value, mx_sign_in_get_server_name (self));
      break;
    case PROP_BASE_URL:
      g_value_set_string (value, mx_sign_in_get_base_url (self));
      break;
    case PROP_RETRY_AT:
      g_value_set_int64 (value, self->retry_at);
      break;
    case PROP_HAS_PASSWORD:
      g_value_set_boolean (value, mx_sign_in_has_password (self));
      break;
    case PROP_HAS_BROWSER:
      g_value_set_boolean (value, mx_sign_in_has_browser (self));
      break;
    case PROP_USER_HINT:
      g_value_set_string (value, self->user_hint);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mx_sign_in_finalize (GObject *object)
{
  MxSignIn *self = MX_SIGN_IN (object);

  mx_clear_scope (&self->scope);
  g_clear_object (&self->accounts);
  g_clear_object (&self->browser);
  mx_network_settings_clear (&self->network);
  g_clear_pointer (&self->server, mx_server_info_free);
  g_clear_pointer (&self->user_hint, g_free);

  G_OBJECT_CLASS (mx_sign_in_parent_class)->finalize (object);
}

static void
mx_sign_in_class_init (MxSignInClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = mx_sign_in_get_property;
  object_class->finalize = mx_sign_in_finalize;

  properties[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, flags);
  properties[PROP_SERVER_NAME] = g_param_spec_string ("server-name", NULL, NULL, NULL, flags);
  properties[PROP_BASE_URL] = g_param_spec_string ("base-url", NULL, NULL, NULL, flags);
  properties[PROP_RETRY_AT] = g_param_spec_int64 ("retry-at", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_HAS_PASSWORD] = g_param_spec_boolean ("has-password", NULL, NULL, FALSE, flags);
  properties[PROP_HAS_BROWSER] = g_param_spec_boolean ("has-browser", NULL, NULL, FALSE, flags);
  properties[PROP_USER_HINT] = g_param_spec_string ("user-hint", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
mx_sign_in_init (MxSignIn *self)
{
  self->scope = mx_scope_new ();
}

MxSignIn *
mx_sign_in_new (MxAccounts *accounts)
{
  MxSignIn *self = NULL;

  g_return_val_if_fail (MX_IS_ACCOUNTS (accounts), NULL);

  self = g_object_new (MX_TYPE_SIGN_IN, NULL);
  self->accounts = g_object_ref (accounts);

  return self;
}

static void
notify (MxSignIn *self, MxSignInProperty property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void
add_busy (MxSignIn *self, int change)
{
  gboolean before = self->busy > 0;

  self->busy += change;
  if (before != (self->busy > 0))
    notify (self, PROP_BUSY);
}

static void
set_retry_at (MxSignIn *self, gint64 retry_at)
{
  if (self->retry_at == retry_at)
    return;

  self->retry_at = retry_at;
  notify (self, PROP_RETRY_AT);
}

/* Takes server. */
static void
set_server (MxSignIn *self, MxServerInfo *server)
{
  g_clear_pointer (&self->server, mx_server_info_free);
  self->server = server;

  g_object_freeze_notify (G_OBJECT (self));
  notify (self, PROP_SERVER_NAME);
  notify (self, PROP_BASE_URL);
  notify (self, PROP_HAS_PASSWORD);
  notify (self, PROP_HAS_BROWSER);
  g_object_thaw_notify (G_OBJECT (self));
}

gboolean
mx_sign_in_set_network (MxSignIn *self, const char *proxy_uri, const char *ca_file, GError **error)
{
  MxNetworkSettings network = { (char *) proxy_uri, (char *) ca_file };
  g_autoptr (MxHttp) trial = NULL;

  g_return_val_if_fail (MX_IS_SIGN_IN (self), FALSE);

  /* Only to read the CA file now rather than at the first request. */
  trial = mx_http_new ("https://localhost", &network, error);
  if (trial == NULL)
    return FALSE;

  g_set_str (&self->network.proxy_uri, proxy_uri);
  g_set_str (&self->network.ca_file, ca_file);

  return TRUE;
}

/* -- Steps. Each flow holds what it was asked with. */

typedef struct
{
  MxSignIn *sign_in;
  MxScope *scope;
  char *input; /* what was typed as server, or the user name */
  MxSecret *password;
  MxBrowserLogin *browser;
  char *device_name;
} MxAttempt;

static MxAttempt *
mx_attempt_new (MxSignIn *self, const char *input, const char *device_name)
{
  MxAttempt *attempt = g_new0 (MxAttempt, 1);

  attempt->sign_in = g_object_ref (self);
  attempt->scope = mx_scope_ref (self->scope);
  attempt->input = g_strdup (input);
  attempt->device_name = device_name != NULL ? g_strdup (device_name)
                                             : g_strdup_printf ("Chappe (%s)", g_get_host_name ());
  add_busy (self, +1);

  return attempt;
}

static void
mx_attempt_free (gpointer data)
{
  MxAttempt *attempt = data;

  add_busy (attempt->sign_in, -1);
  g_clear_object (&attempt->sign_in);
  g_clear_object (&attempt->browser);
  mx_scope_unref (attempt->scope);
  g_free (attempt->input);
  g_free (attempt->device_name);
  g_clear_pointer (&attempt->password, mx_secret_unref);
  g_free (attempt);
}

/* An e-mail address outlives the search for its server: it may be asked for next. */
static void
set_user_hint (MxSignIn *self, const char *input)
{
  g_autofree char *user = mx_discovery_dup_user (input);

  if (user == NULL && self->user_hint != NULL && *self->user_hint != '@')
    return;
  if (g_set_str (&self->user_hint, user))
    notify (self, PROP_USER_HINT);
}

static DexFuture *
discover_fiber (gpointer data)
{
  MxAttempt *attempt = data;
  MxSignIn *self = attempt->sign_in;
  GError *error = NULL;
  MxServerInfo *server = NULL;

  set_user_hint (self, attempt->input);
  server =
    dex_await_boxed (mx_guard (attempt->scope, mx_discover_server (attempt->input, &self->network)),
                     &error);

  if (server == NULL)
    {
      if (!mx_error_is_cancelled (error))
        set_server (self, NULL);
      return dex_future_new_for_error (error);
    }

  set_server (self, server);
  return dex_future_new_true ();
}

DexFuture *
mx_sign_in_discover (MxSignIn *self, const char *input)
{
  g_return_val_if_fail (MX_IS_SIGN_IN (self), NULL);
  g_return_val_if_fail (input != NULL, NULL);

  return mx_flow_run (discover_fiber, mx_attempt_new (self, input, NULL), mx_attempt_free);
}

/* Sleeps as long as the server asked for, when that is bearable; FALSE with error else. */
static gboolean
wait_for_limit (MxAttempt *attempt, GError *limit, GError **error)
{
  gint64 wait = mx_matrix_error_get_retry_after (limit);
  gboolean slept = FALSE;

  if (!g_error_matches (limit, MX_MATRIX_ERROR, MX_MATRIX_ERROR_LIMIT_EXCEEDED) || wait < 0 ||
      wait > MAX_WAIT_MS)
    {
      g_propagate_error (error, limit);
      return FALSE;
    }
  g_error_free (limit);

  set_retry_at (attempt->sign_in, g_get_real_time () / 1000 + wait);
  slept = dex_await (mx_guard (attempt->scope, mx_sleep (wait + 100)), error);
  set_retry_at (attempt->sign_in, 0);

  return slept;
}

/* -- The request that makes a device at the server */

typedef struct
{
  MxHttp *http;
  MxScope *scope;
  char *token; /* NULL: with the password */
  char *user;
  MxSecret *password;
  char *device_name;
} MxLogin;

static void
mx_login_free (gpointer data)
{
  MxLogin *login = data;

  g_object_unref (login->http);
  mx_scope_unref (login->scope);
  g_clear_pointer (&login->token, mx_wipe_free);
  g_free (login->user);
  g_clear_pointer (&login->password, mx_secret_unref);
  g_free (login->device_name);
  g_free (login);
}

/* Not ended half-way by who cancels: the server may have made the device already, which would stay
 * in the list of the account's devices, and only its answer allows to sign it out again. */
static DexFuture *
login_fiber (gpointer data)
{
  MxLogin *login = data;
  g_autoptr (MxLoginReply) reply = NULL;
  GError *error = NULL;
  DexFuture *request = NULL;

  if (login->token != NULL)
    request = mx_login_token (login->http, login->token, NULL, login->device_name);
  else
    request =
      mx_login_password (login->http, login->user, login->password, NULL, login->device_name);
  reply = dex_await_boxed (request, &error);
  if (reply == NULL)
    return dex_future_new_for_error (error);

  if (mx_scope_is_cancelled (login->scope))
    {
      mx_http_set_access_token (login->http, reply->access_token);
      return mx_timeout (mx_login_logout (login->http), LOGOUT_MS);
    }
  return mx_future_new_pointer (MX_TYPE_LOGIN_REPLY, g_steal_pointer (&reply));
}

static DexFuture *
login_request (MxHttp *http, MxAttempt *attempt, const char *token)
{
  MxLogin *login = g_new0 (MxLogin, 1);

  login->http = g_object_ref (http);
  login->scope = mx_scope_ref (attempt->scope);
  login->token = g_strdup (token);
  login->user = g_strdup (attempt->input);
  login->password = attempt->password != NULL ? mx_secret_ref (attempt->password) : NULL;
  login->device_name = g_strdup (attempt->device_name);
  return mx_flow_run (login_fiber, login, mx_login_free);
}

/* token: NULL: with the password. */
static DexFuture *
sign_in_steps (MxAttempt *attempt, const char *token)
{
  MxSignIn *self = attempt->sign_in;
  g_autofree char *base_url = g_strdup (self->server->base_url);
  g_autoptr (MxHttp) http = NULL;
  g_autoptr (MxLoginReply) reply = NULL;
  MxSession *session = NULL;
  GError *error = NULL;

  http = mx_http_new (base_url, &self->network, &error);
  if (http == NULL)
    return dex_future_new_for_error (error);

  reply = dex_await_boxed (mx_guard (attempt->scope, login_request (http, attempt, token)), &error);
  if (reply == NULL)
    {
      GError *refusal = g_steal_pointer (&error);

      if (!wait_for_limit (attempt, refusal, &error))
        return dex_future_new_for_error (error);
      reply =
        dex_await_boxed (mx_guard (attempt->scope, login_request (http, attempt, token)), &error);
      if (reply == NULL)
        return dex_future_new_for_error (error);
    }

  mx_trace ("login-answered");

  /* From here on nothing is cancelled half-way: a device exists at the server. */
  session =
    dex_await_object (mx_accounts_add (self->accounts, reply, base_url, &self->network), &error);
  if (session == NULL)
    return dex_future_new_for_error (error);

  return dex_future_new_take_object (session);
}

static DexFuture *
password_fiber (gpointer data)
{
  return sign_in_steps (data, NULL);
}

static DexFuture *
no_server (void)
{
  return dex_future_new_reject (MX_SESSION_ERROR,
                                MX_SESSION_ERROR_BAD_INPUT,
                                "No server was chosen");
}

DexFuture *
mx_sign_in_with_password (MxSignIn *self,
                          const char *user,
                          MxSecret *password,
                          const char *device_name)
{
  MxAttempt *attempt = NULL;
  g_autofree char *stripped = NULL;

  g_return_val_if_fail (MX_IS_SIGN_IN (self), NULL);
  g_return_val_if_fail (user != NULL, NULL);
  g_return_val_if_fail (password != NULL, NULL);

  if (self->server == NULL)
    return no_server ();

  stripped = g_strstrip (g_strdup (user));
  attempt = mx_attempt_new (self, stripped, device_name);
  attempt->password = mx_secret_ref (password);

  return mx_flow_run (password_fiber, attempt, mx_attempt_free);
}

char *
mx_sign_in_get_browser_uri (MxSignIn *self, GError **error)
{
  g_autofree char *path = NULL;

  g_return_val_if_fail (MX_IS_SIGN_IN (self), NULL);

  if (!mx_sign_in_has_browser (self))
    {
      g_set_error_literal (error,
                           MX_SESSION_ERROR,
                           MX_SESSION_ERROR_BAD_INPUT,
                           "The server does not offer to sign in with a browser");
      return NULL;
    }

  if (self->browser != NULL)
    mx_browser_login_stop (self->browser);
  g_clear_object (&self->browser);
  self->browser = mx_browser_login_new (error);
  if (self->browser == NULL)
    return NULL;

  path = mx_http_path ("/_matrix/client/v3/login/sso/redirect?action=login&redirectUrl=%s",
                       mx_browser_login_get_redirect_uri (self->browser));

  return g_strconcat (self->server->base_url, path, NULL);
}

static DexFuture *
browser_fiber (gpointer data)
{
  MxAttempt *attempt = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *token =
    dex_await_string (mx_guard (attempt->scope, mx_browser_login_wait (attempt->browser)), &error);

  mx_browser_login_stop (attempt->browser);
  if (token == NULL)
    return dex_future_new_for_error (g_steal_pointer (&error));

  return sign_in_steps (attempt, token);
}

DexFuture *
mx_sign_in_with_browser (MxSignIn *self, const char *device_name)
{
  MxAttempt *attempt = NULL;

  g_return_val_if_fail (MX_IS_SIGN_IN (self), NULL);

  if (self->server == NULL || self->browser == NULL)
    return no_server ();

  attempt = mx_attempt_new (self, NULL, device_name);
  attempt->browser = g_object_ref (self->browser);

  return mx_flow_run (browser_fiber, attempt, mx_attempt_free);
}

void
mx_sign_in_cancel (MxSignIn *self)
{
  g_return_if_fail (MX_IS_SIGN_IN (self));

  mx_scope_cancel (self->scope);
  mx_scope_unref (self->scope);
  self->scope = mx_scope_new ();
  set_retry_at (self, 0);
}

const char *
mx_sign_in_get_base_url (MxSignIn *self)
{
  g_return_val_if_fail (MX_IS_SIGN_IN (self), NULL);

  return self->server != NULL ? self->server->base_url : NULL;
}

const char *
mx_sign_in_get_server_name (MxSignIn *self)
{
  g_return_val_if_fail (MX_IS_SIGN_IN (self), NULL);

  return self->server != NULL ? self->server->server_name : NULL;
}

gboolean
mx_sign_in_has_password (MxSignIn *self)
{
  g_return_val_if_fail (MX_IS_SIGN_IN (self), FALSE);

  return self->server != NULL && self->server->password_login;
}

gboolean
mx_sign_in_has_browser (MxSignIn *self)
{
  g_return_val_if_fail (MX_IS_SIGN_IN (self), FALSE);

  return self->server != NULL && self->server->sso_login;
}

gboolean
mx_sign_in_needs_oauth (MxSignIn *self)
{
  g_return_val_if_fail (MX_IS_SIGN_IN (self), FALSE);

  return self->server != NULL && self->server->oauth && !self->server->sso_login &&
         !self->server->password_login;
}

gint64
mx_sign_in_get_retry_at (MxSignIn *self)
{
  g_return_val_if_fail (MX_IS_SIGN_IN (self), 0);

  return self->retry_at;
}
