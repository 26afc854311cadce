/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Identifiers and links out of messages. What is a link has valid ids, and its own form is one too.
 */
#include "config.h"

#include "fuzz.h"

#include "mx-matrix-id.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const char *const hosts[] = { "tchap.gouv.fr", NULL };
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *server = NULL;
  g_autofree char *media = NULL;
  g_autoptr (MxLink) link = mx_link_parse (text, hosts);

  mx_user_id_is_valid (text);
  mx_room_id_is_valid (text);
  mx_room_alias_is_valid (text);
  mx_event_id_is_valid (text);
  mx_id_get_server (text);
  g_free (mx_user_id_dup_localpart (text));
  if (mx_mxc_parse (text, &server, &media))
    {
      g_assert_true (mx_server_name_is_valid (server));
      g_assert_null (strpbrk (media, "/.%?#"));
    }

  if (link != NULL)
    {
      g_autofree char *uri = mx_link_to_uri (link);
      g_autoptr (MxLink) again = mx_link_parse (uri, NULL);

      g_assert_true (mx_user_id_is_valid (link->id) || mx_room_id_is_valid (link->id) ||
                     mx_room_alias_is_valid (link->id));
      g_assert_true (link->event_id == NULL || mx_event_id_is_valid (link->event_id));
      g_assert_nonnull (again);
      g_assert_cmpint (again->kind, ==, link->kind);
      g_assert_cmpstr (again->id, ==, link->id);
      g_assert_cmpstr (again->event_id, ==, link->event_id);
    }

  return 0;
}
