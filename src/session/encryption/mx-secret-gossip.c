/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Secrets asked for and given between our own devices (spec "Sharing"; research/protocol §4.M).
 * What arrives is written down in the transaction of its sync; the flow asks, and answers, once the
 * devices are verified and Olm sessions are open. */
#include "config.h"

#include "mx-encryption-private.h"
#include "mx-identities-private.h"
#include "mx-olm-outbox.h"

#include "mx-base64.h"
#include "mx-error.h"

#include <string.h>

/* A device that asks before its verification has reached us is answered when that happens, but not
 * for ever. */
#define WISH_LIFE_MS (5 * 60 * 1000)
/* Asked again after that; the other device may have lost the request. */
#define REQUEST_LIFE_MS (24 * 60 * 60 * 1000)
#define MAX_ID          255

static const char *const names[] = {
  MX_SECRET_MASTER,
  MX_SECRET_SELF_SIGNING,
  MX_SECRET_USER_SIGNING,
  MX_SECRET_BACKUP,
};

static gboolean
is_known_name (const char *name)
{
  for (gsize i = 0; name != NULL && i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (names[i], name))
      return TRUE;

  return FALSE;
}

static gint64
now_ms (void)
{
  return g_get_real_time () / 1000;
}

static gboolean
is_id (const char *text)
{
  return text != NULL && *text != '\0' && strlen (text) <= MAX_ID;
}

/* -- What arrives */

static gboolean
receive_request (MxOlmMachine *machine,
                 const MxToDeviceMessage *message,
                 MxStoreChanges *changes,
                 GError **error)
{
  MxStore *store = mx_olm_machine_get_store (machine);
  const char *action = mx_json_get_string (message->content, "action");
  MxSecretWish wish = {
    (char *) mx_json_get_string (message->content, "requesting_device_id"),
    (char *) mx_json_get_string (message->content, "name"),
    (char *) mx_json_get_string (message->content, "request_id"),
    now_ms (),
  };
  g_autoptr (MxStoredDevice) device = NULL;
  g_autoptr (GError) failure = NULL;

  if (!is_id (wish.device_id) || !is_id (wish.request_id) ||
      g_str_equal (wish.device_id, mx_olm_machine_get_device_id (machine)))
    return TRUE;
  if (g_strcmp0 (action, "request_cancellation") == 0)
    return mx_store_cancel_secret_wish (store, wish.device_id, wish.request_id, error);
  if (g_strcmp0 (action, "request") != 0 || !is_known_name (wish.name))
    return TRUE;

  device = mx_store_get_device (store, message->sender, wish.device_id);
  if (device == NULL || device->is_gone)
    {
      g_message ("A secret is asked for by a device that is not known");
      return TRUE;
    }
  if (mx_store_add_secret_wish (store, &wish, &failure))
    changes->encryption |= MX_ENCRYPTION_IDENTITY;
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));

  return error == NULL || *error == NULL;
}

/* The other devices that were asked are told that it is done. */
static gboolean
cancel_requests (MxOlmMachine *machine,
                 const char *name,
                 const char *but_device,
                 MxStoreChanges *changes,
                 GError **error)
{
  g_auto (GStrv) pairs = mx_store_take_secret_requests (mx_olm_machine_get_store (machine), name);

  for (gsize i = 0; pairs[i] != NULL && pairs[i + 1] != NULL; i += 2)
    {
      g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
      g_autofree char *content = NULL;

      if (g_str_equal (pairs[i + 1], but_device))
        continue;
      mx_json_begin_object (writer, NULL);
      mx_json_add_string (writer, "action", "request_cancellation");
      mx_json_add_string (writer, "requesting_device_id", mx_olm_machine_get_device_id (machine));
      mx_json_add_string (writer, "request_id", pairs[i]);
      mx_json_end (writer);
      content = mx_json_writer_to_text (writer);
      if (!mx_olm_outbox_send_clear (machine,
                                     "m.secret.request",
                                     mx_olm_machine_get_user_id (machine),
                                     pairs[i + 1],
                                     content,
                                     changes,
                                     error))
        return FALSE;
    }

  return TRUE;
}

/* Stored only when it fits what is published; the backup's key is looked at when its version is
 * known. FALSE without error: it is not what was asked for. */
static gboolean
take_secret (MxOlmMachine *machine,
             const char *name,
             const char *text,
             MxStoreChanges *changes,
             GError **error)
{
  g_autoptr (GError) unfit = NULL;
  g_autoptr (MxSecret) secret = mx_base64_decode_secret (text, &unfit);
  gsize size = 0;

  if (secret != NULL)
    mx_secret_get_data (secret, &size);
  if (size != MX_STORE_KEY_SIZE)
    return FALSE;

  if (g_str_equal (name, MX_SECRET_BACKUP))
    {
      changes->encryption |= MX_ENCRYPTION_IDENTITY | MX_ENCRYPTION_BACK_UP;
      return mx_store_set_secret (mx_olm_machine_get_store (machine), name, secret, error);
    }
  if (mx_identities_take_secret (machine, name, secret, changes, &unfit))
    return TRUE;
  if (unfit->domain != MX_CRYPTO_ERROR)
    g_propagate_error (error, g_steal_pointer (&unfit));

  return FALSE;
}

