# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""Two clients behind one interface, so that a scenario can be played with either in either seat.

A Seat is one signed-in device: CliSeat is ours, driven by chappe-cli, JsSeat the independent client.
What a seat shows of a message is a dictionary: event_id, sender, body (None when unreadable), failure
(None, or one of FAILURES), trust (None, "grey" or "red") and reason.
"""
import contextlib
import json
import os
import time

from harness import PASSWORD, Cli, Refused
from peer import PeerError

# What our client calls the failures that matrix-js-sdk calls so.
FAILURES = {
    "MEGOLM_UNKNOWN_INBOUND_SESSION_ID": "no_key", "MEGOLM_KEY_WITHHELD": "withheld",
    "MEGOLM_KEY_WITHHELD_FOR_UNVERIFIED_DEVICE": "withheld_unverified",
    "OLM_UNKNOWN_MESSAGE_INDEX": "index_too_early", "HISTORICAL_MESSAGE_USER_NOT_JOINED": "before_join",
    "HISTORICAL_MESSAGE_NO_KEY_BACKUP": "no_key", "HISTORICAL_MESSAGE_BACKUP_UNCONFIGURED": "backup_not_connected",
    "HISTORICAL_MESSAGE_WORKING_BACKUP": "no_key", "UNKNOWN_SENDER_DEVICE": "unknown_device",
    "UNKNOWN_ERROR": "bad_message",
}
COLOURS = {0: None, 1: "grey", 2: "red"}
WAIT = 120  # seconds for something that another client just did


class JsSeat:
    """The independent client."""

    kind = "js"

    def __init__(self, case, login, base, device_name="js", signed=True):
        self.case, self.login, self.base, self.code = case, login, base, None
        self.js = case.js.login(base, login, PASSWORD, device_name=device_name)
        case.addCleanup(self.close)
        self.user, self.device, self.token = self.js.user, self.js.device, self.js.token
        self.ed25519, self.curve25519 = self.js.ed25519, self.js.curve25519
        if signed:
            self.js.cross_sign()

    def close(self):
        if self.js:
            self.js.forget()
            self.js = None

    def sync(self):
        """It syncs by itself."""

    # -- rooms

    def create_room(self, invite=(), **more):
        room = self.js.create_room(invite=[seat.user for seat in invite], **more)["room_id"]
        self.js.wait_state(room=room, type="m.room.encryption", match={}, timeout=WAIT)
        return room

    def invite(self, room, seat):
        self.js.invite(room=room, user=seat.user)

    def join(self, room):
        self.js.join(room=room)

    def leave(self, room):
        self.js.leave(room=room)

    def wait_member(self, room, seat, membership="join"):
        self.js.wait_membership(room=room, user=seat.user, membership=membership, timeout=WAIT)

    def rotate(self, room):
        self.js.rotate(room=room)

    # -- messages

    def send(self, room, body):
        return self.js.send(room, body)

    def send_file(self, room, data, name="pièce.bin"):
        return self.js.send_bytes(room, data, name=name)

    def download(self, room, event):
        return self.js.file(room, event)[0]

    def message(self, room, event_id, wait=WAIT):
        """What it shows of this event; an unreadable one after waiting for its key."""
        told = self.js.get_event(room=room, event=event_id, wait=wait * 1000)
        shield = told.get("shield") or {}
        failure = told.get("failure")
        return {"event_id": told["event_id"], "sender": told["sender"], "type": told["type"],
                "body": None if failure else told["body"], "decrypted": told["encrypted"] and not failure,
                "failure": FAILURES.get(failure, failure), "trust": COLOURS[shield.get("colour") or 0],
                "reason": shield.get("reason")}

    # -- keys

    def devices(self, seat):
        """{device id: {"ed25519", "trust"}} of that user as it knows them."""
        return {d["device_id"]: {"ed25519": d["ed25519"], "trust": (
            "verified" if d["verified"] else "cross-signed" if d["signed_by_owner"] else "unverified")}
            for d in self.js.devices(user=seat.user)}

    def setup_recovery(self):
        """The code; the account has an identity and a backup then."""
        self.code = self.code or self.js.bootstrap()["recovery_key"]
        return self.code

    def restore(self, code):
        """Connects the device by the account's recovery code; how many keys came."""
        return self.js.recover(recovery_key=code)["imported"]

    def withhold(self, seat):
        """From now on that device gets no keys."""
        self.js.block(user=seat.user, device=seat.device)

    def wait_backup(self, count):
        self.js.wait_backup(count=count, timeout=WAIT)

    def export_keys(self, passphrase):
        """The text of an export file."""
        return self.js.export_file(passphrase=passphrase)["text"]

    def import_keys(self, text, passphrase):
        return self.js.import_file(text=text, passphrase=passphrase)["imported"]

    def verify(self):
        return JsVerification(self)


