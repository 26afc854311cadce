# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""Synapse module of the test homeserver: fills it quickly, and says which server it is.

Sending a message through the client API costs Synapse about ten milliseconds; events persisted
together cost a tenth of that each.  Every event still goes through Synapse's own creation, signing
and persistence, so clients see ordinary rooms.  For throw-away servers only: the caller may write as
any local user.  It answers to the server's registration secret alone.

    GET  /_synapse/client/chappe/instance   -> {"instance": "..."}, as given in the configuration
    POST /_synapse/client/chappe/bulk       header X-Chappe-Secret
    { "users": [ {"name", "password"?, "displayname"?, "avatar_url"?}, ... ],
      "create": {"creator": "@a:s", "type": "m.space"?, "ts": ms?}   or   "room_id": "!r:s",
      "public": true?, "alias": "#a:s"?,
      "batches": [ {"events": [event, ...], "quiet": false}, ... ],
      "receipts": [ {"user": "@a:s", "event": "$#n"}, ... ],
      "account_data": [ {"user": "@a:s", "type": "m.direct", "content": {}, "room": bool?}, ... ],
      "tags": [ {"user": "@a:s", "tag": "m.favourite", "order": 0.5?}, ... ] }
    -> { "room_id": "...", "event_ids": ["$...", ...] }

