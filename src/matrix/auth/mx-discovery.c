/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* From what a person typed to a server that we can speak with (spec "Server discovery", "API
 * standards": versions, "Login"). One flow; every step is an unauthenticated GET. */
#include "config.h"

#include "mx-discovery.h"
#include "mx-http-exchange.h"

#include "mx-error.h"
#include "mx-json.h"
#include "mx-matrix-id.h"

#include <string.h>

G_DEFINE_BOXED_TYPE (MxServerInfo, mx_server_info, mx_server_info_copy, mx_server_info_free)

typedef struct
{
  char *input;
  MxNetworkSettings settings;
} Discovery;

MxServerInfo *
mx_server_info_copy (const MxServerInfo *self)
{
  MxServerInfo *copy = g_memdup2 (self, sizeof *self);

  copy->server_name = g_strdup (self->server_name);
  copy->base_url = g_strdup (self->base_url);
  copy->versions = g_strdupv (self->versions);
  copy->browser_url = g_strdup (self->browser_url);
  return copy;
}

void
mx_server_info_free (MxServerInfo *self)
{
  g_free (self->server_name);
  g_free (self->base_url);
  g_strfreev (self->versions);
  g_free (self->browser_url);
  g_free (self);
}

static void
discovery_free (gpointer data)
{
  Discovery *self = data;

  g_free (self->input);
  mx_network_settings_clear (&self->settings);
  g_free (self);
}

static void
set_bad_name (GError **error)
{
  g_clear_error (error);
  if (error != NULL)
    *error = mx_matrix_error_new (MX_MATRIX_ERROR_BAD_SERVER_NAME,
                                  0,
                                  NULL,
                                  -1,
                                  "Not the name of a server");
}

static void
set_not_found (GError **error)
{
  g_clear_error (error);
  if (error != NULL)
    *error = mx_matrix_error_new (MX_MATRIX_ERROR_NOT_FOUND,
                                  0,
                                  NULL,
                                  -1,
                                  "There is no Matrix server at this address");
}

static MxJsonDocument *
await_json (MxHttp *http, const char *path, MxHttpFlags flags, GError **error)
{
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (MxJsonDocument) document = NULL;

  reply =
    dex_await_boxed (mx_http_request (http, "GET", path, NULL, flags | MX_HTTP_NO_AUTH), error);
  if (reply == NULL)
    return NULL;
  document = mx_json_document_parse_bytes (reply, error);
  if (document == NULL)
    return NULL;
  if (!mx_json_is_object (mx_json_document_root (document)))
    {
      if (error != NULL)
        *error =
          mx_matrix_error_new (MX_MATRIX_ERROR_INVALID_RESPONSE, 0, NULL, -1, "Not a JSON object");
      return NULL;
    }
  return g_steal_pointer (&document);
}

/* ------------------------------------------------------------------ /versions and /login */

/* The minor number of "v1.N", -1 for anything else. */
static int
minor_version (const char *version)
{
  guint64 minor;

  if (version == NULL || !g_str_has_prefix (version, "v1.") ||
      !g_ascii_string_to_unsigned (version + strlen ("v1."), 10, 0, 10000, &minor, NULL))
    return -1;
  return (int) minor;
}

static gboolean
read_versions (MxServerInfo *info, MxJson root, GError **error)
{
  MxJson versions = mx_json_get (root, "versions");
  MxJson unstable = mx_json_get (root, "unstable_features");
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  int newest = -1;
  MxJsonIter iter;
  MxJson item;

  if (mx_json_type (versions) != MX_JSON_ARRAY)
    {
      set_not_found (error);
      return FALSE;
    }

  mx_json_iter_init (&iter, versions);
  while (mx_json_iter_next (&iter, NULL, &item))
    {
      const char *version = mx_json_string (item);

      if (version == NULL)
        continue;
      g_strv_builder_add (builder, version);
      newest = MAX (newest, minor_version (version));
    }
  /* the /v3/ endpoints came with v1.1 */
  if (newest < 1)
    {
      if (error != NULL)
        *error = mx_matrix_error_new (MX_MATRIX_ERROR_TOO_OLD,
                                      0,
                                      NULL,
                                      -1,
                                      "The server speaks no version that we know");
      return FALSE;
    }

  info->versions = g_strv_builder_end (builder);
  info->sliding_sync =
    mx_json_bool (mx_json_get (unstable, "org.matrix.simplified_msc3575"), FALSE);
  info->authenticated_media =
    newest >= 11 || mx_json_bool (mx_json_get (unstable, "org.matrix.msc3916.stable"), FALSE);
  return TRUE;
}

static void
read_flows (MxServerInfo *info, MxJson root)
{
  MxJsonIter iter;
  MxJson flow;

  mx_json_iter_init (&iter, mx_json_get (root, "flows"));
  while (mx_json_iter_next (&iter, NULL, &flow))
    {
      const char *type = mx_json_string_or (mx_json_get (flow, "type"), "");

      if (strcmp (type, "m.login.password") == 0)
        info->password_login = TRUE;
      if (strcmp (type, "m.login.sso") != 0)
        continue;
      info->sso_login = TRUE;
      if (mx_json_bool (mx_json_get (flow, "oauth_aware_preferred"), FALSE) ||
          mx_json_bool (mx_json_get (flow, "org.matrix.msc3824.delegated_oidc_compatibility"),
                        FALSE))
        info->oauth = TRUE;
    }
}

/* A server whose accounts live in an OAuth service may have no /login at all. */
static void
await_oauth (MxServerInfo *info, MxHttp *http)
{
  g_autoptr (MxJsonDocument) document = NULL;
  g_autoptr (GError) error = NULL;
  const char *issuer;

  document = await_json (http, "/_matrix/client/v1/auth_metadata", 0, &error);
  if (document == NULL)
    {
      g_debug ("No OAuth metadata: %s %d", g_quark_to_string (error->domain), error->code);
      return;
    }
  issuer = mx_json_get_string (mx_json_document_root (document), "issuer");
  info->oauth = TRUE;
  if (issuer != NULL && g_str_has_prefix (issuer, "https://"))
    info->browser_url = g_strdup (issuer);
}

static gboolean
await_login_flows (MxServerInfo *info, MxHttp *http, GError **error)
{
  g_autoptr (MxJsonDocument) document = NULL;
  g_autoptr (GError) refusal = NULL;

  document = await_json (http, "/_matrix/client/v3/login", 0, &refusal);
  if (document != NULL)
    read_flows (info, mx_json_document_root (document));
  else if (!g_error_matches (refusal, MX_MATRIX_ERROR, MX_MATRIX_ERROR_UNRECOGNIZED) &&
           !g_error_matches (refusal, MX_MATRIX_ERROR, MX_MATRIX_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&refusal));
      return FALSE;
    }

  if (info->oauth || !info->password_login)
    await_oauth (info, http);
  if (info->browser_url == NULL && !info->password_login)
    info->browser_url = g_strconcat (info->base_url, "/_matrix/static/client/login/", NULL);
  return TRUE;
}

