# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""A server that lies in its sync answers, of either kind: what to hand to Rule.rewrite()."""

SYNC = r"/sync(\?|$)"


def to_device(answer):
    """The list of to-device events in the answer; a throw-away one where there is none."""
    if "extensions" in answer or "pos" in answer:
        return answer.get("extensions", {}).get("to_device", {}).get("events", [])
    return answer.get("to_device", {}).get("events", [])


def timelines(answer):
    """(room, list of events) for each room with news."""
    rooms = answer.get("rooms", {})
    if "pos" in answer:
        return [(room, each.get("timeline", [])) for room, each in rooms.items()]
    return [(room, each.get("timeline", {}).get("events", [])) for room, each in rooms.get("join", {}).items()]


def on_room_events(change):
    """Calls change(event), which alters it in place, for each timeline event of sync, page and context."""
    def rewrite(answer):
        events = [event for _, each in timelines(answer) for event in each]
        events += answer.get("chunk", []) + answer.get("events_before", []) + answer.get("events_after", [])
        events += [answer["event"]] if isinstance(answer.get("event"), dict) else []
        for event in events:
            change(event)
        return answer
    return rewrite


def on_to_device(change):
    """Replaces the answer's to-device events by change(events)."""
    def rewrite(answer):
        events = to_device(answer)
        events[:] = change(list(events))
        return answer
    return rewrite
