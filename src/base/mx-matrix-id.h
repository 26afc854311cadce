/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Matrix identifiers and links: checks of hostile ids, matrix: URIs (spec appendices, "Matrix URI
 * scheme") and permalinks (matrix.to and the deployment's hosts). Pure functions, any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean
mx_user_id_is_valid (const char *id); /* @local:server, at most 255 bytes, no control characters */
gboolean mx_room_id_is_valid (const char *id); /* !opaque[:server]; version 12 ids have no server */
gboolean mx_room_alias_is_valid (const char *id);
gboolean mx_event_id_is_valid (const char *id);
const char *mx_id_get_server (const char *id); /* borrowed; NULL when there is none */
char *mx_user_id_dup_localpart (const char *id);
gboolean mx_server_name_is_valid (const char *name);

/* mxc://server/media: FALSE unless both parts are well formed (they become path segments). */
gboolean mx_mxc_parse (const char *uri, char **server, char **media);

typedef enum
{
  MX_LINK_NONE,
  MX_LINK_USER,
  MX_LINK_ROOM_ID,
  MX_LINK_ROOM_ALIAS,
  MX_LINK_EVENT
} MxLinkKind;
typedef struct
{
  MxLinkKind kind;
  char *id;       /* user id, room id or alias */
  char *event_id; /* MX_LINK_EVENT only; id is then a room id or alias */
  GStrv via;
} MxLink;
/* Accepts matrix: URIs and https://matrix.to/#/… plus https://HOST/#/… and https://HOST/#/room/…
 * for each of hosts (nullable). */
MxLink *mx_link_parse (const char *uri, const char *const *hosts);
void mx_link_free (MxLink *self);
char *mx_link_to_uri (const MxLink *self); /* matrix: form */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxLink, mx_link_free)

G_END_DECLS
