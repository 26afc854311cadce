/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* X25519 of libsodium, which fails where the result would be all zero. */
#include "config.h"

#include "mx-curve25519.h"

#include <sodium.h>

#include "mx-error.h"

G_STATIC_ASSERT (MX_CURVE25519_KEY_SIZE == crypto_scalarmult_curve25519_BYTES);
G_STATIC_ASSERT (MX_CURVE25519_KEY_SIZE == crypto_scalarmult_curve25519_SCALARBYTES);

static const guint8 *
get_scalar (MxSecret *private_key, GError **error)
{
  gsize size = 0;
  const guint8 *scalar = mx_secret_get_data (private_key, &size);

  if (size == MX_CURVE25519_KEY_SIZE)
    return scalar;

  g_set_error_literal (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_KEY, "A key of the wrong size");

  return NULL;
}

static gboolean
multiply (const guint8 *scalar, const guint8 *point, guint8 *product, GError **error)
{
  if (crypto_scalarmult_curve25519 (product, scalar, point) == 0)
    return TRUE;

  g_set_error_literal (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_KEY, "A point of small order");

  return FALSE;
}

MxSecret *
mx_curve25519_generate (guint8 key[MX_CURVE25519_KEY_SIZE])
{
  MxSecret *private_key = mx_secret_new_random (MX_CURVE25519_KEY_SIZE);

  if (!mx_curve25519_derive_public (private_key, key, NULL))
    g_assert_not_reached ();

  return private_key;
}

gboolean
mx_curve25519_derive_public (MxSecret *private_key,
                             guint8 key[MX_CURVE25519_KEY_SIZE],
                             GError **error)
{
  const guint8 *scalar = get_scalar (private_key, error);

  return scalar != NULL && crypto_scalarmult_curve25519_base (key, scalar) == 0;
}

gboolean
mx_curve25519_check_public (const guint8 key[MX_CURVE25519_KEY_SIZE], GError **error)
{
  /* Any scalar will do: all are multiples of the cofactor. */
  static const guint8 scalar[MX_CURVE25519_KEY_SIZE] = { 8 };
  guint8 product[MX_CURVE25519_KEY_SIZE];

  return multiply (scalar, key, product, error);
}

MxSecret *
mx_curve25519_agree (MxSecret *private_key,
                     const guint8 their_key[MX_CURVE25519_KEY_SIZE],
                     GError **error)
{
  const guint8 *scalar = get_scalar (private_key, error);
  guint8 product[MX_CURVE25519_KEY_SIZE];
  MxSecret *shared = NULL;

  if (scalar != NULL && multiply (scalar, their_key, product, error))
    shared = mx_secret_new (product, sizeof product);
  mx_wipe (product, sizeof product);

  return shared;
}