/* NULL with error unless a Matrix server that we can speak with answers at base_url. */
static MxServerInfo *
await_server (const char *base_url, const MxNetworkSettings *settings, GError **error)
{
  g_autoptr (MxServerInfo) info = g_new0 (MxServerInfo, 1);
  g_autoptr (MxHttp) http = NULL;
  g_autoptr (MxJsonDocument) document = NULL;

  http = mx_http_new (base_url, settings, error);
  if (http == NULL)
    return NULL;
  info->base_url = g_strdup (mx_http_get_base_url (http));

  document = await_json (http, "/_matrix/client/versions", 0, error);
  if (document == NULL)
    {
      if (g_error_matches (*error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_UNRECOGNIZED) ||
          g_error_matches (*error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_NOT_FOUND))
        set_not_found (error);
      return NULL;
    }
  if (!read_versions (info, mx_json_document_root (document), error) ||
      !await_login_flows (info, http, error))
    return NULL;
  return g_steal_pointer (&info);
}

/* ------------------------------------------------------------------ from the name to the address
 */

/* The base address that origin's well-known names, or NULL: it has none, or none that we would
 * follow. */
static char *
await_well_known (const char *origin, const MxNetworkSettings *settings, GError **error)
{
  g_autoptr (MxHttp) http = NULL;
  g_autoptr (MxJsonDocument) document = NULL;
  g_autoptr (GUri) uri = NULL;
  const char *base_url;

  http = mx_http_new (origin, settings, error);
  if (http == NULL)
    return NULL;
  document = await_json (http, "/.well-known/matrix/client", MX_HTTP_FOLLOW, error);
  if (document == NULL)
    return NULL;

  base_url = mx_json_string (
    mx_json_path (mx_json_document_root (document), "m.homeserver", "base_url", NULL));
  if (base_url != NULL)
    uri = g_uri_parse (base_url, SOUP_HTTP_URI_FLAGS, NULL);
  /* a stranger may not send us to this machine's own services */
  if (uri == NULL || !mx_http_uri_is_allowed (uri) ||
      (g_str_has_prefix (origin, "https:") && strcmp (g_uri_get_scheme (uri), "https") != 0))
    {
      set_not_found (error);
      return NULL;
    }
  return g_strdup (base_url);
}

