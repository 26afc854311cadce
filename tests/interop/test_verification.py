# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""Verification by emoji between two clients, in both roles, with every way out of it."""
import contextlib
import json
import time

import libolm
from interop import EVERY_PAIR, MEGOLM, WAIT, main, played_by
from raw import sign
from harness import TIMEOUT  # where interop has made it known


class Sas:
    """The first seat asks, the second accepts."""

    def two_users(self):
        alice, bob = self.alice(), self.bob()
        room = alice.create_room(invite=[bob], direct=True)
        bob.join(room)
        alice.wait_member(room, bob)
        self.know(alice, bob)
        self.know(bob, alice)
        return alice, bob, room

    def know(self, one, other):
        """Until one knows that the other's device is signed by its owner."""
        if one.kind == "js":
            one.js.wait_device(user=other.user, device=other.device, signed_by_owner=True, timeout=WAIT)
        else:
            one.sync()

    def begin(self, alice, bob, room=None):
        one, other = alice.verify(), bob.verify()
        self.addCleanup(one.close)
        self.addCleanup(other.close)
        if bob.kind == "cli":
            other.listen()
        one.request(bob, room)
        other.accept(alice, room)
        return one, other

    def emoji(self, one, other):
        one.start()
        (symbols, numbers), shown = one.emoji(), other.emoji()
        self.assertEqual((symbols, numbers), shown)
        self.assertEqual((len(symbols), len(numbers)), (7, 3))

    def run_through(self, one, other):
        self.emoji(one, other)
        one.confirm()
        other.confirm()
        one.wait_done()
        other.wait_done()

    def assert_trusts(self, one, other):
        if one.kind == "js" and one.user != other.user:
            self.assertTrue(one.js.user_trust(user=other.user, verified=True, timeout=WAIT)["verified"])
        if one.kind == "js":
            one.js.wait_device(user=other.user, device=other.device, verified=True, timeout=WAIT)
        one.sync()
        trust = one.devices(other)[other.device]["trust"]
        self.assertEqual(trust, "verified")

    def test_E2E_111_two_users(self):
        alice, bob, room = self.two_users()
        self.run_through(*self.begin(alice, bob, room))
        self.assert_trusts(alice, bob)
        self.assert_trusts(bob, alice)
        self.talk(alice, bob, room)

    def test_E2E_157_marks_follow(self):
        alice, bob, room = self.two_users()
        sent = bob.send(room, "avant d'être vérifié")
        self.assertIsNone(self.assert_reads(alice, room, sent, "avant d'être vérifié")["trust"])
        self.run_through(*self.begin(alice, bob, room))
        self.assertIsNone(alice.message(room, sent)["trust"])

    def test_E2E_115_emoji_differ(self):
        alice, bob, room = self.two_users()
        one, other = self.begin(alice, bob, room)
        self.emoji(one, other)
        one.mismatch()
        self.assertEqual((one.wait_cancelled(), other.wait_cancelled()), ("m.mismatched_sas", "m.mismatched_sas"))
        self.assertNotEqual(alice.devices(bob)[bob.device]["trust"], "verified")
        self.assertNotEqual(bob.devices(alice)[alice.device]["trust"], "verified")

    def test_E2E_115_emoji_differ_for_the_other(self):
        alice, bob, room = self.two_users()
        one, other = self.begin(alice, bob, room)
        self.emoji(one, other)
        one.confirm()
        other.mismatch()
        self.assertEqual((one.wait_cancelled(), other.wait_cancelled()), ("m.mismatched_sas", "m.mismatched_sas"))
        self.assertNotEqual(alice.devices(bob)[bob.device]["trust"], "verified")

    def test_E2E_105_cancelled_once_ready(self):
        for by in (0, 1):
            with self.subTest(by):
                alice, bob, room = self.two_users()
                pair = self.begin(alice, bob, room)
                pair[by].cancel()
                self.assertEqual([each.wait_cancelled() for each in pair], ["m.user", "m.user"])

    def test_E2E_105_cancelled_at_the_emoji(self):
        for by in (0, 1):
            with self.subTest(by):
                alice, bob, room = self.two_users()
                pair = self.begin(alice, bob, room)
                self.emoji(*pair)
                pair[by].cancel()
                self.assertEqual([each.wait_cancelled() for each in pair], ["m.user", "m.user"])

    def test_E2E_152_own_devices(self):
        alice = self.alice()
        alice.setup_recovery()
        bob = self.seat("js", "bob")
        room = self.room(alice, bob)
        before = bob.send(room, "avant le nouvel appareil")
        self.assert_reads(alice, room, before, "avant le nouvel appareil")
        alice.wait_backup(1)
        second = self.another(alice, self.second)
        alice.sync()
        if alice.kind == "js":
            alice.js.wait_device(user=second.user, device=second.device, timeout=WAIT)
        self.run_through(*self.begin(alice, second))
        self.assert_trusts(second, alice)
        self.assert_trusts(alice, second)
        # the secrets come along: the new device reads what the backup has
        for _ in range(3):
            alice.sync()
            second.sync()
        self.assert_reads(second, room, before, "avant le nouvel appareil")

    def test_E2E_152_own_devices_the_new_one_asks(self):
        alice = self.seat(self.second, "alice")
        alice.setup_recovery()
        second = self.another(alice, self.first)
        self.know(second, alice)
        alice.sync()
        self.run_through(*self.begin(second, alice))
        self.assert_trusts(second, alice)
        self.assert_trusts(alice, second)


