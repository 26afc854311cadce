/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-store-identities.h. */
#include "config.h"

#include "mx-store-identities.h"

void
mx_stored_identity_free (MxStoredIdentity *self)
{
  if (self == NULL)
    return;
  g_free (self->user_id);
  g_free (self->master);
  g_free (self->self_signing);
  g_free (self->user_signing);
  g_free (self);
}

MxIdentityState
mx_stored_identity_get_state (const MxStoredIdentity *self)
{
  return MX_IDENTITY_STATE_NONE;
}

MxStoredIdentity *
mx_store_get_identity (MxStore *self, const char *user_id)
{
  return NULL;
}

gboolean
mx_store_put_identity (MxStore *self, const MxStoredIdentity *identity, GError **error)
{
  return TRUE;
}

gboolean
mx_store_set_secret (MxStore *self, const char *name, MxSecret *value, GError **error)
{
  return TRUE;
}

MxSecret *
mx_store_get_secret (MxStore *self, const char *name)
{
  return NULL;
}
