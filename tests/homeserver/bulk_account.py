# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""A large account for the benchmarks: `homeserver.py run --seed bulk_account:1000` (or 3000, or
1000+100000 for one more room of 100,000 messages).

1,000 rooms have 60 direct ones, 8 members on average of 300 users, 8 spaces, 3 invitations, one room of
20,000 messages and 20 messages in each other, avatars, and unread messages in every tenth room.  Made
once (minutes), then started from a snapshot in the build folder.
"""
import hashlib
import os
import random
import sys
import time

import pictures
from small_talk import PLACE, SERVICE, SmallTalk, THING

HERE = os.path.dirname(os.path.realpath(__file__))
PASSWORD = "mesure"
FIRST = """Alice Amadou Anna Antoine Aurélie Benoît Camille Céline Chloé Clara David Élise Emma Étienne Fatima Gabriel
Guillaume Hélène Hugo Inès Isabelle Jade Jean-Marc Julie Karim Léa Loïc Louis Lucie Manon Marie Mehdi Nicolas Nina Olivier
Paul Quentin Rémi Sarah Sophie Stéphane Thomas Valérie Yann Zoé""".split()
LAST = """Bernard Blanc Bonnet Boyer Chevalier Clément Denis Dubois Dumont Durand Duval Faure Fontaine Fournier
Garnier Gautier Girard Guérin Henry Joly Lambert Laurent Lefèvre Lemaire Leroy Marchand Martin Masson Mercier Moreau Morel
Nguyen Noël Perrin Petit Richard Rivière Robin Roussel Roux Simon Vidal Vincent""".split()
SERVICES = ["Intérieur", "Justice", "Armées", "Finances", "Éducation", "Santé", "Culture", "Écologie", "Travail"]
MONTH = 30 * 86400 * 1000


class Account:
    def __init__(self, server, rooms, long_rooms):
        self.server, self.count, self.long_rooms = server, rooms, long_rooms
        self.draw = random.Random(rooms)
        self.now = int(time.time()) * 1000
        self.people, self.names, self.avatars, self.lengths = [], {}, {}, {}
        self.me = self.user("mesure", "Camille LAURENT [Numérique]")

    def user(self, login, name):
        user = f"@{login}:{self.server.name}"
        self.people.append((login, name))
        self.names[user] = name
        return user

    def fill(self):
        draw = self.draw
        others = []
        while len(others) < 300:
            first, last, service = draw.choice(FIRST), draw.choice(LAST), draw.choice(SERVICES)
            others.append(self.user(f"agent{len(others)}", f"{first} {last.upper()} [{service}]"))
        uploader = self.server.admin()
        for number, user in enumerate(others[:200]):
            self.avatars[user] = uploader.upload(pictures.portrait(number, 96))
        emblems = [uploader.upload(pictures.emblem(number, 96)) for number in range(64)]
        self.server.bulk(users=[{"name": login, "password": PASSWORD, "displayname": name,
                                 "avatar_url": self.avatars.get(f"@{login}:{self.server.name}")}
                                for login, name in self.people])
        direct, rooms, began = {}, {}, time.monotonic()
        for number in range(self.count):
            if number % 100 == 99:
                print(f"bulk_account: {number + 1} rooms, {time.monotonic() - began:.0f} s", file=sys.stderr)
            if number < self.count * 60 // 1000:
                room = self.room(None, [others[number % 300]], 20, number)
                direct.setdefault(others[number % 300], []).append(room)
            elif number < self.count * 68 // 1000:
                self.room(f"Espace {PLACE[number % len(PLACE)]}", draw.sample(others, 6), 0, number, space=True)
            else:
                subject = draw.choice(THING).split("’")[-1].removeprefix("la ").removeprefix("le ")
                name = draw.choice(["Projet {} – {}", "Bureau {} ({})", "Comité {} {}", "Équipe {} {}"]).format(
                    subject, draw.choice(PLACE))
                avatar = draw.choice(emblems) if draw.random() < 0.6 else None
                self.room(name, draw.sample(others, draw.randint(2, 12)), 20, number, avatar=avatar,
                          invite=number >= self.count - 3)
        for length in self.long_rooms:
            rooms[length] = self.room(f"Historique de {length} messages", others[:20], length, length)
        self.server.bulk(account_data=[{"user": self.me, "type": "m.direct", "content": direct}])
        return {"login": "mesure", "user": self.me, "password": PASSWORD, "rooms": self.count,
                "long_rooms": {str(length): room for length, room in rooms.items()}}

    def room(self, name, members, messages, number, avatar=None, space=False, invite=False):
        """Makes one room and returns its id."""
        draw, creator, events = self.draw, members[0], []
        # The long rooms are the most recent, then rooms by number.
        last = self.now - (0 if messages > 20 else 60_000 + number * 3 * MONTH // self.count)
        start = last - (8 * MONTH if messages > 20 else 2 * MONTH)

        def add(sender, type_, content, **more):
            events.append({"sender": sender, "type": type_, "content": content, "ts": start, **more})

        def join(user):
            content = {"membership": "join", "displayname": self.names[user]}
            if user in self.avatars:
                content["avatar_url"] = self.avatars[user]
            add(user, "m.room.member", content, state_key=user)

        join(creator)
        add(creator, "m.room.power_levels", {"users": {creator: 100}}, state_key="")
        add(creator, "m.room.join_rules", {"join_rule": "public"}, state_key="")
        add(creator, "m.room.history_visibility", {"history_visibility": "shared"}, state_key="")
        if name:
            add(creator, "m.room.name", {"name": name}, state_key="")
            add(creator, "m.room.topic", {"topic": f"Suivi par {draw.choice(SERVICE)}"}, state_key="")
        if avatar:
            add(creator, "m.room.avatar", {"url": avatar}, state_key="")
        for user in members[1:] if invite else [*members[1:], self.me]:
            join(user)
        if invite:
            add(creator, "m.room.member", {"membership": "invite", "displayname": self.names[self.me]},
                state_key=self.me)
        head, speakers = len(events), [*members, *([] if invite else [self.me])]
        talk = SmallTalk(number, len(speakers), [self.names[user].split()[0] for user in speakers])
        for index in range(messages):
            speaker, text, _ = next(talk)
            add(speakers[speaker], "m.room.message", {"msgtype": "m.text", "body": text})
            events[-1]["ts"] = int(start + (last - start) * (index + 1) / messages)
        unread = draw.randint(1, 5) if number % 10 == 0 and messages == 20 and not invite else 0
        read = len(events) - unread
        room, step = None, 1000
        for first in range(0, len(events), step):
            part = events[first:first + step]
            quiet = part if not unread else part[:-unread]
            batches = [{"events": quiet, "quiet": True}] + ([{"events": part[-unread:]}] if unread else [])
            request = {"batches": batches, "room_id": room}
            if room is None:
                request["create"] = {"creator": creator, "ts": start}
                if space:
                    request["create"]["type"] = "m.space"
            if first + step >= len(events) and messages and not invite:
                request["receipts"] = [{"user": self.me, "event": f"$#{read - 1 - first}"}]
            room = self.server.bulk(**request)["room_id"]
        assert head <= read
        return room


def start(server, size="1000"):
    rooms, *lengths = (int(number) for number in size.split("+"))
    digest = hashlib.sha256(size.encode())
    for name in ("bulk_account.py", "small_talk.py", "pictures.py", "module/chappe_bulk.py"):
        with open(os.path.join(HERE, name), "rb") as file:
            digest.update(file.read())
    return server.start_seeded("account-" + size, lambda s: Account(s, rooms, [20000, *lengths]).fill(),
                               digest.hexdigest())
