/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-room-session.h; making and sharing are here, replacing is decided by must_replace (). */
#include "config.h"

#include "mx-room-session.h"

#include "mx-base64.h"
#include "mx-error.h"
#include "mx-megolm-outbound.h"
#include "mx-olm-outbox.h"
#include "mx-room-keys-private.h"
#include "mx-store-identities.h"
#include "mx-store-rooms.h"
#include "mx-store-to-device.h"

#include <string.h>

/* Devices served in one transaction, so that the account thread does not stop for a large room. */
#define MAX_SHARED 100
/* How long a session that was replaced can be given again to who lost its key (E2E-042, E2E-080).
 */
#define KEEP_MS (G_GINT64_CONSTANT (30) * 24 * 60 * 60 * 1000)
/* A clock that was set back further than this has lost its way (E2E-167). */
#define CLOCK_TOLERANCE_MS 60000
/* How long the list of somebody is believed of whose devices the server says nothing by itself. */
#define BELIEVED_MS (5 * 60 * 1000)
/* Of an event as it leaves; the server adds to it. */
#define MAX_CONTENT_SIZE 60000

typedef struct
{
  MxOlmMachine *machine;
  const char *room_id;
  const MxRoomSessionTried *tried;
  MxRoomSessionNeeds *needs;
  MxStoreChanges *changes;
  MxRoomEncryption *encryption;
  char *visibility;
  gboolean with_invited;
  MxStoredOutbound *session;
  MxJsonDocument *key; /* content of m.room_key, made when first needed */
  unsigned shared;
} Preparation;

static void
preparation_clear (Preparation *self)
{
  g_clear_pointer (&self->encryption, mx_room_encryption_free);
  g_clear_pointer (&self->visibility, g_free);
  g_clear_pointer (&self->session, mx_stored_outbound_free);
  g_clear_pointer (&self->key, mx_json_document_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Preparation, preparation_clear)

void
mx_room_session_needs_clear (MxRoomSessionNeeds *self)
{
  g_clear_pointer (&self->outdated, g_strfreev);
  g_clear_pointer (&self->unopened, g_ptr_array_unref);
  *self = (MxRoomSessionNeeds) { 0 };
}

gboolean
mx_room_session_needs_any (const MxRoomSessionNeeds *self)
{
  return self->members || self->outdated != NULL || self->unopened != NULL || self->flush ||
         self->more;
}

static gboolean
fail (GError **error, MxSessionError code, const char *message)
{
  g_set_error_literal (error, MX_SESSION_ERROR, code, message);
  return FALSE;
}

/* -- Whether anything may be sent at all */

static char *
dup_visibility (MxStore *store, const char *room_id)
{
  g_autofree char *state = mx_store_get_state (store, room_id, "m.room.history_visibility", "");
  g_autoptr (MxJsonDocument) document =
    state != NULL ? mx_json_document_parse (state, -1, NULL) : NULL;
  const char *visibility =
    document != NULL ? mx_json_get_string (mx_json_document_root (document), "history_visibility")
                     : NULL;

  return g_strdup (visibility != NULL ? visibility : "shared");
}

/* What is written now may be given to those who come later (E2E-058, E2E-169). */
static gboolean
is_history_shared (const char *visibility)
{
  return g_str_equal (visibility, "shared") || g_str_equal (visibility, "world_readable");
}

static gboolean
read_room (Preparation *self, GError **error)
{
  MxStore *store = self->machine->store;

  self->encryption = mx_store_get_room_encryption (store, self->room_id);
  if (self->encryption == NULL || !g_str_equal (self->encryption->algorithm, MX_MEGOLM_ALGORITHM))
    return fail (error, MX_SESSION_ERROR_UNKNOWN_ALGORITHM, "The room's encryption is not known");
  self->visibility = dup_visibility (store, self->room_id);
  /* Where history is for those who joined, an invitation gives no key (E2E-016). */
  self->with_invited = !g_str_equal (self->visibility, "joined");
  self->session = mx_store_get_outbound (store, self->room_id);

  return TRUE;
}

/* -- A room in which nothing changed since everybody had the key
 *
 * Looking at each device takes as long as there are devices, for each message. The store says when
 * to look again. */

typedef struct
{
  char *session_id;
  guint64 stamp;
  gint64 looked_ms; /* wall clock */
  gboolean with_invited;
  gboolean with_all;
} MxSettledRoom;

static void
mx_settled_room_free (gpointer data)
{
  MxSettledRoom *room = data;

  g_free (room->session_id);
  g_free (room);
}

/* Whether devices that nobody signed get the key. */
static gboolean
is_for_all (Preparation *self)
{
  return self->machine->policy.share_with_all || self->tried->for_verification;
}

static gboolean
is_settled (Preparation *self, const char *session_id)
{
  const MxSettledRoom *room = self->machine->settled != NULL
                                ? g_hash_table_lookup (self->machine->settled, self->room_id)
                                : NULL;
  gint64 now = g_get_real_time () / 1000;

  return room != NULL && g_strcmp0 (room->session_id, session_id) == 0 &&
         room->stamp == mx_store_get_recipients_stamp (self->machine->store) &&
         room->with_invited == self->with_invited && room->with_all == is_for_all (self) &&
         (!room->with_invited || ABS (now - room->looked_ms) < BELIEVED_MS);
}

/* Only where nothing was missing: what was tried in vain is tried again. */
static void
note_settled (Preparation *self)
{
  MxOlmMachine *machine = self->machine;
  MxSettledRoom *room = NULL;

  if (self->tried->devices || self->tried->sessions || self->needs->unopened != NULL ||
      self->needs->more)
    return;
  if (machine->settled == NULL)
    machine->settled =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, mx_settled_room_free);
  room = g_new0 (MxSettledRoom, 1);
  room->session_id = g_strdup (self->session->session_id);
  room->stamp = mx_store_get_recipients_stamp (machine->store);
  room->looked_ms = g_get_real_time () / 1000;
  room->with_invited = self->with_invited;
  room->with_all = is_for_all (self);
  g_hash_table_replace (machine->settled, g_strdup (self->room_id), room);
}

