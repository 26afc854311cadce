/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What a salvage reported, kept in the store until the user was told. Private to store/. */
#pragma once

#include "mx-store-salvage.h"

G_BEGIN_DECLS

/* In an open transaction. */
gboolean mx_salvage_write (MxStore *store, const MxSalvage *report, GError **error);

G_END_DECLS
