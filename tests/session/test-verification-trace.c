/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What a request to verify in a conversation is found to have come to: under way on this device,
 * ended while it was looked at, ended long ago, or none of ours. */
#include "config.h"

#include "session-fixture.h"

#include "mx-base64.h"
#include "mx-session-private.h"
#include "mx-store-devices.h"
#include "mx-timeline.h"
#include "mx-verification-trace.h"
#include "mx-verifications-private.h"

#define KEY      "YI/7vbGVLpGdYtuceQR8MSsKB/QjgfMXM1xqnn+0NWU"
#define STRANGER "@eve:ministere.test"
#define LONG_AGO G_GINT64_CONSTANT (1700000000000)

typedef struct
{
  SessionFixture session;
  MxRoom *room;
  MxVerifications *list;
} Fixture;

/* The device that asks, so that nobody has to ask for it. */
static gboolean
device_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  MxStoredDevice device = {
    .user_id = (char *) FIXTURE_OTHER,
    .device_id = (char *) "PAUL",
    .keys = (char *) "{}",
    .first_seen_ms = 1,
  };
  g_auto (GStrv) outdated = NULL;
  gint64 sequence = 0;

  g_assert_true (mx_base64_decode_exact (KEY, device.ed25519, sizeof device.ed25519, NULL));
  if (!mx_store_track_user (store, FIXTURE_OTHER, error) ||
      !mx_store_put_device (store, &device, error))
    return FALSE;
  outdated = mx_store_load_outdated (store, 10, &sequence);

  return mx_store_clear_outdated (store, FIXTURE_OTHER, sequence, 1, error);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (DexFuture) written = NULL;

  session_fixture_init (&self->session);
  self->room = session_fixture_make_room (&self->session);
  self->list = mx_encryption_get_verifications (mx_session_get_encryption (self->session.session));
  written =
    session_fixture_wait (mx_session_write (self->session.session, device_work, NULL, NULL));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  session_fixture_clear (&self->session);
}

/* -- What is said in the room */

static void
hear (Fixture *self,
      const char *event_id,
      const char *sender,
      gint64 timestamp,
      const char *type,
      const char *content)
{
  g_autofree char *event =
    g_strdup_printf ("{\"event_id\":\"%s\",\"sender\":\"%s\",\"origin_server_ts\":%" G_GINT64_FORMAT
                     ",\"type\":\"%s\",\"content\":%s}",
                     event_id,
                     sender,
                     timestamp,
                     type,
                     content);

  session_fixture_append (&self->session, event, NULL);
}

/* "$request"; to NULL: whom it asks is not in it. */
static void
hear_request (Fixture *self, const char *sender, const char *to, gint64 timestamp)
{
  g_autofree char *member = to != NULL ? g_strdup_printf (",\"to\":\"%s\"", to) : g_strdup ("");
  g_autofree char *content =
    g_strdup_printf ("{\"msgtype\":\"m.key.verification.request\",\"from_device\":\"PAUL\","
                     "\"methods\":[\"m.sas.v1\"],\"body\":\"\"%s}",
                     member);

  hear (self, "$request", sender, timestamp, "m.room.message", content);
}

/* end: "done" or "cancel"; members: beside the relation, with a comma at the end. */
static void
hear_end (Fixture *self, const char *sender, gint64 timestamp, const char *end, const char *members)
{
  g_autofree char *type = g_strconcat ("m.key.verification.", end, NULL);
  g_autofree char *event_id = g_strconcat ("$", end, sender, NULL);
  g_autofree char *content = g_strdup_printf (
    "{%s\"m.relates_to\":{\"rel_type\":\"m.reference\",\"event_id\":\"$request\"}}", members);

  hear (self, event_id, sender, timestamp, type, content);
}

static gint64
now (void)
{
  return mx_verifications_now ();
}

/* Of the request; known is nullable. */
static void
find (Fixture *self, MxVerificationTrace *trace, MxVerification *known)
{
  g_autoptr (MxTimeline) timeline = mx_timeline_new (self->room);
  gboolean found = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (timeline)); i++)
    {
      g_autoptr (MxTimelineItem) item = g_list_model_get_item (G_LIST_MODEL (timeline), i);

      if (g_strcmp0 (mx_timeline_item_get_event_id (item), "$request") != 0)
        continue;
      mx_verification_trace_find (trace, item, known);
      found = TRUE;
    }
  g_assert_true (found);
}