class Killed:
    """Ours is killed in the middle; its next run tells the other side, before it asks for anything new."""

    two_users, know, begin, emoji = Sas.two_users, Sas.know, Sas.begin, Sas.emoji
    run_through, assert_trusts = Sas.run_through, Sas.assert_trusts

    def kill(self, dialogue):
        dialogue.running.process.kill()
        dialogue.running.process.wait()

    def test_E2E_105_killed_in_a_room(self):
        alice, bob, room = self.two_users()
        one, other = self.begin(alice, bob, room)
        self.emoji(one, other)
        self.kill(one)
        again = self.begin(alice, bob, room)
        self.assertEqual(other.wait_cancelled(), "m.user")
        self.run_through(*again)
        self.assert_trusts(alice, bob)
        self.assert_trusts(bob, alice)

    def test_E2E_105_killed_in_a_room_and_only_synchronised(self):
        """Without a word of the user's: a sync of the next run is enough."""
        alice, bob, room = self.two_users()
        one, other = self.begin(alice, bob, room)
        self.emoji(one, other)
        self.kill(one)
        alice.sync()
        self.assertEqual(other.wait_cancelled(), "m.user")

    def test_E2E_105_killed_after_asking(self):
        alice, bob, room = self.two_users()
        one, other = alice.verify(), bob.verify()
        self.addCleanup(one.close)
        one.request(bob, room)
        other.vid = bob.js.verify_incoming(user=alice.user, room=room, timeout=WAIT)["vid"]
        self.kill(one)
        one, again = alice.verify(), bob.verify()
        self.addCleanup(one.close)
        one.request(bob, room)
        self.assertEqual(other.wait_cancelled(), "m.user")
        again.accept(alice, room)
        self.run_through(one, again)

    def test_E2E_105_killed_before_the_request_has_a_name(self):
        """The server has it, and we never heard: the next run sees it come, and calls it off."""
        alice, bob, room = self.two_users()
        doomed = alice.verify()
        self.addCleanup(doomed.close)
        self.proxy.on("PUT", "/send/", times=1).cut_after(lambda: self.kill(doomed))
        doomed.request(bob, room)
        vid = bob.js.verify_incoming(user=alice.user, room=room, timeout=WAIT)["vid"]
        one, other = alice.verify(), bob.verify()
        self.addCleanup(one.close)
        one.request(bob, room)
        bob.js.verify_wait(vid=vid, phase="Cancelled", timeout=WAIT)
        other.accept(alice, room)
        self.run_through(one, other)

    def test_E2E_105_killed_between_own_devices(self):
        alice = self.alice()
        alice.setup_recovery()
        second = self.another(alice, "js")
        self.know(second, alice)
        alice.sync()
        one, other = self.begin(second, alice)
        self.emoji(one, other)
        self.kill(other)
        alice.sync()
        self.assertEqual(one.wait_cancelled(), "m.user")
        self.run_through(*self.begin(second, alice))
        self.assert_trusts(alice, second)
        self.assert_trusts(second, alice)


