/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The error domains of the engine. They live together so that the user interface, which may not
 * include matrix/ or store/, can turn domain + code into a sentence (ui/chappe-error-text.c). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a server, or the way to it, answered. Network failures keep their G_IO_ERROR, G_TLS_ERROR
 * and G_RESOLVER_ERROR. */
#define MX_MATRIX_ERROR (mx_matrix_error_quark ())
typedef enum
{
  MX_MATRIX_ERROR_UNKNOWN,        /* an errcode that nothing acts on */
  MX_MATRIX_ERROR_FORBIDDEN,      /* M_FORBIDDEN: at login: wrong password */
  MX_MATRIX_ERROR_UNKNOWN_TOKEN,  /* M_UNKNOWN_TOKEN, M_MISSING_TOKEN: the session is over */
  MX_MATRIX_ERROR_SOFT_LOGOUT,    /* M_UNKNOWN_TOKEN with soft_logout:true */
  MX_MATRIX_ERROR_LIMIT_EXCEEDED, /* 429; mx_error_get_retry_after() */
  MX_MATRIX_ERROR_NOT_FOUND,
  MX_MATRIX_ERROR_UNRECOGNIZED, /* the endpoint does not exist on this server */
  MX_MATRIX_ERROR_TOO_LARGE,    /* 413, M_TOO_LARGE */
  MX_MATRIX_ERROR_BAD_JSON,     /* the server refused our body */
  MX_MATRIX_ERROR_UNKNOWN_POS,  /* sliding sync position expired */
  MX_MATRIX_ERROR_USER_DEACTIVATED,
  MX_MATRIX_ERROR_USER_LOCKED,
  MX_MATRIX_ERROR_USER_SUSPENDED,
  MX_MATRIX_ERROR_RESOURCE_LIMIT,
  MX_MATRIX_ERROR_EXPIRED_ACCOUNT, /* ORG_MATRIX_EXPIRED_ACCOUNT (Tchap) */
  MX_MATRIX_ERROR_INVITE_BLOCKED,
  MX_MATRIX_ERROR_DUPLICATE_ANNOTATION,
  MX_MATRIX_ERROR_WRONG_ROOM_KEYS_VERSION,
  MX_MATRIX_ERROR_INTERACTIVE_AUTH,  /* 401 with flows: needs user-interactive authentication */
  MX_MATRIX_ERROR_SERVER,            /* 5xx */
  MX_MATRIX_ERROR_INVALID_RESPONSE,  /* not JSON, or not the JSON that the specification promises */
  MX_MATRIX_ERROR_CAPTIVE_PORTAL,    /* HTML or a redirect to another host where JSON was due */
  MX_MATRIX_ERROR_TOO_OLD,           /* /versions offers nothing that we speak */
  MX_MATRIX_ERROR_NO_PASSWORD_LOGIN, /* the login flows lack m.login.password */
  MX_MATRIX_ERROR_BAD_SERVER_NAME,
  MX_MATRIX_ERROR_BAD_CA_FILE,      /* the added authority: no file, or no certificate in it */
  MX_MATRIX_ERROR_CERTIFICATE_DATE, /* the server's is not valid at this computer's date */
  MX_MATRIX_ERROR_CERTIFICATE_NAME, /* the server's is another server's */
} MxMatrixError;

#define MX_STORE_ERROR (mx_store_error_quark ())
typedef enum
{
  MX_STORE_ERROR_FAILED,
  MX_STORE_ERROR_WRONG_KEY,     /* the file exists and this key does not open it */
  MX_STORE_ERROR_NOT_ENCRYPTED, /* the library would write plain text (DESIGN §4): refused */
  MX_STORE_ERROR_TOO_NEW,       /* schema of a newer program */
  MX_STORE_ERROR_DAMAGED,
  MX_STORE_ERROR_BUSY, /* another process owns the store */
  MX_STORE_ERROR_FULL, /* disk full */
  MX_STORE_ERROR_NOT_FOUND,
} MxStoreError;

#define MX_CRYPTO_ERROR (mx_crypto_error_quark ())
typedef enum
{
  MX_CRYPTO_ERROR_FAILED,
  MX_CRYPTO_ERROR_BAD_SIGNATURE,
  MX_CRYPTO_ERROR_BAD_KEY,
  MX_CRYPTO_ERROR_BAD_MAC,
  MX_CRYPTO_ERROR_BAD_FORMAT,
  MX_CRYPTO_ERROR_UNKNOWN_INDEX,
  MX_CRYPTO_ERROR_WEDGED,
  MX_CRYPTO_ERROR_UNSUPPORTED,
} MxCryptoError;

