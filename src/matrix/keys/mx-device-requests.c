/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The account's devices, and messages to devices. */
#include "config.h"

#include "mx-device-requests.h"

#include "mx-http-reply.h"
#include "mx-uia.h"

DexFuture *
mx_devices_send_to (MxHttp *http, const char *type, const char *txn_id, const char *body)
{
  g_autofree char *path = mx_http_path ("/_matrix/client/v3/sendToDevice/%s/%s", type, txn_id);

  return mx_http_reply_done (mx_http_request (http, "PUT", path, body, 0));
}

DexFuture *
mx_devices_list (MxHttp *http)
{
  return mx_http_request (http, "GET", "/_matrix/client/v3/devices", NULL, 0);
}

DexFuture *
mx_devices_rename (MxHttp *http, const char *device_id, const char *name)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autofree char *path = mx_http_path ("/_matrix/client/v3/devices/%s", device_id);
  g_autofree char *body = NULL;

  mx_json_begin_object (writer, NULL);
  mx_json_add_string (writer, "display_name", name);
  mx_json_end (writer);
  body = mx_json_writer_to_text (writer);
  return mx_http_reply_done (mx_http_request (http, "PUT", path, body, 0));
}

DexFuture *
mx_devices_delete (MxHttp *http, const char *const *device_ids, const char *auth)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autofree char *body = NULL;
  char *whole;
  DexFuture *request;

  mx_json_begin_object (writer, NULL);
  mx_json_begin_array (writer, "devices");
  for (gsize i = 0; device_ids[i] != NULL; i++)
    mx_json_add_string (writer, NULL, device_ids[i]);
  mx_json_end (writer);
  mx_json_end (writer);
  body = mx_json_writer_to_text (writer);
  whole = mx_uia_body (body, auth);
  request = mx_http_request (http, "POST", "/_matrix/client/v3/delete_devices", whole, 0);
  mx_wipe_free (whole);
  return mx_http_reply_done (request);
}
