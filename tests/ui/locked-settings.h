/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* GSettings in memory with keys that an organisation decided. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Before anything reads settings. */
void locked_settings_use (void);
/* path: "/im/chappe/Chappe/…"; takes a floating value. */
void locked_settings_lock (const char *path, GVariant *value);
/* The value is forgotten, too. */
void locked_settings_unlock (const char *path);
/* Forgets what was written, but for what is locked. */
void locked_settings_reset (void);

G_END_DECLS
