/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-link-finder.h"

#include <string.h>

#define MAX_HREF 4096

char *
mx_href_check (const char *href)
{
  static const char *const schemes[] = {
    "https", "http", "ftp", "mailto", "magnet", "matrix", NULL
  };
  g_autofree char *trimmed = g_strstrip (g_strdup (href));
  g_autofree char *scheme = NULL;
  g_autoptr (GUri) uri = NULL;

  if (strlen (trimmed) > MAX_HREF)
    return NULL;
  for (const char *p = trimmed; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_iscntrl (c) || g_unichar_isspace (c) ||
          g_unichar_type (c) == G_UNICODE_FORMAT || c == '\\' || c == '"' || c == '<' || c == '>')
        return NULL;
    }

  uri = g_uri_parse (trimmed, G_URI_FLAGS_PARSE_RELAXED | G_URI_FLAGS_ENCODED, NULL);
  if (uri == NULL)
    return NULL;

  scheme = g_ascii_strdown (g_uri_get_scheme (uri), -1);
  if (!g_strv_contains (schemes, scheme))
    return NULL;
  /* a password in a link is a disguise */
  if ((*scheme == 'h' || *scheme == 'f') &&
      (g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0' ||
       g_uri_get_userinfo (uri) != NULL))
    return NULL;

  return g_steal_pointer (&trimmed);
}

static gboolean
starts_link (const char *p)
{
  static const char *const prefixes[] = { "https://", "http://", "mailto:", "matrix:" };

  for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++)
    {
      gsize length = strlen (prefixes[i]);

      if (g_ascii_strncasecmp (p, prefixes[i], length) == 0)
        return p[length] != '\0' && !g_ascii_isspace (p[length]);
    }

  return FALSE;
}

static gboolean
ends_link (gunichar c)
{
  return c <= 0x20 || (c < 0x80 && strchr ("<>\"`|\\^{}", (int) c) != NULL) || c == 0xAB ||
         c == 0xBB || (c >= 0x2018 && c <= 0x201F) || g_unichar_isspace (c) ||
         g_unichar_iscntrl (c) || g_unichar_type (c) == G_UNICODE_FORMAT;
}

/* Punctuation at the end belongs to the sentence, and so does a bracket that was opened before the
 * link. */
static const char *
trim_link (const char *start, const char *end)
{
  int round = 0;
  int square = 0;

  for (const char *p = start; p < end; p++)
    {
      round += (*p == '(') - (*p == ')');
      square += (*p == '[') - (*p == ']');
    }

  while (end > start)
    {
      if (strchr (".,;:!?'*~", end[-1]) != NULL)
        end--;
      else if (end[-1] == ')' && round < 0)
        end--, round++;
      else if (end[-1] == ']' && square < 0)
        end--, square++;
      else if (end - start > 3 && memcmp (end - 3, "…", 3) == 0)
        end -= 3;
      else
        break;
    }

  return end;
}

gboolean
mx_find_link (const char *text, gsize *start, gsize *end)
{
  const char *p = text;

  while ((p = strpbrk (p, "hHmM")) != NULL)
    {
      const char *stop = p;

      if ((p > text && g_ascii_isalnum (p[-1])) || !starts_link (p))
        {
          p++;
          continue;
        }

      while (*stop != '\0' && !ends_link (g_utf8_get_char (stop)))
        stop = g_utf8_next_char (stop);
      *start = p - text;
      *end = trim_link (p, stop) - text;
      if (*end > *start)
        return TRUE;
      p = stop;
    }

  return FALSE;
}

static const char *
skip_www (const char *host)
{
  return g_ascii_strncasecmp (host, "www.", 4) == 0 ? host + 4 : host;
}

/* The host that a text names, when it reads as an address; NULL for ordinary words. */
static char *
dup_claimed_host (const char *text)
{
  g_autofree char *host = NULL;
  const char *last_dot;
  const char *slashes;

  /* An address among other words claims as much. */
  slashes = strstr (text, "://");
  if (*text == '\0' || (slashes == NULL && strpbrk (text, " \t\n") != NULL))
    return NULL;

  if (slashes != NULL)
    text = slashes + 3;
  host = g_strndup (text, strcspn (text, "/?#: \t\n"));
  if (strchr (host, '@') != NULL)
    return g_strdup (strrchr (host, '@') + 1);

  last_dot = strrchr (host, '.');
  if (slashes == NULL && (last_dot == NULL || last_dot == host || strlen (last_dot) < 3))
    return NULL;

  return g_steal_pointer (&host);
}

char *
mx_href_dup_warning (const char *href, const char *text)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (text));
  g_autofree char *claimed = dup_claimed_host (trimmed);
  g_autoptr (GUri) uri = NULL;
  const char *real;

  if (claimed == NULL || g_ascii_strcasecmp (trimmed, href) == 0)
    return NULL;

  uri = g_uri_parse (href, G_URI_FLAGS_PARSE_RELAXED | G_URI_FLAGS_ENCODED, NULL);
  if (uri == NULL)
    return NULL;

  real = g_uri_get_host (uri);
  if (real == NULL || *real == '\0')
    {
      const char *path = g_uri_get_path (uri);

      /* mailto: and the like: what follows the scheme */
      if (g_ascii_strcasecmp (path, trimmed) == 0)
        return NULL;
      return g_strdup (*path != '\0' ? path : href);
    }

  if (g_ascii_strcasecmp (skip_www (claimed), skip_www (real)) == 0)
    return NULL;

  return g_strdup (real);
}
