# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""Messages and their keys between two clients: who reads what, and when a new key is due.

Scenarios after those of complement-crypto that need one server.
"""
import os

from interop import EVERY_PAIR, WAIT, main, message_index, played_by, session_of
from meddling import SYNC, on_to_device, to_device


class Messages:
    def test_E2E_067_both_directions(self):
        alice, bob = self.alice(), self.bob()
        room = self.room(alice, bob)
        for _ in range(3):
            self.talk(alice, bob, room)

    def test_E2E_025_invited_reads_what_came_before_joining(self):
        alice, bob = self.alice(), self.bob()
        room = alice.create_room(invite=[bob])
        sent = alice.send(room, "avant ton arrivée")
        bob.join(room)
        self.assert_reads(bob, room, sent, "avant ton arrivée")
        self.talk(alice, bob, room)

    def test_E2E_025_invite_answered_late(self):
        alice, bob = self.alice(), self.bob()
        room = self.room(alice)
        self.proxy.on("POST", "/sync$").delay(1)
        alice.invite(room, bob)
        sent = alice.send(room, "tout de suite après")
        self.proxy.clear()
        bob.join(room)
        self.assert_reads(bob, room, sent, "tout de suite après")

    def test_E2E_081_key_comes_after_its_message(self):
        alice, bob = self.alice(), self.bob()
        room = self.room(alice, bob)
        self.talk(alice, bob, room)
        held = []

        def hold(events):
            held.extend(each for each in events if each["type"] == "m.room.encrypted")
            return [each for each in events if each not in held]

        def give(answer):
            if "pos" not in answer:
                answer.setdefault("to_device", {}).setdefault("events", [])
            to_device(answer).extend(held)
            held.clear()
            return answer
        self.proxy.on(path=SYNC, token=bob.token).rewrite(on_to_device(hold))
        self.assert_reads(bob, room, alice.send(room, "avant"), "avant")  # by a sync that was under way
        alice.rotate(room)
        sent = alice.send(room, "la clé suit")
        self.assert_unreadable(bob, room, sent, "no_key")
        self.assertEqual(len(held), 1)
        self.proxy.on(path=SYNC, token=bob.token, ahead=True).rewrite(give)
        alice.send(room, "du nouveau")  # so that the other asks
        self.assert_reads(bob, room, sent, "la clé suit")

    def test_E2E_060_device_changed_between_invitation_and_joining(self):
        """What went to the device that is gone is lost, as for every client; what follows is not."""
        alice, bob = self.alice(), self.bob(signed=False)
        owner = self.owner(bob)
        room = alice.create_room(invite=[bob])
        between = alice.send(room, "à l'ancien appareil")
        second = self.another(bob)
        owner.sign_device(second.device)
        owner.with_password("delete_devices", {"devices": [bob.device]})
        second.join(room)
        alice.wait_member(room, second)
        after = self.once_known(alice, second, room, "au nouveau")
        self.assert_unreadable(second, room, between, "no_key", "index_too_early", "before_join")
        self.assert_reads(second, room, after, "au nouveau")

    def test_E2E_060_newcomer_sees_but_does_not_read_history(self):
        alice, bob = self.alice(), self.bob()
        host = self.host()
        room = self.room(alice, host=host, history="shared", public=True, stay=True)
        before = alice.send(room, "avant")
        bob.join(room)
        alice.wait_member(room, bob)
        after = alice.send(room, "après")
        self.assert_unreadable(bob, room, before, "no_key", "index_too_early", "before_join")
        self.assert_reads(bob, room, after, "après")

    def test_E2E_054_nothing_from_an_absence(self):
        alice, bob = self.alice(), self.bob()
        room = self.room(alice, bob, host=self.host(), history="shared", public=True, stay=True)
        first = alice.send(room, "présent")
        self.assert_reads(bob, room, first, "présent")
        bob.leave(room)
        alice.wait_member(room, bob, "leave")
        absent = alice.send(room, "absent")
        bob.join(room)
        alice.wait_member(room, bob)
        back = alice.send(room, "de retour")
        self.assert_unreadable(bob, room, absent, "no_key", "before_join", "index_too_early")
        self.assert_reads(bob, room, back, "de retour")

    def test_E2E_017_new_device_of_the_other(self):
        alice, bob = self.alice(), self.bob()
        room = self.room(alice, bob)
        code = bob.setup_recovery()
        first = alice.send(room, "un appareil")
        self.assert_reads(bob, room, first, "un appareil")
        second = self.another(bob)
        second.restore(code)
        self.assert_reads(second, room, self.once_known(alice, second, room, "deux appareils"), "deux appareils")

    def once_known(self, sender, device, room, body):
        """Sends once the sender knows of the device."""
        sender.sync()
        if sender.kind == "js":
            sender.js.wait_device(user=device.user, device=device.device, timeout=WAIT)
        return sender.send(room, body)

    def test_E2E_056_signed_out_device_gets_nothing_more(self):
        alice, bob = self.alice(), self.bob(signed=False)
        room = self.room(alice, bob)
        raw = self.owner(bob)
        bob.sync()
        first = self.event(alice, room, self.once_known(alice, raw, room, "à tous"))
        raw.wait_type("m.room_key")
        raw.client.logout()
        alice.sync()
        if alice.kind == "js":
            alice.js.wait_device(user=bob.user, device=raw.device, gone=True, timeout=WAIT)
        second = self.event(alice, room, alice.send(room, "sans lui"))
        self.assertNotEqual(session_of(first), session_of(second))
        self.assert_reads(bob, room, second["event_id"], "sans lui")

    def owner(self, seat):
        """A device that keeps the identity of the seat's user and signs by hand: nothing is backed up."""
        raw = self.raw(login=seat.login)
        raw.publish_identity()
        raw.sign_device(seat.device)
        return raw

    def event(self, seat, room, event_id):
        """The event as the server has it, read by an administrator's eyes."""
        return self.server.admin().get(f"/_synapse/admin/v1/fetch_event/{event_id}")["event"]

    def test_E2E_054_rotation_on_leave(self):
        alice, bob, carol = self.alice(), self.bob(), self.seat("js", "carole")
        room = self.room(alice, bob, carol)
        first = self.event(alice, room, alice.send(room, "à trois"))
        carol.leave(room)
        alice.wait_member(room, carol, "leave")
        second = self.event(alice, room, alice.send(room, "à deux"))
        self.assertNotEqual(session_of(first), session_of(second))
        self.assertEqual(message_index(second["content"]), 0)
        self.assert_reads(bob, room, second["event_id"], "à deux")

    def test_E2E_054_rotation_when_an_invitation_is_withdrawn(self):
        alice, bob, carol = self.alice(), self.bob(), self.seat("js", "carole")
        room = self.room(alice, bob)
        alice.invite(room, carol)
        first = self.event(alice, room, alice.send(room, "invitée comprise"))
        carol.js.wait_membership(room=room, membership="invite", timeout=WAIT)
        carol.leave(room)
        alice.wait_member(room, carol, "leave")
        second = self.event(alice, room, alice.send(room, "sans l'invitée"))
        self.assertNotEqual(session_of(first), session_of(second))

    def test_E2E_052_rotation_after_enough_messages(self):
        alice, bob = self.alice(), self.bob()
        room = self.room(alice, bob, rotation={"rotation_period_msgs": 3})
        events = [self.event(alice, room, alice.send(room, f"n° {number}")) for number in range(7)]
        self.assertEqual([message_index(e["content"]) for e in events], [0, 1, 2, 0, 1, 2, 0])
        self.assertEqual(len({session_of(e) for e in events}), 3)
        for number, event in enumerate(events):
            self.assert_reads(bob, room, event["event_id"], f"n° {number}")

    def test_E2E_057_no_rotation_without_reason(self):
        alice, bob = self.alice(), self.bob(signed=False)
        owner = self.owner(bob)
        room = self.room(alice, bob)
        first = self.event(alice, room, alice.send(room, "un"))
        self.server.login(bob.login, "télégraphe").set_displayname("Robert")
        second = self.event(alice, room, alice.send(room, "deux"))
        device = self.another(bob)
        owner.sign_device(device.device)
        third = self.event(alice, room, self.once_known(alice, device, room, "trois"))
        self.assertEqual([session_of(first)] * 2, [session_of(second), session_of(third)])
        self.assertEqual([message_index(e["content"]) for e in (first, second, third)], [0, 1, 2])
        self.assert_reads(device, room, third["event_id"], "trois")
        self.assert_unreadable(device, room, first["event_id"], "index_too_early", "no_key", "backup_not_connected")

    def test_E2E_058_rotation_when_history_opens(self):
        alice, bob = self.alice(), self.bob()
        host = self.host()
        room = self.room(alice, bob, host=host, history="joined", stay=True)
        first = self.event(alice, room, alice.send(room, "entre nous"))
        host.state(room, "m.room.history_visibility", {"history_visibility": "shared"})
        self.settle(alice, room, "m.room.history_visibility", {"history_visibility": "shared"})
        second = self.event(alice, room, alice.send(room, "ouvert"))
        self.assertNotEqual(session_of(first), session_of(second))

    def settle(self, seat, room, type_, content):
        """Until the seat has seen this state."""
        seat.sync()
        if seat.kind == "js":
            seat.js.wait_state(room=room, type=type_, match=content, timeout=WAIT)

    def test_E2E_017_rotation_by_hand(self):
        alice, bob = self.alice(), self.bob()
        room = self.room(alice, bob)
        first = self.event(alice, room, alice.send(room, "un"))
        alice.rotate(room)
        second = self.event(alice, room, alice.send(room, "deux"))
        self.assertNotEqual(session_of(first), session_of(second))
        self.assert_reads(bob, room, second["event_id"], "deux")

    def test_E2E_068_only_the_relation_is_clear(self):
        alice, bob = self.alice(), self.bob()
        room = self.room(alice, bob)
        event = self.event(alice, room, alice.send(room, "secret"))
        self.assertEqual(event["type"], "m.room.encrypted")
        self.assertLessEqual(set(event["content"]), {"algorithm", "ciphertext", "device_id", "sender_key", "session_id"})
        self.assertNotIn("secret", str(event))

    def test_E2E_145_attachments(self):
        alice, bob = self.alice(), self.bob()
        room = self.room(alice, bob)
        for one, other in ((alice, bob), (bob, alice)):
            for size in (0, 1, 300_001):
                data = os.urandom(size)
                self.assertEqual(other.download(room, one.send_file(room, data)), data)

    def test_E2E_071_the_server_sees_no_file(self):
        alice, bob = self.alice(), self.bob()
        room = self.room(alice, bob)
        data = b"%PDF-1.7 note confidentielle " * 100
        self.proxy.forget()
        sent = alice.send_file(room, data, name="note confidentielle.pdf")
        upload, = self.proxy.find("POST", "/media/v3/upload")
        self.assertNotIn(b"confidentielle", upload.data)
        self.assertEqual(upload.headers["Content-Type"], "application/octet-stream")
        self.assertNotIn("filename", upload.query)
        self.assertEqual(bob.download(room, sent), data)

    def test_E2E_016_two_devices_of_one_user(self):
        alice, bob = self.alice(), self.bob()
        code = alice.setup_recovery()
        second = self.another(alice)
        second.restore(code)
        room = self.room(alice, bob)
        for sender, readers in ((alice, (second, bob)), (bob, (alice, second)), (second, (alice, bob))):
            others = [seat for seat in (alice, second) if seat is not sender]
            for seat in others:
                if sender.kind == "js":
                    sender.js.wait_device(user=seat.user, device=seat.device, timeout=WAIT)
            sender.sync()
            body = f"de {sender.device}"
            sent = sender.send(room, body)
            for reader in readers:
                self.assert_reads(reader, room, sent, body)


