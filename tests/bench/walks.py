# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""The benchmarks that need the whole client: a large account on a real Synapse, a display, a keyring."""
import contextlib
import itertools
import sys
import time

import bulk_account
from desktop import Desktop
from figures import median
from homeserver import Homeserver

IDLE_SECONDS = 30
PATIENCE = 60  # seconds
SCROLLS = 1300  # of some 80 pixels: 2,000 rows
FLAT = 25  # MiB that reading may add


class Lab:
    """The server with its account, made once for all benchmarks of a run."""

    def __init__(self, build, rooms, messages):
        self.build = build
        self.code = None  # of the recovery, once it is set up
        self.server = Homeserver()
        print(f"  (a homeserver with {rooms} rooms: minutes when it is made for the first time)", file=sys.stderr)
        self.told = bulk_account.start(self.server, f"{rooms}+{messages}" if messages else str(rooms))

    def close(self):
        self.server.dispose()

    @contextlib.contextmanager
    def signed_in(self, verified=True):
        """A desktop on which the client finds its account. Only one that is verified has synced and asks
        nothing when it starts."""
        desktop = Desktop(self.build)
        try:
            desktop.bus_and_keyring()
            desktop.sign_in(self.server.base, self.told["login"], self.told["password"])
            if verified:
                self.code = desktop.recover(self.code)
            yield desktop
        finally:
            desktop.close()


def first_login(lab, table, options):
    shown, cpu, memory, floors = [], [], [], []
    for _ in range(min(options.runs, 3)):
        with lab.signed_in(verified=False) as desktop:
            floor = desktop.start_floor()
            floor.wait("rooms-painted")
            floor.calm()
            floors.append(floor.pss())
            floor.end()
            client = desktop.start_client()
            mapped = client.wait("mapped")
            shown.append(client.wait("rooms-painted") - mapped)
            cpu.append(client.calm(quiet=4))
            memory.append(client.pss())
            desktop.quit(client)
    table.add_limit("first login: window to first rooms on the screen", median(shown), "s", 1.5)
    table.add_limit("… CPU time until calm", median(cpu), "s", 3)
    table.add_margin("… memory (PSS) then", median(memory), median(floors), "MiB", 60)


def start(lab, table, options):
    measured = {"client": [], "floor": []}
    idle = 0
    with lab.signed_in() as desktop:
        client = desktop.start_client()
        client.wait("rooms-painted")
        client.calm(quiet=4)
        desktop.quit(client)
        for number in range(options.runs):
            for kind in ("floor", "client"):
                program = desktop.start_client() if kind == "client" else desktop.start_floor()
                mapped = program.wait("mapped") - program.started
                painted = program.wait("rooms-painted") - program.started
                cpu = program.calm()
                measured[kind].append((mapped * 1e3, painted * 1e3, cpu, program.pss()))
                if kind == "client" and number == options.runs - 1:
                    idle = program.idle(IDLE_SECONDS)
                program.end() if kind == "floor" else desktop.quit(program)
    client, floor = ([median(column) for column in zip(*measured[kind])] for kind in ("client", "floor"))
    table.add("exec to window mapped", client[0], floor[0], "ms", 1.25, "an empty list window")
    table.add("exec to the stored room list on the screen", client[1], floor[1], "ms", 1.5, "the same")
    table.add("CPU time until calm", client[2], floor[2], "s", 2, "the same")
    table.add_margin("memory (PSS) then", client[3], floor[3], "MiB", 40)
    table.add_limit(f"CPU while idle, over {IDLE_SECONDS} s", idle, "%", 0.1)


@contextlib.contextmanager
def open_client(lab):
    with lab.signed_in() as desktop:
        client = desktop.start_client()
        client.wait("rooms-painted")
        client.calm(quiet=4)
        yield desktop, client
        desktop.quit(client)