/* The server tells of the devices of those with whom we are in a room, and not of those whom we
 * only invited: they may have a new one since they were asked for (E2E-017, E2E-025). */
static gboolean
doubt_invited (Preparation *self, GError **error)
{
  MxStore *store = self->machine->store;
  gint64 now = g_get_real_time () / 1000;
  g_auto (GStrv) unheard = NULL;

  if (!self->with_invited || self->tried->devices ||
      (self->session != NULL && is_settled (self, self->session->session_id)))
    return TRUE;

  unheard = mx_store_load_unheard_members (store, self->room_id, now - BELIEVED_MS, now);
  for (char **user_id = unheard; *user_id != NULL; user_id++)
    if (!mx_store_mark_user_outdated (store, *user_id, error))
      return FALSE;

  return TRUE;
}

/* The lists that everything else is decided by; FALSE: they are to be got first. */
static gboolean
is_complete (Preparation *self)
{
  MxStore *store = self->machine->store;
  g_auto (GStrv) outdated = NULL;

  if (!mx_store_members_complete (store, self->room_id))
    {
      self->needs->members = TRUE;
      return FALSE;
    }
  if (self->tried->devices ||
      (self->session != NULL && is_settled (self, self->session->session_id)))
    return TRUE;

  outdated = mx_store_load_outdated_members (store, self->room_id, self->with_invited);
  if (outdated[0] == NULL)
    return TRUE;
  self->needs->outdated = g_steal_pointer (&outdated);

  return FALSE;
}

gboolean
mx_room_session_is_for_verification (const char *type, const char *content)
{
  g_autoptr (MxJsonDocument) document = NULL;

  if (g_str_has_prefix (type, "m.key.verification."))
    return TRUE;
  if (!g_str_equal (type, "m.room.message") ||
      strstr (content, "m.key.verification.request") == NULL)
    return FALSE;
  document = mx_json_document_parse (content, -1, NULL);

  return document != NULL &&
         g_strcmp0 (mx_json_get_string (mx_json_document_root (document), "msgtype"),
                    "m.key.verification.request") == 0;
}

/* E2E-062, E2E-063. A verification is what helps: nothing stops it (E2E-116). */
static gboolean
check_trust (Preparation *self, GError **error)
{
  MxOlmMachine *machine = self->machine;
  g_autoptr (MxStoredDevice) own =
    mx_store_get_device (machine->store, machine->user_id, machine->device_id);

  if (self->tried->for_verification)
    return TRUE;
  if (!machine->policy.share_with_all && (own == NULL || !own->is_cross_signed))
    return fail (error,
                 MX_SESSION_ERROR_UNVERIFIED_DEVICE,
                 "This device is not verified: verify it, or set up or restore the recovery");
  if (mx_store_has_violated_member (machine->store, self->room_id, self->with_invited))
    return fail (error, MX_SESSION_ERROR_IDENTITY_CHANGED, "A verified identity was replaced");

  return TRUE;
}

