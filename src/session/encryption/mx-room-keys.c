/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Keys of rooms as they come by to-device messages, and the sessions in use. Unpickling costs ten
 * times what decrypting a message does, so the sessions used last are kept; decrypting loses
 * nothing, so they are never written back. */
#include "config.h"

#include "mx-room-keys-private.h"

#include "mx-error.h"
#include "mx-identities.h"
#include "mx-matrix-id.h"
#include "mx-olm-payload.h"

#include <string.h>

/* Each has locked memory of its own. */
#define MAX_CACHED 128

/* Longest identifier that is stored (E2E-168). */
#define MAX_ID 255

struct _MxRoomKeysCache
{
  GHashTable *keys;  /* room id, line feed, session id → GList in recent */
  GQueue recent;     /* Cached, the one used last first */
  GHashTable *fresh; /* the same names: sessions that came in this sync */
};

typedef struct
{
  char *name;
  MxRoomKey key;
} Cached;

static char *
make_name (const char *room_id, const char *session_id)
{
  return g_strconcat (room_id, "\n", session_id, NULL);
}

static void
cached_free (gpointer data)
{
  Cached *cached = data;

  g_free (cached->name);
  mx_stored_megolm_free (cached->key.stored);
  g_clear_pointer (&cached->key.olm, mx_megolm_inbound_free);
  g_free (cached);
}

static void
cache_free (MxRoomKeysCache *cache)
{
  g_hash_table_unref (cache->keys);
  g_queue_clear_full (&cache->recent, cached_free);
  g_hash_table_unref (cache->fresh);
  g_free (cache);
}

static MxRoomKeysCache *
get_cache (MxOlmMachine *machine)
{
  if (machine->room_keys == NULL)
    {
      machine->room_keys = g_new0 (MxRoomKeysCache, 1);
      machine->room_keys->keys = g_hash_table_new (g_str_hash, g_str_equal);
      machine->room_keys->fresh = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_queue_init (&machine->room_keys->recent);
      machine->room_keys_free = cache_free;
    }

  return machine->room_keys;
}

static void
drop (MxRoomKeysCache *cache, GList *link)
{
  Cached *cached = link->data;

  g_hash_table_remove (cache->keys, cached->name);
  g_queue_delete_link (&cache->recent, link);
  cached_free (cached);
}

static void
forget (MxOlmMachine *machine, const char *room_id, const char *session_id)
{
  MxRoomKeysCache *cache = get_cache (machine);
  g_autofree char *name = make_name (room_id, session_id);
  GList *link = g_hash_table_lookup (cache->keys, name);

  if (link != NULL)
    drop (cache, link);
}

MxRoomKey *
mx_room_keys_find (MxOlmMachine *machine, const char *room_id, const char *session_id)
{
  MxRoomKeysCache *cache = get_cache (machine);
  g_autofree char *name = make_name (room_id, session_id);
  GList *link = g_hash_table_lookup (cache->keys, name);
  g_autoptr (MxStoredMegolm) stored = NULL;
  g_autoptr (GError) error = NULL;
  MxMegolmInbound *olm;
  Cached *cached;

  if (link != NULL)
    {
      g_queue_unlink (&cache->recent, link);
      g_queue_push_head_link (&cache->recent, link);
      return &((Cached *) link->data)->key;
    }

  stored = mx_store_get_megolm (machine->store, room_id, session_id);
  if (stored == NULL)
    return NULL;
  olm = mx_megolm_inbound_unpickle (stored->pickle, machine->pickle_key, &error);
  if (olm == NULL)
    {
      g_message ("A room key cannot be read: %d", error->code);
      return NULL;
    }

  cached = g_new0 (Cached, 1);
  cached->name = g_steal_pointer (&name);
  cached->key.stored = g_steal_pointer (&stored);
  cached->key.olm = olm;
  g_queue_push_head (&cache->recent, cached);
  g_hash_table_insert (cache->keys, cached->name, cache->recent.head);
  if (cache->recent.length > MAX_CACHED)
    drop (cache, cache->recent.tail);

  return &cached->key;
}

void
mx_room_keys_rolled_back (MxOlmMachine *machine)
{
  MxRoomKeysCache *cache = machine->room_keys;

  if (cache == NULL)
    return;
  g_hash_table_remove_all (cache->keys);
  g_queue_clear_full (&cache->recent, cached_free);
  g_hash_table_remove_all (cache->fresh);
}

/* -- The best of two */

static gboolean
is_signed (const MxStoredMegolm *stored)
{
  return stored->origin <= MX_KEY_ORIGIN_OLM;
}

/* Who made the session, as far as is known: what came straight from the device counts more than
 * what somebody kept (E2E-089). */
static void
copy_provenance (MxStoredMegolm *to, const MxStoredMegolm *from)
{
  memcpy (to->curve25519, from->curve25519, MX_STORE_KEY_SIZE);
  to->has_ed25519 = from->has_ed25519;
  memcpy (to->ed25519, from->ed25519, MX_STORE_KEY_SIZE);
  g_set_str (&to->sender, from->sender);
  g_set_str (&to->device_keys, from->device_keys);
  g_set_str (&to->chain, from->chain);
  to->origin = from->origin;
  to->shared_history = from->shared_history;
}

