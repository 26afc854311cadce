/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Single-flight refresh. The pair that the server hands out replaces the old one at its first use,
 * so it is on disk before that; until then, and whenever the network failed, the old refresh token
 * is good. A refusal is remembered: the token is not tried again, and the next refused request ends
 * the session (protocol "Token rules"). Main thread. */
#include "config.h"

#include "mx-tokens.h"

#include "mx-error.h"
#include "mx-flow.h"

/* A token that expires within this time is replaced before the next request. */
#define EARLY_MS (60 * 1000)

struct _MxTokens
{
  GObject parent_instance;

  MxHttp *http;
  MxTokensSaveFunc save;
  gpointer data;
  MxScope *scope;
  MxSecret *access;
  MxSecret *refresh;    /* NULL: none, or refused */
  gint64 issued_at;     /* wall-clock ms */
  gint64 expires_at;    /* wall-clock ms, 0 unknown */
  DexFuture *under_way; /* the refresh that all callers share */
};

G_DEFINE_FINAL_TYPE (MxTokens, mx_tokens, G_TYPE_OBJECT)

static void
mx_tokens_dispose (GObject *object)
{
  MxTokens *self = MX_TOKENS (object);

  mx_tokens_stop (self);
  dex_clear (&self->under_way);
  g_clear_object (&self->http);

  G_OBJECT_CLASS (mx_tokens_parent_class)->dispose (object);
}

static void
mx_tokens_finalize (GObject *object)
{
  MxTokens *self = MX_TOKENS (object);

  g_clear_pointer (&self->access, mx_secret_unref);
  g_clear_pointer (&self->refresh, mx_secret_unref);
  mx_clear_scope (&self->scope);

  G_OBJECT_CLASS (mx_tokens_parent_class)->finalize (object);
}

static void
mx_tokens_class_init (MxTokensClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mx_tokens_dispose;
  object_class->finalize = mx_tokens_finalize;
}

static void
mx_tokens_init (MxTokens *self)
{
  self->scope = mx_scope_new ();
}

static DexFuture *
refused_cb (MxHttp *http, gpointer data)
{
  MxTokens *self = data;

  if (self->refresh == NULL)
    return dex_future_new_reject (MX_MATRIX_ERROR,
                                  MX_MATRIX_ERROR_UNKNOWN_TOKEN,
                                  "There is no refresh token");

  return mx_tokens_refresh (self);
}

MxTokens *
mx_tokens_new (MxHttp *http, MxTokensSaveFunc save, gpointer data)
{
  MxTokens *self = g_object_new (MX_TYPE_TOKENS, NULL);

  self->http = g_object_ref (http);
  self->save = save;
  self->data = data;
  mx_http_set_refresh (http, refused_cb, self, NULL);

  return self;
}

void
mx_tokens_set (MxTokens *self, MxSecret *access, MxSecret *refresh, gint64 expires_at)
{
  g_return_if_fail (MX_IS_TOKENS (self));

  if (access != NULL)
    mx_secret_ref (access);
  if (refresh != NULL)
    mx_secret_ref (refresh);
  g_clear_pointer (&self->access, mx_secret_unref);
  g_clear_pointer (&self->refresh, mx_secret_unref);
  self->access = access;
  self->refresh = refresh;
  self->expires_at = expires_at;
  self->issued_at = g_get_real_time () / 1000;
  mx_http_set_access_token (self->http, access);
}

typedef struct
{
  MxTokens *tokens;
  MxLoginReply *reply; /* NULL: to be asked for */
} MxRenewal;

static void
mx_renewal_free (gpointer data)
{
  MxRenewal *renewal = data;

  g_clear_object (&renewal->tokens);
  g_clear_pointer (&renewal->reply, mx_login_reply_free);
  g_free (renewal);
}

