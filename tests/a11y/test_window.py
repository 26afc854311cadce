# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""The client is used without seeing it and without a mouse, on a real homeserver."""
import os
import re
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), "homeserver"))
import ministry  # noqa: E402
from homeserver import Homeserver  # noqa: E402
from page import Page, start_desktop  # noqa: E402

desktop = None
PROJECT = "Projet Annuaire"
SECTIONS = ("Invitations", "Favourites", "Direct Messages", "Rooms", "Low Priority", "Announcements")


def setUpModule():
    global desktop
    desktop = start_desktop()


class SignIn(Page):
    def test_wrong_server(self):
        window = self.open("nobody")
        window.wait(name=lambda name: name.startswith("User name or server"), focused=True)
        self.check_names(window)
        desktop.announced.clear()
        window.type("nulle-part.invalid")
        window.key("Return")
        window.until(lambda: desktop.announced,
                     lambda: f"nothing announced: {[node.get_name() for node in window.nodes()]}")
        sentence = desktop.announced[0]
        self.assertRegex(sentence, r"^[A-Z].*\.$")
        self.assertNotRegex(sentence, r"M_[A-Z]|Error|:\d")
        window.wait(name=sentence, what="what is announced can be read, too")
        window.wait(name=lambda name: name.startswith("User name or server"), focused=True, what="focus after")
        self.end(window)


class Gate(Page):
    """The first start of somebody who has nothing yet, and the device that comes after it."""

    @classmethod
    def setUpClass(cls):
        cls.server = Homeserver()
        cls.addClassCleanup(cls.server.dispose)
        cls.server.start()
        cls.server.register("nadia", "motdepasse")

    def sign_in(self, profile):
        desktop.profile(profile)
        desktop.sign_in(self.server.base, "nadia", "motdepasse")

    def confirm(self, window, code):
        window.wait(name=lambda name: name.startswith("Verification code"), focused=True)
        window.type(code.replace(" ", ""))
        window.key("Return")

    def test_E2E_092_set_up_then_verify(self):
        self.sign_in("nadia")
        window = self.open("nadia")
        window.wait(self.role.DIALOG, what="the gate")
        window.wait(name="Continue", focused=True)
        self.check_names(window)
        desktop.announced.clear()
        window.key("Return")
        shown = window.wait(self.role.LABEL, lambda name: re.fullmatch(r"(\w{4}[ \n]?){12}", name), what="the code")
        code = " ".join(shown.get_name().split())
        window.until(lambda: any("Your Verification Code" in text for text in desktop.announced), "it is announced")
        self.check_names(window)
        window.tab_to("Copy and Continue")
        window.key("Return")
        self.confirm(window, code)
        window.wait(name="The Backup Is Set Up")
        window.key("Escape")
        window.until(lambda: not window.find(self.role.DIALOG), "the gate is gone")
        self.end(window)

        self.sign_in("nadia-second")
        window = self.open("nadia-second")
        window.wait(name="Verify Your Identity")
        self.check_names(window)
        window.tab_to("Use the Verification Code")
        window.key("Return")
        desktop.announced.clear()
        self.confirm(window, "EsTc 1234")
        window.until(lambda: any("missing" in text for text in desktop.announced), "what is wrong with it is announced")
        window.key("ctrl+a")
        self.confirm(window, code)
        window.wait(name="Messages Restored")
        self.end(window)


