# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""What the tests with the independent client share: one homeserver and one JavaScript process a class.

A scenario is written for two seats and played by classes made with `played_by`: our client against the
independent one, the reverse, and the independent one against itself, which proves the scenario.
"""
import base64
import os
import sys
import time

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), name) for name in ("homeserver", "integration")]
from harness import PASSWORD, ServerCase  # noqa: E402
from raw import RawDevice  # noqa: E402
from peer import JsPeer, NoPeer, packages  # noqa: E402
from seats import SEATS, WAIT  # noqa: E402
import suite  # noqa: E402

MEGOLM = "m.megolm.v1.aes-sha2"


class InteropCase(ServerCase):
    """A class of tests on one homeserver and one JavaScript process."""

    first, second = "js", "js"  # the seats, by kind

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.js = JsPeer()
        cls.addClassCleanup(cls.js.close)

    def seat(self, kind, name, login=None, **more):
        """A new device of a new account, or of an account that exists."""
        return SEATS[kind](self, login or self.user(name), self.proxy.base, **more)

    def alice(self, **more):
        return self.seat(self.first, "alice", **more)

    def bob(self, **more):
        return self.seat(self.second, "bob", **more)

    def another(self, seat, kind=None, **more):
        """One more device of the same account, not part of its identity yet."""
        return self.seat(kind or seat.kind, "", login=seat.login, device_name="autre", signed=False, **more)

    def raw(self, name="raoul", login=None, **more):
        """A device driven by hand, its keys published."""
        return RawDevice(self.server.login(login or self.user(name), PASSWORD), PASSWORD).publish(**more)

    def host(self):
        """A person without any keys, who makes rooms of every kind and steers them."""
        return self.peer("hote")

    def room(self, *seats, host=None, history=None, rotation=None, public=False, stay=False, **more):
        """An encrypted room that the seats have joined.  It was made by a host, who leaves it unless
        stay: the seats may do everything in it."""
        host = host or self.host()
        state = [{"type": "m.room.encryption", "content": {"algorithm": MEGOLM, **(rotation or {})}}]
        if history:
            state.append({"type": "m.room.history_visibility", "content": {"history_visibility": history}})
        room = host.create_room("Salon", invite=[s.user for s in seats], public=public, initial_state=state,
                                power_level_content_override={
                                    "users": {host.user: 100, **{s.user: 100 for s in seats}}}, **more)
        for seat in seats:
            seat.join(room)
        if not stay:
            host.leave(room)
        for seat in seats:
            for other in seats:
                if seat is not other or len(seats) == 1:
                    seat.wait_member(room, other)
            if not stay and seat.kind == "js":
                seat.js.wait_membership(room=room, user=host.user, membership="leave")
        return room

    # -- judgements

    def assert_reads(self, seat, room, event_id, body):
        message = seat.message(room, event_id)
        self.assertEqual((message["body"], message["failure"]), (body, None), message)
        self.assertTrue(message["decrypted"], message)
        return message

    def assert_unreadable(self, seat, room, event_id, *failures):
        deadline = time.monotonic() + WAIT
        message = seat.message(room, event_id, wait=2)
        while not message["body"] and message["failure"] not in failures and time.monotonic() < deadline:
            message = seat.message(room, event_id, wait=2)  # the reason is told by itself, and later
        self.assertIsNone(message["body"], message)
        self.assertIn(message["failure"], failures)
        return message

    def talk(self, a, b, room):
        """Both say something and both read it."""
        for one, other in ((a, b), (b, a)):
            body = f"{one.kind} à {other.kind} dans {room}"
            self.assert_reads(other, room, one.send(room, body), body)

    def on_wire(self, room, observer):
        """The encrypted events as the server has them, oldest first; observer has joined the room."""
        return [e for e in observer.history(room) if e["type"] == "m.room.encrypted"]


def played_by(scenario, pairs, names):
    """Puts a class per pair of seats into the module's names: Messages → MessagesCliJs, …"""
    for first, second in pairs:
        name = scenario.__name__ + first.capitalize() + second.capitalize()
        names[name] = type(name, (scenario, InteropCase), {"first": first, "second": second, "__module__": names["__name__"]})


EVERY_PAIR = (("cli", "js"), ("js", "cli"), ("js", "js"))


def message_index(content):
    """The ratchet index that a Megolm ciphertext was made with."""
    data = base64.b64decode(content["ciphertext"] + "===")
    if data[:2] != b"\x03\x08":
        raise ValueError("not a Megolm message")
    index = shift = 0
    for byte in data[2:]:
        index |= (byte & 0x7f) << shift
        shift += 7
        if byte < 0x80:
            return index
    raise ValueError("cut off")


def session_of(event):
    return event["content"]["session_id"]


def main():
    try:
        packages()
    except NoPeer as reason:
        print("skipped:", reason)
        sys.exit(77)
    suite.main()


__all__ = ["EVERY_PAIR", "InteropCase", "MEGOLM", "PASSWORD", "WAIT", "main", "message_index", "played_by", "session_of"]
