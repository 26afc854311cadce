/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "session-fixture.h"

#include "local-server.h"
#include "mx-login.h"
#include "mx-session-private.h"
#include "mx-sync-classic.h"

#include <glib/gstdio.h>

DexFuture *
session_fixture_wait (DexFuture *future)
{
  g_autoptr (GError) error = NULL;

  while (dex_future_is_pending (future))
    g_main_context_iteration (NULL, TRUE);
  if (!dex_future_is_resolved (future))
    dex_future_get_value (future, &error);
  g_assert_no_error (error);

  return future;
}

void
session_fixture_init (SessionFixture *self)
{
  session_fixture_init_at (self, "http://127.0.0.1:9");
}

void
session_fixture_init_at (SessionFixture *self, const char *base_url)
{
  MxNetworkSettings network = { 0 };
  MxLoginReply reply = { 0 };
  g_autoptr (MxSecret) token = mx_secret_new_text ("token-of-a-test");
  g_autoptr (DexFuture) added = NULL;
  g_autoptr (DexFuture) opened = NULL;

  memset (self, 0, sizeof *self);
  self->dir = g_dir_make_tmp ("chappe-session-XXXXXX", NULL);
  self->keyring = mx_keyring_memory_new ();
  self->accounts = mx_accounts_new (self->dir, self->keyring);

  reply.user_id = (char *) FIXTURE_USER;
  reply.device_id = (char *) "TESTDEVICE";
  reply.access_token = token;
  reply.expires_in_ms = -1;
  added = session_fixture_wait (mx_accounts_add (self->accounts, &reply, base_url, &network));
  self->session = g_value_dup_object (dex_future_get_value (added, NULL));
  opened = session_fixture_wait (mx_session_open (self->session));
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

void
session_fixture_clear (SessionFixture *self)
{
  g_autoptr (DexFuture) closed = session_fixture_wait (mx_session_close (self->session));

  g_clear_object (&self->accounts);
  g_clear_object (&self->keyring);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  await_finalized (g_steal_pointer (&self->session));
  remove_tree (self->dir);
  g_free (self->dir);
  g_free (self->since);
}

typedef struct
{
  GBytes *reply;
  char *since;
} Reply;

static void
reply_free (gpointer data)
{
  Reply *reply = data;

  g_bytes_unref (reply->reply);
  g_free (reply->since);
  g_free (reply);
}

static gboolean
apply_reply (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  Reply *reply = data;
  g_autoptr (MxSyncDelta) delta = mx_sync_classic_decode (reply->reply, reply->since, error);

  return delta != NULL && mx_store_apply_sync (store, delta, FIXTURE_USER, changes, error);
}

/* members: what the reply says beside its token. */
static void
apply_text (SessionFixture *self, const char *members)
{
  g_autofree char *text = g_strdup_printf ("{\"next_batch\":\"t%u\",%s}", ++self->serial, members);
  Reply *reply = g_new0 (Reply, 1);
  g_autoptr (DexFuture) written = NULL;

  reply->reply = g_bytes_new (text, strlen (text));
  reply->since = g_strdup (self->since);
  written = session_fixture_wait (mx_session_write (self->session, apply_reply, reply, reply_free));
  g_free (self->since);
  self->since = g_strdup_printf ("t%u", self->serial);
}

void
session_fixture_apply (SessionFixture *self, const char *room)
{
  g_autofree char *members =
    g_strdup_printf ("\"rooms\":{\"join\":{\"" FIXTURE_ROOM "\":%s}}", room);

  apply_text (self, members);
}

static void
apply_membership (SessionFixture *self, const char *room_id, const char *membership)
{
  g_autofree char *members = g_strdup_printf (
    "\"rooms\":{\"%s\":{\"%s\":{\"timeline\":{\"limited\":false,\"events\":["
    "{\"event_id\":\"$%s%s\",\"type\":\"m.room.member\",\"state_key\":\"" FIXTURE_USER
    "\",\"sender\":\"" FIXTURE_USER "\",\"origin_server_ts\":1700000000000,"
    "\"content\":{\"membership\":\"%s\"}}]}}}}",
    membership,
    room_id,
    membership,
    room_id,
    membership);

  apply_text (self, members);
}

void
session_fixture_join (SessionFixture *self, const char *room_id)
{
  apply_membership (self, room_id, "join");
}

void
session_fixture_leave (SessionFixture *self, const char *room_id)
{
  apply_membership (self, room_id, "leave");
}

void
session_fixture_account_data (SessionFixture *self, const char *event)
{
  g_autofree char *members = g_strdup_printf ("\"account_data\":{\"events\":[%s]}", event);

  apply_text (self, members);
}

MxRoom *
session_fixture_make_room (SessionFixture *self)
{
  MxRoom *room;

  session_fixture_apply (
    self,
    "{\"timeline\":{\"limited\":false,\"events\":["
    "{\"event_id\":\"$create\",\"type\":\"m.room.create\",\"state_key\":\"\",\"sender\":\"" FIXTURE_OTHER
    "\",\"origin_server_ts\":1700000000000,\"content\":{\"room_version\":\"10\"}},"
    "{\"event_id\":\"$m1\",\"type\":\"m.room.member\",\"state_key\":\"" FIXTURE_OTHER
    "\",\"sender\":\"" FIXTURE_OTHER
    "\",\"origin_server_ts\":1700000000001,\"content\":{\"membership\":\"join\",\"displayname\":\"Paul BERNARD [DINUM]\"}},"
    "{\"event_id\":\"$name\",\"type\":\"m.room.name\",\"state_key\":\"\",\"sender\":\"" FIXTURE_OTHER
    "\",\"origin_server_ts\":1700000000002,\"content\":{\"name\":\"Projet télégraphe\"}},"
    "{\"event_id\":\"$m2\",\"type\":\"m.room.member\",\"state_key\":\"" FIXTURE_USER
    "\",\"sender\":\"" FIXTURE_USER
    "\",\"origin_server_ts\":1700000000003,\"content\":{\"membership\":\"join\",\"displayname\":\"Claire MOREL [Intérieur]\"}}"
    "]}}");

  room = mx_room_list_find (mx_session_get_rooms (self->session), FIXTURE_ROOM);
  g_assert_nonnull (room);

  return room;
}

char *
session_fixture_message (const char *event_id,
                         const char *sender,
                         gint64 ts,
                         const char *body,
                         const char *txn_id)
{
  g_autofree char *extra = txn_id != NULL
                             ? g_strdup_printf (",\"unsigned\":{\"transaction_id\":\"%s\"}", txn_id)
                             : g_strdup ("");

  return g_strdup_printf (
    "{\"event_id\":\"%s\",\"type\":\"m.room.message\",\"sender\":\"%s\",\"origin_server_ts\":%" G_GINT64_FORMAT
    ",\"content\":{\"msgtype\":\"m.text\",\"body\":\"%s\"}%s}",
    event_id,
    sender,
    ts,
    body,
    extra);
}

void
session_fixture_append (SessionFixture *self, const char *events, const char *prev_batch)
{
  g_autofree char *room =
    prev_batch != NULL
      ? g_strdup_printf ("{\"timeline\":{\"limited\":true,\"prev_batch\":\"%s\",\"events\":[%s]}}",
                         prev_batch,
                         events)
      : g_strdup_printf ("{\"timeline\":{\"limited\":false,\"events\":[%s]}}", events);

  session_fixture_apply (self, room);
}
