#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors

"""Tries the installed Flatpak: it signs in, its database is encrypted, a locked setting is locked.

flatpak-check.py FOLDER, in a session with a display and a bus. Leaves FOLDER/window.png.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ID = "im.chappe.Chappe"
TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests" / "homeserver"))
from homeserver import Homeserver  # noqa: E402

SECRET_TEXT = "Rendez-vous au ministère à midi"


class Check:
    def __init__(self, folder):
        self.folder = folder
        self.home = folder / "home"
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir(parents=True)
        self.scratch = Path(tempfile.mkdtemp(prefix="chappe-"))
        run = self.scratch / "run"
        run.mkdir(mode=0o700)
        self.env = {**os.environ, "HOME": str(self.home), "XDG_RUNTIME_DIR": str(run),
                    "DCONF_PROFILE": self.administrator(), "NO_AT_BRIDGE": "1"}
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
            self.env.pop(name, None)
        self.data = self.home / ".var" / "app" / ID
        self.failed = 0

    def say(self, what, good, more=""):
        print(f"{'ok' if good else 'not ok'} - {what}{': ' + more if more else ''}", flush=True)
        self.failed += not good

    def administrator(self):
        """A dconf profile whose site database sets and locks one key."""
        folder = self.scratch / "site.d"
        (folder / "locks").mkdir(parents=True)
        (folder / "00-chappe").write_text("[im/chappe/Chappe]\nhomeserver='https://chat.example.org'\n")
        (folder / "locks" / "chappe").write_text("/im/chappe/Chappe/homeserver\n")
        subprocess.run(["dconf", "compile", str(self.scratch / "site"), str(folder)], check=True)
        profile = self.scratch / "profile"
        profile.write_text(f"user-db:user\nfile-db:{self.scratch}/site\n")
        return str(profile)

    def inside(self, command, *arguments, text=None):
        return subprocess.run(["flatpak", "run", f"--command={command}", ID, *arguments],
                              input=text, env=self.env, capture_output=True, text=True, timeout=120,
                              check=False)

    def cli(self, *arguments, text=None):
        key = self.data / "data" / "check.key"
        return self.inside("chappe-cli", "--profile", "check", "--key-file", str(key), *arguments,
                           text=text)

    def sign_in(self, server):
        server.register("jeanne", "Chappe1794!")
        done = self.cli("login", "--server", server.base, "--user", "jeanne", "--password-stdin",
                        text="Chappe1794!\n")
        self.say("signs in", done.returncode == 0, done.stderr.strip()[-300:])
        done = self.cli("recovery", "setup")
        self.say("sets up its recovery", done.returncode == 0, done.stderr.strip()[-300:])
        done = self.cli("create-room", "--name", "Essai", "--encrypted")
        room = json.loads(done.stdout or "{}").get("room_id", "")
        self.say("makes a secure room", bool(room), done.stderr.strip()[-300:])
        done = self.cli("send", room, SECRET_TEXT)
        self.say("sends", "event_id" in done.stdout, done.stderr.strip()[-300:])
        self.cli("sync", "--once")
        done = self.cli("timeline", room, "--limit", "5")
        self.say("reads back", SECRET_TEXT in done.stdout, done.stderr.strip()[-300:])

    def encrypted(self):
        files = [p for p in self.data.rglob("*") if p.is_file()]
        databases = [p for p in files if p.name.endswith((".db", ".sqlite"))]
        self.say("has a database", bool(databases), ", ".join(p.name for p in databases))
        plain = [p.name for p in files if p.read_bytes()[:15] == b"SQLite format 3"]
        self.say("no file is a plain SQLite database", not plain, ", ".join(plain))
        leaks = [p.name for p in files if SECRET_TEXT.encode() in p.read_bytes()]
        self.say("no file holds the text of a message", not leaks, ", ".join(leaks))

    def locked(self):
        value = self.inside("gsettings", "get", ID, "homeserver").stdout.strip()
        self.say("the administrator's value is seen", value == "'https://chat.example.org'", value)
        writable = self.inside("gsettings", "writable", ID, "homeserver").stdout.strip()
        self.say("a locked setting is locked", writable == "false", writable)
        writable = self.inside("gsettings", "writable", ID, "markdown").stdout.strip()
        self.say("another setting is not", writable == "true", writable)

    def confined(self):
        """A file of the host that the user did not choose."""
        seen = self.inside("cat", str(TOP / "README.md"))
        self.say("the host's files are not seen", seen.returncode != 0 and not seen.stdout)

    def managed(self):
        """The administrator's files, as an unmanaged extension of this installation."""
        arch = subprocess.run(["flatpak", "--default-arch"], capture_output=True, text=True,
                              check=True).stdout.strip()
        folder = Path(self.env["FLATPAK_USER_DIR"], "extension", f"{ID}.Managed", arch, "1")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "probe").write_text("from the administrator")
        seen = self.inside("cat", "/app/managed/probe").stdout
        self.say("the administrator's files are seen", seen == "from the administrator")
        (folder / "probe").unlink()

    def window(self):
        with subprocess.Popen(["flatpak", "run", ID], env=self.env, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True) as program:
            found = subprocess.run(["timeout", "60", "xdotool", "search", "--sync", "--onlyvisible",
                                    "--class", "chappe"], capture_output=True, text=True, check=False)
            if found.stdout.strip():  # the first frame follows the window
                subprocess.run(["xdotool", "sleep", "2"], check=False)
            subprocess.run(["import", "-window", "root", str(self.folder / "window.png")], check=False)
            alive = program.poll() is None
            subprocess.run(["flatpak", "kill", ID], env=self.env, check=False)
            try:
                output = program.communicate(timeout=20)[0]
            except subprocess.TimeoutExpired:
                program.kill()
                output = program.communicate()[0]
        self.say("shows its window", bool(found.stdout.strip()) and alive, output.strip()[-300:])

    def permissions(self):
        manifest = json.loads((TOP / "flatpak" / f"{ID}.json").read_text(encoding="utf-8"))
        done = subprocess.run(["flatpak", "info", "--show-permissions", ID], env=self.env,
                              capture_output=True, text=True, check=False).stdout
        self.say("asks for no file system and no bus name",
                 "filesystems=" not in done and "Policy]" not in done,
                 " ".join(manifest["finish-args"]))


def main():
    check = Check(Path(sys.argv[1]).resolve())
    try:
        check.permissions()
        check.locked()
        check.confined()
        check.managed()
        with Homeserver() as server:
            check.sign_in(server)
        check.encrypted()
        check.window()
    finally:
        shutil.rmtree(check.scratch, ignore_errors=True)
    print(f"flatpak: {check.failed} of the checks failed" if check.failed else
          f"flatpak: everything as it should be; the window: {check.folder / 'window.png'}")
    sys.exit(1 if check.failed else 0)


if __name__ == "__main__":
    main()
