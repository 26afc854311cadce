#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors

"""po/POTFILES.in names exactly the files that have words for the user."""

import re

import tree

MARKS = {
    ".c": re.compile(r'\b(?:_|N_|C_|NC_|gettext|ngettext|g_dngettext|g_dpgettext2?) \('),
    ".blp": re.compile(r'\b(?:_|C_) ?\("'),
    ".desktop.in": re.compile(r"^(?:Name|Comment|Keywords|GenericName)=", re.M),
    ".metainfo.xml.in": re.compile(r"<summary>"),
}


def check(root):
    listed, problems = [], []
    for line in tree.text(root / "po" / "POTFILES.in").splitlines():
        line = line.split("#")[0].strip()
        if line:
            listed.append(line)
    problems += [f"po/POTFILES.in: {name} is listed twice"
                 for name in sorted(set(listed)) if listed.count(name) > 1]
    if listed != sorted(listed):
        problems.append("po/POTFILES.in: not in alphabetical order")

    marked = set()
    for path in tree.files(root, *MARKS, under=["data", "src"]):
        mark = next(m for suffix, m in MARKS.items() if path.name.endswith(suffix))
        if mark.search(without_comments(path)):
            marked.add(str(path.relative_to(root)))
    problems += [f"{name}: has translatable text and is not in po/POTFILES.in"
                 for name in sorted(marked - set(listed))]
    problems += [f"po/POTFILES.in: {name} does not exist or has nothing to translate"
                 for name in sorted(set(listed) - marked)]
    return problems


def without_comments(path):
    content = tree.text(path)
    if path.suffix in (".c", ".blp"):
        content = re.sub(r"/\*.*?\*/", "", content, flags=re.S)
    return content


if __name__ == "__main__":
    tree.main(check)
