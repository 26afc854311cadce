/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The words for what cannot be read. */
#include "config.h"

#include "chappe-unreadable-text.h"

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
      return _ ("Locked message: verify this device to read it");
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
                "which this device cannot open before it is verified.");
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

const char *
chappe_unreadable_tried (MxDecryptionFailure failure)
{
  switch (failure)
    {
    case MX_DECRYPTION_OK:
      break;
    case MX_DECRYPTION_NO_KEY:
    case MX_DECRYPTION_INDEX_TOO_EARLY:
    case MX_DECRYPTION_WITHHELD:
    case MX_DECRYPTION_WITHHELD_UNVERIFIED:
      return _ ("Your backup was searched. The application tries again by itself when a key "
                "arrives.");
    case MX_DECRYPTION_BEFORE_DEVICE:
      return _ ("Your backup was searched, without success");
    case MX_DECRYPTION_BACKUP_LOCKED:
      return _ ("Nothing yet: the backup has to be unlocked first");
    case MX_DECRYPTION_BEFORE_JOIN:
    case MX_DECRYPTION_BAD_MESSAGE:
    case MX_DECRYPTION_UNKNOWN_ALGORITHM:
    case MX_DECRYPTION_REPLAY:
    case MX_DECRYPTION_UNTRUSTED:
      return _ ("There is nothing to try on this device");
    }
  return "";
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
chappe_unreadable_act_label (ChappeUnreadableAct act)
{
  switch (act)
    {
    case CHAPPE_UNREADABLE_RETRY:
      return _ ("_Try Again");
    case CHAPPE_UNREADABLE_ENTER_CODE:
      return _ ("_Verify This Device…");
    case CHAPPE_UNREADABLE_VERIFY:
      return _ ("_Verify This Device…");
    case CHAPPE_UNREADABLE_ASK_SENDER:
      return _ ("_Ask the Sender");
    case CHAPPE_UNREADABLE_HELP:
      return _ ("_Help");
    }
  return "";
}