A new room has its m.room.create event only: the first batch, which must be quiet, brings the
creator's join, power levels and so on.  An event is {sender, type, content, state_key?, ts?,
redacts?}; a string "$#n" anywhere in it stands for the id of the n-th event of the request.  Members
must have joined in an earlier batch than the one in which they are to be notified.  A quiet batch
skips authorisation and push rules, so it adds no unread counts: for history that was read long ago.
"""
from synapse.api.errors import AuthError
from synapse.api.room_versions import KNOWN_ROOM_VERSIONS
from synapse.events import relation_from_event
from synapse.events.snapshot import UnpersistedEventContext
from synapse.http.server import DirectServeJsonResource
from synapse.http.servlet import parse_json_object_from_request
from synapse.storage.engines.sqlite import Sqlite3Engine
from synapse.types import RoomAlias, UserID, create_requester

ROOM_VERSION = "10"


def _without_flushing(original):
    def on_new_connection(self, connection):
        original(self, connection)
        connection.execute("PRAGMA synchronous = OFF;")  # the data are thrown away
    return on_new_connection


Sqlite3Engine.on_new_connection = _without_flushing(Sqlite3Engine.on_new_connection)


def resolve(value, ids):
    """A copy of value with every "$#n" replaced by ids[n]."""
    if isinstance(value, str):
        return ids[int(value[2:])] if value.startswith("$#") else value
    if isinstance(value, list):
        return [resolve(v, ids) for v in value]
    if isinstance(value, dict):
        return {k: resolve(v, ids) for k, v in value.items()}
    return value


class InstanceResource(DirectServeJsonResource):
    def __init__(self, hs, instance):
        super().__init__(clock=hs.get_clock())
        self.instance = instance

    async def _async_render_GET(self, request):
        return 200, {"instance": self.instance}


class BulkResource(DirectServeJsonResource):
    def __init__(self, hs, secret):
        super().__init__(clock=hs.get_clock())
        self.hs = hs
        self.secret = secret
        self.hashes = {}
        self.fresh = set()  # ids made by the batches in progress, not in the database yet
        handler = hs.get_event_creation_handler()
        check = handler._validate_event_relation

        async def check_relation(event):
            relation = relation_from_event(event)
            if not relation or relation.parent_id not in self.fresh:
                await check(event)
        handler._validate_event_relation = check_relation

    async def _async_render_POST(self, request):
        if request.getHeader("X-Chappe-Secret") != self.secret:
            raise AuthError(403, "Not for you")
        body = parse_json_object_from_request(request)
        for user in body.get("users", []):
            await self.register(user)
        room_id, first = body.get("room_id"), None
        if "create" in body:
            room_id, first = await self.create(body["create"])
        await self.publish(room_id, body)
        ids = []
        for batch in body.get("batches", []):
            await self.send_batch(room_id, batch["events"], ids, batch.get("quiet"), first)
            first = None
        for receipt in body.get("receipts", []):
            await self.hs.get_receipts_handler().received_client_receipt(
                room_id, receipt.get("type", "m.read"), UserID.from_string(receipt["user"]),
                resolve(receipt["event"], ids), None)
        accounts = self.hs.get_account_data_handler()
        for data in body.get("account_data", []):
            content = resolve(data["content"], ids)
            if data.get("room"):
                await accounts.add_account_data_to_room(data["user"], room_id, data["type"], content)
            else:
                await accounts.add_account_data_for_user(data["user"], data["type"], content)
        for tag in body.get("tags", []):
            content = {"order": tag["order"]} if "order" in tag else {}
            await accounts.add_tag_to_room(tag["user"], room_id, tag["tag"], content)
        return 200, {"room_id": room_id, "event_ids": ids}

    async def register(self, user):
        """One account, without the device and the token that a sign-in would make."""
        password = user.get("password", "")
        if password not in self.hashes:
            self.hashes[password] = await self.hs.get_auth_handler().hash(password)
        user_id = await self.hs.get_registration_handler().register_user(
            localpart=user["name"], password_hash=self.hashes[password],
            default_display_name=user.get("displayname"))
        if user.get("avatar_url"):
            target = UserID.from_string(user_id)
            await self.hs.get_profile_handler().set_avatar_url(
                target_user=target, requester=create_requester(target),
                new_avatar_url=user["avatar_url"], by_admin=True, propagate=False)

    async def publish(self, room_id, body):
        if body.get("public"):
            await self.hs.get_datastores().main.set_room_is_public(room_id, True)
        if "alias" in body:
            await self.hs.get_datastores().main.create_room_alias_association(
                RoomAlias.from_string(body["alias"]), room_id, [self.hs.hostname])

    async def create(self, spec):
        """A room and its create event, to be persisted with the first batch: much faster than
        /createRoom, which persists three times."""
        rooms, events = self.hs.get_room_creation_handler(), self.hs.get_event_creation_handler()
        version = KNOWN_ROOM_VERSIONS[ROOM_VERSION]
        room_id = await rooms._generate_and_create_room_id(spec["creator"], False, version)
        content = {"creator": spec["creator"], "room_version": version.identifier}
        if "type" in spec:
            content["type"] = spec["type"]
        event_dict = {"type": "m.room.create", "state_key": "", "room_id": room_id,
                      "sender": spec["creator"], "content": content}
        if "ts" in spec:
            event_dict["origin_server_ts"] = spec["ts"]
        requester = create_requester(spec["creator"])
        event, context = await events.create_event(
            requester, event_dict, prev_event_ids=[], depth=1, state_map={})
        return room_id, (event, await context.persist(event))

    async def send_batch(self, room_id, batch, ids, quiet, first=None):
        """Appends a linear run of events to the room, persisted as one.

        first is the create event of a new room with its context."""
        if not batch:
            return
        creator = self.hs.get_event_creation_handler()
        if first:
            event, context = first
            prev, group, depth = event.event_id, context.state_group, 2
            state_map = {("m.room.create", ""): prev}
        else:
            store = self.hs.get_datastores().main
            state = self.hs.get_storage_controllers().state
            tips = await store.get_forward_extremities_for_room(room_id)
            prev = max(tips, key=lambda tip: tip[2])[0]
            group = (await state.get_state_group_for_events([prev]))[prev]
            state_map = dict(await state.get_state_ids_for_group(group))
            depth = (await store.get_event(prev)).depth + 1

        pairs = []
        for spec in batch:
            event_dict = {"type": spec["type"], "room_id": room_id, "sender": spec["sender"],
                          "content": resolve(spec["content"], ids)}
            if "state_key" in spec:
                event_dict["state_key"] = spec["state_key"]
            if "redacts" in spec:
                event_dict["redacts"] = resolve(spec["redacts"], ids)
            if "ts" in spec:
                event_dict["origin_server_ts"] = spec["ts"]
            event, context = await creator.create_event(
                create_requester(spec["sender"]), event_dict, prev_event_ids=[prev], depth=depth,
                state_map=dict(state_map), for_batch=True)
            pairs.append((event, context))
            ids.append(event.event_id)
            self.fresh.add(event.event_id)
            prev = event.event_id
            depth += 1
            if event.is_state():
                state_map[(event.type, event.state_key)] = event.event_id

        pairs = await UnpersistedEventContext.batch_persist_unpersisted_contexts(
            pairs, room_id, group, self.hs.get_datastores().state)
        if first:
            pairs.insert(0, first)
        requester = create_requester(batch[0]["sender"])
        if quiet:
            await creator.persist_and_notify_client_events(requester, pairs, ratelimit=False)
        else:
            await creator.handle_new_client_event(requester, pairs, ratelimit=False)
        self.fresh.difference_update(event.event_id for event, _ in pairs)


class BulkModule:
    def __init__(self, config, api):
        hs = api._hs
        secret = hs.config.registration.registration_shared_secret
        api.register_web_resource("/_synapse/client/chappe/instance",
                                  InstanceResource(hs, config["instance"]))
        api.register_web_resource("/_synapse/client/chappe/bulk", BulkResource(hs, secret))

    @staticmethod
    def parse_config(config):
        return config
