# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""The demo's ministry is what it promises, and its colleague answers."""
import time
import unittest

from colleague import Colleague
from homeserver import Homeserver
import ministry
import suite


class Ministry(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Homeserver()
        cls.addClassCleanup(cls.server.dispose)
        cls.told = ministry.start(cls.server)
        cls.me = cls.server.login(cls.told["login"], cls.told["password"])
        cls.answer = cls.me.sync()

    def joined(self, name):
        return self.answer["rooms"]["join"][self.told["rooms"][name]]

    def test_rooms(self):
        rooms = self.answer["rooms"]
        self.assertGreaterEqual(len(rooms["join"]) + len(rooms["invite"]), 40)
        self.assertEqual(list(rooms["invite"]), [self.told["rooms"]["Groupe de travail cloud"]])
        names = [self.me.get(f"profile/{user}")["displayname"]
                 for key, user in self.told["agents"].items() if key != "annonces"]
        self.assertEqual(len(names), 12)
        for name in names:
            self.assertRegex(name, r"^\S+ [A-Z -]+ \[\w+\]$")

    def test_unread_and_mention(self):
        counts = self.joined("Projet Annuaire")["unread_notifications"]
        self.assertGreater(counts["notification_count"], 0)
        self.assertEqual(counts["highlight_count"], 1)
        self.assertEqual(self.joined("Covoiturage Versailles")["unread_notifications"]["notification_count"], 0)

    def test_long_room_spreads_over_months(self):
        history = self.me.history(self.told["rooms"]["Projet Annuaire"])
        messages = [e for e in history if e["type"] == "m.room.message"]
        self.assertGreaterEqual(len(messages), 5000)
        times = [e["origin_server_ts"] for e in messages]
        self.assertEqual(times, sorted(times))
        self.assertLess(times[-1], time.time() * 1000)
        self.assertGreater(times[-1] - times[0], 150 * 86400 * 1000)
        self.assertGreater(len({e["sender"] for e in messages}), 6)

    def test_kinds_of_events(self):
        events = [e for room in self.told["rooms"].values() if room in self.answer["rooms"]["join"]
                  for e in self.me.messages(room, 100)["chunk"]]
        content = [e["content"] for e in events]
        self.assertIn("m.reaction", {e["type"] for e in events})
        self.assertTrue(any("redacted_because" in e["unsigned"] for e in events))
        self.assertTrue({"m.text", "m.image", "m.file"} <= {c.get("msgtype") for c in content})
        relations = [c.get("m.relates_to", {}) for c in content]
        self.assertTrue(any(r.get("rel_type") == "m.replace" for r in relations))
        self.assertTrue(any("m.in_reply_to" in r for r in relations))
        self.assertTrue(any("formatted_body" in c for c in content))
        image = next(c for c in content if c.get("msgtype") == "m.image")
        self.assertEqual(len(self.me.download(image["url"])), image["info"]["size"])

    def test_tags_direct_messages_and_space(self):
        tags = set()
        for data in self.answer["rooms"]["join"].values():
            for event in data["account_data"]["events"]:
                if event["type"] == "m.tag":
                    tags |= set(event["content"]["tags"])
        self.assertEqual(tags, {"m.favourite", "m.lowpriority", "m.server_notice"})
        self.assertEqual(len(self.me.account_data("m.direct")), 9)
        space = self.told["rooms"]["Direction du numérique"]
        children = self.me.get(f"/_matrix/client/v1/rooms/{space}/hierarchy")["rooms"]
        self.assertGreater(len(children), 8)
        alias = self.me.get("directory/room/%23entraide-bureautique:ministere.test")
        self.assertEqual(alias["room_id"], self.told["rooms"]["Entraide bureautique"])

    def test_colleague_answers(self):
        room = self.told["rooms"]["Antoine MERCIER"]
        antoine = self.server.login(self.told["colleague"], self.told["password"])
        self.me.sync()
        with Colleague(antoine, haste=100, seed=1):
            self.me.send(room, "Bonjour Antoine")
            _, typing = self.me.wait(lambda r, e: r == room and e["type"] == "m.typing" and e["content"]["user_ids"])
            self.assertEqual(typing["content"]["user_ids"], [antoine.user])
            self.me.wait(lambda r, e: r == room and e["type"] == "m.room.message" and e["sender"] == antoine.user)


if __name__ == "__main__":
    suite.main()
