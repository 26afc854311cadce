/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-room-name.h"

#include "mx-matrix-id.h"
#include "mx-text-clean.h"

#include <glib/gi18n-lib.h>

#define MAX_NAME 200
/* More names than this make a list, not a name. */
#define MAX_HEROES 5

/* "A, B and C", or "A, B and 3 others". */
static char *
join_names (GPtrArray *names, unsigned others)
{
  g_autoptr (GString) list = g_string_new (NULL);
  guint listed = others > 0 ? names->len : names->len - 1;

  for (guint i = 0; i < listed; i++)
    {
      if (i > 0)
        /* Translators: between the names of a list, all but the last */
        g_string_append (list, C_ ("list of names", ", "));
      g_string_append (list, g_ptr_array_index (names, i));
    }

  if (others > 0)
    return g_strdup_printf (/* Translators: names of people, then how many more there are */
                            ngettext ("%s and %u other", "%s and %u others", others),
                            list->str,
                            others);
  if (list->len == 0)
    return g_strdup (g_ptr_array_index (names, 0));
  /* Translators: the names of a list, then the last one */
  return g_strdup_printf (C_ ("list of names", "%s and %s"),
                          list->str,
                          (const char *) g_ptr_array_index (names, names->len - 1));
}

char *
mx_room_name_compute (const MxRoomNameParts *parts)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *joined = NULL;
  char *name;
  unsigned people = parts->joined + parts->invited;
  unsigned others;

  name = mx_text_clean_line (parts->name, MAX_NAME);
  if (*name != '\0')
    return name;
  g_free (name);

  name = mx_text_clean_line (parts->canonical_alias, MAX_NAME);
  if (*name != '\0')
    return name;
  g_free (name);

  for (gsize i = 0;
       parts->hero_names != NULL && parts->hero_names[i] != NULL && names->len < MAX_HEROES;
       i++)
    {
      char *hero = mx_text_clean_name (parts->hero_names[i], MAX_NAME);

      if (*hero != '\0')
        g_ptr_array_add (names, hero);
      else
        g_free (hero);
    }

  others = people > names->len + 1 ? people - 1 - names->len : 0;
  if (names->len == 0)
    {
      if (others > 0)
        return g_strdup_printf (ngettext ("%u person", "%u people", others), others);
      return g_strdup (_ ("Empty room"));
    }

  joined = join_names (names, others);
  if (people <= 1)
    /* Translators: %s: names of those who were there */
    return g_strdup_printf (_ ("Empty room (was %s)"), joined);

  return g_steal_pointer (&joined);
}

char *
mx_user_name_compute (const char *display_name, const char *user_id, gboolean ambiguous)
{
  g_autofree char *name = mx_text_clean_name (display_name, MAX_NAME);
  g_autofree char *id = mx_text_clean_line (user_id, MAX_NAME);

  if (*name == '\0')
    {
      char *localpart = mx_user_id_is_valid (user_id) ? mx_user_id_dup_localpart (user_id) : NULL;

      if (localpart != NULL && *localpart != '\0' && !ambiguous)
        return localpart;
      g_free (localpart);
      return g_steal_pointer (&id);
    }

  if (ambiguous)
    return g_strdup_printf ("%s (%s)", name, id);

  return g_steal_pointer (&name);
}
