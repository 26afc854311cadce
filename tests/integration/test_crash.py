# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""kill -9 while a link that cuts and delays is used: nothing is lost, nothing is there twice.

    CHAPPE_CRASH_ROUNDS=200 CHAPPE_SEED=1 ./dev test integration-crash-sliding
makes as many kills in each test; an ordinary run makes few.  See killing.py.
"""
import random

from harness import ServerCase
from killing import SEED, Killings, rounds
import suite


class Crash:
    """Of a room without encryption; interop/test_crash.py has those of keys."""

    sync = None

    def setUp(self):
        super().setUp()
        self.killings = Killings(self.proxy, f"{self.sync} {self._testMethodName}")
        self.random = self.killings.random
        self.addCleanup(lambda: print(f"{self._testMethodName}, {self.sync}: {self.killings}"))
        self.alice, self.bob = self.cli(sync=self.sync), self.peer()
        self.room = self.shared_room(self.alice, self.bob)

    def storm(self):
        """From now on the link cuts, delays and breaks off."""
        weather = random.Random(SEED)  # of its own: requests do not come in one order
        for share, treat in ((0.08, lambda rule: rule.cut_before()), (0.08, lambda rule: rule.cut_after()),
                             (0.04, lambda rule: rule.truncate(100)), (0.2, lambda rule: rule.delay(0.1))):
            treat(self.proxy.on(where=lambda _request, share=share: weather.random() < share))

    def assert_same_conversation(self):
        """What is shown is what the server has, in its order."""
        self.proxy.clear()
        served = [e["event_id"] for e in self.bob.history(self.room) if e["type"] == "m.room.message"]
        shown = self.alice.messages(self.room, 5000)
        self.assertEqual([line for line in shown if line["state"] != "sent"], [])
        self.assertEqual([line["event_id"] for line in shown], served, self.alice.told)
        bodies = [line["body"] for line in shown]
        self.assertEqual(len(bodies), len(set(bodies)))
        return bodies

    def test_while_sending(self):
        self.storm()
        stored = set()
        for number in range(rounds(8)):
            self.killings.run(self.alice, "send", self.room, f"envoi {number}")
            if self.random.random() < 0.3:
                stored |= set(self.alice.bodies(self.room, 5000, "--offline"))
        self.proxy.clear()
        stored |= set(self.alice.bodies(self.room, 5000, "--offline"))
        self.alice.one("send", self.room, "le dernier")  # those before it go first
        bodies = self.assert_same_conversation()
        self.assertEqual(stored - set(bodies), set(), "a stored message was lost")
        self.assertEqual(bodies[-1], "le dernier")
        numbers = [int(body.split()[1]) for body in bodies if body.startswith("envoi")]
        self.assertEqual(numbers, sorted(numbers), "one was overtaken")
        sent = {request.path for request in self.proxy.find("PUT", "/send/")}
        self.assertEqual(len(sent), len(bodies), "one message, two transactions")

    def test_while_syncing(self):
        self.storm()
        for number in range(rounds(8)):
            doomed = self.killings.start(self.alice, *self.random.choice((
                ("listen",), ("listen",), ("sync", "--once"), ("rooms",))))
            for part in range(self.random.randrange(1, 30)):
                self.bob.send(self.room, f"arrivée {number}.{part}")
            doomed.finish(4)
        self.assert_same_conversation()

    def test_while_paginating(self):
        events = [{"sender": self.bob.user, "type": "m.room.message",
                   "content": {"msgtype": "m.text", "body": f"ancien {n}"}} for n in range(400)]
        self.server.bulk(room_id=self.room, batches=[{"events": events, "quiet": True}])
        self.storm()
        for number in range(rounds(8)):
            for part in range(self.random.choice((0, 0, 3, 40))):
                self.bob.send(self.room, f"arrivée {number}.{part}")
            self.killings.run(self.alice, "timeline", self.room, "--limit", str(self.random.choice((50, 200, 1000))))
        self.assertEqual(len([b for b in self.assert_same_conversation() if b.startswith("ancien")]), 400)


class Sliding(Crash, ServerCase):
    sync = "sliding"


class Classic(Crash, ServerCase):
    sync = "v3"


if __name__ == "__main__":
    suite.main()
