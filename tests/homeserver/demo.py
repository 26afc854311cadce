#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""What ./dev demo runs: a homeserver with a ministry in it, a colleague who answers, the client.

With a display the client opens on it.  With --headless it runs under a compositor without a screen,
the main views are walked through, and the paths of their pictures are printed.  All data, the keyring
and the session bus are scratch ones, deleted at the end; whatever ends this program ends all of it.
"""
import argparse
import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import ministry  # noqa: E402
from client import MatrixError  # noqa: E402
from colleague import Colleague  # noqa: E402
from homeserver import TOP, Homeserver, NoServerRoot  # noqa: E402
import secure_rooms  # noqa: E402

APPLICATION = "im.chappe.Chappe"
WAIT = 60  # seconds for a program to come up, on a busy machine
SETTLE = 1.5  # seconds before a picture, for avatars and images to arrive


def say(text):
    print(text, file=sys.stderr, flush=True)


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


class Demo:
    def __init__(self, build, language=None):
        self.programs = os.path.join(build, "installed", "bin")
        self.children = []
        self.scratch = tempfile.mkdtemp(prefix="chappe-demo-")
        self.environment = dict(os.environ)
        for kind in ("DATA", "CONFIG", "STATE", "CACHE"):
            folder = os.path.join(self.scratch, kind.lower())
            os.makedirs(folder)
            self.environment[f"XDG_{kind}_HOME"] = folder
        if language:
            self.environment.update(LC_ALL=language, LANGUAGE=language.split("_")[0])

    def spawn(self, *command, **more):
        """A child that ends with us at the latest."""
        child = subprocess.Popen(command, env=self.environment, preexec_fn=die_with_parent, **more)
        self.children.append(child)
        return child

    def run(self, *command, **more):
        return subprocess.run(command, env=self.environment, check=True, text=True,
                              stdout=subprocess.PIPE, **more).stdout

    def close(self):
        for child in reversed(self.children):
            if child.poll() is None:
                child.terminate()
                try:
                    child.wait(10)
                except subprocess.TimeoutExpired:
                    child.kill()
                    child.wait()
        self.children.clear()
        shutil.rmtree(self.scratch, ignore_errors=True)

    # -- what the client needs around it

    def bus_and_keyring(self):
        """A session bus and an unlocked keyring of our own: the user's stay untouched."""
        runtime = os.path.join(self.scratch, "runtime")
        os.makedirs(runtime, mode=0o700)
        bus = self.spawn("dbus-daemon", "--session", "--nofork", "--print-address",
                         f"--address=unix:dir={runtime}", stdout=subprocess.PIPE, text=True,
                         stderr=subprocess.DEVNULL)
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
        keyring = self.spawn("gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets",
                             f"--control-directory={runtime}/keyring", stdin=subprocess.PIPE,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        keyring.stdin.write(b"demo")
        keyring.stdin.close()
        self.run("gdbus", "wait", "--session", "--timeout", str(WAIT), "org.freedesktop.secrets")

    @property
    def cli(self):
        return os.path.join(self.programs, "chappe-cli")

    def sign_in(self, base, login, password):
        """Signs in with chappe-cli, which leaves the database key in the keyring for the client."""
        self.run(self.cli, "login", "--server", base, "--user", login,
                 "--password-stdin", "--device-name", "Chappe (démonstration)", input=password + "\n")

    def set_up_backup(self):
        """So that the client has nothing to ask when it starts."""
        self.run(self.cli, "recovery", "setup")

    def write(self, room, text):
        """A message of the client's own account, written before it starts."""
        self.run(self.cli, "send", room, text)

    def secure_rooms(self, server, told):
        return secure_rooms.SecureRooms(server, told, self.cli, self.environment, self.scratch)

    def weston(self):
        """A Wayland compositor without a screen."""
        name = f"chappe-demo-{os.getpid()}"
        runtime = self.environment.setdefault("XDG_RUNTIME_DIR", os.path.join(self.scratch, "runtime"))
        self.spawn("weston", "--backend=headless", "--width=1600", "--height=1200", "--idle-time=0",
                   f"--socket={name}", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.until(lambda: os.path.exists(os.path.join(runtime, name)), "weston")
        self.environment.update(WAYLAND_DISPLAY=name, GDK_BACKEND="wayland", GSK_RENDERER="cairo",
                                GTK_A11Y="none", GSETTINGS_BACKEND="memory")
        self.environment.pop("DISPLAY", None)

    def client(self, *arguments):
        return self.spawn(os.path.join(self.programs, "chappe"), *arguments)

    def start_client(self):
        """The client, once it can be spoken to."""
        client = self.client()
        self.run("gdbus", "wait", "--session", "--timeout", str(WAIT), APPLICATION)
        return client

    @staticmethod
    def until(condition, what, timeout=WAIT):
        deadline = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{what}: not within {timeout} s")
            time.sleep(0.05)

    # -- walking through the client, by its actions on the session bus

    def action(self, name, *parameters):
        self.run("gapplication", "action", APPLICATION, name, *parameters)

    def window_action(self, name, *parameters):
        self.run("gdbus", "call", "--session", "--dest", APPLICATION, "--object-path",
                 "/im/chappe/Chappe/window/1", "--method", "org.gtk.Actions.Activate", name,
                 "[" + ", ".join(f"<{p}>" for p in parameters) + "]", "{}")

    def picture(self, folder, name):
        """Has the client write what its window shows, and prints where."""
        path = os.path.join(folder, name + ".png")
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
        time.sleep(SETTLE)
        for _ in range(6):
            self.action("shot", f"'{name}'")
            with contextlib.suppress(TimeoutError):  # the window was not drawn yet
                self.until(lambda: os.path.exists(path), f"picture {name}", 10)
                break
        else:
            raise TimeoutError(f"the client made no picture {name}")
        print(path, flush=True)

    def open_room(self, room_id):
        self.window_action("open-room", f"'{room_id}'")

    def walk(self, folder, told):
        """The main views, each as a picture in folder."""
        rooms = told["rooms"]
        time.sleep(3 * SETTLE)  # the first sync of all rooms
        self.picture(folder, "02-salons")
        self.open_room(rooms["Projet Annuaire"])
        self.picture(folder, "03-projet")
        self.open_room(rooms[secure_rooms.NAME])
        self.picture(folder, "04-salon-securise")
        self.window_action("toggle-info")
        self.picture(folder, "05-details")
        self.window_action("toggle-info")
        self.open_room(rooms["Antoine MERCIER"])
        self.picture(folder, "06-message-direct")
        self.open_room(rooms["Comité éditorial"])
        self.picture(folder, "07-images")
        self.open_room(rooms["Cellule sécurité"])
        self.action("shot-dark", "true")
        self.picture(folder, "08-sombre")
        self.action("shot-dark", "false")
        self.open_room(rooms["Groupe de travail cloud"])
        self.picture(folder, "09-invitation")
        self.action("preferences")
        self.picture(folder, "10-preferences")
        self.action("shot-close")
        self.open_room(rooms[secure_rooms.NAME])
        self.action("shot-size", "(360, 720)")
        self.picture(folder, "11-etroit")
        self.action("shot-size", "(1200, 800)")


def headless(demo, server, told, folder):
    """A first start, a second one that asks for the backup, then all views of an account in use."""
    demo.weston()
    os.makedirs(folder, exist_ok=True)
    demo.environment["CHAPPE_SHOT"] = folder
    first_start(demo, folder, "00-connexion")
    demo.sign_in(server.base, told["login"], told["password"])
    first_start(demo, folder, "01-sauvegarde")
    demo.set_up_backup()
    secure = demo.secure_rooms(server, told)
    secure.fill()
    demo.write(told["rooms"][secure_rooms.NAME], "Je m’en charge. Le bilan tient en trois diapositives.")
    demo.write(told["rooms"]["Antoine MERCIER"], "Parfait, j’apporte les dossiers. À demain !")
    client = demo.start_client()
    demo.walk(folder, told)
    demo.action("quit")
    if client.wait(WAIT) != 0:
        raise RuntimeError("the client did not end well")


def first_start(demo, folder, picture):
    client = demo.start_client()
    demo.picture(folder, picture)
    demo.action("quit")
    client.wait(WAIT)


def with_display(demo, server, told):
    """The client on the user's display; the encrypted rooms come while it is looked at."""
    demo.sign_in(server.base, told["login"], told["password"])
    secure = demo.secure_rooms(server, told)
    say("demo: close the window or press Ctrl+C to end")
    client = demo.client()
    threading.Thread(target=fill, args=[secure], daemon=True).start()
    with Colleague(server.login(told["colleague"], told["password"]), device=secure.antoine):
        client.wait()


def fill(secure):
    try:
        secure.fill()
    except (OSError, subprocess.SubprocessError, MatrixError) as error:
        say(f"demo: no encrypted rooms: {error}")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--headless", action="store_true", help="no display: walk through and take pictures")
    parser.add_argument("--pictures", default=os.path.join(TOP, "_build", "demo"), metavar="FOLDER")
    parser.add_argument("--language", help="locale of the client (headless: fr_FR.UTF-8)")
    parser.add_argument("--build", default=os.environ.get("CHAPPE_BUILD"), help="the build folder")
    arguments = parser.parse_args()
    if not arguments.build:
        parser.error("--build, or the environment's CHAPPE_BUILD, is needed")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGHUP, lambda *_: sys.exit(129))
    language = arguments.language or ("fr_FR.UTF-8" if arguments.headless else None)
    server, demo = Homeserver(), Demo(arguments.build, language)
    try:
        say("demo: starting the homeserver; the first time it is filled, which takes half a minute")
        told = ministry.start(server)
        say(f"demo: {server.base} serves {server.name}; signing in {told['login']}, "
            f"whose password is {told['password']}")
        demo.bus_and_keyring()
        if arguments.headless:
            headless(demo, server, told, arguments.pictures)
        else:
            with_display(demo, server, told)
        return 0
    except NoServerRoot as error:
        say(f"demo: {error}")
    except subprocess.CalledProcessError as error:
        say(f"demo: {os.path.basename(error.cmd[0])} failed ({error.returncode})")
    except (OSError, RuntimeError) as error:
        say(f"demo: {error}")
    except KeyboardInterrupt:
        return 130
    finally:
        demo.close()
        server.dispose()
    return 1


if __name__ == "__main__":
    sys.exit(main())
