#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors

"""Every built program finds SQLCipher's symbols before SQLite's, whose names are the same.

Where libsqlite3 (a dependency of libsoup) comes first, `PRAGMA key` succeeds and the database is
plain text. The loader searches the program's direct libraries in order, then theirs: so SQLCipher
has to be direct, and before any library that brings SQLite along.
"""

import re

import tree

BRINGS_SQLITE = re.compile(r"libsqlite3|libsoup|libgtk|libadwaita|libsecret|libwebkit")


def check(root, build=None):
    problems = []
    folder = root if build is None else tree.Path(build)
    for path in tree.files(folder):
        if path.suffix or not path.is_file() or "meson-private" in path.parts:
            continue
        with path.open("rb") as file:
            if file.read(4) != b"\x7fELF":
                continue
        problems += look(path, path.relative_to(folder))
    return problems


def look(path, name):
    dynamic = tree.run("readelf", "-d", str(path)).stdout
    needed = re.findall(r"\(NEEDED\).*\[(.*?)\]", dynamic)
    uses = re.search(r"UND sqlite3_", tree.run("readelf", "-W", "--dyn-syms", str(path)).stdout)
    cipher = next((i for i, lib in enumerate(needed) if "sqlcipher" in lib), None)
    plain = next((i for i, lib in enumerate(needed) if BRINGS_SQLITE.match(lib)), len(needed))
    if uses and cipher is None:
        return [f"{name}: uses sqlite3_* without SQLCipher"]
    if cipher is not None and cipher > plain:
        return [f"{name}: {needed[plain]} comes before SQLCipher; start its dependencies with first_dep"]
    if any(lib.startswith("libsqlite3") for lib in needed):
        return [f"{name}: is linked to SQLite itself"]
    return []


if __name__ == "__main__":
    tree.main(check)
