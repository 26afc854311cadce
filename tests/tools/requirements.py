#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors

"""The table requirement → tests of tests/README.md, made of the names of the tests.

requirements.py [FOLDER]            checks that the table is current (a lint check)
requirements.py FOLDER fix          writes it
requirements.py FOLDER BUILD        prints it with the results of BUILD's last test run

A test says what it proves by the number in its name: E2E-076 in the path of a C test, E2E_076 in the
name of a Python test. A Python test that meson does not know yet is waiting; everything else has to
pass for a change to land.
"""

import json
import re
import sys
from pathlib import Path

import tree

NUMBER = re.compile(r"E2E[-_](\d{3})", re.I)
STRING = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
BEGIN, END = "<!-- requirements: begin -->\n", "<!-- requirements: end -->\n"


def requirements(root):
    """(section, None, None) and (number, title, reason why it is not tested) in order."""
    for line in tree.text(root / "tests" / "requirements.txt").splitlines():
        if line.startswith("== "):
            yield line[3:], None, None
        elif line and not line.startswith("#"):
            number, _, rest = line.partition(" ")
            title, _, reason = rest.partition(" | ")
            yield number, title, reason


def waiting(root):
    """(file, class) pairs of the Python tests that meson does not run yet."""
    content = tree.text(root / "tests" / "interop" / "meson.build")
    part = re.search(r"interop_waiting = \{(.*?)\n\}", content, re.S)
    found = set()
    for line in part[1].splitlines() if part else []:
        words = re.findall(r"'([^']+)'", line)
        if words:
            found |= {(words[1], name) for name in words[2:] or [None]}
    return found


def tests(root):
    """(number, test, is waiting) for each test whose name has a number."""
    for path in tree.files(root, ".c", under=["tests"]):
        names = set()
        for text in STRING.findall(tree.text(path)):
            names |= {(number, text) for number in NUMBER.findall(text)}
        for number, text in sorted(names):
            yield number, f"{path.parent.name}/{path.stem}", False
    later = waiting(root)
    for path in tree.files(root, ".py", under=["tests"]):
        if not path.name.startswith("test_"):
            continue
        content = tree.text(path)
        current = None
        for line in content.splitlines():
            if (head := re.match(r"class (\w+)", line)):
                current = head[1]
            name = re.match(r"    def (test_\w*E2E_\d{3}\w*)", line)
            if not name:
                continue
            played = classes(content, current)
            late = all((path.name, each) in later or (path.name, None) in later for each in played)
            for number in NUMBER.findall(name[1]):
                yield number, f"{path.parent.name}/{path.stem} {current}", late


def classes(content, scenario):
    """The classes that a scenario is played by, or itself."""
    if re.search(rf"^class {scenario}\(InteropCase\)", content, re.M) or "played_by" not in content:
        return [scenario]
    found = re.search(rf"played_by\({scenario}, (.*), globals\(\)\)", content)
    pairs = re.findall(r'\("(\w+)", "(\w+)"\)', found[1]) if found else []
    for constant in re.findall(r"[A-Z]{2}[A-Z_]*", found[1] if found else ""):
        defined = re.search(rf"^{constant} = (.*)", content, re.M)
        pairs += re.findall(r'\("(\w+)", "(\w+)"\)', defined[1]) if defined else [("cli", "js"), ("js", "cli"), ("js", "js")]
    if not found:
        pairs = [("cli", "js")]
    return [f"{scenario}{a.capitalize()}{b.capitalize()}" for a, b in pairs if "cli" in (a, b)] or [scenario]


def results(build):
    """{"folder/file": passed} of the last run, by the names of meson's tests."""
    log = Path(build, "meson-logs", "testlog.json")
    found = {}
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        test = json.loads(line)
        for number in NUMBER.findall(test.get("stdout", "") + test.get("stderr", "")):
            found.setdefault(number, []).append(test["result"] == "OK")
    return found


def table(root, run=None):
    known = {}
    for number, test, late in tests(root):
        entry = known.setdefault(number, {}).setdefault(test, [0, 0])
        entry[late] += 1
    lines, counted = [], {"tested": 0, "waiting": 0, "no test": 0, "out of scope": 0}
    for number, title, reason in requirements(root):
        if title is None:
            lines += ["", f"### {number}", "", "| | requirement | tests | result |", "|---|---|---|---|"]
            continue
        have = known.get(number, {})
        ready = any(entry[0] for entry in have.values())
        state = "tested" if ready else "waiting" if have else "out of scope" if reason else "no test"
        counted[state] += 1
        if ready:
            result = "passes"
            if run is not None:
                result = {None: "did not run", True: "passed", False: "failed"}[all(run[number]) if number in run else None]
        else:
            result = reason if state == "out of scope" else state
        names = ", ".join(f"{test} ×{sum(entry)}" if sum(entry) > 1 else test for test, entry in sorted(have.items()))
        lines.append(f"| {number} | {title} | {names} | {result} |")
    head = ", ".join(f"{count} {state}" for state, count in counted.items())
    return "\n".join([f"Of {sum(counted.values())} requirements: {head}.", *lines, ""])


def check(root, how=None):
    readme = root / "tests" / "README.md"
    if how not in (None, "fix"):
        print(table(root, results(how)))
        return []
    content = tree.text(readme)
    begin, end = content.index(BEGIN) + len(BEGIN), content.index(END)
    fresh = content[:begin] + table(root) + content[end:]
    if how == "fix":
        readme.write_text(fresh, encoding="utf-8")
        return []
    if fresh != content:
        return ["tests/README.md: the table of requirements is not current: ./dev lint --fix writes it"]
    return []


if __name__ == "__main__":
    tree.main(check)
