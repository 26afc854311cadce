# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""What the tests of the window share: a desktop for the test program, a window for a test."""
import unittest

from reader import Desktop, Window


def start_desktop():
    """For setUpModule: it ends with the module."""
    Page.desktop = Desktop()
    unittest.addModuleCleanup(Page.desktop.close)
    Page.desktop.start()
    return Page.desktop


class Page(unittest.TestCase):
    """A test of the running client, on the desktop of the test program."""

    desktop = None

    def open(self, profile):
        self.desktop.profile(profile)
        window = Window(self.desktop)
        self.addCleanup(window.close)
        self.role = self.desktop.atspi.Role
        return window

    def end(self, window):
        self.assertEqual(window.quit(), 0, window.said())
        self.assertNotIn("CRITICAL", window.said())

    def within(self, node, role):
        while node is not None and node.get_role() not in (role, self.role.APPLICATION):
            node = node.get_parent()
        return node is not None and node.get_role() == role

    def check_names(self, window):
        """Whatever takes the focus, and whatever is only a picture, says what it is.  Not so what takes
        the focus for what is in it: the toolkit's own lists, frames, and what scrolls; nor the value
        within a combo row, which the row itself says."""
        state, role = self.desktop.atspi.StateType, self.role
        spoken = {role.BUTTON, role.TOGGLE_BUTTON, role.CHECK_BOX, role.ENTRY, role.IMAGE, role.LIST_ITEM,
                  role.COMBO_BOX, role.LINK, role.SLIDER, role.SWITCH, role.MENU_ITEM}
        checked, nameless = 0, []
        for node in window.nodes(into_rows=True):
            kind = node.get_role()
            focusable = (node.get_state_set().contains(state.FOCUSABLE)
                         and kind not in (role.SCROLL_PANE, role.LIST, role.PANEL))
            if kind == role.LIST_ITEM and self.within(node, role.COMBO_BOX):
                continue
            if focusable or kind in spoken:
                checked += 1
                told = node.get_name() or (node.get_description() if kind == role.IMAGE else "")
                if not told.strip():
                    nameless.append(window.describe(node))
        self.assertEqual(nameless, [], "without a name")
        return checked
