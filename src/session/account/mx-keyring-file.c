/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Keys in a file that only its owner can read, for machines without a Secret Service: one
 * ID=BASE64 line each. Main thread. */
#include "config.h"

#include "mx-keyring.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "mx-error.h"
#include "mx-flow.h"

#define GROUP    "keys"
#define MAX_SIZE (1024 * 1024)

#define MX_TYPE_KEYRING_FILE (mx_keyring_file_get_type ())
G_DECLARE_FINAL_TYPE (MxKeyringFile, mx_keyring_file, MX, KEYRING_FILE, GObject)

struct _MxKeyringFile
{
  GObject parent_instance;

  char *path;
};

static void mx_keyring_file_iface_init (MxKeyringInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MxKeyringFile,
                               mx_keyring_file,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (MX_TYPE_KEYRING, mx_keyring_file_iface_init))

/* Whether nobody else can read or write the open file. */
static gboolean
check_mode (int fd, GError **error)
{
  struct stat status;

  if (fstat (fd, &status) != 0)
    {
      int saved = errno;

      g_set_error_literal (error,
                           G_IO_ERROR,
                           g_io_error_from_errno (saved),
                           "The key file cannot be examined");
      return FALSE;
    }
  if (!S_ISREG (status.st_mode) || (status.st_mode & 077) != 0)
    {
      g_set_error_literal (error,
                           G_IO_ERROR,
                           G_IO_ERROR_PERMISSION_DENIED,
                           "The key file can be read by others (its mode must be 0600)");
      return FALSE;
    }

  return TRUE;
}

/* Caller owns and wipes; "" when the file does not exist yet. */
static char *
read_text (const char *path, GError **error)
{
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  char *text = NULL;
  gsize length = 0;

  if (fd < 0 && errno == ENOENT)
    return g_strdup ("");
  if (fd < 0)
    {
      int saved = errno;

      g_set_error_literal (error,
                           G_IO_ERROR,
                           g_io_error_from_errno (saved),
                           "The key file cannot be opened");
      return NULL;
    }

  if (check_mode (fd, error))
    {
      gssize got = 0;

      text = g_malloc0 (MAX_SIZE + 1);
      while (length < MAX_SIZE && (got = read (fd, text + length, MAX_SIZE - length)) > 0)
        length += got;
      if (got < 0)
        {
          int saved = errno;

          g_set_error_literal (error,
                               G_IO_ERROR,
                               g_io_error_from_errno (saved),
                               "The key file cannot be read");
          mx_wipe (text, MAX_SIZE);
          g_clear_pointer (&text, g_free);
        }
    }
  close (fd);

  return text;
}

static GKeyFile *
read_keys (MxKeyringFile *self, GError **error)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  char *text = read_text (self->path, error);
  gboolean good = FALSE;

  if (text == NULL)
    return NULL;

  good = g_key_file_load_from_data (keys, text, strlen (text), G_KEY_FILE_NONE, error);
  mx_wipe_free (text);

  return good ? g_steal_pointer (&keys) : NULL;
}

static gboolean
write_keys (MxKeyringFile *self, GKeyFile *keys, GError **error)
{
  gsize length = 0;
  char *text = g_key_file_to_data (keys, &length, NULL);
  gboolean good =
    g_file_set_contents_full (self->path,
                              text,
                              length,
                              G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                              0600,
                              error);

  mx_wipe_free (text);

  return good;
}

static DexFuture *
mx_keyring_file_lookup (MxKeyring *keyring, const char *account_id)
{
  MxKeyringFile *self = MX_KEYRING_FILE (keyring);
  g_autoptr (GError) error = NULL;
  g_autoptr (GKeyFile) keys = read_keys (self, &error);
  char *text = NULL;
  guchar *data = NULL;
  gsize length = 0;
  MxSecret *key = NULL;

  if (keys == NULL)
    return dex_future_new_for_error (g_steal_pointer (&error));

  text = g_key_file_get_string (keys, GROUP, account_id, NULL);
  if (text == NULL)
    return dex_future_new_reject (MX_SESSION_ERROR,
                                  MX_SESSION_ERROR_KEY_LOST,
                                  "The key file has no such key");

  data = g_base64_decode (text, &length);
  mx_wipe_free (text);
  key = mx_secret_new (data, length);
  mx_wipe (data, length);
  g_free (data);

  return mx_future_new_pointer (MX_TYPE_SECRET, key);
}

static DexFuture *
mx_keyring_file_store (MxKeyring *keyring, const char *account_id, const char *label, MxSecret *key)
{
  MxKeyringFile *self = MX_KEYRING_FILE (keyring);
  g_autoptr (GError) error = NULL;
  g_autoptr (GKeyFile) keys = read_keys (self, &error);
  gsize length = 0;
  const guint8 *data = mx_secret_get_data (key, &length);
  char *text = NULL;

  if (keys == NULL)
    return dex_future_new_for_error (g_steal_pointer (&error));

  text = g_base64_encode (data, length);
  g_key_file_set_string (keys, GROUP, account_id, text);
  mx_wipe_free (text);
  if (!write_keys (self, keys, &error))
    return dex_future_new_for_error (g_steal_pointer (&error));

  return dex_future_new_true ();
}

static DexFuture *
mx_keyring_file_remove (MxKeyring *keyring, const char *account_id)
{
  MxKeyringFile *self = MX_KEYRING_FILE (keyring);
  g_autoptr (GError) error = NULL;
  g_autoptr (GKeyFile) keys = read_keys (self, &error);

  if (keys == NULL)
    return dex_future_new_for_error (g_steal_pointer (&error));

  if (g_key_file_remove_key (keys, GROUP, account_id, NULL) && !write_keys (self, keys, &error))
    return dex_future_new_for_error (g_steal_pointer (&error));

  return dex_future_new_true ();
}

static void
mx_keyring_file_iface_init (MxKeyringInterface *iface)
{
  iface->lookup = mx_keyring_file_lookup;
  iface->store = mx_keyring_file_store;
  iface->remove = mx_keyring_file_remove;
}

static void
mx_keyring_file_finalize (GObject *object)
{
  g_clear_pointer (&MX_KEYRING_FILE (object)->path, g_free);

  G_OBJECT_CLASS (mx_keyring_file_parent_class)->finalize (object);
}

static void
mx_keyring_file_class_init (MxKeyringFileClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mx_keyring_file_finalize;
}

static void
mx_keyring_file_init (MxKeyringFile *self)
{
}

MxKeyring *
mx_keyring_file_new (GFile *file)
{
  MxKeyringFile *self = g_object_new (MX_TYPE_KEYRING_FILE, NULL);

  self->path = g_file_get_path (file);

  return MX_KEYRING (self);
}
