/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Room endpoints. Main thread; each resolves to what its comment says. room_id and event_id are
 * checked and encoded. */
#pragma once

#include "mx-http.h"
#include "mx-event.h"

G_BEGIN_DECLS

/* A page of /messages or /context, decoded on the caller's thread. */
#define MX_TYPE_MESSAGE_PAGE (mx_message_page_get_type ())
typedef struct
{
  char *start, *end;    /* tokens; end NULL: nothing further that way */
  GPtrArray *events;    /* MxEvent, in the order of the request (b: newest first) */
  GPtrArray *state;     /* MxEvent: lazy-loaded members */
  char *before, *after; /* /context only: tokens around; events are then oldest first */
} MxMessagePage;
GType mx_message_page_get_type (void);
MxMessagePage *mx_message_page_copy (const MxMessagePage *self);
void mx_message_page_free (MxMessagePage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxMessagePage, mx_message_page_free)
MxMessagePage *mx_message_page_decode (GBytes *reply, GError **error);    /* any thread */
MxMessagePage *mx_message_context_decode (GBytes *reply, GError **error); /* any thread */

/* GBytes, for mx_message_page_decode. from/to nullable. backwards: dir=b. */
DexFuture *mx_rooms_messages (MxHttp *http,
                              const char *room_id,
                              const char *from,
                              const char *to,
                              gboolean backwards,
                              unsigned limit) G_GNUC_WARN_UNUSED_RESULT;
DexFuture *
mx_rooms_context (MxHttp *http, const char *room_id, const char *event_id, unsigned limit)
  G_GNUC_WARN_UNUSED_RESULT; /* GBytes */
DexFuture *mx_rooms_event (MxHttp *http, const char *room_id, const char *event_id)
  G_GNUC_WARN_UNUSED_RESULT; /* GBytes: one event */
DexFuture *
mx_rooms_timestamp_to_event (MxHttp *http, const char *room_id, gint64 ts_ms, gboolean backwards)
  G_GNUC_WARN_UNUSED_RESULT; /* string: event id */
DexFuture *mx_rooms_members (MxHttp *http, const char *room_id)
  G_GNUC_WARN_UNUSED_RESULT; /* GBytes {chunk:[…]} */
DexFuture *mx_rooms_state (MxHttp *http, const char *room_id)
  G_GNUC_WARN_UNUSED_RESULT; /* GBytes [ … ] */
DexFuture *
mx_rooms_state_event (MxHttp *http, const char *room_id, const char *type, const char *state_key)
  G_GNUC_WARN_UNUSED_RESULT; /* GBytes: its content; NOT_FOUND: there is none */
DexFuture *mx_rooms_send (MxHttp *http,
                          const char *room_id,
                          const char *type,
                          const char *txn_id,
                          const char *content) G_GNUC_WARN_UNUSED_RESULT; /* string: event id */
DexFuture *mx_rooms_redact (MxHttp *http,
                            const char *room_id,
                            const char *event_id,
                            const char *txn_id,
                            const char *reason) G_GNUC_WARN_UNUSED_RESULT; /* string: event id */
DexFuture *mx_rooms_put_state (MxHttp *http,
                               const char *room_id,
                               const char *type,
                               const char *state_key,
                               const char *content)
  G_GNUC_WARN_UNUSED_RESULT; /* string: event id */
DexFuture *mx_rooms_create (MxHttp *http, const char *body)
  G_GNUC_WARN_UNUSED_RESULT; /* string: room id */
DexFuture *mx_rooms_join (MxHttp *http, const char *id_or_alias, const char *const *via)
  G_GNUC_WARN_UNUSED_RESULT; /* string: room id */
DexFuture *mx_rooms_leave (MxHttp *http, const char *room_id) G_GNUC_WARN_UNUSED_RESULT; /* TRUE */
DexFuture *mx_rooms_forget (MxHttp *http, const char *room_id) G_GNUC_WARN_UNUSED_RESULT;
DexFuture *mx_rooms_invite (MxHttp *http, const char *room_id, const char *user_id)
  G_GNUC_WARN_UNUSED_RESULT;
DexFuture *mx_rooms_typing (MxHttp *http,
                            const char *room_id,
                            const char *user_id,
                            gboolean typing,
                            unsigned timeout_ms) G_GNUC_WARN_UNUSED_RESULT;
DexFuture *mx_rooms_receipt (MxHttp *http,
                             const char *room_id,
                             const char *event_id,
                             gboolean private_receipt,
                             const char *thread_id) G_GNUC_WARN_UNUSED_RESULT;
DexFuture *mx_rooms_read_markers (MxHttp *http,
                                  const char *room_id,
                                  const char *fully_read,
                                  const char *read,
                                  gboolean private_receipt) G_GNUC_WARN_UNUSED_RESULT;
DexFuture *mx_rooms_set_tag (MxHttp *http,
                             const char *user_id,
                             const char *room_id,
                             const char *tag,
                             gboolean set) G_GNUC_WARN_UNUSED_RESULT;
DexFuture *mx_rooms_set_account_data (MxHttp *http,
                                      const char *user_id,
                                      const char *room_id /* NULL: global */,
                                      const char *type,
                                      const char *content) G_GNUC_WARN_UNUSED_RESULT;
/* Global; GBytes: the content. MX_MATRIX_ERROR_NOT_FOUND. */
DexFuture *mx_rooms_get_account_data (MxHttp *http, const char *user_id, const char *type)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