static void
assert_trace (Fixture *self, MxVerificationTraceState state, const char *user_id)
{
  g_auto (MxVerificationTrace) trace = { 0 };

  find (self, &trace, NULL);
  g_assert_cmpint (trace.state, ==, state);
  g_assert_cmpstr (trace.user_id, ==, user_id);
  g_assert_null (trace.live);
  g_assert_null (trace.code);
}

static void
assert_cancelled (Fixture *self, MxVerification *known, const char *code, gboolean by_us)
{
  g_auto (MxVerificationTrace) trace = { 0 };

  find (self, &trace, known);
  g_assert_cmpint (trace.state, ==, MX_VERIFICATION_TRACE_CANCELLED);
  g_assert_cmpstr (trace.user_id, ==, FIXTURE_OTHER);
  g_assert_null (trace.live);
  g_assert_cmpstr (trace.code, ==, code);
  g_assert_true (trace.by_us == by_us);
}

/* -- On this device */

/* The one verification that is under way; caller owns. */
static MxVerification *
ask (Fixture *self)
{
  hear_request (self, FIXTURE_OTHER, FIXTURE_USER, now ());
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self->list)), ==, 1);

  return g_list_model_get_item (G_LIST_MODEL (self->list), 0);
}

static void
test_running (Fixture *self, gconstpointer data)
{
  g_autoptr (MxVerification) live = ask (self);
  g_auto (MxVerificationTrace) trace = { 0 };

  find (self, &trace, NULL);
  g_assert_cmpint (trace.state, ==, MX_VERIFICATION_TRACE_RUNNING);
  g_assert_cmpstr (trace.user_id, ==, FIXTURE_OTHER);
  g_assert_true (trace.live == live);
}

/* It leaves the list; whoever held it knows its end, and the store does too. */
static void
wait_until_forgotten (Fixture *self)
{
  while (g_list_model_get_n_items (G_LIST_MODEL (self->list)) > 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_ended_while_seen (Fixture *self, gconstpointer data)
{
  g_autoptr (MxVerification) live = ask (self);

  hear_end (self, FIXTURE_OTHER, now (), "cancel", "\"code\":\"m.mismatched_sas\",");
  g_assert_cmpint (mx_verification_get_phase (live), ==, MX_VERIFICATION_CANCELLED);
  assert_cancelled (self, NULL, "m.mismatched_sas", FALSE);
  wait_until_forgotten (self);
  assert_cancelled (self, live, "m.mismatched_sas", FALSE);
  assert_cancelled (self, NULL, "m.mismatched_sas", FALSE);
}

/* It says the same now, and when it is read from the store. */
static void
test_ended_without_code (Fixture *self, gconstpointer data)
{
  g_autoptr (MxVerification) live = ask (self);

  hear_end (self, FIXTURE_OTHER, now (), "cancel", "");
  g_assert_cmpint (mx_verification_get_phase (live), ==, MX_VERIFICATION_CANCELLED);
  assert_cancelled (self, NULL, "m.user", FALSE);
  wait_until_forgotten (self);
  assert_cancelled (self, live, "m.user", FALSE);
  assert_cancelled (self, NULL, "m.user", FALSE);
}

/* Our own end is known before the room has it. */
static void
test_ended_by_us (Fixture *self, gconstpointer data)
{
  g_autoptr (MxVerification) live = ask (self);

  mx_verification_cancel (live);
  assert_cancelled (self, live, "m.user", TRUE);
}

/* -- In the store */

static void
test_stored_done (Fixture *self, gconstpointer data)
{
  hear_request (self, FIXTURE_OTHER, FIXTURE_USER, LONG_AGO);
  hear_end (self, FIXTURE_OTHER, LONG_AGO, "done", "");
  assert_trace (self, MX_VERIFICATION_TRACE_DONE, FIXTURE_OTHER);
}

static void
test_stored_cancelled (Fixture *self, gconstpointer data)
{
  hear_request (self, FIXTURE_USER, FIXTURE_OTHER, LONG_AGO);
  hear_end (self, FIXTURE_USER, LONG_AGO, "cancel", "\"code\":\"m.mismatched_sas\",");
  assert_cancelled (self, NULL, "m.mismatched_sas", TRUE);
}

static void
test_expired (Fixture *self, gconstpointer data)
{
  hear_request (self, FIXTURE_OTHER, FIXTURE_USER, LONG_AGO);
  assert_trace (self, MX_VERIFICATION_TRACE_EXPIRED, FIXTURE_OTHER);
  hear_end (self, STRANGER, LONG_AGO, "done", "");
  assert_trace (self, MX_VERIFICATION_TRACE_EXPIRED, FIXTURE_OTHER);
}

/* Another device of ours asked, a moment ago. */
static void
test_elsewhere (Fixture *self, gconstpointer data)
{
  hear_request (self, FIXTURE_USER, FIXTURE_OTHER, now ());
  assert_trace (self, MX_VERIFICATION_TRACE_ELSEWHERE, FIXTURE_OTHER);
}

/* Between two others: who is asked, and nothing about how it ends. */
static void
test_foreign (Fixture *self, gconstpointer data)
{
  hear_request (self, FIXTURE_OTHER, STRANGER, now ());
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self->list)), ==, 0);
  assert_trace (self, MX_VERIFICATION_TRACE_FOREIGN, STRANGER);
  hear_end (self, STRANGER, now (), "done", "");
  assert_trace (self, MX_VERIFICATION_TRACE_FOREIGN, STRANGER);
}

