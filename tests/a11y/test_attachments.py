# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""Files leave an encrypted conversation of the window, chosen and pasted by keys only or dropped, and arrive as
they were."""
import itertools
import os
import re
import sys
import unittest

sys.path[:0] = [os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), name)
                for name in ("homeserver", "integration")]
import pictures  # noqa: E402
from harness import Cli  # noqa: E402
from homeserver import Homeserver  # noqa: E402
from page import Page, start_desktop  # noqa: E402
from proxy import Proxy  # noqa: E402

PASSWORD = "motdepasse"
UPLOAD = ("POST", "/media/v3/upload")
TOO_LARGE = {"errcode": "M_TOO_LARGE", "error": "too large"}


def setUpModule():
    start_desktop()


class Attachments(Page):
    @classmethod
    def setUpClass(cls):
        cls.server = Homeserver()
        cls.addClassCleanup(cls.server.dispose)
        cls.server.start()
        cls.proxy = Proxy(cls.server.base)
        cls.addClassCleanup(cls.proxy.close)
        cls.bob = Cli(ClassCleanup(cls))
        cls.server.register("camille", PASSWORD)
        cls.server.register("bob", PASSWORD)
        cls.desktop.profile("camille")
        cls.desktop.sign_in(cls.proxy.base, "camille", PASSWORD)
        cls.desktop.set_up_backup()
        cls.bob.login(cls.server.base, "bob", PASSWORD)
        cls.bob.run("recovery", "setup")
        cls.room = cls.bob.one("create-room", "--encrypted", "--name", "Bureau",
                               "--invite", f"@camille:{cls.server.name}")["room_id"]
        camille = cls.server.login("camille", PASSWORD)
        camille.join(cls.room)
        camille.logout()
        cls.home = os.path.join(cls.desktop.scratch, "home")
        os.mkdir(cls.home)
        with open(os.path.join(cls.home, "agenda"), "wb"):  # the list begins on the first one without saying so
            pass
        cls.desktop.environment["HOME"] = cls.home
        cls.desktop.environment["GTK_USE_PORTAL"] = "0"

    def setUp(self):
        self.addCleanup(self.proxy.clear)

    def start(self):
        self.window = self.open("camille")
        self.window.wait(self.role.LIST_ITEM, lambda name: name.startswith("Bureau"), focused=True)
        self.window.key("Return")
        self.window.wait(name="Message", focused=True)

    def file(self, name, data):
        path = os.path.join(self.home, name)
        with open(path, "wb") as file:
            file.write(data)
        self.addCleanup(os.unlink, path)
        return path

    def choose(self, name):
        """By the button, in the toolkit's own dialog, which begins in the home folder."""
        self.window.step_to("shift+Tab", "Attach Files")
        self.window.key("Return")
        with self.window.another_window():
            self.window.wait(self.role.LIST, focused=True, what="the files")
            self.window.key("alt+Home")
            self.window.wait(self.role.TABLE_ROW, lambda told: told.startswith(name))
            self.window.step_to("Down", name)
            self.window.key("Return")
        self.window.wait(self.role.DIALOG, "Send Files")
        self.window.wait(self.role.BUTTON, "Send", focused=True)

    def send(self):
        self.window.key("Return")
        self.window.until(lambda: not self.window.find(self.role.DIALOG), "the dialog is gone")
        self.window.wait(name="Message", focused=True, what="one goes on writing")

    def menu(self, name, steps):
        """Opens the menu of the newest message and takes what is there after so many steps down."""
        self.window.key("F8")
        self.window.wait(self.role.LIST_ITEM, lambda told: name in told, focused=True)
        self.window.key("Return")
        self.window.until(lambda: self.window.focus() is not None
                          and self.window.focus().get_role() == self.role.MENU_ITEM, "the menu of the message")
        self.window.key(*["Down"] * steps, "Return")

    def until_sent(self, name):
        self.window.wait(self.role.LIST_ITEM, re.compile(rf"You: .*{name}.*, \d\d:\d\d(, sent)?").fullmatch,
                         what=f"{name} is sent")

    def until_shown(self, wanted, what):
        """Until something within a message has a name like that."""
        self.window.until(lambda: any(wanted(node.get_name()) for node in self.window.nodes(into_rows=True)), what)

    def received(self, name):
        """What came to Bob by that name: content and bytes, each message that did."""
        came = []
        for line in self.bob.messages(self.room):
            if line["content"].get("filename", line["body"]).startswith(name):
                path = os.path.join(self.bob.scratch, "received")
                self.bob.run("download", self.room, line["event_id"], path)
                with open(path, "rb") as file:
                    came.append((line["content"], file.read()))
                os.unlink(path)
        return came

    def test_E2E_145_chosen_refused_and_sent_again(self):
        data = os.urandom(300_000)
        self.file("rapport.bin", data)
        self.proxy.on(*UPLOAD, times=1).answer(413, TOO_LARGE)
        self.start()
        self.choose("rapport.bin")
        self.check_names(self.window)
        self.send()
        self.window.wait(self.role.LIST_ITEM, lambda told: "rapport.bin" in told and told.endswith("not sent"))
        self.until_shown(re.compile("larger than your server|too large", re.I).search, "why")
        self.menu("rapport.bin", 0)
        self.until_sent("rapport.bin")
        (content, received), = self.received("rapport.bin")
        self.assertEqual(content["msgtype"], "m.file")
        self.assertEqual(content["file"]["v"], "v2")
        self.assertEqual(received, data)
        self.end(self.window)

    def test_E2E_145_pasted_picture(self):
        picture = pictures.landscape(3)
        copied = self.file("copied.png", picture)
        clipboard = self.desktop.copy("image/png", copied)
        self.addCleanup(clipboard.kill)
        self.start()  # now, so that it knows what was copied long before it is asked for it
        self.window.key("ctrl+v")
        self.window.wait(self.role.BUTTON, "Send", focused=True)
        self.check_names(self.window)
        self.send()
        self.until_sent("Picture of ")
        (content, received), = self.received("Picture of ")
        self.assertEqual(content["msgtype"], "m.image")
        self.assertEqual(content["info"]["size"], len(received))
        self.assertEqual(received[:8], picture[:8])
        self.assertEqual(received[16:24], picture[16:24], "width and height")
        self.assertNotIn("url", content)
        self.end(self.window)

    def test_E2E_145_dropped_file(self):
        data = os.urandom(40_000)
        path = self.file("glissé avec soin.bin", data)
        self.start()
        program, x, y = self.desktop.drag_source(path)
        self.addCleanup(program.kill)
        self.window.take_keys(self.window.window)
        self.desktop.mouse("mousemove", str(x), str(y), "mousedown", "1")
        self.addCleanup(self.desktop.mouse, "mouseup", "1")
        towards = itertools.chain(((x - step, y - step) for step in (20, 40, 80)), itertools.cycle(((700, 400), (705, 405))))
        self.window.until(lambda: self.desktop.mouse("mousemove", *map(str, next(towards)))
                          or self.window.find(name="Drop Files Here to Send Them"), "files can be dropped")
        self.desktop.mouse("mouseup", "1")
        self.window.wait(self.role.DIALOG, "Send Files")
        self.window.wait(self.role.BUTTON, "Send", focused=True)
        self.send()
        self.until_sent("glissé avec soin.bin")
        (content, received), = self.received("glissé avec soin.bin")
        self.assertEqual(content["msgtype"], "m.file")
        self.assertNotIn("url", content)
        self.assertEqual(received, data)
        self.end(self.window)

    def test_given_up_on_the_way(self):
        self.file("brouillon.bin", os.urandom(200_000))
        held = self.proxy.on(*UPLOAD).hold()
        self.addCleanup(held.release)
        self.start()
        self.choose("brouillon.bin")
        self.send()
        self.proxy.wait(*UPLOAD, answered=False)
        self.until_shown(re.compile("Sending the file").match, "how far it is")
        self.check_names(self.window)
        self.menu("brouillon.bin", 0)
        self.window.until(lambda: not any("brouillon" in name for name in self.window.rows("Messages")), "it is gone")
        held.release()
        self.window.wait(name="Message", focused=True)
        self.window.type("finalement non")
        self.window.key("Return")
        self.until_sent("finalement non")
        self.assertEqual(self.received("brouillon.bin"), [])
        self.assertIn("finalement non", self.bob.bodies(self.room))
        self.end(self.window)


class ClassCleanup:
    """What a Cli asks of a test, of a class of tests."""

    def __init__(self, case):
        self.addCleanup = case.addClassCleanup


if __name__ == "__main__":
    unittest.main(verbosity=2)
