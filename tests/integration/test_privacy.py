# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""What leaves the program: nothing of anybody's in logs, reports and files; keys that are missed."""
import os
import shutil
import socket
import sqlite3
import stat
import subprocess

from harness import PASSWORD, TIMEOUT, Cli, ServerCase
import suite


class Privacy(ServerCase):
    def setUp(self):
        super().setUp()
        self.alice, self.bob = self.cli(), self.peer()
        self.room = self.shared_room(self.alice, self.bob, "Salon reconnaissable")

    def secrets(self):
        """Words that must not be seen, and what they are."""
        token = self.proxy.find("POST", "/sync")[-1].token
        return {"body": "texte reconnaissable", "room": self.room, "localpart": self.alice.login_name,
                "peer": self.bob.user, "name": "Salon reconnaissable", "token": token, "password": PASSWORD,
                "event": self.event, "key": self.key()}

    def key(self):
        with open(os.path.join(self.alice.scratch, "keys"), encoding="utf-8") as file:
            return file.read().strip().splitlines()[-1].partition("=")[2]

    def files(self):
        for folder, _, names in os.walk(os.path.join(self.alice.scratch, "data")):
            for name in names:
                yield os.path.join(folder, name)

    def test_E2E_164_logs(self):
        """With everything switched on, that of libraries too."""
        self.event = self.bob.send(self.room, "texte reconnaissable")
        self.alice.environment["G_MESSAGES_DEBUG"] = "all"
        self.proxy.on("PUT", "/send/", times=1).answer(500, {"errcode": "M_UNKNOWN", "error": "x"})
        self.proxy.on(path="/sync", times=1).truncate(50)
        for arguments in (["rooms"], ["timeline", self.room], ["send", self.room, "texte reconnaissable"],
                          ["listen", "--timeout", "2"], ["send", "!rien:x", "texte reconnaissable"]):
            done = subprocess.run(self.alice.command(*arguments), env=self.alice.environment, text=True,
                                  capture_output=True, timeout=TIMEOUT, check=False)
            for line in done.stdout.splitlines():
                self.assertTrue(line.startswith("{"), f"not an object on standard output: {line}")
            self.assertIn("DEBUG", done.stderr)
            for what, word in self.secrets().items():
                self.assertNotIn(word, done.stderr, f"{what} in the log of {arguments[0]}")

    def test_report(self):
        self.event = self.bob.send(self.room, "texte reconnaissable")
        self.alice.run("sync", "--once")
        done = subprocess.run(self.alice.command("report"), env=self.alice.environment, text=True,
                              capture_output=True, timeout=TIMEOUT, check=True)
        self.assertGreater(len(done.stdout), 100)
        for what, word in self.secrets().items():
            self.assertNotIn(word, done.stdout, what)

    def test_database_is_encrypted(self):
        self.bob.send(self.room, "texte reconnaissable")
        self.alice.run("sync", "--once")
        databases = [name for name in self.files() if os.path.getsize(name) > 20000]
        self.assertTrue(databases)
        for name in databases:
            with open(name, "rb") as file:
                self.assertNotEqual(file.read(15), b"SQLite format 3")
            with self.assertRaises(sqlite3.DatabaseError):
                sqlite3.connect(name).execute("select count(*) from sqlite_master").fetchone()

    def encrypted_room(self):
        self.alice.run("recovery", "setup")
        room = self.alice.one("create-room", "--name", "Salon chiffré", "--encrypted")["room_id"]
        self.alice.run("sync", "--once")
        return room

    def test_E2E_072_no_link_is_followed(self):
        with socket.create_server(("127.0.0.1", 0)) as site:
            link = f"http://127.0.0.1:{site.getsockname()[1]}/page"
            room = self.encrypted_room()
            self.alice.run("send", room, f"voir {link}")
            self.alice.run("send", room, f"[la page]({link})", "--markdown")
            self.bob.send(self.room, f"voir {link}")
            listening = self.alice.listen()
            self.bob.send(self.room, f"encore {link}")
            listening.wait_body(f"encore {link}")
            listening.stop()
            self.assertIn(f"voir {link}", self.alice.bodies(room))
            site.settimeout(0)
            with self.assertRaises(BlockingIOError, msg="somebody asked for the page"):
                site.accept()
        self.assertEqual(self.proxy.find(path="preview_url"), [])

    def test_E2E_144_exported_keys(self):
        """Readable by their owner alone, sealed, and nothing else is left of them."""
        room = self.encrypted_room()
        self.alice.run("send", room, "texte reconnaissable")
        session = self.session_of(room)
        before = set(self.files())
        path = os.path.join(self.alice.scratch, "clés.txt")
        self.alice.run("keys", "export", path, "--passphrase-stdin", stdin="cheval pile\n")
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        self.assertEqual([name for name in os.listdir(self.alice.scratch) if "clés" in name], ["clés.txt"])
        self.assertEqual(set(self.files()), before)
        other = self.cli("carole")
        self.assertEqual(other.run("keys", "import", path, "--passphrase-stdin", stdin="cheval pile\n")[-1]["imported"], 1)
        for folder in (self.alice.scratch, other.scratch):
            for name in (os.path.join(parent, name) for parent, _, names in os.walk(folder) for name in names):
                with open(name, "rb") as file:
                    content = file.read()
                found = [word for word in (session, "session_key", "texte reconnaissable") if word.encode() in content]
                self.assertEqual(found, [], name)

    def session_of(self, room):
        """The id of the session of the room's only encrypted message, as the server has it."""
        admin = self.server.login(self.alice.login_name, PASSWORD)
        event, = [e for e in admin.history(room) if e["type"] == "m.room.encrypted"]
        return event["content"]["session_id"]

    def test_key_lost_then_found(self):
        keys = os.path.join(self.alice.scratch, "keys")
        os.rename(keys, keys + ".away")
        before = {name: os.path.getsize(name) for name in self.files()}
        error = self.alice.fail("rooms")
        self.assertIn(error.name, ("KEY_LOST", "KEYRING_MISSING"))
        self.assertLessEqual(set(before), set(self.files()), "files were removed")
        shutil.move(keys + ".away", keys)
        self.assertIn(self.room, self.alice.rooms())

    def test_wrong_key(self):
        keys = os.path.join(self.alice.scratch, "keys")
        with open(keys, encoding="utf-8") as file:
            text = file.read()
        head, _, key = text.strip().rpartition("=") if not text.strip().endswith("=") else (
            text.strip().rstrip("=").rpartition("=")[0], "", text.strip().rstrip("=").rpartition("=")[2] + "=")
        wrong = ("B" if key[0] != "B" else "C") + key[1:]
        with open(keys, "w", encoding="utf-8") as file:
            file.write(f"{head}={wrong}\n")
        self.assertEqual(self.alice.fail("rooms").name, "WRONG_KEY")
        with open(keys, "w", encoding="utf-8") as file:
            file.write(text)
        self.assertIn(self.room, self.alice.rooms())

    def test_key_file_that_others_can_read(self):
        keys = os.path.join(self.alice.scratch, "keys")
        os.chmod(keys, 0o644)
        self.alice.fail("rooms")
        os.chmod(keys, 0o600)
        self.assertIn(self.room, self.alice.rooms())

    def test_profiles_are_apart(self):
        other = Cli(self)
        other.scratch, scratch = self.alice.scratch, other.scratch
        other.environment = self.alice.environment
        other.command = lambda *a: [other.program, "--profile", "autre", "--key-file",
                                    os.path.join(other.scratch, "autres-keys"), *a]
        shutil.rmtree(scratch)
        login = self.user("carol")
        other.login(self.proxy.base, login)
        self.assertEqual(other.one("whoami")["user_id"], f"@{login}:ministere.test")
        self.assertEqual(self.alice.one("whoami")["user_id"], self.alice.user)
        self.assertEqual(other.rooms(), {})
        self.assertIn(self.room, self.alice.rooms())


if __name__ == "__main__":
    suite.main()
