# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""A server, or people, who send nonsense: nothing crashes, nothing else is lost."""
import contextlib
import json

from harness import MatrixError, ServerCase
import suite

BIDI = "\u202eétranger\u202c \u2066x\u2069 \u200f"


class HostilePeople(ServerCase):
    def test_strange_messages(self):
        cli, bob = self.cli(), self.peer()
        room = self.shared_room(cli, bob)
        deep = {"a": 1}
        for _ in range(80):
            deep = {"a": deep}
        contents = [
            {}, {"msgtype": "m.text"}, {"body": 5, "msgtype": "m.text"}, {"body": "sans type"},
            {"msgtype": ["m.text"], "body": "type absurde"}, {"msgtype": "m.inconnu", "body": "inconnu"},
            {"msgtype": "m.image", "body": "image", "url": "javascript:alert(1)"},
            {"msgtype": "m.image", "body": "image", "url": "mxc://../../etc/passwd", "info": {"w": -1, "h": 9007199254740991}},
            {"msgtype": "m.file", "body": "../../../etc/passwd", "filename": "\u202egpj.exe", "url": 4},
            {"msgtype": "m.text", "body": "html", "format": "org.matrix.custom.html",
             "formatted_body": "<b>" * 3000 + "<script>alert(1)</script><img src=x onerror=y>" + "&#0;" * 50},
            {"msgtype": "m.text", "body": "relation", "m.relates_to": "non"},
            {"msgtype": "m.text", "body": "relation", "m.relates_to": {"rel_type": "m.replace", "event_id": "$rien"}},
            {"msgtype": "m.text", "body": "relation", "m.relates_to": {"m.in_reply_to": {"event_id": 12}}},
            {"msgtype": "m.text", "body": "profond", "x": deep}, {"msgtype": "m.text", "body": BIDI + "\u0000"},
            {"msgtype": "m.text", "body": "z" * 60000}, {"msgtype": "m.text", "body": "", "m.mentions": []},
            {"msgtype": "m.location", "geo_uri": "geo:fin", "body": "ici"}]
        accepted = 0
        for content in contents:
            with contextlib.suppress(MatrixError):  # Synapse itself refuses the worst
                bob.send_event(room, "m.room.message", content)
                accepted += 1
        self.assertGreater(accepted, 10)
        for type_, content in (("m.reaction", {"m.relates_to": {"rel_type": "m.annotation", "event_id": "$x", "key": "k" * 500}}),
                               ("m.reaction", {"m.relates_to": 4}), ("m.sticker", {}), ("org.example.inconnu", {"x": [[[]]]}),
                               ("m.room.encrypted", {"algorithm": "rot13"}), ("m.call.invite", {}), ("m.poll.start", {"q": 1})):
            with contextlib.suppress(MatrixError):
                bob.send_event(room, type_, content)
        bob.send(room, "le dernier")
        for sync in ("sliding", "v3"):
            with self.subTest(sync):
                cli.environment["CHAPPE_SYNC"] = sync
                lines = cli.run("timeline", room, "--limit", "200")
                on_server = {e["event_id"] for e in bob.history(room) if e["type"] == "m.room.message"}
                hidden = {e["event_id"] for e in bob.history(room)
                          if isinstance(e["content"].get("m.relates_to"), dict)
                          and e["content"]["m.relates_to"].get("rel_type") == "m.replace"}
                self.assertEqual(on_server - hidden - {line["event_id"] for line in lines}, set())
                self.assertEqual(lines[-1]["body"], "le dernier")

    def test_strange_state(self):
        cli, bob = self.cli(), self.peer()
        room = self.shared_room(cli, bob)
        for type_, content in (
                ("m.room.name", {"name": 7}), ("m.room.topic", {"topic": {"x": 1}}), ("m.room.avatar", {"url": []}),
                ("m.room.canonical_alias", {"alias": None}), ("m.room.pinned_events", {"pinned": "x"}),
                ("m.room.tombstone", {"replacement_room": 5}), ("m.room.name", {"name": BIDI + "n" * 5000})):
            with contextlib.suppress(MatrixError):
                bob.state(room, type_, content)
            shown = cli.rooms()[room]
            self.assertEqual(shown["membership"], "join")
        bob.state(room, "m.room.member", {"membership": "join", "displayname": BIDI + "d" * 200, "avatar_url": "x"},
                  key=bob.user)
        bob.send(room, "toujours là")
        self.assertIn("toujours là", cli.bodies(room))
        self.assertTrue(cli.run("members", room))

    def test_clock_skew(self):
        cli, bob = self.cli(), self.peer()
        room = self.shared_room(cli, bob)
        times = (0, 1, 253402300800000, 9007199254740991, 1700000000000)
        for number, ts in enumerate(times):
            self.server.bulk(room_id=room, batches=[{"events": [{
                "sender": bob.user, "type": "m.room.message", "ts": ts,
                "content": {"msgtype": "m.text", "body": f"message {number}"}}]}])
        self.assertEqual(cli.bodies(room), [f"message {n}" for n in range(len(times))])


