/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The words for what cannot be read. */
#include "config.h"

#include "chappe-unreadable-text.h"

#include "chappe-time-text.h"

#include <glib/gi18n.h>

const char *
chappe_unreadable_short (MxDecryptionFailure failure)
{
  switch (failure)
    {
    case MX_DECRYPTION_OK:
      break;
    case MX_DECRYPTION_NO_KEY:
      return _ ("Locked message: its key has not arrived");
    case MX_DECRYPTION_INDEX_TOO_EARLY:
      return _ ("Locked message: the key was shared only for later messages");
    case MX_DECRYPTION_WITHHELD:
      return _ ("Locked message: its sender did not share the key with this device");
    case MX_DECRYPTION_WITHHELD_UNVERIFIED:
      return _ ("Locked message: its sender shares keys with verified devices only");
    case MX_DECRYPTION_BEFORE_JOIN:
      return _ ("Message from before you joined");
    case MX_DECRYPTION_BEFORE_DEVICE:
      return _ ("Locked message: older than this device, and not in a backup");
    case MX_DECRYPTION_BACKUP_LOCKED:
      return _ ("Locked message: this device cannot open your backup yet");
    case MX_DECRYPTION_BAD_MESSAGE:
      return _ ("This message is damaged");
    case MX_DECRYPTION_UNKNOWN_ALGORITHM:
      return _ ("This message is encrypted in a way that this version does not know");
    case MX_DECRYPTION_REPLAY:
      return _ ("This message is a copy of another one and was not opened");
    case MX_DECRYPTION_UNTRUSTED:
      return _ ("This message comes from a device that its sender has not verified");
    }
  return _ ("Locked message");
}

const char *
chappe_unreadable_why (MxDecryptionFailure failure)
{
  switch (failure)
    {
    case MX_DECRYPTION_OK:
      break;
    case MX_DECRYPTION_NO_KEY:
      return _ ("The message is there, but the key that opens it has not reached this device. It "
                "may still come: the sender’s device has to be connected for that.");
    case MX_DECRYPTION_INDEX_TOO_EARLY:
      return _ ("This device was given the key from a later message on: it had joined the "
                "conversation after this message was written.");
    case MX_DECRYPTION_WITHHELD:
      return _ (
        "The sender’s device decided not to send the key to this device, or found no way to "
        "it.");
    case MX_DECRYPTION_WITHHELD_UNVERIFIED:
      return _ ("The sender’s device only sends keys to verified devices, and this one was not "
                "verified at that time.");
    case MX_DECRYPTION_BEFORE_JOIN:
      return _ ("It was written before you were a member of this room, so its key was never meant "
                "for you.");
    case MX_DECRYPTION_BEFORE_DEVICE:
      return _ ("It was written before this device was signed in, and its key is in no backup that "
                "this device can read.");
    case MX_DECRYPTION_BACKUP_LOCKED:
      return _ ("It was written before this device was signed in. Its key may be in your backup, "
                "which this device cannot open yet.");
    case MX_DECRYPTION_BAD_MESSAGE:
      return _ ("What arrived was changed on its way or was made wrongly. It cannot be opened, and "
                "must not be trusted.");
    case MX_DECRYPTION_UNKNOWN_ALGORITHM:
      return _ ("The sender’s application uses an encryption that this version does not know.");
    case MX_DECRYPTION_REPLAY:
      return _ ("The same encrypted content was sent before as another message. Somebody may have "
                "repeated it to deceive you.");
    case MX_DECRYPTION_UNTRUSTED:
      return _ ("Your organisation only lets messages of verified devices be shown.");
    }
  return "";
}

const char *
chappe_unreadable_who (MxDecryptionFailure failure)
{
  switch (failure)
    {
    case MX_DECRYPTION_OK:
      break;
    case MX_DECRYPTION_NO_KEY:
      return _ ("The sender, by opening the application on the device that wrote the message");
    case MX_DECRYPTION_INDEX_TOO_EARLY:
    case MX_DECRYPTION_WITHHELD:
      return _ ("The sender, by writing the message again");
    case MX_DECRYPTION_WITHHELD_UNVERIFIED:
      return _ ("You, by verifying this device; then the sender, by writing again");
    case MX_DECRYPTION_BEFORE_JOIN:
      return _ ("Somebody who was there can tell you what was written");
    case MX_DECRYPTION_BEFORE_DEVICE:
      return _ ("You, if another device of yours can read it: import its keys");
    case MX_DECRYPTION_BACKUP_LOCKED:
      return _ ("You, with another device or your verification code");
    case MX_DECRYPTION_BAD_MESSAGE:
      return _ ("The sender, by writing it again");
    case MX_DECRYPTION_UNKNOWN_ALGORITHM:
      return _ ("Your support desk, by an update");
    case MX_DECRYPTION_REPLAY:
      return _ ("Your support desk should know of it");
    case MX_DECRYPTION_UNTRUSTED:
      return _ ("The sender, by verifying the device that wrote it");
    }
  return "";
}

static void
add_line (GString *text, char *line)
{
  g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", line);
  g_free (line);
}

