/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Domain + code → sentence. No switch has a default, so that the compiler asks for the sentence of
 * a new code. */
#include "config.h"

#include "chappe-error-text.h"

#include <glib/gi18n.h>

static const char *
forbidden_text (ChappeTask task)
{
  switch (task)
    {
    case CHAPPE_TASK_SIGN_IN:
      return _ ("The user name or the password is not right. Check both, then try again.");
    case CHAPPE_TASK_SIGN_IN_AGAIN:
      return _ ("The password is not right. Check it, then try again.");
    case CHAPPE_TASK_BROWSER_SIGN_IN:
      return _ ("The server did not accept what the browser brought back. Sign in with the browser "
                "once more.");
    case CHAPPE_TASK_JOIN:
      return _ ("You are not allowed to join this room. Ask one of its members for an invitation.");
    case CHAPPE_TASK_CREATE_ROOM:
      return _ ("Your account is not allowed to create rooms. Ask a colleague to create it and to "
                "invite you.");
    case CHAPPE_TASK_INVITE:
      return _ ("You are not allowed to invite this person to this room. Ask an administrator of "
                "the room.");
    case CHAPPE_TASK_SEND:
      return _ ("You are not allowed to write in this room. Ask an administrator of the room.");
    case CHAPPE_TASK_ANY:
      break;
    }
  return _ ("You are not allowed to do this. Ask an administrator of the room.");
}

static const char *
not_found_text (ChappeTask task)
{
  switch (task)
    {
    case CHAPPE_TASK_SIGN_IN:
      return _ ("There is no messaging service at this address. Check the spelling.");
    case CHAPPE_TASK_JOIN:
      return _ ("This room does not exist, or it is not open to you. Check its address.");
    case CHAPPE_TASK_INVITE:
      return _ ("This person was not found. Check the spelling.");
    case CHAPPE_TASK_ANY:
    case CHAPPE_TASK_BROWSER_SIGN_IN:
    case CHAPPE_TASK_CREATE_ROOM:
    case CHAPPE_TASK_SEND:
    case CHAPPE_TASK_SIGN_IN_AGAIN:
      break;
    }
  return _ ("This was not found. It may have been removed.");
}

/* A web page came. Seldom from the network at a first sign-in, where the address may be a web
 * site's. */
static const char *
portal_text (ChappeTask task)
{
  if (task == CHAPPE_TASK_SIGN_IN)
    return _ (
      "A web page answered instead of a messaging service. Check the name of the server; if "
      "this network wants you to sign in first, do so in your browser.");
  return _ ("This network wants you to sign in first. Open your browser, sign in to the network, "
            "then try again.");
}

static const char *
certificate_text (MxMatrixError code)
{
  if (code == MX_MATRIX_ERROR_CERTIFICATE_DATE)
    return _ (
      "The certificate of this server is out of date, so nothing was sent. Check the date of "
      "this computer; if it is right, contact your support desk.");
  return _ ("What answered has the certificate of another server, so nothing was sent. Check the "
            "spelling; if this network wants you to sign in first, do so in your browser.");
}

/* The caller owns the result. */
static char *
limit_text (const GError *error, ChappeTask task)
{
  gint64 wait = mx_matrix_error_get_retry_after (error);
  unsigned seconds = 0;

  if (wait < 0)
    return g_strdup (_ ("Too many attempts. Wait a few minutes, then try again."));

  seconds = CLAMP ((wait + 999) / 1000, 1, 24 * 3600);
  if (seconds < 120)
    return g_strdup_printf (ngettext ("Too many attempts. Wait %u second, then try again.",
                                      "Too many attempts. Wait %u seconds, then try again.",
                                      seconds),
                            seconds);
  return g_strdup_printf (ngettext ("Too many attempts. Wait %u minute, then try again.",
                                    "Too many attempts. Wait %u minutes, then try again.",
                                    (seconds + 59) / 60),
                          (seconds + 59) / 60);
}

static const char *
account_text (MxMatrixError code)
{
  if (code == MX_MATRIX_ERROR_USER_DEACTIVATED)
    return _ ("This account has been closed. Contact your support desk if this is a mistake.");
  if (code == MX_MATRIX_ERROR_USER_LOCKED)
    return _ ("This account is locked. Contact your support desk.");
  if (code == MX_MATRIX_ERROR_USER_SUSPENDED)
    return _ ("This account is suspended: you can read but not write. Contact your support desk.");
  return _ (
    "Your account has expired. Open the renewal e-mail that was sent to you, then try again.");
}

