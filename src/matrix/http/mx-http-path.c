/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Building request paths, and what may be said of one in a log. */
#include "config.h"

#include "mx-http-exchange.h"

#include <stdarg.h>
#include <string.h>

/* Segments that name an endpoint; every other segment is somebody's id, or may be. */
static const char *const words[] = {
  "_matrix",
  ".well-known",
  "matrix",
  "client",
  "media",
  "r0",
  "v1",
  "v3",
  "v4",
  "unstable",
  "versions",
  "login",
  "logout",
  "refresh",
  "account",
  "whoami",
  "sync",
  "user",
  "filter",
  "rooms",
  "messages",
  "context",
  "event",
  "members",
  "state",
  "send",
  "redact",
  "createRoom",
  "join",
  "leave",
  "forget",
  "invite",
  "typing",
  "receipt",
  "read_markers",
  "tags",
  "account_data",
  "timestamp_to_event",
  "profile",
  "displayname",
  "avatar_url",
  "user_directory",
  "search",
  "pushrules",
  "global",
  "room",
  "override",
  "publicRooms",
  "download",
  "thumbnail",
  "upload",
  "config",
  "auth_metadata",
  "keys",
  "query",
  "claim",
  "sendToDevice",
  "devices",
  "delete_devices",
  "device_signing",
  "signatures",
  "changes",
  "room_keys",
  "version",
  "org.matrix.simplified_msc3575",
};

static void
append_encoded (GString *path, const char *value)
{
  /* A lone dot or two mean a step in the tree, encoded or not, so such a name cannot be said in a
   * path. It is encoded twice: somebody's harmless other name instead of somebody else's endpoint.
   */
  if (strcmp (value, ".") == 0)
    g_string_append (path, "%252E");
  else if (strcmp (value, "..") == 0)
    g_string_append (path, "%252E%252E");
  else
    g_string_append_uri_escaped (path, value, NULL, FALSE);
}

char *
mx_http_path (const char *format, ...)
{
  GString *path = g_string_sized_new (128);
  va_list args;

  va_start (args, format);
  for (const char *p = format; *p != '\0'; p++)
    {
      if (*p != '%')
        {
          g_string_append_c (path, *p);
          continue;
        }

      p++;
      if (*p == 's')
        append_encoded (path, va_arg (args, const char *));
      else if (*p == 'u')
        g_string_append_printf (path, "%u", va_arg (args, unsigned));
      else if (*p == 'd' || *p == 'i')
        g_string_append_printf (path, "%d", va_arg (args, int));
      else if (strncmp (p, G_GINT64_FORMAT, strlen (G_GINT64_FORMAT)) == 0)
        {
          g_string_append_printf (path, "%" G_GINT64_FORMAT, va_arg (args, gint64));
          p += strlen (G_GINT64_FORMAT) - 1;
        }
      else if (*p == '%')
        g_string_append_c (path, '%');
      else
        g_error ("mx_http_path() knows no %%%c", *p);
    }
  va_end (args);

  return g_string_free_and_steal (path);
}

char *
mx_http_path_for_log (const char *path)
{
  g_autofree char *bare = g_strndup (path, strcspn (path, "?#"));
  g_auto (GStrv) segments = g_strsplit (bare, "/", -1);
  GString *text = g_string_new (NULL);

  for (gsize i = 0; segments[i] != NULL; i++)
    {
      gboolean known = *segments[i] == '\0';

      for (gsize j = 0; !known && j < G_N_ELEMENTS (words); j++)
        known = strcmp (words[j], segments[i]) == 0;
      g_string_append_printf (text, "%s%s", i > 0 ? "/" : "", known ? segments[i] : "*");
    }
  return g_string_free_and_steal (text);
}

unsigned
mx_http_path_get_timeout (const char *path)
{
  const char *query = strchr (path, '?');

  for (const char *p = query; p != NULL; p = strchr (p + 1, '&'))
    if (g_str_has_prefix (p + 1, "timeout="))
      return (unsigned) MIN (g_ascii_strtoull (p + 1 + strlen ("timeout="), NULL, 10),
                             10 * 60 * 1000);
  return 0;
}
