# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""What a device said on the wire, over all its lives: nothing may be said in two ways.

Reads the requests that a proxy recorded, also those that never reached the server.
"""
import base64
import json
import re

from interop import message_index


def _decode(text):
    return base64.b64decode(text + "=" * (-len(text) % 4))


def _fields(data):
    """(tag, value) of each field of a message of libolm's: numbers and byte strings."""
    at = 1  # after the version

    def number():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value
    while at < len(data):
        tag = number()
        if tag & 7:
            size = number()
            yield tag, data[at:at + size]
            at += size
        else:
            yield tag, number()


def olm_position(message):
    """(ratchet key, chain index): the step of the ratchet that an Olm ciphertext was made with."""
    data = _decode(message["body"])
    if message["type"] == 0:
        data = dict(_fields(data))[0x22]
    else:
        data = data[:-8]
    parts = {}
    for tag, value in _fields(data):
        parts.setdefault(tag, value)
        if tag == 0x22:
            break
    return parts[0x0A], parts[0x10]


class Wire:
    """test is told of what is wrong; requests are all of one device's."""

    def __init__(self, test, proxy):
        self.test, self.proxy = test, proxy

    def once(self, known, key, value, sentence):
        self.test.assertEqual(known.setdefault(key, value), value, sentence)

    def check(self):
        self.check_uploads()
        self.check_room_messages()
        self.check_to_device()

    def check_uploads(self):
        """An id never with two values, a key never under two ids, no refusal (E2E-008, E2E-009)."""
        ids, keys = {}, {}
        for request in self.proxy.find("POST", "/keys/upload"):
            self.test.assertNotEqual(request.status, 400, "the server has another key of this name")
            body = request.body or {}
            for name, value in {**(body.get("one_time_keys") or {}), **(body.get("fallback_keys") or {})}.items():
                self.once(ids, name, value, "one id, two keys")
                self.once(keys, value["key"], name, "one key, two ids")
            if device := body.get("device_keys"):
                self.once(ids, "device", device["keys"], "two devices")

    def check_room_messages(self):
        """A transaction is one message, an index of a session is one ciphertext, in one transaction (E2E-043).
        The transactions."""
        said, indices, transactions = {}, {}, {}
        for request in self.proxy.find("PUT", "/rooms/[^/]*/send/"):
            transaction = request.path.rpartition("/")[2]
            self.once(said, transaction, request.data, "one transaction, two messages")
            if "/send/m.room.encrypted/" in request.path:
                content = request.body
                position = content["session_id"], message_index(content)
                self.once(indices, position, content["ciphertext"], "a Megolm index was used twice")
                self.once(transactions, content["ciphertext"], transaction, "one message, two transactions")
        return set(said)

    def check_to_device(self):
        """Likewise of Olm, and of each transaction (E2E-043, E2E-049)."""
        said, steps = {}, {}
        for request in self.proxy.find("PUT", "/sendToDevice/"):
            self.once(said, request.path, json.loads(request.data), "one transaction, two messages")
            if not re.search("/sendToDevice/m.room.encrypted/", request.path):
                continue
            for devices in request.body["messages"].values():
                for content in devices.values():
                    for message in content["ciphertext"].values():
                        self.once(steps, olm_position(message), message["body"], "an Olm step was used twice")
        return set(said)