/* -- A new session */

static gboolean
must_replace (Preparation *self)
{
  const MxStoredOutbound *session = self->session;
  gint64 now = g_get_real_time () / 1000;

  return session->is_over || session->messages >= self->encryption->rotation_messages ||
         now >= session->created_ms + self->encryption->rotation_period_ms ||
         now + CLOCK_TOLERANCE_MS < session->created_ms ||
         is_history_shared (session->visibility) != is_history_shared (self->visibility) ||
         (!is_settled (self, session->session_id) && mx_store_has_lost_share (self->machine->store,
                                                                              self->room_id,
                                                                              session->session_id,
                                                                              self->with_invited,
                                                                              !is_for_all (self)));
}

/* So that we can read what we write, after a restart and elsewhere (E2E-051). */
static gboolean
store_inbound (Preparation *self, MxMegolmOutbound *olm, GError **error)
{
  MxOlmMachine *machine = self->machine;
  MxOlmAccount *account = mx_olm_machine_get_account (machine, error);
  g_autoptr (MxSecret) key = account != NULL ? mx_megolm_outbound_dup_key (olm, error) : NULL;
  g_autoptr (MxMegolmInbound) inbound =
    key != NULL ? mx_megolm_inbound_new (mx_secret_get_text (key), self->session->session_id, error)
                : NULL;
  g_autoptr (MxStoredMegolm) stored = NULL;
  gboolean improved = FALSE;

  if (inbound == NULL)
    return FALSE;

  stored = g_new0 (MxStoredMegolm, 1);
  stored->room_id = g_strdup (self->room_id);
  stored->session_id = g_strdup (self->session->session_id);
  memcpy (stored->curve25519, mx_olm_account_get_curve25519_key (account), MX_STORE_KEY_SIZE);
  memcpy (stored->ed25519, mx_olm_account_get_ed25519_key (account), MX_STORE_KEY_SIZE);
  stored->has_ed25519 = TRUE;
  stored->sender = g_strdup (machine->user_id);
  stored->origin = MX_KEY_ORIGIN_OWN;
  stored->shared_history = is_history_shared (self->visibility);
  stored->received_ms = self->session->created_ms;
  self->changes->encryption |= MX_ENCRYPTION_BACK_UP;

  return mx_room_keys_merge (machine, stored, inbound, &improved, error);
}

static gboolean
make_session (Preparation *self, GError **error)
{
  MxStore *store = self->machine->store;
  g_autoptr (MxMegolmOutbound) olm = mx_megolm_outbound_new ();
  MxStoredOutbound *session = g_new0 (MxStoredOutbound, 1);

  g_clear_pointer (&self->session, mx_stored_outbound_free);
  self->session = session;
  session->room_id = g_strdup (self->room_id);
  session->session_id = mx_megolm_outbound_dup_id (olm);
  session->created_ms = g_get_real_time () / 1000;
  session->visibility = g_strdup (self->visibility);
  session->pickle = mx_megolm_outbound_pickle (olm, self->machine->pickle_key, error);

  return session->pickle != NULL && mx_store_put_outbound (store, session, error) &&
         mx_store_put_megolm_start (store, session, error) &&
         mx_store_prune_megolm_starts (store,
                                       self->room_id,
                                       session->created_ms - KEEP_MS,
                                       error) &&
         store_inbound (self, olm, error);
}

static gboolean
ensure_session (Preparation *self, GError **error)
{
  return (self->session != NULL && !must_replace (self)) || make_session (self, error);
}

/* -- Its key */

static MxJsonDocument *
write_key (const char *room_id,
           const char *session_id,
           MxSecret *key,
           gboolean history,
           GError **error)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  MxJsonDocument *document;
  char *text;

  mx_json_begin_object (writer, NULL);
  mx_json_add_string (writer, "algorithm", MX_MEGOLM_ALGORITHM);
  mx_json_add_string (writer, "room_id", room_id);
  mx_json_add_string (writer, "session_id", session_id);
  mx_json_add_string (writer, "session_key", mx_secret_get_text (key));
  mx_room_keys_add_history (writer, history);
  mx_json_end (writer);
  text = mx_json_writer_to_text (writer);
  document = mx_json_document_parse (text, -1, error);
  mx_wipe_free (text);

  return document;
}

