// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Chappe authors
//
// What the peer can be told to do: async (session, arguments) => JSON-able result.  Ids of rooms, events
// and users are whole Matrix ids, times are milliseconds, bytes are base64.
import { setTimeout as sleep } from "node:timers/promises";
import * as wasm from "@matrix-org/matrix-sdk-crypto-wasm";
import * as sdk from "matrix-js-sdk";
import { AllDevicesIsolationMode, OnlySignedDevicesIsolationMode, VerificationPhase, decodeRecoveryKey,
         deriveRecoveryKeyFromPassphrase } from "matrix-js-sdk/lib/crypto-api/index.js";
import { matches, until } from "./session.mjs";

const KINDS = { image: "m.image", file: "m.file", audio: "m.audio", video: "m.video" };
const MEGOLM = "m.megolm.v1.aes-sha2";

const clock = Date.now;

const account = {
    /** The clock of the whole process. */
    ahead: async (s, { seconds }) => { Date.now = () => clock() + seconds * 1000; },
    login: (s, a) => s.login(a),
    start: (s, a) => s.start(a),
    logout: async (s) => { await s.client.logout(true); },
    forget: async (s) => { s.client.stopClient(); },
    http: (s, { method = "GET", path, query, body }) => s.http(method, path, query, body),
    /** One after another: a long list costs one line each way. */
    http_many: async (s, { requests }) => {
        const out = [];
        for (const { method = "POST", path, query, body } of requests) {
            out.push(await s.http(method, path, query, body));
        }
        return out;
    },
    set_displayname: async (s, { name }) => { await s.client.setDisplayName(name); },
    get_account_data: async (s, { type }) => (await s.client.getAccountDataFromServer(type)) ?? null,
    set_account_data: (s, { type, content }) => s.client.setAccountData(type, content),
    delete_device: (s, { device }) =>
        s.uia((auth) => s.client.deleteMultipleDevices([device], auth ?? undefined)).then(() => ({})),
};

const rooms = {
    create_room: async (s, { name, invite = [], encrypted = true, direct = false, public: open = false,
                             history, rotation = {}, initial_state = [], version, extra = {} }) => {
        const state = [...initial_state];
        if (encrypted) {
            state.push({ type: "m.room.encryption", state_key: "", content: { algorithm: MEGOLM, ...rotation } });
        }
        if (history) {
            state.push({ type: "m.room.history_visibility", state_key: "",
                         content: { history_visibility: history } });
        }
        const { room_id } = await s.client.createRoom({
            name, invite, is_direct: direct, visibility: "private", room_version: version,
            preset: open ? "public_chat" : direct ? "trusted_private_chat" : "private_chat",
            initial_state: state, ...extra,
        });
        if (direct) {
            const map = structuredClone((await s.client.getAccountDataFromServer("m.direct")) ?? {});
            for (const user of invite) (map[user] ??= []).push(room_id);
            await s.client.setAccountData("m.direct", map);
        }
        await s.joined(room_id);
        for (const user of invite) await rooms.wait_membership(s, { room: room_id, user, membership: "invite" });
        return { room_id };
    },
    // Both wait until its sync tells of the invitation: the SDK shares keys with the members it knows.
    invite: async (s, { room, user }) => {
        await s.client.invite(room, user);
        await rooms.wait_membership(s, { room, user, membership: "invite" });
    },
    join: async (s, { room }) => { await s.client.joinRoom(room); await s.joined(room); },
    leave: async (s, { room }) => { await s.client.leave(room); },
    kick: async (s, { room, user, reason }) => { await s.client.kick(room, user, reason); },
    ban: async (s, { room, user, reason }) => { await s.client.ban(room, user, reason); },
    wait_membership: async (s, { room, user, membership = "join", timeout = 120000 }) => {
        await until(`${membership} of ${user ?? "me"} in ${room}`, timeout, () => {
            const known = s.client.getRoom(room);
            return user ? known?.getMember(user)?.membership === membership
                        : known?.getMyMembership() === membership;
        });
    },
    wait_state: (s, { room, type, key = "", match = {}, timeout = 120000 }) =>
        until(`${type} in ${room}`, timeout, () => {
            const event = s.client.getRoom(room)?.currentState.getStateEvents(type, key);
            return event && matches(match, event.getContent()) && event.getContent();
        }),
    get_state: (s, { room, type, key = "" }) => s.client.getStateEvent(room, type, key),
    set_state: (s, { room, type, key = "", content }) => s.client.sendStateEvent(room, type, content, key),
};