/* Nobody is asked: there is no name to tell, neither of theirs nor of ours. */
static void
test_without_addressee (Fixture *self, gconstpointer data)
{
  hear_request (self, GPOINTER_TO_INT (data) ? FIXTURE_USER : FIXTURE_OTHER, NULL, LONG_AGO);
  assert_trace (self,
                GPOINTER_TO_INT (data) ? MX_VERIFICATION_TRACE_EXPIRED
                                       : MX_VERIFICATION_TRACE_FOREIGN,
                NULL);
}

/* It is a deleted message like any other, with nobody's name to miss. */
static void
test_redacted (Fixture *self, gconstpointer data)
{
  static const char redaction[] =
    "{\"event_id\":\"$redaction\",\"sender\":\"" FIXTURE_OTHER
    "\",\"origin_server_ts\":1700000000001,\"type\":\"m.room.redaction\","
    "\"redacts\":\"$request\",\"content\":{}}";
  g_autoptr (MxTimeline) timeline = NULL;
  gboolean found = FALSE;

  hear_request (self, FIXTURE_OTHER, STRANGER, LONG_AGO);
  timeline = mx_timeline_new (self->room);
  session_fixture_append (&self->session, redaction, NULL);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (timeline)); i++)
    {
      g_autoptr (MxTimelineItem) item = g_list_model_get_item (G_LIST_MODEL (timeline), i);

      if (g_strcmp0 (mx_timeline_item_get_event_id (item), "$request") != 0)
        continue;
      g_assert_cmpint (mx_content_get_kind (mx_timeline_item_get_content (item)),
                       ==,
                       MX_CONTENT_REDACTED);
      found = TRUE;
    }
  g_assert_true (found);
}

static void
add (const char *path, void (*func) (Fixture *, gconstpointer), gboolean own)
{
  g_test_add (path, Fixture, GINT_TO_POINTER (own), set_up, func, tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("/verification-trace/running", test_running, FALSE);
  add ("/verification-trace/ended-while-seen", test_ended_while_seen, FALSE);
  add ("/verification-trace/ended-without-code", test_ended_without_code, FALSE);
  add ("/verification-trace/ended-by-us", test_ended_by_us, FALSE);
  add ("/verification-trace/stored-done", test_stored_done, FALSE);
  add ("/verification-trace/stored-cancelled", test_stored_cancelled, FALSE);
  add ("/verification-trace/expired", test_expired, FALSE);
  add ("/verification-trace/elsewhere", test_elsewhere, FALSE);
  add ("/verification-trace/foreign", test_foreign, FALSE);
  add ("/verification-trace/without-addressee/theirs", test_without_addressee, FALSE);
  add ("/verification-trace/without-addressee/ours", test_without_addressee, TRUE);
  add ("/verification-trace/redacted", test_redacted, FALSE);

  return g_test_run ();
}
