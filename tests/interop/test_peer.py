# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""The independent client by itself: what the interoperability tests take for granted of it."""
from interop import WAIT, InteropCase, main, message_index, session_of
from peer import PeerError


class Peer(InteropCase):
    def test_talks_with_itself(self):
        alice, bob = self.alice(), self.bob()
        room = self.room(alice, bob)
        self.talk(alice, bob, room)
        sent = alice.send(room, "encore")
        event = alice.js.http(path=f"/_matrix/client/v3/rooms/{room}/event/{sent}")
        self.assertEqual((event["type"], message_index(event["content"])), ("m.room.encrypted", 1))
        self.assertEqual(session_of(event), bob.js.get_event(room=room, event=sent)["wire"]["session_id"])
        self.assertEqual(bob.devices(alice)[alice.device]["ed25519"], alice.ed25519)

    def test_attachment(self):
        alice, bob = self.alice(), self.bob()
        room = self.room(alice, bob)
        data = bytes(range(256)) * 40
        sent = alice.js.send_bytes(room, data, name="plan.pdf", mime="application/pdf")
        self.assertEqual(bob.download(room, sent), data)
        _, content = bob.js.file(room, sent)
        self.assertNotEqual(self.server.admin().download(content["file"]["url"]), data)
        self.assertNotIn("url", content)

    def test_to_device_is_recorded(self):
        alice, bob = self.alice(), self.bob()
        room = self.room(alice, bob)
        alice.send(room, "clé")
        got, = bob.js.wait_to_device(types=["m.room_key"], timeout=WAIT)
        self.assertEqual((got["raw"]["type"], got["event"]["content"]["room_id"]), ("m.room.encrypted", room))
        alice.js.send_to_device(user=bob.user, device=bob.device, type="org.example.essai", content={"n": 1})
        got, = bob.js.wait_to_device(types=["org.example.essai"], timeout=WAIT)
        self.assertEqual(got["event"]["content"]["n"], 1)

    def test_verification(self):
        alice, bob = self.alice(), self.bob()
        room = self.room(alice, bob)
        bob.js.wait_device(user=alice.user, device=alice.device, signed_by_owner=True, timeout=WAIT)
        alice.js.wait_device(user=bob.user, device=bob.device, signed_by_owner=True, timeout=WAIT)
        one, other = alice.verify(), bob.verify()
        one.request(bob, room)
        other.accept(alice, room)
        one.start()
        self.assertEqual(one.emoji(), other.emoji())
        one.confirm()
        other.confirm()
        one.wait_done()
        other.wait_done()
        self.assertTrue(alice.js.user_trust(user=bob.user, verified=True, timeout=WAIT)["verified"])

    def test_recovery_and_backup(self):
        alice, bob = self.alice(), self.bob()
        code = alice.setup_recovery()
        room = self.room(alice, bob)
        before = bob.send(room, "avant")
        self.assert_reads(alice, room, before, "avant")
        alice.wait_backup(1)
        second = self.another(alice)
        self.assert_unreadable(second, room, before, "no_key", "backup_not_connected")
        self.assertEqual(second.restore(code), 1)
        self.assert_reads(second, room, before, "avant")

    def test_export_file(self):
        alice, bob = self.alice(), self.bob()
        room = self.room(alice, bob)
        sent = bob.send(room, "gardé")
        self.assert_reads(alice, room, sent, "gardé")
        text = alice.export_keys("phrase de passe")
        self.assertIn("BEGIN MEGOLM SESSION DATA", text)
        second = self.another(alice)
        with self.assertRaises(PeerError):
            second.import_keys(text, "une autre")
        self.assertEqual(second.import_keys(text, "phrase de passe"), 1)
        self.assert_reads(second, room, sent, "gardé")

    def test_withheld(self):
        alice, bob = self.alice(), self.bob(signed=False)
        room = self.room(alice, bob)
        alice.js.share_with(only_signed=True)
        self.assert_unreadable(bob, room, alice.send(room, "pour les signés"), "withheld_unverified")
        alice.js.share_with(only_signed=False)
        alice.js.block(user=bob.user, device=bob.device)
        alice.rotate(room)
        self.assert_unreadable(bob, room, alice.send(room, "pas pour lui"), "withheld")


if __name__ == "__main__":
    main()
