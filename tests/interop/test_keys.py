# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""Identity, secret storage, backup, export files and withheld keys, made by one client and used by the other."""
import json

from interop import PASSWORD, WAIT, main, played_by
from seats import REFUSALS

PHRASE = "une phrase de passe à accents"
BEGIN, END = "-----BEGIN MEGOLM SESSION DATA-----", "-----END MEGOLM SESSION DATA-----"


class Accounts:
    """One account: the first seat makes what the second one, a new device, uses."""

    def owner(self, **more):
        """The first device, in a room with somebody whose message it has read."""
        alice, bob = self.seat(self.first, "alice", **more), self.seat("js", "bob")
        room = self.room(alice, bob)
        sent = bob.send(room, "gardé")
        self.assert_reads(alice, room, sent, "gardé")
        return alice, bob, room, sent

    def test_E2E_132_backup_of_one_restored_by_the_other(self):
        alice, _, room, sent = self.owner()
        code = alice.setup_recovery()
        own = alice.send(room, "le mien")
        alice.wait_backup(2)
        second = self.another(alice, self.second)
        self.assert_unreadable(second, room, sent, "no_key", "backup_not_connected")
        self.assertEqual(second.restore(code), 2)
        self.assert_reads(second, room, own, "le mien")
        message = self.assert_reads(second, room, sent, "gardé")
        self.assertEqual(message["trust"], "grey")  # E2E-089: who said it is not certain any more

    def test_E2E_133_backup_grows_with_new_keys(self):
        alice, bob, room, _ = self.owner()
        code = alice.setup_recovery()
        alice.wait_backup(1)
        bob.rotate(room)
        later = bob.send(room, "plus tard")
        self.assert_reads(alice, room, later, "plus tard")
        alice.wait_backup(2)
        second = self.another(alice, self.second)
        second.restore(code)
        self.assert_reads(second, room, later, "plus tard")

    def test_E2E_138_wrong_code(self):
        alice, _, room, sent = self.owner()
        alice.setup_recovery()
        alice.wait_backup(1)
        other = self.seat("js", "carole")
        wrong = other.setup_recovery()
        second = self.another(alice, self.second)
        with self.assertRaises(REFUSALS):
            second.restore(wrong)
        self.assert_unreadable(second, room, sent, "no_key", "backup_not_connected")

    def test_E2E_127_the_other_device_belongs_to_the_identity(self):
        alice, bob, _, _ = self.owner()
        code = alice.setup_recovery()
        second = self.another(alice, self.second)
        second.restore(code)
        self.assertEqual(second.devices(alice)[alice.device]["trust"], "verified")
        self.assertEqual(alice.devices(second)[second.device]["trust"], "verified")
        self.assertTrue(bob.js.wait_device(user=alice.user, device=second.device, signed_by_owner=True, timeout=WAIT))

    def test_E2E_092_an_identity_is_not_overwritten(self):
        alice, bob, _, _ = self.owner()
        alice.setup_recovery()
        before = self.master(bob, alice)
        second = self.another(alice, self.second)
        if second.kind == "cli":
            with self.assertRaises(REFUSALS):
                second.setup_recovery()
        self.assertEqual(self.master(bob, alice), before)

    def master(self, observer, seat):
        """The public master key as somebody else gets it."""
        answer = self.server.login(observer.login, "télégraphe").post("keys/query", {"device_keys": {seat.user: []}})
        return answer["master_keys"][seat.user]["keys"]

    def test_E2E_141_export_file(self):
        alice, _, room, sent = self.owner()
        text = alice.export_keys(PHRASE)
        self.assertTrue(text.strip().startswith(BEGIN) and text.strip().endswith(END))
        second = self.another(alice, self.second)
        self.assert_unreadable(second, room, sent, "no_key", "backup_not_connected")
        self.assertGreaterEqual(second.import_keys(text, PHRASE), 1)
        message = self.assert_reads(second, room, sent, "gardé")
        self.assertEqual(message["trust"], "grey")

    def test_E2E_143_damaged_export_files(self):
        alice, _, room, sent = self.owner()
        text = alice.export_keys(PHRASE)
        second = self.another(alice, self.second)
        lines = text.strip().split("\n")
        middle = len(lines) // 2
        line = lines[middle]
        swapped = ("B" if line[0] == "A" else "A") + line[1:]
        for broken in ("\n".join(lines[:middle]), "\n".join(lines[1:]), "\n".join([BEGIN, END]),
                       "\n".join([*lines[:middle], swapped, *lines[middle + 1:]]), ""):
            with self.subTest(broken[:60]), self.assertRaises(REFUSALS):
                second.import_keys(broken, PHRASE)
        with self.assertRaises(REFUSALS):
            second.import_keys(text, PHRASE + "!")
        self.assert_unreadable(second, room, sent, "no_key", "backup_not_connected")


