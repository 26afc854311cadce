# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""Signing in and out, and everything that can be in the way."""
import os
import socket
import stat
import tempfile
import time
import unittest

from harness import PASSWORD, TIMEOUT, Cli, Homeserver, Proxy, ServerCase
from certificates import Authority
import suite


class SignIn(ServerCase):
    def test_in_and_out(self):
        login = self.user("alice")
        cli = Cli(self)
        answer = cli.login(self.proxy.base, login, PASSWORD, "--device-name", "Poste de travail")
        self.assertEqual(answer["user_id"], f"@{login}:ministere.test")
        self.assertEqual(cli.one("whoami")["device_id"], answer["device_id"])
        peer = self.server.login(login, PASSWORD)
        names = {d["device_id"]: d["display_name"] for d in peer.devices()}
        self.assertEqual(names[answer["device_id"]], "Poste de travail")
        cli.run("logout")
        self.assertNotIn(answer["device_id"], [d["device_id"] for d in peer.devices()])
        self.assertEqual(cli.fail("whoami").name, "NO_SUCH_ACCOUNT")

    def test_nothing_readable_on_disk(self):
        cli = self.cli()
        room = self.shared_room(cli, self.peer(), "Salon très reconnaissable")
        cli.run("send", room, "un secret d’État bien reconnaissable")
        self.assertEqual(stat.S_IMODE(os.stat(os.path.join(cli.scratch, "keys")).st_mode), 0o600)
        seen = 0
        for folder, _, names in os.walk(os.path.join(cli.scratch, "data")):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    data = file.read()
                seen += len(data)
                for word in ("SQLite format 3", "reconnaissable", "access_token", "syt_", PASSWORD):
                    self.assertNotIn(word.encode(), data, name)
        self.assertGreater(seen, 10000)

    def test_full_user_id(self):
        login = self.user("alice")
        self.assertEqual(Cli(self).login(self.proxy.base, f"@{login}:ministere.test")["user_id"],
                         f"@{login}:ministere.test")

    def test_wrong_password(self):
        error = Cli(self).fail("login", "--server", self.proxy.base, "--user", self.user("alice"),
                               "--password-stdin", stdin="faux\n")
        self.assertEqual((error.name, error.errcode), ("FORBIDDEN", "M_FORBIDDEN"))
        self.assertNotIn("faux", error.told)

    def test_rate_limit_is_waited_for_and_told(self):
        self.proxy.on("POST", "/login", times=1).answer(
            429, {"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests", "retry_after_ms": 1200})
        cli = Cli(self)
        cli.login(self.proxy.base, self.user("alice"))
        self.assertIn("wait", cli.told)
        first, second = self.proxy.find("POST", "/login$")
        self.assertGreaterEqual(second.began - first.ended, 1.15)

    def test_unreachable(self):
        error = Cli(self).fail("login", "--server", "http://127.0.0.1:1", "--user", "alice",
                               "--password-stdin", stdin="x\n")
        self.assertEqual(error.domain, "g-io-error-quark")

    def test_captive_portal(self):
        for redirect in (None, "http://127.0.0.1:9/portail"):
            with self.subTest(redirect):
                self.proxy.clear()
                self.proxy.captive(redirect)
                error = Cli(self).fail("login", "--server", self.proxy.base, "--user", "alice", "--password-stdin",
                                       stdin="x\n")
                self.assertEqual(error.name, "CAPTIVE_PORTAL")

    def test_server_too_old(self):
        self.proxy.on(path="/versions").rewrite(lambda body: {"versions": ["r0.0.1", "r0.6.1"]})
        error = Cli(self).fail("login", "--server", self.proxy.base, "--user", "alice", "--password-stdin", stdin="x\n")
        self.assertEqual(error.name, "TOO_OLD")

    def test_no_password_login(self):
        self.proxy.on("GET", "/login").rewrite(lambda body: {"flows": [{"type": "m.login.sso"}]})
        error = Cli(self).fail("login", "--server", self.proxy.base, "--user", "alice", "--password-stdin", stdin="x\n")
        self.assertEqual(error.name, "NO_PASSWORD_LOGIN")

    def test_not_json(self):
        for path in ("/versions", "/v3/login"):
            with self.subTest(path):
                self.proxy.clear()
                self.proxy.on(path=path).rewrite(lambda body: b'{"versions": [')
                error = Cli(self).fail("login", "--server", self.proxy.base, "--user", "alice", "--password-stdin",
                                       stdin="x\n")
                self.assertEqual(error.name, "INVALID_RESPONSE")

    def test_login_answer_without_its_fields(self):
        self.proxy.on("POST", "/login").rewrite(lambda body: {"access_token": 7, "user_id": ["x"]})
        error = Cli(self).fail("login", "--server", self.proxy.base, "--user", self.user("alice"), "--password-stdin",
                               stdin=PASSWORD + "\n")
        self.assertEqual(error.name, "INVALID_RESPONSE")

    def test_lost_login_answer_can_be_repeated(self):
        self.proxy.on("POST", "/login", times=1).cut_after()
        login, cli = self.user("alice"), Cli(self)
        try:
            cli.login(self.proxy.base, login)
        except Exception:
            cli.login(self.proxy.base, login)
        self.assertEqual(cli.one("whoami")["user_id"], f"@{login}:ministere.test")

    def test_certificates(self):
        login = self.user("alice")
        with tempfile.TemporaryDirectory() as folder:
            authority = Authority(folder)
            for label, more, trusted, name in (
                    ("bon", {}, True, None), ("inconnu", {}, False, "g-tls-error-quark"),
                    ("vieux", {"expired": True}, True, "CERTIFICATE_DATE"),
                    ("autre", {"hosts": ("autre.test",)}, True, "CERTIFICATE_NAME")):
                with self.subTest(label), Proxy(self.server.base, authority.issue(label, **more)) as far:
                    ca = ["--ca-file", authority.certificate] if trusted else []
                    cli = Cli(self)
                    if name is None:
                        cli.login(far.base, login, PASSWORD, *ca)
                        cli.run("sync", "--once")  # the setting is kept
                    else:
                        error = cli.fail("login", "--server", far.base, "--user", login, "--password-stdin", *ca,
                                         stdin=PASSWORD + "\n")
                        self.assertIn(name, (error.domain, error.name))
                        self.assertEqual(far.count("POST"), 0)

    def test_through_an_http_proxy(self):
        cli = Cli(self)
        cli.login(self.server.base, self.user("alice"), PASSWORD, "--proxy", self.proxy.base)
        self.assertEqual(self.proxy.count("POST", "/login"), 1)
        self.proxy.forget()
        cli.run("sync", "--once")
        self.assertGreater(self.proxy.count(path="/sync"), 0)

    def test_well_known_that_leads_nowhere(self):
        self.proxy.on(path=r"\.well-known").answer(404, {})
        Cli(self).login(self.proxy.base, self.user("alice"))
        self.proxy.clear()
        self.proxy.on(path=r"\.well-known").answer(200, {"m.homeserver": {"base_url": 12}})
        error = Cli(self).fail("login", "--server", self.proxy.base, "--user", "alice", "--password-stdin", stdin="x\n")
        self.assertIn(error.name, ("INVALID_RESPONSE", "BAD_SERVER_NAME", "FORBIDDEN"))

    def test_usage(self):
        cli = Cli(self)
        for arguments in (["login"], ["frobnicate"], ["send"], ["sync"], ["timeline"], ["whoami", "--profile"],
                          ["whoami", "--profile", "../autre"]):
            with self.subTest(arguments), self.assertRaisesRegex(AssertionError, "status 2"):
                cli.run(*arguments)

    def test_options_stand_anywhere(self):
        cli, peer = self.cli(), self.peer()
        room = self.shared_room(cli, peer)
        self.assertEqual(cli.fail("whoami", "--profile", "autre").name, "NO_SUCH_ACCOUNT")
        cli.run("send", "--deployment", "tchap", room, "--", "--profile")
        self.assertEqual(peer.history(room)[-1]["content"]["body"], "--profile")


