# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""What the server says is what the profile shows: with both kinds of sync, and when they change."""
import time
import unittest

from harness import ServerCase
from client import quote
import ministry
from homeserver import Homeserver
from harness import Cli, Proxy
import suite

SLIDING = "simplified_msc3575/sync"
NOT_THERE = (404, {"errcode": "M_UNRECOGNIZED", "error": "Unrecognized request"})


def message_events(history):
    return [e for e in history if e["type"] == "m.room.message"]


class BothKinds:
    """Every test of this class runs with each kind of sync."""

    sync = None

    def cli(self, name="alice", sync=None):
        return super().cli(name, sync or self.sync)

    def test_uses_this_kind(self):
        cli = self.cli()
        cli.run("sync", "--once")
        self.assertEqual(self.proxy.count(path=SLIDING) > 0, self.sync == "sliding")
        self.assertEqual(self.proxy.count(path="/v3/sync") > 0, self.sync == "v3")

    def test_names(self):
        cli, bob, carol = self.cli(), self.peer("bob"), self.peer("carol")
        named = self.shared_room(cli, bob, "Projet Écluse")
        direct = self.shared_room(cli, bob, None, direct=True)
        group = bob.create_room(None, invite=[cli.user, carol.user])
        carol.join(group)
        alias = self.user("salon")
        aliased = self.shared_room(cli, bob, None, room_alias_name=alias)
        cli.run("join", group)
        cli.run("sync", "--once")
        rooms = cli.rooms()
        self.assertEqual(rooms[named]["name"], "Projet Écluse")
        self.assertEqual(rooms[direct]["name"], "Bob")
        self.assertIn("Bob", rooms[group]["name"])
        self.assertIn("Carol", rooms[group]["name"])
        self.assertEqual(rooms[aliased]["name"], f"#{alias}:ministere.test")
        bob.state(named, "m.room.name", {"name": "Projet Barrage"})
        self.assertEqual(cli.rooms()[named]["name"], "Projet Barrage")

    def test_invitation_join_leave_and_kick(self):
        cli, bob = self.cli(), self.peer()
        first, second, third = (bob.create_room(f"Salon {n}", invite=[cli.user]) for n in range(3))
        rooms = cli.rooms()
        self.assertEqual([rooms[r]["membership"] for r in (first, second, third)], ["invite"] * 3)
        self.assertEqual(rooms[first]["inviter"], bob.user)
        self.assertEqual(rooms[first]["name"], "Salon 0")
        cli.run("join", first)
        cli.run("join", third)
        cli.run("leave", second)
        self.assertEqual({m["state_key"]: m["content"]["membership"] for m in bob.members(second)}[cli.user], "leave")
        bob.send(third, "à bientôt")
        self.assertEqual(cli.rooms()[third]["membership"], "join")
        bob.kick(third, cli.user)
        rooms = cli.rooms()
        self.assertEqual(rooms[first]["membership"], "join")
        self.assertNotEqual(rooms.get(second, {}).get("membership"), "invite")
        self.assertNotEqual(rooms.get(third, {}).get("membership"), "join")
        bob.invite(third, cli.user)
        self.assertEqual(cli.rooms()[third]["membership"], "invite")
        cli.run("join", third)
        bob.send(third, "te revoilà")
        self.assertIn("te revoilà", cli.bodies(third))

    def test_create_and_invite(self):
        cli, bob = self.cli(), self.peer()
        room = cli.one("create-room", "--name", "Créé ici", "--invite", bob.user)["room_id"]
        self.assertIn(room, bob.sync()["rooms"]["invite"])
        bob.join(room)
        carol = self.peer("carol")
        cli.run("invite", room, carol.user)
        self.assertIn(room, carol.sync()["rooms"]["invite"])
        public = cli.one("create-room", "--name", "Ouvert", "--public")["room_id"]
        carol.join(public)
        rooms = cli.rooms()
        self.assertEqual((rooms[room]["kind"], rooms[public]["kind"]), ("room", "public"))
        members = {m["user_id"]: m["membership"] for m in cli.run("members", room)}
        self.assertEqual(members, {cli.user: "join", bob.user: "join", carol.user: "invite"})

    def test_left_and_invited_again_between_two_syncs(self):
        """Synapse has the room in both sections of its answer."""
        cli, bob = self.cli(), self.peer()
        room, other = self.shared_room(cli, bob), self.shared_room(cli, bob)
        own = self.server.login(cli.login_name, "télégraphe")
        own.leave(room)
        bob.invite(room, cli.user)
        bob.kick(other, cli.user)
        bob.invite(other, cli.user)
        own.join(other)
        bob.send(other, "te revoilà")
        rooms = cli.rooms()
        self.assertEqual(rooms[room]["membership"], "invite")
        self.assertEqual(rooms[other]["membership"], "join")
        self.assertEqual(cli.bodies(other), ["te revoilà"])
        told = [line["event_id"] for line in cli.run("timeline", other, "--limit", "100") if line.get("event_id")]
        order = [event["event_id"] for event in bob.history(other)]
        self.assertEqual(told, [event for event in order if event in told])

    def test_upgrade(self):
        cli, bob = self.cli(), self.peer()
        old = self.shared_room(cli, bob)
        bob.send(old, "dans l’ancien")
        new = bob.upgrade(old)
        rooms = cli.rooms()
        self.assertEqual(rooms[old]["successor"], new)
        self.assertIn("dans l’ancien", cli.bodies(old))

    def test_counts_are_those_of_the_server(self):
        cli, bob, carol = self.cli(), self.peer(), self.peer("carol")
        plain, mentioned, read, quiet, reacted, edited = (
            self.shared_room(cli, bob, f"Salon {n}") for n in range(6))
        direct = self.shared_room(cli, bob, None, direct=True)
        own = self.server.login(cli.login_name, "télégraphe")
        own.sync()
        own.account_data("m.direct", {bob.user: [direct]})
        own.call("PUT", f"pushrules/global/room/{quote(quiet)}", {"actions": ["dont_notify"]})
        for number in range(3):
            bob.send(plain, f"non lu {number}")
        bob.mention(mentioned, cli.user, "pour toi")
        bob.send(mentioned, "et ceci")
        last = bob.send(read, "lu ailleurs")
        own.read(read, last)
        bob.send(quiet, "sans bruit")
        event = bob.send(reacted, "avec réaction")
        bob.react(reacted, event)
        bob.edit(edited, bob.send(edited, "une faute"), "sans faute")
        bob.send_event(edited, "m.room.message", {"msgtype": "m.notice", "body": "un automate"})
        bob.send(direct, "bonjour")
        bob.invite(plain, carol.user)
        expected = {room: data["unread_notifications"] for room, data in own.sync()["rooms"]["join"].items()}
        rooms = cli.rooms()
        for name, room in (("plain", plain), ("mentioned", mentioned), ("read", read), ("quiet", quiet),
                           ("reacted", reacted), ("edited", edited), ("direct", direct)):
            wanted = expected.get(room, {"notification_count": 0, "highlight_count": 0})
            with self.subTest(name):
                self.assertEqual((rooms[room]["unread"], rooms[room]["highlight"]),
                                 (wanted["notification_count"], wanted["highlight_count"]))
        own.read(plain, bob.send(plain, "dernier"))
        self.assertEqual(cli.rooms()[plain]["unread"], 0)
        cli.run("send", mentioned, "je réponds")
        self.assertEqual(cli.rooms()[mentioned]["unread"], 0)

    def test_gap_is_filled_in_order(self):
        cli, bob = self.cli(), self.peer()
        room = self.shared_room(cli, bob)
        for number in range(5):
            bob.send(room, f"avant {number}")
        cli.run("sync", "--once")
        for number in range(70):
            bob.send(room, f"absent {number}")
        cli.run("sync", "--once")
        for number in range(40):
            bob.send(room, f"encore absent {number}")
        shown = cli.run("timeline", room, "--limit", "400")
        ids = [line["event_id"] for line in shown]
        self.assertEqual(len(ids), len(set(ids)))
        self.assertEqual([line["body"] for line in shown if line["type"] == "m.room.message"],
                         self.on_server(bob, room))
        everything = [e["event_id"] for e in bob.history(room)]
        self.assertEqual([i for i in everything if i in set(ids)], ids)

    def test_replies_reactions_edits_redactions(self):
        cli, bob = self.cli(), self.peer()
        room = self.shared_room(cli, bob)
        first = bob.send(room, "question")
        bob.reply(room, first, "réponse")
        for _ in range(2):
            bob.react(room, first, "👍") if _ == 0 else bob.react(room, first, "🎉")
        typo = bob.send(room, "ereur")
        bob.edit(room, typo, "erreur")
        gone = bob.send(room, "à oublier")
        cli.run("sync", "--once")
        self.assertIn("à oublier", cli.bodies(room))
        bob.redact(room, gone, "trop tôt")
        withdrawn = bob.react(room, typo, "😕")
        bob.redact(room, withdrawn)
        lines = {line["event_id"]: line for line in cli.run("timeline", room)}
        self.assertEqual(lines[first]["reactions"], {"👍": 1, "🎉": 1})
        self.assertTrue(lines[typo]["edited"])
        self.assertEqual(lines[typo]["body"], "erreur")
        self.assertNotIn("reactions", lines[typo])
        self.assertTrue(lines[gone]["redacted"])
        self.assertNotIn("à oublier", str(lines))
        answer = next(line for line in lines.values() if line["body"] == "réponse")
        self.assertEqual(answer["relates_to"]["m.in_reply_to"]["event_id"], first)

    def test_listen_hears_everything_once(self):
        cli, bob = self.cli(), self.peer()
        room = self.shared_room(cli, bob)
        listening = cli.listen()
        bob.send(room, "début")
        listening.wait_body("début")
        for number in range(60):
            bob.send(room, f"message {number}")
        later = bob.create_room("Plus tard", invite=[cli.user])
        self.assertTrue(later)
        bob.send(room, "fin")
        listening.wait_body("fin")
        self.assertEqual(listening.stop(), 0)
        heard = [line["body"] for line in listening.lines if line["type"] == "m.room.message"]
        self.assertEqual(heard, ["début", *(f"message {n}" for n in range(60)), "fin"])
        self.assertEqual(cli.rooms("--offline")[later]["membership"], "invite")

    def test_long_history(self):
        cli, bob = self.cli(), self.peer()
        room = self.shared_room(cli, bob)
        events = [{"sender": bob.user, "type": "m.room.message",
                   "content": {"msgtype": "m.text", "body": f"message {n}"}} for n in range(5000)]
        for first in range(0, 5000, 1000):
            self.server.bulk(room_id=room, batches=[{"events": events[first:first + 1000], "quiet": True}])
        bob.send(room, "le dernier")
        bodies = cli.bodies(room, 6000)
        self.assertEqual(bodies, [*(f"message {n}" for n in range(5000)), "le dernier"])
        began = time.monotonic()
        self.assertEqual(cli.bodies(room, 50, "--offline"), bodies[-50:])
        self.assertLess(time.monotonic() - began, 240)

    def test_faults_while_listening_lose_nothing(self):
        cli, bob = self.cli(), self.peer()
        room = self.shared_room(cli, bob)
        listening = cli.listen()
        faults = [lambda rule: rule.answer(502, "<h1>Bad gateway</h1>"), lambda rule: rule.cut_after(),
                  lambda rule: rule.truncate(200), lambda rule: rule.cut_before(),
                  lambda rule: rule.rewrite(lambda body: b'{"next_batch":'),
                  lambda rule: rule.answer(200, "<html>Identifiez-vous</html>", {"Content-Type": "text/html"}),
                  lambda rule: rule.answer(302, "", {"Location": "http://127.0.0.1:9/portail"}),
                  lambda rule: rule.delay(2),
                  lambda rule: rule.answer(429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 300},
                                           {"Retry-After": "1"})]
        for number, fault in enumerate(faults):
            fault(self.proxy.on(path="/sync", times=1))
            bob.send(room, f"message {number}")
            listening.wait_body(f"message {number}")
        with self.proxy.offline():
            bob.send(room, "hors ligne")
        listening.wait_body("hors ligne")
        self.assertEqual(listening.stop(), 0)
        wanted = [*(f"message {n}" for n in range(len(faults))), "hors ligne"]
        self.assertEqual([line["body"] for line in listening.lines if line["type"] == "m.room.message"], wanted)
        self.assertEqual(cli.bodies(room), wanted)

    def test_retry_after_is_obeyed(self):
        cli = self.cli()
        cli.run("sync", "--once")
        self.proxy.forget()
        self.proxy.on(path="/sync", times=1).answer(
            429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 2500}, {"Retry-After": "3"})
        listening = cli.listen()
        first, second = self.proxy.wait(path="/sync", count=2, answered=False)[:2]
        self.assertGreaterEqual(second.began - first.ended, 2.4)
        listening.stop()

    def test_a_broken_server_is_not_hammered(self):
        cli = self.cli()
        cli.run("sync", "--once")
        self.proxy.forget()
        self.proxy.on(path="/sync").answer(500, {"errcode": "M_UNKNOWN", "error": "Broken"})
        listening = cli.listen()
        self.proxy.wait(path="/sync", count=3)
        gaps = [b.began - a.ended for a, b in zip(self.proxy.find(path="/sync"), self.proxy.find(path="/sync")[1:])]
        self.assertTrue(all(gap > 0.3 for gap in gaps), gaps)
        listening.stop()

    def test_answer_given_twice(self):
        """The answer got lost; asked again, the server gives the same one, which is old by then."""
        cli, bob = self.cli(), self.peer()
        room = self.shared_room(cli, bob)
        cli.run("sync", "--once")
        bob.send(room, "premier")
        self.proxy.on(path="/sync", times=1).cut_after(lambda: bob.send(room, "second"))
        self.assertEqual(cli.bodies(room), ["premier", "second"])

    def test_killed_while_syncing(self):
        cli, bob = self.cli(), self.peer()
        room = self.shared_room(cli, bob)
        for number in range(8):
            listening = cli.listen()
            for part in range(5):
                bob.send(room, f"message {number}.{part}")
            time.sleep(0.07 * number)  # where it is killed is to vary
            listening.kill()
        self.assertEqual(cli.bodies(room), self.on_server(bob, room))


