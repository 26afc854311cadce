# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""A hostile server, and hostile people, against our client: what they do is refused or shown."""
import copy
import json
import os

import libolm
from interop import MEGOLM, WAIT, main, played_by
from meddling import SYNC, on_room_events, on_to_device
from raw import Identity, sign

WAYS_IN = r"/(sync|messages|context|event)(\?|/|$)"


class Deceit:
    """Our seat is the first; raw is a device that is driven by hand, signed by its owner."""

    first, second = "cli", "js"

    def setting(self):
        alice, raw, host = self.alice(), self.raw(), self.host()
        raw.publish_identity()
        room = self.room(alice, host=host, stay=True)
        host.invite(room, raw.user)
        raw.client.join(room)
        alice.sync()
        self.target = (alice.user, alice.device)
        return alice, raw, room, host

    def line(self, seat, room, event):
        return next((line for line in seat.cli.run("timeline", room, "--limit", "200") if line["event_id"] == event), None)


class Devices(Deceit):
    """The lists of devices and keys that the server hands out."""

    def test_E2E_021_swapped_device_keys(self):
        alice, raw, room, _ = self.setting()
        alice.send(room, "un")
        first = raw.wait_type("m.room_key")
        thief = libolm.Account()
        keys = json.loads(thief.identity_keys())

        def swap(answer):
            device = answer["device_keys"].get(raw.user, {}).get(raw.device)
            if device:
                device["keys"] = {f"ed25519:{raw.device}": keys["ed25519"], f"curve25519:{raw.device}": keys["curve25519"]}
                device.pop("signatures")
                device.update(sign(device, raw.user, f"ed25519:{raw.device}", thief))
            return answer
        self.proxy.on("POST", "/keys/query").rewrite(swap)
        raw.client.put(f"devices/{raw.device}", {"display_name": "renommé"})  # a change to tell
        alice.rotate(room)
        alice.send(room, "deux")
        for request in self.proxy.find("PUT", "/sendToDevice/m.room.encrypted/"):
            self.assertNotIn(keys["curve25519"], request.data.decode())
        raw.to_device.clear()
        again = raw.wait_type("m.room_key")  # the pinned device is still served
        self.assertNotEqual(again["content"]["session_id"], first["content"]["session_id"])
        shown = alice.devices(raw)[raw.device]
        self.assertEqual((shown["ed25519"], shown["trust"]), (raw.ed25519, "cross-signed"))

    def test_E2E_027_device_that_the_server_adds_to_us(self):
        alice, raw, room, _ = self.setting()
        ghost = libolm.Account()
        keys = json.loads(ghost.identity_keys())
        device = sign({"user_id": alice.user, "device_id": "FANTOME", "algorithms": ["m.olm.v1.curve25519-aes-sha2", MEGOLM],
                       "keys": {"ed25519:FANTOME": keys["ed25519"], "curve25519:FANTOME": keys["curve25519"]}},
                      alice.user, "ed25519:FANTOME", ghost)

        def add(answer):
            if alice.user in answer["device_keys"]:
                answer["device_keys"][alice.user]["FANTOME"] = device
            return answer
        self.proxy.on("POST", "/keys/query").rewrite(add)
        listening = alice.cli.listen()
        self.raw(login=alice.login)  # a change to tell
        listening.wait_line(lambda line: line.get("notice") == "new_device" and line["device_id"] == "FANTOME")
        listening.stop()
        self.assertEqual(alice.devices(alice)["FANTOME"]["trust"], "unverified")
        self.proxy.forget()
        alice.rotate(room)
        alice.send(room, "secret")
        raw.wait_type("m.room_key")
        for request in self.proxy.find("PUT", "/sendToDevice/m.room.encrypted/"):
            self.assertNotIn("FANTOME", request.data.decode())

    def test_E2E_021_ghost_with_a_bad_signature(self):
        alice, raw, room, _ = self.setting()
        ghost = copy.deepcopy(raw.device_keys())
        ghost["device_id"] = "FANTOME"
        ghost["keys"] = {"ed25519:FANTOME": raw.ed25519, "curve25519:FANTOME": raw.curve25519}

        def add(answer):
            if raw.user in answer["device_keys"]:
                answer["device_keys"][raw.user]["FANTOME"] = ghost
            return answer
        self.proxy.on("POST", "/keys/query").rewrite(add)
        raw.client.put(f"devices/{raw.device}", {"display_name": "renommé"})
        alice.send(room, "secret")
        self.assertNotIn("FANTOME", alice.devices(raw))
        for request in self.proxy.find("PUT", "/sendToDevice/"):
            self.assertNotIn("FANTOME", request.data.decode())

    def test_E2E_028_claimed_key_signed_by_another(self):
        alice, raw, room, _ = self.setting()
        thief = libolm.Account()
        thief.generate_one_time_keys(1)
        key = next(iter(json.loads(thief.one_time_keys())["curve25519"].values()))

        def swap(answer):
            for name, value in answer["one_time_keys"].get(raw.user, {}).get(raw.device, {}).items():
                del name
                value["key"] = key
            return answer
        self.proxy.on("POST", "/keys/claim").rewrite(swap)
        alice.send(room, "secret")
        self.assertEqual([r for r in self.proxy.find("PUT", "/sendToDevice/m.room.encrypted/") if raw.curve25519 in r.data.decode()], [])

    def test_E2E_004_own_keys_replaced_on_the_server(self):
        alice, bob = self.alice(), self.bob()
        room = self.room(alice, bob)
        self.talk(alice, bob, room)
        other = libolm.Account()
        keys = json.loads(other.identity_keys())
        changed = {"user_id": alice.user, "device_id": alice.device, "algorithms": ["m.olm.v1.curve25519-aes-sha2", MEGOLM],
                   "keys": {f"ed25519:{alice.device}": keys["ed25519"], f"curve25519:{alice.device}": keys["curve25519"]}}
        thief = self.server.client()
        thief.token = alice.token
        thief.post("keys/upload", {"device_keys": sign(changed, alice.user, f"ed25519:{alice.device}", other)})
        alice.sync()  # ours are published again, once
        self.assert_reads(bob, room, alice.send(room, "toujours moi"), "toujours moi")
        self.assertEqual(thief.post("keys/query", {"device_keys": {alice.user: []}})["device_keys"][alice.user][alice.device]
                         ["keys"][f"ed25519:{alice.device}"], alice.ed25519)
        thief.post("keys/upload", {"device_keys": sign(changed, alice.user, f"ed25519:{alice.device}", other)})
        alice.sync()
        self.assertEqual(alice.cli.fail("send", room, "non").name, "DEVICE_BROKEN")

    def test_E2E_022_curve_key_of_another(self):
        alice, raw, room, host = self.setting()
        thief = self.raw("voleur")
        keys = thief.device_keys(keys={f"curve25519:{thief.device}": raw.curve25519, f"ed25519:{thief.device}": thief.ed25519})
        thief.client.post("keys/upload", {"device_keys": keys})
        host.invite(room, thief.user)
        thief.client.join(room)
        alice.sync()
        raw.share(room, self.target)
        sent = raw.send(room, "de moi")
        self.assertEqual(self.assert_reads(alice, room, sent, "de moi")["trust"], None)

    def test_E2E_097_identity_replaced_before_being_verified(self):
        alice, bob = self.alice(), self.bob()
        room = self.room(alice, bob)
        self.talk(alice, bob, room)
        bob.js.bootstrap(reset=True)
        sent = bob.send(room, "nouvelle identité")
        self.assert_reads(alice, room, sent, "nouvelle identité")
        self.assertNotEqual(alice.devices(bob)[bob.device]["trust"], "verified")

    def test_E2E_094_own_identity_of_the_server(self):
        alice = self.seat("cli", "alice", signed=False)
        forged = Identity(alice.user)

        def add(answer):
            if alice.user in answer.get("device_keys", {}):
                keys = forged.keys()
                answer.setdefault("master_keys", {})[alice.user] = keys["master_key"]
                answer.setdefault("self_signing_keys", {})[alice.user] = keys["self_signing_key"]
                device = answer["device_keys"][alice.user].get(alice.device)
                if device:
                    unsigned = device.pop("unsigned", {})
                    device.update(forged.by_self_signing(device), unsigned=unsigned)
            return answer
        self.proxy.on("POST", "/keys/query").rewrite(add)
        self.raw(login=alice.login)  # a reason to ask
        alice.sync()
        self.assertIn(alice.status()["cross_signing"], ("untrusted", "missing"))


