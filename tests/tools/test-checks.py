#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors

"""Each check of this folder passes a small right tree and reports the defect planted in it; and what else is there."""

import importlib.util
import json
import subprocess
import tempfile
import unittest
from pathlib import Path

import tree

HERE = Path(__file__).parent
HEAD = ("/* SPDX-License-Identifier: GPL-3.0-or-later */\n"
        "/* SPDX-FileCopyrightText: 2026 The Chappe authors */\n\n")

RIGHT = {
    "src/base/mx-thing.h": HEAD + "#pragma once\n\nint mx_thing (void);\n",
    "src/base/mx-thing.c": HEAD + '#include "mx-thing.h"\n\nint\nmx_thing (void)\n{\n'
                                  "  return 1;\n}\n",
    "src/store/mx-store.h": HEAD + "#pragma once\n",
    "src/store/mx-store.c": HEAD + '#include "config.h"\n#include "mx-store.h"\n\n'
                                   '#include <sqlite3.h>\n#include "mx-thing.h"\n',
    "src/ui/chappe-text.c": HEAD + "const char *\nchappe_text (void)\n{\n"
                                   '  return _ ("Rooms");\n}\n',
    "src/ui/chappe-keys.c": HEAD + 'static void\nkeys (GSettings *settings)\n{\n'
                                   '  g_settings_set_boolean (settings, "markdown", TRUE);\n}\n',
    "data/im.chappe.Chappe.gschema.xml": '<schemalist><schema><key name="markdown"/></schema>'
                                         '</schemalist>\n',
    "po/POTFILES.in": "src/ui/chappe-text.c\n",
    "po/LINGUAS": "fr\n",
    "po/fr.po": 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
                '"Language: fr\\n"\n"Last-Translator: x <x@example.org>\\n"\n'
                '"Language-Team: French <x@example.org>\\n"\n"MIME-Version: 1.0\\n"\n'
                '"Content-Transfer-Encoding: 8bit\\n"\n"Project-Id-Version: chappe\\n"\n'
                '"PO-Revision-Date: 2026-11-22 12:00+0100\\n"\n'
                '"Plural-Forms: nplurals=2; plural=n > 1;\\n"\n\n'
                'msgid "Rooms"\nmsgstr "Salons"\n',
    "tests/requirements.txt": "== A Keys\n001 A key is signed\n002 A key is long | later: one day\n",
    "tests/crypto/test-key.c": HEAD + 'g_test_add_func ("/key/E2E-001-signed", signed_key);\n',
    "tests/README.md": "<!-- requirements: begin -->\n2 requirements: 1 with tests, 0 without, 1 out of scope.\n"
                       "No run was noted.\n\n### A Keys\n\n| | requirement | tests | last run |\n|---|---|---|---|\n"
                       "| 001 | A key is signed | crypto/test-key | did not run |\n"
                       "| 002 | A key is long |  | later: one day |\n<!-- requirements: end -->\n",
    ".clang-format": (HERE.parents[1] / ".clang-format").read_text(encoding="utf-8"),
}


def module(name):
    spec = importlib.util.spec_from_file_location(name.replace("-", "_"), HERE / f"{name}.py")
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


