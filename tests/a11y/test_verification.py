# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""Somebody is verified from the window by keys and by what a screen reader says; the other side is an
independent client."""
import os
import sys
import unittest

sys.path[:0] = [os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), name)
                for name in ("homeserver", "interop")]
from homeserver import Homeserver  # noqa: E402
from page import Page, start_desktop  # noqa: E402
from peer import JsPeer  # noqa: E402

PASSWORD = "motdepasse"
PATIENCE = 90  # seconds for a step of the other side, on a busy machine


def setUpModule():
    start_desktop()


class Verification(Page):
    @classmethod
    def setUpClass(cls):
        cls.server = Homeserver()
        cls.addClassCleanup(cls.server.dispose)
        cls.server.start()
        cls.server.register("camille", PASSWORD)
        cls.desktop.profile("camille")
        cls.desktop.sign_in(cls.server.base, "camille", PASSWORD)
        cls.desktop.set_up_backup()
        cls.camille = cls.server.login("camille", PASSWORD)
        cls.addClassCleanup(cls.camille.logout)
        cls.direct = {}
        cls.peer = JsPeer()
        cls.addClassCleanup(cls.peer.close)

    def colleague(self, name):
        """Somebody with an identity, and a direct conversation with Camille."""
        self.server.register(name, PASSWORD)
        person = self.peer.login(self.server.base, name, PASSWORD)
        person.bootstrap()
        room = self.camille.create_room(direct=True, encrypted=True, invite=[person.user])
        self.direct[person.user] = [room]
        self.camille.account_data("m.direct", self.direct)
        person.join(room=room)
        return person

    def details(self, name):
        """The details of the conversation with somebody, opened by keys."""
        window = self.open("camille")
        window.wait(self.role.LIST_ITEM, lambda told: told.startswith(name))
        window.key("ctrl+k")
        window.wait(name="Find a conversation", focused=True)
        window.type(name)
        window.until(lambda: len(rows := window.rows("Conversations")) in (1, 2) and rows[-1].startswith(name),
                     lambda: f"only {name} is left of {window.rows('Conversations')}")
        window.key("Return")
        window.wait(name="Message", focused=True)
        window.key("F9")
        window.wait(name="Close the Details")
        return window

    def compare(self, window, person):
        """Asks by keys; the emoji that both sides see, once they do."""
        window.tab_to("Verify This Person")
        window.key("Return")
        window.wait(self.role.DIALOG, "Verification")
        vid = person.verify_incoming(user=self.camille.user, timeout=PATIENCE)["vid"]
        person.verify_accept(vid=vid)
        theirs = person.verify_emoji(vid=vid, timeout=PATIENCE)
        group = window.wait(self.role.GROUPING, lambda told: told.count(", ") == 6, focused=True, what="the emoji")
        shown = [node.get_name() for node in window.nodes(under=group) if node.get_role() == self.role.LABEL]
        self.assertEqual(shown[::2], theirs["emoji"])
        self.assertEqual(group.get_name(), ", ".join(theirs["names"]), "what is said of them")
        self.check_names(window)
        return vid

    def test_E2E_114_they_match(self):
        bob = self.colleague("bob")
        window = self.details("bob")
        window.wait(name="Identity Not Verified")
        vid = self.compare(window, bob)
        window.tab_to("They Match")
        window.key("Return")
        window.wait(self.role.BUTTON, "Cancel", focused=True)
        bob.verify_confirm(vid=vid)
        bob.verify_wait(vid=vid, phase="Done", timeout=PATIENCE)
        window.wait(name="Verified")
        window.wait(self.role.BUTTON, "Close", focused=True)
        window.key("Return")
        window.wait(name="Identity Verified")
        self.end(window)

        window = self.details("bob")
        window.wait(name="Identity Verified")
        self.assertIsNone(window.find(name=lambda told: told.startswith("Verify This Person")))
        self.end(window)

    def test_E2E_115_they_do_not_match(self):
        carole = self.colleague("carole")
        window = self.details("carole")
        vid = self.compare(window, carole)
        window.tab_to("They Do Not Match")
        window.key("Return")
        told = carole.verify_wait(vid=vid, phase="Cancelled", timeout=PATIENCE)
        self.assertEqual(told["cancel_code"], "m.mismatched_sas")
        window.wait(name="Not Safe")
        window.tab_to("Close")
        window.key("Return")
        window.wait(name="Identity Not Verified")
        self.end(window)


if __name__ == "__main__":
    unittest.main(verbosity=2)
