/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What encryption says unasked. */
#include "config.h"

#include "chappe-encryption-notices.h"

#include "chappe-encryption-task.h"
#include "chappe-error-text.h"
#include "chappe-time-text.h"

#include <glib/gi18n.h>

typedef enum
{
  NOTICE_BROKEN, /* in order of their weight */
  NOTICE_CONTESTED,
  NOTICE_WENT_BACK,
  NOTICE_NEW_DEVICE,
  NOTICE_BACKUP,
  N_NOTICES,
} Notice;

struct _ChappeEncryptionNotices
{
  GObject parent_instance;

  MxSession *session;
  MxEncryption *encryption;
  ChappeNoticeBar *bar; /* weak */
  GQueue devices;       /* MxDevice that are new */
  int shown;            /* Notice, -1 */
  gboolean begun;
  gboolean gate_shown;   /* once per start */
  gboolean backup_asked; /* once per start */
  gboolean broken_seen;
  MxDeviceNote note_seen;
};

G_DEFINE_FINAL_TYPE (ChappeEncryptionNotices, chappe_encryption_notices, G_TYPE_OBJECT)

static gboolean
has_note (ChappeEncryptionNotices *self, MxDeviceNote note)
{
  return self->note_seen != note && mx_encryption_get_device_note (self->encryption) == note;
}

static gboolean
is_due (ChappeEncryptionNotices *self, Notice notice)
{
  switch (notice)
    {
    case NOTICE_BROKEN:
      return mx_encryption_get_error (self->encryption) != NULL && !self->broken_seen;
    case NOTICE_CONTESTED:
      return has_note (self, MX_DEVICE_NOTE_CONTESTED);
    case NOTICE_WENT_BACK:
      return has_note (self, MX_DEVICE_NOTE_WENT_BACK);
    case NOTICE_NEW_DEVICE:
      return !g_queue_is_empty (&self->devices);
    case NOTICE_BACKUP:
      /* While there is no connection, nobody can tell. */
      return !self->backup_asked &&
             mx_encryption_get_own_identity (self->encryption) == MX_OWN_IDENTITY_VERIFIED &&
             mx_encryption_get_backup_state (self->encryption) == MX_BACKUP_LOCKED &&
             mx_session_get_connection (self->session) == MX_CONNECTION_LIVE;
    case N_NOTICES:
    default:
      return FALSE;
    }
}

static void
show_broken (ChappeEncryptionNotices *self)
{
  g_autofree char *text = chappe_error_text (mx_encryption_get_error (self->encryption));

  chappe_notice_bar_show (self->bar,
                          _ ("This Device Does Not Work Any More"),
                          text,
                          _ ("_Sign Out…"),
                          NULL,
                          TRUE);
}

static gboolean
is_unverified (MxDevice *device)
{
  return mx_device_get_trust (device) == MX_DEVICE_UNVERIFIED;
}

static void
show_new_device (ChappeEncryptionNotices *self)
{
  MxDevice *device = g_queue_peek_head (&self->devices);
  const char *name = mx_device_get_display_name (device);
  gint64 seen = mx_device_get_last_seen (device);
  g_autofree char *time = chappe_time_text_full (seen > 0 ? seen : g_get_real_time () / 1000);
  /* TRANSLATORS: name of a device, and day and time */
  g_autofree char *text =
    g_strdup_printf (_ (
                       "“%s” signed in to your account on %s. If this was not you, sign it out and "
                       "change your password."),
                     *name != '\0' ? name : mx_device_get_device_id (device),
                     time);

  chappe_notice_bar_show (self->bar,
                          _ ("New Device"),
                          text,
                          is_unverified (device) ? _ ("It Was Me: _Verify…") : _ ("It _Was Me"),
                          _ ("_Sign It Out…"),
                          TRUE);
}