def open_room(desktop, client, room_id):
    """Seconds from the wish to the rows on the screen. The client refuses a room that it has not heard of
    yet: it is asked again."""
    asked, opened = client.count("room-asked"), client.count("room-opened")
    deadline = time.monotonic() + PATIENCE
    while client.count("room-asked") == asked:
        if time.monotonic() > deadline:
            raise TimeoutError(f"the client does not know the room {room_id}")
        desktop.open_room(room_id)
        with contextlib.suppress(TimeoutError):
            client.wait("room-asked", asked + 1, timeout=2)
    return client.wait("room-opened", opened + 1) - client.wait("room-asked", asked + 1)


def some_rooms(lab, number):
    """Joined rooms besides the long ones; no spaces, which have no conversation to open."""
    me = lab.server.login(lab.told["login"], lab.told["password"])
    rooms = (room for room in me.joined_rooms() if room not in lab.told["long_rooms"].values() and
             me.state(room, "m.room.create").get("type") != "m.space")
    return list(itertools.islice(rooms, number))


def frames(lines, name="frame-cpu"):
    """What the frames among these lines of a trace took, in ms, the shortest first."""
    return sorted(line["took"] / 1e3 for line in lines if line["milestone"] == name)


def room(lab, table, options):
    others = some_rooms(lab, options.runs)
    for length, room_id in sorted(lab.told["long_rooms"].items(), key=lambda pair: int(pair[0])):
        with open_client(lab) as (desktop, client):
            open_room(desktop, client, room_id)  # its tail comes from the server now
            client.calm()
            times, cpu, longest = [], [], []
            for other in others:
                open_room(desktop, client, other)
                before, begun = client.calm(quiet=1), len(client.lines())
                times.append(open_room(desktop, client, room_id) * 1e3)
                cpu.append((client.cpu() - before) * 1e3)
                client.calm(quiet=1)
                longest.append(frames(client.lines()[begun:])[-1])
            table.add_limit(f"open the room of {length} messages", median(times), "ms", 150)
            table.add_limit("… longest frame of that", median(longest), "ms CPU", 50)
            table.note(f"processor time of that: {median(cpu):.0f} ms")
            scroll(desktop, client, table)


def scroll(desktop, client, table):
    window = desktop.focus(client)
    width, height = (int(line.split("=")[1]) for line in
                     desktop.run("xdotool", "getwindowgeometry", "--shell", window).splitlines()
                     if line.startswith(("WIDTH", "HEIGHT")))
    desktop.input("mousemove", "--window", window, str(width * 2 // 3), str(height // 2))
    client.calm(quiet=1)
    begun, memory = len(client.lines()), client.pss()
    desktop.input("click", "--repeat", str(SCROLLS), "--delay", "16", "4")
    client.calm(quiet=1)
    lines = client.lines()[begun:]
    wall, cpu = frames(lines, "frame"), frames(lines)
    if not cpu:
        table.note("no frames were drawn while scrolling")
        return
    table.add_limit(f"scroll ({SCROLLS} clicks, {len(cpu)} frames): 95 of 100 frames", cpu[len(cpu) * 95 // 100], "ms CPU", 16)
    table.add_limit("… longest frame", cpu[-1], "ms CPU", 50)
    table.add_margin("… memory (PSS) then", client.pss(), memory, "MiB", FLAT)
    table.note(f"by the clock: {wall[len(wall) * 95 // 100]:.1f} and {wall[-1]:.1f} ms")


def typing(lab, table, options):
    times = []
    with open_client(lab) as (desktop, client):
        open_room(desktop, client, next(iter(lab.told["long_rooms"].values())))
        client.calm()
        desktop.focus(client)
        for number in range(options.runs):
            sent, shown = client.count("send-pressed"), client.count("pending-row")
            desktop.input("type", "--delay", "20", f"Bonjour {number}")
            desktop.input("key", "Return")
            times.append((client.wait("pending-row", shown + 1) - client.wait("send-pressed", sent + 1)) * 1e3)
            client.calm(quiet=1)
    table.add_limit("message typed to pending row on the screen", median(times), "ms", 30)