const messages = {
    send_event: async (s, { room, type, content }) => ({ event_id: await s.send(room, content, type) }),
    send_text: async (s, a) => ({ event_id: await s.send(a.room, s.content(a)) }),
    edit: async (s, a) => {
        const fresh = s.content(a);
        return { event_id: await s.send(a.room, { ...fresh, body: `* ${a.body}`, "m.new_content": fresh,
                 "m.relates_to": { rel_type: "m.replace", event_id: a.event } }) };
    },
    react: async (s, { room, event, key }) => ({ event_id: await s.send(room,
        { "m.relates_to": { rel_type: "m.annotation", event_id: event, key } }, "m.reaction") }),
    redact: async (s, { room, event }) => { await s.joined(room); return s.client.redactEvent(room, event); },
    send_file: async (s, { room, data, kind = "file", mime = "application/octet-stream", name = "pièce.bin",
                           thumbnail, change }) => {
        const encrypted = (await s.joined(room)).hasEncryptionStateEvent();
        const bytes = Buffer.from(data, "base64");
        const content = { ...s.content({ body: name, msgtype: KINDS[kind] }), filename: name,
                          info: { mimetype: mime, size: bytes.length },
                          ...await s.upload(bytes, mime, name, encrypted) };
        if (thumbnail) {
            const image = Buffer.from(thumbnail, "base64");
            const up = await s.upload(image, "image/png", "thumbnail.png", encrypted);
            content.info.thumbnail_info = { mimetype: "image/png", size: image.length };
            if (up.file) content.info.thumbnail_file = up.file; else content.info.thumbnail_url = up.url;
        }
        // `change` replaces members of `file`, for what a hostile sender may write there.
        if (change) Object.assign(content.file, change);
        return { event_id: await s.send(room, content), content };
    },
    fetch_file: async (s, { room, event, thumbnail = false }) => {
        const { content } = await messages.get_event(s, { room, event, wait: 120000 });
        return { content, data: (await s.file(content, thumbnail)).toString("base64") };
    },
    /** Straight from the server, newest first; `wait` retries what cannot be decrypted. */
    timeline: async (s, { room, limit = 100, from = null, wait = 0 }) => {
        await s.room(room);
        const reply = await s.client.createMessagesRequest(room, from, limit, sdk.Direction.Backward);
        const events = (reply.chunk ?? []).map(s.client.getEventMapper());
        const end = Date.now() + wait;
        let list;
        do {
            list = await Promise.all(events.map((event) => s.describe(event)));
            if (!list.some((e) => e.failure)) break;
            await sleep(200);
        } while (Date.now() < end);
        return { events: list, end: reply.end ?? null };
    },
    get_event: async (s, { room, event, wait = 0 }) => {
        await s.room(room);
        const raw = s.client.getEventMapper()(await s.client.fetchRoomEvent(room, event));
        const end = Date.now() + wait;
        for (;;) {
            const out = await s.describe(raw);
            if (!out.failure || Date.now() > end) return out;
            await sleep(100);
        }
    },
    /** A live event; match is compared with what `timeline` would report of it. */
    wait_event: (s, { match, timeout = 60000 }) => until(`event ${JSON.stringify(match)}`, timeout, async () => {
        for (const { event } of [...s.events].reverse()) {
            if (match.room_id && event.getRoomId() !== match.room_id) continue;
            const out = await s.describe(event);
            if (matches(match, out)) return out;
        }
        return null;
    }),
};

