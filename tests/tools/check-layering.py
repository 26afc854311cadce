#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors

"""Who may include whom. The two tables are the project's only copy of these rules."""

import re

import tree

# The project's own headers: a layer may include itself and these.
LAYERS = {
    "base": [],
    "events": ["base"],
    "matrix": ["base", "events"],
    "crypto": ["base"],
    "store": ["base", "events"],
    "media": ["base"],
    "session": ["base", "events", "matrix", "crypto", "store", "media"],
    "keyring": ["base", "session"],
    "cli": ["base", "events", "session", "keyring"],
    "ui": ["base", "events", "session", "media", "keyring"],
}

# Libraries: the first pattern that fits names the only layers, or the only file, that may include it.
LIBRARIES = [
    (r"libdex|dex-", ["base", "matrix", "store", "media", "session", "keyring", "cli"]),
    (r"json-glib/", ["base"]),
    (r"libsoup/", ["matrix"]),
    (r"olm/|sodium|openssl/", ["crypto"]),
    (r"sqlite3\.h|sqlcipher", ["store"]),
    (r"libsecret/", ["keyring"]),
    (r"gst/", ["media"]),
    (r"libxml/", ["events"]),
    (r"cmark", ["events"]),
    (r"glycin", ["media"]),
    (r"gdk-pixbuf/", ["media", "ui"]),
    (r"gtk/|gdk/|gsk/|adwaita|pango|cairo|graphene|libportal|gtksourceview/"
     r"|libspelling", ["ui"]),
    (r"glib|gio/|gmodule|gobject/|locale\.h|libintl\.h|sys/|linux/|netinet/|arpa/", list(LAYERS)),
    (r"(assert|ctype|errno|fcntl|float|inttypes|limits|math|poll|pthread|setjmp|signal|stdalign"
     r"|stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib|string|termios|time|unistd)\.h$",
     list(LAYERS)),
]

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def check(root):
    src = root / "src"
    owner, problems = {}, []
    for header in tree.files(src, ".h"):
        name, layer = header.name, header.relative_to(src).parts[0]
        if name in owner:
            problems.append(f"{header.relative_to(root)}: {name} exists twice")
        owner[name] = layer

    for path in tree.files(src, ".c", ".h"):
        where, own = path.relative_to(root), path.relative_to(src)
        layer = own.parts[0]
        if len(own.parts) > 1 and layer not in LAYERS:
            problems.append(f"{where}: {layer} is not a layer")
            continue
        for kind, name, line in includes(path):
            if kind == '"':
                other = owner.get(name)
                if name in ("config.h", "install-dirs.h") or "/" not in name and other is None and generated(name):
                    continue
                if other is None:
                    problems.append(f'{where}:{line}: "{name}" is no header of the project')
                elif len(own.parts) > 1 and other != layer and other not in LAYERS[layer]:
                    problems.append(f'{where}:{line}: {layer} may not include {other} ("{name}")')
            else:
                homes = homes_of(name)
                if homes is None:
                    problems.append(f"{where}:{line}: <{name}> is in no row of the table")
                elif layer not in homes and str(own) not in homes and len(own.parts) > 1:
                    problems.append(f"{where}:{line}: <{name}> belongs to {', '.join(homes)}")

    for path in tree.files(root / "tests", ".c", ".h") if (root / "tests").is_dir() else []:
        layer = path.relative_to(root / "tests").parts[0]
        for kind, name, line in includes(path):
            other = owner.get(name)
            if kind == '"' and other and layer in LAYERS and other not in [layer, *LAYERS[layer]]:
                problems.append(f"{path.relative_to(root)}:{line}: "
                                f'a test of {layer} may not include {other} ("{name}")')
    return problems


def includes(path):
    content = tree.text(path)
    for match in INCLUDE.finditer(content):
        yield match[1], match[2], content.count("\n", 0, match.start(2)) + 1


def homes_of(name):
    return next((homes for pattern, homes in LIBRARIES if re.match(pattern, name)), None)


def generated(name):
    return name.endswith(("-resources.h", "-enums.h"))


if __name__ == "__main__":
    tree.main(check)