static MxMegolmOutbound *
unpickle (MxOlmMachine *machine, GBytes *pickle, GError **error)
{
  return pickle != NULL ? mx_megolm_outbound_unpickle (pickle, machine->pickle_key, error) : NULL;
}

/* As it is now: newcomers do not read the past (E2E-060). index: from which on it reads. */
static gboolean
load_key (Preparation *self, gint64 *index, GError **error)
{
  g_autoptr (MxMegolmOutbound) olm = unpickle (self->machine, self->session->pickle, error);
  g_autoptr (MxSecret) key = olm != NULL ? mx_megolm_outbound_dup_key (olm, error) : NULL;

  if (key == NULL)
    return FALSE;
  *index = mx_megolm_outbound_get_index (olm);
  if (self->key == NULL)
    self->key = write_key (self->room_id,
                           self->session->session_id,
                           key,
                           is_history_shared (self->session->visibility),
                           error);

  return self->key != NULL;
}

/* The key as it was at an index: the session at its beginning, moved there. What is encrypted on
 * the way is thrown away. */
static MxSecret *
dup_key_at (MxOlmMachine *machine, const char *session_id, gint64 index, GError **error)
{
  g_autoptr (GBytes) pickle = mx_store_get_megolm_start (machine->store, session_id);
  g_autoptr (MxMegolmOutbound) olm = unpickle (machine, pickle, error);

  if (olm == NULL)
    return NULL;
  while (mx_megolm_outbound_get_index (olm) < index)
    {
      g_autofree char *unused = mx_megolm_outbound_encrypt (olm, "", 0, error);

      if (unused == NULL)
        return NULL;
    }

  return mx_megolm_outbound_dup_key (olm, error);
}

/* -- Who gets it */

const char *
mx_room_session_get_refusal (MxOlmMachine *machine, const MxStoredDevice *device)
{
  if (device->trust == MX_LOCAL_TRUST_BLOCKED)
    return "m.blacklisted";
  if (machine->policy.share_with_all || device->is_cross_signed ||
      device->trust == MX_LOCAL_TRUST_VERIFIED)
    return NULL;

  return "m.unverified";
}

static gboolean
put_share (Preparation *self,
           const MxStoredDevice *device,
           gint64 index,
           const char *withheld,
           const char *olm_session,
           GError **error)
{
  MxStoredShare share = { .room_id = (char *) self->room_id,
                          .session_id = self->session->session_id,
                          .user_id = device->user_id,
                          .device_id = device->device_id,
                          .message_index = index,
                          .withheld = (char *) withheld,
                          .olm_session = (char *) olm_session };

  memcpy (share.curve25519, device->curve25519, MX_STORE_KEY_SIZE);

  return mx_store_put_share (self->machine->store, &share, error);
}

/* Once in a session (E2E-064); that there is no way to the device, until there was one (E2E-030).
 */
static gboolean
withhold (Preparation *self, const MxUnshared *unshared, const char *code, GError **error)
{
  MxOlmMachine *machine = self->machine;
  MxOlmAccount *account = mx_olm_machine_get_account (machine, error);
  gboolean no_olm = g_str_equal (code, "m.no_olm");
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autofree char *sender_key = NULL;
  g_autofree char *content = NULL;

  if (account == NULL)
    return FALSE;
  if (unshared->share != NULL && g_strcmp0 (unshared->share->withheld, code) == 0)
    return TRUE;
  if (!put_share (self, unshared->device, -1, code, NULL, error))
    return FALSE;
  if (no_olm && unshared->device->no_olm_sent)
    return TRUE;

  sender_key =
    mx_base64_encode (mx_olm_account_get_curve25519_key (account), MX_CURVE25519_KEY_SIZE);
  mx_json_begin_object (writer, NULL);
  mx_json_add_string (writer, "algorithm", MX_MEGOLM_ALGORITHM);
  mx_json_add_string (writer, "code", code);
  mx_json_add_string (writer, "sender_key", sender_key);
  mx_json_add_string (writer, "room_id", no_olm ? NULL : self->room_id);
  mx_json_add_string (writer, "session_id", no_olm ? NULL : self->session->session_id);
  mx_json_end (writer);
  content = mx_json_writer_to_text (writer);
  if (no_olm)
    {
      unshared->device->no_olm_sent = TRUE;
      if (!mx_store_put_device (machine->store, unshared->device, error))
        return FALSE;
    }

  return mx_olm_outbox_send_clear (machine,
                                   "m.room_key.withheld",
                                   unshared->device->user_id,
                                   unshared->device->device_id,
                                   content,
                                   self->changes,
                                   error);
}