class JsVerification:
    """One verification in the independent client's seat; the steps block until they are possible."""

    def __init__(self, seat):
        self.js, self.vid = seat.js, None

    def request(self, seat, room=None):
        """Of another user in a room, or of a device of the same user."""
        arguments = {"user": seat.user, "room": room} if room else {"user": seat.user, "device": seat.device}
        self.vid = self.js.verify_request(**arguments)["vid"]

    def accept(self, seat, room=None):
        self.vid = self.js.verify_incoming(user=seat.user, room=room, timeout=WAIT)["vid"]
        self.js.verify_accept(vid=self.vid)

    def start(self):
        self.js.verify_start(vid=self.vid, timeout=WAIT)

    def emoji(self):
        """([symbol], [number]): seven emoji and three numbers."""
        shown = self.js.verify_emoji(vid=self.vid, timeout=WAIT)
        return shown["emoji"], shown["decimal"]

    def confirm(self):
        self.js.verify_confirm(vid=self.vid)

    def mismatch(self):
        self.js.verify_mismatch(vid=self.vid)

    def cancel(self):
        self.js.verify_cancel(vid=self.vid)

    def wait_done(self):
        self.js.verify_wait(vid=self.vid, phase="Done", timeout=WAIT)

    def wait_cancelled(self):
        """The code of the cancellation."""
        return self.js.verify_wait(vid=self.vid, phase="Cancelled", timeout=WAIT)["cancel_code"]

    def close(self):
        pass


