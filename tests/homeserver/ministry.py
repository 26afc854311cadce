# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""A believable ministry for the demo: twelve agents and the rooms of ministry.txt.

Marks in ministry.txt, where WHO is the first part of an agent's address:

    ## Name                    a room; then "key: value" lines, then its messages
    @ 3 09:15  /  @ -45m       the time goes on: that many working days, or minutes or hours, ago
    WHO: text                  a message (Markdown's `code`, ``` and **bold** become HTML)
    WHO> text  /  WHO>2 text   a reply to the last message, or the second last
    WHO! kind N name           a picture from pictures.py        WHO$ type name kB    a file
    + emoji WHO WHO            reactions to the last message     ?WHO                 it mentions WHO
    ~ text                     the last message is edited        x                    ... or deleted
    = WHO: text                a new topic                       --                   camille read so far
"""
import datetime
import hashlib
import html
import os
import random
import re
import time

import pictures
from small_talk import SmallTalk

HERE = os.path.dirname(os.path.realpath(__file__))
PASSWORD = "télégraphe-de-chappe"
ME, COLLEAGUE = "camille", "antoine"

# key: localpart, name, and the number of the portrait (None: the client draws initials)
AGENTS = {
    "camille": ("camille.laurent-numerique.gouv.fr", "Camille LAURENT [Numérique]", 1),
    "antoine": ("antoine.mercier-numerique.gouv.fr", "Antoine MERCIER [Numérique]", 2),
    "fatima": ("fatima.benali-interieur.gouv.fr", "Fatima BENALI [Intérieur]", 3),
    "jean-marc": ("jean-marc.dupont-finances.gouv.fr", "Jean-Marc DUPONT [Finances]", None),
    "helene": ("helene.garnier-justice.gouv.fr", "Hélène GARNIER [Justice]", 5),
    "thomas": ("thomas.lefebvre-interieur.gouv.fr", "Thomas LEFEBVRE [Intérieur]", 6),
    "sophie": ("sophie.nguyen-sante.gouv.fr", "Sophie NGUYEN [Santé]", 7),
    "yann": ("yann.le-goff-developpement-durable.gouv.fr", "Yann LE GOFF [Écologie]", None),
    "amadou": ("amadou.diallo-education.gouv.fr", "Amadou DIALLO [Éducation]", 8),
    "claire": ("claire.rousseau-culture.gouv.fr", "Claire ROUSSEAU [Culture]", 9),
    "nicolas": ("nicolas.petit-defense.gouv.fr", "Nicolas PETIT [Armées]", None),
    "ines": ("ines.fontaine-agriculture.gouv.fr", "Inès FONTAINE [Agriculture]", 11),
    "annonces": ("annonces", "Annonces", None),  # the server's own voice, which needs no account
}


def working_day(days, clock):
    """Milliseconds of that time of day, so many working days ago."""
    day = datetime.date.today()
    while days:
        day -= datetime.timedelta(1)
        days -= day.weekday() < 5
    hour, minute = map(int, clock.split(":"))
    return int(datetime.datetime.combine(day, datetime.time(hour, minute)).timestamp() * 1000)


def rich(text):
    """Message content for text with the few marks of ministry.txt."""
    text = text.replace("\\n", "\n")
    marked = html.escape(text, quote=False)
    marked = re.sub(r"```(\w+)\n(.*?)```", r'<pre><code class="language-\1">\2</code></pre>', marked, flags=re.S)
    marked = re.sub(r"`([^`]+)`", r"<code>\1</code>", marked)
    marked = re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", marked)
    content = {"msgtype": "m.text", "body": text}
    if marked != html.escape(text, quote=False):
        content.update(format="org.matrix.custom.html", formatted_body=marked.replace("\n", "<br>")
                       if "<pre>" not in marked else marked)
    return content


class Room:
    """The events of one room, gathered before they are sent in one request."""

    def __init__(self, ministry, name, options):
        self.ministry, self.name, self.options = ministry, name, options
        self.kind = options["kind"]
        everyone = [key for key in AGENTS if key != "annonces"]
        self.members = everyone if options["members"] == "tous" else options["members"].split()
        self.creator = "annonces" if self.kind == "notice" else options.get("from", next(
            (key for key in self.members if key != ME), ME))
        self.events, self.read_at, self.messages = [], None, []
        self.now = 0
        self.draw = random.Random(name)

    def at(self, text):
        when = text.strip()
        if when.startswith("-"):
            factor = {"m": 60, "h": 3600}[when[-1]]
            self.now = max(self.now, int(time.time() - float(when[1:-1]) * factor) * 1000)
        else:
            days, clock = when.split()
            self.now = working_day(int(days), clock)

    def add(self, who, type_, content, **more):
        self.now += self.draw.randint(15, 150) * 1000
        ceiling = int(time.time()) * 1000 - 1000 * 60
        self.events.append({"sender": self.ministry.id(who), "type": type_, "content": content,
                            "ts": min(self.now, ceiling), **more})
        return f"$#{len(self.events) - 1}"

    def say(self, who, content):
        self.messages.append((self.add(who, "m.room.message", content), who, content))

    def state(self, who, type_, content, key=""):
        self.add(who, type_, content, state_key=key)

    def found(self, started):
        """The state that a new room begins with."""
        self.now = started
        self.join(self.creator)
        levels = {"users": {self.ministry.id(self.creator): 100}, "events_default": 0}
        if self.kind == "notice":
            levels["events_default"] = 50
        elif self.kind == "direct":
            levels["users"].update({self.ministry.id(key): 100 for key in self.members})
        self.state(self.creator, "m.room.power_levels", levels)
        public = self.kind == "public"
        self.state(self.creator, "m.room.join_rules", {"join_rule": "public" if public else "invite"})
        self.state(self.creator, "m.room.history_visibility", {"history_visibility": "shared"})
        self.state(self.creator, "m.room.guest_access", {"guest_access": "forbidden"})
        if self.kind != "notice":
            rule = "direct" if self.kind == "direct" else self.options.get("access", "restricted")
            self.state(self.creator, "im.vector.room.access_rules", {"rule": rule})
        if self.kind != "direct":
            self.state(self.creator, "m.room.name", {"name": self.name})
        if "avatar" in self.options:
            self.state(self.creator, "m.room.avatar",
                       {"url": self.ministry.upload(pictures.emblem(int(self.options["avatar"])), "salon.png")})
        if "topic" in self.options:
            self.state(self.creator, "m.room.topic", {"topic": self.options["topic"]})
        if "alias" in self.options:
            self.state(self.creator, "m.room.canonical_alias", {"alias": self.ministry.alias(self)})
        for key in self.members:
            if key != self.creator:
                self.join(key)

    def join(self, key):
        _, name, _ = AGENTS[key]
        content = {"membership": "join", "displayname": name}
        if self.ministry.avatars.get(key):
            content["avatar_url"] = self.ministry.avatars[key]
        self.state(key, "m.room.member", content, self.ministry.id(key))

    def history(self, count):
        """count messages over nine months, the last one a week ago."""
        others = [key for key in self.members if key != ME] + [ME]
        talk = SmallTalk(self.name, len(others), [AGENTS[k][1].split()[0] for k in self.members])
        start, end = working_day(185, "08:30"), working_day(6, "17:30")
        draw, said = self.draw, 0
        while said < count:
            day = datetime.datetime.fromtimestamp((start + (end - start) * said / count) / 1000)
            if day.weekday() > 4:
                day += datetime.timedelta(7 - day.weekday())
            clock = max(day.replace(hour=8, minute=40, second=0).timestamp() * 1000, self.now)
            for _ in range(min(count - said, draw.randint(12, 34))):
                speaker, text, answers = next(talk)
                clock += draw.choice([20, 45, 70, 300, 1500]) * 1000
                self.now = int(clock)
                content = rich(text)
                if answers:
                    content["m.relates_to"] = {"m.in_reply_to": {"event_id": self.messages[-answers][0]}}
                self.say(others[speaker], content)
                clock = self.now
                said += 1
                if draw.random() < 0.05:
                    self.react("👍 " + others[draw.randrange(len(others))])

    def react(self, text):
        key, *people = text.split()
        for who in people:
            self.add(who, "m.reaction", {"m.relates_to": {
                "rel_type": "m.annotation", "event_id": self.messages[-1][0], "key": key}})

    def line(self, line):
        """One line of ministry.txt."""
        reference, who, content = self.messages[-1] if self.messages else (None, None, None)
        if line.startswith("@ "):
            self.at(line[2:])
        elif line.startswith("+ "):
            self.react(line[2:])
        elif line.startswith("~ "):
            self.add(who, "m.room.message", {
                **rich("* " + line[2:]), "m.new_content": rich(line[2:]),
                "m.relates_to": {"rel_type": "m.replace", "event_id": reference}})
        elif line == "x":
            self.add(who, "m.room.redaction", {}, redacts=reference)
        elif line == "--":
            self.read_at = len(self.events)
        elif line.startswith("?"):
            content["m.mentions"] = {"user_ids": [self.ministry.id(line[1:])]}
        elif line.startswith("= "):
            who, _, topic = line[2:].partition(": ")
            self.state(who, "m.room.topic", {"topic": topic})
        else:
            self.message(*re.fullmatch(r"([a-z-]+)([:>!$])(\d*) (.*)", line).groups())

    def message(self, who, mark, number, text):
        if mark in ":>":
            content = rich(text)
            if mark == ">":
                target = self.messages[-int(number or 1)][0]
                content["m.relates_to"] = {"m.in_reply_to": {"event_id": target}}
        elif mark == "!":
            kind, seed, name = text.split()
            data = getattr(pictures, kind)(int(seed))
            content = {"msgtype": "m.image", "body": name, "url": self.ministry.upload(data, name),
                       "info": {"mimetype": "image/png", "size": len(data), "w": 800, "h": 500}}
        else:
            mimetype, name, size = text.split()
            data = random.Random(name).randbytes(int(size) * 1024)
            content = {"msgtype": "m.file", "body": name, "filename": name,
                       "url": self.ministry.upload(data, name, mimetype),
                       "info": {"mimetype": mimetype, "size": len(data)}}
        self.say(who, content)

    def send(self):
        """Sends everything in one request; what comes after "--" counts as unread."""
        ministry, me = self.ministry, self.ministry.id(ME)
        read = len(self.events) if self.read_at is None else self.read_at
        # What is deleted must be in the database before the batch that deletes it.
        cuts = [i for i, event in enumerate(self.events[:read]) if "redacts" in event]
        cuts = sorted({*range(0, read, 500), *cuts, read})
        batches = [{"events": self.events[a:b], "quiet": True} for a, b in zip(cuts, cuts[1:])]
        if self.events[read:]:
            batches.append({"events": self.events[read:]})
        request = {"create": {"creator": ministry.id(self.creator), "ts": self.events[0]["ts"] - 1000},
                   "batches": batches, "public": self.kind == "public"}
        if self.kind == "space":
            request["create"]["type"] = "m.space"
        if "alias" in self.options:
            request["alias"] = ministry.alias(self)
        if ME in self.members and self.messages:
            last = [e for e, _, _ in self.messages if int(e[2:]) < read][-1]
            request["receipts"] = [{"user": ministry.id(key), "event": last} for key in self.members]
            request["account_data"] = [{"user": me, "type": "m.fully_read", "room": True,
                                        "content": {"event_id": last}}]
        tag = "m.server_notice" if self.kind == "notice" else self.options.get("tag")
        if tag:
            name, _, order = tag.partition(" ")
            request["tags"] = [{"user": me, "tag": name, **({"order": float(order)} if order else {})}]
        self.id = ministry.server.bulk(**request)["room_id"]


class Ministry:
    def __init__(self, server):
        self.server, self.avatars = server, {}

    def id(self, key):
        return f"@{AGENTS[key][0]}:{self.server.name}"

    def alias(self, room):
        return f"#{room.options['alias']}:{self.server.name}"

    def upload(self, data, name, mimetype="image/png"):
        return self.uploader.upload(data, mimetype, name)

    def fill(self):
        server = self.server
        self.uploader = server.admin()
        portraits = {key: number for key, (_, _, number) in AGENTS.items() if number}
        self.avatars = {key: self.upload(pictures.portrait(number), "portrait.png")
                        for key, number in portraits.items()}
        server.bulk(users=[{"name": login, "password": PASSWORD, "displayname": name,
                            "avatar_url": self.avatars.get(key)}
                           for key, (login, name, _) in AGENTS.items() if key != "annonces"])
        rooms = self.read()
        for room in rooms:
            room.send()
        self.finish(rooms)
        return self.told(rooms)

    def read(self):
        with open(os.path.join(HERE, "ministry.txt"), encoding="utf-8") as file:
            text = re.sub(r"^%.*\n", "", file.read(), flags=re.M)
        rooms = []
        for block in re.split(r"^## ", text, flags=re.M)[1:]:
            name, *lines = [line for line in block.split("\n") if line]
            options = {}
            while lines and (option := re.fullmatch(r"(\w+): (.*)", lines[0])) and not lines[0].startswith("@"):
                options[option[1]] = option[2]
                lines.pop(0)
            room = Room(self, name, options)
            first = next((line for line in lines if line.startswith("@ ") and line[2] != "-"), "@ 30 09:00")
            room.at(first[2:])
            history = int(options.get("history", 0))
            room.found((working_day(190, "09:00") if history else room.now) - 40 * 60 * 1000)
            if history:
                room.history(history)
            for line in lines:
                room.line(line)
            rooms.append(room)
        return rooms

    def finish(self, rooms):
        """What ties rooms together: direct messages, the space's children, the invitation."""
        by_name = {room.name: room for room in rooms}
        direct = {}
        for room in rooms:
            parent = by_name.get(room.options.get("in"))
            if parent:
                self.server.bulk(room_id=parent.id, batches=[{"quiet": True, "events": [{
                    "sender": self.id(parent.creator), "type": "m.space.child", "state_key": room.id,
                    "content": {"via": [self.server.name]}, "ts": parent.now}]}])
            if room.kind == "direct":
                other = next(key for key in room.members if key != ME)
                direct.setdefault(self.id(other), []).append(room.id)
                self.server.bulk(account_data=[{"user": self.id(other), "type": "m.direct",
                                                "content": {self.id(ME): [room.id]}}])
            elif room.kind == "invite":
                sender = self.server.login(AGENTS[room.creator][0], PASSWORD)
                sender.invite(room.id, self.id(ME), "Ton avis nous serait précieux !")
                sender.logout()
        self.server.bulk(account_data=[{"user": self.id(ME), "type": "m.direct", "content": direct}])

    def told(self, rooms):
        return {"user": self.id(ME), "login": AGENTS[ME][0], "password": PASSWORD,
                "colleague": AGENTS[COLLEAGUE][0],
                "rooms": {room.name: room.id for room in rooms},
                "agents": {key: self.id(key) for key in AGENTS}}


def start(server, max_age="43200"):
    """Starts server with the ministry in it, from a snapshot if there is one of the same half day."""
    digest = hashlib.sha256()
    for name in ("ministry.py", "ministry.txt", "small_talk.py", "pictures.py", "module/chappe_bulk.py"):
        with open(os.path.join(HERE, name), "rb") as file:
            digest.update(file.read())
    return server.start_seeded("ministry", lambda s: Ministry(s).fill(), digest.hexdigest(), float(max_age))
