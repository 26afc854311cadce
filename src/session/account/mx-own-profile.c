/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Kept in the store, so that the next start shows it before any network. Main thread. */
#include "config.h"

#include "mx-own-profile.h"

#include "mx-json.h"
#include "mx-matrix-id.h"
#include "mx-text-clean.h"
#include "mx-user-requests.h"

#define MAX_NAME 250

static DexFuture *
profile_cb (DexFuture *future, gpointer data)
{
  MxSession *session = data;
  g_autoptr (GError) error = NULL;
  const GValue *value = dex_future_get_value (future, &error);
  g_autoptr (MxJsonDocument) document = NULL;
  g_autofree char *name = NULL;
  const char *raw_name = NULL;
  const char *avatar_url = NULL;

  if (value == NULL)
    return dex_future_new_for_error (g_steal_pointer (&error));
  document = mx_json_document_parse_bytes (g_value_get_boxed (value), &error);
  if (document == NULL)
    return dex_future_new_for_error (g_steal_pointer (&error));

  raw_name = mx_json_get_string (mx_json_document_root (document), "displayname");
  avatar_url = mx_json_get_string (mx_json_document_root (document), "avatar_url");
  if (raw_name != NULL)
    name = mx_text_clean_name (raw_name, MAX_NAME);
  if (avatar_url != NULL && !mx_mxc_parse (avatar_url, NULL, NULL))
    avatar_url = NULL;

  mx_session_set_profile (session, name, avatar_url);
  mx_session_set_value (session, "display_name", name);
  mx_session_set_value (session, "avatar_url", avatar_url);

  return dex_future_new_true ();
}

DexFuture *
mx_own_profile_refresh (MxSession *session)
{
  return dex_future_then (mx_user_profile (mx_session_get_http (session),
                                           mx_session_get_user_id (session)),
                          profile_cb,
                          g_object_ref (session),
                          g_object_unref);
}