static const char *
matrix_text (MxMatrixError code, ChappeTask task)
{
  switch (code)
    {
    case MX_MATRIX_ERROR_UNKNOWN:
      return _ ("The server refused this without a reason that we know. Try again later.");
    case MX_MATRIX_ERROR_FORBIDDEN:
      return forbidden_text (task);
    case MX_MATRIX_ERROR_UNKNOWN_TOKEN:
      return _ ("You have been signed out of this computer. Sign in again.");
    case MX_MATRIX_ERROR_SOFT_LOGOUT:
      return _ ("Your password is needed again to go on.");
    case MX_MATRIX_ERROR_LIMIT_EXCEEDED:
      return _ ("Too many attempts. Wait a few minutes, then try again.");
    case MX_MATRIX_ERROR_NOT_FOUND:
      return not_found_text (task);
    case MX_MATRIX_ERROR_UNRECOGNIZED:
      return _ ("Your server does not offer this.");
    case MX_MATRIX_ERROR_TOO_LARGE:
      return _ ("This is larger than your server accepts.");
    case MX_MATRIX_ERROR_BAD_JSON:
      return _ (
        "The server did not understand the request. Update the application, then try again.");
    case MX_MATRIX_ERROR_UNKNOWN_POS:
      return _ ("The connection has to start anew. This happens by itself in a moment.");
    case MX_MATRIX_ERROR_USER_DEACTIVATED:
    case MX_MATRIX_ERROR_USER_LOCKED:
    case MX_MATRIX_ERROR_USER_SUSPENDED:
    case MX_MATRIX_ERROR_EXPIRED_ACCOUNT:
      return account_text (code);
    case MX_MATRIX_ERROR_RESOURCE_LIMIT:
      return _ ("Your server has reached a limit of its service. Contact your support desk.");
    case MX_MATRIX_ERROR_INVITE_BLOCKED:
      return _ ("This person does not accept invitations from you.");
    case MX_MATRIX_ERROR_DUPLICATE_ANNOTATION:
      return _ ("You have already reacted in this way.");
    case MX_MATRIX_ERROR_WRONG_ROOM_KEYS_VERSION:
      return _ ("The backup of your messages was replaced from another device. Confirm your "
                "verification code.");
    case MX_MATRIX_ERROR_INTERACTIVE_AUTH:
      return _ ("The server wants your identity confirmed first. Do this in the browser.");
    case MX_MATRIX_ERROR_SERVER:
      return _ ("The server has a problem at the moment. Try again in a few minutes.");
    case MX_MATRIX_ERROR_INVALID_RESPONSE:
      return _ ("What answered is not a messaging service. Check the address.");
    case MX_MATRIX_ERROR_CAPTIVE_PORTAL:
      return portal_text (task);
    case MX_MATRIX_ERROR_TOO_OLD:
      return _ ("This server is too old for this application. Contact your support desk.");
    case MX_MATRIX_ERROR_NO_PASSWORD_LOGIN:
      return _ ("This server does not accept passwords here. Sign in with the browser.");
    case MX_MATRIX_ERROR_BAD_SERVER_NAME:
      return _ ("This is not the name of a server. It looks like agent.example.org.");
    case MX_MATRIX_ERROR_BAD_CA_FILE:
      return _ (
        "There is no certificate in the file of your certificate authority, or it cannot be "
        "read. Choose another one in the network settings.");
    case MX_MATRIX_ERROR_CERTIFICATE_DATE:
    case MX_MATRIX_ERROR_CERTIFICATE_NAME:
      return certificate_text (code);
    }
  return NULL;
}

static const char *
store_text (MxStoreError code)
{
  switch (code)
    {
    case MX_STORE_ERROR_FAILED:
      return _ ("Your messages on this computer could not be read or written. Try again.");
    case MX_STORE_ERROR_WRONG_KEY:
      return _ ("The key in your keyring does not open the messages kept on this computer. If the "
                "keyring was replaced, restore the former one.");
    case MX_STORE_ERROR_NOT_ENCRYPTED:
      return _ (
        "This installation cannot protect your messages on the disk, so nothing was written. "
        "Contact your support desk.");
    case MX_STORE_ERROR_TOO_NEW:
      return _ ("Your messages were written by a newer version of the application. Update it.");
    case MX_STORE_ERROR_DAMAGED:
      return _ ("The file of your messages is damaged. Nothing was deleted.");
    case MX_STORE_ERROR_BUSY:
      return _ ("The application is already running for this account. Close the other one first.");
    case MX_STORE_ERROR_FULL:
      return _ ("The disk is full. Make some room, then try again.");
    case MX_STORE_ERROR_NOT_FOUND:
      return _ ("This is not on this computer any more.");
    }
  return NULL;
}

