# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""The encrypted rooms of the demo are what they promise, and the colleague answers there, encrypted."""
import os
import shutil
import tempfile
import unittest

from colleague import Colleague
from homeserver import Homeserver
import ministry
from secure_rooms import NAME, Device, SecureRooms
import suite


class Secure(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Homeserver()
        cls.addClassCleanup(cls.server.dispose)
        cls.told = ministry.start(cls.server)
        folder = tempfile.mkdtemp(prefix="chappe-secure-")
        cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
        environment = dict(os.environ, XDG_DATA_HOME=folder, XDG_CACHE_HOME=folder)
        program = os.environ["CHAPPE_CLI"]
        cls.reader = Device(program, environment, folder, cls.told["login"])
        cls.reader.sign_in(cls.server.base, cls.told["password"])
        cls.rooms = SecureRooms(cls.server, cls.told, program, environment, folder)
        cls.rooms.fill()

    def messages(self, name):
        lines = self.reader.run("timeline", self.told["rooms"][name], "--limit", "30")
        return [line for line in lines if "decrypted" in line]

    def test_room(self):
        first, *others = self.messages(NAME)
        self.assertEqual((first["decrypted"], first["utd_reason"]), (False, "before_join"))
        self.assertTrue(all(line["decrypted"] for line in others), others)
        kinds = {line["content"].get("msgtype") for line in others}
        self.assertEqual(kinds, {"m.text", "m.image", "m.file"})
        self.assertEqual(len({line["sender"] for line in others}), 2)

    def test_direct(self):
        lines = self.messages("Antoine MERCIER")
        self.assertGreaterEqual(len(lines), 3)
        self.assertTrue(all(line["decrypted"] for line in lines), lines)

    def test_colleague_answers_encrypted(self):
        room = self.told["rooms"]["Antoine MERCIER"]
        antoine = self.server.login(self.told["colleague"], self.told["password"])
        me = self.server.login(self.told["login"], self.told["password"])
        me.sync()
        with Colleague(antoine, haste=100, seed=1, device=self.rooms.antoine):
            self.reader.send(room, "Bonjour Antoine")
            _, answer = me.wait(lambda r, e: r == room and e.get("sender") == antoine.user
                                and e["type"] == "m.room.encrypted", timeout=120)
        self.assertEqual(self.reader.read(room, answer["event_id"])["msgtype"], "m.text")


if __name__ == "__main__":
    suite.main()
