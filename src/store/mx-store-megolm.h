/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Megolm sessions by which messages are read, and what is known of each (research/protocol §4.E).
 * Account thread; writing needs a transaction. */
#pragma once

#include "mx-store-devices.h"

G_BEGIN_DECLS

/* Where a key came from; later ones are worth less (E2E-077, E2E-089). The numbers are stored. */
typedef enum
{
  MX_KEY_ORIGIN_OWN = 0,       /* we made it */
  MX_KEY_ORIGIN_OLM = 1,       /* m.room_key */
  MX_KEY_ORIGIN_FORWARDED = 2, /* by a verified device of ours */
  MX_KEY_ORIGIN_BUNDLE = 3,
  MX_KEY_ORIGIN_BACKUP = 4,
  MX_KEY_ORIGIN_FILE = 5,
} MxKeyOrigin;

typedef struct
{
  gint64 id; /* 0: not stored yet */
  char *room_id;
  char *session_id;
  guint8 curve25519[MX_STORE_KEY_SIZE];
  gboolean has_ed25519;
  guint8 ed25519[MX_STORE_KEY_SIZE]; /* claimed */
  char *sender;                      /* user id, where an Olm message said so; else NULL */
  char *device_keys;                 /* MSC4147, JSON text, NULL */
  GBytes *pickle;
  guint32 first_index;
  MxKeyOrigin origin;
  gboolean shared_history;
  char *chain;     /* forwarding_curve25519_key_chain as JSON text, NULL */
  char *backed_up; /* version of the backup that has it as it is, NULL */
  gint64 received_ms;
} MxStoredMegolm;
void mx_stored_megolm_free (MxStoredMegolm *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxStoredMegolm, mx_stored_megolm_free)

MxStoredMegolm *mx_store_get_megolm (MxStore *self, const char *room_id, const char *session_id);
/* Inserts or replaces; id is set on return. Not backed up then, unless backed_up says so. */
gboolean mx_store_put_megolm (MxStore *self, MxStoredMegolm *session, GError **error);
/* Sessions with id > after, in order of id, at most max: for export and for the backup.
 * not_in: only those that this version of the backup lacks (NULL: all). Of MxStoredMegolm. */
GPtrArray *mx_store_load_megolm (MxStore *self,
                                 gint64 after,
                                 unsigned max,
                                 const char *not_in,
                                 GError **error);
gint64 mx_store_count_megolm (MxStore *self, const char *not_in);
/* The session is in the backup, if first_index is still what was uploaded. */
gboolean mx_store_megolm_backed_up (MxStore *self,
                                    gint64 id,
                                    guint32 first_index,
                                    const char *version,
                                    GError **error);

/* E2E-076. FALSE without error: another event had this index. */
gboolean mx_store_check_megolm_index (MxStore *self,
                                      gint64 session,
                                      guint32 message_index,
                                      const char *event_id,
                                      gint64 ts,
                                      GError **error);

/* What senders said about keys that they keep from us; session_id "": the device has no way to us.
 * code NULL: it said no such thing, or no longer. */
gboolean mx_store_put_withheld (MxStore *self,
                                const char *room_id,
                                const char *session_id,
                                const char *sender,
                                const char *code,
                                GError **error);
char *mx_store_get_withheld (MxStore *self,
                             const char *room_id,
                             const char *session_id,
                             const char *sender);

G_END_DECLS
