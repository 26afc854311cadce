# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""The throw-away homeserver itself, and what our client relies on in Synapse (protocol notes)."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

from client import Client, MatrixError
from homeserver import HERE, Homeserver
import suite

LIST = {"lists": {"all": {"ranges": [[0, 19]], "required_state": [["m.room.name", ""]],
                          "timeline_limit": 10}}}


class Life(unittest.TestCase):
    def test_snapshot_and_restore(self):
        with Homeserver() as server, tempfile.TemporaryDirectory() as folder:
            server.register("alice", "pw", "Alice")
            server.snapshot(folder + "/with-alice")
            server.register("bob", "pw")
            server.restore(folder + "/with-alice")
            self.assertEqual(server.login("alice", "pw").user, "@alice:ministere.test")
            with self.assertRaises(MatrixError) as caught:
                server.login("bob", "pw")
            self.assertEqual(caught.exception.errcode, "M_FORBIDDEN")

    def test_dies_with_its_parent(self):
        program = [sys.executable, os.path.join(HERE, "homeserver.py"), "run"]
        with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            told = json.loads(process.stdout.readline())
            self.assertTrue(Client(told["base"]).get("/_matrix/client/versions")["versions"])
            process.kill()
        self.addCleanup(shutil.rmtree, told["folder"])
        deadline = time.monotonic() + 240
        while os.path.exists(f"/proc/{told['pid']}"):
            self.assertLess(time.monotonic(), deadline, "the server outlived its parent")
            time.sleep(0.05)

    def test_ends_with_standard_input_and_leaves_nothing(self):
        program = [sys.executable, os.path.join(HERE, "homeserver.py"), "run"]
        with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            told = json.loads(process.stdout.readline())
            process.stdin.close()
            self.assertEqual(process.wait(240), 0)
        self.assertFalse(os.path.exists(f"/proc/{told['pid']}"))
        self.assertFalse(os.path.exists(told["folder"]))

    def test_tls_short_tokens_and_login_rate(self):
        settings = {"rc_login": Homeserver.LOW_LOGIN_RATE}
        with Homeserver(tls=True, access_token_lifetime="10s", settings=settings) as server:
            server.register("alice", "pw")
            alice = server.login("alice", "pw", refresh=True)
            with self.assertRaises(MatrixError) as caught:
                while True:
                    alice.get("account/whoami")
                    time.sleep(0.1)
            self.assertTrue(caught.exception.body["soft_logout"])
            alice.refresh()
            self.assertEqual(alice.get("account/whoami")["user_id"], alice.user)
            with self.assertRaises(MatrixError) as caught:
                while True:
                    server.login("alice", "pw")
            self.assertEqual(caught.exception.status, 429)
            self.assertGreater(caught.exception.body["retry_after_ms"], 0)
            with self.assertRaises(OSError):
                Client(server.base).get("/_matrix/client/versions")  # the authority is not known


class Synapse(unittest.TestCase):
    """What was observed of Synapse 1.160 and is built upon."""

    @classmethod
    def setUpClass(cls):
        cls.server = Homeserver()
        cls.server.start()
        cls.addClassCleanup(cls.server.dispose)
        for name in ("alice", "bob"):
            cls.server.register(name, "pw", name.capitalize())

    def pair(self):
        """Alice and Bob in a new room."""
        alice, bob = (self.server.login(name, "pw") for name in ("alice", "bob"))
        room = alice.create_room("Salon", invite=[bob.user])
        bob.join(room)
        alice.sync()
        bob.sync()
        return alice, bob, room

    def test_well_known(self):
        answer = self.server.client().get("/.well-known/matrix/client")
        self.assertEqual(answer["m.homeserver"]["base_url"], self.server.base + "/")

    def test_transaction_id_is_echoed_to_the_sending_device_only(self):
        alice, bob, room = self.pair()
        content = {"msgtype": "m.text", "body": "une fois"}
        first = alice.send_event(room, "m.room.message", content, "txn-1")
        self.assertEqual(alice.send_event(room, "m.room.message", content, "txn-1"), first)
        self.assertEqual(alice.wait_message(room, "une fois")["unsigned"]["transaction_id"], "txn-1")
        self.assertNotIn("transaction_id", bob.wait_message(room, "une fois")["unsigned"])

    def test_sliding_sync_counts_are_zero_and_positions_expire(self):
        alice, bob, room = self.pair()
        for number in range(3):
            alice.send(room, f"non lu {number}")
        joined = bob.sync()["rooms"]["join"][room]
        self.assertEqual(joined["unread_notifications"]["notification_count"], 3)
        answer = bob.sliding_sync(LIST)
        self.assertEqual(answer["rooms"][room].get("notification_count", 0), 0)
        with self.assertRaises(MatrixError) as caught:
            bob.sliding_sync(LIST, "7/s1_1_0_1_1_1_1_3_0_1_1_1_1_1")
        self.assertEqual(caught.exception.errcode, "M_UNKNOWN_POS")

    def test_membership_is_annotated(self):
        alice, bob, room = self.pair()
        alice.send(room, "présents")
        event = bob.wait_message(room, "présents")
        self.assertEqual(event["unsigned"]["membership"], "join")

    def test_legacy_media_is_refused(self):
        alice, _, _ = self.pair()
        mxc = alice.upload(b"contenu", "text/plain", "note.txt")
        self.assertEqual(alice.download(mxc), b"contenu")
        with self.assertRaises(MatrixError) as caught:
            alice.get("/_matrix/media/v3/download/" + mxc.removeprefix("mxc://"))
        self.assertEqual(caught.exception.status, 404)

    def test_bulk_room(self):
        alice, bob, _ = self.pair()
        message = lambda sender, body, **more: {  # noqa: E731
            "sender": sender.user, "type": "m.room.message",
            "content": {"msgtype": "m.text", "body": body, **more}}
        join = lambda who: {"sender": who.user, "type": "m.room.member", "state_key": who.user,  # noqa: E731
                            "content": {"membership": "join"}}
        state = [join(alice), {"sender": alice.user, "type": "m.room.power_levels", "state_key": "",
                               "content": {"users": {alice.user: 100}}},
                 {"sender": alice.user, "type": "m.room.join_rules", "state_key": "",
                  "content": {"join_rule": "public"}}, join(bob)]
        answer = self.server.bulk(
            create={"creator": alice.user}, tags=[{"user": bob.user, "tag": "m.favourite"}],
            batches=[{"events": state, "quiet": True},
                     {"events": [message(alice, f"vieux {n}") for n in range(20)], "quiet": True},
                     {"events": [message(alice, "neuf", **{
                         "m.relates_to": {"m.in_reply_to": {"event_id": "$#4"}}})]}],
            receipts=[{"user": bob.user, "event": "$#23"}])
        room = answer["room_id"]
        joined = bob.sync()["rooms"]["join"][room]
        self.assertEqual(joined["unread_notifications"]["notification_count"], 1)
        last = joined["timeline"]["events"][-1]
        self.assertEqual(last["content"]["m.relates_to"]["m.in_reply_to"]["event_id"],
                         answer["event_ids"][4])
        self.assertIn("m.tag", [e["type"] for e in joined["account_data"]["events"]])
        self.assertEqual(len(bob.history(room)), 1 + len(answer["event_ids"]))


if __name__ == "__main__":
    suite.main()
