# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""The client on a display, measured from outside: milestones that it notes (CHAPPE_TRACE), its CPU time
and memory as the kernel counts them, input by xdotool, actions by its session bus."""
import json
import os
import subprocess
import time

import demo

APPLICATION = demo.APPLICATION
TICK = os.sysconf("SC_CLK_TCK")


class Program:
    """A running program with its trace."""

    def __init__(self, desktop, command, trace):
        self.desktop = desktop
        self.trace = trace
        open(trace, "wb").close()
        desktop.environment["CHAPPE_TRACE"] = trace
        self.started = time.monotonic()
        self.process = desktop.spawn(*command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def lines(self):
        with open(self.trace, encoding="utf-8") as file:
            return [json.loads(line) for line in file if line.endswith("\n")]

    def count(self, milestone):
        return sum(line["milestone"] == milestone for line in self.lines())

    def wait(self, milestone, times=1, timeout=60):
        """When the milestone came for the n-th time, in seconds of the monotonic clock."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            found = [line["us"] / 1e6 for line in self.lines() if line["milestone"] == milestone]
            if len(found) >= times:
                return found[times - 1]
            if self.process.poll() is not None:
                raise RuntimeError(f"the client ended with {self.process.returncode}")
            time.sleep(0.005)
        raise TimeoutError(f"no '{milestone}' within {timeout} s")

    def cpu(self):
        """Seconds of CPU time until now."""
        with open(f"/proc/{self.process.pid}/stat", encoding="utf-8") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def pss(self):
        """MiB, shared pages shared out."""
        with open(f"/proc/{self.process.pid}/smaps_rollup", encoding="utf-8") as file:
            return sum(int(line.split()[1]) for line in file if line.startswith("Pss:")) / 1024

    def calm(self, quiet=2.0, timeout=120):
        """Waits until it takes less than a hundredth of a processor for a while."""
        deadline = time.monotonic() + timeout
        before, since = self.cpu(), time.monotonic()
        while time.monotonic() < deadline:
            time.sleep(0.1)
            now = self.cpu()
            if now - before > 0.01 * max(1.0, time.monotonic() - since):
                before, since = now, time.monotonic()
            elif time.monotonic() - since >= quiet:
                return now
        raise TimeoutError(f"not calm within {timeout} s")

    def idle(self, seconds):
        """The share of a processor that it takes while nothing happens, in per cent."""
        before, since = self.cpu(), time.monotonic()
        time.sleep(seconds)
        return (self.cpu() - before) / (time.monotonic() - since) * 100

    def end(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(30)


class Desktop(demo.Demo):
    """A session bus, a keyring and scratch folders, on the display that is there."""

    def __init__(self, build):
        super().__init__(build, "fr_FR.UTF-8")
        self.build = build
        self.number = 0

    def recover(self, code):
        """Sets recovery up (code: None) or enters the code, so that the client has nothing to ask when it
        starts. Returns the code."""
        cli = os.path.join(self.programs, "chappe-cli")
        if code is None:
            return json.loads(self.run(cli, "recovery", "setup").splitlines()[-1])["recovery_code"]
        self.run(cli, "recovery", "restore", "--code-stdin", input=code + "\n")
        return code

    def start(self, *command):
        self.number += 1
        return Program(self, command, os.path.join(self.scratch, f"trace-{self.number}"))

    def start_client(self):
        return self.start(os.path.join(self.programs, "chappe"))

    def start_floor(self):
        return self.start(os.path.join(self.build, "tests", "bench", "floor-window"))

    def quit(self, client):
        """Ends the client as a user would, so that it may put its things away."""
        self.action("quit")
        client.process.wait(30)

    def input(self, *arguments):
        self.run("xdotool", *arguments)

    def focus(self, client):
        window = self.run("xdotool", "search", "--sync", "--onlyvisible", "--pid", str(client.process.pid)).split()[-1]
        self.input("windowfocus", "--sync", window)
        return window