gboolean
mx_room_keys_is_vouched_for (MxOlmMachine *machine, const MxStoredMegolm *session)
{
  g_autoptr (MxStoredDevice) device = NULL;

  if (session->origin == MX_KEY_ORIGIN_OWN)
    return TRUE;
  if (session->origin != MX_KEY_ORIGIN_OLM || session->sender == NULL)
    return FALSE;
  device = mx_store_find_device (machine->store, session->sender, session->curve25519);

  return device != NULL && mx_identities_trusts_device (machine, device);
}

/* Any member may say of the session of another one that it is theirs: whom somebody vouches for is
 * believed. */
static gboolean
has_better_origin (MxOlmMachine *machine, const MxStoredMegolm *one, const MxStoredMegolm *other)
{
  return one->origin < other->origin ||
         (one->origin == other->origin && mx_room_keys_is_vouched_for (machine, one) &&
          !mx_room_keys_is_vouched_for (machine, other));
}

typedef enum
{
  KEEP,    /* what is stored */
  UPGRADE, /* its ratchet, but what is known of the new one */
  REPLACE, /* the new ratchet; provenance by the better origin */
} Choice;

/* by how the new one relates to the old one. The key in m.room_key is signed by the session's own
 * key, which its id is; one that was kept is not, and may be anything. */
static Choice
choose (MxOlmMachine *machine,
        const MxStoredMegolm *old,
        const MxStoredMegolm *stored,
        MxMegolmOrder order)
{
  switch (order)
    {
    case MX_MEGOLM_BETTER:
      return REPLACE;
    case MX_MEGOLM_EQUAL:
    case MX_MEGOLM_WORSE:
      return has_better_origin (machine, stored, old) ? UPGRADE : KEEP;
    case MX_MEGOLM_UNCONNECTED:
    default:
      return is_signed (stored) && !is_signed (old) ? REPLACE : KEEP;
    }
}

static gboolean
put (MxOlmMachine *machine, MxStoredMegolm *stored, MxMegolmInbound *olm, GError **error)
{
  g_clear_pointer (&stored->pickle, g_bytes_unref);
  stored->pickle = mx_megolm_inbound_pickle (olm, machine->pickle_key, error);
  stored->first_index = mx_megolm_inbound_get_first_index (olm);
  forget (machine, stored->room_id, stored->session_id);

  return stored->pickle != NULL && mx_store_put_megolm (machine->store, stored, error);
}

/* What the backup, where entry comes from, has of a session that is kept as it is. When it is
 * worse, because somebody replaced ours (E2E-136), ours is due again, and entry->backed_up cleared.
 */
static gboolean
note_entry (MxOlmMachine *machine,
            const MxStoredMegolm *kept,
            MxStoredMegolm *entry,
            MxMegolmOrder order,
            GError **error)
{
  gboolean is_worse =
    order == MX_MEGOLM_WORSE || (order == MX_MEGOLM_UNCONNECTED && is_signed (kept));
  g_autoptr (MxStoredMegolm) now =
    mx_store_get_megolm (machine->store, kept->room_id, kept->session_id);
  gboolean is_there = now != NULL && g_strcmp0 (now->backed_up, entry->backed_up) == 0;

  if (now == NULL || is_there != is_worse || (!is_worse && order != MX_MEGOLM_EQUAL))
    return TRUE;
  if (is_worse)
    g_clear_pointer (&entry->backed_up, g_free);

  return mx_store_megolm_backed_up (machine->store,
                                    now->id,
                                    now->first_index,
                                    entry->backed_up,
                                    error);
}

gboolean
mx_room_keys_merge (MxOlmMachine *machine,
                    MxStoredMegolm *stored,
                    MxMegolmInbound *olm,
                    gboolean *improved,
                    GError **error)
{
  MxRoomKey *known = mx_room_keys_find (machine, stored->room_id, stored->session_id);
  MxMegolmOrder order;
  Choice choice;

  *improved = TRUE;
  if (known == NULL)
    return put (machine, stored, olm, error);

  order = mx_megolm_inbound_compare (olm, known->olm);
  choice = choose (machine, known->stored, stored, order);
  if (choice == KEEP)
    {
      *improved = FALSE;
      return stored->backed_up == NULL || note_entry (machine, known->stored, stored, order, error);
    }
  if (choice == UPGRADE)
    {
      *improved = FALSE;
      copy_provenance (known->stored, stored);
      g_clear_pointer (&known->stored->backed_up, g_free);
      return mx_store_put_megolm (machine->store, known->stored, error);
    }

  if (order != MX_MEGOLM_UNCONNECTED && !has_better_origin (machine, stored, known->stored))
    copy_provenance (stored, known->stored);
  stored->received_ms = known->stored->received_ms;

  return put (machine, stored, olm, error);
}

