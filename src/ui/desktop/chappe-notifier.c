/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Desktop notifications of one account, through GNotification (the portal in a sandbox). */
#include "config.h"

#include "chappe-notifier.h"

#include <gdk/gdk.h>
#include <glib/gi18n.h>

/* The enum of the key "notification-preview". */
typedef enum
{
  PREVIEW_FULL,
  PREVIEW_SENDER,
  PREVIEW_NONE,
} Preview;

struct _ChappeNotifier
{
  GObject parent_instance;

  GApplication *application; /* not owned: it lives longer */
  GSettings *settings;
  GHashTable *shown; /* MxRoom, owned: rooms with a notification */
  MxRoom *watched;
  gint64 rung_us; /* monotonic; 0: never */
};

G_DEFINE_FINAL_TYPE (ChappeNotifier, chappe_notifier, G_TYPE_OBJECT)

/* Many messages at once are one sound. */
#define BELL_US (2 * G_USEC_PER_SEC)

static unsigned bell_signal;

static char *
notification_id (MxRoom *room)
{
  return g_strconcat ("room-", mx_room_get_id (room), NULL);
}

void
chappe_notifier_dup_texts (MxRoom *room, int preview, char **title, char **body)
{
  const MxRoomRow *row = mx_room_get_row (room);
  g_autofree char *line = NULL;

  g_object_get (room, "preview", &line, NULL);
  switch ((Preview) preview)
    {
    case PREVIEW_FULL:
      *title = g_strdup (mx_room_get_name (room));
      *body =
        g_strdup (line != NULL && row->preview == MX_ROOM_PREVIEW_TEXT ? line : _ ("New message"));
      return;
    case PREVIEW_SENDER:
      *title = g_strdup (row->is_direct || row->last_sender_name == NULL ? mx_room_get_name (room)
                                                                         : row->last_sender_name);
      *body = g_strdup (_ ("New message"));
      return;
    case PREVIEW_NONE:
    default:
      *title = g_strdup (_ ("Chappe"));
      *body = g_strdup (_ ("You have new messages"));
    }
}

static void
withdraw (ChappeNotifier *self, MxRoom *room)
{
  g_autofree char *id = NULL;

  if (!g_hash_table_contains (self->shown, room))
    return;
  id = notification_id (room);
  g_application_withdraw_notification (self->application, id);
  g_signal_handlers_disconnect_by_data (room, self);
  g_hash_table_remove (self->shown, room);
}

static void
unread_cb (ChappeNotifier *self, GParamSpec *pspec, MxRoom *room)
{
  if (mx_room_get_unread (room) == 0 && mx_room_get_highlights (room) == 0)
    withdraw (self, room);
}

/* "Do not disturb" of the desktop, where it can be known. */
static gboolean
is_quiet (void)
{
  static const char id[] = "org.gnome.desktop.notifications";
  static const char banners[] = "show-banners";
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema =
    source != NULL ? g_settings_schema_source_lookup (source, id, TRUE) : NULL;
  g_autoptr (GSettings) settings = schema != NULL ? g_settings_new (id) : NULL;

  return settings != NULL && g_settings_schema_has_key (schema, banners) &&
         !g_settings_get_boolean (settings, banners);
}

static void
ring (ChappeNotifier *self)
{
  gint64 now = g_get_monotonic_time ();

  if (!g_settings_get_boolean (self->settings, "notification-sound") ||
      (self->rung_us != 0 && now - self->rung_us < BELL_US) || is_quiet ())
    return;
  self->rung_us = now;
  g_signal_emit (self, bell_signal, 0);
}

static void
chappe_notifier_bell (ChappeNotifier *self)
{
  GdkDisplay *display = gdk_display_get_default ();

  if (display != NULL)
    gdk_display_beep (display);
}

