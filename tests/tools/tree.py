# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors

"""What the checks of this folder share: the files of the tree, and how a check ends.

A check is a module with `check(root) -> [problem]`. `main()` prints the problems and sets the exit
status; `Skip` ends it as a skipped test, with the reason. test-checks.py shows that each can fail.
"""

import os
import subprocess
import sys
from pathlib import Path

NOT_OURS = {".git", "_build", ".flatpak-builder", "__pycache__", "subprojects"}


class Skip(Exception):
    """The check cannot be made here; the text says why."""


def files(root, *suffixes, under=()):
    """The files of the project with these suffixes (all without any), below the named folders."""
    tops = [root / name for name in under] or [root]
    found = []
    for top in tops:
        for folder, subfolders, names in os.walk(top):
            subfolders[:] = sorted(d for d in subfolders if d not in NOT_OURS)
            found += [Path(folder, n) for n in names if not suffixes or n.endswith(suffixes)]
    return sorted(found)


def text(path):
    """The file as text; what is not UTF-8 is kept apart as surrogates."""
    return path.read_text(encoding="utf-8", errors="surrogateescape")


def run(*command, **options):
    """Runs a tool in English; a missing one skips the check."""
    options.setdefault("env", {**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": ""})
    try:
        return subprocess.run(command, capture_output=True, text=True, **options)
    except FileNotFoundError:
        raise Skip(f"{command[0]} is not installed") from None


def main(check):
    """Runs a check on the folder named on the command line."""
    root = Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    try:
        problems = check(root, *sys.argv[2:])
    except Skip as reason:
        print(f"skipped: {reason}")
        sys.exit(77)
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)