class HostileServer(ServerCase):
    """Answers of sync that no server should give; afterwards all is well again."""

    def spoil(self, change, kind):
        cli, bob = self.cli(sync=kind), self.peer()
        room = self.shared_room(cli, bob)
        bob.send(room, "avant")
        cli.run("sync", "--once")
        bob.send(room, "pendant")
        rule = self.proxy.on(path="/sync", times=1).rewrite(lambda body: change(body, room))
        listening = cli.listen()
        self.proxy.wait(path="/sync", count=1)
        bob.send(room, "après")
        listening.wait_body("après")
        self.assertEqual(listening.stop(), 0)
        self.assertEqual(rule.used, 1)
        self.assertIn("après", cli.bodies(room))
        return cli, room

    def rooms_of(self, body):
        """The parts of either kind of answer that hold rooms."""
        rooms = body.get("rooms", {})
        return rooms.get("join", rooms) if isinstance(rooms.get("join", {}), dict) else {}

    def test_not_json_and_wrong_types(self):
        changes = {
            "no JSON": lambda body, room: b"{\"pos\": \xff\xfe",
            "a list": lambda body, room: b"[1, 2, 3]",
            "empty": lambda body, room: b"",
            "null": lambda body, room: b"null",
            "rooms is a list": lambda body, room: {**body, "rooms": [1, "x"]},
            "deep": lambda body, room: b'{"rooms":' * 5000 + b"1" + b"}" * 5000,
            "no token": lambda body, room: {k: v for k, v in body.items() if k not in ("pos", "next_batch")},
            "token is a number": lambda body, room: {**body, "pos": 4, "next_batch": 4},
            "token of a megabyte": lambda body, room: {**body, "pos": "p" * 10**6, "next_batch": "p" * 10**6}}
        for kind in ("sliding", "v3"):
            for name, change in changes.items():
                with self.subTest(f"{kind}: {name}"):
                    self.spoil(change, kind)

    def test_strange_events_are_skipped_alone(self):
        def change(body, room):
            for data in self.rooms_of(body).values():
                timeline = data.get("timeline")
                events = timeline["events"] if isinstance(timeline, dict) else timeline
                if events is not None:
                    events[0:0] = [
                        7, None, [], {}, {"type": 3}, {"type": "m.room.message"},
                        {"type": "m.room.message", "event_id": "x" * 70000, "sender": "@a:b", "content": {}},
                        {"type": "m.room.message", "event_id": "$z", "sender": 4, "content": "x",
                         "origin_server_ts": "hier"},
                        {"type": "m.room.member", "state_key": 3, "event_id": "$y", "sender": "@a:b", "content": []}]
            return body

        for kind in ("sliding", "v3"):
            with self.subTest(kind):
                cli, room = self.spoil(change, kind)
                self.assertEqual(cli.bodies(room)[-3:], ["avant", "pendant", "après"])

    def test_huge_answer(self):
        def change(body, room):
            return {**body, "remplissage": ["x" * 1000] * 30000}

        for kind in ("sliding", "v3"):
            with self.subTest(kind):
                cli, room = self.spoil(change, kind)
                self.assertEqual(cli.bodies(room)[-3:], ["avant", "pendant", "après"])

    def test_foreign_rooms_and_ids(self):
        def change(body, room):
            for name in ("", "pas un salon", "!x", "!" + "x" * 300 + ":y", "!a:b\u202e"):
                self.rooms_of(body)[name] = json.loads(json.dumps(
                    {"name": "Intrus", "timeline": {"events": []} if "next_batch" in body else []}))
            return body

        for kind in ("sliding", "v3"):
            with self.subTest(kind):
                cli, room = self.spoil(change, kind)
                self.assertEqual(cli.bodies(room)[-1], "après")

    def test_bad_pages_of_history(self):
        cli, bob = self.cli(), self.peer()
        room = self.shared_room(cli, bob)
        for number in range(60):
            bob.send(room, f"message {number}")
        for name, change in {
                "chunk is no list": lambda body: {**body, "chunk": "x"},
                "no chunk": lambda body: {"end": "t1"}, "no JSON": lambda body: b"<html>",
                "end is a number": lambda body: {**body, "chunk": [], "end": 5},
                "end of a megabyte": lambda body: {**body, "end": "t" * 10**6}}.items():
            with self.subTest(name):
                self.proxy.on(path="/messages", times=1).rewrite(change)
                cli.run("timeline", room, "--limit", "100")
                self.proxy.clear()
        self.assertEqual(cli.bodies(room, 100), [f"message {n}" for n in range(60)])

    def test_pages_that_never_end(self):
        cli, bob = self.cli(), self.peer()
        room = self.shared_room(cli, bob)
        for number in range(40):
            bob.send(room, f"message {number}")
        self.proxy.on(path="/messages").rewrite(lambda body: {**body, "chunk": [], "end": "t1-1_0_0"})
        cli.run("timeline", room, "--limit", "100")
        self.assertLess(self.proxy.count(path="/messages"), 60)


if __name__ == "__main__":
    suite.main()
