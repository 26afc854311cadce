# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""What is sent arrives once, whatever happens to the link, the server or the program."""
import random
import threading
import time

from harness import TIMEOUT, Refused, ServerCase
import suite


class Send(ServerCase):
    def setUp(self):
        super().setUp()
        self.alice, self.bob = self.cli(), self.peer()
        self.room = self.shared_room(self.alice, self.bob)

    def arrived(self):
        return self.on_server(self.bob, self.room)

    def settle(self):
        """Lets the outbox empty itself after a start: every stored message ends as sent."""
        listening = self.alice.listen()
        deadline = time.monotonic() + TIMEOUT
        while True:
            self.bob.send(self.room, "·")
            listening.wait_body("·")
            listening.lines.clear()
            listening.stop()
            if all(line["state"] == "sent" for line in self.alice.messages(self.room, 500, "--offline")):
                return
            self.assertLess(time.monotonic(), deadline, "messages stay pending")
            listening = self.alice.listen()

    def test_text_and_markdown(self):
        answer = self.alice.one("send", self.room, "du *texte* brut")
        self.alice.one("send", self.room, "du **gras** et une [adresse](https://example.org)", "--markdown")
        first, second = [e["content"] for e in self.bob.history(self.room) if e["type"] == "m.room.message"]
        self.assertEqual(first["body"], "du *texte* brut")
        self.assertNotIn("formatted_body", first)
        self.assertEqual(second["format"], "org.matrix.custom.html")
        self.assertIn("<strong>gras</strong>", second["formatted_body"])
        self.assertIn('href="https://example.org"', second["formatted_body"])
        self.assertEqual(self.bob.event(self.room, answer["event_id"])["sender"], self.alice.user)

    def test_shown_once(self):
        answer = self.alice.one("send", self.room, "une fois")
        for _ in range(2):
            shown = [line for line in self.alice.messages(self.room) if line["body"] == "une fois"]
            self.assertEqual([(line["event_id"], line["state"]) for line in shown], [(answer["event_id"], "sent")])

    def test_lost_answer(self):
        self.proxy.on("PUT", "/send/", times=2).cut_after()
        self.alice.one("send", self.room, "une fois")
        self.assertEqual(self.arrived(), ["une fois"])
        self.assertEqual(len({r.path for r in self.proxy.find("PUT", "/send/")}), 1)
        self.assertEqual(self.alice.bodies(self.room), ["une fois"])

    def test_back_off(self):
        self.proxy.on("PUT", "/send/", times=1).answer(
            429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 1500}, {"Retry-After": "2"})
        self.proxy.on("PUT", "/send/", times=2).answer(503, "unavailable")
        self.alice.one("send", self.room, "malgré tout")
        requests = self.proxy.find("PUT", "/send/")
        self.assertEqual([r.status for r in requests], [429, 503, 503, 200])
        self.assertGreaterEqual(requests[1].began - requests[0].ended, 1.4)
        self.assertEqual(self.arrived(), ["malgré tout"])

    def encrypt(self):
        """While alice's program does not run; her deployment lets devices send that are not verified."""
        self.alice.options += ["--deployment", "tchap"]
        self.bob.state(self.room, "m.room.power_levels", {
            **self.bob.state(self.room, "m.room.power_levels"), "state_default": 0})
        self.alice.run("sync", "--once")
        self.bob.state(self.room, "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"})

    def test_E2E_065_room_encrypted_meanwhile(self):
        self.encrypt()
        event = self.alice.one("send", self.room, "secret")["event_id"]
        self.assertEqual(self.bob.event(self.room, event)["type"], "m.room.encrypted")
        self.assertEqual(self.arrived(), [])

    def test_E2E_065_room_encrypted_without_sync(self):
        self.encrypt()
        rule = self.proxy.on(path="/sync").answer(502)
        self.alice.start("send", self.room, "secret")
        self.proxy.wait("GET", "/state/m.room.encryption")
        self.assertEqual(self.proxy.find("PUT", "/send/"), [])
        rule.times = rule.used
        self.proxy.wait("PUT", "/send/m.room.encrypted")
        self.assertEqual(self.arrived(), [])

    def test_refused_for_good(self):
        self.bob.state(self.room, "m.room.power_levels", {
            **self.bob.state(self.room, "m.room.power_levels"), "events_default": 50})
        error = self.alice.fail("send", self.room, "interdit")
        self.assertEqual(error.name, "FORBIDDEN")
        self.assertEqual(self.arrived(), [])

    def test_too_long(self):
        error = self.alice.fail("send", self.room, "é" * 40000)
        self.assertIn(error.name, ("TOO_LONG", "TOO_LARGE"))
        self.assertEqual(self.arrived(), [])
        self.alice.one("send", self.room, "mais ceci passe")
        self.assertEqual(self.arrived(), ["mais ceci passe"])

    def test_long_but_allowed(self):
        self.alice.one("send", self.room, "x" * 59000)
        self.assertEqual([len(body) for body in self.arrived()], [59000])

    def test_unknown_room(self):
        self.assertEqual(self.alice.fail("send", "!nulle-part:ministere.test", "allô").name, "NO_SUCH_ROOM")

    def test_written_offline_leaves_later(self):
        self.proxy.go_offline()
        stored, patience = [], 1.5
        while not stored:  # a busy machine may not have come so far when it is killed
            self.assertLess(patience, 60, "nothing was stored")
            sending = self.alice.start("send", self.room, f"écrit hors ligne {patience}")
            time.sleep(patience)
            sending.kill()
            patience *= 2
            stored = self.alice.bodies(self.room, 500, "--offline")
        self.proxy.go_online()
        self.settle()
        self.assertEqual([body for body in self.arrived() if body != "·"], stored)

    def test_killed_between_answer_and_sync(self):
        """The server has it, the profile does not know: the same transaction goes out again."""
        rule = self.proxy.on("PUT", "/send/").hold()
        sending = self.alice.start("send", self.room, "une fois")
        deadline = time.monotonic() + TIMEOUT
        self.proxy.wait("PUT", "/send/", answered=False)
        while self.arrived() != ["une fois"]:
            self.assertLess(time.monotonic(), deadline)
        sending.kill()
        rule.release()
        self.proxy.clear()
        self.settle()
        self.assertEqual([body for body in self.arrived() if body != "·"], ["une fois"])
        self.assertEqual([body for body in self.alice.bodies(self.room) if body != "·"], ["une fois"])

    def test_killed_at_random_points(self):
        draw = random.Random(2026)
        self.proxy.on("PUT", "/send/").delay(0.05)
        for number in range(24):
            sending = self.alice.start("send", self.room, f"message {number}")
            time.sleep(draw.uniform(0, 0.5))
            sending.kill()
        self.proxy.clear()
        stored = self.alice.bodies(self.room, 500, "--offline")
        self.assertEqual(len(stored), len(set(stored)))
        self.settle()
        arrived = [body for body in self.arrived() if body != "·"]
        self.assertEqual(len(arrived), len(set(arrived)), "sent twice")
        self.assertEqual(sorted(set(stored) - set(arrived)), [], "lost")
        self.assertEqual(sorted(body for body in self.alice.bodies(self.room) if body != "·"), sorted(arrived))

    def test_order_is_kept(self):
        self.proxy.on("PUT", "/send/", times=1).answer(503, "unavailable")
        senders = []
        for number in range(4):
            self.alice.one("send", self.room, f"message {number}")
            senders.append(f"message {number}")
        self.assertEqual(self.arrived(), senders)

    def test_one_program_at_a_time(self):
        listening = self.alice.listen()
        results = []
        thread = threading.Thread(target=lambda: results.append(self._second()))
        thread.start()
        thread.join()
        self.assertEqual(results, ["BUSY"])
        self.assertEqual(listening.stop(), 0)

    def _second(self):
        try:
            return self.alice.run("rooms")
        except Refused as error:
            return error.name


if __name__ == "__main__":
    suite.main()
