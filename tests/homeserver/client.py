# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""A small Matrix client for scripted peers: one object per signed-in device, blocking calls.

Connections are kept alive, one per thread, so an object may be shared between threads; only
sync() and wait(), which carry the token of the sync loop, belong to one thread at a time.
"""
import http.client
import itertools
import json
import ssl
import threading
import time
import urllib.parse
import uuid

PATIENCE = 240  # seconds for an answer, or for what somebody else just did, on a busy machine


class MatrixError(Exception):
    """The server's refusal: HTTP status, errcode and whole body."""

    def __init__(self, status, body):
        self.status = status
        self.body = body if isinstance(body, dict) else {}
        self.errcode = self.body.get("errcode")
        super().__init__(f"{status} {self.errcode}: {self.body.get('error', body)}")


def quote(value):
    return urllib.parse.quote(value, safe="")


class Client:
    def __init__(self, base, ca=None, timeout=PATIENCE):
        """base is the server's address, ca the file of an extra certification authority."""
        parts = urllib.parse.urlsplit(base)
        self.base = base.rstrip("/")
        self.secure = parts.scheme == "https"
        self.host, self.port = parts.hostname, parts.port or (443 if self.secure else 80)
        self.context = ssl.create_default_context(cafile=ca) if self.secure else None
        self.timeout = timeout
        self.local = threading.local()
        self.user = self.device = self.token = self.refresh_token = self.since = None
        self.transaction = map(lambda n, run=uuid.uuid4().hex: f"{run}.{n}", itertools.count())

    def __repr__(self):
        return f"<Client {self.user} at {self.base}>"

    # -- requests

    def connection(self):
        if not hasattr(self.local, "connection"):
            self.local.connection = (
                http.client.HTTPSConnection(self.host, self.port, context=self.context)
                if self.secure else http.client.HTTPConnection(self.host, self.port))
        return self.local.connection

    def raw(self, method, path, body=None, headers=None, timeout=None):
        """One exchange: (status, headers, bytes).  A connection the server dropped is reopened."""
        connection = self.connection()
        for last in (False, True):
            fresh = connection.sock is None
            try:
                connection.timeout = timeout or self.timeout
                if not fresh:
                    connection.sock.settimeout(connection.timeout)
                connection.request(method, path, body, headers or {})
                reply = connection.getresponse()
                return reply.status, reply.headers, reply.read()
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                connection.close()
                if last or fresh:
                    raise
            except BaseException:
                connection.close()
                raise

    def call(self, method, path, body=None, query=None, headers=None, timeout=None):
        """A JSON request under /_matrix/client unless path starts with /; MatrixError if refused."""
        if not path.startswith("/"):
            path = "/_matrix/client/v3/" + path
        if query:
            path += "?" + urllib.parse.urlencode(query)
        headers = dict(headers or {})
        if self.token:
            headers.setdefault("Authorization", "Bearer " + self.token)
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        elif body is None and method in ("POST", "PUT"):
            body = b"{}"
        status, _, data = self.raw(method, path, body, headers, timeout)
        try:
            answer = json.loads(data)
        except ValueError:
            answer = data.decode("utf-8", "replace")
        if status >= 300:
            raise MatrixError(status, answer)
        return answer

    def get(self, path, **query):
        return self.call("GET", path, query=query)

    def put(self, path, body):
        return self.call("PUT", path, body)

    def post(self, path, body=None):
        return self.call("POST", path, body)

    # -- account

    def login(self, user, password, device_name="scripted peer", refresh=False, device=None):
        body = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": user},
                "password": password, "initial_device_display_name": device_name}
        if refresh:
            body["refresh_token"] = True
        if device:
            body["device_id"] = device
        self.accept(self.post("login", body))
        return self

    def accept(self, answer):
        """Takes over the tokens of a login or refresh answer."""
        self.token = answer["access_token"]
        self.refresh_token = answer.get("refresh_token", self.refresh_token)
        self.user = answer.get("user_id", self.user)
        self.device = answer.get("device_id", self.device)

    def refresh(self):
        self.accept(self.post("refresh", {"refresh_token": self.refresh_token}))

    def logout(self, everywhere=False):
        self.post("logout/all" if everywhere else "logout")
        self.token = None

    def devices(self):
        return self.get("devices")["devices"]

    def set_displayname(self, name):
        self.put(f"profile/{quote(self.user)}/displayname", {"displayname": name})

    def set_avatar(self, mxc):
        self.put(f"profile/{quote(self.user)}/avatar_url", {"avatar_url": mxc})

    def set_presence(self, presence):
        self.put(f"presence/{quote(self.user)}/status", {"presence": presence})

    def account_data(self, type_, content=None, room=None):
        """Reads global or room account data, or replaces it when content is given."""
        path = f"user/{quote(self.user)}/" + (f"rooms/{quote(room)}/" if room else "")
        path += f"account_data/{quote(type_)}"
        return self.get(path) if content is None else self.put(path, content)

    def tag(self, room, tag, order=None):
        self.put(f"user/{quote(self.user)}/rooms/{quote(room)}/tags/{quote(tag)}",
                 {} if order is None else {"order": order})

    # -- rooms

    def create_room(self, name=None, invite=(), direct=False, public=False, encrypted=False, **more):
        body = {"invite": list(invite), "is_direct": direct,
                "preset": "public_chat" if public else
                          "trusted_private_chat" if direct else "private_chat", **more}
        if name:
            body["name"] = name
        if public:
            body.setdefault("visibility", "public")
        if encrypted:
            body.setdefault("initial_state", []).append(
                {"type": "m.room.encryption", "content": {"algorithm": "m.megolm.v1.aes-sha2"}})
        return self.post("createRoom", body)["room_id"]

    def invite(self, room, user, reason=None):
        self.membership(room, "invite", user, reason)

    def kick(self, room, user, reason=None):
        self.membership(room, "kick", user, reason)

    def ban(self, room, user, reason=None):
        self.membership(room, "ban", user, reason)

    def membership(self, room, verb, user, reason=None):
        body = {"user_id": user}
        if reason:
            body["reason"] = reason
        self.post(f"rooms/{quote(room)}/{verb}", body)

    def join(self, room):
        return self.post(f"join/{quote(room)}")["room_id"]

    def leave(self, room):
        self.post(f"rooms/{quote(room)}/leave")

    def forget(self, room):
        self.post(f"rooms/{quote(room)}/forget")

    def upgrade(self, room, version="11"):
        return self.post(f"rooms/{quote(room)}/upgrade", {"new_version": version})["replacement_room"]

    def joined_rooms(self):
        return self.get("joined_rooms")["joined_rooms"]

    def members(self, room, membership=None):
        query = {"membership": membership} if membership else {}
        return self.get(f"rooms/{quote(room)}/members", **query)["chunk"]

    def state(self, room, type_, content=None, key=""):
        """Reads the content of a piece of state, or sets it and returns the event id."""
        path = f"rooms/{quote(room)}/state/{quote(type_)}/{quote(key)}"
        return self.get(path) if content is None else self.put(path, content)["event_id"]

    # -- messages

    def send_event(self, room, type_, content, transaction=None):
        transaction = transaction or next(self.transaction)
        return self.put(f"rooms/{quote(room)}/send/{quote(type_)}/{quote(transaction)}",
                        content)["event_id"]

    def send(self, room, text, html=None, **more):
        content = {"msgtype": "m.text", "body": text, **more}
        if html:
            content.update(format="org.matrix.custom.html", formatted_body=html)
        return self.send_event(room, "m.room.message", content)

    def reply(self, room, event_id, text):
        return self.send(room, text, **{"m.relates_to": {"m.in_reply_to": {"event_id": event_id}}})

    def thread(self, room, root, text, latest=None):
        return self.send(room, text, **{"m.relates_to": {
            "rel_type": "m.thread", "event_id": root, "is_falling_back": True,
            "m.in_reply_to": {"event_id": latest or root}}})

    def mention(self, room, user, text):
        return self.send(room, text, **{"m.mentions": {"user_ids": [user]}})

    def react(self, room, event_id, key="👍"):
        return self.send_event(room, "m.reaction", {"m.relates_to": {
            "rel_type": "m.annotation", "event_id": event_id, "key": key}})

    def edit(self, room, event_id, text):
        return self.send(room, "* " + text, **{
            "m.new_content": {"msgtype": "m.text", "body": text},
            "m.relates_to": {"rel_type": "m.replace", "event_id": event_id}})

    def redact(self, room, event_id, reason=None):
        path = f"rooms/{quote(room)}/redact/{quote(event_id)}/{quote(next(self.transaction))}"
        return self.put(path, {"reason": reason} if reason else {})["event_id"]

    def upload(self, data, mimetype="image/png", filename="image.png"):
        return self.call("POST", "/_matrix/media/v3/upload", data, {"filename": filename},
                         {"Content-Type": mimetype})["content_uri"]

    def download(self, mxc, width=None, height=None):
        server, media = mxc.removeprefix("mxc://").split("/")
        path = f"/_matrix/client/v1/media/download/{server}/{media}"
        if width:
            path = (f"/_matrix/client/v1/media/thumbnail/{server}/{media}"
                    f"?width={width}&height={height or width}&method=scale")
        status, _, data = self.raw("GET", path, headers={"Authorization": "Bearer " + self.token})
        if status != 200:
            raise MatrixError(status, data)
        return data

    def send_image(self, room, data, filename="image.png", width=None, height=None, **more):
        info = {"mimetype": "image/png", "size": len(data)}
        if width:
            info.update(w=width, h=height)
        return self.send_event(room, "m.room.message", {
            "msgtype": "m.image", "body": filename, "url": self.upload(data, filename=filename),
            "info": info, **more})

    def send_file(self, room, data, filename, mimetype="application/octet-stream"):
        return self.send_event(room, "m.room.message", {
            "msgtype": "m.file", "body": filename, "filename": filename,
            "url": self.upload(data, mimetype, filename),
            "info": {"mimetype": mimetype, "size": len(data)}})

    def event(self, room, event_id):
        return self.get(f"rooms/{quote(room)}/event/{quote(event_id)}")

    def messages(self, room, limit=100, direction="b", start=None, **query):
        if start:
            query["from"] = start
        return self.get(f"rooms/{quote(room)}/messages", dir=direction, limit=limit, **query)

    def history(self, room):
        """Every event of the room that this user may see, oldest first."""
        found, start = [], None
        while True:
            page = self.messages(room, 1000, start=start)
            found += page["chunk"]
            start = page.get("end")
            if not start:
                return found[::-1]

    # -- ephemeral

    def read(self, room, event_id, private=False, thread=None):
        kind = "m.read.private" if private else "m.read"
        self.post(f"rooms/{quote(room)}/receipt/{kind}/{quote(event_id)}",
                  {"thread_id": thread} if thread else {})

    def fully_read(self, room, event_id, read=None):
        self.post(f"rooms/{quote(room)}/read_markers",
                  {"m.fully_read": event_id, **({"m.read": read} if read else {})})

    def typing(self, room, active=True, timeout=20000):
        self.put(f"rooms/{quote(room)}/typing/{quote(self.user)}",
                 {"typing": active, **({"timeout": timeout} if active else {})})

    # -- sync

    def sync(self, timeout=0, filter_=None, full=False):
        """One /v3/sync from where the last one ended; timeout in seconds.

        full starts anew, but Synapse may repeat the answer it gave within the last two minutes."""
        query = {"timeout": int(timeout * 1000)}
        if self.since and not full:
            query["since"] = self.since
        if filter_:
            query["filter"] = json.dumps(filter_)
        answer = self.call("GET", "sync", query=query, timeout=self.timeout + timeout)
        self.since = answer["next_batch"]
        return answer

    def wait(self, predicate, timeout=PATIENCE):
        """The first (room id, event) after the last sync for which predicate(room, event) holds.

        Looks at timelines, states, invitations, ephemeral events and account data of rooms."""
        deadline = time.monotonic() + timeout
        while (left := deadline - time.monotonic()) > 0:
            answer = self.sync(min(left, 25))
            for room, event in events_of(answer):
                if predicate(room, event):
                    return room, event
        raise TimeoutError(f"{self.user} waited {timeout} s in vain")

    def wait_message(self, room, text, timeout=PATIENCE):
        return self.wait(lambda r, e: r == room and e["type"] == "m.room.message"
                         and e["content"].get("body") == text, timeout)[1]

    def sliding_sync(self, body, pos=None, timeout=0):
        """Simplified sliding sync in the shape that Synapse serves; timeout in seconds."""
        query = {"timeout": int(timeout * 1000), **({"pos": pos} if pos else {})}
        return self.call("POST", "/_matrix/client/unstable/org.matrix.simplified_msc3575/sync",
                         body, query, timeout=self.timeout + timeout)


def events_of(answer):
    """(room id, event) for each event of the rooms in a /v3/sync answer, in order."""
    rooms = answer.get("rooms", {})
    for part, lists in (("join", ("state", "timeline", "ephemeral", "account_data")),
                        ("invite", ("invite_state",)), ("leave", ("state", "timeline"))):
        for room, data in rooms.get(part, {}).items():
            for name in lists:
                for event in data.get(name, {}).get("events", []):
                    yield room, event