class ToDevice(Deceit):
    """What comes to the device."""

    def test_E2E_045_delivered_twice(self):
        alice, raw, room, _ = self.setting()
        alice.send(room, "un")
        raw.wait_type("m.room_key")
        self.proxy.on(path=SYNC).rewrite(on_to_device(lambda events: events + events))
        raw.share(room, self.target)
        sent = raw.send(room, "deux fois")
        self.assert_reads(alice, room, sent, "deux fois")
        raw.to_device.clear()
        raw.sync()
        self.assertNotIn("m.dummy", [e.get("clear", {}).get("type") for e in raw.to_device])

    def test_E2E_045_delivered_again_with_what_follows(self):
        alice, raw, room, _ = self.setting()
        alice.send(room, "un")
        raw.wait_type("m.room_key")
        seen = []

        def again(events):
            seen.extend(events)
            return list(seen)
        self.proxy.on(path=SYNC).rewrite(on_to_device(again))
        sent = {}
        for number in range(4):
            raw.groups.pop(room, None)
            raw.share(room, self.target)
            sent[raw.send(room, f"n° {number}")] = f"n° {number}"
            alice.sync()
        self.assertGreaterEqual(len(seen), 4)
        for event, body in sent.items():
            self.assert_reads(alice, room, event, body)
        raw.to_device.clear()
        raw.sync()
        self.assertNotIn("m.dummy", [e.get("clear", {}).get("type") for e in raw.to_device])

    def test_E2E_046_reversed(self):
        alice, raw, room, _ = self.setting()
        self.proxy.on(path=SYNC).rewrite(on_to_device(lambda events: events[::-1]))
        sent = {}
        for number in range(10):
            raw.groups.pop(room, None)
            raw.share(room, self.target)
            sent[raw.send(room, f"n° {number}")] = f"n° {number}"
        for event, body in sent.items():
            self.assert_reads(alice, room, event, body)

    def test_E2E_034_forged_sender(self):
        alice, raw, room, _ = self.setting()
        mallory = self.raw("mallory")
        mallory.groups[room] = group = libolm.OutboundGroup()

        def forge(events):
            for event in events:
                if event["sender"] == mallory.user:
                    event["sender"] = raw.user
            return events
        self.proxy.on(path=SYNC).rewrite(on_to_device(forge))
        mallory.share(room, self.target)
        content = mallory.room_content(room, "m.room.message", {"msgtype": "m.text", "body": "de la part d'un autre"})
        self.assertEqual(group.index, 1)
        sent = raw.send_content(room, content)
        self.assert_unreadable(alice, room, sent, "no_key", "unknown_device")

    def test_E2E_034_envelope(self):
        alice, raw, room, host = self.setting()
        lies = ({"recipient": host.user}, {"sender": host.user}, {"keys": {"ed25519": alice.ed25519}}, {"keys": {}},
                {"recipient_keys": {"ed25519": raw.ed25519}}, {"recipient_keys": None}, {"recipient": None},
                {"sender": None}, {"sender": 5}, {"content": None}, {"type": None})
        for lie in lies:
            with self.subTest(lie):
                raw.groups.pop(room, None)
                raw.send_to_device(*self.target, "m.room_key", raw.room_key(room), **lie)
                self.assert_unreadable(alice, room, raw.send(room, "forgé"), "no_key")
        raw.groups.pop(room, None)
        raw.share(room, self.target)
        self.assert_reads(alice, room, raw.send(room, "vrai"), "vrai")

    def test_E2E_035_sender_device_keys(self):
        alice, raw, room, host = self.setting()
        for change in ({"user_id": host.user}, {"keys": {f"curve25519:{raw.device}": alice.curve25519, f"ed25519:{raw.device}": raw.ed25519}},
                       {"keys": {f"curve25519:{raw.device}": raw.curve25519, f"ed25519:{raw.device}": alice.ed25519}}):
            with self.subTest(change):
                raw.groups.pop(room, None)
                raw.send_to_device(*self.target, "m.room_key", raw.room_key(room), sender_device_keys=raw.device_keys(**change))
                self.assert_unreadable(alice, room, raw.send(room, "forgé"), "no_key")
        broken = raw.device_keys()
        broken["signatures"][raw.user][f"ed25519:{raw.device}"] = "A" * 86
        raw.groups.pop(room, None)
        raw.send_to_device(*self.target, "m.room_key", raw.room_key(room), sender_device_keys=broken)
        self.assert_unreadable(alice, room, raw.send(room, "forgé"), "no_key")

    def test_E2E_037_key_in_the_clear(self):
        alice, raw, room, _ = self.setting()
        raw.send_raw(*self.target, "m.room_key", raw.room_key(room))
        self.assert_unreadable(alice, room, raw.send(room, "en clair"), "no_key")

    def test_E2E_038_key_in_a_room_event(self):
        alice, raw, room, _ = self.setting()
        other = libolm.OutboundGroup()
        raw.share(room, self.target)
        raw.send_content(room, raw.room_content(room, "m.room_key", {
            "algorithm": MEGOLM, "room_id": room, "session_id": other.session_id, "session_key": other.session_key}))
        raw.groups[room] = other
        self.assert_unreadable(alice, room, raw.send(room, "par le salon"), "no_key")

    def test_E2E_073_wrong_session_id(self):
        alice, raw, room, _ = self.setting()
        other = libolm.OutboundGroup()
        raw.share(room, self.target, session_id=other.session_id)
        raw.groups[room] = other
        self.assert_unreadable(alice, room, raw.send(room, "forgé"), "no_key")

    def test_E2E_077_worse_copy_of_a_known_key(self):
        alice, raw, room, _ = self.setting()
        raw.share(room, self.target)
        first = raw.send(room, "indice zéro")
        for _ in range(3):
            raw.send(room, "en plus")
        raw.share(room, self.target)  # at index 4
        alice.sync()
        self.assert_reads(alice, room, first, "indice zéro")

    def test_E2E_077_known_key_from_somebody_else(self):
        alice, raw, room, host = self.setting()
        mallory = self.raw("mallory")
        host.invite(room, mallory.user)
        mallory.client.join(room)
        mallory.groups[room] = raw.group(room)  # was a member and has the session's key
        mallory.share(room, self.target)
        alice.sync()
        raw.share(room, self.target)
        sent = raw.send(room, "de moi")
        message = alice.message(room, sent)
        self.assertEqual((message["body"], message["trust"]), ("de moi", None))

    def test_E2E_078_forwarded_unasked(self):
        alice, raw, room, _ = self.setting()
        key = raw.room_key(room)
        raw.send_to_device(*self.target, "m.forwarded_room_key", {
            **key, "sender_key": raw.curve25519, "sender_claimed_ed25519_key": raw.ed25519,
            "forwarding_curve25519_key_chain": []})
        self.assert_unreadable(alice, room, raw.send(room, "transmis"), "no_key")

    def test_E2E_151_secret_unasked(self):
        alice, raw, _, _ = self.setting()
        own = self.raw(login=alice.login)
        for sender in (raw, own):
            sender.send_to_device(*self.target, "m.secret.send", {"request_id": "1", "secret": "A" * 43})
        before = alice.status()
        alice.sync()
        self.assertEqual(alice.status()["cross_signing"], before["cross_signing"])

    def test_E2E_150_secret_for_an_unverified_device(self):
        alice, _, _, _ = self.setting()
        own = self.raw(login=alice.login)
        for name in ("m.cross_signing.self_signing", "m.megolm_backup.v1"):
            own.send_raw(*self.target, "m.secret.request", {
                "action": "request", "name": name, "request_id": name, "requesting_device_id": own.device})
        alice.sync()
        own.sync()
        self.assertNotIn("m.secret.send", [e.get("clear", {}).get("type") for e in own.to_device])

    def test_E2E_013_broken_first_message_burns_no_key(self):
        alice, raw, room, _ = self.setting()
        session = raw.open_session(*self.target)
        good = raw.encrypt(*self.target, "m.room_key", raw.room_key(room), session=session)
        bad = copy.deepcopy(good)
        body = bad["ciphertext"][alice.curve25519]["body"]
        bad["ciphertext"][alice.curve25519]["body"] = body[:-6] + ("AAAAAA" if not body.endswith("AAAAAA") else "BBBBBB")
        raw.send_raw(*self.target, "m.room.encrypted", bad)
        alice.sync()
        raw.send_raw(*self.target, "m.room.encrypted", good)
        self.assert_reads(alice, room, raw.send(room, "quand même"), "quand même")

    def test_E2E_087_nonsense(self):
        alice, raw, room, _ = self.setting()
        for content in ({}, {"algorithm": "rot13"}, {"algorithm": "m.olm.v1.curve25519-aes-sha2"},
                        {"algorithm": "m.olm.v1.curve25519-aes-sha2", "sender_key": 5, "ciphertext": []},
                        {"algorithm": "m.olm.v1.curve25519-aes-sha2", "sender_key": raw.curve25519,
                         "ciphertext": {alice.curve25519: {"type": 7, "body": "AAAA"}}},
                        {"algorithm": "m.olm.v1.curve25519-aes-sha2", "sender_key": raw.curve25519,
                         "ciphertext": {alice.curve25519: {"type": 0, "body": "é" * 100}}},
                        {"algorithm": "m.olm.v1.curve25519-aes-sha2", "sender_key": "court",
                         "ciphertext": {alice.curve25519: {"type": 1, "body": "A" * 5000}}}):
            raw.send_raw(*self.target, "m.room.encrypted", content)
        for type_ in ("m.room_key", "m.room_key_request", "m.room_key.withheld", "m.secret.request", "m.secret.send",
                      "m.key.verification.start", "m.key.verification.cancel", "m.forwarded_room_key", "m.dummy"):
            for content in ({}, {"x": [[[[]]]]}, {"room_id": 5, "session_id": [], "code": {}, "transaction_id": 0}):
                raw.send_raw(*self.target, type_, content)
        raw.share(room, self.target)
        self.assert_reads(alice, room, raw.send(room, "toujours là"), "toujours là")


