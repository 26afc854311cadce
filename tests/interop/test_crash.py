# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""kill -9 at random points of encryption, and what must hold afterwards.

Each test kills one verb again and again and then looks, from outside, for a message index that was
used twice, a one-time key that was published twice or with two values, a key or a message that was lost,
and a device that became another one.  $CHAPPE_CRASHES is the number of kills of each test (an ordinary run
makes few), $CHAPPE_SEED the seed, which is printed.
"""
import os
import random
import time

import libolm
from interop import PASSWORD, InteropCase, main, message_index, session_of
from harness import Refused  # where interop has made it known

CRASHES = int(os.environ.get("CHAPPE_CRASHES", "4"))
SEED = int(os.environ.get("CHAPPE_SEED", "0")) or random.SystemRandom().randrange(1, 10 ** 9)


class Crash(InteropCase):
    first, second = "cli", "js"

    def setUp(self):
        super().setUp()
        print(f"seed {SEED}, {CRASHES} crashes")
        self.random = random.Random(f"{SEED} {self._testMethodName}")
        self.alive, self.died = 0, 0

    def killed(self, alice, *arguments, lines=(), stdin=None):
        """Runs a verb and kills it somewhere; its last requests decide how far it came.

        The point is the n-th request that it makes, before or after the server has it, or a moment later: so
        the points lie where something happens, on a slow machine as on a quick one."""
        running = alice.cli.start(*arguments, dialogue=True)
        for line in lines:
            running.write(line)
        if stdin is not None:
            running.write(stdin)
            running.process.stdin.close()
        before = len(self.proxy.requests)
        wanted, answered = self.random.randrange(0, 12), self.random.random() < 0.5
        deadline = time.monotonic() + 20
        with self.proxy.changed:
            while running.process.poll() is None and time.monotonic() < deadline:
                new = [r for r in self.proxy.requests[before:] if not answered or r.ended]
                if len(new) >= wanted:
                    break
                self.proxy.changed.wait(0.05)
        time.sleep(self.random.choice((0, 0, 0.001, 0.003, 0.01, 0.03)))
        if running.process.poll() is None:
            self.died += 1
        else:
            self.alive += 1
        running.kill()

    def finish(self, alice):
        """It comes back and is well."""
        for _ in range(3):
            alice.sync()
        told = alice.status()
        self.assertEqual((told["device_id"], told["ed25519"], told["curve25519"]),
                         (alice.device, alice.ed25519, alice.curve25519))
        print(f"{self.died} killed under way, {self.alive} had ended")

    def history(self, seat, room):
        client = self.server.client()
        client.token = seat.token
        return [e for e in client.history(room) if e["type"] == "m.room.encrypted"]

    def assert_no_index_twice(self, seat, room, sender):
        used = [(session_of(e), message_index(e["content"])) for e in self.history(seat, room) if e["sender"] == sender]
        self.assertEqual(len(used), len(set(used)), "a message index was used twice")
        return used

    def assert_keys_published_once(self):
        """Over all uploads of the test: an id never with two values, a key never under two ids, no refusal."""
        ids, keys = {}, {}
        for request in self.proxy.find("POST", "/keys/upload"):
            self.assertNotEqual(request.status, 400, "the server has another key of this name")
            body = request.body or {}
            for name, value in {**(body.get("one_time_keys") or {}), **(body.get("fallback_keys") or {})}.items():
                self.assertEqual(ids.setdefault(name, value["key"]), value["key"], "one id, two keys")
                self.assertEqual(keys.setdefault(value["key"], name), name, "one key, two ids")
            device = body.get("device_keys")
            if device:
                self.assertEqual(ids.setdefault("device", device["keys"]), device["keys"])

    def setting(self):
        alice, bob = self.alice(), self.bob()
        room = self.room(alice, bob)
        self.talk(alice, bob, room)
        return alice, bob, room

    # -- the tests

    def test_E2E_043_while_sending(self):
        alice, bob, room = self.setting()
        bodies = [f"envoi {number}" for number in range(CRASHES)]
        for body in bodies:
            if self.random.random() < 0.4:
                alice.rotate(room)
            self.killed(alice, "send", room, body)
        self.finish(alice)
        self.talk(alice, bob, room)  # what lies in the outbox goes first
        self.assert_no_index_twice(bob, room, alice.user)
        self.assert_keys_published_once()
        read = [bob.message(room, e["event_id"]) for e in self.history(bob, room) if e["sender"] == alice.user]
        self.assertEqual([m["failure"] for m in read if m["failure"]], [], "the peer cannot read a message")
        texts = [m["body"] for m in read]
        self.assertEqual(len(texts), len(set(texts)), "a message was sent twice")
        for line in alice.cli.run("timeline", room, "--limit", "500"):
            self.assertIsNone(line.get("utd_reason"), line)

    def test_E2E_044_while_receiving(self):
        alice, bob, room = self.setting()
        sent = {}
        for number in range(CRASHES):
            bob.rotate(room)
            for part in range(self.random.randrange(1, 4)):
                body = f"arrivée {number}.{part}"
                sent[bob.send(room, body)] = body
            self.killed(alice, "sync", "--once")
        self.finish(alice)
        for event, body in sent.items():
            self.assert_reads(alice, room, event, body)
        self.assert_keys_published_once()
        self.talk(alice, bob, room)

    def test_E2E_008_while_keys_are_uploaded(self):
        alice, bob, room = self.setting()
        raw = self.raw()
        bob.invite(room, raw)
        raw.client.join(room)
        claimed = []
        for _ in range(CRASHES):
            for _ in range(self.random.randrange(1, 12)):
                claimed.append(raw.claim(alice.user, alice.device))
            self.killed(alice, "sync", "--once")
        self.finish(alice)
        self.assert_keys_published_once()
        names = [name for name, value in claimed if not value.get("fallback")]
        self.assertEqual(len(names), len(set(names)), "a one-time key was handed out twice")
        # every key that was handed out opens a session: the newest ones at least are still known
        curve, _ = raw.keys_of(alice.user, alice.device)
        for number, (_, value) in enumerate(claimed[-10:]):
            raw.sessions[curve] = [libolm.Session.outbound(raw.account, curve, value["key"])]
            raw.groups.pop(room, None)
            raw.share(room, (alice.user, alice.device))
            sent = raw.send(room, f"clé {number}")
            self.assertEqual(alice.message(room, sent)["body"], f"clé {number}")
        self.talk(alice, bob, room)

    def test_E2E_133_while_keys_are_backed_up(self):
        alice, bob, room = self.setting()
        sent = {}
        for number in range(CRASHES):
            bob.rotate(room)
            sent[bob.send(room, f"gardé {number}")] = f"gardé {number}"
            self.killed(alice, "sync", "--once")
        self.finish(alice)
        for event, body in sent.items():
            self.assert_reads(alice, room, event, body)
        alice.wait_backup(len(sent))
        second = self.another(alice, "js")
        second.restore(alice.code)
        for event, body in sent.items():
            self.assert_reads(second, room, event, body)

    def test_E2E_092_while_recovery_is_set_up(self):
        for _ in range(max(1, CRASHES // 4)):
            alice = self.seat("cli", "alice", signed=False)
            for _ in range(3):
                self.killed(alice, "recovery", "setup")
            try:
                alice.setup_recovery()
            except Refused:  # it was complete but for the code's being told
                alice.code = alice.cli.one("recovery", "reset", "--password-stdin", stdin=PASSWORD + "\n")["recovery_code"]
            self.finish(alice)
            self.assertEqual(alice.status()["cross_signing"], "verified")
            second = self.another(alice, "js")
            second.restore(alice.code)
            self.assertTrue(second.js.cross_signing()["ready"])

    def test_E2E_105_while_verifying(self):
        alice, bob, room = self.setting()
        bob.js.wait_device(user=alice.user, device=alice.device, signed_by_owner=True, timeout=30)
        for _ in range(CRASHES):
            bob.js.verify_auto(on=True)
            self.killed(alice, "verify", "--interactive", bob.user, lines=['{"command":"confirm"}'])
            alice.sync()
            self.talk(alice, bob, room)
        self.finish(alice)
        for each in bob.js.verify_list():
            if each["phase"] not in ("Done", "Cancelled"):
                bob.js.verify_cancel(vid=each["vid"])
        one, other = alice.verify(), bob.verify()
        bob.js.verify_auto(on=False)
        one.request(bob, room)
        other.accept(alice, None)
        one.start()
        self.assertEqual(one.emoji(), other.emoji())
        one.confirm()
        other.confirm()
        one.wait_done()
        self.assertEqual(alice.devices(bob)[bob.device]["trust"], "verified")


if __name__ == "__main__":
    main()
