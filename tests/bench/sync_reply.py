# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""A /v3/sync reply of a large account, made up; the same bytes for the same arguments."""
import json
import random

OWN_ID = "@agent:bench.test"
WORDS = """le la un une des ce cette notre dossier réunion note arrêté décret budget calendrier service bureau
préfecture direction compte rendu planning convocation audit sécurité annuaire archive accueil transport énergie
est sera reste attend demande confirme transmet valide signe relit diffuse complète demain lundi vendredi aujourd'hui
prêt urgent disponible reporté merci bonjour à tous pour avec sans avant après selon""".split()
FIRST = "Camille Léa Manon Chloé Inès Jade Louise Lucas Hugo Louis Gabriel Arthur Jules Karim Mehdi Yann".split()
LAST = "Martin Bernard Dubois Robert Richard Petit Durand Leroy Moreau Simon Laurent Michel Garcia".split()
ORGANISATION = "Intérieur Justice Armées Finances Éducation Santé Culture DINUM".split()


def sentence(rng):
    return " ".join(rng.choices(WORDS, k=rng.randint(4, 24))).capitalize() + "."


class Account:
    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.clock = 1_700_000_000_000
        self.users = [(f"@agent{i}:bench.test", f"{self.rng.choice(FIRST)} {self.rng.choice(LAST)} "
                       f"[{self.rng.choice(ORGANISATION)}]") for i in range(300)]

    def event(self, kind, sender, content, state_key=None):
        self.clock += self.rng.randint(1_000, 90_000)
        event = {"type": kind, "sender": sender, "content": content, "origin_server_ts": self.clock,
                 "event_id": "$" + "".join(self.rng.choices("ABCDEFGHabcdefgh0123456789-_", k=43)),
                 "unsigned": {"age": self.rng.randint(1, 10**8), "membership": "join"}}
        if state_key is not None:
            event["state_key"] = state_key
        return event

    def message(self, sender, known):
        body = sentence(self.rng)
        content = {"msgtype": "m.text", "body": body, "m.mentions": {}}
        roll = self.rng.random()
        if roll < 0.15:
            content |= {"format": "org.matrix.custom.html", "formatted_body": f"<p><strong>Note</strong> {body}</p>"}
        if roll > 0.85 and known:
            content["m.relates_to"] = {"m.in_reply_to": {"event_id": self.rng.choice(known)}}
        if 0.5 < roll < 0.54:
            content |= {"msgtype": "m.image", "body": "photo.jpg", "url": "mxc://bench.test/abcdef",
                        "info": {"w": 1600, "h": 1200, "size": 345678, "mimetype": "image/jpeg"}}
        return self.event("m.room.message", sender, content)

    def room(self, number, events):
        members = self.rng.sample(self.users, self.rng.choice([1, 3, 8, 20]))
        state = [self.event("m.room.create", members[0][0], {"room_version": "10", "creator": members[0][0]}, ""),
                 self.event("m.room.join_rules", members[0][0], {"join_rule": "invite"}, ""),
                 self.event("m.room.power_levels", members[0][0], {"users": {members[0][0]: 100}}, ""),
                 self.event("m.room.history_visibility", members[0][0], {"history_visibility": "shared"}, ""),
                 self.event("m.room.name", members[0][0], {"name": f"Bureau {number} – {self.rng.choice(WORDS)}"}, ""),
                 self.event("m.room.topic", members[0][0], {"topic": sentence(self.rng)}, ""),
                 self.event("m.room.member", OWN_ID, {"membership": "join", "displayname": "Agent"}, OWN_ID)]
        state += [self.event("m.room.member", user, {"membership": "join", "displayname": name}, user)
                  for user, name in members]
        timeline = []
        for _ in range(events):
            sender = self.rng.choice(members)[0]
            if timeline and self.rng.random() < 0.08:
                timeline.append(self.event("m.reaction", sender, {"m.relates_to": {
                    "rel_type": "m.annotation", "event_id": self.rng.choice(timeline)["event_id"], "key": "👍"}}))
            else:
                timeline.append(self.message(sender, [event["event_id"] for event in timeline[-5:]]))
        receipts = {timeline[-1]["event_id"]: {"m.read": {OWN_ID: {"ts": self.clock}}}} if timeline else {}
        return {"state": {"events": state},
                "timeline": {"events": timeline, "limited": True, "prev_batch": f"t{number}"},
                "summary": {"m.joined_member_count": len(members) + 1, "m.invited_member_count": 0,
                            "m.heroes": [user for user, _ in members[:5]]},
                "unread_notifications": {"notification_count": self.rng.randint(0, 3), "highlight_count": 0},
                "account_data": {"events": [{"type": "m.fully_read", "content": {"event_id": timeline[-1]["event_id"]}}]},
                "ephemeral": {"events": [{"type": "m.receipt", "content": receipts}]}}


def reply(rooms=1000, events=20, seed=1):
    account = Account(seed)
    joined = {f"!salon{number}abcdefgh:bench.test": account.room(number, events) for number in range(rooms)}
    return json.dumps({
        "next_batch": "s1",
        "account_data": {"events": [{"type": "m.direct", "content": {}}]},
        "rooms": {"join": joined},
        "device_one_time_keys_count": {"signed_curve25519": 50},
    }, ensure_ascii=False, separators=(",", ":")).encode()