class Checks(unittest.TestCase):
    def problems(self, check, **changes):
        """What a check says about the right tree with some files changed (None: removed)."""
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for name, content in {**RIGHT, **changes.pop("files", {})}.items():
                if content is not None:
                    (root / name).parent.mkdir(parents=True, exist_ok=True)
                    (root / name).write_text(content, encoding="utf-8")
            try:
                return module(check).check(root)
            except tree.Skip as reason:
                self.skipTest(str(reason))

    def assert_finds(self, check, expected, files):
        self.assertEqual(self.problems(check), [], "the right tree")
        found = self.problems(check, files=files)
        self.assertTrue(any(expected in problem for problem in found), f"{expected}: {found}")

    def test_layering_sideways(self):
        self.assert_finds("check-layering", "crypto may not include store", {
            "src/crypto/mx-a.c": HEAD + '#include "mx-store.h"\n'})

    def test_layering_upwards(self):
        self.assert_finds("check-layering", "base may not include store", {
            "src/base/mx-thing.c": HEAD + '#include "mx-store.h"\n'})

    def test_layering_library(self):
        self.assert_finds("check-layering", "<gtk/gtk.h> belongs to ui", {
            "src/store/mx-store.c": HEAD + "#include <gtk/gtk.h>\n"})

    def test_layering_unknown_library(self):
        self.assert_finds("check-layering", "is in no row of the table", {
            "src/store/mx-store.c": HEAD + "#include <leveldb/c.h>\n"})

    def test_layering_tests(self):
        self.assert_finds("check-layering", "a test of base may not include store", {
            "tests/base/test-a.c": HEAD + '#include "mx-store.h"\n'})

    def test_layering_same_name(self):
        self.assert_finds("check-layering", "exists twice", {"src/ui/mx-thing.h": HEAD})

    def test_sizes_file(self):
        self.assert_finds("check-sizes", "801 lines", {"src/base/mx-thing.c": "\n" * 801})

    def test_sizes_top_object(self):
        self.assert_finds("check-sizes", "401 lines", {"src/session/mx-session.c": "\n" * 401})

    def test_sizes_function(self):
        self.assert_finds("check-sizes", "mx_thing() has 102 lines", {
            "src/base/mx-thing.c": "int\nmx_thing (void)\n{\n" + "  a ();\n" * 100 + "}\n"})

    def test_spdx(self):
        self.assert_finds("check-spdx", "SPDX-FileCopyrightText", {
            "src/base/mx-thing.c": HEAD.splitlines()[0] + "\n"})

    def test_potfiles_missing(self):
        self.assert_finds("check-potfiles", "is not in po/POTFILES.in", {"po/POTFILES.in": ""})

    def test_potfiles_stale(self):
        self.assert_finds("check-potfiles", "does not exist", {
            "po/POTFILES.in": "src/ui/chappe-gone.c\nsrc/ui/chappe-text.c\n"})

    def test_potfiles_comment_is_no_text(self):
        self.assertEqual(self.problems("check-potfiles", files={
            "src/base/mx-thing.c": HEAD + '/* _ ("no") */\n'}), [])

    def test_po_untranslated(self):
        self.assert_finds("check-po", "untranslated", {
            "po/fr.po": RIGHT["po/fr.po"].replace('"Salons"', '""')})

    def test_po_absent(self):
        self.assert_finds("check-po", "is used but not defined", {
            "po/fr.po": RIGHT["po/fr.po"].replace('msgid "Rooms"', 'msgid "Other"')})

    def test_po_fuzzy(self):
        self.assert_finds("check-po", "needs to be reviewed", {
            "po/fr.po": RIGHT["po/fr.po"].replace('msgid "Rooms"', '#, fuzzy\nmsgid "Rooms"')})

    def test_po_format(self):
        self.assert_finds("check-po", "format specifications", {
            "src/ui/chappe-text.c": RIGHT["src/ui/chappe-text.c"].replace("Rooms", "%d rooms"),
            "po/fr.po": RIGHT["po/fr.po"].replace('msgid "Rooms"',
                                                  '#, c-format\nmsgid "%d rooms"')})

    def test_scripts_shell(self):
        self.assert_finds("check-scripts", "syntax error", {"tests/a.sh": "if true; then\n"})

    def test_scripts_python(self):
        self.assert_finds("check-scripts", "tests/a.py:1", {"tests/a.py": "def (:\n"})

    def test_scripts_help(self):
        self.assert_finds("check-scripts", "does not mention jump", {
            "dev": "#!/bin/bash\n# ./dev run\nset -e\ncase $cmd in\n  run) ;;\n  jump) ;;\nesac\n"})

    def test_settings_unknown(self):
        self.assert_finds("check-settings", "no key “mark-down”", {
            "src/ui/chappe-keys.c": RIGHT["src/ui/chappe-keys.c"].replace("markdown", "mark-down")})

    def test_settings_unused(self):
        self.assert_finds("check-settings", "nothing uses “markdown”", {"src/ui/chappe-keys.c": None})

    def test_format_c(self):
        self.assert_finds("check-format", "src/base/mx-thing.c", {
            "src/base/mx-thing.c": HEAD + "int mx_thing(void) { return 1; }\n"})

    def test_format_blueprint(self):
        self.assert_finds("check-format", "chappe-page.blp", {
            "src/ui/chappe-page.blp": "using Gtk 4.0;\nBox   { }\n"})

    def test_spelling(self):
        self.assert_finds("check-spelling", "mx-thing.h", {
            "src/base/mx-thing.h": HEAD + "/* re" + "cieve */\n"})

    def test_requirements_without_test(self):
        self.assert_finds("check-requirements", "E2E-001 has no test", {"tests/crypto/test-key.c": None})

    def test_requirements_unknown(self):
        self.assert_finds("check-requirements", "there is no requirement E2E-003", {
            "tests/base/test-a.c": HEAD + 'g_test_add_func ("/a/E2E-003-a", a);\n'})

    def test_requirements_table(self):
        self.assert_finds("check-requirements", "not current", {
            "tests/base/test-a.c": HEAD + 'g_test_add_func ("/a/E2E-001-a", a);\n'})

    def test_requirements_results(self):
        log = [{"name": "a", "result": "ERROR", "stdout": "ok 1 /key/E2E-001-signed\nnot ok 2 /key/E2E-001-E2E-002-other\n"},
               {"name": "b", "result": "OK", "stdout": "", "stderr": "test_E2E_001_c (__main__.Keys.test_E2E_001_c) ... ok\n"}]
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            (root / "meson-logs").mkdir()
            (root / "tests").mkdir()
            (root / "meson-logs" / "testlog.json").write_text("\n".join(map(json.dumps, log)), encoding="utf-8")
            check = module("check-requirements")
            check.record(root, [root])
            self.assertEqual(check.results(root)[1], {"001": "1 failed", "002": "1 failed"})

    def test_names_file(self):
        self.assert_finds("check-names", "the name says nothing", {"src/base/mx-utils.c": HEAD})

    def test_names_home(self):
        self.assert_finds("check-names", "belongs to src/base/mx-flow.c", {
            "src/base/mx-thing.c": HEAD + "  dex_scheduler_" + "spawn (NULL, 0, f, s, NULL);\n"})

    def test_names_await(self):
        self.assert_finds("check-names", "without an error", {
            "src/session/mx-a.c": HEAD + "  dex_await (dex_ref (future), NULL);\n"})

    def test_names_await_of_call(self):
        self.assertEqual(self.problems("check-names", files={
            "src/session/mx-a.c": HEAD + "  dex_await (join (id, NULL), &error);\n"}), [])

    def test_names_address(self):
        self.assert_finds("check-names", "tracker.evil-statistics.com", {
            "src/base/mx-thing.c": HEAD + "/* https:" + "//tracker.evil-statistics.com/x */\n"})

    def test_names_machine_path(self):
        self.assert_finds("check-names", "a path of one machine", {
            "src/base/mx-thing.c": HEAD + "/* see /ho" + "me/anna/x */\n"})


