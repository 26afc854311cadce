# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""How the Python test programs run: unittest, with "skipped" told to meson by status 77."""
import sys
import unittest

import homeserver


def main():
    try:
        homeserver.server_root()
    except homeserver.NoServerRoot as error:
        print("skipped:", error)
        sys.exit(77)
    unittest.main(verbosity=2, module="__main__", warnings="ignore")
