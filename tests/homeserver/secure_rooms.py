# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""The encrypted part of the demo's ministry: a secure room and a direct conversation.

Nothing can put encrypted messages into a homeserver but a client that holds the keys, so two agents
write them with chappe-cli once the client that is to read them has told its keys to the server.
"""
import json
import os
import subprocess
import threading
import time

import pictures

NAME = "Préparation du conseil"
TOPIC = "Ordre du jour, dossiers et intervenants du conseil de jeudi"
VERB = 120  # seconds for one verb of chappe-cli on a busy machine
KEYS = 60  # seconds until the keys of the client are at the server


class Device:
    """A device of an agent that encrypts: chappe-cli with a profile and a key file of its own."""

    def __init__(self, program, environment, folder, login):
        self.profile = login.split("-")[0]
        self.command = [program, "--profile", self.profile, "--key-file", os.path.join(folder, self.profile + ".key"),
                        "--deployment", "tchap"]  # whose devices get keys before they are verified, too
        self.environment, self.folder, self.login = environment, folder, login
        self.one_at_a_time = threading.Lock()

    def run(self, *arguments, **more):
        """The lines that a verb wrote."""
        with self.one_at_a_time:
            told = subprocess.run([*self.command, *arguments], env=self.environment, check=True, text=True, timeout=VERB,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **more).stdout
        return [json.loads(line) for line in told.splitlines()]

    def sign_in(self, base, password):
        self.run("login", "--server", base, "--user", self.login, "--password-stdin",
                 "--device-name", "Chappe", input=password + "\n")
        self.run("recovery", "setup")

    def create_room(self, name, topic):
        return self.run("create-room", "--encrypted", "--name", name, "--topic", topic)[0]["room_id"]

    def join(self, room):
        self.run("join", room)

    def send(self, room, text):
        return self.run("send", room, text)[0]["event_id"]

    def send_file(self, room, name, data):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(data)
        return self.run("send-file", room, path)[0]["event_id"]

    def read(self, room, event_id):
        """The decrypted content of one of the last messages, None where that cannot be read."""
        for line in self.run("timeline", room, "--limit", "20"):
            if line["event_id"] == event_id:
                return line["content"] if line.get("decrypted", True) else None
        return None


class SecureRooms:
    def __init__(self, server, told, program, environment, folder):
        self.server, self.told = server, told
        self.antoine = Device(program, environment, folder, told["colleague"])
        self.fatima = Device(program, environment, folder, self.login_of("fatima"))

    def login_of(self, key):
        return self.told["agents"][key][1:].split(":")[0]

    def fill(self):
        """Writes both rooms; the client of told["user"] is signed in.  Their ids by name are in told["rooms"]."""
        server, told = self.server, self.told
        for device in (self.antoine, self.fatima):
            device.sign_in(server.base, told["password"])
        colleague = server.login(told["colleague"], told["password"])
        self.wait_for_keys(colleague)
        told["rooms"][NAME] = self.council(colleague)
        self.direct(colleague)
        colleague.logout()

    def wait_for_keys(self, client):
        """Until there is somebody to encrypt for."""
        user, deadline = self.told["user"], time.monotonic() + KEYS
        while not client.post("keys/query", {"device_keys": {user: []}})["device_keys"].get(user):
            if time.monotonic() > deadline:
                raise TimeoutError("the client told the server no keys")
            time.sleep(0.2)

    def council(self, colleague):
        """The secure room, with a message from before the reader was invited."""
        antoine, fatima, told = self.antoine, self.fatima, self.told
        room = antoine.create_room(NAME, TOPIC)
        colleague.state(room, "im.vector.room.access_rules", {"rule": "restricted"})
        antoine.send(room, "Première version de l’ordre du jour, entre nous pour l’instant.")
        colleague.invite(room, told["agents"]["fatima"])
        fatima.join(room)
        me = self.server.login(told["login"], told["password"])
        colleague.invite(room, told["user"])
        me.join(room)
        welcome = antoine.send(room, "Bienvenue Camille ! Tout ce qui s’écrit ici est chiffré de bout en bout.")
        fatima.send(room, "Bonjour à vous deux. Voici le plan de table, à garder pour nous.")
        plan = fatima.send_file(room, "plan-de-table.png", pictures.diagram(3))
        antoine.send_file(room, "ordre-du-jour.pdf", os.urandom(148 * 1024))
        antoine.send(room, "Il reste à décider qui présente le bilan. Dix minutes, pas une de plus.")
        me.react(room, welcome, "👋")
        colleague.react(room, plan, "👍")
        me.react(room, plan, "👍")
        me.logout()
        return room

    def direct(self, colleague):
        """The colleague's direct conversation is encrypted from now on."""
        room = self.told["rooms"]["Antoine MERCIER"]
        colleague.state(room, "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"})
        self.antoine.run("sync", "--once")  # it must know before it writes
        self.antoine.send(room, "Notre conversation est maintenant chiffrée, nous pouvons parler du conseil.")
        self.antoine.send_file(room, "vue-de-la-salle.png", pictures.landscape(14))
        self.antoine.send(room, "La salle Cassin est réservée. Tu viens à 9 h ?")


def decrypted(device, room, event):
    """The content of a message in the clear, None of what is none or cannot be read."""
    if event["type"] == "m.room.message":
        return event["content"]
    if event["type"] != "m.room.encrypted" or device is None:
        return None
    return device.read(room, event["event_id"])
