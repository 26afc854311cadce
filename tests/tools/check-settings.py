#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors

"""Every key of the settings is used, and every key that is used exists (GLib aborts otherwise)."""

import re
import xml.etree.ElementTree

import tree

SCHEMA = "data/im.chappe.Chappe.gschema.xml"
USED = re.compile(r'\bg_settings_(?:get|set|bind|reset|is_writable|create_action|delay)\w*'
                  r'\s*\([^;"]*?"([a-z-]+)"')
NO_KEY = re.compile(r"g_settings_(?:get_child|new)")


def check(root):
    keys = {key.get("name") for key in xml.etree.ElementTree.parse(root / SCHEMA).iter("key")}
    problems, words = [], set()
    for path in tree.files(root, ".c", ".blp", under=["src"]):
        content = tree.text(path)
        words |= set(re.findall(r"[\"']([a-z][a-z-]+)[\"']", content))
        for match in USED.finditer(content):
            if match[1] not in keys and not NO_KEY.match(match[0]):
                problems.append(f"{path.relative_to(root)}: no key “{match[1]}” in {SCHEMA}")
    problems += [f"{SCHEMA}: nothing uses “{key}”" for key in sorted(keys - words)]
    return problems


if __name__ == "__main__":
    tree.main(check)
