/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Keys of devices and of identities. */
#include "config.h"

#include "mx-key-requests.h"

#include "mx-http-reply.h"
#include "mx-matrix-id.h"
#include "mx-uia.h"

#define KEYS       "/_matrix/client/v3/keys"
#define TIMEOUT_MS 10000

DexFuture *
mx_keys_upload (MxHttp *http, const char *body)
{
  return mx_http_request (http, "POST", KEYS "/upload", body, 0);
}

DexFuture *
mx_keys_query (MxHttp *http, const char *const *user_ids)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autofree char *body = NULL;

  mx_json_begin_object (writer, NULL);
  mx_json_add_int (writer, "timeout", TIMEOUT_MS);
  mx_json_begin_object (writer, "device_keys");
  for (gsize i = 0; user_ids[i] != NULL; i++)
    {
      if (!mx_user_id_is_valid (user_ids[i]))
        continue;
      mx_json_begin_array (writer, user_ids[i]);
      mx_json_end (writer);
    }
  mx_json_end (writer);
  mx_json_end (writer);
  body = mx_json_writer_to_text (writer);
  return mx_http_request (http, "POST", KEYS "/query", body, 0);
}

DexFuture *
mx_keys_claim (MxHttp *http, const char *body)
{
  return mx_http_request (http, "POST", KEYS "/claim", body, 0);
}

DexFuture *
mx_keys_changes (MxHttp *http, const char *from, const char *to)
{
  g_autofree char *path = mx_http_path (KEYS "/changes?from=%s&to=%s", from, to);

  return mx_http_request (http, "GET", path, NULL, 0);
}

DexFuture *
mx_keys_upload_signing (MxHttp *http, const char *body, const char *auth)
{
  char *whole = mx_uia_body (body, auth);
  DexFuture *request = mx_http_request (http, "POST", KEYS "/device_signing/upload", whole, 0);

  mx_wipe_free (whole);
  return mx_http_reply_done (request);
}

DexFuture *
mx_keys_upload_signatures (MxHttp *http, const char *body)
{
  return mx_http_request (http, "POST", KEYS "/signatures/upload", body, 0);
}
