#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors

"""Words written wrongly, by codespell. spelling-ignore.txt has those that are right all the same."""

import tree

SKIP = ".git,_build,*.po,*.pot,COPYING,*.svg,*.png,fixtures,packages*.txt,./tests/homeserver,./tests/interop,spelling-ignore.txt"


def check(root):
    ignore = root / "tests" / "tools" / "spelling-ignore.txt"
    done = tree.run("codespell", "--skip", SKIP, *(["-I", str(ignore)] if ignore.exists() else []),
                    ".", cwd=root)
    return done.stdout.splitlines()


if __name__ == "__main__":
    tree.main(check)