class Repairs:
    """The seat that is tested is the first; the other side is driven by hand."""

    def setting(self):
        alice, raw = self.alice(), self.raw()
        raw.publish_identity()
        host = self.host()
        room = self.room(alice, host=host, stay=True)
        host.invite(room, raw.user)
        raw.client.join(room)
        alice.wait_member(room, raw)
        return alice, raw, room

    def test_E2E_081_late_key(self):
        alice, raw, room = self.setting()
        sent = raw.send(room, "la clé suit")
        self.assert_unreadable(alice, room, sent, "no_key")
        raw.groups[room] = late = raw.groups[room]
        again = raw.send(room, "encore un")
        raw.share(room, (alice.user, alice.device))  # at index 2: too late for both
        self.assert_unreadable(alice, room, sent, "index_too_early", "no_key")
        self.assertEqual(late.index, 2)
        third = raw.send(room, "lisible")
        self.assert_reads(alice, room, third, "lisible")
        self.assert_unreadable(alice, room, again, "index_too_early", "no_key")

    def test_E2E_081_key_after_the_message(self):
        alice, raw, room = self.setting()
        key = raw.room_key(room)
        sent = raw.send(room, "la clé suit")
        self.assert_unreadable(alice, room, sent, "no_key")
        raw.send_to_device(alice.user, alice.device, "m.room_key", key)
        self.assert_reads(alice, room, sent, "la clé suit")

    def test_E2E_042_keys_again_after_a_new_session(self):
        alice, raw, room = self.setting()
        alice.send(room, "un")
        key = raw.wait_type("m.room_key")["content"]
        raw.sessions.clear()  # lost: it opens another one
        raw.to_device.clear()
        raw.send_to_device(alice.user, alice.device, "m.dummy", {})
        alice.sync()
        if alice.kind == "js":  # ours needs no message for it
            alice.js.wait_to_device(types=["m.dummy"], timeout=WAIT)
            alice.send(room, "deux")
        again = raw.wait_type("m.room_key")["content"]
        self.assertEqual(again["session_id"], key["session_id"])
        if alice.kind == "cli":  # at the index that was shared before
            self.assertEqual(again["session_key"], key["session_key"])

    def test_E2E_030_no_one_time_key_is_told_once(self):
        alice, raw, room = self.setting()
        other = self.raw(login=raw.user, one_time_keys=0, fallback=False)
        other.identity = raw.identity
        raw.sign_device(other.device)
        alice.sync()
        if alice.kind == "js":
            alice.js.wait_device(user=raw.user, device=other.device, timeout=WAIT)
        for number in range(3):
            alice.send(room, f"n° {number}")
        raw.wait_type("m.room_key")
        told = other.wait_type("m.room_key.withheld")["content"]
        self.assertEqual(told["code"], "m.no_olm")
        other.sync()
        self.assertEqual(len([e for e in other.to_device if e["raw"]["type"] == "m.room_key.withheld"]), 1)

    def test_E2E_046_a_thousand_to_device_messages(self):
        alice, raw, room = self.setting()
        target, sent = (alice.user, alice.device), {}
        for number in range(1000):
            if number % 100 == 99:
                raw.groups.pop(room, None)
                raw.share(room, target)
                sent[raw.send(room, f"n° {number}")] = f"n° {number}"
            else:
                raw.send_to_device(*target, "org.example.essai", {"n": number})
        for event, body in sent.items():
            self.assert_reads(alice, room, event, body)