class Sliding(BothKinds, ServerCase):
    sync = "sliding"

    def test_expired_position(self):
        cli, bob = self.cli(), self.peer()
        room = self.shared_room(cli, bob)
        for number in range(30):
            bob.send(room, f"message {number}")
        self.proxy.on("POST", SLIDING, times=1, where=lambda r: "pos" in r.query).answer(
            400, {"errcode": "M_UNKNOWN_POS", "error": "Unknown position"})
        cli.run("sync", "--once")
        bob.send(room, "après")
        self.assertEqual(cli.bodies(room), self.on_server(bob, room))


class Classic(BothKinds, ServerCase):
    sync = "v3"


class Choice(ServerCase):
    """Without being told which, and when the server changes its mind."""

    def test_prefers_sliding_sync(self):
        cli = self.cli()
        cli.run("sync", "--once")
        self.assertGreater(self.proxy.count(path=SLIDING, status=200), 0)
        self.assertEqual(self.proxy.count(path="/v3/sync"), 0)

    def test_falls_back_where_it_is_not_there(self):
        self.proxy.on(path=SLIDING).answer(*NOT_THERE)
        cli, bob = self.cli(), self.peer()
        room = self.shared_room(cli, bob)
        bob.send(room, "par l’autre chemin")
        self.assertIn("par l’autre chemin", cli.bodies(room))
        self.assertGreater(self.proxy.count(path="/v3/sync", status=200), 0)

    def test_falls_back_where_it_is_not_advertised(self):
        self.proxy.on(path="/client/versions").rewrite(
            lambda body: {**body, "unstable_features": {}})
        cli = self.cli()
        cli.run("sync", "--once")
        self.assertEqual(self.proxy.count(path=SLIDING), 0)
        self.assertGreater(self.proxy.count(path="/v3/sync", status=200), 0)

    def test_falls_back_where_it_fails_for_long(self):
        cli, bob = self.cli(), self.peer()
        room = self.shared_room(cli, bob)
        self.proxy.on(path=SLIDING).answer(500, {"errcode": "M_UNKNOWN", "error": "Broken"})
        listening = cli.listen()
        self.proxy.wait(path="/v3/sync")
        bob.send(room, "par l’autre chemin")
        listening.wait_body("par l’autre chemin")
        self.assertEqual(listening.stop(), 0)

    def test_changes_while_listening(self):
        cli, bob = self.cli(), self.peer()
        room = self.shared_room(cli, bob)
        listening = cli.listen()
        bob.send(room, "un")
        listening.wait_body("un")
        self.proxy.on(path=SLIDING).answer(*NOT_THERE)
        bob.send(room, "deux")
        listening.wait_body("deux")
        self.assertEqual(listening.stop(), 0)
        self.proxy.clear()
        for number in range(30):
            bob.send(room, f"trois {number}")
        self.assertEqual(cli.bodies(room), self.on_server(bob, room))

    def test_what_is_not_so_any_more_after_a_lost_position(self):
        """No server says that a room was left, or lost its tags, before a new start."""
        for before, after in (("sliding", None), ("sliding", "v3"), ("v3", "sliding")):
            with self.subTest(before=before, after=after):
                cli, bob, carol = self.cli(sync=before), self.peer(), self.peer("carol")
                kept, left = self.shared_room(cli, bob, "Gardé"), self.shared_room(cli, bob, "Quitté")
                refused, invited = (bob.create_room(name, invite=[cli.user]) for name in ("Refusé", "Invité"))
                bob.invite(kept, carol.user)
                carol.join(kept)
                own = self.server.login(cli.login_name, "télégraphe")
                own.tag(kept, "m.favourite", 0.5)
                self.assertTrue(cli.rooms()[kept]["favourite"])
                self.assertEqual(len(cli.run("members", kept)), 3)
                own.call("DELETE", f"user/{quote(own.user)}/rooms/{quote(kept)}/tags/m.favourite")
                own.leave(left)
                own.leave(refused)
                carol.leave(kept)
                for number in range(40):
                    bob.send(kept, f"message {number}")
                if after:
                    cli.environment["CHAPPE_SYNC"] = after
                else:
                    self.proxy.on("POST", SLIDING, times=1, where=lambda r: "pos" in r.query).answer(
                        400, {"errcode": "M_UNKNOWN_POS", "error": "Unknown position"})
                rooms = cli.rooms()
                self.assertEqual({room: rooms[room]["membership"] for room in rooms
                                  if rooms[room]["membership"] in ("join", "invite")},
                                 {kept: "join", invited: "invite"})
                self.assertFalse(rooms[kept]["favourite"])
                members = {m["user_id"]: m["membership"] for m in cli.run("members", kept)}
                self.assertEqual({user for user in members if members[user] == "join"}, {cli.user, bob.user})
                self.proxy.clear()

    def test_back_and_forth(self):
        cli, bob = self.cli(), self.peer()
        room = self.shared_room(cli, bob)
        for number, kind in enumerate(("sliding", "v3", "sliding", "v3")):
            cli.environment["CHAPPE_SYNC"] = kind
            for part in range(25):
                bob.send(room, f"{kind} {number}.{part}")
            cli.run("sync", "--once")
        ids = [line["event_id"] for line in cli.run("timeline", room, "--limit", "400")]
        self.assertEqual(len(ids), len(set(ids)))
        self.assertEqual(cli.bodies(room), self.on_server(bob, room))


class Ministry(unittest.TestCase):
    """The demo's account, through both kinds of sync."""

    def test_rooms_and_counts(self):
        server = Homeserver()
        self.addCleanup(server.dispose)
        told = ministry.start(server)
        peer = server.login(told["login"], told["password"])
        answer = peer.sync()["rooms"]
        for kind in ("sliding", "v3"):
            with self.subTest(kind), Proxy(server.base) as proxy:
                cli = Cli(self, kind)
                cli.login(proxy.base, told["login"], told["password"])
                cli.run("sync", "--once")
                rooms = cli.rooms()
                self.assertEqual(set(rooms), {*answer["join"], *answer["invite"]})
                for name, room in told["rooms"].items():
                    shown = rooms[room]
                    wanted = answer["join"].get(room, {}).get("unread_notifications", {})
                    with self.subTest(f"{kind}: {name}"):
                        self.assertEqual(shown["name"].split(" [")[0], name)
                        if wanted:
                            self.assertEqual((shown["unread"], shown["highlight"]),
                                             (wanted["notification_count"], wanted["highlight_count"]))


if __name__ == "__main__":
    suite.main()
