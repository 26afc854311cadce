#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors

"""Every source file says its licence and its authors in its first lines."""

import tree

SUFFIXES = (".c", ".h", ".blp", ".py", ".mjs", ".sh", ".css", ".sql", "meson.build")
SCRIPTS = ("dev", ".ci/run")
WANTED = ("SPDX-License-Identifier: GPL-3.0-or-later",
          "SPDX-FileCopyrightText: 2026 The Chappe authors")


def check(root):
    paths = tree.files(root, *SUFFIXES)
    paths += [root / name for name in SCRIPTS if (root / name).exists()]
    problems = []
    for path in paths:
        if "fixtures" in path.parts:
            continue
        head = "\n".join(tree.text(path).splitlines()[:4])
        problems += [f"{path.relative_to(root)}: no “{line}” at the top"
                     for line in WANTED if line not in head]
    return problems


if __name__ == "__main__":
    tree.main(check)