class Withheld:
    """The first seat does not share with the second."""

    def test_E2E_064_unsigned_device(self):
        alice, bob = self.alice(), self.seat(self.second, "bob", signed=False)
        room = self.room(alice, bob)
        if alice.kind == "js":
            alice.js.share_with(only_signed=True)
        sent = alice.send(room, "pour les appareils signés")
        self.assert_unreadable(bob, room, sent, "withheld_unverified", "withheld")

    def test_E2E_062_unsigned_device_of_a_signed_user(self):
        alice, bob = self.alice(), self.bob()
        ghost = self.raw(login=bob.login)
        room = self.room(alice, bob)
        if alice.kind == "js":
            alice.js.share_with(only_signed=True)
        sent = alice.send(room, "pas au fantôme")
        self.assert_reads(bob, room, sent, "pas au fantôme")
        told = ghost.wait_type("m.room_key.withheld")["content"]
        self.assertEqual((told["code"], told["room_id"]), ("m.unverified", room))
        self.assertNotIn("m.room_key", [e.get("clear", {}).get("type") for e in ghost.to_device])


class Ours:
    """What is ours alone."""

    first, second = "cli", "js"

    def test_E2E_065_nothing_leaves_before_the_identity_is_there(self):
        # E2E-062: in the strict policy an unsigned device of ours does not send at all
        alice, bob = self.seat("cli", "alice", signed=False), self.bob()
        room = self.room(alice, bob)
        error = alice.cli.fail("send", room, "trop tôt")
        self.assertEqual(error.name, "UNVERIFIED_DEVICE")
        self.assertEqual(self.proxy.find("PUT", "/send/m.room"), [])
        alice.setup_recovery()
        self.assert_reads(bob, room, alice.send(room, "maintenant"), "maintenant")

    def test_policy_of_the_deployment(self):
        alice, bob = self.seat("cli", "alice", deployment="tchap", signed=False), self.seat("js", "bob", signed=False)
        room = self.room(alice, bob)
        self.talk(alice, bob, room)

    def test_E2E_125_code_by_a_passphrase(self):
        alice, bob = self.seat("cli", "alice", signed=False), self.bob()
        room = self.room(alice, bob)
        sent = bob.send(room, "gardé")
        self.assert_reads(alice, room, sent, "gardé")
        alice.code = alice.cli.one("recovery", "setup", "--passphrase-stdin", stdin=PHRASE + "\n")["recovery_code"]
        alice.wait_backup(1)
        second = self.another(alice, "js")
        self.assertEqual(second.js.recover(passphrase=PHRASE)["imported"], 1)
        self.assert_reads(second, room, sent, "gardé")

    def test_passphrase_of_the_other(self):
        alice, bob = self.seat("js", "alice"), self.bob()
        room = self.room(alice, bob)
        sent = bob.send(room, "gardé")
        self.assert_reads(alice, room, sent, "gardé")
        alice.js.bootstrap(passphrase=PHRASE)
        alice.wait_backup(1)
        second = self.another(alice, "cli")
        self.assertEqual(second.restore(PHRASE), 1)
        self.assert_reads(second, room, sent, "gardé")

    def test_E2E_129_reset(self):
        alice, bob = self.alice(), self.bob()
        room = self.room(alice, bob)
        before = self.identity(alice)
        old = alice.code
        code = alice.cli.one("recovery", "reset", "--password-stdin", stdin="télégraphe\n")["recovery_code"]
        self.assertNotEqual(code, old)
        self.assertNotEqual(self.identity(alice), before)
        self.assertEqual(alice.status()["cross_signing"], "verified")
        bob.js.wait_device(user=alice.user, device=alice.device, signed_by_owner=True, timeout=WAIT)
        self.talk(alice, bob, room)
        second = self.another(alice, "js")
        second.restore(code)
        self.assertTrue(second.js.cross_signing()["ready"])

    def identity(self, seat):
        return self.server.login(seat.login, "télégraphe").post(
            "keys/query", {"device_keys": {seat.user: []}})["master_keys"][seat.user]["keys"]

    def test_status_tells_the_truth(self):
        alice = self.seat("cli", "alice", signed=False)
        told = alice.status()
        self.assertEqual((told["cross_signing"], told["backup"]["enabled"], told["secret_storage"]), ("missing", False, False))
        self.assertEqual(told["keys_on_server"], 50)
        keys = self.server.login(alice.login, "télégraphe").post("keys/query", {"device_keys": {alice.user: []}})
        published = keys["device_keys"][alice.user][alice.device]["keys"]
        self.assertEqual(published, {f"ed25519:{alice.device}": told["ed25519"], f"curve25519:{alice.device}": told["curve25519"]})
        alice.setup_recovery()
        told = alice.status()
        self.assertEqual((told["cross_signing"], told["backup"]["enabled"], told["secret_storage"]), ("verified", True, True))
        second = self.another(alice, "cli")
        self.assertEqual(second.status()["cross_signing"], "untrusted")

    def test_E2E_164_nothing_secret_is_told(self):
        # not "all": libdex speaks before main, on standard output
        domains = [f"mx-{name}" for name in ("base", "crypto", "events", "matrix", "media", "session", "store")]
        alice = self.alice(environment={"G_MESSAGES_DEBUG": " ".join(
            [*domains, "chappe-cli", "chappe-keyring", "GLib", "GLib-GIO", "GLib-Net", "libsoup"])})
        bob = self.bob()
        room = self.room(alice, bob)
        canary = "canari-7f3a"
        sent = bob.send(room, canary)
        self.assert_reads(alice, room, sent, canary)
        alice.send_file(room, canary.encode(), name=f"{canary}.txt")
        alice.cli.run("send", room, canary)
        self.assertIn("mx-", alice.cli.journal)
        for secret in (canary, alice.code, alice.token, PASSWORD):
            self.assertNotIn(secret, alice.cli.journal)

    def test_E2E_078_key_requests_and_answers(self):
        alice, bob = self.alice(), self.bob()
        room = self.room(alice, bob)
        raw = self.raw()  # a stranger asks for the key
        sent = alice.send(room, "à nous")
        session = self.server.admin().get(f"/_synapse/admin/v1/fetch_event/{sent}")["event"]["content"]["session_id"]
        raw.send_raw(alice.user, alice.device, "m.room_key_request", {
            "action": "request", "requesting_device_id": raw.device, "request_id": "1",
            "body": {"algorithm": "m.megolm.v1.aes-sha2", "room_id": room, "session_id": session, "sender_key": alice.curve25519}})
        alice.sync()
        raw.sync()
        self.assertNotIn("m.forwarded_room_key", json.dumps([e.get("clear", {}) for e in raw.to_device]))


PAIRS = (("cli", "js"), ("js", "cli"), ("cli", "cli"), ("js", "js"))
played_by(Accounts, PAIRS, globals())
played_by(Withheld, (("cli", "js"), ("js", "cli"), ("js", "js")), globals())
played_by(Ours, (("cli", "js"),), globals())

if __name__ == "__main__":
    main()
