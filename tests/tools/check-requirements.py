#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors

"""Each requirement of end-to-end encryption has a test or a reason, and tests/README.md says which.

check-requirements.py [FOLDER]                 the check
check-requirements.py FOLDER fix               writes the table (./dev lint --fix)
check-requirements.py FOLDER record BUILD...   notes in tests/results.txt how the cases of each
                                               requirement went in the last run of these build
                                               folders, then writes the table

A test says what it proves by the number in its name: E2E-076 in the path of a C test, E2E_076 in the
name of a Python test. That it is written is one column of the table, what became of it in the last
run that was noted is the other.
"""

import datetime
import json
import re
import sys
from pathlib import Path

import tree

NUMBER = re.compile(r"E2E[-_](\d{3})", re.I)
STRING = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
TAP_CASE = re.compile(r"^(not )?ok\b *\d* *(?:- )?(.*?)(?: # (SKIP|TODO)\b.*)?$", re.M | re.I)
PYTHON_CASE = re.compile(r"^(test_\w+) .*?\.\.\. (\w+)", re.M)
BEGIN, END = "<!-- requirements: begin -->\n", "<!-- requirements: end -->\n"


def requirements(root):
    """(section, None, None) and (number, title, reason why it is not tested) in order."""
    path = root / "tests" / "requirements.txt"
    for line in tree.text(path).splitlines():
        if line.startswith("== "):
            yield line[3:], None, None
        elif line and not line.startswith("#"):
            number, _, rest = line.partition(" ")
            title, _, reason = rest.partition(" | ")
            yield number, title, reason


def tests(root):
    """{number: {test}}, of all tests whose names have numbers."""
    found = {}
    for path in tree.files(root, ".c", under=["tests"]):
        if path.name.startswith("test-"):
            for text in STRING.findall(tree.text(path)):
                for number in NUMBER.findall(text):
                    found.setdefault(number, set()).add(f"{path.parent.name}/{path.stem}")
    for path in tree.files(root, ".py", under=["tests"]):
        if path.name.startswith("test_"):
            for name in re.findall(r"^    def (test_\w+)", tree.text(path), re.M):
                for number in NUMBER.findall(name):
                    found.setdefault(number, set()).add(f"{path.parent.name}/{path.stem}")
    return found


# -- Results


def cases(test):
    """(name, "passed", "failed" or None) of each case of a test that ran."""
    for bad, name, directive in TAP_CASE.findall(test.get("stdout") or ""):
        yield name, None if directive else "failed" if bad else "passed"
    for name, outcome in PYTHON_CASE.findall(test.get("stderr") or ""):
        yield name, {"ok": "passed", "skipped": None}.get(outcome, "failed")


def record(root, builds):
    counted = {}
    for build in builds:
        log = Path(build, "meson-logs", "testlog.json")
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
            for name, outcome in cases(json.loads(line)):
                for number in NUMBER.findall(name):
                    counts = counted.setdefault(number, {"passed": 0, "failed": 0, None: 0})
                    counts[outcome] += 1
    commit = tree.run("git", "describe", "--always", "--dirty", cwd=root).stdout.strip()
    head = (f"# How the cases of each requirement went on {datetime.date.today()}, {commit or 'no commit'}:\n"
            "# number, passed, failed, skipped. tests/tools/check-requirements.py writes it.\n")
    (root / "tests" / "results.txt").write_text(head + "".join(
        f"{number} {counts['passed']} {counts['failed']} {counts[None]}\n"
        for number, counts in sorted(counted.items())), encoding="utf-8")


def results(root):
    """(what was said of the run, {number: result})."""
    path = root / "tests" / "results.txt"
    if not path.exists():
        return "", {}
    found, said = {}, re.search(r"went (on .*):$", tree.text(path), re.M)
    for line in tree.text(path).splitlines():
        if not line.startswith("#"):
            number, passed, failed, skipped = line.split()
            found[number] = (f"{failed} failed" if failed != "0" else
                             f"{passed} passed" if passed != "0" else "skipped")
    return said[1] if said else "", found


# -- The table


def table(root):
    known = tests(root)
    said, found = results(root)
    lines, counts = [], {"with tests": 0, "without": 0, "out of scope": 0}
    for number, title, reason in requirements(root):
        if title is None:
            lines += ["", f"### {number}", "", "| | requirement | tests | last run |", "|---|---|---|---|"]
            continue
        names = ", ".join(sorted(known.get(number, ())))
        counts["with tests" if names else "out of scope" if reason else "without"] += 1
        result = found.get(number, "did not run") if names else reason
        lines.append(f"| {number} | {title} | {names} | {result} |")
    head = ", ".join(f"{count} {state}" for state, count in counts.items())
    return "\n".join([f"{sum(counts.values())} requirements: {head}.",
                      f"The last run that was noted: {said}." if said else "No run was noted.", *lines, ""])


def missing(root):
    known = tests(root)
    numbers = set()
    for number, title, reason in requirements(root):
        if title is None:
            continue
        numbers.add(number)
        if number not in known and not reason:
            yield f"tests/requirements.txt: E2E-{number} has no test and no reason why"
    for number in sorted(set(known) - numbers):
        yield f"{', '.join(sorted(known[number]))}: there is no requirement E2E-{number}"


def check(root, how=None, *builds):
    readme = root / "tests" / "README.md"
    if not readme.exists():
        return []
    if how == "record":
        record(root, builds)
    problems = list(missing(root))
    content = tree.text(readme)
    begin, end = content.index(BEGIN) + len(BEGIN), content.index(END)
    written = "\n".join(tree.text(path) for path in tree.files(root, ".py", under=["tests"]))
    problems += [f"tests/README.md: there is no {name}" for name in re.findall(r"test_E2E_\w+", content[:begin])
                 if f"def {name}(" not in written]
    fresh = content[:begin] + table(root) + content[end:]
    if how is not None:
        readme.write_text(fresh, encoding="utf-8")
    elif fresh != content:
        problems.append("tests/README.md: the table of requirements is not current: ./dev lint --fix writes it")
    return problems


if __name__ == "__main__":
    tree.main(check)
