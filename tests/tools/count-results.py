#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors

"""Says how a run of `meson test` went, in one line that any machine can read.

count-results.py BUILD [--must SUITE,SUITE…]

Every case of a test program that speaks TAP, or is Python's unittest, counts; any other test as one. What was skipped is
named with its reason; of what failed, the last lines that it wrote are repeated, since whoever reads
a long log reads its end. The exit status is 1 if anything failed, nothing ran, or a suite of --must has
no test or a test that was skipped as a whole.
"""

import argparse
import json
import re
import sys
from pathlib import Path

CASE = re.compile(r"^(not )?ok\b *\d* *(?:- )?(.*?)(?: # (SKIP|TODO)\b[ :]*(.*))?$", re.M | re.I)
GOOD = ("OK", "EXPECTEDFAIL")
LAST_WORDS = 40  # lines of a test that failed


def read(log):
    """Per test: its suites, name, result, (passed, failed, skipped), skipped with reasons, and last words."""
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        test = json.loads(line)
        suites, _, name = test["name"].rpartition(" / ")
        suites = suites.rpartition(":")[2].split("+")
        yield suites, name, test["result"], cases(test), last_words(test)


def last_words(test):
    said = "\n".join(filter(None, (test.get("stdout"), test.get("stderr")))).splitlines()
    return [line for line in said if line.strip() and not re.match(r"(ok\b|.*\.\.\. ok$)", line)][-LAST_WORDS:]


def cases(test):
    output, result = test.get("stdout") or "", test["result"]
    passed, failed, skipped = 0, [], []
    if re.search(r"^1\.\.\d+|^TAP version", output, re.M):
        for bad, name, directive, reason in CASE.findall(output):
            if directive.upper() == "SKIP":
                skipped.append((name, reason))
            elif bad and not directive:
                failed.append(name)
            else:
                passed += 1
    elif (ran := re.search(r"^Ran (\d+) tests? in ", test.get("stderr") or "", re.M)):
        skipped = re.findall(r"^(\w+) .*\.\.\. skipped '?(.*?)'?$", test["stderr"], re.M)
        failed = sorted(set(re.findall(r"^(?:FAIL|ERROR): (\w+)", test["stderr"], re.M)))
        passed = max(0, int(ran[1]) - len(failed) - len(skipped))
    elif result in GOOD:
        passed = 1
    if result == "SKIP" and not skipped:
        skipped = [("", (output.strip().splitlines() or ["no reason given"])[-1])]
    if result not in (*GOOD, "SKIP") and not failed:
        failed = [result.lower()]
    return passed, failed, skipped


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--must", default="")
    arguments = parser.parse_args()
    log = Path(arguments.build, "meson-logs", "testlog.json")
    tests = list(read(log)) if log.exists() else []
    wrong = [] if tests else ["no test ran"]

    passed = failed = skipped = 0
    whole = {}
    for suites, name, result, (good, bad, left_out), words in tests:
        passed, failed, skipped = passed + good, failed + len(bad), skipped + len(left_out)
        label = f"{'+'.join(suites)}/{name}"
        for case, reason in left_out:
            print(f"skipped: {label} {case}: {reason}".replace(" :", ":"))
        if bad:
            print(f"---- {label}", *words, sep="\n")
        for case in bad:
            print(f"failed: {label} {case}")
        for suite in suites:
            whole.setdefault(suite, []).extend([label] if result == "SKIP" else [])

    for suite in filter(None, arguments.must.split(",")):
        if suite not in whole:
            wrong.append(f"suite {suite} must run here and has no test")
        wrong += [f"suite {suite} must run here, and {name} was skipped" for name in whole.get(suite, [])]
    for text in wrong:
        print(f"wrong: {text}")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed or wrong else 0)


if __name__ == "__main__":
    main()
