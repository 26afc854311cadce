/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-timeline-text.h"

#include <glib/gi18n-lib.h>

static const char *
resolve_name (const char *user_id, gpointer data)
{
  return mx_room_get_member_name (data, user_id);
}

static char *
one_summary (MxTimelineItem *item, MxRoom *room)
{
  MxContent *content = mx_timeline_item_get_content (item);

  return content != NULL
           ? mx_content_dup_summary (content, mx_timeline_item_get_event (item), resolve_name, room)
           : g_strdup ("");
}

/* Folding counts people, not events: the most frequent changes are told as numbers. */
static char *
count_change (MxMembershipChange change, unsigned n)
{
  switch (change)
    {
    case MX_MEMBERSHIP_CHANGE_JOINED:
      return g_strdup_printf (ngettext ("%u person joined", "%u people joined", n), n);
    case MX_MEMBERSHIP_CHANGE_LEFT:
      return g_strdup_printf (ngettext ("%u person left", "%u people left", n), n);
    case MX_MEMBERSHIP_CHANGE_INVITED:
      return g_strdup_printf (ngettext ("%u person was invited", "%u people were invited", n), n);
    case MX_MEMBERSHIP_CHANGE_KICKED:
    case MX_MEMBERSHIP_CHANGE_BANNED:
      return g_strdup_printf (ngettext ("%u person was removed", "%u people were removed", n), n);
    default:
      return g_strdup_printf (ngettext ("%u other change", "%u other changes", n), n);
    }
}

static char *
group_summary (MxTimelineItem *item, MxRoom *room)
{
  GListModel *events = mx_timeline_item_get_events (item);
  guint n = events != NULL ? g_list_model_get_n_items (events) : 0;
  unsigned counts[MX_MEMBERSHIP_CHANGE_KNOCKED + 1] = { 0 };
  g_autoptr (GString) text = g_string_new (NULL);

  if (n <= 2)
    {
      for (guint i = 0; i < n; i++)
        {
          g_autoptr (MxTimelineItem) child = g_list_model_get_item (events, i);
          g_autofree char *line = one_summary (child, room);

          g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", line);
        }
      return g_string_free_and_steal (g_steal_pointer (&text));
    }

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MxTimelineItem) child = g_list_model_get_item (events, i);
      MxContent *content = mx_timeline_item_get_content (child);
      MxMembershipChange change = mx_content_get_membership_change (content);

      if (change == MX_MEMBERSHIP_CHANGE_BANNED)
        change = MX_MEMBERSHIP_CHANGE_KICKED;
      if (change != MX_MEMBERSHIP_CHANGE_JOINED && change != MX_MEMBERSHIP_CHANGE_LEFT &&
          change != MX_MEMBERSHIP_CHANGE_INVITED && change != MX_MEMBERSHIP_CHANGE_KICKED)
        change = MX_MEMBERSHIP_CHANGE_NONE;
      counts[change]++;
    }

  for (guint i = 1; i <= G_N_ELEMENTS (counts); i++)
    {
      MxMembershipChange change = i % G_N_ELEMENTS (counts); /* NONE, "other", comes last */
      g_autofree char *part = NULL;

      if (counts[change] == 0)
        continue;
      part = count_change (change, counts[change]);
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", part);
    }

  return g_string_free_and_steal (g_steal_pointer (&text));
}

char *
mx_timeline_text_summary (MxTimelineItem *item, MxRoom *room)
{
  return mx_timeline_item_get_kind (item) == MX_ITEM_STATE ? group_summary (item, room)
                                                           : one_summary (item, room);
}

static char *
time_text (MxTimelineItem *item)
{
  g_autoptr (GDateTime) time =
    g_date_time_new_from_unix_local_usec (mx_timeline_item_get_timestamp (item) * 1000);

  return time != NULL ? g_date_time_format (time, "%H:%M") : g_strdup ("");
}

static const char *
state_text (MxTimelineItem *item)
{
  switch (mx_timeline_item_get_send_state (item))
    {
    case MX_SEND_WAITING:
      return _ ("waiting to be sent");
    case MX_SEND_SENDING:
      return _ ("being sent");
    case MX_SEND_FAILED:
      return _ ("not sent");
    case MX_SEND_SENT:
      return _ ("sent");
    case MX_SEND_NONE:
    default:
      return mx_timeline_item_is_edited (item) ? _ ("edited") : NULL;
    }
}

static char *
what_is_said (MxTimelineItem *item, MxRoom *room)
{
  MxContent *content = mx_timeline_item_get_content (item);

  if (content != NULL && mx_content_get_kind (content) == MX_CONTENT_TEXT &&
      mx_content_get_body (content) != NULL && *mx_content_get_body (content) != '\0')
    return g_strdup (mx_content_get_body (content));

  return one_summary (item, room);
}

static char *
message_text (MxTimelineItem *item, MxRoom *room, const char *instead)
{
  const char *name =
    mx_timeline_item_is_own (item) ? _ ("You") : mx_timeline_item_get_sender_name (item);
  MxTimelineItem *reply = mx_timeline_item_get_reply (item);
  g_autofree char *said = instead != NULL ? g_strdup (instead) : what_is_said (item, room);
  g_autofree char *time = time_text (item);
  const char *state = state_text (item);
  g_autoptr (GString) text = g_string_new (name);

  if (reply != NULL && mx_timeline_item_get_sender_name (reply) != NULL)
    {
      g_string_append_c (text, ' ');
      /* Translators: spoken before a message that answers another; %s is a person */
      g_string_append_printf (text, _ ("in reply to %s"), mx_timeline_item_get_sender_name (reply));
    }
  g_string_append_printf (text, _ (": %s"), said);
  g_string_append_printf (text, ", %s", time);
  if (state != NULL)
    g_string_append_printf (text, ", %s", state);

  return g_string_free_and_steal (g_steal_pointer (&text));
}

char *
mx_timeline_text_accessible (MxTimelineItem *item, MxRoom *room, const char *said)
{
  switch (mx_timeline_item_get_kind (item))
    {
    case MX_ITEM_MESSAGE:
      return message_text (item, room, said);
    case MX_ITEM_STATE:
      return group_summary (item, room);
    case MX_ITEM_DAY:
      {
        g_autoptr (GDateTime) day =
          g_date_time_new_from_unix_local_usec (mx_timeline_item_get_timestamp (item) * 1000);

        return day != NULL ? g_date_time_format (day, "%x") : g_strdup ("");
      }
    case MX_ITEM_READ_MARKER:
      return g_strdup (_ ("New messages"));
    case MX_ITEM_GAP:
      return g_strdup (mx_timeline_item_get_gap_state (item) == MX_GAP_FAILED
                         ? _ ("Some messages could not be loaded")
                         : _ ("Loading messages"));
    case MX_ITEM_START:
      return g_strdup (_ ("Beginning of the conversation"));
    case MX_ITEM_FOOTER:
      return g_strdup (_ ("End of the conversation"));
    default:
      return g_strdup ("");
    }
}
