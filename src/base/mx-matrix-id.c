/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Matrix identifiers (spec appendices, "Identifier grammar"). Ids come from servers and from other
 * people's messages: they are shown, become path segments and keys, so control characters and wrong
 * sizes end here. */
#include "config.h"

#include "mx-matrix-id.h"

#include <string.h>

#define MAX_ID_LENGTH   255
#define MAX_HOST_LENGTH 230

static gboolean
is_host_char (char c)
{
  return g_ascii_isalnum (c) || c == '-' || c == '.';
}

static gboolean
is_ipv6_char (char c)
{
  return g_ascii_isxdigit (c) || c == ':' || c == '.';
}

static gboolean
is_media_char (char c)
{
  return g_ascii_isalnum (c) || c == '-' || c == '_';
}

gboolean
mx_server_name_is_valid (const char *name)
{
  const char *p = name;
  gsize digits = 0;

  if (name == NULL)
    return FALSE;

  if (*p == '[')
    {
      const char *start = ++p;

      while (is_ipv6_char (*p))
        p++;
      if (p - start < 2 || p - start > 45 || *p != ']')
        return FALSE;
      p++;
    }
  else
    {
      while (is_host_char (*p))
        p++;
      if (p == name || p - name > MAX_HOST_LENGTH)
        return FALSE;
    }

  if (*p == '\0')
    return TRUE;
  if (*p != ':')
    return FALSE;

  for (p++; g_ascii_isdigit (p[digits]); digits++)
    ;

  return digits >= 1 && digits <= 5 && p[digits] == '\0';
}

/* sigil, then text without white space or control characters, no longer than an id may be. */
static gboolean
is_plausible (const char *id, char sigil)
{
  gsize length = 0;

  if (id == NULL || id[0] != sigil)
    return FALSE;

  length = strlen (id);
  if (length > MAX_ID_LENGTH || !g_utf8_validate (id, (gssize) length, NULL))
    return FALSE;

  for (const char *p = id; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      /* Cf: invisible ones, and those that turn the writing direction */
      if (g_unichar_iscntrl (c) || g_unichar_type (c) == G_UNICODE_FORMAT)
        return FALSE;
    }

  return TRUE;
}

static gboolean
has_valid_server (const char *id)
{
  const char *server = mx_id_get_server (id);

  return server != NULL && mx_server_name_is_valid (server);
}

gboolean
mx_user_id_is_valid (const char *id)
{
  return is_plausible (id, '@') && has_valid_server (id);
}

gboolean
mx_room_id_is_valid (const char *id)
{
  if (!is_plausible (id, '!') || id[1] == '\0' || id[1] == ':')
    return FALSE;

  return strchr (id, ':') == NULL || has_valid_server (id);
}

gboolean
mx_room_alias_is_valid (const char *id)
{
  return is_plausible (id, '#') && id[1] != ':' && has_valid_server (id);
}

gboolean
mx_event_id_is_valid (const char *id)
{
  if (!is_plausible (id, '$') || id[1] == '\0' || id[1] == ':')
    return FALSE;

  return strchr (id, ':') == NULL || has_valid_server (id);
}

const char *
mx_id_get_server (const char *id)
{
  const char *colon = NULL;

  if (id == NULL || id[0] == '\0' || strchr ("@!#$", id[0]) == NULL)
    return NULL;

  colon = strchr (id, ':');

  return colon != NULL && colon[1] != '\0' ? colon + 1 : NULL;
}

char *
mx_user_id_dup_localpart (const char *id)
{
  const char *colon = NULL;

  if (id == NULL || id[0] != '@')
    return NULL;

  colon = strchr (id, ':');

  return colon != NULL ? g_strndup (id + 1, colon - id - 1) : NULL;
}

gboolean
mx_mxc_parse (const char *uri, char **server, char **media)
{
  g_autofree char *host = NULL;
  const char *slash = NULL;
  const char *p = NULL;

  if (uri == NULL || !g_str_has_prefix (uri, "mxc://") || strlen (uri) > 512)
    return FALSE;

  uri += strlen ("mxc://");
  slash = strchr (uri, '/');
  if (slash == NULL || slash[1] == '\0')
    return FALSE;

  host = g_strndup (uri, slash - uri);
  if (!mx_server_name_is_valid (host))
    return FALSE;

  for (p = slash + 1; is_media_char (*p); p++)
    ;
  if (*p != '\0')
    return FALSE;

  if (server != NULL)
    *server = g_steal_pointer (&host);
  if (media != NULL)
    *media = g_strdup (slash + 1);

  return TRUE;
}
