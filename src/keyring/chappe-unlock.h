/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Unlocks an object of the Secret Service, asking the user where the service wants it. By D-Bus:
 * libsecret 0.21 never calls back when the prompt is dismissed. Main thread. Specification:
 * freedesktop.org Secret Service API, "Prompts". */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* unlocked FALSE: the user declined, or nothing could ask. error: there is no such service;
 * borrowed, NULL. */
typedef void (*ChappeUnlockFunc) (gboolean unlocked, const GError *error, gpointer user_data);

/* Calls back exactly once. path: of a collection or an item. */
void chappe_unlock (const char *path, ChappeUnlockFunc callback, gpointer user_data);

G_END_DECLS
