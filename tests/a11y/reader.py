# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""The client as a person meets it who reads with a screen reader and writes with a keyboard.

A Desktop has a display, session bus, keyring and accessibility bus of its own: nobody else's window
takes the keys.  A Window is the running client: its accessible tree (AT-SPI), and keys (xdotool).
"""
import contextlib
import os
import subprocess
import sys
import time

import demo

HERE = os.path.dirname(os.path.realpath(__file__))
WAIT = 90  # seconds for anything to come about, on a busy machine
ENDS = 90  # seconds for a program to end
STEP = 5  # seconds until a key is taken for one that does not move the focus, or nothing tells of one
LONG_LISTS = ("Conversations", "Messages")
EVENTS = ("object:announcement", "object:state-changed:focused")


class Desktop(demo.Demo):
    def __init__(self):
        super().__init__("", "C.UTF-8")
        self.announced = []
        self.focused, self.moves = None, 0  # what said last that it has the focus, and how often that was said

    def start(self):
        runtime = os.path.join(self.scratch, "runtime")
        self.environment.update(
            XDG_RUNTIME_DIR=runtime, HOME=self.scratch, DISPLAY=self.display(), GDK_BACKEND="x11", GSK_RENDERER="cairo",
            GTK_A11Y="atspi", GSETTINGS_BACKEND="memory", GIO_USE_VFS="local", GIO_USE_PROXY_RESOLVER="dummy",
            LIBGL_ALWAYS_SOFTWARE="1", GTK_USE_PORTAL="0")
        for name in ("NO_AT_BRIDGE", "WAYLAND_DISPLAY", "AT_SPI_BUS_ADDRESS", "LANGUAGE"):
            self.environment.pop(name, None)
        self.bus_and_keyring()
        # The accessibility library finds its bus by the environment of the process, once.
        for name in ("DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"):
            os.environ[name] = self.environment[name]
        os.environ.pop("NO_AT_BRIDGE", None)
        import gi
        gi.require_version("Atspi", "2.0")
        from gi.repository import Atspi, GLib
        self.atspi, self.loop = Atspi, GLib.MainContext.default()
        Atspi.init()
        Atspi.set_timeout(30000, 60000)
        self.listener = Atspi.EventListener.new(self.heard)
        for kind in EVENTS:
            self.listener.register(kind)

    def heard(self, event):
        if event.type.startswith("object:announcement"):
            self.announced.append(str(event.any_data))
        elif event.detail1:
            self.focused, self.moves = event.source, self.moves + 1

    def display(self):
        """A new display with a number that the server finds free itself."""
        reader, writer = os.pipe()
        self.spawn("Xvfb", "-displayfd", str(writer), "-screen", "0", "1280x1000x24", "-nolisten", "tcp", "-noreset",
                   pass_fds=[writer], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(writer)
        with os.fdopen(reader, encoding="ascii") as pipe:
            return ":" + pipe.readline().strip()

    def profile(self, name):
        """Folders of their own for the next client."""
        for kind in ("DATA", "CONFIG", "STATE", "CACHE"):
            self.environment[f"XDG_{kind}_HOME"] = os.path.join(self.scratch, name, kind.lower())

    def sign_in(self, base, login, password):
        self.run(os.environ["CHAPPE_CLI"], "login", "--server", base, "--user", login, "--password-stdin",
                 input=password + "\n", timeout=WAIT)

    def set_up_backup(self):
        """So that the client has nothing to ask when it starts."""
        self.run(os.environ["CHAPPE_CLI"], "recovery", "setup", timeout=WAIT)

    def other_program(self, name, *arguments):
        """A program beside the client that goes on running, once it has said what it does."""
        program = self.spawn(sys.executable, os.path.join(HERE, name), *arguments, stdout=subprocess.PIPE, text=True)
        if not program.stdout.readline():
            raise AssertionError(f"{name} did not start")
        return program

    def copy(self, kind, path):
        """Copies what is in the file."""
        return self.other_program("clipboard.py", kind, path)

    def mouse(self, *arguments):
        self.run("xdotool", *arguments, timeout=WAIT)

    def drag_source(self, path):
        """A window of another program, in a corner, from which the file can be dragged: program, x and y."""
        program = self.other_program("drag_source.py", path)
        window = self.run("xdotool", "search", "--sync", "--onlyvisible", "--name", "drag-source", timeout=WAIT)
        self.mouse("windowmove", "--sync", window.split()[-1], "1200", "920")
        return program, 1240, 960

    def close(self):
        if hasattr(self, "listener"):
            for kind in EVENTS:
                self.listener.deregister(kind)
            self.focused = None
        pipes = [child.stdout for child in self.children if child.stdout]
        super().close()
        for pipe in pipes:
            pipe.close()


class Window:
    """The client while it runs.  What is read of its tree is new each time: nothing is kept."""

    def __init__(self, desktop):
        self.desktop, self.atspi = desktop, desktop.atspi
        desktop.focused, self.next_search = None, 0
        self.log = os.path.join(desktop.scratch, "client.log")
        with open(self.log, "wb") as log:
            self.process = desktop.spawn(os.environ["CHAPPE_WINDOW"], stdout=log, stderr=log)
        try:
            self.tree = self.until(self.application, "the client on the accessibility bus")
            self.tree.set_cache_mask(self.atspi.Cache.NONE)
            self.window = self.windows("--sync")[-1]
            self.take_keys(self.window)
        except BaseException:
            self.process.kill()
            raise

    def application(self):
        root = self.atspi.get_desktop(0)
        root.clear_cache()
        for index in range(root.get_child_count()):
            child = root.get_child_at_index(index)
            if child is not None and child.get_process_id() == self.process.pid and child.get_child_count() > 0:
                return child
        return None

    def windows(self, *more):
        """The windows of the client, as the display numbers them."""
        return self.desktop.run("xdotool", "search", *more, "--onlyvisible", "--pid", str(self.process.pid),
                                timeout=WAIT).split()

    def take_keys(self, window):
        self.desktop.run("xdotool", "windowfocus", "--sync", window, timeout=WAIT)

    @contextlib.contextmanager
    def another_window(self):
        """Keys go to the window that comes up, until it is gone."""
        new = self.until(lambda: set(self.windows()) - {self.window}, "another window").pop()
        self.take_keys(new)
        yield
        self.until(lambda: new not in self.windows(), "the other window is gone")
        self.take_keys(self.window)

    def said(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return log.read()

    def quit(self):
        """Ends it as a user does: the exit status."""
        self.desktop.action("quit")
        return self.process.wait(ENDS)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def until(self, condition, what, timeout=WAIT):
        """What condition returns once that is true."""
        deadline = time.monotonic() + timeout
        while True:
            while self.desktop.loop.iteration(False):
                pass
            try:
                if result := condition():
                    return result
            except self.desktop_error():  # what is asked went away in the meantime
                pass
            if self.process.poll() is not None:
                raise AssertionError(f"{what}: the client ended with {self.process.returncode}\n{self.said()}")
            if time.monotonic() > deadline:
                what = what() if callable(what) else what
                raise AssertionError(f"{what}: not within {timeout} s\n{self.said()[-2000:]}")
            time.sleep(0.05)  # between two looks, not for them

    @staticmethod
    def desktop_error():
        from gi.repository import GLib
        return GLib.Error

    # -- reading

    def nodes(self, into_rows=False, under=None):
        """The showing nodes, from the outside in; what the rows of the long lists are made of only on request."""
        waiting = [(under or self.tree, False)]
        while waiting:
            node, in_list = waiting.pop()
            if node != self.tree and not node.get_state_set().contains(self.atspi.StateType.SHOWING):
                continue
            yield node
            role = node.get_role()
            if into_rows or not in_list or role != self.atspi.Role.LIST_ITEM:
                long_list = role == self.atspi.Role.LIST and node.get_name() in LONG_LISTS
                children = [node.get_child_at_index(i) for i in range(node.get_child_count())]
                waiting += [(child, long_list) for child in reversed(children) if child is not None]

    def find(self, role=None, name=None, focused=False):
        """The first node of that role and name (or of one that name, a function, likes); with focused the
        one that has the focus, if it is so."""
        for node in filter(None, [self.focus()]) if focused else self.nodes():
            if ((role is None or node.get_role() == role)
                    and (name is None or (name(node.get_name()) if callable(name) else node.get_name() == name))):
                return node
        return None

    def wait(self, role=None, name=None, focused=False, what=None):
        try:
            return self.until(lambda: self.find(role, name, focused), what or f"{role} {name}")
        except AssertionError as error:
            focus = self.describe(self.focus()) if self.process.poll() is None else ""
            raise AssertionError(f"{error}\nfocus: {focus}") from None

    def focus(self):
        """What has the focus, None if nothing has: what said so last.  The tree, which takes a second or
        more, is searched where nothing said so, for instance before the client was listened to."""
        while self.desktop.loop.iteration(False):
            pass
        if self.has_focus(self.desktop.focused):
            return self.desktop.focused
        if time.monotonic() < self.next_search:
            return None
        found = next(filter(self.has_focus, self.nodes(into_rows=True)), None)
        self.next_search = time.monotonic() + STEP
        if found is not None:
            self.desktop.focused = found
        return found

    def has_focus(self, node):
        if node is None or node.get_process_id() != self.process.pid:
            return False
        states = node.get_state_set()
        return all(map(states.contains, (self.atspi.StateType.FOCUSED, self.atspi.StateType.SHOWING)))

    def rows(self, name):
        """Names of the rows of the list of that name."""
        return [node.get_name() for node in self.nodes(under=self.wait(self.atspi.Role.LIST, name))
                if node.get_role() == self.atspi.Role.LIST_ITEM]

    def text(self, node):
        reader = self.atspi.Text
        return reader.get_text(node, 0, reader.get_character_count(node))

    def describe(self, node):
        """A node and where it is, for the reader of a failure."""
        path = []
        while node is not None and node != self.tree:
            told = node.get_name()[:40] or node.get_description()[:40] or node.get_accessible_id()
            path.append(f"{node.get_role_name()} '{told}'")
            node = node.get_parent()
        return " < ".join(path)

    # -- writing

    def key(self, *keys):
        self.desktop.run("xdotool", "key", "--clearmodifiers", *keys, timeout=WAIT)

    def step_to(self, key, name):
        """Goes on with a key to what is called so, as somebody does who looks for it."""
        for _ in range(30):
            node, moves = self.focus(), self.desktop.moves
            if node is not None and node.get_name().startswith(name):
                return node
            self.key(key)
            with contextlib.suppress(AssertionError):  # not every key moves the focus
                self.until(lambda before=moves: self.desktop.moves > before and self.focus(), key, STEP)
        raise AssertionError(f"no {key} leads to {name}; focus: {self.describe(self.focus())}")

    def tab_to(self, name):
        return self.step_to("Tab", name)

    def type(self, text):
        self.desktop.run("xdotool", "type", "--delay", "20", text, timeout=WAIT)
