/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A damaged store: what can still be read goes into a new file, the damaged one is kept aside, and
 * what was lost is written down (DESIGN §4). A store that reported damage once is refused by
 * mx_store_open() with MX_STORE_ERROR_DAMAGED until that was done. */
#pragma once

#include "mx-store.h"

G_BEGIN_DECLS

typedef struct
{
  gint64 when_ms;
  char *kept_file;         /* name of the damaged file, in the folder of the store */
  gint64 kept, lost;       /* rows; lost -1: some, nobody knows how many */
  gboolean lost_own_words; /* unsent messages or drafts may be missing */
  gboolean lost_account;   /* values of the account may be missing: tokens, settings */
  gboolean lost_history;   /* what the server has, too */
  gboolean lost_keys;      /* tables that this code does not know: keys */
  unsigned lost_changes;   /* pieces of the write-ahead log: anything in the store may be older
                              than it was, a ratchet, too */
  GPtrArray *tables;       /* char*: names of those that lost something */
} MxSalvage;
void mx_salvage_free (MxSalvage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxSalvage, mx_salvage_free)

/* done: from 0 to 1. On the calling thread. */
typedef void (*MxSalvageFunc) (double done, gpointer data);

/* Nobody may have the store open. Blocks as long as it takes; interrupted at any moment, the store
 * is as before or as after. Errors: DAMAGED (nothing can be read: the file stays as it is),
 * WRONG_KEY, TOO_NEW, BUSY, FULL (room for a second file is needed). */
MxSalvage *mx_store_salvage (const char *path,
                             MxSecret *key,
                             MxSalvageFunc progress,
                             gpointer data,
                             GError **error);

/* What the last salvage reported, NULL: there was none, or it was acknowledged. */
MxSalvage *mx_store_get_salvage (MxStore *self);
/* Writes: the user has been told. */
gboolean mx_store_acknowledge_salvage (MxStore *self, GError **error);

/* Whether there is a file with something in it: an account's store is never made anew by itself. */
gboolean mx_store_is_there (const char *path);

G_END_DECLS