static void
show (ChappeEncryptionNotices *self, Notice notice)
{
  self->shown = notice;
  switch (notice)
    {
    case NOTICE_BROKEN:
      show_broken (self);
      break;
    case NOTICE_CONTESTED:
      chappe_notice_bar_show (
        self->bar,
        _ ("Another Program Used This Device"),
        _ ("It had announced other encryption for this device; that was set right. If you do not "
           "know why, sign out the devices that you do not know and change your password."),
        NULL,
        NULL,
        TRUE);
      break;
    case NOTICE_WENT_BACK:
      chappe_notice_bar_show (
        self->bar,
        _ ("An Earlier State Was Restored"),
        _ ("The data on this computer is of an earlier time, for example from a backup. Encryption "
           "was renewed; messages received in between may stay locked."),
        NULL,
        NULL,
        TRUE);
      break;
    case NOTICE_NEW_DEVICE:
      show_new_device (self);
      break;
    case NOTICE_BACKUP:
      chappe_notice_bar_show (
        self->bar,
        _ ("The Automatic Backup Is Not in Sync"),
        _ ("It was set up anew on another device. Enter the latest verification "
           "code to go on using it here."),
        _ ("_Enter the Code…"),
        _ ("_Later"),
        FALSE);
      break;
    case N_NOTICES:
    default:
      g_assert_not_reached ();
    }
}

static void
show_gate (ChappeEncryptionNotices *self)
{
  MxOwnIdentity identity = mx_encryption_get_own_identity (self->encryption);

  if (self->gate_shown || mx_encryption_get_error (self->encryption) != NULL)
    return;
  if (identity == MX_OWN_IDENTITY_VERIFIED)
    {
      self->gate_shown = TRUE; /* what comes later has a reason that the user knows */
    }
  else if (identity != MX_OWN_IDENTITY_UNKNOWN)
    {
      self->gate_shown = TRUE;
      gtk_widget_activate_action (GTK_WIDGET (self->bar),
                                  "win.identity",
                                  "s",
                                  identity == MX_OWN_IDENTITY_MISSING ? "set-up-gate"
                                                                      : "verify-gate");
    }
}

static void
update (ChappeEncryptionNotices *self)
{
  if (!self->begun || self->bar == NULL)
    return;
  show_gate (self);
  if (self->shown >= 0 && is_due (self, (Notice) self->shown))
    return;
  self->shown = -1;
  for (int notice = 0; notice < N_NOTICES; notice++)
    if (is_due (self, (Notice) notice))
      {
        show (self, (Notice) notice);
        return;
      }
  chappe_notice_bar_hide (self->bar);
}

static void
new_device_cb (ChappeEncryptionNotices *self, MxDevice *device)
{
  g_queue_push_tail (&self->devices, g_object_ref (device));
  update (self);
}

/* -- answers */

static void
signed_out_cb (GtkWidget *owner, const GValue *value, const GError *error)
{
  g_autofree char *text = chappe_error_text (error);

  if (error == NULL)
    gtk_widget_activate_action (owner, "win.toast", "s", _ ("Signed out"));
  else if (!mx_error_is_cancelled (error))
    gtk_widget_activate_action (owner, "win.toast", "s", text);
}

static void
sign_out_answered_cb (AdwAlertDialog *alert, const char *response, ChappeEncryptionNotices *self)
{
  const char *ids[] = { g_object_get_data (G_OBJECT (alert), "id"), NULL };
  g_autoptr (ChappeEncryptionTask) task = NULL;

  if (!g_str_equal (response, "sign-out") || self->bar == NULL)
    return;
  task = chappe_encryption_task_new (GTK_WIDGET (self->bar), NULL, signed_out_cb);
  chappe_encryption_task_run (task,
                              mx_device_sign_out (self->encryption,
                                                  ids,
                                                  chappe_encryption_task_auth,
                                                  task));
}