class RoomEvents(Deceit):
    """What comes in rooms."""

    def test_E2E_075_forged_sender(self):
        alice, raw, room, host = self.setting()
        raw.share(room, self.target)

        def forge(event):
            if event["sender"] == raw.user and event["type"] == "m.room.encrypted":
                event["sender"] = host.user
        self.proxy.on(path=WAYS_IN).rewrite(on_room_events(forge))
        sent = raw.send(room, "de l'hôte ?")
        message = alice.message(room, sent)
        self.assertEqual((message["sender"], message["trust"], message["reason"]),
                         (host.user, "red", "mismatched_sender"))

    def test_E2E_076_same_ciphertext_again(self):
        alice, raw, room, _ = self.setting()
        raw.share(room, self.target)
        content = raw.room_content(room, "m.room.message", {"msgtype": "m.text", "body": "payez"})
        first = raw.send_content(room, content)
        self.assert_reads(alice, room, first, "payez")
        self.assert_unreadable(alice, room, raw.send_content(room, content), "replay")
        self.assert_reads(alice, room, first, "payez")

    def test_E2E_074_in_another_room(self):
        alice, raw, room, _ = self.setting()
        raw.share(room, self.target)
        content = raw.room_content(room, "m.room.message", {"msgtype": "m.text", "body": "ici seulement"})
        elsewhere = self.room(alice, host=(host := self.host()), stay=True)
        host.invite(elsewhere, raw.user)
        raw.client.join(elsewhere)
        self.assert_unreadable(alice, elsewhere, raw.send_content(elsewhere, content), "bad_message", "no_key")
        lying = raw.room_content(room, "m.room.message", {"msgtype": "m.text", "body": "x"}, room_id=elsewhere)
        self.assert_unreadable(alice, room, raw.send_content(room, lying), "bad_message")

    def test_E2E_086_plain_in_an_encrypted_room(self):
        alice, raw, room, _ = self.setting()
        sent = raw.client.send(room, "en clair")
        line = self.line(alice, room, sent)
        self.assertEqual((line["body"], line.get("decrypted"), line["trust"], line["trust_reason"]),
                         ("en clair", None, "red", "not_encrypted"))

    def test_E2E_087_payloads(self):
        alice, raw, room, host = self.setting()
        raw.share(room, self.target)
        deep = "x"
        for _ in range(90):
            deep = [deep]
        for type_, content, more in (
                ("m.room.member", {"membership": "ban"}, {"state_key": host.user}),
                ("m.room.name", {"name": "détourné"}, {"state_key": ""}),
                ("m.room.encrypted", {"algorithm": MEGOLM, "ciphertext": "x"}, {}),
                (5, {"msgtype": "m.text", "body": "x"}, {}), ("m.room.message", "texte", {})):
            with self.subTest(type_):
                sent = raw.send_content(room, raw.room_content(room, type_, content, **more))
                line = self.line(alice, room, sent)
                self.assertTrue(line is None or line.get("utd_reason") == "bad_message", line)
        raw.send_content(room, raw.room_content(room, "m.room.message", {"msgtype": "m.text", "body": "profond", "x": deep}))
        self.assertEqual(alice.cli.rooms()[room]["name"], "Salon")
        self.assert_reads(alice, room, raw.send(room, "le dernier"), "le dernier")

    def test_E2E_084_clear_edit_of_a_secret_message(self):
        alice, raw, room, _ = self.setting()
        raw.share(room, self.target)
        sent = raw.send(room, "rendez-vous à 8 h")
        raw.client.edit(room, sent, "rendez-vous à 9 h")
        line = self.line(alice, room, sent)
        self.assertEqual((line["body"], line.get("edited", False)), ("rendez-vous à 8 h", False))
        relation = {"rel_type": "m.replace", "event_id": sent}
        raw.send_content(room, raw.room_content(room, "m.room.message", {
            "msgtype": "m.text", "body": "* 10 h", "m.new_content": {"msgtype": "m.text", "body": "10 h"}}, relates_to=relation))
        line = self.line(alice, room, sent)
        self.assertEqual((line["body"], line.get("edited", False)), ("10 h", True))

    def test_E2E_085_clear_relation_wins(self):
        alice, raw, room, _ = self.setting()
        raw.share(room, self.target)
        first, second = raw.send(room, "un"), raw.send(room, "deux")
        inner = {"msgtype": "m.text", "body": "réponse", "m.relates_to": {"m.in_reply_to": {"event_id": first}}}
        clear = {"m.in_reply_to": {"event_id": second}}
        sent = raw.send_content(room, raw.room_content(room, "m.room.message", inner, relates_to=clear))
        self.assertEqual(self.line(alice, room, sent)["relates_to"], clear)
        sent = raw.send_content(room, raw.room_content(room, "m.room.message", inner))
        self.assertIsNone(self.line(alice, room, sent).get("relates_to"))

    def test_E2E_069_sender_key_and_device_id_are_not_read(self):
        alice, raw, room, _ = self.setting()
        raw.share(room, self.target)
        for change in ({}, {"sender_key": alice.curve25519, "device_id": "AUTRE"}, {"sender_key": None, "device_id": None}):
            content = {**raw.room_content(room, "m.room.message", {"msgtype": "m.text", "body": f"{change}"}), **change}
            sent = raw.send_content(room, {key: value for key, value in content.items() if value is not None})
            self.assertIsNone(self.assert_reads(alice, room, sent, f"{change}")["trust"])

    def test_E2E_082_unknown_algorithm(self):
        alice, raw, room, _ = self.setting()
        sent = raw.send_content(room, {"algorithm": "org.example.rot13", "ciphertext": "x"})
        self.assertEqual(self.line(alice, room, sent)["utd_reason"], "unknown_algorithm")

    def test_E2E_082_withheld_is_told(self):
        alice, raw, room, _ = self.setting()
        sent = raw.send(room, "pas pour toi")
        raw.send_raw(*self.target, "m.room_key.withheld", {
            "algorithm": MEGOLM, "room_id": room, "session_id": raw.group(room).session_id, "sender_key": raw.curve25519,
            "code": "m.blacklisted", "reason": "non"})
        alice.sync()
        self.assertEqual(self.line(alice, room, sent)["utd_reason"], "withheld")

    def test_E2E_036_key_of_an_unknown_device(self):
        alice, raw, room, _ = self.setting()
        self.proxy.on("POST", "/keys/query").answer(503)
        new = self.raw(login=raw.user)
        new.identity = raw.identity
        raw.client.post("keys/signatures/upload", {raw.user: {new.device: raw.identity.by_self_signing(
            {k: v for k, v in new.device_keys().items() if k != "signatures"})}})
        new.share(room, self.target, sender_device_keys=None)
        sent = new.send(room, "d'un nouvel appareil")
        self.assertEqual(alice.message(room, sent)["body"], "d'un nouvel appareil")
        self.proxy.clear()
        alice.sync()
        self.assertIsNone(alice.message(room, sent)["trust"])