class SignedOut(ServerCase):
    def test_remote_sign_out_is_told_and_loses_nothing(self):
        cli, peer = self.cli(), self.peer()
        room = self.shared_room(cli, peer)
        peer.send(room, "avant")
        cli.run("sync", "--once")
        device = cli.one("whoami")["device_id"]
        listening = cli.listen()
        self.server.admin().call("DELETE", f"/_synapse/admin/v2/users/{cli.user}/devices/{device}")
        peer.send(room, "après")  # ends the request that is under way
        self.assertEqual(listening.process.wait(TIMEOUT), 1)
        self.assertIn(cli.fail("sync", "--once").name, ("SIGNED_OUT", "UNKNOWN_TOKEN"))
        self.assertIn("avant", cli.bodies(room, 50, "--offline"))

    def test_E2E_166_soft_logout_keeps_everything(self):
        cli, peer = self.cli(), self.peer()
        room = self.shared_room(cli, peer)
        peer.send(room, "avant")
        cli.run("sync", "--once")
        gone = {"errcode": "M_UNKNOWN_TOKEN", "error": "Expired", "soft_logout": True}
        for path in ("/sync", "/refresh", "/send/"):
            self.proxy.on(path=path).answer(401, gone)
        self.assertIn(cli.fail("sync", "--once").name, ("SOFT_LOGOUT", "SIGNED_OUT", "UNKNOWN_TOKEN"))
        self.assertIn("avant", cli.bodies(room, 50, "--offline"))
        self.assertIn(room, cli.rooms("--offline"))

    def soften(self, **more):
        """The server asks for the password again, at the next request."""
        gone = {"errcode": "M_UNKNOWN_TOKEN", "error": "Expired", "soft_logout": True}
        self.proxy.on(path="/(sync|refresh)", **more).answer(401, gone)

    def test_E2E_166_the_password_again_on_the_same_device(self):
        for label in ("told", "unknown"):
            with self.subTest(label):
                cli = self.cli()
                cli.run("recovery", "setup")
                room = cli.one("create-room", "--name", "Salon", "--encrypted")["room_id"]
                cli.run("send", room, "avant")
                before, status = cli.one("whoami"), cli.one("encryption", "status")
                self.soften()
                if label == "told":
                    cli.fail("sync", "--once")
                error = cli.fail("login", "--server", self.proxy.base, "--user", cli.login_name, "--password-stdin",
                                 stdin="faux\n")
                self.assertEqual(error.name, "FORBIDDEN")
                self.proxy.clear()
                self.assertEqual(cli.login(self.proxy.base, cli.login_name), before)
                self.assertEqual(cli.one("encryption", "status")["ed25519"], status["ed25519"])
                cli.run("send", room, "après")
                self.assertEqual(cli.bodies(room), ["avant", "après"])
                devices = self.server.login(cli.login_name, PASSWORD).devices()
                self.assertEqual([device["device_id"] for device in devices
                                  if (device["display_name"] or "").startswith("Chappe")], [before["device_id"]])

    def test_a_profile_keeps_its_account(self):
        cli, other = self.cli(), self.user("bob")
        before = cli.one("whoami")
        self.proxy.forget()
        for user, words in ((other, cli.user), (f"@{other}:ministere.test", cli.user), (cli.login_name, "already")):
            with self.subTest(user):
                error = cli.fail("login", "--server", self.proxy.base, "--user", user, "--password-stdin",
                                 stdin=PASSWORD + "\n")
                self.assertEqual(error.name, "BAD_INPUT")
                self.assertIn(words, error.message)
        self.assertEqual(self.proxy.count("POST", "/login"), 0)
        self.assertEqual(cli.one("whoami"), before)

    def test_a_profile_in_use_is_left_alone(self):
        cli = self.cli()
        listening = cli.listen()
        error = cli.fail("login", "--server", self.proxy.base, "--user", cli.login_name, "--password-stdin",
                         stdin=PASSWORD + "\n")
        self.assertEqual(error.name, "BUSY")
        self.assertEqual(listening.stop(), 0)
        cli.run("sync", "--once")


