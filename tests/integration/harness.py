# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""Drives the built chappe-cli against a real homeserver, from outside.

$CHAPPE_CLI is the program.  A Cli is one profile in scratch folders: run() a verb to its end, fail()
one that must be refused, start() one that goes on.  $CHAPPE_SYNC chooses the kind of sync.
"""
import contextlib
import json
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests", "homeserver"))
from client import MatrixError  # noqa: E402,F401
from homeserver import Homeserver  # noqa: E402
from proxy import Proxy  # noqa: E402

PASSWORD = "télégraphe"
TIMEOUT = 240  # seconds for one verb on a busy machine under sanitizers


def error_names():
    """{(domain, code): name} as declared in mx-error.h, for instance ("matrix", 1): "FORBIDDEN"."""
    with open(os.path.join(TOP, "src", "base", "mx-error.h"), encoding="utf-8") as file:
        header = file.read()
    names = {}
    for body in re.findall(r"typedef enum\s*\{(.*?)\}", header, re.S):
        members = re.findall(r"^\s*MX_([A-Z]+)_ERROR_(\w+)\s*[,/}]?", body, re.M)
        names.update({(kind.lower(), code): name for code, (kind, name) in enumerate(members)})
    return names


ERRORS = error_names()


class Refused(Exception):
    """The error that chappe-cli wrote: domain as written, name as in mx-error.h where it is ours."""

    def __init__(self, status, error, told):
        self.status, self.told = status, told
        self.domain, self.code = error.get("domain", ""), error.get("code")
        self.errcode, self.message = error.get("errcode"), error.get("message", "")
        ours = re.match(r"mx[-_]?(matrix|store|crypto|session)[-_]?error", self.domain, re.I)
        kind = ours[1].lower() if ours else None
        self.name = ERRORS.get((kind, self.code), f"{self.domain}:{self.code}")
        super().__init__(f"{self.name} ({self.errcode}): {self.message}")


class Cli:
    """One profile of chappe-cli; `test` gets its clean-up and reports what it said when it fails."""

    def __init__(self, test, sync=None, program=None):
        self.program = program or os.environ["CHAPPE_CLI"]
        self.scratch = tempfile.mkdtemp(prefix="chappe-cli-")
        self.running, self.options, self.journal = [], [], ""
        self.environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": self.scratch,
            "G_DEBUG": "fatal-criticals", "GIO_USE_VFS": "local", "GSETTINGS_BACKEND": "memory",
            "GIO_USE_PROXY_RESOLVER": "dummy", "MALLOC_CHECK_": "2",
            **{f"XDG_{kind}_HOME": os.path.join(self.scratch, kind.lower())
               for kind in ("DATA", "CONFIG", "STATE", "CACHE")},
            **{name: os.environ[name] for name in os.environ if re.search("^[AUL]*SAN_OPTIONS|^GSETTINGS_SCHEMA", name)}}
        if sync:
            self.environment["CHAPPE_SYNC"] = sync
        test.addCleanup(self.close)

    def close(self):
        for process in self.running:
            process.kill()
        shutil.rmtree(self.scratch, ignore_errors=True)

    def command(self, *arguments):
        return [self.program, "--profile", "essai", "--key-file", os.path.join(self.scratch, "keys"),
                *self.options, *arguments]

    def run(self, *arguments, stdin="", timeout=TIMEOUT):
        """The objects that the verb wrote; Refused when it failed."""
        done = subprocess.run(self.command(*arguments), input=stdin, env=self.environment, timeout=timeout,
                              capture_output=True, encoding="utf-8", errors="strict", check=False)
        if done.returncode < 0 or done.returncode > 1:
            raise AssertionError(f"{arguments}: status {done.returncode}\n{done.stderr}")
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        if done.returncode:
            errors = [json.loads(line)["error"] for line in done.stderr.splitlines() if line.startswith('{"error"')]
            if len(errors) != 1:
                raise AssertionError(f"{arguments}: status 1 and {len(errors)} errors\n{done.stderr}")
            raise Refused(1, errors[0], done.stderr)
        self.told = done.stderr
        self.journal += done.stderr
        return lines

    def one(self, *arguments, **more):
        line, = self.run(*arguments, **more)
        return line

    def fail(self, *arguments, **more):
        """The error of a verb that must be refused."""
        try:
            lines = self.run(*arguments, **more)
        except Refused as error:
            return error
        raise AssertionError(f"{arguments} was not refused: {lines}")

    def login(self, base, user, password=PASSWORD, *more, **keywords):
        return self.one("login", "--server", base, "--user", user, "--password-stdin", *more,
                        stdin=password + "\n", **keywords)

    def start(self, *arguments, dialogue=False):
        """Starts a verb; with dialogue it also takes lines."""
        running = Running(self.command(*arguments), self.environment, dialogue)
        self.running.append(running)
        return running

    def listen(self, timeout=None):
        """Starts `listen` and returns once it listens."""
        running = self.start("listen", *(["--timeout", str(timeout)] if timeout else []))
        running.wait_told("listening")
        return running

    def rooms(self, *more):
        return {room["room_id"]: room for room in self.run("rooms", *more)}

    def messages(self, room, limit=500, *more):
        """The timeline's messages."""
        return [line for line in self.run("timeline", room, "--limit", str(limit), *more)
                if line["type"] == "m.room.message"]

    def bodies(self, room, limit=500, *more):
        return [line["body"] for line in self.messages(room, limit, *more)]


