#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors

"""Scripts are at least sound in syntax, and ./dev describes each of its commands."""

import re

import tree


def check(root):
    problems = []
    for path in tree.files(root):
        where = path.relative_to(root)
        if path.suffix == ".py":
            try:
                compile(tree.text(path), str(where), "exec")
            except SyntaxError as error:
                problems.append(f"{where}:{error.lineno}: {error.msg}")
        elif path.suffix == ".sh" or str(where) in ("dev", ".ci/run"):
            done = tree.run("bash", "-n", str(path))
            problems += [line.replace(f"{root}/", "") for line in done.stderr.splitlines()]
    if (root / "dev").exists():
        script = tree.text(root / "dev")
        commands = re.findall(r"^  ([a-z][a-z-]*)\)", script[script.index("\ncase $cmd in"):], re.M)
        head = script[:script.index("\nset -e")]
        problems += [f"dev: the help does not mention {name}" for name in commands
                     if not re.search(rf"\./dev {name}\b", head)]
    return problems


if __name__ == "__main__":
    tree.main(check)
