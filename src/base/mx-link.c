/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Links to users, rooms and events: matrix: URIs (spec appendices, "Matrix URI scheme") and
 * permalinks of web clients, https://HOST/#/ID[/EVENT][?via=…]. Some clients percent-encode an id
 * twice, so decoding is lenient. Nothing that does not end in valid ids is a link. */
#include "config.h"

#include "mx-matrix-id.h"

#include <string.h>

#define MAX_LINK_LENGTH 4096
#define MAX_VIA         20

static char *
decode (const char *text)
{
  g_autofree char *once = g_uri_unescape_string (text, NULL);
  char *twice = NULL;

  if (once == NULL)
    return NULL;

  /* A sigil or colon that is still encoded was encoded twice. */
  if (strchr (once, '%') == NULL)
    return g_steal_pointer (&once);
  twice = g_uri_unescape_string (once, NULL);

  return twice != NULL ? twice : g_steal_pointer (&once);
}

static GStrv
parse_via (const char *query)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) pairs = g_strsplit (query != NULL ? query : "", "&", -1);
  unsigned count = 0;

  for (gsize i = 0; pairs[i] != NULL && count < MAX_VIA; i++)
    {
      g_autofree char *server = NULL;

      if (!g_str_has_prefix (pairs[i], "via="))
        continue;

      server = decode (pairs[i] + strlen ("via="));
      if (mx_server_name_is_valid (server))
        {
          g_strv_builder_take (builder, g_steal_pointer (&server));
          count++;
        }
    }

  return g_strv_builder_end (builder);
}

/* Takes id and event_id; NULL when they do not fit together. */
static MxLink *
link_new (char *id, char *event_id, const char *query)
{
  g_autofree char *owned_id = id;
  g_autofree char *owned_event = event_id;
  MxLinkKind kind = MX_LINK_NONE;
  MxLink *self = NULL;

  if (mx_user_id_is_valid (owned_id))
    kind = owned_event == NULL ? MX_LINK_USER : MX_LINK_NONE;
  else if (mx_room_id_is_valid (owned_id))
    kind = MX_LINK_ROOM_ID;
  else if (mx_room_alias_is_valid (owned_id))
    kind = MX_LINK_ROOM_ALIAS;

  if (kind != MX_LINK_NONE && owned_event != NULL)
    kind = mx_event_id_is_valid (owned_event) ? MX_LINK_EVENT : MX_LINK_NONE;
  if (kind == MX_LINK_NONE)
    return NULL;

  self = g_new0 (MxLink, 1);
  self->kind = kind;
  self->id = g_steal_pointer (&owned_id);
  self->event_id = g_steal_pointer (&owned_event);
  self->via = parse_via (query);

  return self;
}

static char
sigil_of (const char *type)
{
  static const struct
  {
    const char *type;
    char sigil;
  } sigils[] = {
    { "u", '@' },      { "user", '@' }, { "r", '#' },     { "room", '#' },
    { "roomid", '!' }, { "e", '$' },    { "event", '$' },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (sigils); i++)
    if (g_str_equal (type, sigils[i].type))
      return sigils[i].sigil;

  return '\0';
}

/* type and text of two path segments as an id; NULL when there is no such type */
static char *
join_id (const char *type, const char *text)
{
  g_autofree char *decoded = decode (text);
  char sigil = sigil_of (type);

  return decoded != NULL && sigil != '\0' ? g_strdup_printf ("%c%s", sigil, decoded) : NULL;
}

/* path: what follows "matrix:", up to the query */
static MxLink *
parse_matrix_uri (const char *path, const char *query)
{
  g_auto (GStrv) parts = NULL;
  g_autofree char *id = NULL;
  g_autofree char *event = NULL;
  guint count = 0;

  /* An authority says which server to ask; we ask our own. */
  if (g_str_has_prefix (path, "//"))
    {
      path = strchr (path + 2, '/');
      if (path == NULL)
        return NULL;
      path++;
    }

  parts = g_strsplit (path, "/", 5);
  count = g_strv_length (parts);
  if (count != 2 && count != 4)
    return NULL;

  id = join_id (parts[0], parts[1]);
  if (id == NULL || id[0] == '$')
    return NULL;

  if (count == 4)
    {
      event = join_id (parts[2], parts[3]);
      if (event == NULL || event[0] != '$')
        return NULL;
    }

  return link_new (g_steal_pointer (&id), g_steal_pointer (&event), query);
}

