# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""Drives the independent JavaScript client (peer/peer.mjs: matrix-js-sdk, Rust cryptography).

    with JsPeer() as peer:
        bob = peer.login(server.base, "bob", "mot de passe")
        bob.send_text(room=room, body="bonjour")

One process holds many devices.  A device's methods are the commands of peer/commands.mjs with their
arguments by keyword; a refused command raises PeerError.  bob.later("join", room=room) returns at once
a function that waits for the answer.  $CHAPPE_PEER_PACKAGES holds the packages of its lock file,
$CHAPPE_SERVER_ROOT the Node that runs it.
"""
import base64
import itertools
import json
import os
import queue
import subprocess
import sys
import threading

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "homeserver"))
from homeserver import server_root  # noqa: E402

TIMEOUT = 240  # seconds for one command


class NoPeer(Exception):
    """The peer's packages are not on this machine."""


class PeerError(Exception):
    def __init__(self, command, answer):
        self.errcode, self.status = answer.get("errcode"), answer.get("status")
        super().__init__(f"{command}: {answer['error']}")


def packages():
    folder = os.environ.get("CHAPPE_PEER_PACKAGES")
    if not folder or not os.path.isdir(os.path.join(folder, "node_modules", "matrix-js-sdk")):
        raise NoPeer("no packages for the JavaScript peer: run './dev setup'")
    return folder


def sandbox(*command):
    """The command inside the server's root, the peer's sources and packages at hand, without a file
    system to write to."""
    root = server_root()
    links = []
    for name in ("bin", "sbin", "lib", "lib64", "lib32"):
        if os.path.islink(f"{root}/{name}"):
            links += ["--symlink", os.readlink(f"{root}/{name}"), f"/{name}"]
    log = os.environ.get("CHAPPE_PEER_LOG")
    return ["bwrap", "--die-with-parent", "--unshare-pid", "--as-pid-1", "--ro-bind", f"{root}/usr", "/usr",
            "--ro-bind", f"{root}/etc", "/etc", *links, "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp",
            "--ro-bind", os.path.join(HERE, "peer"), "/mnt/peer",
            "--ro-bind", os.path.join(packages(), "node_modules"), "/mnt/node_modules",
            *(["--bind", os.path.dirname(log), os.path.dirname(log)] if log else []),
            "--chdir", "/mnt/peer", "--clearenv", "--setenv", "PATH", "/usr/bin:/bin",
            "--setenv", "LC_ALL", "C.UTF-8", "--setenv", "HOME", "/tmp",
            *(["--setenv", "CHAPPE_PEER_LOG", log] if log else []), "--", *command]


class JsPeer:
    """The process."""

    def __init__(self):
        self.process = subprocess.Popen(sandbox("node", "--no-warnings", "peer.mjs"), stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        encoding="utf-8", bufsize=1)
        self.numbers, self.waiting, self.lock = itertools.count(1), {}, threading.Lock()
        self.ended = False
        self.told = []  # what it said unasked, and what it wrote to stderr
        threading.Thread(target=self._read, daemon=True).start()
        threading.Thread(target=self._read_errors, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Ends it; all its devices are gone for good."""
        if self.process.poll() is None:
            self.process.stdin.close()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def _read(self):
        for line in self.process.stdout:
            message = json.loads(line)
            waiter = self.waiting.pop(message.get("id"), None)
            if waiter:
                waiter.put(message)
            else:
                self.told.append(message)
        with self.lock:
            self.ended = True
            waiters, self.waiting = list(self.waiting.values()), {}
        for waiter in waiters:
            waiter.put({"ok": False, "error": f"the peer ended: {self.told[-5:]}"})

    def _read_errors(self):
        for line in self.process.stderr:
            self.told.append(line.rstrip("\n"))

    def start(self, cmd, as_, arguments):
        """Gives a command; returns a function that waits for its result."""
        answer = queue.Queue()
        with self.lock:
            if self.ended:
                raise PeerError(cmd, {"error": f"the peer ended: {self.told[-5:]}"})
            number = next(self.numbers)
            self.waiting[number] = answer
            self.process.stdin.write(json.dumps({"id": number, "cmd": cmd, "as": as_, **arguments}) + "\n")
            self.process.stdin.flush()

        def result(timeout=TIMEOUT):
            try:
                message = answer.get(timeout=timeout)
            except queue.Empty:
                raise TimeoutError(f"{as_}: {cmd} took more than {timeout} s") from None
            if not message["ok"]:
                raise PeerError(cmd, message)
            return message["result"]
        return result

    def login(self, base, user, password, **more):
        """A new device of the user's: see Session.login in peer/session.mjs."""
        return JsDevice(self, base, user, password, more)


class JsDevice:
    """One signed-in device; commands are methods."""

    numbers = itertools.count(1)

    def __init__(self, peer, base, user, password, more):
        self.peer, self.name = peer, f"{user}#{next(JsDevice.numbers)}"
        told = self.later("login", base=base, user=user, password=password, **more)()
        self.user, self.device, self.token = told["user_id"], told["device_id"], told["access_token"]
        self.ed25519, self.curve25519 = told.get("ed25519"), told.get("curve25519")

    def __repr__(self):
        return f"<JsDevice {self.user} {self.device}>"

    def later(self, command, **arguments):
        return self.peer.start(command, self.name, arguments)

    def __getattr__(self, command):
        if command.startswith("_"):
            raise AttributeError(command)
        return lambda timeout=None, **arguments: self.later(
            command, **arguments, **({"timeout": int(timeout * 1000)} if timeout else {}))()

    # -- for convenience

    def send(self, room, body, **more):
        return self.send_text(room=room, body=body, **more)["event_id"]

    def wait_body(self, room, body, timeout=60):
        """The live event with this text, decrypted."""
        return self.wait_event(match={"room_id": room, "body": body}, timeout=timeout)

    def file(self, room, event, thumbnail=False):
        """The decrypted bytes of the event's file and its content."""
        answer = self.fetch_file(room=room, event=event, thumbnail=thumbnail)
        return base64.b64decode(answer["data"]), answer["content"]

    def send_bytes(self, room, data, **more):
        return self.send_file(room=room, data=base64.b64encode(data).decode(), **more)["event_id"]
