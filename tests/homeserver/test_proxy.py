# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""The fault-injecting proxy, in front of a real homeserver."""
import http.client
import tempfile
import threading
import time
import unittest

from certificates import Authority
from client import Client, MatrixError
from homeserver import Homeserver
from proxy import Proxy
import suite

BROKEN = (OSError, http.client.HTTPException)


class Faults(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Homeserver()
        cls.server.start()
        cls.addClassCleanup(cls.server.dispose)
        cls.server.register("alice", "pw", "Alice")
        cls.direct = cls.server.login("alice", "pw")
        cls.room = cls.direct.create_room("Salon")

    def setUp(self):
        self.proxy = Proxy(self.server.base)
        self.addCleanup(self.proxy.close)
        self.alice = Client(self.proxy.base)
        self.alice.token, self.alice.user = self.direct.token, self.direct.user

    def bodies(self):
        return [e["content"].get("body") for e in self.direct.history(self.room)]

    def test_passes_and_records(self):
        event = self.alice.send(self.room, "à travers")
        self.assertIn("à travers", self.bodies())
        request, = self.proxy.find("PUT", "/send/m.room.message/")
        self.assertEqual((request.status, request.body["body"], request.token),
                         (200, "à travers", self.direct.token))
        self.assertTrue(event.startswith("$"))
        self.assertEqual(self.alice.get("/.well-known/matrix/client")["m.homeserver"]["base_url"],
                         self.proxy.base + "/")

    def test_answers_in_place_of_the_server(self):
        self.proxy.on(path="/sync", times=1).answer(
            429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 10}, {"Retry-After": "1"})
        self.proxy.on(path="/sync", times=1).answer(502, "<h1>Bad gateway</h1>")
        for status in (429, 502):
            with self.assertRaises(MatrixError) as caught:
                self.alice.sync()
            self.assertEqual(caught.exception.status, status)
        self.assertIn("next_batch", self.alice.sync())
        self.assertEqual([r.status for r in self.proxy.find(path="/sync")], [429, 502, 200])

    def test_cut_before_and_lost_answer(self):
        content = {"msgtype": "m.text", "body": "une seule fois"}
        for rule, arrived in (("cut_before", 0), ("cut_after", 1)):
            getattr(self.proxy.on("PUT", "/send/", times=1), rule)()
            with self.assertRaises(BROKEN):
                self.alice.send_event(self.room, "m.room.message", content, "txn")
            self.assertEqual(self.bodies().count("une seule fois"), arrived)
        self.alice.send_event(self.room, "m.room.message", content, "txn")
        self.assertEqual(self.bodies().count("une seule fois"), 1)

    def test_truncated_body(self):
        self.proxy.on(path="/sync", times=1).truncate(100)
        with self.assertRaises(BROKEN):
            self.alice.sync()
        self.assertIn("next_batch", self.alice.sync())

    def test_rewrite_skip_and_where(self):
        self.proxy.on(path="/whoami", skip=1, times=1).rewrite(lambda body: {**body, "extra": 1})
        self.assertEqual(["extra" in self.alice.get("account/whoami") for _ in range(3)],
                         [False, True, False])
        self.proxy.on(where=lambda r: "timeout" in r.query).rewrite(lambda body: b"{not json")
        self.assertEqual(self.alice.raw("GET", "/_matrix/client/v3/sync?timeout=0")[2], b"{not json")

    def test_rewrite_request(self):
        self.proxy.on("PUT", "/send/", times=1).rewrite_request(lambda body: {**body, "body": "changé"})
        self.alice.send(self.room, "tel quel")
        self.assertIn("changé", self.bodies())
        self.assertNotIn("tel quel", self.bodies())
        self.assertEqual(self.proxy.find("PUT", "/send/")[0].body["body"], "tel quel")

    def test_delay_hold_and_wait(self):
        self.proxy.on(path="/whoami", times=1).delay(0.2)
        began = time.monotonic()
        self.alice.get("account/whoami")
        self.assertGreater(time.monotonic() - began, 0.19)
        rule = self.proxy.on(path="/devices").hold()
        threads = [threading.Thread(target=self.alice.devices) for _ in range(2)]
        for thread in threads:
            thread.start()
        self.proxy.wait(path="/devices", count=2, answered=False)
        self.assertEqual(self.proxy.count(path="/devices", status=200), 0)
        rule.release()
        for thread in threads:
            thread.join()
        self.assertEqual(self.proxy.count(path="/devices", status=200), 2)
        self.assertEqual(self.proxy.most_at_once("/devices"), 2)
        self.assertEqual(self.proxy.most_at_once("/whoami"), 1)

    def test_offline_and_back(self):
        self.alice.get("account/whoami")
        with self.proxy.offline():
            with self.assertRaises(BROKEN):
                self.alice.get("account/whoami")
            with self.assertRaises(ConnectionRefusedError):
                Client(self.proxy.base).get("/_matrix/client/versions")
        self.assertEqual(self.alice.get("account/whoami")["user_id"], self.alice.user)

    def test_captive_portal(self):
        self.proxy.captive()
        status, headers, data = self.alice.raw("GET", "/_matrix/client/versions")
        self.assertEqual((status, headers.get_content_type()), (200, "text/html"))
        self.assertIn(b"<html>", data)
        self.proxy.clear()
        self.proxy.captive("http://portail.invalid/")
        self.assertEqual(self.alice.raw("GET", "/")[0], 302)

    def test_certificates(self):
        with tempfile.TemporaryDirectory() as folder:
            authority = Authority(folder)
            for label, more, good in (("bon", {}, True), ("vieux", {"expired": True}, False),
                                      ("autre", {"hosts": ("autre.test",)}, False),
                                      ("seul", {"self_signed": True}, False)):
                with self.subTest(label), Proxy(self.server.base, authority.issue(label, **more)) as far:
                    client = Client(far.base, authority.certificate)
                    if good:
                        self.assertTrue(client.get("/_matrix/client/versions")["versions"])
                    else:
                        with self.assertRaises(OSError):
                            client.get("/_matrix/client/versions")

    def test_serves_as_http_proxy(self):
        plain = http.client.HTTPConnection("127.0.0.1", self.proxy.port)
        plain.request("GET", self.server.base + "/_matrix/client/versions")
        self.assertEqual(plain.getresponse().status, 200)
        plain.close()
        tunnel = http.client.HTTPConnection("127.0.0.1", self.proxy.port)
        tunnel.set_tunnel("127.0.0.1", self.server.port)
        tunnel.request("GET", "/_matrix/client/versions")
        self.assertEqual(tunnel.getresponse().status, 200)
        tunnel.close()
        self.assertEqual(self.proxy.count("CONNECT"), 1)


if __name__ == "__main__":
    suite.main()