class WholeWay(Page):
    """From the first start to signing out, with keys only."""

    @classmethod
    def setUpClass(cls):
        cls.server = Homeserver()
        cls.addClassCleanup(cls.server.dispose)
        cls.server.start()
        cls.user = cls.server.register("odile", "motdepasse")
        cls.server.register("paul", "motdepasse")
        cls.paul = cls.server.login("paul", "motdepasse")
        cls.room = cls.paul.create_room("Bureau", invite=[cls.user])
        odile = cls.server.login("odile", "motdepasse")
        odile.join(cls.room)
        odile.logout()
        cls.paul.send(cls.room, "bienvenue")
        cls.paul.sync()

    def sign_in(self, window):
        window.wait(name=lambda name: name.startswith("User name or server"), focused=True)
        window.type(self.server.base)
        window.key("Return")
        window.wait(name="User name", focused=True)
        window.type("odile")
        window.key("Tab")
        window.type("motdepasse")
        window.key("Return")

    def pass_gate(self, window):
        window.wait(name="Continue", focused=True)
        window.key("Return")
        shown = window.wait(self.role.LABEL, lambda name: re.fullmatch(r"(\w{4}[ \n]?){12}", name), what="the code")
        code = "".join(shown.get_name().split())  # it is gone from the page that comes next
        window.tab_to("Copy and Continue")
        window.key("Return")
        window.wait(name=lambda name: name.startswith("Verification code"), focused=True)
        window.type(code)
        window.key("Return")
        window.wait(name="Close", focused=True)
        window.key("Return")
        window.until(lambda: not window.find(self.role.DIALOG), "the gate is gone")

    def test_without_a_mouse(self):
        window = self.open("odile")
        self.sign_in(window)
        self.pass_gate(window)
        window.wait(self.role.LIST_ITEM, lambda name: name.startswith("Bureau"), focused=True, what="the room has the focus")
        window.key("Return")
        window.wait(name="Message", focused=True, what="Enter opens it")
        window.key("ctrl+k")
        window.wait(name="Find a conversation", focused=True)
        window.type("bureau")
        window.key("Return")
        window.wait(name="Message", focused=True)
        window.wait(self.role.LIST_ITEM, lambda name: "bienvenue" in name)
        window.type("merci")
        window.key("Return")
        self.paul.wait_message(self.room, "merci", timeout=60)

        window.key("F8")
        window.wait(self.role.LIST_ITEM, lambda name: "merci" in name, focused=True)
        window.key("Return")
        window.until(lambda: window.focus() is not None and window.focus().get_role() == self.role.MENU_ITEM,
                     "Enter opens the menu of the message")
        window.key("Escape")
        window.wait(self.role.LIST_ITEM, lambda name: "merci" in name, focused=True)
        window.key("Escape")
        window.wait(name="Message", focused=True)
        window.key("F9")
        window.wait(name="Details")
        window.tab_to("Members")
        window.key("F9")
        window.wait(name="Message", focused=True, what="the focus comes back from the details")

        window.key("ctrl+comma")
        window.until(lambda: self.within(window.focus(), self.role.DIALOG), "focus in the preferences")
        window.key("shift+Tab")  # back from the first stop to the last: the pages, with arrows within
        window.step_to("Right", "Account")
        window.key("space")
        window.tab_to("Sign Out…")
        window.key("Return")
        window.wait(name="Cancel", focused=True, what="the focus is on what does no harm")
        window.tab_to("Sign Out")
        window.key("Return")
        window.wait(name=lambda name: name.startswith("User name or server"), focused=True, what="signed out")
        self.end(window)


