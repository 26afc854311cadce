# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""How the benchmarks print: a line a figure, and JSON for machines."""
import json
import os
import platform
import statistics


def median(values):
    return statistics.median(values)


class Table:
    def __init__(self, path=None):
        self.path = path
        self.rows = []
        self.missed = 0
        print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, {platform.machine()}, "
              f"renderer {os.environ.get('GSK_RENDERER', 'default')}")

    def begin(self, name):
        print(f"\n{name}", flush=True)

    def note(self, text):
        print(f"  {text}", flush=True)

    def _print(self, what, value, against, goal, met):
        self.missed += not met
        print(f"  {what:<52} {value:<16} {against:<44} {goal:<12} {'met' if met else 'MISSED'}", flush=True)

    def add(self, what, value, floor, unit, goal, of):
        """A figure with its floor; goal: the ratio that it may have."""
        ratio = value / floor if floor else float("inf")
        self.rows.append({"what": what, "value": value, "floor": floor, "unit": unit, "ratio": ratio, "goal": goal})
        self._print(what, f"{value:.4g} {unit}", f"= {ratio:.2f} × {floor:.4g} ({of})", f"≤ {goal:g} ×", ratio <= goal)

    def add_margin(self, what, value, floor, unit, goal):
        """A figure that may be so much above its floor."""
        self.rows.append({"what": what, "value": value, "floor": floor, "unit": unit, "above": value - floor, "goal": goal})
        self._print(what, f"{value:.4g} {unit}", f"= {floor:.4g} + {value - floor:.4g}", f"≤ + {goal:g} {unit}",
                    value - floor <= goal)

    def add_limit(self, what, value, unit, goal):
        """A figure with a limit of its own."""
        self.rows.append({"what": what, "value": value, "unit": unit, "limit": goal})
        self._print(what, f"{value:.4g} {unit}", "", f"≤ {goal:g} {unit}", value <= goal)

    def end(self):
        met = len(self.rows) - self.missed
        print(f"\n{met} of {len(self.rows)} goals met")
        if self.path:
            with open(self.path, "w", encoding="utf-8") as file:
                json.dump(self.rows, file, ensure_ascii=False, indent=1)