/* A name: its well-known decides, then the name itself. */
static MxServerInfo *
await_name (const char *name, const MxNetworkSettings *settings, GError **error)
{
  g_autoptr (GUri) uri = NULL;
  g_autofree char *origin = g_strconcat ("https://", name, NULL);
  g_autofree char *plain = g_strconcat ("http://", name, NULL);
  g_autofree char *well_known = NULL;
  g_autofree char *base_url = NULL;
  g_autoptr (GError) ignored = NULL;
  g_autoptr (MxServerInfo) info = NULL;

  uri = g_uri_parse (origin, SOUP_HTTP_URI_FLAGS, NULL);
  if (uri == NULL) /* such a port does not exist */
    {
      set_bad_name (error);
      return NULL;
    }
  well_known =
    g_uri_join (SOUP_HTTP_URI_FLAGS, "https", NULL, g_uri_get_host (uri), -1, "", NULL, NULL);

  base_url = await_well_known (well_known, settings, &ignored);
  if (base_url != NULL)
    return await_server (base_url, settings, error);

  /* who is silent once is not asked twice */
  if (strcmp (well_known, origin) == 0 &&
      g_error_matches (ignored, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    g_propagate_error (error, g_steal_pointer (&ignored));
  else
    info = await_server (origin, settings, error);
  if (info == NULL && (*error)->domain != MX_MATRIX_ERROR)
    {
      /* a server of this machine, for development */
      g_autoptr (MxHttp) local = mx_http_new (plain, NULL, NULL);

      if (local != NULL)
        {
          g_clear_error (error);
          info = await_server (plain, settings, error);
        }
    }
  return g_steal_pointer (&info);
}

/* An address: taken at its word, unless nothing of Matrix is there and its well-known knows better.
 */
static MxServerInfo *
await_address (const char *address, const MxNetworkSettings *settings, GError **error)
{
  g_autoptr (MxHttp) http = NULL;
  g_autoptr (GUri) uri = NULL;
  g_autofree char *origin = NULL;
  g_autofree char *base_url = NULL;
  g_autoptr (GError) ignored = NULL;
  g_autoptr (MxServerInfo) info = NULL;

  http = mx_http_new (address, settings, error);
  if (http == NULL)
    return NULL;
  info = await_server (address, settings, error);
  if (info != NULL || (*error)->domain != MX_MATRIX_ERROR ||
      g_error_matches (*error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_TOO_OLD))
    return g_steal_pointer (&info);

  uri = g_uri_parse (address, SOUP_HTTP_URI_FLAGS, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL)
    return NULL;
  origin = g_uri_join (SOUP_HTTP_URI_FLAGS,
                       g_uri_get_scheme (uri),
                       NULL,
                       g_uri_get_host (uri),
                       g_uri_get_port (uri),
                       "",
                       NULL,
                       NULL);
  base_url = await_well_known (origin, settings, &ignored);
  if (base_url == NULL)
    return NULL;

  g_clear_error (error);
  info = await_server (base_url, settings, error);
  if (info != NULL)
    info->server_name = g_strdup (g_uri_get_host (uri));
  return g_steal_pointer (&info);
}

/* ------------------------------------------------------------------ what was typed */

static gboolean
is_address (const char *input)
{
  return g_ascii_strncasecmp (input, "https://", 8) == 0 ||
         g_ascii_strncasecmp (input, "http://", 7) == 0;
}

/* Without what is around it: spaces, and the slash of an address. */
static char *
dup_stripped (const char *input)
{
  char *typed = g_strstrip (g_strdup (input));

  for (gsize length = strlen (typed); length > 0 && typed[length - 1] == '/'; length--)
    typed[length - 1] = '\0';
  return typed;
}

/* As it is sent: élysée.fr is xn--lyse-9oad.fr. NULL: not a name. */
static char *
dup_server_name (const char *name)
{
  g_autofree char *ascii = NULL;

  if (g_utf8_validate (name, -1, NULL))
    ascii = g_str_is_ascii (name) ? g_ascii_strdown (name, -1) : g_hostname_to_ascii (name);
  return ascii != NULL && mx_server_name_is_valid (ascii) ? g_steal_pointer (&ascii) : NULL;
}

/* An address whose host is as it is sent. NULL: not an address. */
static char *
dup_address (const char *typed)
{
  g_autoptr (GUri) uri = g_uri_parse (typed, SOUP_HTTP_URI_FLAGS, NULL);
  g_autofree char *host = NULL;

  if (uri == NULL || g_uri_get_host (uri) == NULL)
    return NULL;
  if (g_str_is_ascii (g_uri_get_host (uri)))
    return g_strdup (typed);
  host = dup_server_name (g_uri_get_host (uri));
  if (host == NULL || g_uri_get_userinfo (uri) != NULL)
    return NULL;
  return g_uri_join (SOUP_HTTP_URI_FLAGS,
                     g_uri_get_scheme (uri),
                     NULL,
                     host,
                     g_uri_get_port (uri),
                     g_uri_get_path (uri),
                     g_uri_get_query (uri),
                     g_uri_get_fragment (uri));
}

char *
mx_discovery_dup_user (const char *input)
{
  g_autofree char *typed = dup_stripped (input);
  g_autofree char *name = NULL;
  g_autofree char *server = NULL;
  const char *mark = NULL;

  if (is_address (typed) || strpbrk (typed, " \t\r\n") != NULL)
    return NULL;
  if (*typed == '@')
    mark = strchr (typed, ':');
  else if (strchr (typed, '@') != NULL)
    mark = strrchr (typed, '@');
  else if (!mx_server_name_is_valid (typed)) /* localhost:8008 is one */
    mark = strchr (typed, ':');
  if (mark == NULL || mark == typed || (*typed == '@' && mark == typed + 1))
    return NULL;

  server = dup_server_name (mark + 1);
  if (server == NULL)
    return NULL;
  name = g_strndup (typed, mark - typed);
  if (*mark == '@')
    return g_strconcat (name, "@", server, NULL);
  return g_strconcat (*typed == '@' ? "" : "@", name, ":", server, NULL);
}

static char *
dup_name (const char *typed)
{
  g_autofree char *user = mx_discovery_dup_user (typed);

  if (user == NULL)
    return dup_server_name (typed);
  return g_strdup (*user == '@' ? mx_id_get_server (user) : strrchr (user, '@') + 1);
}

static DexFuture *
discovery_fiber (gpointer data)
{
  Discovery *self = data;
  g_autofree char *input = dup_stripped (self->input);
  g_autofree char *address = is_address (input) ? dup_address (input) : NULL;
  g_autofree char *name = is_address (input) ? NULL : dup_name (input);
  g_autoptr (MxServerInfo) info = NULL;
  g_autoptr (GError) error = NULL;

  if (address != NULL)
    info = await_address (address, &self->settings, &error);
  else if (name != NULL)
    info = await_name (name, &self->settings, &error);
  else
    set_bad_name (&error);
  if (info == NULL)
    return dex_future_new_for_error (g_steal_pointer (&error));

  if (name != NULL)
    info->server_name = g_steal_pointer (&name);
  return mx_future_new_pointer (MX_TYPE_SERVER_INFO, g_steal_pointer (&info));
}

DexFuture *
mx_discover_server (const char *input, const MxNetworkSettings *settings)
{
  Discovery *discovery = g_new0 (Discovery, 1);

  g_return_val_if_fail (input != NULL, NULL);

  discovery->input = g_strdup (input);
  if (settings != NULL)
    {
      discovery->settings.proxy_uri = g_strdup (settings->proxy_uri);
      discovery->settings.ca_file = g_strdup (settings->ca_file);
    }
  return mx_flow_run (discovery_fiber, discovery, discovery_free);
}