const keys = {
    own_keys: (s) => s.crypto.getOwnDeviceKeys(),
    /** Cross-signing, secret storage and backup; recovery_key is the usual "EsT…" text, new if absent. */
    bootstrap: async (s, { recovery_key, passphrase, reset = false, backup = true }) => {
        const made = recovery_key
            ? { privateKey: decodeRecoveryKey(recovery_key), encodedPrivateKey: recovery_key, keyInfo: {} }
            : await s.crypto.createRecoveryKeyFromPassphrase(passphrase);
        if (reset) await s.crypto.resetEncryption(s.uia); // forgets the account's old identity and backup
        else await s.crypto.bootstrapCrossSigning({ authUploadDeviceSigningKeys: s.uia });
        await s.crypto.bootstrapSecretStorage({ createSecretStorageKey: async () => made,
                                                setupNewSecretStorage: true, setupNewKeyBackup: backup });
        if (backup) await s.crypto.checkKeyBackupAndEnable();
        return { recovery_key: made.encodedPrivateKey,
                 backup_version: await s.crypto.getActiveSessionBackupVersion() };
    },
    cross_sign: async (s) => { await s.crypto.bootstrapCrossSigning({ authUploadDeviceSigningKeys: s.uia }); },
    /** What another client does on a new device with the recovery key. */
    recover: async (s, { recovery_key, passphrase, restore = true }) => {
        if (passphrase) {
            const id = await s.client.secretStorage.getDefaultKeyId();
            const info = (await s.client.secretStorage.getKey(id))[1].passphrase;
            s.secretKey = await deriveRecoveryKeyFromPassphrase(passphrase, info.salt, info.iterations, info.bits);
        } else {
            s.secretKey = decodeRecoveryKey(recovery_key);
        }
        // The public identity must be here before its private half can be imported.
        await until("public identity", 120000, () => s.crypto.userHasCrossSigningKeys(undefined, true));
        await s.crypto.bootstrapCrossSigning({});
        if (!restore) return { cross_signing: await s.crypto.getCrossSigningStatus() };
        await s.crypto.loadSessionBackupPrivateKeyFromSecretStorage();
        await s.crypto.checkKeyBackupAndEnable();
        return { ...await s.crypto.restoreKeyBackup(), cross_signing: await s.crypto.getCrossSigningStatus(),
                 backup_version: await s.crypto.getActiveSessionBackupVersion() };
    },
    restore_backup: (s) => s.crypto.restoreKeyBackup(),
    backup_info: async (s) => ({ active: await s.crypto.getActiveSessionBackupVersion(),
                                 server: await s.crypto.getKeyBackupInfo() }),
    /** Resolves when the server's backup counts at least so many keys. */
    wait_backup: (s, { count = 1, timeout = 60000 }) => until("key backup", timeout, async () => {
        const info = await s.http("GET", "/_matrix/client/v3/room_keys/version"); // the SDK's copy is cached
        return info.count >= count && { count: info.count, version: info.version };
    }),
    cross_signing: async (s) => ({ ...(await s.crypto.getCrossSigningStatus()),
                                   ready: await s.crypto.isCrossSigningReady() }),
    rotate: async (s, { room }) => { await s.crypto.forceDiscardSession(room); },
    /** Shares to all devices, or only to cross-signed ones (which withholds from the others). */
    share_with: async (s, { only_signed }) => {
        s.crypto.setDeviceIsolationMode(only_signed ? new OnlySignedDevicesIsolationMode()
                                                    : new AllDevicesIsolationMode(false));
    },
    /** Never share with this device (m.blacklisted). */
    block: async (s, { user, device }) => {
        const found = await s.machine.getDevice(new wasm.UserId(user), new wasm.DeviceId(device));
        await found.setLocalTrust(wasm.LocalTrust.BlackListed);
    },
    devices: async (s, { user }) => {
        const id = user ?? s.client.getUserId();
        const map = (await s.crypto.getUserDeviceInfo([id], true)).get(id) ?? new Map();
        return Promise.all([...map.values()].map(async (d) => {
            const status = await s.crypto.getDeviceVerificationStatus(id, d.deviceId);
            return { device_id: d.deviceId, name: d.displayName, ed25519: d.getFingerprint(),
                     curve25519: d.getIdentityKey(), verified: !!status?.isVerified(),
                     cross_signed: !!status?.crossSigningVerified, signed_by_owner: !!status?.signedByOwner };
        }));
    },
    wait_device: (s, { user, device, gone = false, timeout = 120000, ...want }) =>
        until(`device ${device}${gone ? " to go" : ""}`, timeout, async () => {
            const found = (await keys.devices(s, { user })).find((d) => d.device_id === device);
            return gone ? !found : found && matches(want, found) && found;
        }),
    /** Signatures made a moment ago arrive with a later sync: say what to wait for. */
    user_trust: (s, { user, timeout = 0, ...want }) => {
        const look = async () => {
            const status = await s.crypto.getUserVerificationStatus(user);
            return { verified: status.isCrossSigningVerified(), was_verified: status.wasCrossSigningVerified(),
                     known: status.known, needs_approval: status.needsUserApproval };
        };
        return timeout ? until(`trust in ${user}`, timeout, async () => {
            const trust = await look();
            return matches(want, trust) && trust;
        }) : look();
    },
    export_keys: async (s) => JSON.parse(await s.crypto.exportRoomKeysAsJson()),
    import_keys: async (s, { keys: list }) => { await s.crypto.importRoomKeysAsJson(JSON.stringify(list)); },
    /** The file format with its passphrase, by the Rust SDK. */
    export_file: async (s, { passphrase, rounds = 10000 }) => ({ text: wasm.OlmMachine.encryptExportedRoomKeys(
        await s.machine.exportRoomKeys(() => true), passphrase, rounds) }),
    import_file: async (s, { text, passphrase }) => {
        const result = await s.machine.importExportedRoomKeys(
            wasm.OlmMachine.decryptExportedRoomKeys(text, passphrase), () => {});
        return { imported: Number(result.importedCount), total: Number(result.totalCount) };
    },
};

