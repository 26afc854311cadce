# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""Requests about keys that fail, are late, or are cut off: nothing is lost, nothing is shared too little.

Scenarios after those of complement-crypto; the first seat is the one whose network is bad.
"""
import os
import shutil
import threading
import time
from urllib.parse import quote

from interop import PASSWORD, WAIT, main, message_index, played_by, session_of
from meddling import SYNC
from seats import CliSeat
from wire import Wire
from harness import TIMEOUT, Cli  # where interop has made it known


class Faults:
    def pair(self):
        alice, bob = self.alice(), self.bob()
        return alice, bob, self.room(alice, bob)

    def newcomer(self, alice, room):
        """Somebody whose keys alice does not have yet joins."""
        carol = self.seat("js", "carole")
        alice.invite(room, carol)
        carol.join(room)
        return carol

    def test_E2E_020_device_lists_fail_at_first(self):
        alice, _, room = self.pair()
        rule = self.proxy.on("POST", "/keys/query", token=alice.token, times=2).answer(504)
        carol = self.newcomer(alice, room)
        sent = alice.send(room, "malgré la panne")
        self.assert_reads(carol, room, sent, "malgré la panne")
        self.assertGreater(rule.used, 0)

    def test_E2E_029_claims_fail_at_first(self):
        alice, _, room = self.pair()
        rule = self.proxy.on("POST", "/keys/claim", token=alice.token, times=2).answer(504)
        carol = self.newcomer(alice, room)
        first = alice.send(room, "premier")
        second = alice.send(room, "second")
        self.assertEqual(rule.used, 2)
        for _ in range(3):
            alice.sync()
        self.assert_reads(carol, room, alice.send(room, "troisième"), "troisième")
        del first, second

    def test_E2E_049_to_device_fails_at_first(self):
        alice, bob, room = self.pair()
        rule = self.proxy.on("PUT", "/sendToDevice/m.room.encrypted", token=alice.token, times=2).answer(504)
        sent = alice.send(room, "malgré la panne")
        self.assert_reads(bob, room, sent, "malgré la panne")
        self.assertEqual(rule.used, 2)

    def test_E2E_059_keys_before_the_message(self):
        alice, bob, room = self.pair()
        self.proxy.forget()
        self.proxy.on("PUT", "/sendToDevice/m.room.encrypted", token=alice.token).delay(1)
        self.assert_reads(bob, room, alice.send(room, "après les clés"), "après les clés")
        message, = self.proxy.find("PUT", "/send/m.room.encrypted/")
        keys = [r for r in self.proxy.find("PUT", "/sendToDevice/m.room.encrypted/") if r.token == alice.token and r.began < message.began]
        self.assertTrue(keys)
        self.assertLess(max(r.ended for r in keys), message.began)

    def test_E2E_046_in_order(self):
        alice = self.alice()
        others = [self.seat("js", f"ami{n}") for n in range(4)]
        room = self.room(alice, *others, rotation={"rotation_period_msgs": 1})
        sent = {}

        def chatter(seat):
            for number in range(30):
                sent[seat.send(room, f"{seat.user} {number}")] = f"{seat.user} {number}"
        threads = [threading.Thread(target=chatter, args=(seat,)) for seat in others]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(sent), 120)
        for event, body in list(sent.items())[::7] + list(sent.items())[-4:]:
            self.assert_reads(alice, room, event, body)

    def test_E2E_036_key_arrives_while_device_lists_fail(self):
        alice, bob, room = self.pair()
        self.talk(alice, bob, room)
        self.proxy.on("POST", "/keys/query", token=alice.token).answer(503)
        raw = self.raw(login=bob.login)
        raw.share(room, (alice.user, alice.device))
        alice.sync()
        sent = raw.send(room, "d'un appareil inconnu")
        self.proxy.clear()
        message = self.assert_reads(alice, room, sent, "d'un appareil inconnu")
        self.assertNotEqual(message["trust"], None)  # unsigned

    def test_E2E_011_fallback_key(self):
        alice, bob, room = self.pair()
        self.proxy.on("POST", "/keys/upload", token=alice.token).answer(504)
        raw = self.raw()
        seen = []
        for _ in range(70):
            seen.append(raw.claim(alice.user, alice.device))
            if len(seen) > 1 and seen[-1] == seen[-2]:
                break
        self.assertEqual(seen[-1], seen[-2])
        self.assertTrue(seen[-1][1]["fallback"])
        carol, dave = self.newcomer(alice, room), self.newcomer(alice, room)
        for seat in (carol, dave):
            seat.js.wait_membership(room=room, user=alice.user, timeout=WAIT)
            self.assert_reads(alice, room, seat.send(room, f"de {seat.user}"), f"de {seat.user}")
        self.proxy.clear()
        for _ in range(10):
            self.talk(alice, bob, room)  # its sync tells that keys are used up
            if raw.claim(alice.user, alice.device) != seen[-1]:
                return
        self.fail("no new keys after the fallback key was used")


class Ours:
    """With a seat that can be killed and copied."""

    first, second = "cli", "js"
    pair, newcomer = Faults.pair, Faults.newcomer

    def counts(self, seat):
        """One-time keys of the device on the server."""
        client = self.server.client()
        client.token = seat.token
        return client.post("keys/upload", {})["one_time_key_counts"].get("signed_curve25519", 0)

    def uploads(self):
        return [r.body for r in self.proxy.find("POST", "/keys/upload") if r.body.get("one_time_keys")]

    def test_E2E_007_half_the_account_on_the_server(self):
        alice, raw = self.alice(), self.raw()
        self.assertEqual(self.counts(alice), 50)
        self.proxy.forget()
        for _ in range(10):
            raw.claim(alice.user, alice.device)
        alice.sync()
        self.assertEqual([len(body["one_time_keys"]) for body in self.uploads()], [10])
        self.assertEqual(self.counts(alice), 50)

    def test_E2E_006_signed_keys(self):
        alice, raw = self.alice(), self.raw()
        name, key = raw.claim(alice.user, alice.device)
        self.assertTrue(name.startswith("signed_curve25519:"))
        self.assertIn(f"ed25519:{alice.device}", key["signatures"][alice.user])
        for body in self.uploads():
            for name, value in {**body["one_time_keys"], **body.get("fallback_keys", {})}.items():
                self.assertEqual((name.split(":")[0], set(value) - {"fallback"}), ("signed_curve25519", {"key", "signatures"}))

    def test_E2E_008_lost_answer_is_repeated_unchanged(self):
        alice = self.seat("cli", "alice", signed=False)
        raw = self.raw()
        for _ in range(5):
            raw.claim(alice.user, alice.device)
        self.proxy.forget()
        self.proxy.on("POST", "/keys/upload", times=1).cut_after()
        for _ in range(3):
            alice.sync()
        bodies = self.uploads()
        self.assertGreaterEqual(len(bodies), 2)
        self.assertEqual(bodies[0]["one_time_keys"], bodies[1]["one_time_keys"])
        self.assertEqual(self.counts(alice), 50)

    def test_E2E_014_uploads_are_retried(self):
        login = self.user("alice")
        self.proxy.on("POST", "/keys/upload", times=2).answer(504)
        alice = self.seat("cli", "", login=login, signed=False)
        for _ in range(3):
            alice.sync()
        self.assertEqual(self.counts(alice), 50)

    def test_E2E_001_killed_before_the_answer(self):
        login = self.user("alice")
        rule = self.proxy.on("POST", "/keys/upload", times=1).hold()
        alice = CliSeat.__new__(CliSeat)
        alice.case, alice.login, alice.base, alice.code = self, login, self.proxy.base, None
        alice.cli = Cli(self)
        told = alice.cli.start("login", "--server", self.proxy.base, "--user", login, "--password-stdin", dialogue=True)
        told.write(PASSWORD)
        who = told.wait_line(lambda line: "device_id" in line)
        alice.user, alice.device = who["user_id"], who["device_id"]
        told.process.wait(TIMEOUT)
        syncing = alice.cli.start("sync", "--once")
        self.proxy.wait("POST", "/keys/upload", answered=False)
        client = self.server.login(login, PASSWORD)
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline:
            keys = client.post("keys/query", {"device_keys": {alice.user: []}})["device_keys"].get(alice.user, {})
            if alice.device in keys:
                break
        syncing.kill()
        rule.release()
        self.proxy.clear()
        alice.sync()
        alice.token = alice.published().token
        self.assertEqual(alice.status()["ed25519"], keys[alice.device]["keys"][f"ed25519:{alice.device}"])
        self.assertNotIn(400, [r.status for r in self.proxy.find("POST", "/keys/upload")])
        self.assertEqual(self.counts(alice), 50)

    def test_E2E_044_killed_with_a_key_in_hand(self):
        alice, bob, room = self.pair()
        self.talk(alice, bob, room)
        bob.rotate(room)
        sent = bob.send(room, "ne te perds pas")
        self.proxy.forget()
        syncing = alice.cli.start("sync", "--once")
        self.proxy.wait(path=SYNC)
        syncing.kill()
        self.assert_reads(alice, room, sent, "ne te perds pas")

    def test_E2E_009_old_copy_of_the_profile(self):
        alice, bob, room = self.pair()
        self.talk(alice, bob, room)
        copy = alice.cli.scratch + "-copie"
        shutil.copytree(alice.cli.scratch, copy)
        self.addCleanup(shutil.rmtree, copy, ignore_errors=True)
        raw = self.raw()
        for number in range(3):
            for _ in range(10):
                raw.claim(alice.user, alice.device)
            self.talk(alice, bob, room)
        shutil.rmtree(alice.cli.scratch)
        shutil.copytree(copy, alice.cli.scratch)
        for _ in range(10):
            raw.claim(alice.user, alice.device)
        alice.sync()
        self.talk(alice, bob, room)  # the same device
        self.assert_nothing_again(alice, bob, room)

    def assert_nothing_again(self, alice, bob, room):
        """No ratchet made two messages, neither in the room nor between devices."""
        new = [(session_of(e), message_index(e["content"])) for e in self.sent_by(alice, bob, room)]
        self.assertEqual(len(new), len(set(new)))
        wire = Wire(self, self.proxy)
        wire.check_room_messages()
        wire.check_to_device()

    def test_E2E_009_old_copy_without_a_conflict(self):
        """What the room shows says it: before anything is encrypted."""
        alice, bob, room = self.pair()
        for rotates in (True, False):
            self.talk(alice, bob, room)
            copy = alice.cli.scratch + f"-copie-{rotates}"
            shutil.copytree(alice.cli.scratch, copy)
            self.addCleanup(shutil.rmtree, copy, ignore_errors=True)
            if rotates:
                alice.rotate(room)
            alice.send(room, f"perdu de vue {rotates}")
            shutil.rmtree(alice.cli.scratch)
            shutil.copytree(copy, alice.cli.scratch)
            self.talk(alice, bob, room)
            self.assert_nothing_again(alice, bob, room)

    def sent_by(self, seat, observer, room):
        client = self.server.client()
        client.token = observer.token
        return [e for e in client.history(room) if e["type"] == "m.room.encrypted" and e["sender"] == seat.user]

    def test_E2E_026_new_device_during_a_long_absence(self):
        alice, bob, room = self.pair()
        code = bob.setup_recovery()
        self.talk(alice, bob, room)
        second = self.another(bob)
        second.restore(code)
        self.proxy.on("POST", SYNC, times=1).answer(400, {"errcode": "M_UNKNOWN_POS", "error": "Injected"})
        self.assert_reads(second, room, alice.send(room, "à tous deux"), "à tous deux")

    def test_E2E_135_backup_replaced_while_uploading(self):
        alice, bob, room = self.pair()
        self.talk(alice, bob, room)
        alice.wait_backup(1)
        client = self.server.client()
        client.token = alice.token
        client.post("room_keys/version", {"algorithm": "m.megolm_backup.v1.curve25519-aes-sha2", "auth_data": {
            "public_key": "3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08", "signatures": {}}})
        bob.rotate(room)
        self.talk(alice, bob, room)
        alice.sync()
        self.assertFalse(alice.status()["backup"]["enabled"])
        self.assertLess(self.proxy.count("PUT", "/room_keys/keys"), 10)

    def test_E2E_136_what_others_spoiled_in_the_backup(self):
        """The server keeps what came last; once a day ours looks, and puts its own back."""
        alice, bob, room = self.pair()
        for _ in range(3):
            bob.rotate(room)
            self.talk(alice, bob, room)
        first, second, third = {session_of(e) for e in self.sent_by(bob, alice, room)}
        alice.wait_backup(4)
        alice.sync()  # the first look
        client = self.server.client()
        client.token = alice.token
        version = client.get("room_keys/version")["version"]

        def entries():
            return client.get(f"room_keys/keys/{room}", version=version)["sessions"]
        before = entries()
        client.call("PUT", f"room_keys/keys/{room}/{quote(first, safe='')}", {**before[second], "first_message_index": 0},
                    query={"version": version})
        client.call("DELETE", f"room_keys/keys/{room}/{quote(third, safe='')}", query={"version": version})
        alice.sync()
        self.assertNotIn(third, entries())
        self.proxy.forget()
        with alice.ahead(25 * 3600):
            for _ in range(2):
                alice.sync()
        self.assertEqual(set(entries()), set(before))
        self.assertEqual(self.proxy.count("GET", "/room_keys/keys"), 1, "read once")
        self.assertNotEqual(entries()[first]["session_data"], before[second]["session_data"])
        another = self.another(alice, "js")
        another.restore(alice.code)
        for event in self.sent_by(bob, alice, room):
            self.assertIsNone(another.message(room, event["event_id"])["failure"])

    def test_E2E_160_one_process_at_a_time(self):
        alice, _, room = self.pair()
        listening = alice.cli.listen()
        self.assertEqual(alice.cli.fail("send", room, "deux fois").name, "BUSY")
        listening.stop()
        alice.send(room, "seul")

    def test_E2E_165_signing_out_leaves_nothing(self):
        alice, _, room = self.pair()
        alice.send(room, "adieu")
        alice.cli.run("logout", "--force")
        left = [os.path.join(folder, name) for folder, _, names in os.walk(alice.cli.scratch) for name in names
                if name.endswith((".db", ".sqlite", "-wal", ".lock"))]
        self.assertEqual([path for path in left if not path.endswith(".lock")], [])


played_by(Faults, (("cli", "js"), ("js", "js")), globals())
played_by(Ours, (("cli", "js"),), globals())

if __name__ == "__main__":
    main()
