# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""Identity, secret storage and backup at a real homeserver: set up, interrupted, changed elsewhere."""
import contextlib

from harness import PASSWORD, Cli, ServerCase
import suite

WRITES = "/keys/|/room_keys/version|/account_data/"


class Recovery(ServerCase):
    def profile(self):
        cli = self.cli()
        cli.run("sync", "--once")
        return cli

    def another(self, cli):
        """A new device of the same account."""
        other = Cli(self)
        other.user, other.login_name = cli.user, cli.login_name
        other.login(self.proxy.base, cli.login_name)
        other.run("sync", "--once")
        return other

    def setup_code(self, cli):
        return cli.one("recovery", "setup")["recovery_code"]

    def restore(self, cli, code):
        return cli.run("recovery", "restore", "--code-stdin", stdin=code + "\n")[-1]

    def script(self, cli):
        """The account as a script sees it."""
        return self.server.login(cli.login_name, PASSWORD)

    def keys(self, cli):
        return self.script(cli).post("keys/query", {"device_keys": {cli.user: []}})

    def master(self, cli):
        return self.keys(cli)["master_keys"][cli.user]["keys"]

    def assert_usable(self, cli, code):
        status = cli.one("encryption", "status")
        self.assertEqual(status["cross_signing"], "verified")
        self.assertTrue(status["backup"]["enabled"] and status["secret_storage"])
        other = self.another(cli)
        self.assertTrue(self.restore(other, code)["done"])
        self.assertEqual(other.one("encryption", "status")["cross_signing"], "verified")

    def test_E2E_091_E2E_099_signed(self):
        cli = self.profile()
        device = cli.one("whoami")["device_id"]
        code = self.setup_code(cli)
        answer = self.keys(cli)
        ssk, = answer["self_signing_keys"][cli.user]["keys"]
        self.assertIn(ssk, answer["device_keys"][cli.user][device]["signatures"][cli.user])
        self.assertIn(f"ed25519:{device}", answer["master_keys"][cli.user]["signatures"][cli.user])
        self.assert_usable(cli, code)

    def test_verified_by_the_other_device(self):
        cli = self.profile()
        self.setup_code(cli)
        other = self.another(cli)
        device = other.one("whoami")["device_id"]
        waiting = other.start("verify", "accept", dialogue=True)
        waiting.wait_told("listening")
        asking = cli.start("verify", "request", cli.user, device, dialogue=True)
        shown = [side.wait_line(lambda line: line["event"] == "emoji") for side in (asking, waiting)]
        self.assertEqual(shown[0]["decimals"], shown[1]["decimals"])
        for side in (asking, waiting):
            side.write("confirm")
        for side in (asking, waiting):
            side.wait_line(lambda line: line["event"] == "done")
            self.assertEqual(side.process.wait(), 0)
        self.assertEqual(other.one("encryption", "status")["cross_signing"], "verified")

    def test_E2E_092_setup_interrupted_anywhere(self):
        done = 0
        while True:
            cli = self.profile()
            self.proxy.forget()
            rule = self.proxy.on(path=WRITES, skip=done, where=lambda r: r.method in ("PUT", "POST")
                                 and not r.target.endswith(("/keys/upload", "/keys/query"))).hold()
            running, ended = cli.start("recovery", "setup"), None
            while not ended and not rule.holding.is_set():
                with contextlib.suppress(TimeoutError):
                    ended = running.wait_line(lambda line: "recovery_code" in line, timeout=0.1)
            running.kill()
            self.proxy.clear()
            if ended:
                break
            with self.subTest(after=done):
                self.assert_usable(cli, self.setup_code(cli))
            done += 1
        self.assertGreater(done, 5)

    def test_E2E_092_not_overwritten(self):
        cli = self.profile()
        self.setup_code(cli)
        before = self.master(cli)
        self.assertEqual(self.another(cli).fail("recovery", "setup").name, "IDENTITY_EXISTS")
        self.assertEqual(cli.fail("recovery", "setup").name, "IDENTITY_EXISTS")
        self.assertEqual(self.master(cli), before)

    def test_E2E_129_reset(self):
        cli = self.profile()
        old = self.setup_code(cli)
        before = self.master(cli)
        self.assertEqual(cli.fail("recovery", "reset", "--password-stdin", stdin="faux\n").name, "FORBIDDEN")
        self.assertEqual(self.master(cli), before)
        self.restore(self.another(cli), old)
        new = cli.one("recovery", "reset", "--password-stdin", stdin=PASSWORD + "\n")["recovery_code"]
        self.assertNotEqual(self.master(cli), before)
        self.assert_usable(cli, new)
        self.assertEqual(self.another(cli).fail("recovery", "restore", "--code-stdin", stdin=old + "\n").name,
                         "WRONG_CODE")

    def test_E2E_126_E2E_138_codes(self):
        cli = self.profile()
        code = self.setup_code(cli)
        other = self.another(cli)
        for wrong in ("", "EsTc LW2K", code.replace(" ", "")[:-1] + "0", "x" * 48):
            with self.subTest(wrong):
                other.fail("recovery", "restore", "--code-stdin", stdin=wrong + "\n")
        self.assertTrue(self.restore(other, code.replace(" ", "  "))["done"])

    def test_E2E_125_passphrase(self):
        cli = self.profile()
        cli.one("recovery", "setup", "--passphrase-stdin", stdin="correct cheval pile\n")
        self.assertEqual(self.another(cli).fail("recovery", "restore", "--code-stdin", stdin="autre\n").name,
                         "WRONG_CODE")
        self.assert_usable(cli, "correct cheval pile")

    def test_E2E_121_no_storage(self):
        cli = self.profile()
        cli.fail("recovery", "restore", "--code-stdin",
                 stdin="EsSz ykH7 LCZx 7Cae cmKD wcmY JRXi Ybtu 8iQ3 t8Ez nRwK pUY1\n")
        self.script(cli).account_data("m.secret_storage.default_key", {})
        cli.run("sync", "--once")
        self.assertFalse(cli.one("encryption", "status")["secret_storage"])
        self.assert_usable(cli, self.setup_code(cli))

    def test_E2E_128_not_set(self):
        """Empty secrets are none; the others are read all the same."""
        cli = self.profile()
        code = self.setup_code(cli)
        script = self.script(cli)
        for name, nothing in (("m.cross_signing.user_signing", {}), ("m.megolm_backup.v1", {"encrypted": {}})):
            script.account_data(name, nothing)
        other = self.another(cli)
        self.restore(other, code)
        status = other.one("encryption", "status")
        self.assertEqual(status["cross_signing"], "verified")
        self.assertFalse(status["backup"]["enabled"])

    def test_E2E_128_foreign_keys_are_kept(self):
        """What another client keeps under a key of an unknown kind outlives a change of the code."""
        cli = self.profile()
        old = self.setup_code(cli)
        script = self.script(cli)
        default = script.account_data("m.secret_storage.default_key")["key"]
        script.account_data("m.secret_storage.key.autre", {"algorithm": "org.example.other"})
        name = "m.cross_signing.master"
        secret = script.account_data(name)
        secret["encrypted"]["autre"] = {"coffre": "fermé"}
        script.account_data(name, secret)
        code = cli.one("recovery", "change")["recovery_code"]
        after = script.account_data(name)["encrypted"]
        self.assertEqual(after["autre"], {"coffre": "fermé"})
        self.assertNotIn(default, after)
        self.assertNotEqual(code, old)
        self.assert_usable(cli, code)

    def test_change_of_code(self):
        cli = self.profile()
        old = self.setup_code(cli)
        new = cli.one("recovery", "change")["recovery_code"]
        self.assert_usable(cli, new)
        self.assertEqual(self.another(cli).fail("recovery", "restore", "--code-stdin", stdin=old + "\n").name,
                         "WRONG_CODE")

    def test_E2E_098_identity_reset_elsewhere(self):
        cli = self.profile()
        code = self.setup_code(cli)
        other = self.another(cli)
        self.restore(other, code)
        other.one("recovery", "reset", "--password-stdin", stdin=PASSWORD + "\n")
        cli.run("sync", "--once")
        cli.run("devices")
        self.assertEqual(cli.one("encryption", "status")["cross_signing"], "untrusted")

    def test_E2E_133_upload_is_resumed(self):
        """Keys that were not uploaded when the program ended are by the next one, of whatever it is asked."""
        cli = self.profile()
        self.setup_code(cli)
        room = cli.one("create-room", "--name", "Salon", "--encrypted")["room_id"]
        self.proxy.on("PUT", "/room_keys/keys").cut_before()
        sending = cli.start("send", room, "une clé de plus")
        self.proxy.wait("PUT", "/room_keys/keys")
        sending.kill()
        self.proxy.clear()
        self.assertEqual(cli.one("encryption", "status")["backup"]["pending"], 1)
        cli.run("sync", "--once")
        self.assertEqual(cli.one("encryption", "status")["backup"]["pending"], 0)

    def test_E2E_130_backup_of_a_stranger(self):
        cli = self.profile()
        self.setup_code(cli)
        script = self.script(cli)
        script.post("room_keys/version", {
            "algorithm": "m.megolm_backup.v1.curve25519-aes-sha2",
            "auth_data": {"public_key": "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo", "signatures": {}}})
        for _ in range(10):  # what it was told may not be written down yet when it is stopped
            self.proxy.forget()
            running = cli.listen()
            self.proxy.wait("GET", "/room_keys/version")
            running.stop()
            if not cli.one("encryption", "status")["backup"]["enabled"]:
                break
        else:
            self.fail("it believes the stranger")
        self.assertEqual(self.proxy.find("PUT", "/room_keys/keys"), [])


if __name__ == "__main__":
    suite.main()