static const char *
crypto_text (MxCryptoError code)
{
  switch (code)
    {
    case MX_CRYPTO_ERROR_FAILED:
      return _ ("Encryption failed. Try again.");
    case MX_CRYPTO_ERROR_BAD_SIGNATURE:
      return _ ("A signature is wrong: this does not come from who it says.");
    case MX_CRYPTO_ERROR_BAD_KEY:
      return _ ("The verification code is not right. Check it, then try again.");
    case MX_CRYPTO_ERROR_BAD_MAC:
      return _ ("This content was changed on its way and cannot be trusted.");
    case MX_CRYPTO_ERROR_BAD_FORMAT:
      return _ ("This encrypted content is malformed.");
    case MX_CRYPTO_ERROR_UNKNOWN_INDEX:
      return _ ("This message was sent before you were given the key to it.");
    case MX_CRYPTO_ERROR_WEDGED:
      return _ ("The secure channel to this device is being repaired.");
    case MX_CRYPTO_ERROR_UNSUPPORTED:
      return _ ("This kind of encryption is not known to this version. Update the application.");
    }
  return NULL;
}

static const char *
recovery_key_text (MxRecoveryKeyError code)
{
  switch (code)
    {
    case MX_RECOVERY_KEY_ERROR_ALPHABET:
      return _ (
        "There is a character in it that no verification code has. Check for 0, O, I and l, "
        "which never occur.");
    case MX_RECOVERY_KEY_ERROR_LENGTH:
      return _ ("Some of the code is missing, or there is too much of it. It has twelve groups of "
                "four characters.");
    case MX_RECOVERY_KEY_ERROR_PREFIX:
      return _ ("This is something else than a verification code. It begins with “Es”.");
    case MX_RECOVERY_KEY_ERROR_PARITY:
      return _ ("There is a mistake in the code. Compare it group by group.");
    }
  return NULL;
}

static const char *
session_text (MxSessionError code)
{
  switch (code)
    {
    case MX_SESSION_ERROR_FAILED:
      return _ ("Something went wrong. Try again.");
    case MX_SESSION_ERROR_SIGNED_OUT:
      return _ ("You are signed out. Sign in again.");
    case MX_SESSION_ERROR_KEYRING_MISSING:
      return _ (
        "No keyring was found on this computer. It keeps the key to your messages. Start it, "
        "or ask your support desk to install one.");
    case MX_SESSION_ERROR_KEYRING_LOCKED:
      return _ (
        "The keyring is locked. It keeps the key to your messages. Unlock it with the password "
        "that you use to log in to this computer.");
    case MX_SESSION_ERROR_KEY_LOST:
      return _ (
        "The key to your messages is no longer in your keyring. If the keyring was replaced, "
        "restore the former one; your messages are still here.");
    case MX_SESSION_ERROR_NO_SUCH_ROOM:
      return _ ("You are not in this room.");
    case MX_SESSION_ERROR_NO_SUCH_ACCOUNT:
      return _ ("This account is not signed in on this computer.");
    case MX_SESSION_ERROR_ENCRYPTED_ROOM:
      return _ ("This version cannot write in secure rooms yet. Nothing was sent.");
    case MX_SESSION_ERROR_TOO_LONG:
      return _ ("This message is too long. Split it, or send it as a file.");
    case MX_SESSION_ERROR_OFFLINE:
      return _ ("There is no connection to the server. Try again once it is back.");
    case MX_SESSION_ERROR_BAD_INPUT:
      return _ ("This is not valid. Check what you typed.");
    case MX_SESSION_ERROR_UNVERIFIED_DEVICE:
      return _ ("Verify this device first: until then it cannot write in secure rooms.");
    case MX_SESSION_ERROR_IDENTITY_CHANGED:
      return _ (
        "The identity of somebody in this room has changed. Verify them again, or accept the change.");
    case MX_SESSION_ERROR_IDENTITY_EXISTS:
      return _ ("Encryption is set up for this account already. Use your verification code.");
    case MX_SESSION_ERROR_WRONG_CODE:
      return _ ("This is not the verification code of this account. Check it and try again.");
    case MX_SESSION_ERROR_BACKUP_CHANGED:
      return _ (
        "The message backup was replaced on another device. Enter your verification code again.");
    case MX_SESSION_ERROR_DEVICE_BROKEN:
      return _ (
        "The encryption of this device no longer matches the server. Sign out and sign in again.");
    case MX_SESSION_ERROR_NO_MEMBERS:
      return _ ("The members of this room could not be loaded. Try again.");
    case MX_SESSION_ERROR_UNKNOWN_ALGORITHM:
      return _ (
        "This room is encrypted in a way that this version does not know. Nothing was sent.");
    case MX_SESSION_ERROR_VERIFICATION_GONE:
      return _ ("This verification is over. Start a new one.");
    }
  return NULL;
}

