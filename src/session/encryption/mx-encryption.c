/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The parts of encryption wired: what the account thread says is due kicks the flow that does it;
 * what the parts find out becomes properties. See mx-encryption.h. */
#include "config.h"

#include "mx-encryption-private.h"

#include "mx-device-private.h"
#include "mx-device-recovery.h"
#include "mx-error.h"
#include "mx-olm-machine.h"
#include "mx-verifications-private.h"

/* Who does what is due. */
static const struct
{
  MxEncryptionFlags flag;
  MxWorkLoop *(*create) (MxSession *session);
} flows[] = {
  { MX_ENCRYPTION_UPLOAD_KEYS, mx_key_upload_new },
  { MX_ENCRYPTION_QUERY_DEVICES, mx_device_tracker_new },
  { MX_ENCRYPTION_OPEN_SESSIONS, mx_olm_claims_new },
  { MX_ENCRYPTION_SIGN, mx_signature_upload_new },
  { MX_ENCRYPTION_IDENTITY, mx_secret_gossip_new },
  { MX_ENCRYPTION_BACK_UP, mx_key_backup_new },
  { MX_ENCRYPTION_FETCH_KEYS, mx_key_fetch_new },
  { MX_ENCRYPTION_SEND_TO_DEVICE, mx_olm_outbox_new },
};

struct _MxEncryption
{
  GObject parent_instance;

  MxSession *session; /* not owned: owns us */
  MxWorkLoop *loops[G_N_ELEMENTS (flows)];
  MxVerifications *verifications;
  MxOwnIdentity own_identity;
  MxBackupState backup_state;
  unsigned backup_pending;
  unsigned backup_total;
  gboolean has_recovery;
  MxDeviceNote note; /* told last */
  GError *error;
};

