# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""kill -9 while our client encrypts, and what must hold afterwards.

Each test kills one act again and again, at moments that a seed draws (killing.py), and then looks from
outside: no ratchet step and no one-time key was used twice, the peer reads every message and has each
once, we read every message of the peer's, every key is in the backup, the device is the same one.
    CHAPPE_CRASH_ROUNDS=400 CHAPPE_SEED=1 ./dev test interop-crash
makes as many kills in each test; an ordinary run makes few.
"""
from interop import PASSWORD, WAIT, InteropCase, main
from harness import Refused
from killing import Killings, rounds
from seats import SEATS
from wire import Wire
import libolm

HUNDREDS = 200  # devices
READ_WAIT = 60000  # milliseconds for the peer to read what it was sent


class Crash(InteropCase):
    """The peer does not go through the proxy: what is said there is ours."""

    def setUp(self):
        super().setUp()
        self.killings = Killings(self.proxy, self._testMethodName)
        self.random = self.killings.random
        self.addCleanup(lambda: print(f"{self._testMethodName}: {self.killings}"))

    def seat(self, kind, name, login=None, **more):
        base = self.proxy.base if kind == "cli" else self.server.base
        return SEATS[kind](self, login or self.user(name), base, **more)

    def setting(self):
        alice, bob = self.seat("cli", "alice"), self.seat("js", "bob")
        room = self.room(alice, bob)
        self.talk(alice, bob, room)
        return alice, bob, room

    def talk(self, a, b, room):
        """Both say something and both read it; never the same twice."""
        for one, other in ((a, b), (b, a)):
            body = f"{one.user} {self.random.random()}"
            self.assert_reads(other, room, one.send(room, body), body)

    def chance(self, share):
        return self.random.random() < share

    # -- what must hold

    def finish(self, alice):
        """It comes back and is the device that it was."""
        for _ in range(2):
            alice.sync()
        told = alice.status()
        self.assertEqual((told["device_id"], told["ed25519"], told["curve25519"]),
                         (alice.device, alice.ed25519, alice.curve25519))
        Wire(self, self.proxy).check()

    def history(self, seat, room):
        """The room's messages as the server gives them to the seat."""
        client = self.server.client()
        client.token = seat.token
        return [e for e in client.history(room) if e["type"] == "m.room.encrypted"]

    def read_by_peer(self, seat, room):
        """{event id: text} of all messages, none unreadable."""
        read, start = {}, None
        while True:
            page = seat.js.timeline(room=room, limit=200, wait=READ_WAIT, **({"from": start} if start else {}))
            for event in page["events"]:
                if event["wire_type"] == "m.room.encrypted":
                    self.assertIsNone(event.get("failure"), "the peer cannot read a message")
                    read[event["event_id"]] = event["body"]
            start = page["end"]
            if not start or not page["events"]:
                return read

    def assert_same_conversation(self, alice, bob, room):
        """The server's, the peer's and our timeline are one, and each text is there once."""
        served = [e["event_id"] for e in self.history(bob, room)]
        read = self.read_by_peer(bob, room)
        ours = alice.cli.run("timeline", room, "--limit", "5000")
        for line in ours:
            self.assertIsNone(line.get("utd_reason"), line)
        shown = [line for line in ours if line["type"] == "m.room.message"]
        self.assertEqual([line["state"] for line in shown if line["state"] != "sent"], [])
        self.assertEqual([line["event_id"] for line in shown], served)
        self.assertEqual(set(read), set(served))
        self.assertEqual([line["body"] for line in shown], [read[event] for event in served])
        texts = list(read.values())
        self.assertEqual(len(texts), len(set(texts)), "a message is there twice")
        return texts

    def assert_all_arrived(self, alice, room):
        """Whatever ever left has arrived, once."""
        sent = Wire(self, self.proxy).check_room_messages()
        arrived = [e["unsigned"]["transaction_id"] for e in self.history(alice, room) if e["sender"] == alice.user]
        self.assertEqual(len(arrived), len(set(arrived)))
        self.assertEqual(sent - set(arrived), set(), "a message was lost")

    # -- the acts

    def test_E2E_043_while_sending(self):
        alice, bob, room = self.setting()
        raw = self.raw()
        bob.invite(room, raw)
        raw.client.join(room)
        stored = set()
        for number in range(rounds(12)):
            if self.chance(0.3):
                self.killings.run(alice.cli, "rotate", room)
            self.killings.run(alice.cli, "send", room, f"envoi {number}")
            if self.chance(0.2):
                stored |= set(alice.cli.bodies(room, 500, "--offline"))
        self.finish(alice)
        self.talk(alice, bob, room)  # what lies in the outbox goes first
        texts = self.assert_same_conversation(alice, bob, room)
        self.assert_all_arrived(alice, room)
        self.assertEqual(stored - set(texts), set(), "a stored message was lost")
        raw.sync()
        self.assertEqual([each["error"] for each in raw.to_device if "error" in each], [])
        self.assertEqual([e for e in bob.js.to_device(types=["m.dummy"])], [], "a session broke")

    def test_E2E_049_while_sharing_with_hundreds(self):
        """Each device has each key once, whenever it was that we died, and reads every message."""
        alice, login = self.seat("cli", "alice"), self.user("foule")
        first = self.raw(login=login)
        first.publish_identity()
        devices = [first] + [self.raw(login=login, one_time_keys=2) for _ in range(HUNDREDS - 1)]
        first.sign_device(*(each.device for each in devices[1:]))
        room = alice.create_room(invite=[first])
        first.client.join(room)
        alice.sync()
        for number in range(rounds(4)):
            self.killings.run(alice.cli, "send", room, f"à la foule {number}")
            if self.chance(0.5):
                alice.rotate(room)
        self.finish(alice)
        alice.send(room, "à tous")  # what lies in the outbox goes first
        self.assert_all_arrived(alice, room)
        Wire(self, self.proxy).check()
        sent = [e["content"] for e in first.client.history(room)
                if e["type"] == "m.room.encrypted" and e["sender"] == alice.user]
        for device in devices:
            while device.sync():
                pass
            self.assertEqual([each["error"] for each in device.to_device if "error" in each], [])
            keys = [each["clear"]["content"] for each in device.to_device if each["clear"]["type"] == "m.room_key"]
            self.assertEqual(len(keys), len({key["session_id"] for key in keys}), "a key came twice")
            groups = {key["session_id"]: libolm.InboundGroup(key["session_key"]) for key in keys}
            for content in sent:
                groups[content["session_id"]].decrypt(content["ciphertext"])

    def test_E2E_044_while_receiving(self):
        alice, bob, room = self.setting()
        for number in range(rounds(12)):
            if self.chance(0.7):
                bob.rotate(room)
            listening = None
            if self.chance(0.3):
                listening = self.killings.start(alice.cli, "listen")
            for part in range(self.random.randrange(1, 4)):
                bob.send(room, f"arrivée {number}.{part}")
            if listening:
                listening.finish(5)
            else:
                self.killings.run(alice.cli, *self.random.choice((("sync", "--once"), ("timeline", room))))
        self.finish(alice)
        self.talk(alice, bob, room)
        self.assert_same_conversation(alice, bob, room)
        self.assertEqual([e for e in bob.js.to_device(types=["m.dummy"])], [], "a session broke")

    def test_E2E_008_while_keys_are_uploaded(self):
        alice, bob, room = self.setting()
        raw = self.raw()
        bob.invite(room, raw)
        raw.client.join(room)
        claimed = []
        for _ in range(rounds(12)):
            for _ in range(self.random.randrange(1, 8)):
                claimed.append(raw.claim(alice.user, alice.device))
            self.killings.run(alice.cli, "sync", "--once")
        self.finish(alice)
        names = [name for name, value in claimed if not value.get("fallback")]
        self.assertEqual(len(names), len(set(names)), "a one-time key was handed out twice")
        # What was handed out lately opens a session; of older ones our half may be forgotten (E2E-007).
        curve, _ = raw.keys_of(alice.user, alice.device)
        sent = {}
        for number, (_, value) in enumerate(claimed[-20:]):
            raw.sessions[curve] = [libolm.Session.outbound(raw.account, curve, value["key"])]
            raw.groups.pop(room, None)
            raw.share(room, (alice.user, alice.device))
            sent[raw.send(room, f"clé {number}")] = f"clé {number}"
        shown = {line["event_id"]: line for line in alice.cli.run("timeline", room, "--limit", "200")}
        self.assertEqual({event: shown[event]["body"] for event in sent}, sent)
        self.talk(alice, bob, room)

    def test_E2E_133_while_keys_are_backed_up(self):
        alice, bob, room = self.setting()
        for number in range(rounds(8)):
            for part in range(self.random.randrange(1, 4)):
                bob.rotate(room)
                bob.send(room, f"gardé {number}.{part}")
            self.killings.run(alice.cli, "sync", "--once")
        self.finish(alice)
        sent = {e["event_id"] for e in self.history(bob, room)}
        sessions = {e["content"]["session_id"] for e in self.history(bob, room)}
        alice.wait_backup(len(sessions))
        second = self.another(alice, "js")
        second.restore(alice.code)
        self.assertEqual(set(self.read_by_peer(second, room)), sent)
        # On a new device of ours it is fetched, killed again and again.
        third = self.another(alice, "cli")
        for _ in range(rounds(4) // 2):
            self.killings.run(third.cli, "recovery", "restore", "--code-stdin", stdin=alice.code)
        third.restore(alice.code)
        self.assertEqual({line["event_id"] for line in third.cli.run("timeline", room, "--limit", "5000")
                          if line["type"] == "m.room.message" and not line.get("utd_reason")}, sent)

    def test_E2E_092_while_recovery_is_set_up(self):
        for _ in range(max(1, rounds(4) // 4)):
            self.proxy.forget()
            alice = self.seat("cli", "alice", signed=False)
            for _ in range(4):
                self.killings.run(alice.cli, "recovery", "setup")
            try:
                alice.setup_recovery()
            except Refused as error:  # it was complete but for the code's being told
                self.assertEqual(error.name, "IDENTITY_EXISTS")
                alice.code = alice.cli.one("recovery", "reset", "--password-stdin", stdin=PASSWORD + "\n")["recovery_code"]
            self.finish(alice)
            self.assertEqual(alice.status()["cross_signing"], "verified")
            second = self.another(alice, "js")
            second.restore(alice.code)
            self.assertTrue(second.js.cross_signing()["ready"])

    def test_E2E_105_while_verifying(self):
        alice, bob = self.seat("cli", "alice"), self.seat("js", "bob")
        room = alice.create_room(invite=[bob], direct=True)
        bob.join(room)
        alice.wait_member(room, bob)
        bob.js.wait_device(user=alice.user, device=alice.device, signed_by_owner=True, timeout=WAIT)
        bob.js.verify_auto(on=True)
        for _ in range(rounds(8)):
            doomed = self.killings.start(alice.cli, "verify", "--interactive", bob.user, dialogue=True)
            self.converse(doomed)
            doomed.finish()
        bob.js.verify_auto(on=False)
        self.finish(alice)
        self.talk(alice, bob, room)  # what ends the killed ones has come by now
        one, other = alice.verify(), bob.verify()
        one.request(bob, room)
        other.accept(alice, room)
        one.start()
        self.assertEqual(one.emoji(), other.emoji())
        one.confirm()
        other.confirm()
        one.wait_done()
        self.assertEqual(alice.devices(bob)[bob.device]["trust"], "verified")
        self.finish(alice)
        self.talk(alice, bob, room)

    def converse(self, doomed):
        """Confirms what it is shown, as long as it lives."""
        try:
            doomed.running.wait_line(lambda line: line.get("event") in ("emoji", "cancelled"), timeout=20)
            doomed.running.write('{"command":"confirm"}')
        except (AssertionError, TimeoutError, BrokenPipeError):
            pass


if __name__ == "__main__":
    main()