/* -- To-device messages */

static gboolean
is_bounded (const char *text)
{
  return text != NULL && *text != '\0' && strnlen (text, MAX_ID + 1) <= MAX_ID;
}

void
mx_room_keys_note_fresh (MxOlmMachine *machine, const char *room_id, const char *session_id)
{
  g_hash_table_add (get_cache (machine)->fresh, make_name (room_id, session_id));
}

static gboolean
receive_key (MxOlmMachine *machine,
             const MxToDeviceMessage *message,
             MxStoreChanges *changes,
             GError **error)
{
  MxJson content = message->content;
  const char *room_id = mx_json_get_string (content, "room_id");
  const char *session_id = mx_json_get_string (content, "session_id");
  const char *key = mx_json_get_string (content, "session_key");
  g_autoptr (MxStoredMegolm) stored = NULL;
  g_autoptr (MxMegolmInbound) olm = NULL;
  g_autoptr (GError) refused = NULL;
  gboolean improved = FALSE;

  if (!message->encrypted || !is_bounded (room_id) || !is_bounded (session_id) || key == NULL ||
      g_strcmp0 (mx_json_get_string (content, "algorithm"), MX_MEGOLM_ALGORITHM) != 0)
    return TRUE;
  olm = mx_megolm_inbound_new (key, session_id, &refused);
  if (olm == NULL)
    {
      g_message ("A room key was refused: %d", refused->code);
      return TRUE;
    }

  stored = g_new0 (MxStoredMegolm, 1);
  stored->room_id = g_strdup (room_id);
  stored->session_id = g_strdup (session_id);
  memcpy (stored->curve25519, message->curve25519, MX_STORE_KEY_SIZE);
  memcpy (stored->ed25519, message->ed25519, MX_STORE_KEY_SIZE);
  stored->has_ed25519 = TRUE;
  stored->sender = g_strdup (message->sender);
  stored->device_keys = g_strdup (message->device_keys);
  stored->origin = MX_KEY_ORIGIN_OLM;
  stored->shared_history = mx_room_keys_is_history_shared (content);
  stored->received_ms = g_get_real_time () / 1000;
  if (!mx_room_keys_merge (machine, stored, olm, &improved, error) ||
      !mx_store_put_withheld (machine->store, "", "", message->sender, NULL, error))
    return FALSE;

  changes->encryption |= MX_ENCRYPTION_BACK_UP;
  if (improved)
    mx_room_keys_note_fresh (machine, room_id, session_id);

  return TRUE;
}

static gboolean
receive_withheld (MxOlmMachine *machine,
                  const MxToDeviceMessage *message,
                  MxStoreChanges *changes,
                  GError **error)
{
  MxJson content = message->content;
  const char *room_id = mx_json_get_string (content, "room_id");
  const char *session_id = mx_json_get_string (content, "session_id");
  const char *code = mx_json_get_string (content, "code");

  if (!is_bounded (code))
    return TRUE;
  if (g_str_equal (code, "m.no_olm"))
    room_id = session_id = "";
  else if (!is_bounded (room_id) || !is_bounded (session_id) ||
           g_strcmp0 (mx_json_get_string (content, "algorithm"), MX_MEGOLM_ALGORITHM) != 0)
    return TRUE;

  if (!mx_store_put_withheld (machine->store, room_id, session_id, message->sender, code, error))
    return FALSE;
  if (*session_id != '\0')
    mx_room_keys_note_fresh (machine, room_id, session_id);

  return TRUE;
}

gboolean
mx_room_keys_receive (MxOlmMachine *machine,
                      const MxToDeviceMessage *message,
                      MxStoreChanges *changes,
                      GError **error)
{
  if (g_str_equal (message->type, "m.room_key"))
    return receive_key (machine, message, changes, error);
  if (g_str_equal (message->type, "m.room_key.withheld"))
    return receive_withheld (machine, message, changes, error);
  if (g_str_equal (message->type, "m.room_key_request"))
    return mx_room_key_requests_receive (machine, message, changes, error);

  /* m.room_key_request is never sent, so no m.forwarded_room_key is the answer to one (E2E-078,
   * E2E-079). */
  return TRUE;
}

gboolean
mx_room_keys_finish_sync (MxOlmMachine *machine, MxStoreChanges *changes, GError **error)
{
  MxRoomKeysCache *cache = machine->room_keys;
  g_autoptr (GPtrArray) names = NULL;

  if (cache == NULL || g_hash_table_size (cache->fresh) == 0)
    return TRUE;

  names = g_hash_table_steal_all_keys (cache->fresh);
  for (guint i = 0; i < names->len; i++)
    {
      char *name = g_ptr_array_index (names, i);
      char *end = strchr (name, '\n');

      *end = '\0';
      if (mx_store_decrypt_again (machine->store, name, end + 1, changes, error) < 0)
        return FALSE;
    }

  return TRUE;
}
