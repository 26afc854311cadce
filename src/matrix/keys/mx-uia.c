/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* User-interactive authentication: which stage comes next. */
#include "config.h"

#include "mx-uia.h"

#include "mx-error.h"
#include "mx-json.h"

#include <string.h>

#define PASSWORD "m.login.password"
#define DUMMY    "m.login.dummy"
#define OAUTH    "m.oauth"
/* What servers say that know the stage from before it was specified (MSC4312). */
#define OAUTH_UNSTABLE "org.matrix.cross_signing_reset"

void
mx_uia_free (MxUia *self)
{
  g_free (self->session);
  g_free (self->stage);
  g_free (self->uri);
  g_free (self);
}

static gboolean
contains (MxJson array, const char *text)
{
  MxJsonIter iter;
  MxJson item;

  mx_json_iter_init (&iter, array);
  while (mx_json_iter_next (&iter, NULL, &item))
    if (g_strcmp0 (mx_json_string (item), text) == 0)
      return TRUE;
  return FALSE;
}

/* The first stage of a flow that is still to be done, NULL. */
static const char *
next_stage (MxJson flow, MxJson completed)
{
  MxJsonIter iter;
  MxJson item;

  mx_json_iter_init (&iter, mx_json_get (flow, "stages"));
  while (mx_json_iter_next (&iter, NULL, &item))
    {
      const char *stage = mx_json_string (item);

      if (stage != NULL && *stage != '\0' && !contains (completed, stage))
        return stage;
    }
  return NULL;
}

/* How gladly we do a stage: what needs no browser first. */
static unsigned
rank (const char *stage)
{
  if (strcmp (stage, DUMMY) == 0)
    return 4;
  if (strcmp (stage, PASSWORD) == 0)
    return 3;
  if (strcmp (stage, OAUTH) == 0)
    return 2;
  return strcmp (stage, OAUTH_UNSTABLE) == 0 ? 1 : 0;
}

/* Only a page of the web is ever opened. */
static char *
dup_page (const char *uri)
{
  const char *scheme = uri != NULL ? g_uri_peek_scheme (uri) : NULL;

  if (g_strcmp0 (scheme, "https") != 0 && g_strcmp0 (scheme, "http") != 0)
    return NULL;
  return g_uri_is_valid (uri, G_URI_FLAGS_NONE, NULL) ? g_strdup (uri) : NULL;
}

static char *
page_of_stage (MxHttp *http, MxJson root, const char *stage, const char *session)
{
  g_autofree char *path = NULL;
  const char *uri;

  if (strcmp (stage, PASSWORD) == 0 || strcmp (stage, DUMMY) == 0)
    return NULL;
  uri = mx_json_string (mx_json_path (root, "params", stage, "url", NULL));
  if (strcmp (stage, OAUTH) == 0 || strcmp (stage, OAUTH_UNSTABLE) == 0)
    return dup_page (uri);

  path = mx_http_path ("/_matrix/client/v3/auth/%s/fallback/web?session=%s",
                       stage,
                       session != NULL ? session : "");
  return g_strconcat (mx_http_get_base_url (http), path, NULL);
}

MxUia *
mx_uia_new (MxHttp *http, const GError *error)
{
  const char *body = mx_matrix_error_get_body (error);
  g_autoptr (MxJsonDocument) document = NULL;
  g_autoptr (MxUia) self = NULL;
  const char *best = NULL;
  MxJson root, completed, flow;
  MxJsonIter iter;

  if (body == NULL || !g_error_matches (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_INTERACTIVE_AUTH))
    return NULL;
  document = mx_json_document_parse (body, -1, NULL);
  if (document == NULL)
    return NULL;

  root = mx_json_document_root (document);
  completed = mx_json_get (root, "completed");
  mx_json_iter_init (&iter, mx_json_get (root, "flows"));
  while (mx_json_iter_next (&iter, NULL, &flow))
    {
      const char *stage = next_stage (flow, completed);

      if (stage != NULL && (best == NULL || rank (stage) > rank (best)))
        best = stage;
    }
  if (best == NULL)
    return NULL;

  self = g_new0 (MxUia, 1);
  self->session = g_strdup (mx_json_get_string (root, "session"));
  self->stage = g_strdup (best);
  self->uri = page_of_stage (http, root, best, self->session);
  self->was_wrong = mx_json_get_string (root, "errcode") != NULL;
  if (self->uri == NULL && !mx_uia_wants_password (self) && !mx_uia_wants_nothing (self))
    return NULL;
  return g_steal_pointer (&self);
}

gboolean
mx_uia_wants_password (const MxUia *self)
{
  return strcmp (self->stage, PASSWORD) == 0;
}

gboolean
mx_uia_wants_nothing (const MxUia *self)
{
  return strcmp (self->stage, DUMMY) == 0;
}

static char *
finish (MxJsonWriter *writer, const MxUia *self)
{
  mx_json_add_string (writer, "session", self->session);
  mx_json_end (writer);
  return mx_json_writer_to_text (writer);
}

char *
mx_uia_answer_password (const MxUia *self, const char *user_id, MxSecret *password)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();

  mx_json_begin_object (writer, NULL);
  mx_json_add_string (writer, "type", PASSWORD);
  mx_json_begin_object (writer, "identifier");
  mx_json_add_string (writer, "type", "m.id.user");
  mx_json_add_string (writer, "user", user_id);
  mx_json_end (writer);
  mx_json_add_string (writer, "password", mx_secret_get_text (password));
  return finish (writer, self);
}

char *
mx_uia_answer (const MxUia *self)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();

  mx_json_begin_object (writer, NULL);
  /* After a fallback page the session alone says it all (spec "Fallback"). */
  if (rank (self->stage) > 0)
    mx_json_add_string (writer, "type", self->stage);
  return finish (writer, self);
}

char *
mx_uia_body (const char *body, const char *auth)
{
  g_return_val_if_fail (body != NULL && *body == '{', NULL);

  if (auth == NULL)
    return g_strdup (body);
  return g_strconcat ("{\"auth\":", auth, body[1] == '}' ? "" : ",", body + 1, NULL);
}