class Switches(Deceit):
    """Encryption that somebody would like to end, backups, files."""

    def test_E2E_065_switched_off(self):
        alice, raw, room, host = self.setting()
        alice.send(room, "secret")
        host.state(room, "m.room.encryption", {"algorithm": "none"})
        alice.sync()
        self.assert_still_secret(alice, raw, room)

    def assert_still_secret(self, alice, raw, room):
        """It goes on as it began, whatever the state of the room says now."""
        sent = alice.send(room, "toujours secret")
        self.assertEqual(self.proxy.find("PUT", "/send/m.room.message"), [])
        event = next(e for e in raw.client.history(room) if e["event_id"] == sent)
        self.assertEqual((event["type"], event["content"]["algorithm"]), ("m.room.encrypted", MEGOLM))
        self.assertTrue(alice.cli.rooms()[room]["encrypted"])
        self.assert_reads(alice, room, sent, "toujours secret")

    def test_E2E_065_state_hidden_by_the_server(self):
        alice, raw, room, _ = self.setting()
        alice.send(room, "secret")

        def hide(answer):
            for each in answer.get("rooms", {}).values():
                for name in ("required_state", "timeline"):
                    if isinstance(each.get(name), list):
                        each[name] = [e for e in each[name] if e["type"] != "m.room.encryption"]
            return answer
        self.proxy.on("POST", SYNC, times=1).answer(400, {"errcode": "M_UNKNOWN_POS", "error": "Injected"})
        self.proxy.on("POST", SYNC).rewrite(hide)
        alice.sync()
        self.assert_still_secret(alice, raw, room)

    def test_E2E_065_algorithm_that_is_not_known(self):
        alice, host = self.alice(), self.host()
        room = host.create_room("Salon", invite=[alice.user], initial_state=[
            {"type": "m.room.encryption", "content": {"algorithm": "org.example.rot13"}}])
        alice.join(room)
        alice.sync()
        self.assertEqual(alice.cli.fail("send", room, "en clair ?").name, "UNKNOWN_ALGORITHM")
        self.assertEqual(self.proxy.find("PUT", "/send/"), [])

    def test_E2E_065_state_emptied(self):
        alice, raw, room, host = self.setting()
        alice.send(room, "secret")
        host.state(room, "m.room.encryption", {})
        alice.sync()
        self.assert_still_secret(alice, raw, room)

    def test_E2E_066_rotation_made_lax(self):
        alice, raw, host = self.alice(), self.raw(), self.host()
        raw.publish_identity()
        room = self.room(alice, host=host, stay=True, rotation={"rotation_period_msgs": 2})
        alice.send(room, "1")
        host.state(room, "m.room.encryption", {"algorithm": MEGOLM, "rotation_period_msgs": 10 ** 9})
        alice.sync()
        sessions = {self.server.admin().get(f"/_synapse/admin/v1/fetch_event/{alice.send(room, str(n))}")["event"]["content"]["session_id"]
                    for n in range(4)}
        self.assertGreaterEqual(len(sessions), 2)

    def test_E2E_130_backup_of_the_server(self):
        alice, raw, room, _ = self.setting()
        thief = self.server.client()
        thief.token = alice.token
        version = thief.post("room_keys/version", {"algorithm": "m.megolm_backup.v1.curve25519-aes-sha2", "auth_data": {
            "public_key": "3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08", "signatures": {}}})["version"]
        raw.share(room, self.target)
        self.assert_reads(alice, room, raw.send(room, "à garder"), "à garder")
        alice.sync()
        self.assertEqual(thief.get(f"room_keys/version/{version}")["count"], 0)
        self.assertFalse(alice.status()["backup"]["enabled"])

    def test_E2E_131_tampered_backup(self):
        alice, raw, room, _ = self.setting()
        sent = []
        for number in range(6):
            raw.groups.pop(room, None)
            raw.share(room, self.target)
            sent.append(raw.send(room, f"n° {number}"))
        for number, event in enumerate(sent):
            self.assert_reads(alice, room, event, f"n° {number}")
        alice.wait_backup(6)
        ids = []

        def tamper(answer):
            rooms = answer.get("rooms", {})
            sessions = rooms.get(room, {}).get("sessions", {})
            if len(sessions) >= 6:
                ids[:] = list(sessions)
                datas = [sessions[name]["session_data"] for name in ids]
                sessions[ids[0]]["session_data"], sessions[ids[1]]["session_data"] = datas[1], datas[0]  # swapped
                sessions[ids[2]]["session_data"]["ciphertext"] = "A" + datas[2]["ciphertext"][1:]
                sessions[ids[3]]["session_data"] = {"ciphertext": 5}
                sessions[ids[4]] = "rien"
            return answer
        self.proxy.on("GET", "/room_keys/keys").rewrite(tamper)
        second = self.another(alice)
        second.restore(alice.code)
        self.assertEqual(len(ids), 6)
        sessions = {number: self.server.admin().get(f"/_synapse/admin/v1/fetch_event/{event}")["event"]["content"]["session_id"]
                    for number, event in enumerate(sent)}
        intact = next(number for number, session in sessions.items() if session == ids[5])
        self.assert_reads(second, room, sent[intact], f"n° {intact}")
        for number in (n for n, session in sessions.items() if session in ids[:2]):
            message = second.message(room, sent[number], wait=1)
            self.assertIn(message["body"], (None, f"n° {number}"))  # never another's text

    def test_E2E_146_tampered_file(self):
        alice, bob = self.alice(), self.bob()
        room = self.room(alice, bob)
        sent = bob.send_file(room, b"contenu" * 1000)
        self.proxy.on("GET", "/media/download", times=1).answer(200, b"A" * 7000, {"Content-Type": "application/octet-stream"})
        with self.assertRaises(Exception):
            alice.download(room, sent)
        self.assertEqual([name for name in os.listdir(alice.cli.scratch) if name.startswith("reçu")], [])
        self.proxy.clear()
        self.assertEqual(alice.download(room, sent), b"contenu" * 1000)

    def test_E2E_147_strange_file_objects(self):
        alice, bob = self.alice(), self.bob()
        room = self.room(alice, bob)
        key = {"alg": "A256CTR", "ext": True, "k": "A" * 43, "key_ops": ["encrypt", "decrypt"], "kty": "oct"}
        for change in ({"v": "v3"}, {"iv": "AAAA"}, {"hashes": {}}, {"key": {**key, "alg": "A128CTR"}}, {"key": {**key, "kty": "RSA"}},
                       {"key": {**key, "k": "AAAA"}}, {"url": "http://127.0.0.1/x"}):
            with self.subTest(change):
                sent = bob.js.send_bytes(room, b"contenu", change=change)
                with self.assertRaises(Exception):
                    alice.download(room, sent)


