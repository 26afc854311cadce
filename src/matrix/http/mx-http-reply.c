/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Small answers, turned from JSON into what the endpoint promises. They are parsed where the future
 * completes, on the main thread: nothing of any size goes through here. */
#include "config.h"

#include "mx-http-reply.h"

#include "mx-error.h"

#include <string.h>

#define MAX_TOKEN 4096

typedef struct
{
  const char *member;
  gboolean (*valid) (const char *text);
  gint64 fallback;
  GType type;
  MxReplyFunc decode;
} MxReply;

gboolean
mx_http_token_is_usable (const char *token)
{
  return token != NULL && *token != '\0' && strnlen (token, MAX_TOKEN + 1) <= MAX_TOKEN;
}

void
mx_http_set_invalid (GError **error, const char *message)
{
  if (error != NULL)
    *error = mx_matrix_error_new (MX_MATRIX_ERROR_INVALID_RESPONSE, 0, NULL, -1, message);
}

DexFuture *
mx_http_bad_id (void)
{
  return dex_future_new_for_error (
    g_error_new_literal (G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "Not a valid id"));
}

/* Of a resolved future: the parsed answer. */
static MxJsonDocument *
document_of (DexFuture *future, GError **error)
{
  const GValue *value = dex_future_get_value (future, error);

  return value != NULL ? mx_json_document_parse_bytes (g_value_get_boxed (value), error) : NULL;
}

static DexFuture *
string_cb (DexFuture *future, gpointer data)
{
  const MxReply *reply = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MxJsonDocument) document = document_of (future, &error);
  const char *text;

  if (document == NULL)
    return dex_future_new_for_error (g_steal_pointer (&error));
  text = mx_json_get_string (mx_json_document_root (document), reply->member);
  if (text == NULL || (reply->valid != NULL && !reply->valid (text)))
    {
      mx_http_set_invalid (&error, "The answer lacks what was asked for");
      return dex_future_new_for_error (g_steal_pointer (&error));
    }
  return dex_future_new_for_string (text);
}

static DexFuture *
int_cb (DexFuture *future, gpointer data)
{
  const MxReply *reply = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MxJsonDocument) document = document_of (future, &error);
  MxJson member;

  if (document == NULL)
    return dex_future_new_for_error (g_steal_pointer (&error));
  member = mx_json_get (mx_json_document_root (document), reply->member);
  return dex_future_new_for_int64 (mx_json_int (member, reply->fallback));
}

static DexFuture *
done_cb (DexFuture *future, gpointer data)
{
  return dex_future_new_true ();
}

static DexFuture *
boxed_cb (DexFuture *future, gpointer data)
{
  const MxReply *reply = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MxJsonDocument) document = document_of (future, &error);
  gpointer boxed;

  if (document == NULL)
    return dex_future_new_for_error (g_steal_pointer (&error));
  boxed = reply->decode (mx_json_document_root (document), &error);
  if (boxed == NULL)
    return dex_future_new_for_error (g_steal_pointer (&error));
  return mx_future_new_pointer (reply->type, boxed);
}

static DexFuture *
reply_then (DexFuture *request, DexFutureCallback callback, MxReply reply)
{
  return dex_future_then (request, callback, g_memdup2 (&reply, sizeof reply), g_free);
}

DexFuture *
mx_http_reply_string (DexFuture *request, const char *member, gboolean (*valid) (const char *text))
{
  return reply_then (request, string_cb, (MxReply) { .member = member, .valid = valid });
}

DexFuture *
mx_http_reply_int (DexFuture *request, const char *member, gint64 fallback)
{
  return reply_then (request, int_cb, (MxReply) { .member = member, .fallback = fallback });
}

DexFuture *
mx_http_reply_done (DexFuture *request)
{
  return dex_future_then (request, done_cb, NULL, NULL);
}

DexFuture *
mx_http_reply_boxed (DexFuture *request, GType type, MxReplyFunc decode)
{
  return reply_then (request, boxed_cb, (MxReply) { .type = type, .decode = decode });
}