class Ours:
    """What the independent client does otherwise, or has no seat for."""

    first, second = "cli", "js"
    setting, owner = Repairs.setting, Messages.owner

    def test_E2E_041_wedged_session_heals_once(self):
        alice, raw, room = self.setting()
        alice.send(room, "un")
        raw.wait_type("m.room_key")
        raw.to_device.clear()
        for _ in range(3):
            content = raw.encrypt(alice.user, alice.device, "m.dummy", {})
            body = content["ciphertext"][alice.curve25519]
            body["body"] = body["body"][:-4] + ("BBBB" if body["body"].endswith("AAAA") else "AAAA")
            raw.send_raw(alice.user, alice.device, "m.room.encrypted", content)
            alice.sync()
        raw.wait_type("m.dummy")
        raw.sync()
        self.assertEqual(len([e for e in raw.to_device if e.get("clear", {}).get("type") == "m.dummy"]), 1)
        sent = raw.send(room, "par la nouvelle")
        self.assert_unreadable(alice, room, sent, "no_key")
        raw.groups.pop(room)
        raw.share(room, (alice.user, alice.device))
        self.assert_reads(alice, room, raw.send(room, "réparé"), "réparé")

    def damage(self, seat):
        """What comes to this device by Olm cannot be read, until the proxy is cleared."""
        def change(events):
            for each in events:
                for message in each["content"].get("ciphertext", {}).values():
                    message["body"] = message["body"][:-6] + ("BBBBBB" if message["body"].endswith("AAAAAA") else "AAAAAA")
            return events
        self.proxy.on(path=SYNC, token=seat.token).rewrite(on_to_device(change))

    def test_E2E_041_ours_heals_its_session(self):
        """Nobody says anything: a sync is all it takes on our side.  The other gives its key from where it is."""
        alice, bob = self.alice(), self.bob()
        room = self.room(alice, bob)
        self.talk(alice, bob, room)
        self.damage(alice)
        bob.rotate(room)
        sent = bob.send(room, "d'abord illisible")
        self.assert_unreadable(alice, room, sent, "no_key")
        self.proxy.clear()
        bob.js.wait_to_device(types=["m.dummy"])
        again = bob.send(room, "par la nouvelle session")  # the same room key, given again
        self.assert_reads(alice, room, again, "par la nouvelle session")

    def test_E2E_041_the_peer_heals_its_session(self):
        """An hour after its making it opens another one.  Its library makes the m.dummy and never sends it, so that one
        is asked of it; ours gives the lost key again by itself."""
        alice, bob = self.alice(), self.bob()
        room = self.room(alice, bob)
        self.talk(alice, bob, room)
        self.addCleanup(bob.js.ahead, seconds=0)
        bob.js.ahead(seconds=7200)
        self.damage(bob)
        self.assert_reads(bob, room, alice.send(room, "avant"), "avant")  # by a sync that was under way
        alice.rotate(room)
        self.proxy.forget()
        sent = alice.send(room, "d'abord illisible")
        self.assert_unreadable(bob, room, sent, "no_key")
        self.assertEqual(self.proxy.wait("POST", "/keys/claim")[0].token, bob.token)
        self.proxy.clear()
        self.proxy.forget()
        bob.js.set_account_data(type="org.example.reveil", content={})  # the sync that is under way is damaged still
        self.proxy.wait("GET", SYNC, answered=False)
        bob.js.send_to_device(user=alice.user, device=alice.device, type="m.dummy", content={})
        alice.sync()
        self.assert_reads(bob, room, sent, "d'abord illisible")
        self.assert_reads(bob, room, alice.send(room, "par la nouvelle session"), "par la nouvelle session")

    def test_E2E_033_unknown_session_heals(self):
        alice, raw, room = self.setting()
        session = raw.open_session(alice.user, alice.device)
        alice.send(room, "un")
        raw.wait_type("m.room_key")  # on a session of alice's making, so that ours becomes normal
        raw.send_to_device(alice.user, alice.device, "m.dummy", {}, session=session)
        alice.sync()
        alice.send(room, "deux")
        raw.sync()
        raw.to_device.clear()
        stranger = raw.sessions[alice.curve25519][-1]
        kind, body = stranger.encrypt("{}")
        del kind
        raw.send_raw(alice.user, alice.device, "m.room.encrypted", {
            "algorithm": "m.olm.v1.curve25519-aes-sha2", "sender_key": raw.curve25519,
            "ciphertext": {alice.curve25519: {"type": 1, "body": body[:20] + "AAAA" + body[24:]}}})
        alice.sync()
        self.assertEqual(raw.wait_type("m.dummy")["sender"], alice.user)

    def test_E2E_025_invited_has_a_new_device(self):
        """No server tells of the devices of those who are only invited; they are asked for again after minutes."""
        alice, bob = self.alice(), self.bob(signed=False)
        owner = self.owner(bob)
        room = alice.create_room(invite=[bob])
        alice.send(room, "au premier appareil")
        second = self.another(bob)
        owner.sign_device(second.device)
        alice.send(room, "trop tôt")
        with alice.ahead(600):
            sent = alice.send(room, "au second aussi")
        second.join(room)
        self.assert_reads(second, room, sent, "au second aussi")

    def test_E2E_057_no_rotation_by_a_restart(self):
        alice, bob = self.alice(), self.bob()
        room = self.room(alice, bob)
        admin = self.server.admin()
        events = [admin.get(f"/_synapse/admin/v1/fetch_event/{alice.send(room, f'n° {n}')}")["event"] for n in range(4)]
        self.assertEqual(len({session_of(e) for e in events}), 1)
        self.assertEqual([message_index(e["content"]) for e in events], [0, 1, 2, 3])  # a process each

    def test_E2E_048_a_hundred_devices(self):
        alice, bob = self.alice(), self.bob()
        room = self.room(alice, bob)
        first = self.raw(login=bob.login)
        first.publish_identity()
        devices = [first] + [self.raw(login=bob.login, one_time_keys=1, fallback=False) for _ in range(99)]
        first.sign_device(bob.device, *(each.device for each in devices[1:]))
        alice.sync()
        self.proxy.forget()
        sent = alice.send(room, "à cent appareils")
        requests = self.proxy.find("PUT", "/sendToDevice/m.room.encrypted/")
        counts = [sum(len(each) for each in r.body["messages"].values()) for r in requests]
        self.assertGreaterEqual(sum(counts), 101)
        self.assertGreaterEqual(max(counts), 100)
        session = self.server.admin().get(f"/_synapse/admin/v1/fetch_event/{sent}")["event"]["content"]["session_id"]
        for device in devices:
            self.assertEqual(device.wait_type("m.room_key")["content"]["session_id"], session)
        self.assert_reads(bob, room, sent, "à cent appareils")
        bob.js.wait_device(user=bob.user, device=devices[-1].device, timeout=WAIT)
        self.assert_reads(alice, room, bob.send(room, "de l'un des cent"), "de l'un des cent")
        devices[-1].share(room, (alice.user, alice.device))
        self.assert_reads(alice, room, devices[-1].send(room, "du dernier"), "du dernier")

        # a thousand more of them
        for number in range(9):
            alice.rotate(room)
            sent = alice.send(room, f"n° {number}")
            self.assert_reads(bob, room, sent, f"n° {number}")
        for device in (devices[1], devices[-1]):
            while device.sync():
                pass
            self.assertEqual([each["error"] for each in device.to_device if "error" in each], [])
            clear = [each["clear"] for each in device.to_device if "clear" in each]
            self.assertEqual(len([e for e in clear if (e["type"], e["sender"]) == ("m.room_key", alice.user)]), 10)


played_by(Messages, EVERY_PAIR, globals())
played_by(Repairs, (("cli", "js"), ("js", "js")), globals())
played_by(Ours, (("cli", "js"),), globals())

if __name__ == "__main__":
    main()