class Verified:
    """An identity that was verified, and is replaced."""

    first, second = "cli", "js"

    def test_E2E_063_replaced_identity_stops_sending(self):
        alice, bob = self.alice(), self.bob()
        room = alice.create_room(invite=[bob], direct=True)
        bob.join(room)
        bob.js.wait_device(user=alice.user, device=alice.device, signed_by_owner=True, timeout=WAIT)
        alice.sync()
        one, other = alice.verify(), bob.verify()
        one.request(bob, room)
        other.accept(alice, room)
        one.start()
        one.emoji()
        other.emoji()
        one.confirm()
        other.confirm()
        one.wait_done()
        self.assertEqual(alice.devices(bob)[bob.device]["trust"], "verified")
        listening = alice.cli.listen()
        bob.js.bootstrap(reset=True)
        listening.wait_line(lambda line: line.get("notice") == "identity_changed" and line["user_id"] == bob.user)
        listening.stop()
        self.assertNotEqual(alice.devices(bob)[bob.device]["trust"], "verified")
        sent = bob.send(room, "c'est bien moi")
        message = self.assert_reads(alice, room, sent, "c'est bien moi")
        self.assertEqual((message["trust"], message["reason"]), ("red", "identity_changed"))
        self.assertEqual(alice.cli.fail("send", room, "à qui ?").name, "IDENTITY_CHANGED")


for scenario in (Devices, ToDevice, RoomEvents, Switches, Verified):
    played_by(scenario, (("cli", "js"),), globals())

if __name__ == "__main__":
    main()