class Conversation(Page):
    @classmethod
    def setUpClass(cls):
        cls.server = Homeserver()
        cls.addClassCleanup(cls.server.dispose)
        cls.told = ministry.start(cls.server)
        desktop.profile("camille")
        desktop.sign_in(cls.server.base, cls.told["login"], cls.told["password"])
        desktop.set_up_backup()
        cls.colleague = cls.server.login(cls.told["colleague"], cls.told["password"])

    def test_room_list(self):
        window = self.open("camille")
        self.colleague.mention(self.told["rooms"][PROJECT], self.told["user"], "tu peux regarder ?")
        row = window.wait(self.role.LIST_ITEM,
                          lambda name: name.startswith(PROJECT + ",") and "tu peux" in name and "mentioned" in name,
                          what="which room, who, what, when and how much is unread")
        self.assertRegex(row.get_name(), r"^Projet Annuaire, \d+ unread messages?, you are mentioned, "
                                         r"Antoine.*tu peux regarder \?, \d\d:\d\d$")
        rows = window.rows("Conversations")
        self.assertGreater(len(rows), 10)
        for name in rows:
            self.assertTrue(name.strip())
            self.assertNotRegex(name, r"[@!#]\S+:ministere", "an identifier is read aloud")
        self.assertGreater(self.check_names(window), 15)
        self.end(window)

    def test_keyboard(self):
        window, room = self.open("camille"), self.told["rooms"][PROJECT]
        window.wait(self.role.LIST_ITEM, lambda name: name.startswith(PROJECT + ","))
        window.key("ctrl+k")
        window.wait(name="Find a conversation", focused=True)
        window.type("annuaire")
        window.until(lambda: 0 < len(window.rows("Conversations")) < 5, lambda: window.rows("Conversations"))
        window.key("Return")
        window.wait(name="Message", focused=True, what="focus in the composer")
        window.wait(self.role.LIST, "Messages")
        self.assertGreater(self.check_names(window), 20)

        window.type("vu et entendu")
        window.key("Return")
        window.wait(self.role.LIST_ITEM, lambda name: "vu et entendu" in name, what="the row of the new message")
        self.colleague.wait_message(room, "vu et entendu", timeout=60)
        window.wait(self.role.LIST_ITEM, re.compile(r"You: vu et entendu, \d\d:\d\d(, sent)?").fullmatch,
                    what="the row says that it is sent")
        composer = window.wait(name="Message", focused=True, what="focus still in the composer")
        self.assertEqual(window.text(composer), "")

        desktop.announced.clear()
        self.colleague.send(room, "bien reçu de vive voix")
        window.until(lambda: any("bien reçu de vive voix" in text for text in desktop.announced), "the announcement")

        window.key("F8")
        newest = window.wait(self.role.LIST_ITEM, lambda name: "bien reçu de vive voix" in name, focused=True)
        window.key("Up")
        window.wait(self.role.LIST_ITEM, lambda name: "vu et entendu" in name, focused=True)
        window.key("Down")
        window.wait(self.role.LIST_ITEM, newest.get_name(), focused=True)
        window.key("Escape")
        window.wait(name="Message", focused=True, what="Escape leads back")

        window.key("F9")
        window.wait(name="Details")
        self.check_names(window)
        self.end(window)

    def shown(self, window):
        """What the list says of the conversation that is shown."""
        return next((node.get_name() for node in window.nodes(under=window.wait(self.role.LIST, "Conversations"))
                     if node.get_role() == self.role.LIST_ITEM
                     and node.get_state_set().contains(desktop.atspi.StateType.SELECTED)), "")

    def go_to(self, window, name):
        window.key("ctrl+k")
        window.wait(name="Find a conversation", focused=True)
        window.type(name)
        window.key("Return")
        window.wait(name="Message", focused=True)

    def go(self, window, *keys, to):
        window.key(*keys)
        window.until(lambda: self.shown(window).startswith(to), lambda: f"{keys}: {self.shown(window)}, not {to}")

    def test_keys_between_rooms(self):
        window = self.open("camille")
        window.wait(self.role.LIST_ITEM, lambda name: name.startswith(PROJECT + ","))
        first = window.wait(self.role.LIST_ITEM, lambda name: not name.startswith(SECTIONS), focused=True,
                            what="the focus begins on a conversation, not on the heading of a section").get_name()
        for name in ("annuaire", "mercier"):
            self.go_to(window, name)
        self.go(window, "ctrl+Tab", to=PROJECT)
        self.go(window, "ctrl+Tab", to="Antoine MERCIER")
        self.go(window, "ctrl+shift+Tab", to=PROJECT)
        window.wait(name="Message", focused=True, what="one can write at once")
        self.go(window, "ctrl+1", to=first.split(",")[0])
        self.go(window, "alt+Down", "alt+Up", to=first.split(",")[0])
        self.end(window)

    def test_arrows_only_walk(self):
        room = self.told["rooms"]["Cellule sécurité"]
        window = self.open("camille")
        window.wait(self.role.LIST_ITEM, lambda name: name.startswith(PROJECT + ","))
        self.colleague.send(room, "un mot que personne n’a lu")
        window.wait(self.role.LIST_ITEM, lambda name: "un mot" in name and "unread" in name)
        shown = self.shown(window)
        window.key("ctrl+k")
        window.wait(name="Find a conversation", focused=True)
        window.key("Down")
        window.step_to("Down", "Cellule")
        row = window.wait(self.role.LIST_ITEM, lambda name: name.startswith("Cellule"), focused=True)
        window.key("Down")
        window.until(lambda: window.focus() != row, "the focus goes on")
        self.assertEqual(self.shown(window), shown, "what is shown stays")
        window.step_to("Up", "Cellule")
        window.wait(self.role.LIST_ITEM, lambda name: "un mot" in name and "unread" in name, focused=True)
        window.key("space")
        window.wait(name="Message", focused=True, what="Space opens it")
        self.end(window)

    def test_started_again(self):
        desktop.environment["GSETTINGS_BACKEND"] = "keyfile"
        self.addCleanup(desktop.environment.__setitem__, "GSETTINGS_BACKEND", "memory")
        window = self.open("camille")
        self.go_to(window, "annuaire")

        def height():
            return window.wait(name="Message").get_extents(desktop.atspi.CoordType.WINDOW).height
        line = height()
        window.type("une ligne")
        window.key("shift+Return")
        window.type("et une autre")
        window.until(lambda: height() > line, lambda: f"two lines in {height()} px")
        lines = height()
        self.end(window)
        window = self.open("camille")
        window.until(lambda: self.shown(window).startswith(PROJECT), "the same conversation")
        window.until(lambda: height() == lines, lambda: f"the draft has {height()} px, not {lines}")
        self.assertIn("une ligne", window.text(window.wait(name="Message")))
        self.go_to(window, "annuaire")
        window.key("ctrl+a", "BackSpace")
        window.until(lambda: height() == line, "the draft is gone for the tests that follow")
        self.end(window)

    def test_size(self):
        window = self.open("camille")
        row = window.wait(self.role.LIST_ITEM, lambda name: name.startswith(PROJECT + ","))

        def height():
            return window.wait(self.role.LIST_ITEM, lambda name: name.startswith(PROJECT + ",")).get_extents(
                desktop.atspi.CoordType.WINDOW).height
        normal = row.get_extents(desktop.atspi.CoordType.WINDOW).height
        for _ in range(6):
            window.key("ctrl+plus")
        window.until(lambda: height() > normal, lambda: f"text does not grow: {normal}, {height()}")
        window.key("ctrl+0")
        window.until(lambda: height() == normal, lambda: f"not its own size again: {normal}, {height()}")
        window.key("F11")
        self.end(window)

    def test_undo(self):
        window = self.open("camille")
        window.wait(self.role.LIST_ITEM, lambda name: name.startswith(PROJECT + ","))
        self.colleague.mention(self.told["rooms"][PROJECT], self.told["user"], "à lire")
        window.wait(self.role.LIST_ITEM, lambda name: name.startswith(PROJECT + ",") and "unread" in name)
        window.key("ctrl+shift+r")
        window.until(lambda: not any("unread" in name for name in window.rows("Conversations")),
                     lambda: [name for name in window.rows("Conversations") if "unread" in name])
        undo = window.wait(self.role.BUTTON, "Undo")
        desktop.atspi.Action.do_action(undo, 0)
        window.wait(self.role.LIST_ITEM, lambda name: name.startswith(PROJECT + ",") and "unread" in name,
                    what="unread again")
        self.end(window)

    def test_dialogs(self):
        window = self.open("camille")
        window.wait(self.role.LIST_ITEM, lambda name: name.startswith("Antoine MERCIER"))
        for key in ("ctrl+comma", "ctrl+n", "ctrl+shift+n", "ctrl+l", "ctrl+question"):
            with self.subTest(key=key):
                window.key(key)
                dialog = window.wait(self.role.DIALOG, what=key)
                self.assertTrue(dialog.get_name(), key)
                window.until(lambda: self.within(window.focus(), self.role.DIALOG), "focus in the dialog")
                self.check_names(window)
                window.key("Escape")
                window.until(lambda: not window.find(self.role.DIALOG), "the dialog is gone")
        self.end(window)


if __name__ == "__main__":
    unittest.main(verbosity=2)
