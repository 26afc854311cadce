/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-timeline-layout.h"

#include "mx-session-private.h"

/* Messages of one person form a group until somebody else speaks or this much time passed. */
#define GROUP_MS (20 * 60 * 1000)

typedef struct
{
  MxTimelineLayout *layout;
  GPtrArray *out;
  GPtrArray *fold;          /* state events gathered for the next STATE item */
  gint64 day;               /* of the last event put out; G_MININT64: none yet */
  MxTimelineItem *previous; /* message that the next one may be grouped with */
  gboolean first;           /* whether it begins its group */
  gint64 known_day;         /* of the timestamps from known_from to before known_until, ms */
  gint64 known_from;
  gint64 known_until;
} Builder;

/* Calendars are slow, and most rows are of the same day as the row before. */
static gint64
day_number (Builder *builder, gint64 timestamp)
{
  g_autoptr (GDateTime) time = NULL;
  g_autoptr (GDateTime) begin = NULL;
  g_autoptr (GDateTime) end = NULL;

  if (timestamp >= builder->known_from && timestamp < builder->known_until)
    return builder->known_day;

  time = g_date_time_new_from_unix_local_usec (timestamp * 1000);
  if (time == NULL)
    return 0;

  begin = g_date_time_new_local (g_date_time_get_year (time),
                                 g_date_time_get_month (time),
                                 g_date_time_get_day_of_month (time),
                                 0,
                                 0,
                                 0);
  end = begin != NULL ? g_date_time_add_days (begin, 1) : NULL;
  builder->known_day =
    (gint64) g_date_time_get_year (time) * 1000 + g_date_time_get_day_of_year (time);
  builder->known_from = end != NULL ? g_date_time_to_unix (begin) * 1000 : timestamp;
  builder->known_until = end != NULL ? g_date_time_to_unix (end) * 1000 : timestamp;

  return builder->known_day;
}

static void
put (Builder *builder, MxTimelineItem *item)
{
  g_ptr_array_add (builder->out, g_object_ref (item));
}

/* A message is told its place once, when the next row is known: each change is drawn. */
static void
end_group (Builder *builder)
{
  if (builder->previous != NULL)
    mx_timeline_item_set_group (builder->previous, builder->first, TRUE);
  builder->previous = NULL;
}

static gboolean
is_taken (Builder *builder, MxTimelineItem *fold)
{
  return g_ptr_array_find (builder->out, fold, NULL);
}

static void
end_fold (Builder *builder)
{
  MxTimelineItem *fold = NULL;

  if (builder->fold->len == 0)
    return;

  for (guint i = 0; fold == NULL && i < builder->fold->len; i++)
    {
      MxTimelineItem *known = mx_timeline_item_get_fold (g_ptr_array_index (builder->fold, i));

      if (known != NULL && !is_taken (builder, known))
        fold = g_object_ref (known);
    }

  if (fold == NULL)
    fold = mx_timeline_item_new (MX_ITEM_STATE, builder->layout->room);
  mx_timeline_item_set_children (fold, builder->fold);
  g_ptr_array_add (builder->out, fold);
  g_ptr_array_set_size (builder->fold, 0);
}

static void
begin_day (Builder *builder, gint64 timestamp)
{
  gint64 day = day_number (builder, timestamp);
  MxTimelineItem *item;

  /* Arrival order rules, so a clock that is wrong may jump back: no separator then. */
  if (builder->day != G_MININT64 && day <= builder->day)
    return;

  end_fold (builder);
  end_group (builder);
  builder->day = day;
  item = g_hash_table_lookup (builder->layout->days, &day);
  if (item == NULL)
    {
      item = mx_timeline_item_new_day (builder->layout->room, timestamp);
      g_hash_table_insert (builder->layout->days, g_memdup2 (&day, sizeof day), item);
    }
  if (!is_taken (builder, item))
    put (builder, item);
}

static void
add_message (Builder *builder, MxTimelineItem *item)
{
  MxTimelineItem *previous = builder->previous;
  gint64 since;

  end_fold (builder);
  since = previous != NULL
            ? mx_timeline_item_get_timestamp (item) - mx_timeline_item_get_timestamp (previous)
            : 0;
  if (previous != NULL &&
      g_strcmp0 (mx_timeline_item_get_sender (previous), mx_timeline_item_get_sender (item)) == 0 &&
      since < GROUP_MS && since > -GROUP_MS)
    {
      mx_timeline_item_set_group (previous, builder->first, FALSE);
      builder->first = FALSE;
    }
  else
    {
      end_group (builder);
      builder->first = TRUE;
    }

  put (builder, item);
  builder->previous = item;
}

/* Who is ignored is not heard; what they do to the room (joining, leaving) stays told. */
static gboolean
is_ignored (Builder *builder, MxTimelineItem *item)
{
  MxSession *session = mx_room_get_session (builder->layout->room);

  return session != NULL && mx_timeline_item_get_kind (item) == MX_ITEM_MESSAGE &&
         !mx_timeline_item_is_folded_kind (item) &&
         mx_session_is_ignored (session, mx_timeline_item_get_sender (item));
}

static void
add_row (Builder *builder, MxTimelineItem *item)
{
  MxTimelineLayout *layout = builder->layout;

  if (mx_timeline_item_get_kind (item) == MX_ITEM_GAP)
    {
      end_fold (builder);
      end_group (builder);
      put (builder, item);
      return;
    }

  if (is_ignored (builder, item))
    return;

  begin_day (builder, mx_timeline_item_get_timestamp (item));

  if (layout->marker_before != NULL &&
      g_strcmp0 (layout->marker_before, mx_timeline_item_get_event_id (item)) == 0)
    {
      end_fold (builder);
      end_group (builder);
      put (builder, layout->marker);
    }

  if (mx_timeline_item_is_folded_kind (item))
    {
      end_group (builder);
      g_ptr_array_add (builder->fold, item);
    }
  else
    add_message (builder, item);
}

GPtrArray *
mx_timeline_layout_build (MxTimelineLayout *self)
{
  g_autoptr (GPtrArray) fold = g_ptr_array_new ();
  Builder builder = {
    .layout = self,
    .out = g_ptr_array_new_with_free_func (g_object_unref),
    .fold = fold,
    .day = G_MININT64,
  };

  if (self->at_start)
    put (&builder, self->start);

  for (guint i = 0; i < self->rows->len; i++)
    add_row (&builder, g_ptr_array_index (self->rows, i));

  for (guint i = 0; i < self->local->len; i++)
    {
      MxTimelineItem *item = g_ptr_array_index (self->local, i);

      begin_day (&builder, mx_timeline_item_get_timestamp (item));
      add_message (&builder, item);
    }

  end_fold (&builder);
  end_group (&builder);
  put (&builder, self->footer);

  return builder.out;
}
