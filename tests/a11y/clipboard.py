# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""Owns the clipboard of the display until it is ended: clipboard.py TYPE FILE, with what is in the file."""
import sys

import gi
gi.require_version("Gdk", "4.0")
gi.require_version("Gtk", "4.0")
from gi.repository import Gdk, GLib, Gtk  # noqa: E402

Gtk.init()
display = Gdk.Display.get_default()
with open(sys.argv[2], "rb") as file:
    copied = Gdk.ContentProvider.new_for_bytes(sys.argv[1], GLib.Bytes.new(file.read()))
display.get_clipboard().set_content(copied)
display.sync()
print("copied", flush=True)
GLib.MainLoop().run()