gboolean
mx_room_session_share_again (MxOlmMachine *machine,
                             const MxStoredDevice *device,
                             const MxStoredShare *share,
                             MxStoreChanges *changes,
                             GError **error)
{
  g_autoptr (MxSecret) key = NULL;
  g_autoptr (MxStoredMegolm) inbound = NULL;
  g_autoptr (MxJsonDocument) content = NULL;
  MxStoredShare sent = *share;
  g_autofree char *olm_session = NULL;

  key = dup_key_at (machine, share->session_id, share->message_index, error);
  inbound = mx_store_get_megolm (machine->store, share->room_id, share->session_id);
  if (key == NULL || inbound == NULL)
    return FALSE;
  content = write_key (share->room_id, share->session_id, key, inbound->shared_history, error);
  if (content == NULL || !mx_olm_outbox_send (machine,
                                              device,
                                              "m.room_key",
                                              mx_json_document_root (content),
                                              changes,
                                              &olm_session,
                                              error))
    return FALSE;

  sent.olm_session = olm_session;
  sent.must_resend = FALSE;

  return mx_store_put_share (machine->store, &sent, error);
}

static gboolean
share_key (Preparation *self, const MxUnshared *unshared, gboolean *sent, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autofree char *olm_session = NULL;
  gint64 index = 0;

  if (unshared->share != NULL && unshared->share->message_index >= 0)
    *sent = mx_room_session_share_again (self->machine,
                                         unshared->device,
                                         unshared->share,
                                         self->changes,
                                         &failure);
  else
    *sent = load_key (self, &index, &failure) &&
            mx_olm_outbox_send (self->machine,
                                unshared->device,
                                "m.room_key",
                                mx_json_document_root (self->key),
                                self->changes,
                                &olm_session,
                                &failure) &&
            put_share (self, unshared->device, index, NULL, olm_session, &failure);
  if (failure == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));

  return FALSE;
}

static void
note_unopened (Preparation *self, const MxStoredDevice *device)
{
  if (self->needs->unopened == NULL)
    self->needs->unopened = g_ptr_array_new_with_free_func ((GDestroyNotify) mx_stored_device_free);
  g_ptr_array_add (self->needs->unopened, mx_stored_device_copy (device));
}

static gboolean
serve (Preparation *self, const MxUnshared *unshared, GError **error)
{
  const char *refusal = mx_room_session_get_refusal (self->machine, unshared->device);
  gboolean sent = FALSE;

  /* What is said in an ordinary message afterwards is said by another session. */
  if (self->tried->for_verification && g_strcmp0 (refusal, "m.unverified") == 0)
    refusal = NULL;
  if (refusal != NULL)
    return withhold (self, unshared, refusal, error);
  if (self->shared >= MAX_SHARED)
    {
      self->needs->more = TRUE;
      return TRUE;
    }
  if (!share_key (self, unshared, &sent, error))
    return FALSE;
  if (sent)
    {
      self->shared++;
      return TRUE;
    }
  if (self->tried->sessions)
    return withhold (self, unshared, "m.no_olm", error);
  note_unopened (self, unshared->device);

  return TRUE;
}

static gboolean
share_with_missing (Preparation *self, GError **error)
{
  MxOlmMachine *machine = self->machine;
  g_autoptr (GPtrArray) unshared = mx_store_load_unshared (machine->store,
                                                           self->room_id,
                                                           self->session->session_id,
                                                           self->with_invited,
                                                           machine->device_id,
                                                           error);

  if (unshared == NULL)
    return FALSE;
  for (guint i = 0; i < unshared->len; i++)
    if (!serve (self, g_ptr_array_index (unshared, i), error))
      return FALSE;
  note_settled (self);

  return TRUE;
}

