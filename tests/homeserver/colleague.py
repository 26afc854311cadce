# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""A scripted colleague: reads what is written to them, types for a moment, answers, reacts to some.

Answers direct messages, and in other rooms only what names them; joins where they are invited; gives
up after a bounded number of answers.  Encrypted ones only where a device that encrypts is lent to it.
Runs in a thread: `with Colleague(client): ...`
"""
import contextlib
import random
import subprocess
import threading

from client import MatrixError
from secure_rooms import decrypted

ANSWERS = {
    ("bonjour", "salut", "coucou", "hello", "hi"): [
        "Bonjour ! Bien arrivé(e) ce matin ?", "Salut ! Je t’écoute.", "Bonjour, que puis-je faire pour toi ?"],
    ("merci", "thanks"): ["Avec plaisir !", "De rien, c’est normal.", "À ton service 🙂"],
    ("réunion", "rendez-vous", "point", "meeting"): [
        "Ça marche, je l’ajoute à mon agenda.", "Je peux à partir de 14 h, et toi ?",
        "Parfait. Salle Cassin, ou en visio ?"],
    ("note", "document", "fichier", "pièce", "dossier", "présentation"): [
        "Je le relis tout de suite.", "Bien reçu ! Je te fais un retour avant midi.",
        "Il est très clair. Juste une virgule à la page 3."],
    ("?",): ["Bonne question. Je vérifie et je reviens vers toi.", "Oui, c’est bien cela.",
             "À mon avis oui, mais demande confirmation à Fatima.", "Pas avant jeudi, je le crains."],
}
OTHERWISE = ["C’est noté.", "D’accord, je m’en occupe.", "Très bien, merci de me tenir au courant.",
             "Je regarde ça dans l’heure.", "Bien vu !", "Je suis de ton avis.", "On en reparle au café ?"]
REACTIONS = ["👍", "👍", "🙏", "🎉", "😄", "✅"]


class Colleague:
    def __init__(self, client, limit=200, haste=1.0, seed=None, device=None):
        """client is signed in; haste divides the time spent typing (tests: a large number)."""
        self.client, self.limit, self.haste, self.device = client, limit, haste, device
        self.draw = random.Random(seed)
        self.name = client.get(f"profile/{client.user}").get("displayname", client.user)
        self.direct = {room for rooms in self._direct().values() for room in rooms}
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.last = None

    def __enter__(self):
        self.client.sync()
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()

    def _direct(self):
        try:
            return self.client.account_data("m.direct")
        except MatrixError:
            return {}

    def _run(self):
        while not self.stopping.is_set() and self.limit > 0:
            try:
                answer = self.client.sync(20)
                for room, data in answer.get("rooms", {}).get("invite", {}).items():
                    self.client.join(room)
                    if any(e["type"] == "m.room.member" and e["content"].get("is_direct")
                           for e in data["invite_state"]["events"]):
                        self.direct.add(room)
                for room, data in answer.get("rooms", {}).get("join", {}).items():
                    for event in data.get("timeline", {}).get("events", []):
                        self.notice(room, event)
            except MatrixError as error:
                if error.status == 401:
                    return
                self.stopping.wait(2)
            except (OSError, subprocess.SubprocessError):
                self.stopping.wait(2)

    def notice(self, room, event):
        """Answers one event, if it is somebody's new message for us."""
        if event["sender"] == self.client.user or self.limit <= 0:
            return
        content = decrypted(self.device, room, event)
        if (content is None or content.get("msgtype") != "m.text"
                or content.get("m.relates_to", {}).get("rel_type") == "m.replace"):
            return
        body = content["body"]
        named = (self.client.user in content.get("m.mentions", {}).get("user_ids", [])
                 or self.name.split(" [")[0].lower() in body.lower())
        if room not in self.direct and not named:
            return
        self.limit -= 1
        self.client.read(room, event["event_id"])
        if self.draw.random() < 0.3:
            self.pause(0.8)
            with contextlib.suppress(MatrixError):  # it may be gone already
                self.client.react(room, event["event_id"], self.draw.choice(REACTIONS))
        text = self.answer(body)
        self.pause(0.6)
        self.client.typing(room)
        self.pause(min(4.0, 1.0 + len(text) / 25))
        if event["type"] == "m.room.encrypted":
            self.device.send(room, text)
        elif room in self.direct:
            self.client.send(room, text)
        else:
            self.client.reply(room, event["event_id"], text)
        self.client.typing(room, False)

    def answer(self, body):
        choices = next((answers for words, answers in ANSWERS.items()
                        if any(word in body.lower() for word in words)), OTHERWISE)
        text = self.draw.choice([one for one in choices if one != self.last] or choices)
        self.last = text
        return text

    def pause(self, seconds):
        self.stopping.wait(seconds / self.haste)