static void
notify_event_cb (ChappeNotifier *self,
                 MxRoom *room,
                 const char *event_id,
                 gboolean highlight,
                 gboolean sound,
                 MxSession *session)
{
  g_autoptr (GNotification) notification = NULL;
  g_autofree char *id = NULL;
  g_autofree char *title = NULL;
  g_autofree char *body = NULL;
  gboolean urgent = highlight || mx_room_get_section (room) == MX_ROOM_SECTION_DIRECT;

  if (room == self->watched || !g_settings_get_boolean (self->settings, "notifications"))
    return;

  chappe_notifier_dup_texts (room,
                             g_settings_get_enum (self->settings, "notification-preview"),
                             &title,
                             &body);
  notification = g_notification_new (title);
  g_notification_set_body (notification, body);
  g_notification_set_category (notification, "im.received");
  g_notification_set_priority (notification,
                               urgent ? G_NOTIFICATION_PRIORITY_HIGH
                                      : G_NOTIFICATION_PRIORITY_NORMAL);
  g_notification_set_default_action_and_target (notification,
                                                "app.open-event",
                                                "(ss)",
                                                mx_room_get_id (room),
                                                event_id);
  /* GNotification has no entry: the conversation opens with the focus where one writes. */
  g_notification_add_button_with_target (notification,
                                         _ ("Reply"),
                                         "app.open-event",
                                         "(ss)",
                                         mx_room_get_id (room),
                                         "");
  g_notification_add_button_with_target (notification,
                                         _ ("Mark as Read"),
                                         "app.mark-read",
                                         "s",
                                         mx_room_get_id (room));
  id = notification_id (room);
  g_application_send_notification (self->application, id, notification);
  if (sound)
    ring (self);

  if (g_hash_table_add (self->shown, g_object_ref (room)))
    g_signal_connect_object (room,
                             "notify::unread",
                             G_CALLBACK (unread_cb),
                             self,
                             G_CONNECT_SWAPPED);
}

/* What was said must not stay in sight after a sign-out, nor its buttons without anybody behind. */
static void
withdraw_all (ChappeNotifier *self)
{
  GHashTableIter iter;
  gpointer room = NULL;

  if (self->shown == NULL || self->application == NULL)
    return;

  g_hash_table_iter_init (&iter, self->shown);
  while (g_hash_table_iter_next (&iter, &room, NULL))
    {
      g_autofree char *id = notification_id (room);

      g_application_withdraw_notification (self->application, id);
    }
}

static void
chappe_notifier_dispose (GObject *object)
{
  ChappeNotifier *self = CHAPPE_NOTIFIER (object);

  withdraw_all (self);
  g_clear_object (&self->settings);
  g_clear_object (&self->watched);
  g_clear_pointer (&self->shown, g_hash_table_unref);

  G_OBJECT_CLASS (chappe_notifier_parent_class)->dispose (object);
}

static void
chappe_notifier_class_init (ChappeNotifierClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = chappe_notifier_dispose;

  bell_signal = g_signal_new_class_handler ("bell",
                                            G_TYPE_FROM_CLASS (klass),
                                            G_SIGNAL_RUN_LAST,
                                            G_CALLBACK (chappe_notifier_bell),
                                            NULL,
                                            NULL,
                                            NULL,
                                            G_TYPE_NONE,
                                            0);
}

static void
chappe_notifier_init (ChappeNotifier *self)
{
  self->settings = g_settings_new (APPLICATION_ID);
  self->shown = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
}

ChappeNotifier *
chappe_notifier_new (GApplication *application, MxSession *session)
{
  ChappeNotifier *self = g_object_new (CHAPPE_TYPE_NOTIFIER, NULL);

  self->application = application;
  g_signal_connect_object (session,
                           "notify-event",
                           G_CALLBACK (notify_event_cb),
                           self,
                           G_CONNECT_SWAPPED);
  return self;
}

void
chappe_notifier_set_watched (ChappeNotifier *self, MxRoom *room)
{
  g_set_object (&self->watched, room);
  if (room != NULL)
    withdraw (self, room);
}
