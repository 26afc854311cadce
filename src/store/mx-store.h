/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The encrypted database of one account (DESIGN §4): SQLCipher with a raw key, WAL. One MxStore is
 * one connection: the account thread holds the writing one, the main thread a reading one. Every
 * function asserts that it runs on the thread that opened the connection. SQL exists in this layer
 * only. Writing functions need an open transaction unless they say otherwise. */
#pragma once

#include "mx-secret.h"
#include <glib-object.h>

G_BEGIN_DECLS

typedef struct _MxStore MxStore;

typedef enum
{
  MX_STORE_WRITE,
  MX_STORE_READ
} MxStoreMode;

/* path: the database file. key: 32 bytes. WRITE creates the file when missing, takes the owner lock
 * (…/store.lock; MX_STORE_ERROR_BUSY when another process has it), runs migrations. Refuses a
 * plain-text library or file (NOT_ENCRYPTED), a wrong key (WRONG_KEY; the file is untouched), a
 * newer schema (TOO_NEW), damage (DAMAGED). */
MxStore *mx_store_open (const char *path, MxSecret *key, MxStoreMode mode, GError **error);
void mx_store_close (MxStore *self); /* rolls back what is open */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxStore, mx_store_close)

/* func is called once, when damage is met: from within whatever call met it, on the store's thread.
 * The damage is remembered beside the file: the next mx_store_open() for writing fails with
 * DAMAGED, and mx_store_salvage() is due. */
typedef void (*MxStoreDamageFunc) (gpointer data);
void mx_store_set_damage_func (MxStore *self, MxStoreDamageFunc func, gpointer data);

gboolean mx_store_begin (MxStore *self, GError **error);
gboolean mx_store_commit (MxStore *self, GError **error);
void mx_store_rollback (MxStore *self);

/* Page cache while a big import runs (16 MB) and at rest (2 MB). */
void mx_store_set_importing (MxStore *self, gboolean importing);

/* Names and values of the account itself: user_id, device_id, base_url, access_token,
 * refresh_token, token_expiry, sync_kind, classic_token, sliding_pos, to_device_token, filter_id,
 * filter_hash, server_flags… NULL value removes. get: caller owns, NULL when absent. */
gboolean mx_store_set_value (MxStore *self, const char *name, const char *value, GError **error);
char *mx_store_get_value (MxStore *self, const char *name);
/* The values of all names that begin so, in the order of the names (char*). */
GPtrArray *mx_store_list_values (MxStore *self, const char *prefix);

/* Global and room account data. room_id NULL: global. Content is JSON text. */
char *mx_store_get_account_data (MxStore *self, const char *room_id, const char *type);
gboolean mx_store_set_account_data (MxStore *self,
                                    const char *room_id,
                                    const char *type,
                                    const char *content,
                                    GError **error); /* local echo */

/* integrity_check, cipher_integrity_check, counts, schema version, file size: lines for `chappe-cli
 * report`; no content. Caller owns. */
char *mx_store_health (MxStore *self);
/* Rebuilds everything derived from the raw events (summaries, counts, relations). Own transaction.
 */
gboolean mx_store_repair (MxStore *self, GError **error);

G_END_DECLS
