/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* One device of the account in the list of devices: what it is, and what can be done with it. Main
 * thread. Signals: "verify", "sign-out", "renamed" (string), "selected" (or no longer). */
#pragma once

#include "mx-device.h"

#include <adwaita.h>

G_BEGIN_DECLS

typedef struct
{
  const char *device_id;
  const char *name;        /* empty: none */
  const char *fingerprint; /* NULL: takes no part in encryption */
  const char *last_ip;     /* NULL */
  gint64 last_seen;        /* ms, 0 unknown */
  MxDeviceTrust trust;
  gboolean is_this;
  gboolean can_verify; /* this device is in a position to do so */
} ChappeSessionFacts;

#define CHAPPE_TYPE_SESSION_ROW (chappe_session_row_get_type ())
G_DECLARE_FINAL_TYPE (ChappeSessionRow, chappe_session_row, CHAPPE, SESSION_ROW, AdwExpanderRow)

GtkWidget *chappe_session_row_new (void);
void chappe_session_row_show (ChappeSessionRow *self, const ChappeSessionFacts *facts);
const char *chappe_session_row_get_device_id (ChappeSessionRow *self);
/* Shows a check. */
void chappe_session_row_set_selectable (ChappeSessionRow *self, gboolean selectable);
gboolean chappe_session_row_is_selected (ChappeSessionRow *self);

G_END_DECLS