static char *
dup_backup_line (const MxReadingAttempts *attempts)
{
  g_autofree char *time = NULL;

  switch (attempts->backup)
    {
    case MX_BACKUP_ON:
      if (attempts->backup_asked == 0)
        return g_strdup (_ ("Your backup has not answered yet."));
      time = chappe_time_text_full (attempts->backup_asked_ms);
      /* TRANSLATORS: how often, and day and time of the last time */
      return g_strdup_printf (ngettext ("Your backup was searched %u time, last on %s: the key is "
                                        "not in it.",
                                        "Your backup was searched %u times, last on %s: the key is "
                                        "not in it.",
                                        attempts->backup_asked),
                              attempts->backup_asked,
                              time);
    case MX_BACKUP_LOCKED:
      return g_strdup (attempts->identity == MX_OWN_IDENTITY_VERIFIED
                         ? _ ("Your backup could not be searched: this device does not have the "
                              "latest verification code.")
                         : _ ("Your backup could not be searched: this device is not verified."));
    case MX_BACKUP_NONE:
    case MX_BACKUP_DISABLED:
      return g_strdup (_ ("There is no backup that could be searched."));
    case MX_BACKUP_UNKNOWN:
      break;
    }
  return g_strdup (_ ("Whether you have a backup is not known yet."));
}

static void
add_waiting (GString *text, MxDecryptionFailure failure, const MxReadingAttempts *attempts)
{
  g_autofree char *healed = chappe_time_text_full (attempts->sender_healed_ms);
  g_autofree char *since = chappe_time_text_full (attempts->waiting_since_ms);

  if (attempts->sender_healed_ms > 0)
    /* TRANSLATORS: day and time */
    add_line (text,
              g_strdup_printf (_ ("The secure channel to the sender’s device was renewed on %s."),
                               healed));
  if (failure == MX_DECRYPTION_NO_KEY && attempts->waiting_since_ms > 0)
    /* TRANSLATORS: day and time */
    add_line (text,
              g_strdup_printf (_ ("The sender’s device is being waited for since %s."), since));
}

char *
chappe_unreadable_dup_tried (MxDecryptionFailure failure, const MxReadingAttempts *attempts)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *asked = chappe_time_text_full (attempts->devices_asked_ms);

  switch (failure)
    {
    case MX_DECRYPTION_BEFORE_JOIN:
    case MX_DECRYPTION_BAD_MESSAGE:
    case MX_DECRYPTION_UNKNOWN_ALGORITHM:
    case MX_DECRYPTION_REPLAY:
    case MX_DECRYPTION_UNTRUSTED:
      return g_strdup (_ ("There is nothing to try on this device"));
    case MX_DECRYPTION_OK:
    case MX_DECRYPTION_NO_KEY:
    case MX_DECRYPTION_INDEX_TOO_EARLY:
    case MX_DECRYPTION_WITHHELD:
    case MX_DECRYPTION_WITHHELD_UNVERIFIED:
    case MX_DECRYPTION_BEFORE_DEVICE:
    case MX_DECRYPTION_BACKUP_LOCKED:
      break;
    }
  add_line (text, dup_backup_line (attempts));
  if (attempts->devices_asked_ms > 0)
    /* TRANSLATORS: day and time */
    add_line (text,
              g_strdup_printf (_ ("Your other devices were asked for the key of the backup on %s."),
                               asked));
  add_waiting (text, failure, attempts);

  return g_string_free_and_steal (g_steal_pointer (&text));
}

ChappeUnreadableAct
chappe_unreadable_act (MxDecryptionFailure failure)
{
  switch (failure)
    {
    case MX_DECRYPTION_OK:
    case MX_DECRYPTION_NO_KEY:
    case MX_DECRYPTION_BEFORE_DEVICE:
      return CHAPPE_UNREADABLE_RETRY;
    case MX_DECRYPTION_WITHHELD_UNVERIFIED:
      return CHAPPE_UNREADABLE_VERIFY;
    case MX_DECRYPTION_BACKUP_LOCKED:
      return CHAPPE_UNREADABLE_ENTER_CODE;
    case MX_DECRYPTION_INDEX_TOO_EARLY:
    case MX_DECRYPTION_WITHHELD:
    case MX_DECRYPTION_BAD_MESSAGE:
    case MX_DECRYPTION_UNTRUSTED:
      return CHAPPE_UNREADABLE_ASK_SENDER;
    case MX_DECRYPTION_BEFORE_JOIN:
    case MX_DECRYPTION_UNKNOWN_ALGORITHM:
    case MX_DECRYPTION_REPLAY:
      return CHAPPE_UNREADABLE_HELP;
    }
  return CHAPPE_UNREADABLE_HELP;
}

const char *
chappe_unreadable_act_label (ChappeUnreadableAct act, MxOwnIdentity identity)
{
  switch (act)
    {
    case CHAPPE_UNREADABLE_RETRY:
      return _ ("_Try Again");
    case CHAPPE_UNREADABLE_ENTER_CODE:
      return identity == MX_OWN_IDENTITY_VERIFIED ? _ ("_Enter the Code…")
                                                  : _ ("_Verify This Device…");
    case CHAPPE_UNREADABLE_VERIFY:
      return _ ("_Verify This Device…");
    case CHAPPE_UNREADABLE_ASK_SENDER:
      return _ ("_Ask the Sender");
    case CHAPPE_UNREADABLE_HELP:
      return _ ("_Help");
    }
  return "";
}
