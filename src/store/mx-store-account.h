/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What the store itself needs of the account data, parsed once: who we are, push rules, ignored
 * people, direct messages. The writing connection forgets it when it changes; the reading one
 * compares texts. Private to store/. */
#pragma once

#include "mx-push-rules.h"
#include "mx-store.h"

G_BEGIN_DECLS

typedef struct
{
  char *own_user_id;
  MxPushRules *rules;
  GHashTable *ignored; /* set of user ids */
  char *ignored_text;  /* what ignored was made of */
  GHashTable *direct;  /* room id → user id, or the address of somebody invited by e-mail */
} MxStoreAccount;

void mx_store_account_forget (MxStore *self);
const char *mx_store_get_own_user_id (MxStore *self); /* borrowed, "" before sign-in */
MxPushRules *mx_store_get_push_rules (MxStore *self); /* borrowed */
gboolean mx_store_is_ignored (MxStore *self, const char *user_id);
const char *mx_store_get_direct_user (MxStore *self, const char *room_id); /* borrowed, NULL */
GHashTable *mx_store_get_direct_map (MxStore *self);                       /* borrowed */
/* Stores content when it differs from what is there; TRUE when it did. */
gboolean mx_store_write_account_data (MxStore *self,
                                      const char *room_id,
                                      const char *type,
                                      const char *content);
char *mx_store_read_account_data (MxStore *self, const char *room_id, const char *type);
void mx_store_write_value (MxStore *self, const char *name, const char *value);

G_END_DECLS
