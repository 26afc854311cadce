# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""The device that is driven by hand, against the independent client: what hostile tests rely on."""
from interop import WAIT, InteropCase, main


class Raw(InteropCase):
    def test_talks_to_the_peer(self):
        bob, raw = self.bob(), self.raw()
        room = self.room(bob)
        raw.client.join(self.invite(bob, room, raw))
        raw.share(room, (bob.user, bob.device))
        self.assert_reads(bob, room, raw.send(room, "à la main"), "à la main")
        bob.js.wait_membership(room=room, user=raw.user, timeout=WAIT)
        sent = bob.send(room, "bien reçu")
        key = raw.wait_type("m.room_key")["content"]
        event = raw.client.event(room, sent)["content"]
        self.assertEqual(key["session_id"], event["session_id"])

    def invite(self, bob, room, raw):
        bob.js.invite(room=room, user=raw.user)
        return room

    def test_identity(self):
        bob, raw = self.bob(), self.raw()
        room = self.room(bob)
        raw.client.join(self.invite(bob, room, raw))
        raw.publish_identity()
        self.assertTrue(bob.js.wait_device(user=raw.user, device=raw.device, signed_by_owner=True, timeout=WAIT))
        raw.publish_identity()  # replaced by another
        self.assertTrue(bob.js.user_trust(user=raw.user, known=True, timeout=WAIT))

    def test_lies_are_refused(self):
        """The independent client refuses what ours has to refuse."""
        bob, raw = self.bob(), self.raw()
        room = self.room(bob)
        raw.client.join(self.invite(bob, room, raw))
        target = (bob.user, bob.device)
        for lie in ({"recipient": "@autre:ministere.test"}, {"sender": "@autre:ministere.test"},
                    {"keys": {"ed25519": bob.ed25519}}, {"recipient_keys": {"ed25519": raw.ed25519}}):
            with self.subTest(lie):
                raw.groups.pop(room, None)
                raw.send_to_device(*target, "m.room_key", raw.room_key(room), **lie)
                self.assert_unreadable(bob, room, raw.send(room, "forgé"), "no_key")
        raw.groups.pop(room, None)
        raw.share(room, target)
        self.assert_reads(bob, room, raw.send(room, "vrai"), "vrai")


if __name__ == "__main__":
    main()
