# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""A device driven by hand: it says what no decent client says, and keeps or loses ratchets on purpose.

    mallory = RawDevice(server.login("mallory", PASSWORD))
    mallory.publish()
    mallory.send_to_device(alice.user, alice.device, "m.room_key", {...}, recipient="@other:server")

Where a method takes **changes, these replace members of what it would have written.
"""
import copy
import itertools
import json
import uuid

import libolm

OLM = "m.olm.v1.curve25519-aes-sha2"
MEGOLM = "m.megolm.v1.aes-sha2"


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def unsigned(value):
    return {key: each for key, each in value.items() if key not in ("signatures", "unsigned")}


def sign(value, user, key_id, key):
    """The object with one more signature; key is an Account or a Signing."""
    value = copy.deepcopy(value)
    signature = key.sign(canonical(unsigned(value)))
    value.setdefault("signatures", {}).setdefault(user, {})[key_id] = signature
    return value


class Identity:
    """Cross-signing keys."""

    def __init__(self, user):
        self.user = user
        self.master, self.self_signing, self.user_signing = (libolm.Signing() for _ in range(3))

    def public(self, usage, key, **changes):
        return {"user_id": self.user, "usage": [usage], "keys": {f"ed25519:{key.public}": key.public}, **changes}

    def keys(self):
        """The three public objects as they are uploaded."""
        master = self.public("master", self.master)
        return {"master_key": master,
                **{f"{usage}_key": self.by_master(self.public(usage, key)) for usage, key in
                   (("self_signing", self.self_signing), ("user_signing", self.user_signing))}}

    def by_master(self, value):
        return sign(value, self.user, f"ed25519:{self.master.public}", self.master)

    def by_self_signing(self, value):
        return sign(value, self.user, f"ed25519:{self.self_signing.public}", self.self_signing)


class RawDevice:
    """client is a signed-in homeserver client (tests/homeserver/client.py)."""

    transactions = map(str, itertools.count())

    def __init__(self, client, password=None):
        self.client, self.password = client, password
        self.user, self.device = client.user, client.device
        self.account = libolm.Account()
        keys = json.loads(self.account.identity_keys())
        self.ed25519, self.curve25519 = keys["ed25519"], keys["curve25519"]
        self.sessions = {}      # (curve25519 of the other device) -> [Session], newest last
        self.to_device = []     # what arrived: {"raw", "clear" or "error"}
        self.groups = {}        # room -> OutboundGroup
        self.known = {}         # (user, device) -> its device keys
        self.identity = None

    # -- what it publishes

    def device_keys(self, **changes):
        keys = {"user_id": self.user, "device_id": self.device, "algorithms": [OLM, MEGOLM],
                "keys": {f"curve25519:{self.device}": self.curve25519, f"ed25519:{self.device}": self.ed25519},
                **changes}
        return self.sign(keys)

    def sign(self, value):
        return sign(value, self.user, f"ed25519:{self.device}", self.account)

    def one_time_keys(self, count, fallback=False):
        """New signed keys: {"signed_curve25519:AAAA": {...}}."""
        if fallback:
            self.account.generate_fallback_key()
            made = json.loads(self.account.fallback_key())["curve25519"]
        else:
            self.account.generate_one_time_keys(count)
            made = json.loads(self.account.one_time_keys())["curve25519"]
        more = {"fallback": True} if fallback else {}
        return {f"signed_curve25519:{name}": self.sign({"key": key, **more}) for name, key in made.items()}

    def publish(self, one_time_keys=20, fallback=True, **changes):
        body = {"device_keys": self.device_keys(**changes), "one_time_keys": self.one_time_keys(one_time_keys)}
        if fallback:
            body["fallback_keys"] = self.one_time_keys(1, fallback=True)
        self.client.post("keys/upload", body)
        self.account.mark_published()
        return self

    def publish_identity(self, identity=None):
        """Makes cross-signing keys, or takes these, replaces those of the account and signs the device."""
        self.identity = identity or Identity(self.user)
        body = self.identity.keys()
        body["master_key"] = self.sign(body["master_key"])
        self.with_password("keys/device_signing/upload", body)
        signed = self.identity.by_self_signing(unsigned(self.device_keys()))
        answer = self.client.post("keys/signatures/upload", {self.user: {self.device: signed}})
        if answer.get("failures"):
            raise AssertionError(answer)

    def sign_device(self, *devices):
        """Makes other devices of the user's part of its identity."""
        known = self.devices(self.user)
        answer = self.client.post("keys/signatures/upload", {self.user: {
            device: self.identity.by_self_signing(unsigned(known[device])) for device in devices}})
        if answer.get("failures"):
            raise AssertionError(answer)

    def with_password(self, path, body):
        """A request that the server may want the password for."""
        auth = {"type": "m.login.password", "password": self.password,
                "identifier": {"type": "m.id.user", "user": self.user}}
        return self.client.post(path, {**body, "auth": auth} if self.password else body)

    # -- others' devices

    def query(self, *users):
        answer = self.client.post("keys/query", {"device_keys": {user: [] for user in users}})
        for user, devices in answer["device_keys"].items():
            for device, keys in devices.items():
                self.known[user, device] = keys
        return answer

    def devices(self, user):
        return self.query(user)["device_keys"].get(user, {})

    def keys_of(self, user, device):
        if (user, device) not in self.known:
            self.query(user)
        keys = self.known[user, device]["keys"]
        return keys[f"curve25519:{device}"], keys[f"ed25519:{device}"]

    def claim(self, user, device):
        """(id, signed key object), None when there is none."""
        answer = self.client.post("keys/claim", {"one_time_keys": {user: {device: "signed_curve25519"}}})
        keys = answer["one_time_keys"].get(user, {}).get(device, {})
        return next(iter(keys.items()), None)

    # -- Olm

    def open_session(self, user, device):
        """A new session with the device, by a key that it claims."""
        curve, _ = self.keys_of(user, device)
        _, key = self.claim(user, device)
        session = libolm.Session.outbound(self.account, curve, key["key"])
        self.sessions.setdefault(curve, []).append(session)
        return session

    def session_with(self, user, device):
        curve, _ = self.keys_of(user, device)
        return self.sessions[curve][-1] if self.sessions.get(curve) else self.open_session(user, device)

    def payload(self, user, device, type_, content, /, **changes):
        _, ed25519 = self.keys_of(user, device)
        payload = {"type": type_, "content": content, "sender": self.user, "recipient": user,
                   "recipient_keys": {"ed25519": ed25519}, "keys": {"ed25519": self.ed25519},
                   "sender_device_keys": self.device_keys(), **changes}
        return {key: value for key, value in payload.items() if value is not None}

    def encrypt(self, user, device, type_, content, /, session=None, **changes):
        """The content of an m.room.encrypted event for the device; a change to None leaves a member out."""
        curve, _ = self.keys_of(user, device)
        session = session or self.session_with(user, device)
        kind, body = session.encrypt(json.dumps(self.payload(user, device, type_, content, **changes)))
        return {"algorithm": OLM, "sender_key": self.curve25519, "ciphertext": {curve: {"type": kind, "body": body}}}

    def send_raw(self, user, device, type_, content):
        """A to-device event as it is."""
        self.client.put(f"sendToDevice/{type_}/{uuid.uuid4().hex}", {"messages": {user: {device: content}}})

    def send_to_device(self, user, device, type_, content, /, **changes):
        self.send_raw(user, device, "m.room.encrypted", self.encrypt(user, device, type_, content, **changes))

    def sync(self, timeout=0):
        """Takes what arrived by to-device and returns it, decrypted where possible."""
        answer = self.client.sync(timeout, filter_={"room": {"rooms": []}})
        arrived = [self._take(event) for event in answer.get("to_device", {}).get("events", [])]
        self.to_device += arrived
        return arrived

    def wait_to_device(self, wanted, timeout=60):
        """The first decrypted (or clear) event for which wanted(event) holds, now or soon."""
        seen = 0
        for _ in range(timeout):
            for each in self.to_device[seen:]:
                event = each.get("clear", each["raw"])
                if wanted(event):
                    return event
            seen = len(self.to_device)
            self.sync(timeout=1)
        raise TimeoutError(f"not among {[each.get('clear', each['raw']).get('type') for each in self.to_device]}")

    def wait_type(self, type_, timeout=60):
        return self.wait_to_device(lambda event: event["type"] == type_, timeout)

    def _take(self, event):
        if event["type"] != "m.room.encrypted":
            return {"raw": event}
        content = event["content"]
        try:
            return {"raw": event, "clear": json.loads(self.decrypt(content["sender_key"], content["ciphertext"][self.curve25519]))}
        except (libolm.OlmError, KeyError) as error:
            return {"raw": event, "error": repr(error)}

    def decrypt(self, curve, message):
        kind, body = message["type"], message["body"]
        for session in reversed(self.sessions.get(curve, [])):
            if kind == 0 and not session.matches(curve, body):
                continue
            try:
                return session.decrypt(kind, body)
            except libolm.OlmError:
                if kind == 0:
                    raise
        session = libolm.Session.inbound(self.account, curve, body)
        text = session.decrypt(kind, body)
        self.account.remove_one_time_keys(session)
        self.sessions.setdefault(curve, []).append(session)
        return text

    # -- Megolm

    def group(self, room):
        if room not in self.groups:
            self.groups[room] = libolm.OutboundGroup()
        return self.groups[room]

    def room_key(self, room, **changes):
        group = self.group(room)
        return {"algorithm": MEGOLM, "room_id": room, "session_id": group.session_id,
                "session_key": group.session_key, **changes}

    def share(self, room, *devices, **changes):
        """Sends the room's key, at its present index, to these (user, device) pairs."""
        for user, device in devices:
            self.send_to_device(user, device, "m.room_key", self.room_key(room, **changes))

    def room_content(self, room, type_, content, relates_to=None, **changes):
        """The content of an m.room.encrypted room event; changes are of the plaintext."""
        group = self.group(room)
        session_id = group.session_id
        payload = {"type": type_, "content": content, "room_id": room, **changes}
        out = {"algorithm": MEGOLM, "sender_key": self.curve25519, "device_id": self.device,
               "session_id": session_id, "ciphertext": group.encrypt(json.dumps(payload))}
        if relates_to:
            out["m.relates_to"] = relates_to
        return out

    def send_content(self, room, content):
        """Sends the content of an m.room.encrypted event as it is: the event id."""
        return self.client.send_event(room, "m.room.encrypted", content)

    def send(self, room, body, **changes):
        """An encrypted text message: the event id.  Nobody gets the key by it."""
        return self.send_content(room, self.room_content(room, "m.room.message", {"msgtype": "m.text", "body": body}, **changes))