class Running:
    """A verb under way, whose lines arrive in a queue."""

    def __init__(self, command, environment, dialogue=False):
        self.process = subprocess.Popen(command, env=environment, text=True, encoding="utf-8", bufsize=1,
                                        stdin=subprocess.PIPE if dialogue else subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.lines, self.said, self.arrived = [], [], queue.Queue()
        for stream, kind in ((self.process.stdout, "line"), (self.process.stderr, "told")):
            threading.Thread(target=self._read, args=(stream, kind), daemon=True).start()

    def _read(self, stream, kind):
        for line in stream:
            self.arrived.put((kind, line.rstrip("\n")))
        self.arrived.put(("end", kind))

    def _wait(self, wanted, timeout):
        deadline, ends = time.monotonic() + timeout, 0
        while True:
            try:
                kind, line = self.arrived.get(timeout=max(0, deadline - time.monotonic()))
            except queue.Empty:
                raise TimeoutError(f"not within {timeout} s; lines {self.lines[-3:]}, said {self.said[-5:]}") from None
            if kind == "end":
                ends += 1
                if ends == 2:
                    raise AssertionError(f"it ended: {self.process.wait()}, {self.said[-20:]}")
                continue
            value = json.loads(line) if kind == "line" else line
            (self.lines if kind == "line" else self.said).append(value)
            if wanted(kind, value):
                return value

    def rest(self):
        """What it has said last, once it has ended."""
        with contextlib.suppress(AssertionError):
            self._wait(lambda _kind, _value: False, TIMEOUT)
        return self.said[-20:]

    def write(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def wait_line(self, predicate, timeout=TIMEOUT):
        """The first object, among those written already and to come, for which predicate holds."""
        for line in self.lines:
            if predicate(line):
                return line
        return self._wait(lambda kind, value: kind == "line" and predicate(value), timeout)

    def wait_body(self, body, timeout=TIMEOUT):
        return self.wait_line(lambda line: line.get("body") == body, timeout)

    def wait_told(self, text, timeout=TIMEOUT):
        return self._wait(lambda kind, value: kind == "told" and text in value, timeout)

    def stop(self, timeout=TIMEOUT):
        """Ends it as Ctrl+C does and returns the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


class ServerCase(unittest.TestCase):
    """A class of tests on one homeserver, behind a proxy that is new for each test."""

    settings = None
    access_token_lifetime = "1h"
    users = 0

    @classmethod
    def setUpClass(cls):
        cls.server = Homeserver(settings=cls.settings, access_token_lifetime=cls.access_token_lifetime)
        cls.addClassCleanup(cls.server.dispose)
        cls.server.start()

    def setUp(self):
        self.proxy = Proxy(self.server.base)
        self.addCleanup(self.proxy.close)

    def user(self, name):
        """A new account with a unique address: its localpart."""
        ServerCase.users += 1
        login = f"{name}{ServerCase.users}"
        self.server.register(login, PASSWORD, name.capitalize())
        return login

    def peer(self, name="bob"):
        """A scripted peer with a new account."""
        return self.server.login(self.user(name), PASSWORD)

    def cli(self, name="alice", sync=None):
        """A signed-in profile of a new account, behind the proxy; `.user` is the Matrix id."""
        login = self.user(name)
        cli = Cli(self, sync)
        cli.login_name, cli.user = login, cli.login(self.proxy.base, login)["user_id"]
        return cli

    def shared_room(self, cli, peer, name="Salon", **more):
        """A room of the peer's that the profile has joined."""
        room = peer.create_room(name, invite=[cli.user], **more)
        cli.run("sync", "--once")
        cli.run("join", room)
        peer.sync()
        return room

    def on_server(self, peer, room):
        """Bodies of the room's messages as the server has them, oldest first."""
        return [e["content"].get("body") for e in peer.history(room) if e["type"] == "m.room.message"]
