/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Bytes that are no file, as a pasted picture's: they are kept before anything leaves, and leave
 * under a name of their own. Files themselves: tests/integration. */
#include "config.h"

#include "local-server.h"
#include "mx-error.h"
#include "session-fixture.h"

#define NAME "Picture of today.png"

/* One black pixel. */
static const guint8 picture[] = {
  0x89, 'P',  'N',  'G',  0x0d, 0x0a, 0x1a, 0x0a, 0,    0,    0,    0x0d, 'I', 'H',
  'D',  'R',  0,    0,    0,    1,    0,    0,    0,    1,    8,    0,    0,   0,
  0,    0x3a, 0x7e, 0x9b, 0x55, 0,    0,    0,    0x0a, 'I',  'D',  'A',  'T', 0x78,
  0x9c, 0x63, 0,    0,    0,    2,    0,    1,    0x48, 0xaf, 0xa4, 0x71, 0,   0,
  0,    0,    'I',  'E',  'N',  'D',  0xae, 0x42, 0x60, 0x82,
};

typedef struct
{
  SessionFixture session;
  LocalServer *server;
  MxRoom *room;
  GPtrArray *uploads; /* GBytes */
  GPtrArray *puts;    /* bodies */
  const char *config;
  gboolean held; /* no upload gets an answer */
} Fixture;

static void
upload (Fixture *self, Request *request)
{
  SoupMessageBody *body = soup_server_message_get_request_body (request->message);

  g_ptr_array_add (self->uploads, soup_message_body_flatten (body));
  if (self->held)
    hold (request);
  else
    respond_json (request, 200, "{\"content_uri\":\"mxc://ministere.test/pasted\"}");
}

static void
server_cb (Request *request, gpointer data)
{
  Fixture *self = data;

  if (strstr (request->path, "/state/m.room.encryption") != NULL)
    respond_json (request, 404, "{\"errcode\":\"M_NOT_FOUND\"}"); /* the room is clear */
  else if (strstr (request->path, "/media/v3/upload") != NULL)
    upload (self, request);
  else if (strstr (request->path, "/config") != NULL)
    respond_json (request, 200, self->config);
  else if (strstr (request->path, "/send/m.room.message/") != NULL)
    {
      g_ptr_array_add (self->puts, g_strdup (request->body));
      respond_json (request, 200, "{\"event_id\":\"$sent\"}");
    }
  else
    hold (request); /* the sync loop waits */
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->uploads = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->puts = g_ptr_array_new_with_free_func (g_free);
  self->config = "{}";
  self->server = local_server_new (server_cb, self);
  session_fixture_init_at (&self->session, self->server->base);
  self->room = session_fixture_make_room (&self->session);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  session_fixture_clear (&self->session);
  local_server_free (self->server);
  g_ptr_array_unref (self->uploads);
  g_ptr_array_unref (self->puts);
}

static DexFuture *
send_picture (Fixture *self)
{
  g_autoptr (GBytes) bytes = g_bytes_new (picture, sizeof picture);

  return mx_room_send_attachment (self->room,
                                  &(MxOutgoingFile) {
                                    .bytes = bytes, .name = NAME, .width = 1, .height = 1 });
}

static void
assert_uploaded (Fixture *self, unsigned i)
{
  gsize size = 0;
  gconstpointer data = NULL;

  g_assert_cmpuint (self->uploads->len, ==, i + 1);
  data = g_bytes_get_data (self->uploads->pdata[i], &size);
  g_assert_cmpmem (data, size, picture, sizeof picture);
}

static void
assert_sent (Fixture *self, const char *txn_id)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *event_id = await_text (mx_room_wait_sent (self->room, txn_id), &error);

  g_assert_no_error (error);
  g_assert_cmpstr (event_id, ==, "$sent");
  g_assert_cmpuint (self->puts->len, ==, 1);
}

/* What the message says of it is what there is, and nobody's business but the room's is told. */
static void
test_pasted (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *txn_id = NULL;
  const char *said = NULL;

  mx_session_start (self->session.session);
  txn_id = await_text (send_picture (self), &error);
  g_assert_no_error (error);
  assert_sent (self, txn_id);
  assert_uploaded (self, 0);

  said = self->puts->pdata[0];
  g_assert_nonnull (strstr (said, "\"msgtype\":\"m.image\""));
  g_assert_nonnull (strstr (said, "\"filename\":\"" NAME "\""));
  g_assert_nonnull (strstr (said, "\"mimetype\":\"image/png\""));
  g_assert_nonnull (strstr (said, "\"url\":\"mxc://ministere.test/pasted\""));
  g_assert_nonnull (strstr (said, "\"w\":1"));
  g_assert_nonnull (strstr (said, "\"h\":1"));
  g_assert_null (strstr (said, "\"file\""));
}

static void
test_pasted_too_large (Fixture *self, gconstpointer data)
{
  self->config = "{\"m.upload.size\":10}";
  mx_session_start (self->session.session);
  await_error (send_picture (self), MX_MATRIX_ERROR, MX_MATRIX_ERROR_TOO_LARGE);
  g_assert_cmpuint (self->uploads->len, ==, 0);
}

/* Nothing else has these bytes: they are the outbox's before the program may end. */
static void
test_pasted_next_run (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *txn_id = NULL;
  g_autoptr (DexFuture) closed = NULL;
  g_autoptr (DexFuture) opened = NULL;

  self->held = TRUE;
  mx_session_start (self->session.session);
  txn_id = await_text (send_picture (self), &error);
  g_assert_no_error (error);
  while (self->uploads->len == 0)
    g_main_context_iteration (NULL, TRUE);
  closed = session_fixture_wait (mx_session_close (self->session.session));
  self->held = FALSE;

  opened = session_fixture_wait (mx_session_open (self->session.session));
  self->room = mx_room_list_find (mx_session_get_rooms (self->session.session), FIXTURE_ROOM);
  mx_session_start (self->session.session);
  assert_sent (self, txn_id);
  assert_uploaded (self, 1);
}

#define TEST(name, func) g_test_add ("/file-send/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();

  TEST ("pasted", test_pasted);
  TEST ("pasted-too-large", test_pasted_too_large);
  TEST ("pasted-next-run", test_pasted_next_run);

  return g_test_run ();
}
