#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors

"""Prepares the sources of the manifest from a Debian mirror, for machines that reach nothing else.

flatpak-sources.py MANIFEST FOLDER MIRROR > MANIFEST-TO-BUILD

Archives that Debian has unchanged go to FOLDER/downloads/SUM/NAME, where flatpak-builder looks; their
modules stay as they are. Debian's copies of libolm and Tcl were repacked, so their modules name the
local file. A module that Debian's mirror does not have is left out, and said so.
"""

import hashlib
import json
import sys
import urllib.request
from pathlib import Path

# name of the module: path below the mirror, sum of Debian's file where it is another one
DEBIAN = {
    "olm": ("pool/main/o/olm/olm_3.2.16+dfsg.orig.tar.xz",
            "049655f24e4b18beb62b5a4147c0e18c2b3600b56d6db86ab2c8893f8a3810d9"),
    "libsodium": ("pool/main/libs/libsodium/libsodium_1.0.22.orig.tar.gz", None),
    "tcl": ("pool/main/t/tcl8.6/tcl8.6_8.6.16+dfsg.orig.tar.gz",
            "c3b6a803ea2e55cafa8b4b52546a6b3bb3722927dcf4bebe3a6549fd353702ea"),
    "sqlcipher": ("pool/main/s/sqlcipher/sqlcipher_4.6.1.orig.tar.gz", None),
    "cmark": ("pool/main/c/cmark/cmark_0.30.2.orig.tar.gz", None),
}
OPTIONAL = {"libspelling"}


def main():
    manifest_path, folder, mirror = Path(sys.argv[1]).resolve(), Path(sys.argv[2]), sys.argv[3]
    if not mirror:
        sys.exit("no Debian mirror is known; set DEV_MIRROR")
    manifest = json.loads(manifest_path.read_text(encoding="utf-8"))
    modules = []
    for module in manifest["modules"]:
        source = module["sources"][0]
        if source["type"] == "dir":
            source["path"] = str((manifest_path.parent / source["path"]).resolve())
        elif module["name"] in DEBIAN:
            path, other = DEBIAN[module["name"]]
            total = other or source["sha256"]
            target = folder / "downloads" / total / source["url"].rpartition("/")[2]
            fetch(f"{mirror.rstrip('/')}/{path}", target, total)
            if other:
                kept = target.with_name(path.rpartition("/")[2])  # the builder goes by the suffix
                kept.write_bytes(target.read_bytes())
                module["sources"] = [{"type": "archive", "path": str(kept), "sha256": other}]
        elif module["name"] in OPTIONAL:
            print(f"flatpak: {module['name']} is not to be had here and is left out", file=sys.stderr)
            continue
        modules.append(module)
    manifest["modules"] = modules
    json.dump(manifest, sys.stdout, indent=2)


def fetch(address, target, total):
    if not target.exists() or hashlib.sha256(target.read_bytes()).hexdigest() != total:
        target.parent.mkdir(parents=True, exist_ok=True)
        with urllib.request.urlopen(address, timeout=60) as answer:
            content = answer.read()
        if hashlib.sha256(content).hexdigest() != total:
            sys.exit(f"{address}: wrong sum")
        target.write_bytes(content)


if __name__ == "__main__":
    main()