static gboolean
share (Preparation *self, GError **error)
{
  MxStore *store = self->machine->store;
  gint64 before = mx_store_last_to_device (store);
  gint64 last;

  if (!is_settled (self, self->session->session_id) && !share_with_missing (self, error))
    return FALSE;

  /* Also what an earlier run left, or was queued before the program ended. */
  last = mx_store_last_to_device (store);
  self->needs->flush =
    last > before || (!self->tried->flushed && mx_store_has_to_device (store, last));

  return TRUE;
}

gboolean
mx_room_session_prepare (MxOlmMachine *machine,
                         const char *room_id,
                         const MxRoomSessionTried *tried,
                         MxRoomSessionNeeds *needs,
                         MxStoreChanges *changes,
                         GError **error)
{
  g_auto (Preparation) self = {
    .machine = machine, .room_id = room_id, .tried = tried, .needs = needs, .changes = changes
  };

  *needs = (MxRoomSessionNeeds) { 0 };
  if (!mx_olm_machine_check (machine, error) || !read_room (&self, error) ||
      !doubt_invited (&self, error))
    return FALSE;
  if (!is_complete (&self))
    return TRUE;

  return check_trust (&self, error) && ensure_session (&self, error) && share (&self, error);
}

/* -- A message */

/* What is encrypted: the relation stays outside, where servers need it (E2E-068). */
static char *
write_payload (const char *room_id, const char *type, MxJson content)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  MxJsonIter iter;
  MxJson value;
  const char *name;

  mx_json_begin_object (writer, NULL);
  mx_json_add_string (writer, "type", type);
  mx_json_begin_object (writer, "content");
  mx_json_iter_init (&iter, content);
  while (mx_json_iter_next (&iter, &name, &value))
    if (!g_str_equal (name, "m.relates_to"))
      mx_json_add_json (writer, name, value);
  mx_json_end (writer);
  mx_json_add_string (writer, "room_id", room_id);
  mx_json_end (writer);

  return mx_json_writer_to_text (writer);
}

static char *
write_wire (MxOlmMachine *machine,
            const MxStoredOutbound *session,
            const char *ciphertext,
            MxJson relation,
            GError **error)
{
  MxOlmAccount *account = mx_olm_machine_get_account (machine, error);
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autofree char *sender_key = NULL;

  if (account == NULL)
    return NULL;
  sender_key =
    mx_base64_encode (mx_olm_account_get_curve25519_key (account), MX_CURVE25519_KEY_SIZE);
  mx_json_begin_object (writer, NULL);
  mx_json_add_string (writer, "algorithm", MX_MEGOLM_ALGORITHM);
  mx_json_add_string (writer, "ciphertext", ciphertext);
  mx_json_add_string (writer, "device_id", machine->device_id);
  mx_json_add_string (writer, "sender_key", sender_key);
  mx_json_add_string (writer, "session_id", session->session_id);
  mx_json_add_json (writer, "m.relates_to", relation);
  mx_json_end (writer);

  return mx_json_writer_to_text (writer);
}

char *
mx_room_session_encrypt (MxOlmMachine *machine,
                         const char *room_id,
                         const char *type,
                         const char *content,
                         GError **error)
{
  g_autoptr (MxStoredOutbound) session = mx_store_get_outbound (machine->store, room_id);
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (content, -1, error);
  g_autoptr (MxMegolmOutbound) olm = NULL;
  g_autofree char *payload = NULL;
  g_autofree char *ciphertext = NULL;
  g_autofree char *wire = NULL;
  MxJson root;

  g_return_val_if_fail (session != NULL, NULL);

  if (document == NULL || !(olm = unpickle (machine, session->pickle, error)))
    return NULL;
  root = mx_json_document_root (document);
  payload = write_payload (room_id, type, root);
  ciphertext = mx_megolm_outbound_encrypt (olm, payload, strlen (payload), error);
  if (ciphertext == NULL)
    return NULL;
  wire = write_wire (machine, session, ciphertext, mx_json_get (root, "m.relates_to"), error);
  if (wire == NULL)
    return NULL;
  if (strlen (wire) > MAX_CONTENT_SIZE)
    {
      fail (error, MX_SESSION_ERROR_TOO_LONG, "The message does not fit in an event");
      return NULL;
    }

  session->messages++;
  g_clear_pointer (&session->pickle, g_bytes_unref);
  session->pickle = mx_megolm_outbound_pickle (olm, machine->pickle_key, error);

  return session->pickle != NULL && mx_store_put_outbound (machine->store, session, error)
           ? g_steal_pointer (&wire)
           : NULL;
}