/* The disk first, then use. Not guarded: an answer that was received is kept whatever ends. */
static DexFuture *
adopt (MxTokens *self, const MxLoginReply *reply)
{
  g_autoptr (MxSecret) access = mx_secret_ref (reply->access_token);
  g_autoptr (MxSecret) refresh = NULL;
  g_autoptr (GError) error = NULL;
  gint64 expires_at = 0;

  if (reply->refresh_token != NULL)
    refresh = mx_secret_ref (reply->refresh_token);
  else if (self->refresh != NULL) /* "the old refresh token can be reused" */
    refresh = mx_secret_ref (self->refresh);
  if (reply->expires_in_ms > 0)
    expires_at = g_get_real_time () / 1000 + reply->expires_in_ms;

  if (!dex_await (self->save (access, refresh, expires_at, self->data), &error))
    return dex_future_new_for_error (g_steal_pointer (&error));

  if (!mx_scope_is_cancelled (self->scope))
    mx_tokens_set (self, access, refresh, expires_at);

  return dex_future_new_true ();
}

static DexFuture *
adopt_fiber (gpointer data)
{
  MxRenewal *renewal = data;

  return adopt (renewal->tokens, renewal->reply);
}

DexFuture *
mx_tokens_adopt (MxTokens *self, const MxLoginReply *reply)
{
  MxRenewal *renewal = NULL;

  g_return_val_if_fail (MX_IS_TOKENS (self), NULL);

  renewal = g_new0 (MxRenewal, 1);
  renewal->tokens = g_object_ref (self);
  renewal->reply = mx_login_reply_copy (reply);

  return mx_flow_run (adopt_fiber, renewal, mx_renewal_free);
}

static DexFuture *
refresh_fiber (gpointer data)
{
  MxRenewal *renewal = data;
  MxTokens *self = renewal->tokens;
  g_autoptr (GError) error = NULL;

  renewal->reply =
    dex_await_boxed (mx_guard (self->scope, mx_login_refresh (self->http, self->refresh)), &error);
  if (renewal->reply == NULL)
    {
      /* Only the server's own word ends it: no portal, proxy or cut link does. */
      if (error->domain == MX_MATRIX_ERROR && !mx_error_is_transient (error) &&
          mx_matrix_error_get_errcode (error) != NULL)
        g_clear_pointer (&self->refresh, mx_secret_unref);
      return dex_future_new_for_error (g_steal_pointer (&error));
    }

  return adopt (self, renewal->reply);
}

DexFuture *
mx_tokens_refresh (MxTokens *self)
{
  MxRenewal *renewal = NULL;

  g_return_val_if_fail (MX_IS_TOKENS (self), NULL);

  if (self->under_way != NULL && dex_future_is_pending (self->under_way))
    return dex_ref (self->under_way);
  if (self->refresh == NULL)
    return dex_future_new_reject (MX_MATRIX_ERROR,
                                  MX_MATRIX_ERROR_UNKNOWN_TOKEN,
                                  "There is no refresh token");

  renewal = g_new0 (MxRenewal, 1);
  renewal->tokens = g_object_ref (self);
  dex_clear (&self->under_way);
  self->under_way = mx_flow_run (refresh_fiber, renewal, mx_renewal_free);

  return dex_ref (self->under_way);
}

/* Tokens of a few seconds are used for most of their life all the same. */
static gboolean
is_due (MxTokens *self)
{
  gint64 now = g_get_real_time () / 1000;
  gint64 early = MIN (EARLY_MS, (self->expires_at - self->issued_at) / 4);

  return self->expires_at > 0 && self->refresh != NULL && now >= self->expires_at - early;
}

static DexFuture *
late_is_good_cb (DexFuture *future, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (dex_future_get_value (future, &error) == NULL && mx_error_is_cancelled (error))
    return dex_future_new_for_error (g_steal_pointer (&error));

  return dex_future_new_true ();
}

DexFuture *
mx_tokens_ensure (MxTokens *self)
{
  g_return_val_if_fail (MX_IS_TOKENS (self), NULL);

  if (!is_due (self))
    return dex_future_new_true ();

  return dex_future_finally (mx_tokens_refresh (self), late_is_good_cb, NULL, NULL);
}

void
mx_tokens_stop (MxTokens *self)
{
  g_return_if_fail (MX_IS_TOKENS (self));

  if (self->http != NULL)
    mx_http_set_refresh (self->http, NULL, NULL, NULL);
  mx_scope_cancel (self->scope);
}
