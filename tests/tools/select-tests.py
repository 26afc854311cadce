#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors

"""The arguments of `meson test` for what somebody typed: suites, tests, or both together.

select-tests.py BUILD WORD...

A word is a suite ("store"), a test ("store-outbox"), its name without the suite ("outbox"), a pattern
of such names ("store-*"), or an option of meson's, which is handed on. What any of the words names is
run. Prints an argument a line; the exit status is 2, with a sentence, where a word names nothing.
"""

import difflib
import fnmatch
import json
import sys
from pathlib import Path

# Those options of meson's whose value is the next word.
WITH_VALUE = ("--suite", "--no-suite", "--repeat", "--gdb-path", "-j", "--num-processes", "-t", "--timeout-multiplier",
              "--maxfail", "--setup", "--wrapper", "--logbase", "--test-args")


def select(tests, words):
    """The arguments, of tests as (name, suites); raises LookupError."""
    suites = {suite for _, of in tests for suite in of}
    options, names, words = [], {}, iter(words)
    for word in words:
        if word.startswith("-"):
            options += [word, *([next(words, "")] if word in WITH_VALUE else [])]
            continue
        found = [name for name, of in tests if word in of] or [name for name, _ in tests if fnmatch.fnmatch(name, word)] \
            or [name for name, _ in tests if fnmatch.fnmatch(name, f"*-{word}")]
        if not found:
            near = difflib.get_close_matches(word, [*suites, *(name for name, _ in tests)], 4, 0.5)
            raise LookupError(f"no suite and no test is called {word}"
                              + (f"; did you mean {', '.join(near)}?" if near else "")
                              + f"\n  suites: {' '.join(sorted(suites))}")
        names.update(dict.fromkeys(found))
    return [*options, *names]


def main():
    listed = json.loads(Path(sys.argv[1], "meson-info", "intro-tests.json").read_text(encoding="utf-8"))
    tests = [(test["name"], [suite.rpartition(":")[2] for suite in test["suite"]]) for test in listed]
    try:
        print(*select(tests, sys.argv[2:]), sep="\n")
    except LookupError as error:
        print(f"test: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
