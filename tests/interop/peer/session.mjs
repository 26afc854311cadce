// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Chappe authors
//
// One signed-in device of the peer and what it has seen.
import { setTimeout as sleep } from "node:timers/promises";
import * as sdk from "matrix-js-sdk";
import { CryptoEvent, VerificationPhase, VerifierEvent,
         VerificationRequestEvent } from "matrix-js-sdk/lib/crypto-api/index.js";
import { decryptAttachment, encryptAttachment } from "./attachments.mjs";

const KEEP_EVENTS = 5000; // of each session, for wait_event

export const say = (object) => process.stdout.write(JSON.stringify(object) + "\n");

/** Polls until get() is truthy; throws after timeout milliseconds. */
export async function until(what, timeout, get) {
    const end = Date.now() + timeout;
    for (;;) {
        const value = await get();
        if (value) return value;
        if (Date.now() > end) throw new Error(`timeout: ${what}`);
        await sleep(40);
    }
}

/** Every key of want is in have, compared deeply; a string "/x/" in want is a pattern. */
export function matches(want, have) {
    if (typeof want === "string" && want.length > 2 && want.startsWith("/") && want.endsWith("/")) {
        return typeof have === "string" && new RegExp(want.slice(1, -1)).test(have);
    }
    if (want === null || typeof want !== "object") return want === have;
    return have !== null && typeof have === "object" &&
        Object.keys(want).every((key) => matches(want[key], have[key]));
}

export class Session {
    constructor(name) {
        this.name = name;
        this.events = [];            // live room events, oldest first
        this.toDevice = [];          // {raw, clear, info} of each to-device event, in order
        this.requests = new Map();   // verification id -> VerificationRequest
        this.sas = new Map();        // verification id -> callbacks of the shown emoji
        this.autoVerify = false;
        this.secretKey = null;       // private key of secret storage
    }

    async login({ base, user, password, device_name = "peer", device_id, sync = true, limit = 50,
                  crypto = true, lazy = true, timeout = 120000 }) {
        const login = await sdk.createClient({ baseUrl: base }).loginRequest({
            type: "m.login.password", identifier: { type: "m.id.user", user }, password, device_id,
            initial_device_display_name: device_name,
        });
        this.password = password;
        this.client = sdk.createClient({
            baseUrl: base, userId: login.user_id, deviceId: login.device_id,
            accessToken: login.access_token, timelineSupport: true,
            store: new sdk.MemoryStore(), verificationMethods: ["m.sas.v1"],
            cryptoCallbacks: {
                getSecretStorageKey: async ({ keys }) =>
                    this.secretKey ? [Object.keys(keys)[0], this.secretKey] : null,
                cacheSecretStorageKey: (_id, _info, key) => { this.secretKey = key; },
            },
        });
        if (crypto) {
            await this.client.initRustCrypto({ useIndexedDB: false });
            this.recordToDevice();
        }
        this.client.on(sdk.ClientEvent.Event, (event) => {
            if (!event.getRoomId()) return;
            this.events.push({ event, at: Date.now() });
            if (this.events.length > KEEP_EVENTS) this.events.splice(0, KEEP_EVENTS / 5);
        });
        this.client.on(CryptoEvent.VerificationRequestReceived, (request) => this.track(request));
        if (sync) await this.start({ limit, lazy, timeout });
        const keys = crypto ? await this.crypto.getOwnDeviceKeys() : {};
        return { user_id: login.user_id, device_id: login.device_id,
                 access_token: login.access_token, ...keys };
    }

    /** Starts to sync; returns once the first answer is in and the device's keys are on the server. */
    async start({ limit = 50, lazy = true, timeout = 120000 } = {}) {
        await this.client.startClient({ initialSyncLimit: limit, lazyLoadMembers: lazy,
                                        threadSupport: true });
        await until("first sync", timeout, () => this.client.isInitialSyncComplete());
        if (this.crypto) await until("device keys on the server", timeout, () => this.published());
    }

    async published() {
        const me = this.client.getUserId();
        const reply = await this.http("POST", "/_matrix/client/v3/keys/query", undefined,
                                      { device_keys: { [me]: [this.client.getDeviceId()] } });
        return !!reply.device_keys?.[me]?.[this.client.getDeviceId()];
    }

    get crypto() { return this.client.getCrypto(); }

    /** The OlmMachine of the Rust SDK below matrix-js-sdk. */
    get machine() { return this.crypto.olmMachine; }

    http(method, path, query, body) {
        return this.client.http.authedRequest(method, path, query, body, { prefix: "" });
    }

    /** Keeps each to-device event as it came, and what came out of it. */
    recordToDevice() {
        const machine = this.machine, receive = machine.receiveSyncChanges.bind(machine);
        machine.receiveSyncChanges = async (events, ...rest) => {
            const raw = JSON.parse(events), done = await receive(events, ...rest);
            const clear = done.map((event) => {
                const out = { kind: event.type, event: JSON.parse(event.rawEvent) };
                if (event.encryptionInfo) {
                    out.device = event.encryptionInfo.senderDevice?.toString();
                    out.verified = event.encryptionInfo.isSenderVerified?.();
                }
                return out;
            });
            if (raw.length) this.toDevice.push({ at: Date.now(), raw, clear });
            return done;
        };
    }

