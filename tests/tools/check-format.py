#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors

"""The formatters of C and of Blueprint have nothing to change (./dev lint --fix lets them)."""

from concurrent.futures import ThreadPoolExecutor

import tree


def check(root, fix=""):
    sources = [str(p) for p in tree.files(root, ".c", ".h", under=["src", "tests"])]
    templates = [str(p) for p in tree.files(root, ".blp", under=["src"])]
    problems = []
    how = ["-i"] if fix else ["--dry-run", "-Werror", "--ferror-limit=1"]
    parts = [sources[i::4] for i in range(4) if sources[i::4]]
    with ThreadPoolExecutor(4) as pool:
        for done in pool.map(lambda part: tree.run("clang-format", *how, *part, cwd=root), parts):
            problems += [line.replace(f"{root}/", "") for line in done.stderr.splitlines()
                         if "error:" in line]
    if templates:
        done = tree.run("blueprint-compiler", "format", "--no-diff", *(["--fix"] if fix else []),
                        *templates, cwd=root)
        if done.returncode and not fix:
            problems += [line.replace(f"{root}/", "") for line in done.stdout.splitlines()]
    return problems


if __name__ == "__main__":
    tree.main(check)