/* Only what we asked this device for, and only while it is verified (E2E-151); all else is dropped
 * without a word (E2E-153). */
static gboolean
receive_secret (MxOlmMachine *machine,
                const MxToDeviceMessage *message,
                MxStoreChanges *changes,
                GError **error)
{
  MxStore *store = mx_olm_machine_get_store (machine);
  const char *request_id = mx_json_get_string (message->content, "request_id");
  const char *text = mx_json_get_string (message->content, "secret");
  g_autoptr (MxStoredDevice) device = NULL;
  g_autofree char *name = NULL;
  g_autoptr (GError) failure = NULL;

  if (!message->encrypted || message->device_id == NULL || !is_id (request_id) || text == NULL)
    return TRUE;

  name = mx_store_get_secret_request (store, request_id, message->device_id);
  device = mx_store_get_device (store, message->sender, message->device_id);
  if (name == NULL || device == NULL ||
      memcmp (device->ed25519, message->ed25519, MX_STORE_KEY_SIZE) != 0 ||
      !mx_identities_is_own_verified (machine, device))
    {
      g_message ("A secret came that nobody may send");
      return TRUE;
    }

  if (take_secret (machine, name, text, changes, &failure))
    return cancel_requests (machine, name, message->device_id, changes, error);
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  g_message ("A secret came that does not fit");

  return TRUE;
}

gboolean
mx_secret_gossip_receive (MxOlmMachine *machine,
                          const MxToDeviceMessage *message,
                          MxStoreChanges *changes,
                          GError **error)
{
  if (g_strcmp0 (message->sender, mx_olm_machine_get_user_id (machine)) != 0)
    return TRUE;
  if (g_str_equal (message->type, "m.secret.request"))
    return receive_request (machine, message, changes, error);
  if (g_str_equal (message->type, "m.secret.send"))
    return receive_secret (machine, message, changes, error);

  return TRUE;
}

/* -- What is asked and answered */

static gboolean
ask_device (MxOlmMachine *machine,
            const MxStoredDevice *device,
            const char *name,
            MxStoreChanges *changes,
            GError **error)
{
  g_autofree char *request_id = g_uuid_string_random ();
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autofree char *content = NULL;

  mx_json_begin_object (writer, NULL);
  mx_json_add_string (writer, "action", "request");
  mx_json_add_string (writer, "requesting_device_id", mx_olm_machine_get_device_id (machine));
  mx_json_add_string (writer, "request_id", request_id);
  mx_json_add_string (writer, "name", name);
  mx_json_end (writer);
  content = mx_json_writer_to_text (writer);

  return mx_store_add_secret_request (mx_olm_machine_get_store (machine),
                                      request_id,
                                      device->device_id,
                                      name,
                                      now_ms (),
                                      error) &&
         mx_olm_outbox_send_clear (machine,
                                   "m.secret.request",
                                   device->user_id,
                                   device->device_id,
                                   content,
                                   changes,
                                   error);
}

/* Whether other devices know by now that this one is theirs: they refuse a wish that comes earlier
 * and never look at it again. */
static gboolean
is_signed (MxOlmMachine *machine)
{
  g_autoptr (MxStoredDevice) device = mx_store_get_device (mx_olm_machine_get_store (machine),
                                                           mx_olm_machine_get_user_id (machine),
                                                           mx_olm_machine_get_device_id (machine));

  return device != NULL && device->is_cross_signed;
}

/* What this device lacks, of each verified device that was not asked yet (E2E-152). */
static gboolean
ask (MxOlmMachine *machine, MxStoreChanges *changes, GError **error)
{
  MxStore *store = mx_olm_machine_get_store (machine);
  g_autoptr (GPtrArray) devices =
    mx_store_load_devices (store, mx_olm_machine_get_user_id (machine), FALSE);

  for (gsize n = 0; n < G_N_ELEMENTS (names); n++)
    {
      g_autoptr (MxSecret) secret = mx_store_get_secret (store, names[n]);

      for (guint i = 0; secret == NULL && i < devices->len; i++)
        {
          MxStoredDevice *device = g_ptr_array_index (devices, i);
          gint64 asked = mx_store_last_secret_request (store, names[n], device->device_id);

          if (g_str_equal (device->device_id, mx_olm_machine_get_device_id (machine)) ||
              !mx_identities_is_own_verified (machine, device) ||
              (asked > 0 && ABS (now_ms () - asked) < REQUEST_LIFE_MS))
            continue;
          if (!ask_device (machine, device, names[n], changes, error))
            return FALSE;
        }
    }

  return TRUE;
}

