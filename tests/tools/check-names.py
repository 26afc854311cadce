#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors

"""House rules that are words: names of files, functions with one home, addresses, machine paths."""

import re

import tree

VAGUE = re.compile(r"(?:^|[-_])(?:utils?|misc|common|helpers?|manager)(?:[-_.]|$)")

# Functions with one home: aesthetics of the flows (src/base/mx-flow.h says why).
ONE_HOME = {
    re.compile(r"\bdex_(?:scheduler|thread_pool)\w*_spawn\b|\bdex_scheduler_spawn\b"
               r"|\bdex_future_disown\b"): "src/base/mx-flow.c",
}
AWAIT = re.compile(r"\bdex_await\w* \(")

# A program of ours calls nobody but the user's servers; so every address in the tree is known.
ADDRESS = re.compile(r"https?://([A-Za-z0-9.-]+)")
RESERVED = re.compile(r"(?:^|\.)(?:example(?:\.(?:com|org|net|fr))?|invalid|test|localhost)$"
                      r"|^127\.|^10\.|^192\.168\.|^[0-9.]*$")
MACHINE = re.compile(r"(?<![\w.$}~-])/(?:home|root|work)/\w")

BINARY = (".png", ".jpg", ".webp", ".gif", ".ogg", ".mp4", ".svg", ".gz", ".xz", ".bin")


def check(root):
    problems = []
    hosts_file = root / "tests" / "tools" / "hosts.txt"
    hosts = {line.split("#")[0].strip() for line in tree.text(hosts_file).splitlines()} \
        if hosts_file.exists() else set()
    for path in tree.files(root):
        where = path.relative_to(root)
        if VAGUE.search(path.name):
            problems.append(f"{where}: the name says nothing; use its subject")
        if path.name.endswith(BINARY) or path.name == "COPYING":
            continue
        content = tree.text(path)
        if path.suffix in (".c", ".h"):
            problems += one_home(where, content)
        problems += machine_paths(where, content)
        # Tests are full of invented and hostile addresses, and call none.
        if where.parts[0] != "tests":
            problems += addresses(where, content, hosts)
    return problems


def one_home(where, content):
    problems = []
    code = re.sub(r"/\*.*?\*/", lambda m: "\n" * m[0].count("\n"), content, flags=re.S)
    for pattern, home in ONE_HOME.items():
        if str(where) != home:
            problems += [f"{where}:{line_of(code, m)}: {m[0]} belongs to {home}"
                         for m in pattern.finditer(code)]
    if where.parts[0] == "src" and str(where) not in ONE_HOME.values():
        problems += [f"{where}:{line_of(code, m)}: dex_await() without an error"
                     for m in AWAIT.finditer(code) if last_argument(code, m.end()) == "NULL"]
    return problems


def last_argument(code, start):
    """Of the call whose parenthesis was opened just before start."""
    depth, begin = 1, start
    for i in range(start, len(code)):
        depth += (code[i] in "([{") - (code[i] in ")]}")
        if depth == 0:
            return code[begin:i].strip()
        if depth == 1 and code[i] == ",":
            begin = i + 1
    return ""


def addresses(where, content, hosts):
    problems = []
    for m in ADDRESS.finditer(content):
        host = m[1].rstrip(".").lower()
        if "." not in host or RESERVED.search(host) or host in hosts:
            continue
        problems.append(f"{where}:{line_of(content, m)}: {host} is not in tests/tools/hosts.txt")
    return problems


def machine_paths(where, content):
    return [f"{where}:{line_of(content, m)}: a path of one machine" for m in MACHINE.finditer(content)]


def line_of(content, match):
    return content.count("\n", 0, match.start()) + 1


if __name__ == "__main__":
    tree.main(check)
