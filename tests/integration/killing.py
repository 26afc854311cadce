# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""kill -9 of chappe-cli at moments that a seed draws.

    killings = Killings(proxy, "a name", "send")
    killings.run(cli, "send", room, "allô")      # dies somewhere, or ends before its moment comes
    doomed = killings.start(cli, "listen"); ...; doomed.finish()
    print(killings)

The moments: before the n-th request reaches the server; when the server has answered it and the
program has not heard; before, or in the middle of, the n-th change of its files (each commit is some of
these: kill-at-step.c); after a time.  How far n goes follows what the verb was seen to do.
$CHAPPE_CRASH_ROUNDS is the number of kills of each test, $CHAPPE_SEED the seed, which is printed.
"""
import collections
import contextlib
import os
import random
import signal
import subprocess
import time

ROUNDS = int(os.environ.get("CHAPPE_CRASH_ROUNDS", "0"))
SEED = int(os.environ.get("CHAPPE_SEED", "0")) or random.SystemRandom().randrange(1, 10 ** 9)
MOMENTS = ("request", "answer", "step", "torn step", "time")
REACH = {"request": 8, "answer": 8, "step": 60, "torn step": 60, "time": 0.6}


def rounds(ordinary):
    """How many kills a test makes."""
    return ROUNDS or ordinary


class Killings:
    """The kills of one test; the proxy has no other clients."""

    def __init__(self, proxy, name):
        self.proxy, self.random = proxy, random.Random(f"{SEED} {name}")
        self.reach = collections.defaultdict(lambda: dict(REACH))
        self.done = collections.Counter()
        self.ended = 0
        self.log = []
        print(f"seed {SEED}")

    def __str__(self):
        kinds = ", ".join(f"{self.done[moment]} by {moment}" for moment in MOMENTS)
        return f"{sum(self.done.values())} killed ({kinds}); {self.ended} had ended"

    def start(self, cli, *arguments, dialogue=False):
        """Starts a verb that will be killed."""
        reach = self.reach[arguments[0]]
        moment = self.random.choice(MOMENTS)
        number = self.random.random() * reach[moment]
        return Doomed(self, cli, arguments, dialogue, moment, number if moment == "time" else int(number))

    def run(self, cli, *arguments, stdin=None):
        doomed = self.start(cli, *arguments, dialogue=stdin is not None)
        if stdin is not None:
            doomed.running.write(stdin)
            doomed.running.process.stdin.close()
        return doomed.finish()


class Doomed:
    """A verb that is to die: `running` is what Cli.start() gives."""

    def __init__(self, killings, cli, arguments, dialogue, moment, number):
        self.killings, self.verb, self.moment, self.number = killings, arguments[0], moment, number
        self.rule, self.running = None, None
        before = dict(cli.environment)
        if moment == "request":
            self.rule = killings.proxy.on(skip=number, times=1, ahead=True).cut_before(self.kill)
        elif moment == "answer":
            self.rule = killings.proxy.on(skip=number, times=1, ahead=True).cut_after(self.kill)
        elif moment != "time":
            cli.environment |= {
                "LD_PRELOAD": os.environ["CHAPPE_KILL_AT_STEP"], "CHAPPE_KILL_FOLDER": cli.scratch,
                "CHAPPE_KILL_STEP": f"{number + 1}{'t' if moment == 'torn step' else ''}"}
            if "ASAN_OPTIONS" in cli.environment:
                cli.environment["ASAN_OPTIONS"] += ":verify_asan_link_order=0"
        self.began = time.monotonic()
        try:
            self.running = cli.start(*arguments, dialogue=dialogue)
        finally:
            cli.environment = before

    def kill(self):
        while self.running is None:  # the first request may be quicker than we
            time.sleep(0.001)
        self.running.process.kill()

    def finish(self, timeout=20):
        """Waits until its moment has come, or it has ended by itself: whether it was killed."""
        process = self.running.process
        try:
            process.wait(max(0, self.began + self.number - time.monotonic()) if self.moment == "time" else timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdin:
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
        if self.rule:
            self.rule.release()
        killed = process.returncode == -signal.SIGKILL
        if not killed and process.returncode not in (0, 1):
            raise AssertionError(f"{self.verb} crashed by itself: {process.returncode}, {self.running.rest()}")
        killings = self.killings
        reach = killings.reach[self.verb]
        reach[self.moment] = max(1 if self.moment != "time" else 0.1, reach[self.moment] * (1.06 if killed else 0.88))
        killings.log.append((self.verb, self.moment, self.number, killed))
        if killed:
            killings.done[self.moment] += 1
        else:
            killings.ended += 1
        return killed
