/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* For the tests of damaged stores: damage, and what is there before and after. */
#pragma once

#include "store-fixture.h"

#include "mx-store-salvage.h"

G_BEGIN_DECLS

#define PAGE 4096

void run_sql (Fixture *self, const char *sql);
/* Every row as one text. */
GHashTable *read_rows (MxStore *store, const char *table);
GBytes *read_file (const char *path);
void write_file (const char *path, GBytes *bytes);
/* With noise. */
void overwrite (const char *path, goffset offset, gsize size);
/* Of the closed store. */
MxSalvage *salvage (Fixture *self);

G_END_DECLS