class RefreshTokens(ServerCase):
    access_token_lifetime = "5s"  # a busy machine takes its time between two requests

    def talk_until_refreshed(self, listening, peer, room, count):
        """Messages, each of which ends a request, until the token was refreshed so many times."""
        deadline, number = time.monotonic() + TIMEOUT, 0
        while self.proxy.count("POST", "/refresh", 200) < count:
            self.assertLess(time.monotonic(), deadline)
            peer.send(room, f"message {number}")
            listening.wait_body(f"message {number}")
            number += 1
        peer.send(room, "fin")
        listening.wait_body("fin")
        self.assertEqual(listening.stop(), 0)
        self.assertEqual([line["body"] for line in listening.lines if line["type"] == "m.room.message"],
                         [*(f"message {n}" for n in range(number)), "fin"])

    def test_tokens_are_refreshed_one_request_at_a_time(self):
        cli, peer = self.cli(), self.peer()
        room = self.shared_room(cli, peer)
        self.talk_until_refreshed(cli.listen(), peer, room, 3)
        self.assertEqual(self.proxy.most_at_once("/refresh"), 1)
        self.assertEqual(self.proxy.count("POST", "/refresh", 401), 0)
        used = [r.body["refresh_token"] for r in self.proxy.find("POST", "/refresh", 200)]
        self.assertEqual(len(used), len(set(used)))

    def test_lost_refresh_answer(self):
        cli, peer = self.cli(), self.peer()
        room = self.shared_room(cli, peer)
        self.proxy.on("POST", "/refresh", times=1).cut_after()
        self.talk_until_refreshed(cli.listen(), peer, room, 2)

    def test_killed_while_refreshing(self):
        cli, peer = self.cli(), self.peer()
        room = self.shared_room(cli, peer)
        for name in ("hold", "cut_before", "cut_after"):
            getattr(self.proxy.on("POST", "/refresh"), name)()
            listening, deadline = cli.listen(), time.monotonic() + TIMEOUT
            while not self.proxy.count("POST", "/refresh"):
                self.assertLess(time.monotonic(), deadline)
                peer.send(room, f"avant {name}")
                time.sleep(0.2)
            listening.kill()
            self.proxy.clear()
            self.proxy.forget()
            peer.send(room, f"après {name}")
            cli.run("sync", "--once")
            self.assertIn(f"après {name}", cli.bodies(room))


class Unreachable(unittest.TestCase):
    def test_server_stops_and_comes_back(self):
        with Homeserver() as server:
            server.register("alice", PASSWORD)
            server.register("bob", PASSWORD)
            port, bob = server.port, server.login("bob", PASSWORD)
            cli = Cli(self)
            user = cli.login(server.base, "alice")["user_id"]
            room = bob.create_room("Salon", invite=[user])
            cli.run("sync", "--once")
            cli.run("join", room)
            cli.run("sync", "--once")
            server.stop()
            kept = socket.socket()  # does not listen: nobody else gets the port meanwhile
            self.addCleanup(kept.close)
            kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            kept.bind(("127.0.0.1", port))
            self.assertIn(room, cli.rooms())  # from the store, with a word on stderr
            self.assertIn("out of reach", cli.told)
            sending = cli.start("send", room, "écrit pendant la panne")
            server.wanted_port = port
            server.start()
            sending.wait_line(lambda line: "event_id" in line)
            self.assertEqual([e["content"]["body"] for e in bob.history(room) if e["type"] == "m.room.message"],
                             ["écrit pendant la panne"])


if __name__ == "__main__":
    suite.main()