/* path: what follows "#/", up to the query */
static MxLink *
parse_permalink (const char *path, const char *query)
{
  g_autofree char *id = NULL;
  g_autofree char *event = NULL;
  const char *slash = NULL;

  if (g_str_has_prefix (path, "room/"))
    path += strlen ("room/");
  else if (g_str_has_prefix (path, "user/"))
    path += strlen ("user/");

  slash = strchr (path, '/');
  if (slash != NULL)
    {
      g_autofree char *first = g_strndup (path, slash - path);

      id = decode (first);
      if (slash[1] != '\0')
        event = decode (slash + 1);
    }
  else
    id = decode (path);

  return link_new (g_steal_pointer (&id), g_steal_pointer (&event), query);
}

/* What follows "https://HOST/#/" when HOST is one that makes permalinks, else NULL. */
static const char *
skip_permalink_host (const char *uri, const char *const *hosts)
{
  static const char *const known[] = { "matrix.to", "www.matrix.to", NULL };
  g_autofree char *host = NULL;
  gsize length = 0;

  if (g_ascii_strncasecmp (uri, "https://", 8) != 0)
    return NULL;

  uri += 8;
  length = strcspn (uri, "/?#");
  host = g_ascii_strdown (uri, (gssize) length);
  if (!g_strv_contains (known, host) && (hosts == NULL || !g_strv_contains (hosts, host)))
    return NULL;

  uri += length;
  if (*uri == '/')
    uri++;

  return g_str_has_prefix (uri, "#/") ? uri + 2 : NULL;
}

MxLink *
mx_link_parse (const char *uri, const char *const *hosts)
{
  const char *rest = NULL;
  const char *query = NULL;
  g_autofree char *path = NULL;
  gboolean is_matrix = FALSE;

  if (uri == NULL || strlen (uri) > MAX_LINK_LENGTH || !g_utf8_validate (uri, -1, NULL))
    return NULL;

  is_matrix = g_ascii_strncasecmp (uri, "matrix:", 7) == 0;
  rest = is_matrix ? uri + 7 : skip_permalink_host (uri, hosts);
  if (rest == NULL)
    return NULL;

  query = strchr (rest, '?');
  path = query != NULL ? g_strndup (rest, query - rest) : g_strdup (rest);
  /* a matrix: URI may end in a fragment, which means nothing */
  if (is_matrix)
    path[strcspn (path, "#")] = '\0';
  if (query != NULL)
    query++;

  return is_matrix ? parse_matrix_uri (path, query) : parse_permalink (path, query);
}

void
mx_link_free (MxLink *self)
{
  if (self == NULL)
    return;

  g_free (self->id);
  g_free (self->event_id);
  g_strfreev (self->via);
  g_free (self);
}

char *
mx_link_to_uri (const MxLink *self)
{
  static const char allowed[] = "!$&'()*+,;=:@";
  GString *uri = NULL;
  const char *separator = "?";

  g_return_val_if_fail (self != NULL && self->id != NULL, NULL);

  uri = g_string_new ("matrix:");
  g_string_append (uri, self->id[0] == '@' ? "u/" : self->id[0] == '#' ? "r/" : "roomid/");
  g_string_append_uri_escaped (uri, self->id + 1, allowed, FALSE);
  if (self->event_id != NULL)
    {
      g_string_append (uri, "/e/");
      g_string_append_uri_escaped (uri, self->event_id + 1, allowed, FALSE);
    }

  for (gsize i = 0; self->via != NULL && self->via[i] != NULL; i++)
    {
      g_string_append_printf (uri, "%svia=", separator);
      g_string_append_uri_escaped (uri, self->via[i], ":[]", FALSE);
      separator = "&";
    }

  return g_string_free_and_steal (uri);
}