static void
ask_sign_out (ChappeEncryptionNotices *self, MxDevice *device)
{
  AdwAlertDialog *alert = ADW_ALERT_DIALOG (
    adw_alert_dialog_new (_ ("Sign Out This Device?"),
                          _ ("It loses access to your account at once. If it was not yours, change "
                             "your password, too.")));

  g_object_set_data_full (G_OBJECT (alert),
                          "id",
                          g_strdup (mx_device_get_device_id (device)),
                          g_free);
  adw_alert_dialog_add_responses (alert,
                                  "cancel",
                                  _ ("_Cancel"),
                                  "sign-out",
                                  _ ("_Sign Out"),
                                  NULL);
  adw_alert_dialog_set_response_appearance (alert, "sign-out", ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (alert, "cancel");
  adw_alert_dialog_set_close_response (alert, "cancel");
  g_signal_connect_object (alert,
                           "response",
                           G_CALLBACK (sign_out_answered_cb),
                           self,
                           G_CONNECT_DEFAULT);
  adw_dialog_present (ADW_DIALOG (alert), GTK_WIDGET (self->bar));
}

static void
answer_new_device (ChappeEncryptionNotices *self, int answer)
{
  g_autoptr (MxDevice) device = g_queue_pop_head (&self->devices);

  if (device == NULL)
    return;
  if (answer == 1 && is_unverified (device))
    gtk_widget_activate_action (GTK_WIDGET (self->bar),
                                "win.verify-device",
                                "s",
                                mx_device_get_device_id (device));
  else if (answer == 2)
    ask_sign_out (self, device);
}

/* Not one that came in the meantime and was not read yet. */
static void
drop_note (ChappeEncryptionNotices *self, MxDeviceNote note)
{
  if (!has_note (self, note))
    return;
  self->note_seen = note; /* the store hears of it later */
  mx_encryption_drop_device_note (self->encryption);
}

static void
answered_cb (ChappeNoticeBar *bar, int answer, ChappeEncryptionNotices *self)
{
  int shown = self->shown;

  self->shown = -1;
  switch (shown)
    {
    case NOTICE_BROKEN:
      self->broken_seen = TRUE;
      if (answer == 1)
        gtk_widget_activate_action (GTK_WIDGET (bar), "win.sign-out", NULL);
      break;
    case NOTICE_CONTESTED:
      drop_note (self, MX_DEVICE_NOTE_CONTESTED);
      break;
    case NOTICE_WENT_BACK:
      drop_note (self, MX_DEVICE_NOTE_WENT_BACK);
      break;
    case NOTICE_NEW_DEVICE:
      answer_new_device (self, answer);
      break;
    case NOTICE_BACKUP:
      self->backup_asked = TRUE;
      if (answer == 1)
        gtk_widget_activate_action (GTK_WIDGET (bar), "win.identity", "s", "enter-code");
      break;
    default:
      break;
    }
  update (self);
}

/* -- type */

static void
chappe_encryption_notices_dispose (GObject *object)
{
  ChappeEncryptionNotices *self = CHAPPE_ENCRYPTION_NOTICES (object);

  if (self->bar != NULL)
    chappe_notice_bar_hide (self->bar);
  g_clear_weak_pointer (&self->bar);
  g_queue_clear_full (&self->devices, g_object_unref);
  g_clear_object (&self->encryption);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (chappe_encryption_notices_parent_class)->dispose (object);
}

static void
chappe_encryption_notices_class_init (ChappeEncryptionNoticesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = chappe_encryption_notices_dispose;
}

static void
chappe_encryption_notices_init (ChappeEncryptionNotices *self)
{
  g_queue_init (&self->devices);
  self->shown = -1;
}

ChappeEncryptionNotices *
chappe_encryption_notices_new (MxSession *session, ChappeNoticeBar *bar)
{
  ChappeEncryptionNotices *self = g_object_new (CHAPPE_TYPE_ENCRYPTION_NOTICES, NULL);

  self->session = g_object_ref (session);
  g_set_weak_pointer (&self->bar, bar);
  g_signal_connect_object (bar, "answered", G_CALLBACK (answered_cb), self, G_CONNECT_DEFAULT);
  g_signal_connect_object (session,
                           "notify::connection",
                           G_CALLBACK (chappe_encryption_notices_begin),
                           self,
                           G_CONNECT_SWAPPED);

  return self;
}

static void
connect (ChappeEncryptionNotices *self)
{
  static const char *const properties[] = { "notify::own-identity",
                                            "notify::backup-state",
                                            "notify::error" };

  for (gsize i = 0; i < G_N_ELEMENTS (properties); i++)
    g_signal_connect_object (self->encryption,
                             properties[i],
                             G_CALLBACK (update),
                             self,
                             G_CONNECT_SWAPPED);
  g_signal_connect_object (self->encryption,
                           "device-note",
                           G_CALLBACK (update),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->encryption,
                           "new-device",
                           G_CALLBACK (new_device_cb),
                           self,
                           G_CONNECT_SWAPPED);
}

void
chappe_encryption_notices_begin (ChappeEncryptionNotices *self)
{
  MxEncryption *encryption = NULL;

  g_return_if_fail (CHAPPE_IS_ENCRYPTION_NOTICES (self));

  encryption = mx_session_get_encryption (self->session);
  if (encryption == NULL)
    return;
  if (g_set_object (&self->encryption, encryption))
    connect (self);
  self->begun = TRUE;
  update (self);
}