    /** The room once sync brought it, and its encryption once the crypto knows of it. */
    async room(roomId, timeout = 120000) {
        const room = await until(`room ${roomId}`, timeout, () => this.client.getRoom(roomId));
        if (this.crypto && room.hasEncryptionStateEvent()) {
            await until("room encryption", timeout, () => this.crypto.isEncryptionEnabledInRoom(roomId));
        }
        return room;
    }

    async joined(roomId, timeout = 120000) {
        const room = await this.room(roomId, timeout);
        await until(`joined ${roomId}`, timeout, () => room.getMyMembership() === "join");
        return this.room(roomId, timeout); // its encryption may have come with the join
    }

    async send(roomId, content, type = "m.room.message") {
        await this.joined(roomId);
        return (await this.client.sendEvent(roomId, type, content)).event_id;
    }

    /** Plain facts about an event, after trying to decrypt it. */
    async describe(event) {
        await this.client.decryptEventIfNeeded(event).catch(() => {});
        const out = {
            event_id: event.getId(), room_id: event.getRoomId(), sender: event.getSender(),
            ts: event.getTs(), type: event.getType(), wire_type: event.getWireType(),
            state_key: event.getStateKey(), content: event.getOriginalContent(),
            body: event.getOriginalContent()?.body, redacted: event.isRedacted(),
            encrypted: event.isEncrypted(),
        };
        if (event.isEncrypted()) {
            out.wire = event.getWireContent();
            out.failure = event.isDecryptionFailure() ? event.decryptionFailureReason : null;
            if (!out.failure) {
                const info = await this.crypto.getEncryptionInfoForEvent(event);
                // 0 none, 1 grey, 2 red; the reason as EventShieldReason
                out.shield = { colour: info?.shieldColour, reason: info?.shieldReason };
            }
        }
        return out;
    }

    content({ body, html, msgtype = "m.text", mentions, reply_to }) {
        const content = { msgtype, body, "m.mentions": mentions ?? {} };
        if (html) Object.assign(content, { format: "org.matrix.custom.html", formatted_body: html });
        if (reply_to) content["m.relates_to"] = { "m.in_reply_to": { event_id: reply_to } };
        return content;
    }

    /** Remembers a verification request and reports each change of its state. */
    track(request) {
        const vid = request.transactionId ?? `v${this.requests.size}`;
        if (this.requests.has(vid)) return vid;
        this.requests.set(vid, request);
        let shown = false;
        const warn = (e) => say({ event: "warning", as: this.name, vid, error: String(e) });
        const change = async () => {
            say({ event: "verification", as: this.name, ...this.describeRequest(vid) });
            if (this.autoVerify && request.phase === VerificationPhase.Requested &&
                !request.initiatedByMe && !request.accepting) {
                await request.accept();
            }
            const verifier = request.verifier;
            if (verifier && !shown) {
                shown = true;
                verifier.on(VerifierEvent.ShowSas, (sas) => {
                    this.sas.set(vid, sas);
                    say({ event: "sas", as: this.name, vid, ...this.emoji(vid) });
                    if (this.autoVerify) sas.confirm();
                });
                verifier.verify().catch(warn);
            }
        };
        const guarded = () => change().catch(warn);
        request.on(VerificationRequestEvent.Change, guarded);
        guarded();
        return vid;
    }

    request(vid) {
        const request = this.requests.get(vid ?? [...this.requests.keys()].pop());
        if (!request) throw new Error("no such verification");
        return request;
    }

    describeRequest(vid) {
        const request = this.request(vid);
        return { vid: request.transactionId ?? vid, phase: VerificationPhase[request.phase],
                 room_id: request.roomId, user_id: request.otherUserId,
                 device_id: request.otherDeviceId, by_me: request.initiatedByMe,
                 method: request.chosenMethod, cancel_code: request.cancellationCode,
                 cancelled_by: request.cancellingUserId };
    }

    emoji(vid) {
        const { emoji, decimal } = this.sas.get(vid).sas;
        return { vid, emoji: emoji?.map((pair) => pair[0]), names: emoji?.map((pair) => pair[1]), decimal };
    }

    /** Answers a request that wants the password with it. */
    uia = async (makeRequest) => {
        try {
            return await makeRequest(null);
        } catch (e) {
            if (e.httpStatus !== 401) throw e;
            return makeRequest({
                type: "m.login.password", session: e.data.session, password: this.password,
                identifier: { type: "m.id.user", user: this.client.getUserId() },
            });
        }
    };

    async download(mxc) {
        const url = this.client.mxcUrlToHttp(mxc, undefined, undefined, undefined, false, true, true);
        const reply = await fetch(url, { headers: { Authorization: `Bearer ${this.client.getAccessToken()}` } });
        if (!reply.ok) throw new Error(`download: ${reply.status}`);
        return Buffer.from(await reply.arrayBuffer());
    }

    async upload(data, type, name, encrypted) {
        const file = encrypted ? encryptAttachment(data) : null;
        const { content_uri: url } = await this.client.uploadContent(new Blob([file ? file.data : data]), {
            type: encrypted ? "application/octet-stream" : type, name: encrypted ? undefined : name,
        });
        return file ? { file: { ...file.file, url } } : { url };
    }

    /** The decrypted bytes of an event's file, or of its thumbnail. */
    async file(content, thumbnail) {
        const file = thumbnail ? content.info?.thumbnail_file : content.file;
        const url = file?.url ?? (thumbnail ? content.info?.thumbnail_url : content.url);
        if (!url) throw new Error("the event has no file");
        const data = await this.download(url);
        return file ? decryptAttachment(data, file) : data;
    }
}
