#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors

"""Every translation is complete: nothing missing, nothing fuzzy, formats and accelerators right."""

import tempfile
from pathlib import Path

import tree

# Meson's preset "glib", so that this sees what the build's own pot target sees.
KEYWORDS = ["_", "N_", "C_:1c,2", "NC_:1c,2", "g_dcgettext:2", "g_dngettext:2,3",
            "g_dpgettext2:2c,3", "ngettext:1,2"]


def check(root):
    po = root / "po"
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder, "chappe.pot")
        made = tree.run("xgettext", "--from-code=UTF-8", "--files-from=po/POTFILES.in",
                        *(f"--keyword={k}" for k in KEYWORDS), "-o", str(template), cwd=root)
        if made.returncode:
            return [f"xgettext: {made.stderr}"]
        if not template.exists():
            return ["xgettext found no text at all"]
        for language in tree.text(po / "LINGUAS").split():
            name = f"po/{language}.po"
            if not (root / name).exists():
                problems.append(f"{name} is missing")
                continue
            for tool in (["msgfmt", "--check", "-o", "/dev/null", name],
                         ["msgcmp", name, str(template)]):
                done = tree.run(*tool, cwd=root)
                if done.returncode:
                    problems += [line for line in done.stderr.splitlines() if line.strip()]
    return problems


if __name__ == "__main__":
    tree.main(check)