class Hostile:
    """Our seat against messages written by hand."""

    first, second = "cli", "js"

    def setting(self):
        """Two devices of one account, ours and one that is driven by hand: they talk by to-device."""
        alice = self.alice()
        raw = self.raw(login=alice.login)
        alice.sync()
        return alice, raw

    def request(self, raw, alice, transaction="t1", age=0, **changes):
        raw.send_raw(alice.user, alice.device, "m.key.verification.request", {
            "from_device": raw.device, "methods": ["m.sas.v1"], "transaction_id": transaction,
            "timestamp": int(time.time() * 1000) - age, **changes})

    def listening(self, alice):
        dialogue = alice.verify()
        self.addCleanup(dialogue.close)
        dialogue.listen()
        return dialogue

    def start(self, raw, alice, transaction="t1", **changes):
        content = {"from_device": raw.device, "method": "m.sas.v1", "transaction_id": transaction,
                   "key_agreement_protocols": ["curve25519-hkdf-sha256"], "hashes": ["sha256"],
                   "message_authentication_codes": ["hkdf-hmac-sha256.v2"],
                   "short_authentication_string": ["decimal", "emoji"], **changes}
        raw.send_raw(alice.user, alice.device, "m.key.verification.start", content)
        return content

    def to_accepted(self, raw, alice):
        dialogue = self.listening(alice)
        self.request(raw, alice)
        dialogue.accept(alice)
        raw.wait_type("m.key.verification.ready")
        self.start(raw, alice)
        raw.wait_type("m.key.verification.accept")
        return dialogue

    def cancelled(self, raw, dialogue, *codes):
        told = raw.wait_type("m.key.verification.cancel")["content"]
        self.assertIn(told["code"], codes)
        self.assertEqual(dialogue.wait_cancelled(), told["code"])

    def test_E2E_101_old_request_is_ignored(self):
        alice, raw = self.setting()
        dialogue = self.listening(alice)
        self.request(raw, alice, "vieille", age=11 * 60 * 1000)
        self.request(raw, alice, "future", age=-6 * 60 * 1000)
        self.request(raw, alice, "bonne")
        self.assertEqual(dialogue.next_request()["transaction"], "bonne")

    def test_E2E_110_key_of_zeros(self):
        alice, raw = self.setting()
        dialogue = self.to_accepted(raw, alice)
        raw.send_raw(alice.user, alice.device, "m.key.verification.key",
                     {"transaction_id": "t1", "key": "A" * 43})
        self.cancelled(raw, dialogue, "m.invalid_message", "m.key_mismatch")

    def test_E2E_114_done_without_mac(self):
        alice, raw = self.setting()
        dialogue = self.to_accepted(raw, alice)
        raw.send_raw(alice.user, alice.device, "m.key.verification.key", {
            "transaction_id": "t1", "key": "3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08"})
        raw.wait_type("m.key.verification.key")
        dialogue.emoji()
        dialogue.confirm()
        raw.send_raw(alice.user, alice.device, "m.key.verification.done", {"transaction_id": "t1"})
        self.cancelled(raw, dialogue, "m.unexpected_message", "m.key_mismatch")
        self.assertNotEqual(alice.devices(alice)[raw.device]["trust"], "verified")

    def test_E2E_113_empty_mac(self):
        alice, raw = self.setting()
        dialogue = self.to_accepted(raw, alice)
        raw.send_raw(alice.user, alice.device, "m.key.verification.key", {
            "transaction_id": "t1", "key": "3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08"})
        dialogue.emoji()
        dialogue.confirm()
        raw.send_raw(alice.user, alice.device, "m.key.verification.mac", {"transaction_id": "t1", "mac": {}, "keys": ""})
        self.cancelled(raw, dialogue, "m.key_mismatch", "m.invalid_message")
        self.assertNotEqual(alice.devices(alice)[raw.device]["trust"], "verified")

    def test_E2E_023_device_named_like_a_key_of_the_identity(self):
        alice, raw = self.setting()
        name, = raw.query(alice.user)["master_keys"][alice.user]["keys"].values()
        account = libolm.Account()
        keys = json.loads(account.identity_keys())
        ghost = sign({"user_id": alice.user, "device_id": name, "algorithms": [MEGOLM],
                      "keys": {f"ed25519:{name}": keys["ed25519"], f"curve25519:{name}": keys["curve25519"]}},
                     alice.user, f"ed25519:{name}", account)

        def add(answer):
            answer["device_keys"].get(alice.user, {})[name] = ghost
            return answer
        self.proxy.on("POST", "/keys/query").rewrite(add)
        raw.client.put(f"devices/{raw.device}", {"display_name": "renommé"})  # a change to tell
        alice.sync()
        self.assertIn(name, alice.devices(alice))
        dialogue = self.listening(alice)
        self.request(raw, alice)
        dialogue.accept(alice)
        raw.wait_type("m.key.verification.ready")
        self.start(raw, alice)
        self.cancelled(raw, dialogue, "m.key_mismatch")

    def test_E2E_105_out_of_order(self):
        alice, raw = self.setting()
        dialogue = self.listening(alice)
        self.request(raw, alice)
        dialogue.accept(alice)
        raw.wait_type("m.key.verification.ready")
        raw.send_raw(alice.user, alice.device, "m.key.verification.mac", {"transaction_id": "t1", "mac": {}, "keys": "x"})
        self.cancelled(raw, dialogue, "m.unexpected_message")

    def test_E2E_107_no_common_method(self):
        alice, raw = self.setting()
        dialogue = self.listening(alice)
        self.request(raw, alice)
        dialogue.accept(alice)
        raw.wait_type("m.key.verification.ready")
        self.start(raw, alice, key_agreement_protocols=["curve25519"], message_authentication_codes=["hkdf-hmac-sha256"])
        self.cancelled(raw, dialogue, "m.unknown_method")

    def test_E2E_105_unknown_transaction(self):
        alice, raw = self.setting()
        self.listening(alice)
        raw.send_raw(alice.user, alice.device, "m.key.verification.key", {"transaction_id": "rien", "key": "A" * 43})
        told = raw.wait_type("m.key.verification.cancel")["content"]
        self.assertEqual((told["transaction_id"], told["code"]), ("rien", "m.unknown_transaction"))

    def test_words_after_the_end(self):
        """What is read when the dialogue is over has no ear any more."""
        alice, raw = self.setting()
        dialogue = self.listening(alice)
        self.request(raw, alice)
        dialogue.accept(alice)
        raw.wait_type("m.key.verification.ready")
        raw.send_raw(alice.user, alice.device, "m.key.verification.cancel",
                     {"transaction_id": "t1", "code": "m.user", "reason": ""})
        running = dialogue.running
        running.wait_line(lambda line: line.get("event") == "cancelled")
        with contextlib.suppress(BrokenPipeError):
            for _ in range(20):
                running.write('{"command":"confirm"}')
        self.assertEqual(running.process.wait(TIMEOUT), 1)


played_by(Sas, (*EVERY_PAIR, ("cli", "cli")), globals())
played_by(Killed, (("cli", "js"),), globals())
played_by(Hostile, (("cli", "js"),), globals())

if __name__ == "__main__":
    main()
