# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""A file arrives once and unchanged, in the clear and encrypted, or fails visibly."""
import os

from harness import ServerCase
import suite

UPLOAD = ("POST", "/media/v3/upload")


class Files(ServerCase):
    encrypted = False

    def setUp(self):
        super().setUp()
        self.alice, self.bob = self.cli(), self.cli("bob")
        for cli in (self.alice, self.bob):
            cli.options += ["--deployment", "tchap"]  # whose devices get keys before they are verified, too
            cli.run("sync", "--once")
        self.room = self.alice.one("create-room", "--name", "Salon", "--invite", self.bob.user,
                                   *["--encrypted"] * self.encrypted)["room_id"]
        self.bob.run("sync", "--once")
        self.bob.run("join", self.room)
        self.alice.run("sync", "--once")
        self.data = os.urandom(300_000)
        self.path = os.path.join(self.alice.scratch, "pièce n° 1.bin")
        with open(self.path, "wb") as file:
            file.write(self.data)

    def send(self):
        return self.alice.start("send-file", self.room, self.path)

    def files(self, cli, *more):
        """The room has no other messages; what is not sent yet has no content of an event."""
        return cli.messages(self.room, 50, *more)

    def check_arrived(self):
        """At the other's it is there, once, with the bytes that were sent."""
        event, = self.files(self.bob)
        self.assertEqual(event["content"]["body"], "pièce n° 1.bin")
        self.assertEqual(event["body"], "pièce n° 1.bin")
        self.assertEqual("file" in event["content"], self.encrypted)
        path = os.path.join(self.bob.scratch, "reçu")
        self.bob.run("download", self.room, event["event_id"], path)
        with open(path, "rb") as file:
            self.assertEqual(file.read(), self.data)

    def check_nothing_kept(self):
        kept = [name for _, _, names in os.walk(self.alice.scratch) for name in names if name.startswith("upload-")]
        self.assertEqual(kept, [])

    def settle(self):
        """A start after which nothing waits any more."""
        listening = self.alice.listen()
        self.proxy.wait("PUT", "/send/")
        listening.stop()
        line, = self.files(self.alice)
        self.assertEqual(line["state"], "sent")

    def test_cut_and_busy(self):
        self.proxy.on(*UPLOAD, times=1).cut_before()
        self.proxy.on(*UPLOAD, times=1).answer(429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 100})
        self.proxy.on(*UPLOAD, times=1).answer(500, "<h1>Oups</h1>")
        self.proxy.on(*UPLOAD, times=1).cut_after()
        self.alice.run("send-file", self.room, self.path)
        self.check_arrived()
        self.assertEqual([r.data == self.data for r in self.proxy.find(*UPLOAD)], [not self.encrypted] * 5)
        self.check_nothing_kept()

    def test_too_large(self):
        """Whether the homeserver says so or what stands before it; what follows is not held up."""
        for body in ({"errcode": "M_TOO_LARGE", "error": "Upload request body is too large"},
                     "<html><h1>413 Request Entity Too Large</h1></html>"):
            with self.subTest(body=body):
                self.proxy.forget()
                self.proxy.on(*UPLOAD, times=1).answer(413, body)
                self.assertEqual(self.alice.fail("send-file", self.room, self.path).name, "TOO_LARGE")
                self.assertEqual(self.proxy.count(*UPLOAD), 1)
        self.assertEqual([line["state"] for line in self.files(self.alice, "--offline")], ["failed"] * 2)
        self.alice.run("send-file", self.room, self.path)
        self.check_arrived()

    def test_killed_while_uploading(self):
        rule = self.proxy.on(*UPLOAD).hold()
        sending = self.send()
        self.proxy.wait(*UPLOAD, answered=False)
        sending.kill()
        rule.release()
        self.proxy.clear()
        line, = self.files(self.alice, "--offline")
        self.assertNotEqual(line["state"], "sent")
        self.settle()
        self.check_arrived()
        self.check_nothing_kept()

    def test_killed_after_upload(self):
        """The server has the file and its message, the profile has not heard."""
        rule = self.proxy.on("PUT", "/send/").hold()
        sending = self.send()
        self.proxy.wait("PUT", "/send/", answered=False)
        sending.kill()
        rule.release()
        self.proxy.clear()
        self.proxy.wait("PUT", "/send/")
        self.proxy.forget()
        self.settle()
        self.assertEqual(self.proxy.count(*UPLOAD), 0)
        self.check_arrived()

    def test_file_gone_meanwhile(self):
        """What is sent is what there was when it was given."""
        rule = self.proxy.on(*UPLOAD, times=1).hold()
        sending = self.send()
        self.proxy.wait(*UPLOAD, answered=False)
        os.unlink(self.path)
        sending.kill()
        rule.release()
        self.settle()
        self.check_arrived()


class Encrypted(Files):
    encrypted = True


if __name__ == "__main__":
    suite.main()
