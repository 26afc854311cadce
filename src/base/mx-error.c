/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The error domains, what a Matrix error carries besides its code, and which errors are worth
 * another try. */
#include "config.h"

#include "mx-error.h"

#include <gio/gio.h>

typedef struct
{
  char *errcode;
  char *body;
  gint64 retry_after_ms;
  unsigned http_status;
} MxMatrixErrorPrivate;

static void
mx_matrix_error_private_init (MxMatrixErrorPrivate *priv)
{
  priv->retry_after_ms = -1;
}

static void
mx_matrix_error_private_copy (const MxMatrixErrorPrivate *from, MxMatrixErrorPrivate *to)
{
  to->errcode = g_strdup (from->errcode);
  to->body = g_strdup (from->body);
  to->retry_after_ms = from->retry_after_ms;
  to->http_status = from->http_status;
}

static void
mx_matrix_error_private_clear (MxMatrixErrorPrivate *priv)
{
  g_clear_pointer (&priv->errcode, g_free);
  g_clear_pointer (&priv->body, g_free);
}

G_DEFINE_EXTENDED_ERROR (MxMatrixError, mx_matrix_error)

G_DEFINE_QUARK (mx_store_error, mx_store_error)
G_DEFINE_QUARK (mx_crypto_error, mx_crypto_error)
G_DEFINE_QUARK (mx_recovery_key_error, mx_recovery_key_error)
G_DEFINE_QUARK (mx_session_error, mx_session_error)

GError *
mx_matrix_error_new (MxMatrixError code,
                     unsigned http_status,
                     const char *errcode,
                     gint64 retry_after_ms,
                     const char *message)
{
  GError *error = g_error_new_literal (MX_MATRIX_ERROR, code, message != NULL ? message : "");
  MxMatrixErrorPrivate *priv = mx_matrix_error_get_private (error);

  priv->errcode = g_strdup (errcode);
  priv->retry_after_ms = retry_after_ms >= 0 ? retry_after_ms : -1;
  priv->http_status = http_status;

  return error;
}

GError *
mx_error_new_stored (const char *domain, int code, const char *message)
{
  (void) MX_MATRIX_ERROR; /* registers it */

  return g_error_new_literal (domain != NULL ? g_quark_from_string (domain) : MX_SESSION_ERROR,
                              code,
                              message);
}

static const MxMatrixErrorPrivate *
peek_private (const GError *error)
{
  if (error == NULL || error->domain != MX_MATRIX_ERROR)
    return NULL;

  return mx_matrix_error_get_private (error);
}

gint64
mx_matrix_error_get_retry_after (const GError *error)
{
  const MxMatrixErrorPrivate *priv = peek_private (error);

  return priv != NULL ? priv->retry_after_ms : -1;
}

const char *
mx_matrix_error_get_errcode (const GError *error)
{
  const MxMatrixErrorPrivate *priv = peek_private (error);

  return priv != NULL ? priv->errcode : NULL;
}

unsigned
mx_matrix_error_get_status (const GError *error)
{
  const MxMatrixErrorPrivate *priv = peek_private (error);

  return priv != NULL ? priv->http_status : 0;
}

const char *
mx_matrix_error_get_body (const GError *error)
{
  const MxMatrixErrorPrivate *priv = peek_private (error);

  return priv != NULL ? priv->body : NULL;
}

void
mx_matrix_error_set_body (GError *error, const char *body)
{
  MxMatrixErrorPrivate *priv = NULL;

  g_return_if_fail (error != NULL && error->domain == MX_MATRIX_ERROR);

  priv = mx_matrix_error_get_private (error);
  g_set_str (&priv->body, body);
}

static gboolean
io_error_is_transient (int code)
{
  switch ((GIOErrorEnum) code)
    {
    case G_IO_ERROR_TIMED_OUT:
    case G_IO_ERROR_HOST_NOT_FOUND:
    case G_IO_ERROR_HOST_UNREACHABLE:
    case G_IO_ERROR_NETWORK_UNREACHABLE:
    case G_IO_ERROR_CONNECTION_REFUSED:
    case G_IO_ERROR_CONNECTION_CLOSED:
    case G_IO_ERROR_NOT_CONNECTED:
    case G_IO_ERROR_PARTIAL_INPUT:
    case G_IO_ERROR_PROXY_FAILED:
    case G_IO_ERROR_PROXY_NOT_ALLOWED: /* of this network; the next one has another proxy */
      return TRUE;

    default:
      return FALSE;
    }
}

gboolean
mx_error_is_transient (const GError *error)
{
  if (error == NULL)
    return FALSE;

  if (error->domain == G_IO_ERROR)
    return io_error_is_transient (error->code);

  if (error->domain == G_RESOLVER_ERROR)
    return TRUE;

  /* A link that is cut in the handshake; a refused certificate stays refused. */
  if (error->domain == G_TLS_ERROR)
    return error->code == G_TLS_ERROR_EOF || error->code == G_TLS_ERROR_NOT_TLS;

  if (error->domain == MX_MATRIX_ERROR)
    return error->code == MX_MATRIX_ERROR_LIMIT_EXCEEDED || error->code == MX_MATRIX_ERROR_SERVER ||
           error->code == MX_MATRIX_ERROR_CAPTIVE_PORTAL ||
           mx_matrix_error_get_status (error) >= 500;

  return FALSE;
}

gboolean
mx_error_is_cancelled (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}
