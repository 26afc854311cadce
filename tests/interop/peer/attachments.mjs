// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Chappe authors
//
// Matrix encrypted attachments, version "v2": AES-256-CTR and SHA-256.
import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";

const unpadded = (buffer) => buffer.toString("base64").replace(/=+$/, "");

/** Encrypts a file; returns { data, file } with file as in m.room.message. */
export function encryptAttachment(plain) {
    const key = randomBytes(32);
    // The low half of the counter block starts at zero, as the spec asks.
    const iv = Buffer.concat([randomBytes(8), Buffer.alloc(8)]);
    const cipher = createCipheriv("aes-256-ctr", key, iv);
    const data = Buffer.concat([cipher.update(plain), cipher.final()]);
    const k = unpadded(key).replace(/\+/g, "-").replace(/\//g, "_");
    return {
        data,
        file: {
            v: "v2",
            iv: unpadded(iv),
            hashes: { sha256: unpadded(createHash("sha256").update(data).digest()) },
            key: { alg: "A256CTR", ext: true, k, key_ops: ["encrypt", "decrypt"], kty: "oct" },
        },
    };
}

/** Checks and decrypts a downloaded file; throws when the hash is wrong. */
export function decryptAttachment(data, file) {
    const hash = unpadded(createHash("sha256").update(data).digest());
    if (hash !== file.hashes.sha256.replace(/=+$/, "")) throw new Error("attachment hash mismatch");
    const key = Buffer.from(file.key.k, "base64url");
    const cipher = createDecipheriv("aes-256-ctr", key, Buffer.from(file.iv, "base64"));
    return Buffer.concat([cipher.update(data), cipher.final()]);
}