const machine = {
    /** To-device events as they came and as they were processed, of these (inner or outer) types. */
    to_device: async (s, { types }) => s.toDevice.flatMap(({ at, raw, clear }) => clear.map((event, i) => (
        { at, raw: raw[i], ...event }))).filter(({ raw, event }) =>
        !types || types.includes(event?.type) || types.includes(raw?.type)),
    wait_to_device: (s, { types, count = 1, timeout = 120000 }) => until(`to-device ${types}`, timeout, async () => {
        const found = await machine.to_device(s, { types });
        return found.length >= count && found;
    }),
    /** Encrypts an event of this type to a device by Olm and sends it; claims a key when needed. */
    send_to_device: async (s, { user, device, type, content, count = 1 }) => {
        for (let i = 0; i < count; i++) {
            const { batch } = await s.crypto.encryptToDeviceMessages(type, [{ userId: user, deviceId: device }], content);
            if (!batch.length) throw new Error(`unknown device ${device}`);
            await s.http("PUT", `/_matrix/client/v3/sendToDevice/m.room.encrypted/${s.client.makeTxnId()}`, undefined,
                         { messages: { [user]: { [device]: batch[0].payload } } });
        }
    },
    /** Encrypts without sending: room keys go out as for a real message. */
    encrypt: async (s, { room, events }) => {
        const known = await s.joined(room), out = [];
        for (const { type = "m.room.message", content } of events) {
            const event = new sdk.MatrixEvent({ type, content, room_id: room, sender: s.client.getUserId(),
                                                event_id: "~x", origin_server_ts: Date.now() });
            await s.crypto.encryptEvent(event, known);
            out.push(event.getWireContent());
        }
        return out;
    },
    /** Shares the room's session with its members without a message. */
    prepare: async (s, { room }) => { await s.crypto.prepareToEncrypt(await s.joined(room)); },
    /** Sends what the machine wants to send, at once. */
    flush: async (s) => {
        for (const request of await s.machine.outgoingRequests()) {
            await s.crypto.outgoingRequestProcessor.makeOutgoingRequest(request);
        }
    },
};

const verification = {
    verify_auto: async (s, { on = true }) => { s.autoVerify = on; },
    verify_request: async (s, { user, device, room }) => {
        const me = s.client.getUserId();
        let request;
        if (room) request = await s.crypto.requestVerificationDM(user, room);
        else if (device) request = await s.crypto.requestDeviceVerification(user ?? me, device);
        else request = await s.crypto.requestOwnUserVerification();
        return s.describeRequest(s.track(request));
    },
    verify_list: async (s) => [...s.requests.keys()].map((vid) => s.describeRequest(vid)),
    /** Waits for an incoming request; in a room, also looks for one that came before. */
    verify_incoming: (s, { user, room, timeout = 60000 }) => until("verification request", timeout, () => {
        const found = room && s.crypto.findVerificationRequestDMInProgress(room, user);
        if (found) s.track(found);
        const vid = [...s.requests.keys()].find((id) => {
            const r = s.request(id);
            return !r.initiatedByMe && r.phase === VerificationPhase.Requested && (!user || r.otherUserId === user);
        });
        return vid && s.describeRequest(vid);
    }),
    verify_accept: async (s, { vid }) => { await s.request(vid).accept(); return s.describeRequest(vid); },
    verify_start: async (s, { vid, timeout = 60000 }) => {
        await until("ready", timeout, () => s.request(vid).phase >= VerificationPhase.Ready);
        await s.request(vid).startVerification("m.sas.v1");
        return s.describeRequest(vid);
    },
    verify_emoji: async (s, { vid, timeout = 60000 }) => {
        const id = vid ?? [...s.requests.keys()].pop();
        await until("emoji", timeout, () => s.sas.has(id));
        return s.emoji(id);
    },
    verify_confirm: async (s, { vid }) => { await s.sas.get(vid ?? [...s.sas.keys()].pop()).confirm(); },
    verify_mismatch: async (s, { vid }) => { s.sas.get(vid ?? [...s.sas.keys()].pop()).mismatch(); },
    verify_cancel: async (s, { vid }) => { await s.request(vid).cancel(); },
    verify_wait: async (s, { vid, phase = "Done", timeout = 60000 }) => {
        await until(`verification ${phase}`, timeout, () => VerificationPhase[s.request(vid).phase] === phase)
            .catch((e) => { throw new Error(`${e.message}; it is ${JSON.stringify(s.describeRequest(vid))}`); });
        return s.describeRequest(vid);
    },
};

export const commands = { ...account, ...rooms, ...messages, ...keys, ...machine, ...verification };
