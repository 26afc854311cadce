// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Chappe authors
//
// An independent scripted Matrix client: matrix-js-sdk with its Rust cryptography, in Node.
//
// One JSON object a line on stdin:   {"id": 1, "cmd": "send_text", "as": "bob", ...}
// One JSON object a line on stdout:  {"id": 1, "ok": true, "result": ...}
//                                    {"id": 1, "ok": false, "error": "...", "errcode": "..."}
// and, unasked, {"event": "verification" | "sas" | "warning", "as": ..., ...}.
// Commands run concurrently; each has an id of its own.  "as" names the session: one process holds many
// signed-in devices.  All state is in memory: a device lives as long as the process.  The SDK's log goes
// to $CHAPPE_PEER_LOG, else nowhere.
import { createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { logger } from "matrix-js-sdk/lib/logger.js";

// stdout carries the protocol only.
const file = process.env.CHAPPE_PEER_LOG;
const log = file ? createWriteStream(file, { flags: "a" }) : null;
for (const name of ["log", "info", "warn", "error", "debug", "trace"]) {
    console[name] = (...args) => log?.write(`${name} ${args.map(String).join(" ")}\n`);
}
logger.setLevel(log ? "debug" : "silent");

const { Session, say } = await import("./session.mjs");
const { commands } = await import("./commands.mjs");

process.on("unhandledRejection", (e) => say({ event: "warning", error: String(e?.stack ?? e) }));

const sessions = new Map();

async function answer(line) {
    let id = null;
    try {
        const { id: given = null, cmd, as = "main", ...args } = JSON.parse(line);
        id = given;
        if (!Object.hasOwn(commands, cmd)) throw new Error(`no command ${cmd}`);
        let session = sessions.get(as);
        if (!session) sessions.set(as, session = new Session(as));
        if (!session.client && cmd !== "login") throw new Error(`${as} is not logged in`);
        const result = await commands[cmd](session, args);
        if (["logout", "forget"].includes(cmd)) sessions.delete(as);
        say({ id, ok: true, result: result ?? null });
    } catch (e) {
        say({ id, ok: false, error: e?.message ?? String(e), errcode: e?.errcode, status: e?.httpStatus });
    }
}

createInterface({ input: process.stdin })
    .on("line", (line) => { if (line.trim()) answer(line); })
    .on("close", () => process.exit(0));
say({ event: "ready" });