class CliSeat:
    """Ours.  Each verb is a process that owns the profile while it runs, so only one runs at a time."""

    kind = "cli"

    def __init__(self, case, login, base, device_name="cli", sync=None, signed=True, deployment=None,
                 environment=None):
        self.case, self.login, self.base, self.code = case, login, base, None
        self.cli = Cli(case, sync)
        self.cli.environment.update(environment or {})
        if deployment:
            self.cli.options = ["--deployment", deployment]
        told = self.cli.login(base, login, PASSWORD, "--device-name", device_name)
        self.user, self.device = told["user_id"], told["device_id"]
        self.sync()  # its keys are on the server when this ends
        published = self.published()
        self.token = published.token
        keys = published.body["device_keys"]["keys"]
        self.ed25519, self.curve25519 = keys[f"ed25519:{self.device}"], keys[f"curve25519:{self.device}"]
        if signed:
            self.setup_recovery()

    def published(self):
        """The request by which it published its keys."""
        for request in self.case.proxy.find("POST", "/keys/upload"):
            if (request.body.get("device_keys") or {}).get("device_id") == self.device:
                return request
        raise LookupError(f"{self.device} never published its keys")

    def close(self):
        self.cli.close()

    @contextlib.contextmanager
    def ahead(self, seconds):
        """Its clock goes so much before the others'."""
        before = dict(self.cli.environment)
        self.cli.environment |= {"LD_PRELOAD": os.environ["CHAPPE_OTHER_CLOCK"], "CHAPPE_CLOCK_AHEAD": str(seconds)}
        if "ASAN_OPTIONS" in before:
            self.cli.environment["ASAN_OPTIONS"] += ":verify_asan_link_order=0"
        yield
        self.cli.environment = before

    def sync(self):
        self.cli.run("sync", "--once")

    def status(self):
        return self.cli.one("encryption", "status")

    # -- rooms

    def create_room(self, invite=(), name="Salon", direct=False):
        options = [word for seat in invite for word in ("--invite", seat.user)] + ["--direct"] * direct
        return self.cli.one("create-room", "--name", name, "--encrypted", *options)["room_id"]

    def invite(self, room, seat):
        self.cli.run("invite", room, seat.user)

    def join(self, room):
        self.sync()
        self.cli.run("join", room)

    def leave(self, room):
        self.cli.run("leave", room)

    def wait_member(self, room, seat, membership="join"):
        """Its verbs sync before they look, so nothing has to be waited for."""
        self.sync()

    def rotate(self, room):
        self.cli.run("rotate", room)

    # -- messages

    def send(self, room, body):
        return self.cli.one("send", room, body)["event_id"]

    def send_file(self, room, data, name="pièce.bin"):
        path = os.path.join(self.cli.scratch, name)
        with open(path, "wb") as file:
            file.write(data)
        return self.cli.one("send-file", room, path)["event_id"]

    def download(self, room, event):
        path = os.path.join(self.cli.scratch, f"reçu-{time.monotonic_ns()}")
        self.cli.run("download", room, event, path)
        with open(path, "rb") as file:
            return file.read()

    def message(self, room, event_id, wait=WAIT):
        """What it shows of this event; an unreadable one after waiting for its key."""
        deadline = time.monotonic() + wait
        while True:
            line = next((line for line in self.cli.run("timeline", room, "--limit", "200")
                         if line.get("event_id") == event_id), None)
            failure = line and line.get("utd_reason")
            if line and not failure or time.monotonic() > deadline:
                break
        if not line:
            raise AssertionError(f"{event_id} is not in the timeline")
        return {"event_id": event_id, "sender": line["sender"], "type": line["type"],
                "body": None if failure else line.get("body"), "decrypted": line.get("decrypted", False),
                "failure": failure, "trust": line.get("trust"), "reason": line.get("trust_reason")}

    # -- keys

    def devices(self, seat):
        return {line["device_id"]: line for line in self.cli.run("devices", seat.user)}

    def setup_recovery(self):
        self.code = self.code or self.cli.one("recovery", "setup")["recovery_code"]
        return self.code

    def restore(self, code):
        last = self.cli.run("recovery", "restore", "--code-stdin", stdin=code + "\n")[-1]
        assert last.get("done"), last
        return last["imported"]

    def wait_backup(self, count):
        deadline = time.monotonic() + WAIT
        while (backup := self.status()["backup"])["keys"] < count or backup["pending"]:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{count} keys in the backup: {backup}")
            self.sync()

    def export_keys(self, passphrase):
        path = os.path.join(self.cli.scratch, f"clés-{time.monotonic_ns()}.txt")
        self.cli.run("keys", "export", path, "--passphrase-stdin", stdin=passphrase + "\n")
        with open(path, encoding="ascii") as file:
            return file.read()

    def import_keys(self, text, passphrase):
        path = os.path.join(self.cli.scratch, f"clés-{time.monotonic_ns()}.txt")
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        return self.cli.run("keys", "import", path, "--passphrase-stdin", stdin=passphrase + "\n")[-1]["imported"]

    def verify(self):
        return CliVerification(self)


class CliVerification:
    """One verification in our seat: the dialogue of `verify --interactive`."""

    def __init__(self, seat):
        self.seat, self.running = seat, None

    def request(self, seat, room=None):
        """In the conversation with another user, which it finds or makes by itself."""
        device = [seat.device] if seat.user == self.seat.user else []
        self._begin("verify", "--interactive", seat.user, *device)

    def listen(self):
        """Waits for requests from now on."""
        if not self.running:
            self._begin("verify", "--interactive")

    def next_request(self):
        self.listen()
        return self._event("request")

    def accept(self, seat, room=None):
        self.listen()
        self._event("request", user=seat.user)
        self._command("accept")

    def start(self):
        self._event("ready")

    def emoji(self):
        shown = self._event("emoji")
        return [each["symbol"] for each in shown["emoji"]], shown["decimals"]

    def confirm(self):
        self._command("confirm")

    def mismatch(self):
        self._command("mismatch")

    def cancel(self):
        self._command("cancel")

    def wait_done(self):
        self._event("done")
        self.close()

    def wait_cancelled(self):
        reason = self._event("cancelled")["reason"]
        self.close()
        return reason

    def close(self):
        if self.running:
            self.running.stop()
            self.running = None

    def _begin(self, *arguments):
        self.running = self.seat.cli.start(*arguments, dialogue=True)

    def _command(self, word):
        self.running.write(json.dumps({"command": word}))

    def _event(self, name, **more):
        return self.running.wait_line(lambda line: line.get("event") == name and
                                      all(line.get(key) == value for key, value in more.items()))


SEATS = {"cli": CliSeat, "js": JsSeat}
REFUSALS = (PeerError, Refused)
