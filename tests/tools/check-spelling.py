#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors

"""Words written wrongly, by codespell. spelling-ignore.txt has those that are right all the same."""

import tree

# Tests speak French as their users do; they are left out.
PLACES = ["src", "data", "flatpak", "tests/tools", "tests/environment", "README.md", "dev"]
SKIP = "*.svg,*.png,*.ini,packages*.txt,spelling-ignore.txt,__pycache__"


def check(root):
    ignore = root / "tests" / "tools" / "spelling-ignore.txt"
    done = tree.run("codespell", "--skip", SKIP, *(["-I", str(ignore)] if ignore.exists() else []),
                    *(place for place in PLACES if (root / place).exists()), cwd=root)
    return done.stdout.splitlines()


if __name__ == "__main__":
    tree.main(check)
