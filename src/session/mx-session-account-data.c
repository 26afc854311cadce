/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Account data of our own making: in the store at once, at the server as soon as it can be (spec
 * "Client Config"). Main thread. */
#include "config.h"

#include "mx-error.h"
#include "mx-json.h"
#include "mx-room-requests.h"
#include "mx-session-private.h"

#define FIRST_BACK_OFF 2000
#define LAST_BACK_OFF  60000

typedef struct
{
  MxSession *session;
  MxScope *scope;
  char *room_id; /* NULL: global */
  char *type;
  char *content;
} MxPut;

static void
mx_put_free (gpointer data)
{
  MxPut *put = data;

  g_clear_object (&put->session);
  g_clear_pointer (&put->scope, mx_scope_unref);
  g_free (put->room_id);
  g_free (put->type);
  g_free (put->content);
  g_free (put);
}

static MxPut *
mx_put_new (MxSession *session, const char *room_id, const char *type, const char *content)
{
  MxPut *put = g_new0 (MxPut, 1);

  put->session = g_object_ref (session);
  put->scope = mx_scope_ref (mx_session_get_scope (session));
  put->room_id = g_strdup (room_id);
  put->type = g_strdup (type);
  put->content = g_strdup (content);

  return put;
}

static gboolean
echo_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  const MxPut *put = data;

  if (!mx_store_set_account_data (store, put->room_id, put->type, put->content, error))
    return FALSE;
  if (put->room_id == NULL)
    {
      g_ptr_array_add (changes->account_data, g_strdup (put->type));
      return TRUE;
    }

  return mx_store_refresh_row (store, put->room_id, changes, error);
}

/* The content of m.tag cannot be put as such: each tag has its own address. */
static DexFuture *
put_tags (MxPut *put)
{
  static const char *const ours[] = { "m.favourite", "m.lowpriority" };
  MxHttp *http = mx_session_get_http (put->session);
  g_autoptr (GError) error = NULL;
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (put->content, -1, &error);

  if (document == NULL)
    return dex_future_new_for_error (g_steal_pointer (&error));

  for (gsize i = 0; i < G_N_ELEMENTS (ours); i++)
    {
      gboolean set =
        mx_json_is_object (mx_json_path (mx_json_document_root (document), "tags", ours[i], NULL));

      if (!dex_await (mx_guard (put->scope,
                                mx_rooms_set_tag (http,
                                                  mx_session_get_user_id (put->session),
                                                  put->room_id,
                                                  ours[i],
                                                  set)),
                      &error))
        return dex_future_new_for_error (g_steal_pointer (&error));
    }

  return dex_future_new_true ();
}

static DexFuture *
put_once (MxPut *put)
{
  if (mx_session_get_http (put->session) == NULL)
    return dex_future_new_reject (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The session was closed");
  if (g_str_equal (put->type, "m.tag"))
    return put_tags (put);

  return mx_guard (put->scope,
                   mx_rooms_set_account_data (mx_session_get_http (put->session),
                                              mx_session_get_user_id (put->session),
                                              put->room_id,
                                              put->type,
                                              put->content));
}

static DexFuture *
put_fiber (gpointer data)
{
  MxPut *put = data;
  unsigned wait = FIRST_BACK_OFF;

  for (;;)
    {
      g_autoptr (GError) error = NULL;

      if (dex_await (put_once (put), &error))
        return dex_future_new_true ();
      if (!mx_error_is_transient (error))
        return dex_future_new_for_error (g_steal_pointer (&error));

      g_clear_error (&error);
      if (!dex_await (mx_guard (put->scope, mx_session_wait_nudge (put->session, wait)), &error))
        return dex_future_new_for_error (g_steal_pointer (&error));
      wait = MIN (wait * 2, LAST_BACK_OFF);
    }
}

void
mx_session_put_account_data (MxSession *self,
                             const char *room_id,
                             const char *type,
                             const char *content)
{
  mx_session_write_later (self, echo_work, mx_put_new (self, room_id, type, content), mx_put_free);
  mx_flow_start ("account data", put_fiber, mx_put_new (self, room_id, type, content), mx_put_free);
}
