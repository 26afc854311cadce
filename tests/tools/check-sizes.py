#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors

"""Files and functions that became too long to be read in one go."""

import re

import tree

LIMITS = {".c": 800, ".h": 150, ".blp": 300}
FUNCTION = 100
# These wire parts together and hold no feature.
NAMED = {"mx-session.c": 400, "chappe-application.c": 400, "chappe-window.c": 400, "main.c": 60}


def check(root):
    problems = []
    for path in tree.files(root, *LIMITS, under=["src", "tests"]):
        where = path.relative_to(root)
        lines = tree.text(path).splitlines()
        limit = LIMITS[path.suffix]
        if where.parts[0] == "src":
            limit = NAMED.get(path.name, limit)
        if len(lines) > limit:
            problems.append(f"{where}: {len(lines)} lines, at most {limit}")
        if path.suffix == ".c":
            for name, start, length in functions(lines):
                if length > FUNCTION:
                    problems.append(f"{where}:{start}: {name}() has {length} lines, "
                                    f"at most {FUNCTION}")
    return problems


def functions(lines):
    """Name, first line and number of lines of each function: braces in column 0 after a ')'."""
    start, name = None, ""
    for number, line in enumerate(lines, 1):
        if line == "{" and number > 1 and lines[number - 2].endswith(")"):
            start = number
            head = next((p for p in reversed(lines[max(0, number - 15):number - 1])
                         if re.match(r"\w+ \(", p)), "?")
            name = head.split(" ")[0]
        elif line.startswith("}") and start:
            yield name, start, number - start + 1
            start = None


if __name__ == "__main__":
    tree.main(check)