G_DEFINE_FINAL_TYPE (MxEncryption, mx_encryption, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (MxOwnIdentity,
                    mx_own_identity,
                    G_DEFINE_ENUM_VALUE (MX_OWN_IDENTITY_UNKNOWN, "unknown"),
                    G_DEFINE_ENUM_VALUE (MX_OWN_IDENTITY_MISSING, "missing"),
                    G_DEFINE_ENUM_VALUE (MX_OWN_IDENTITY_UNVERIFIED, "unverified"),
                    G_DEFINE_ENUM_VALUE (MX_OWN_IDENTITY_VERIFIED, "verified"))

G_DEFINE_ENUM_TYPE (MxBackupState,
                    mx_backup_state,
                    G_DEFINE_ENUM_VALUE (MX_BACKUP_UNKNOWN, "unknown"),
                    G_DEFINE_ENUM_VALUE (MX_BACKUP_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (MX_BACKUP_DISABLED, "disabled"),
                    G_DEFINE_ENUM_VALUE (MX_BACKUP_LOCKED, "locked"),
                    G_DEFINE_ENUM_VALUE (MX_BACKUP_ON, "on"))

typedef enum
{
  PROP_OWN_IDENTITY = 1,
  PROP_BACKUP_STATE,
  PROP_BACKUP_PENDING,
  PROP_BACKUP_TOTAL,
  PROP_HAS_RECOVERY,
  PROP_ERROR,
} MxEncryptionProperty;

static GParamSpec *properties[PROP_ERROR + 1];

enum
{
  SIGNAL_NEW_DEVICE,
  SIGNAL_IDENTITY_CHANGED,
  SIGNAL_TRUST_CHANGED,
  SIGNAL_DEVICES_LISTED,
  SIGNAL_DEVICE_NOTE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
mx_encryption_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  MxEncryption *self = MX_ENCRYPTION (object);

  switch ((MxEncryptionProperty) prop_id)
    {
    case PROP_OWN_IDENTITY:
      g_value_set_enum (value, self->own_identity);
      break;
    case PROP_BACKUP_STATE:
      g_value_set_enum (value, self->backup_state);
      break;
    case PROP_BACKUP_PENDING:
      g_value_set_uint (value, self->backup_pending);
      break;
    case PROP_BACKUP_TOTAL:
      g_value_set_uint (value, self->backup_total);
      break;
    case PROP_HAS_RECOVERY:
      g_value_set_boolean (value, self->has_recovery);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mx_encryption_dispose (GObject *object)
{
  MxEncryption *self = MX_ENCRYPTION (object);

  for (gsize i = 0; i < G_N_ELEMENTS (flows); i++)
    g_clear_object (&self->loops[i]);

  G_OBJECT_CLASS (mx_encryption_parent_class)->dispose (object);
}

static void
mx_encryption_finalize (GObject *object)
{
  MxEncryption *self = MX_ENCRYPTION (object);

  mx_verifications_close (self->verifications);
  g_clear_object (&self->verifications);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (mx_encryption_parent_class)->finalize (object);
}

static void
mx_encryption_class_init (MxEncryptionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = mx_encryption_get_property;
  object_class->dispose = mx_encryption_dispose;
  object_class->finalize = mx_encryption_finalize;

  properties[PROP_OWN_IDENTITY] = g_param_spec_enum ("own-identity",
                                                     NULL,
                                                     NULL,
                                                     mx_own_identity_get_type (),
                                                     MX_OWN_IDENTITY_UNKNOWN,
                                                     flags);
  properties[PROP_BACKUP_STATE] = g_param_spec_enum ("backup-state",
                                                     NULL,
                                                     NULL,
                                                     mx_backup_state_get_type (),
                                                     MX_BACKUP_UNKNOWN,
                                                     flags);
  properties[PROP_BACKUP_PENDING] =
    g_param_spec_uint ("backup-pending", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_BACKUP_TOTAL] =
    g_param_spec_uint ("backup-total", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_HAS_RECOVERY] = g_param_spec_boolean ("has-recovery", NULL, NULL, FALSE, flags);
  properties[PROP_ERROR] = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  signals[SIGNAL_NEW_DEVICE] = g_signal_new ("new-device",
                                             G_TYPE_FROM_CLASS (klass),
                                             G_SIGNAL_RUN_LAST,
                                             0,
                                             NULL,
                                             NULL,
                                             NULL,
                                             G_TYPE_NONE,
                                             1,
                                             G_TYPE_OBJECT);
  signals[SIGNAL_IDENTITY_CHANGED] = g_signal_new ("identity-changed",
                                                   G_TYPE_FROM_CLASS (klass),
                                                   G_SIGNAL_RUN_LAST,
                                                   0,
                                                   NULL,
                                                   NULL,
                                                   NULL,
                                                   G_TYPE_NONE,
                                                   1,
                                                   G_TYPE_STRING);
  signals[SIGNAL_TRUST_CHANGED] = g_signal_new ("trust-changed",
                                                G_TYPE_FROM_CLASS (klass),
                                                G_SIGNAL_RUN_LAST,
                                                0,
                                                NULL,
                                                NULL,
                                                NULL,
                                                G_TYPE_NONE,
                                                1,
                                                G_TYPE_STRING);
  /* For friends: the server's list of our own devices came. */
  signals[SIGNAL_DEVICES_LISTED] = g_signal_new ("devices-listed",
                                                 G_TYPE_FROM_CLASS (klass),
                                                 G_SIGNAL_RUN_LAST,
                                                 0,
                                                 NULL,
                                                 NULL,
                                                 NULL,
                                                 G_TYPE_NONE,
                                                 0);
  signals[SIGNAL_DEVICE_NOTE] = g_signal_new ("device-note",
                                              G_TYPE_FROM_CLASS (klass),
                                              G_SIGNAL_RUN_LAST,
                                              0,
                                              NULL,
                                              NULL,
                                              NULL,
                                              G_TYPE_NONE,
                                              0);
}

static void
mx_encryption_init (MxEncryption *self)
{
}

static void
set_broken (MxEncryption *self)
{
  g_autoptr (GError) error = g_error_new_literal (MX_SESSION_ERROR,
                                                  MX_SESSION_ERROR_DEVICE_BROKEN,
                                                  "This device cannot go on");

  mx_encryption_set_error (self, error);
}

MxEncryption *
mx_encryption_new (MxSession *session)
{
  MxEncryption *self = g_object_new (MX_TYPE_ENCRYPTION, NULL);
  g_autofree char *broken =
    mx_store_get_value (mx_session_get_reader (session), MX_VALUE_DEVICE_BROKEN);

  self->session = session;
  if (broken != NULL)
    set_broken (self);
  for (gsize i = 0; i < G_N_ELEMENTS (flows); i++)
    self->loops[i] = flows[i].create (session);
  self->verifications = mx_verifications_new (session);
  mx_encryption_refresh_identity (self);
  mx_encryption_refresh_recovery (self);

  return self;
}

MxSession *
mx_encryption_get_session (MxEncryption *self)
{
  g_return_val_if_fail (MX_IS_ENCRYPTION (self), NULL);

  return self->session;
}

void
mx_encryption_close (MxEncryption *self)
{
  g_return_if_fail (MX_IS_ENCRYPTION (self));

  self->session = NULL;
  mx_verifications_close (self->verifications);
  for (gsize i = 0; i < G_N_ELEMENTS (flows); i++)
    g_clear_object (&self->loops[i]);
}

void
mx_encryption_start (MxEncryption *self)
{
  g_return_if_fail (MX_IS_ENCRYPTION (self));

  mx_verifications_start (self->verifications);
  for (gsize i = 0; i < G_N_ELEMENTS (flows); i++)
    if (self->loops[i] != NULL)
      mx_work_loop_kick (self->loops[i]);
}

void
mx_encryption_kick (MxEncryption *self, MxEncryptionFlags due)
{
  for (gsize i = 0; i < G_N_ELEMENTS (flows); i++)
    if ((due & flows[i].flag) != 0 && self->loops[i] != NULL)
      mx_work_loop_kick (self->loops[i]);
}

static void
tell_note (MxEncryption *self)
{
  MxDeviceNote note = mx_encryption_get_device_note (self);

  if (note == self->note)
    return;
  self->note = note;
  if (note != MX_DEVICE_NOTE_NONE)
    g_signal_emit (self, signals[SIGNAL_DEVICE_NOTE], 0);
}

void
mx_encryption_take_changes (MxEncryption *self, MxStoreChanges *changes)
{
  g_return_if_fail (MX_IS_ENCRYPTION (self));

  mx_encryption_watch_identities (self, changes);
  tell_note (self);
  if ((changes->encryption & MX_ENCRYPTION_BROKEN) != 0)
    set_broken (self);
  mx_encryption_kick (self, changes->encryption);
  for (guint i = 0; i < changes->verification->len; i++)
    mx_verifications_take_note (self->verifications, g_ptr_array_index (changes->verification, i));
}

MxDeviceNote
mx_encryption_get_device_note (MxEncryption *self)
{
  MxStore *reader = NULL;
  g_autofree char *note = NULL;

  g_return_val_if_fail (MX_IS_ENCRYPTION (self), MX_DEVICE_NOTE_NONE);

  reader = self->session != NULL ? mx_session_get_reader (self->session) : NULL;
  note = reader != NULL ? mx_store_get_value (reader, MX_VALUE_DEVICE_NOTE) : NULL;
  if (note == NULL)
    return MX_DEVICE_NOTE_NONE;

  return g_str_equal (note, MX_DEVICE_NOTE_BACK) ? MX_DEVICE_NOTE_WENT_BACK
                                                 : MX_DEVICE_NOTE_CONTESTED;
}

void
mx_encryption_drop_device_note (MxEncryption *self)
{
  g_return_if_fail (MX_IS_ENCRYPTION (self));

  if (self->session != NULL)
    mx_session_set_value (self->session, MX_VALUE_DEVICE_NOTE, NULL);
}

MxVerifications *
mx_encryption_get_verifications (MxEncryption *self)
{
  g_return_val_if_fail (MX_IS_ENCRYPTION (self), NULL);

  return self->verifications;
}

MxWorkLoop *
mx_encryption_get_loop (MxEncryption *self, MxEncryptionFlags flag)
{
  g_return_val_if_fail (MX_IS_ENCRYPTION (self), NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (flows); i++)
    if (flows[i].flag == flag)
      return self->loops[i];

  return NULL;
}

/* One flow gives another one something to do: until a round finds none. */
static DexFuture *
settle_fiber (gpointer data)
{
  MxEncryption *self = data;

  for (gsize i = 0; i < G_N_ELEMENTS (flows); i++)
    {
      g_autoptr (GError) error = NULL;

      if (self->loops[i] == NULL)
        break;
      if (mx_work_loop_is_idle (self->loops[i]))
        continue;
      if (!dex_await (mx_work_loop_settle (self->loops[i]), &error))
        return dex_future_new_for_error (g_steal_pointer (&error));
      i = (gsize) -1;
    }

  return dex_future_new_true ();
}

DexFuture *
mx_encryption_settle (MxEncryption *self)
{
  g_return_val_if_fail (MX_IS_ENCRYPTION (self), NULL);

  return mx_flow_run (settle_fiber, g_object_ref (self), g_object_unref);
}

/* -- What the parts tell */

void
mx_encryption_set_own_identity (MxEncryption *self, MxOwnIdentity identity)
{
  if (self->own_identity == identity)
    return;

  self->own_identity = identity;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OWN_IDENTITY]);
}

void
mx_encryption_set_backup_state (MxEncryption *self, MxBackupState state)
{
  if (self->backup_state == state)
    return;

  self->backup_state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BACKUP_STATE]);
}

