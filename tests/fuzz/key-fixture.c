/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See key-fixture.h. */
#include "config.h"

#include "key-fixture.h"

#include "mx-megolm-inbound.h"
#include "mx-megolm-outbound.h"

void
key_fixture_init (KeyFixture *self)
{
  g_autoptr (MxMegolmOutbound) outbound = mx_megolm_outbound_new ();
  g_autoptr (MxSecret) key = mx_megolm_outbound_dup_key (outbound, NULL);
  g_autoptr (MxMegolmInbound) inbound = NULL;
  g_autoptr (MxSecret) exported = NULL;

  encryption_fixture_init (&self->server);
  self->bob = encryption_fixture_add (&self->server, BOB, "BOB");
  self->session_id = mx_megolm_outbound_dup_id (outbound);
  inbound = mx_megolm_inbound_new (mx_secret_get_text (key), self->session_id, NULL);
  exported = mx_megolm_inbound_export (inbound, 0, NULL);
  self->session_key = g_strdup (mx_secret_get_text (exported));
}

void
key_fixture_clear (KeyFixture *self)
{
  g_clear_pointer (&self->session_id, g_free);
  g_clear_pointer (&self->session_key, g_free);
  encryption_fixture_clear (&self->server);
}