class Linking(unittest.TestCase):
    """On programs made for it: libraries of the right and of the wrong order."""

    def link(self, *libraries):
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder, "main.c")
            source.write_text("int sqlite3_libversion_number (void);\n"
                              "int main (void) { return sqlite3_libversion_number () == 0; }\n",
                              encoding="utf-8")
            try:
                subprocess.run(["cc", str(source), "-Wl,--no-as-needed",
                                "-o", str(Path(folder, "program")),
                                *libraries], check=True, capture_output=True)
            except (FileNotFoundError, subprocess.CalledProcessError) as error:
                self.skipTest(f"nothing to link with: {error}")
            return module("check-linking").check(Path(folder))

    def test_right_order(self):
        self.assertEqual(self.link("-lsqlcipher", "-lsoup-3.0"), [])

    def test_wrong_order(self):
        self.assertIn("libsoup", self.link("-lsoup-3.0", "-lsqlcipher")[0])

    def test_sqlite_itself(self):
        self.assertIn("without SQLCipher", self.link("-l:libsqlite3.so.0")[0])


class Selection(unittest.TestCase):
    """What the words of ./dev test name."""

    TESTS = [("base-link", ["base"]), ("base-flow", ["base"]), ("store-outbox", ["store"]),
             ("keyring", ["keyring", "display"])]

    def select(self, *words):
        return module("select-tests").select(self.TESTS, words)

    def test_suite_and_test(self):
        self.assertEqual(self.select("base", "store-outbox", "base-link"), ["base-link", "base-flow", "store-outbox"])

    def test_name_without_suite_and_pattern(self):
        self.assertEqual(self.select("outbox", "base-l*"), ["store-outbox", "base-link"])

    def test_options(self):
        self.assertEqual(self.select("--no-suite", "display", "-v", "display"),
                         ["--no-suite", "display", "-v", "keyring"])

    def test_unknown(self):
        with self.assertRaisesRegex(LookupError, "called store-outbocks; did you mean store-outbox"):
            self.select("base", "store-outbocks")


if __name__ == "__main__":
    unittest.main()
