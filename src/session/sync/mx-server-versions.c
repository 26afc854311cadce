/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The answer of /versions, asked with the token because some features are given per user. Main
 * thread. */
#include "config.h"

#include "mx-server-versions.h"

#include "mx-json.h"

G_DEFINE_BOXED_TYPE (MxServerVersions,
                     mx_server_versions,
                     mx_server_versions_copy,
                     mx_server_versions_free)

MxServerVersions *
mx_server_versions_copy (const MxServerVersions *self)
{
  return g_memdup2 (self, sizeof *self);
}

void
mx_server_versions_free (MxServerVersions *self)
{
  g_free (self);
}

/* v1.11 and later: the version's second number. */
static gboolean
has_authenticated_media (MxJson root)
{
  MxJsonIter iter;
  MxJson value;

  if (mx_json_bool (mx_json_path (root, "unstable_features", "org.matrix.msc3916.stable", NULL),
                    FALSE))
    return TRUE;

  mx_json_iter_init (&iter, mx_json_get (root, "versions"));
  while (mx_json_iter_next (&iter, NULL, &value))
    {
      const char *version = mx_json_string (value);

      if (version != NULL && g_str_has_prefix (version, "v1.") &&
          g_ascii_strtoull (version + 3, NULL, 10) >= 11)
        return TRUE;
    }

  return FALSE;
}

static DexFuture *
decode_cb (DexFuture *future, gpointer data)
{
  g_autoptr (GError) error = NULL;
  const GValue *value = dex_future_get_value (future, &error);
  g_autoptr (MxJsonDocument) document = NULL;
  MxServerVersions *versions = NULL;
  MxJson root;

  if (value == NULL)
    return dex_future_new_for_error (g_steal_pointer (&error));
  document = mx_json_document_parse_bytes (g_value_get_boxed (value), &error);
  if (document == NULL)
    return dex_future_new_for_error (g_steal_pointer (&error));

  root = mx_json_document_root (document);
  versions = g_new0 (MxServerVersions, 1);
  versions->sliding_sync =
    mx_json_bool (mx_json_path (root, "unstable_features", "org.matrix.simplified_msc3575", NULL),
                  FALSE);
  versions->authenticated_media = has_authenticated_media (root);

  return mx_future_new_pointer (MX_TYPE_SERVER_VERSIONS, versions);
}

DexFuture *
mx_server_versions_ask (MxSession *session)
{
  return dex_future_then (
    mx_http_request (mx_session_get_http (session), "GET", "/_matrix/client/versions", NULL, 0),
    decode_cb,
    NULL,
    NULL);
}