/* What is wrong with a recovery key that somebody typed. */
#define MX_RECOVERY_KEY_ERROR (mx_recovery_key_error_quark ())
typedef enum
{
  MX_RECOVERY_KEY_ERROR_ALPHABET, /* a character that no recovery key has */
  MX_RECOVERY_KEY_ERROR_LENGTH,   /* too short or too long */
  MX_RECOVERY_KEY_ERROR_PREFIX,   /* the right length, but no recovery key */
  MX_RECOVERY_KEY_ERROR_PARITY,   /* a recovery key with a mistake in it */
} MxRecoveryKeyError;

#define MX_SESSION_ERROR (mx_session_error_quark ())
typedef enum
{
  MX_SESSION_ERROR_FAILED,
  MX_SESSION_ERROR_SIGNED_OUT,
  MX_SESSION_ERROR_KEYRING_MISSING, /* no Secret Service */
  MX_SESSION_ERROR_KEYRING_LOCKED,
  MX_SESSION_ERROR_KEY_LOST, /* the keyring no longer has this account's key */
  MX_SESSION_ERROR_NO_SUCH_ROOM,
  MX_SESSION_ERROR_NO_SUCH_ACCOUNT,
  MX_SESSION_ERROR_ENCRYPTED_ROOM, /* sending to an encrypted room before encryption is there */
  MX_SESSION_ERROR_TOO_LONG,       /* the message does not fit in an event */
  MX_SESSION_ERROR_OFFLINE,
  MX_SESSION_ERROR_BAD_INPUT,
  MX_SESSION_ERROR_UNVERIFIED_DEVICE, /* the policy wants this device to be verified before it sends
                                       */
  MX_SESSION_ERROR_IDENTITY_CHANGED,  /* somebody who was verified has another identity now */
  MX_SESSION_ERROR_IDENTITY_EXISTS, /* the account has one already, which is not replaced unasked */
  MX_SESSION_ERROR_WRONG_CODE,      /* it is a recovery code, but not this account's */
  MX_SESSION_ERROR_BACKUP_CHANGED,  /* another device replaced the backup */
  MX_SESSION_ERROR_DEVICE_BROKEN,   /* the server has other keys for this device: sign in anew */
  MX_SESSION_ERROR_NO_MEMBERS,      /* who is in the room could not be found out */
  MX_SESSION_ERROR_UNKNOWN_ALGORITHM, /* the room is encrypted in a way that we do not know */
  MX_SESSION_ERROR_VERIFICATION_GONE, /* the verification is over */
} MxSessionError;

GQuark mx_matrix_error_quark (void);
GQuark mx_store_error_quark (void);
GQuark mx_crypto_error_quark (void);
GQuark mx_recovery_key_error_quark (void);
GQuark mx_session_error_quark (void);

/* A Matrix error keeps what the server said: the errcode and, for LIMIT_EXCEEDED, how long to wait.
 * They ride on the GError (extended error), so they survive g_error_copy() and libdex. */
GError *mx_matrix_error_new (MxMatrixError code,
                             unsigned http_status,
                             const char *errcode,   /* nullable */
                             gint64 retry_after_ms, /* -1: not said */
                             const char *message);
gint64 mx_matrix_error_get_retry_after (const GError *error);  /* ms, -1 unknown */
const char *mx_matrix_error_get_errcode (const GError *error); /* nullable */
unsigned mx_matrix_error_get_status (const GError *error);     /* HTTP status, 0 unknown */
/* The whole answer, JSON text, where it says what to do next (INTERACTIVE_AUTH); NULL else. */
const char *mx_matrix_error_get_body (const GError *error);
void mx_matrix_error_set_body (GError *error, const char *body);

/* An error by the name of its domain, as it was stored; domain NULL: MX_SESSION_ERROR. One made of
 * a quark before its domain is known to GLib would lack what rides on it, and be freed wrongly. */
GError *mx_error_new_stored (const char *domain, int code, const char *message);

/* Whether trying the same again later may help: network failures, time-outs, 429 and 5xx. */
gboolean mx_error_is_transient (const GError *error);
gboolean mx_error_is_cancelled (const GError *error);

G_END_DECLS
