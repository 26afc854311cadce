# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""A small window from which a file can be dragged, until it is ended: drag_source.py FILE."""
import os
import sys
import urllib.parse

import gi
gi.require_version("Gdk", "4.0")
gi.require_version("Gtk", "4.0")
from gi.repository import Gdk, GLib, Gtk  # noqa: E402

Gtk.init()
uri = "file://" + urllib.parse.quote(os.path.abspath(sys.argv[1])) + "\r\n"
source = Gtk.DragSource(actions=Gdk.DragAction.COPY)
source.connect("prepare", lambda *_: Gdk.ContentProvider.new_for_bytes("text/uri-list", GLib.Bytes.new(uri.encode())))
label = Gtk.Label(label="file")
label.add_controller(source)
window = Gtk.Window(title="drag-source", decorated=False, default_width=80, default_height=80, child=label)
window.connect("map", lambda *_: print("shown", flush=True))
window.present()
GLib.MainLoop().run()
