/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* libolm and the fences around it; private to the four files that wrap its objects, the only ones
 * that include this. The traps that it fences off are listed in the tests "crypto/olm-traps". */
#pragma once

#include <olm/inbound_group_session.h>
#include <olm/olm.h>
#include <olm/outbound_group_session.h>

#include "mx-error.h"
#include "mx-olm-account.h"

G_BEGIN_DECLS

/* What failed: code is what *_last_error_code() says *after* the call, in a statement of its own.
 * Returns FALSE. */
gboolean mx_olm_fail (enum OlmErrorCode code, GError **error);

/* Randomness of exactly this size, which may be 0; never NULL. Free with mx_olm_scratch_free(). */
guint8 *mx_olm_scratch_new_random (gsize size);
/* libolm overwrites its input, reads any character as base64 and knows no padding: a checked,
 * unpadded copy of text for one call. NULL with MX_CRYPTO_ERROR_BAD_FORMAT. */
guint8 *mx_olm_scratch_new_base64 (const char *text, gsize *size, GError **error);
/* Wipes and frees. */
void mx_olm_scratch_free (guint8 *scratch, gsize size);
/* Takes buffer, of which the first size bytes count; it is wiped when the bytes die. */
GBytes *mx_olm_plaintext_new (guint8 *buffer, gsize capacity, gsize size);

/* A pickle: what kind of object it is, the format's number, libolm's version, libolm's text. */
#define MX_OLM_PICKLE_KEY_SIZE  32
#define MX_OLM_PICKLE_HEAD_SIZE 8
typedef enum
{
  MX_OLM_PICKLE_ACCOUNT = 'A',
  MX_OLM_PICKLE_SESSION = 'S',
  MX_OLM_PICKLE_MEGOLM_OUTBOUND = 'O',
  MX_OLM_PICKLE_MEGOLM_INBOUND = 'I',
} MxOlmPickleKind;
/* NULL with MX_CRYPTO_ERROR_BAD_KEY unless it has 32 bytes: libolm would take anything, even
 * nothing. */
const guint8 *mx_olm_pickle_key (MxSecret *key, GError **error);
/* A buffer for head and size bytes of text; the head is written. */
guint8 *mx_olm_pickle_new (MxOlmPickleKind kind, gsize size);
/* The text, as a copy that libolm may destroy; NULL with BAD_FORMAT, or UNSUPPORTED for a newer
 * format. */
guint8 *mx_olm_pickle_open (GBytes *pickle, MxOlmPickleKind kind, gsize *size, GError **error);

/* Nothing more to check of an unpickled object. */
#define mx_olm_is_whole(self, error) TRUE
/* For a struct Type with the member "olm", an Olm##olm_name in locked memory: type_alloc(), fail(),
 * which reads why the last call failed and returns FALSE, and the public type_free(), type_pickle()
 * and type_unpickle(); is_whole (Type *, GError **) has the last word on what was unpickled. */
#define MX_OLM_DEFINE_TYPE(Type, type, olm_name, KIND, is_whole)                                   \
  static Type *type##_alloc (void)                                                                 \
  {                                                                                                \
    Type *self = g_new0 (Type, 1);                                                                 \
                                                                                                   \
    self->olm = olm_##olm_name (mx_locked_alloc (olm_##olm_name##_size ()));                       \
                                                                                                   \
    return self;                                                                                   \
  }                                                                                                \
                                                                                                   \
  static gboolean fail (Type *self, GError **error)                                                \
  {                                                                                                \
    enum OlmErrorCode code = olm_##olm_name##_last_error_code (self->olm);                         \
                                                                                                   \
    return mx_olm_fail (code, error);                                                              \
  }                                                                                                \
                                                                                                   \
  void type##_free (Type *self)                                                                    \
  {                                                                                                \
    olm_clear_##olm_name (self->olm);                                                              \
    mx_locked_free (self->olm, olm_##olm_name##_size ());                                          \
    g_free (self);                                                                                 \
  }                                                                                                \
                                                                                                   \
  GBytes *type##_pickle (Type *self, MxSecret *pickle_key, GError **error)                         \
  {                                                                                                \
    const guint8 *key = mx_olm_pickle_key (pickle_key, error);                                     \
    gsize size = olm_pickle_##olm_name##_length (self->olm);                                       \
    g_autofree guint8 *pickle = key != NULL ? mx_olm_pickle_new (KIND, size) : NULL;               \
                                                                                                   \
    if (pickle == NULL)                                                                            \
      return NULL;                                                                                 \
    if (olm_pickle_##olm_name (self->olm,                                                          \
                               key,                                                                \
                               MX_OLM_PICKLE_KEY_SIZE,                                             \
                               pickle + MX_OLM_PICKLE_HEAD_SIZE,                                   \
                               size) == olm_error ())                                              \
      {                                                                                            \
        fail (self, error);                                                                        \
        return NULL;                                                                               \
      }                                                                                            \
                                                                                                   \
    return g_bytes_new_take (g_steal_pointer (&pickle), MX_OLM_PICKLE_HEAD_SIZE + size);           \
  }                                                                                                \
                                                                                                   \
  Type *type##_unpickle (GBytes *pickle, MxSecret *pickle_key, GError **error)                     \
  {                                                                                                \
    const guint8 *key = mx_olm_pickle_key (pickle_key, error);                                     \
    gsize size = 0;                                                                                \
    g_autofree guint8 *text =                                                                      \
      key != NULL ? mx_olm_pickle_open (pickle, KIND, &size, error) : NULL;                        \
    g_autoptr (Type) self = text != NULL ? type##_alloc () : NULL;                                 \
                                                                                                   \
    if (self == NULL)                                                                              \
      return NULL;                                                                                 \
    if (olm_unpickle_##olm_name (self->olm, key, MX_OLM_PICKLE_KEY_SIZE, text, size) ==            \
        olm_error ())                                                                              \
      {                                                                                            \
        fail (self, error);                                                                        \
        return NULL;                                                                               \
      }                                                                                            \
                                                                                                   \
    return is_whole (self, error) ? g_steal_pointer (&self) : NULL;                                \
  }

OlmAccount *mx_olm_account_get_olm (MxOlmAccount *self);

G_END_DECLS