static const char *
io_text (int code)
{
  switch (code)
    {
    case G_IO_ERROR_CANCELLED:
      return _ ("Cancelled.");
    case G_IO_ERROR_TIMED_OUT:
      return _ ("The server does not answer. Check your connection, then try again.");
    case G_IO_ERROR_CONNECTION_REFUSED:
      return _ ("Nothing answers at this address. The service may be down, or the address wrong.");
    case G_IO_ERROR_HOST_NOT_FOUND:
      return _ ("This server was not found. Check the spelling and your connection.");
    case G_IO_ERROR_HOST_UNREACHABLE:
      return _ ("This server cannot be reached from this network. Check the spelling and your "
                "connection.");
    case G_IO_ERROR_NETWORK_UNREACHABLE:
      return _ ("There is no network. Check your connection.");
    case G_IO_ERROR_PROXY_FAILED:
      return _ ("The proxy does not answer. Check its address in the network settings.");
    case G_IO_ERROR_PROXY_NOT_ALLOWED:
      return _ ("The proxy of this network does not allow this server. Contact your support desk.");
    case G_IO_ERROR_PROXY_AUTH_FAILED:
      return _ (
        "The proxy refused the user name or the password. Correct them in its address in the "
        "network settings.");
    case G_IO_ERROR_PROXY_NEED_AUTH:
      return _ (
        "The proxy wants a user name and a password. Put them in its address in the network "
        "settings.");
    case G_IO_ERROR_NO_SPACE:
      return _ ("The disk is full. Make some room, then try again.");
    case G_IO_ERROR_NOT_FOUND:
      return _ ("The file was not found.");
    case G_IO_ERROR_PERMISSION_DENIED:
      return _ ("You are not allowed to read or write this file.");
    case G_IO_ERROR_CONNECTION_CLOSED:
    case G_IO_ERROR_PARTIAL_INPUT:
      return _ ("The connection was cut. Try again.");
    case G_IO_ERROR_INVALID_DATA:
      return _ ("This file is not of the expected kind.");
    default:
      return _ ("The connection failed. Check your network, then try again.");
    }
}

static const char *
tls_text (int code)
{
  if (code == G_TLS_ERROR_BAD_CERTIFICATE)
    return _ ("The identity of this server cannot be verified, so nothing was sent. If your "
              "organisation has its own certificate authority, add it in the network settings.");
  if (code == G_TLS_ERROR_CERTIFICATE_REQUIRED)
    return _ ("This server wants a certificate of yours. Contact your support desk.");
  return _ ("No secure connection to this server is possible. A proxy may be in the way: check the "
            "network settings.");
}

static const char *
resolver_text (int code)
{
  if (code == G_RESOLVER_ERROR_TEMPORARY_FAILURE)
    return _ ("The network cannot find any server at the moment. Check your connection.");
  return _ ("This server was not found. Check the spelling and your connection.");
}

char *
chappe_error_text_for (const GError *error, ChappeTask task)
{
  const char *text = NULL;

  if (error == NULL)
    return NULL;
  if (g_error_matches (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_LIMIT_EXCEEDED))
    return limit_text (error, task);

  if (error->domain == MX_MATRIX_ERROR)
    text = matrix_text (error->code, task);
  else if (error->domain == MX_STORE_ERROR)
    text = store_text (error->code);
  else if (error->domain == MX_CRYPTO_ERROR)
    text = crypto_text (error->code);
  else if (error->domain == MX_RECOVERY_KEY_ERROR)
    text = recovery_key_text (error->code);
  else if (error->domain == MX_SESSION_ERROR)
    text = session_text (error->code);
  else if (error->domain == G_IO_ERROR)
    text = io_text (error->code);
  else if (error->domain == G_TLS_ERROR)
    text = tls_text (error->code);
  else if (error->domain == G_RESOLVER_ERROR)
    text = resolver_text (error->code);

  return g_strdup (text != NULL ? text : _ ("Something went wrong. Try again."));
}

char *
chappe_error_text (const GError *error)
{
  return chappe_error_text_for (error, CHAPPE_TASK_ANY);
}

char *
chappe_error_dup_reference (const GError *error)
{
  unsigned status = 0;

  if (error == NULL)
    return NULL;
  status = error->domain == MX_MATRIX_ERROR ? mx_matrix_error_get_status (error) : 0;
  if (status != 0)
    return g_strdup_printf ("%s/%d/%u", g_quark_to_string (error->domain), error->code, status);
  return g_strdup_printf ("%s/%d", g_quark_to_string (error->domain), error->code);
}