void
mx_encryption_set_backup_counts (MxEncryption *self, unsigned pending, unsigned total)
{
  g_object_freeze_notify (G_OBJECT (self));
  if (self->backup_pending != pending)
    {
      self->backup_pending = pending;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BACKUP_PENDING]);
    }
  if (self->backup_total != total)
    {
      self->backup_total = total;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BACKUP_TOTAL]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

void
mx_encryption_set_has_recovery (MxEncryption *self, gboolean has_recovery)
{
  if (self->has_recovery == has_recovery)
    return;

  self->has_recovery = has_recovery;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HAS_RECOVERY]);
}

void
mx_encryption_set_error (MxEncryption *self, const GError *error)
{
  if (self->error == NULL && error == NULL)
    return;

  g_clear_error (&self->error);
  self->error = error != NULL ? g_error_copy (error) : NULL;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

/* -- What is asked */

MxOwnIdentity
mx_encryption_get_own_identity (MxEncryption *self)
{
  g_return_val_if_fail (MX_IS_ENCRYPTION (self), MX_OWN_IDENTITY_UNKNOWN);

  return self->own_identity;
}

MxBackupState
mx_encryption_get_backup_state (MxEncryption *self)
{
  g_return_val_if_fail (MX_IS_ENCRYPTION (self), MX_BACKUP_UNKNOWN);

  return self->backup_state;
}

unsigned
mx_encryption_get_backup_pending (MxEncryption *self)
{
  g_return_val_if_fail (MX_IS_ENCRYPTION (self), 0);

  return self->backup_pending;
}

unsigned
mx_encryption_get_backup_total (MxEncryption *self)
{
  g_return_val_if_fail (MX_IS_ENCRYPTION (self), 0);

  return self->backup_total;
}

gboolean
mx_encryption_has_recovery (MxEncryption *self)
{
  g_return_val_if_fail (MX_IS_ENCRYPTION (self), FALSE);

  return self->has_recovery;
}

const GError *
mx_encryption_get_error (MxEncryption *self)
{
  g_return_val_if_fail (MX_IS_ENCRYPTION (self), NULL);

  return self->error;
}

/* The machine put it down when it made or loaded the device. */
char *
mx_encryption_dup_fingerprint (MxEncryption *self)
{
  MxStore *reader = NULL;
  g_autofree char *key = NULL;

  g_return_val_if_fail (MX_IS_ENCRYPTION (self), NULL);

  reader = self->session != NULL ? mx_session_get_reader (self->session) : NULL;
  key = reader != NULL ? mx_store_get_value (reader, "device_ed25519") : NULL;

  return key != NULL ? mx_device_group_key (key) : NULL;
}