/* The device of a wish that may be answered now, NULL (E2E-150). */
static MxStoredDevice *
get_worthy_device (MxOlmMachine *machine, const MxSecretWish *wish)
{
  MxStore *store = mx_olm_machine_get_store (machine);
  g_autoptr (MxStoredDevice) device =
    mx_store_get_device (store, mx_olm_machine_get_user_id (machine), wish->device_id);
  g_autoptr (MxSecret) secret = mx_store_get_secret (store, wish->name);

  if (secret == NULL || device == NULL || !mx_identities_is_own_verified (machine, device))
    return NULL;

  return g_steal_pointer (&device);
}

static gboolean
look_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  MxOlmMachine *machine = mx_session_get_machine (data);
  g_autoptr (MxStoredIdentity) own =
    mx_store_get_identity (store, mx_olm_machine_get_user_id (machine));
  g_autoptr (GPtrArray) wishes = NULL;
  g_autoptr (GPtrArray) devices =
    g_ptr_array_new_with_free_func ((GDestroyNotify) mx_stored_device_free);

  if (own != NULL && own->is_verified && is_signed (machine) && !ask (machine, changes, error))
    return FALSE;

  wishes = mx_store_load_secret_wishes (store, now_ms () - WISH_LIFE_MS);
  for (guint i = 0; i < wishes->len; i++)
    {
      MxStoredDevice *device = get_worthy_device (machine, g_ptr_array_index (wishes, i));

      if (device != NULL)
        g_ptr_array_add (devices, device);
    }
  if (devices->len > 0)
    {
      g_value_init (result, G_TYPE_PTR_ARRAY);
      g_value_take_boxed (result, g_steal_pointer (&devices));
    }

  return TRUE;
}

static gboolean
answer_wish (MxOlmMachine *machine,
             const MxSecretWish *wish,
             const MxStoredDevice *device,
             MxStoreChanges *changes,
             GError **error)
{
  MxStore *store = mx_olm_machine_get_store (machine);
  g_autoptr (MxSecret) secret = mx_store_get_secret (store, wish->name);
  g_autoptr (MxSecret) text = mx_base64_encode_secret (secret);
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autoptr (MxJsonDocument) document = NULL;
  g_autoptr (GError) failure = NULL;
  char *content = NULL;

  mx_json_begin_object (writer, NULL);
  mx_json_add_string (writer, "request_id", wish->request_id);
  mx_json_add_string (writer, "secret", mx_secret_get_text (text));
  mx_json_end (writer);
  content = mx_json_writer_to_text (writer);
  document = mx_json_document_parse (content, -1, error);
  mx_wipe_free (content);
  if (document == NULL)
    return FALSE;

  if (!mx_olm_outbox_send (machine,
                           device,
                           "m.secret.send",
                           mx_json_document_root (document),
                           changes,
                           NULL,
                           &failure))
    {
      if (failure == NULL)
        return TRUE; /* no session with it: the wish stays open for as long as it lives */
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }

  return mx_store_secret_wish_answered (store, wish->device_id, wish->name, now_ms (), error);
}

static gboolean
answer_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  MxOlmMachine *machine = mx_session_get_machine (data);
  g_autoptr (GPtrArray) wishes = mx_store_load_secret_wishes (store, now_ms () - WISH_LIFE_MS);

  for (guint i = 0; i < wishes->len; i++)
    {
      const MxSecretWish *wish = g_ptr_array_index (wishes, i);
      g_autoptr (MxStoredDevice) device = get_worthy_device (machine, wish);

      if (device != NULL && !answer_wish (machine, wish, device, changes, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
gossip_pass (const MxWorkRun *run, gboolean *more, GError **error)
{
  g_autoptr (DexFuture) look = NULL;
  g_autoptr (GPtrArray) devices = NULL;
  const GValue *value = NULL;

  look = mx_session_write (run->session, look_work, g_object_ref (run->session), g_object_unref);
  if (!dex_await (dex_ref (look), error))
    return FALSE;
  value = dex_future_get_value (look, error);
  if (value == NULL)
    return FALSE;
  if (!G_VALUE_HOLDS (value, G_TYPE_PTR_ARRAY))
    return TRUE;

  devices = g_value_dup_boxed (value);
  return dex_await (mx_guard (run->scope, mx_olm_claims_ensure (run->session, devices, FALSE)),
                    error) &&
         dex_await (mx_session_write (run->session,
                                      answer_work,
                                      g_object_ref (run->session),
                                      g_object_unref),
                    error);
}

MxWorkLoop *
mx_secret_gossip_new (MxSession *session)
{
  return mx_work_loop_new (session, "secrets", gossip_pass, NULL, NULL);
}
