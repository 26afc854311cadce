-- SPDX-License-Identifier: GPL-3.0-or-later
-- SPDX-FileCopyrightText: 2026 The Chappe authors

-- End-to-end encryption. Keys are blobs of 32 bytes; pickles are sealed with a key of their own besides the
-- file's (research/protocol E2E-162).

-- Our device. One row, made before anything is uploaded.
CREATE TABLE olm_account (
  id                 INTEGER PRIMARY KEY CHECK (id = 1),
  pickle             BLOB    NOT NULL,
  is_uploaded        INTEGER NOT NULL DEFAULT 0,   -- the server has our device keys
  server_keys        INTEGER,                      -- one-time keys at the server; NULL: not told yet
  fallback_used      INTEGER NOT NULL DEFAULT 1,   -- the server lacks an unused one
  fallback_ms        INTEGER NOT NULL DEFAULT 0,   -- when the current one was published
  old_fallback       INTEGER NOT NULL DEFAULT 0,   -- a previous one is kept
  upload             TEXT                          -- body under way: repeated to the byte until answered
);

-- Whose devices we follow. outdated: number of the newest reason to ask again; 0: fresh.
CREATE TABLE tracked_users (
  user_id    TEXT PRIMARY KEY NOT NULL,
  is_tracked INTEGER NOT NULL DEFAULT 1,
  outdated   INTEGER NOT NULL DEFAULT 0,
  is_known   INTEGER NOT NULL DEFAULT 0            -- an answer came once
) WITHOUT ROWID;
CREATE INDEX tracked_outdated ON tracked_users (outdated) WHERE outdated > 0;

-- Devices that were seen, pinned by their keys; one that is gone stays for what it sent.
CREATE TABLE devices (
  user_id         TEXT    NOT NULL,
  device_id       TEXT    NOT NULL,
  curve25519      BLOB    NOT NULL,
  ed25519         BLOB    NOT NULL,
  display_name    TEXT,
  keys            TEXT    NOT NULL,                -- the signed object
  is_gone         INTEGER NOT NULL DEFAULT 0,
  is_dehydrated   INTEGER NOT NULL DEFAULT 0,
  is_cross_signed INTEGER NOT NULL DEFAULT 0,      -- by the owner's identity as pinned
  trust           INTEGER NOT NULL DEFAULT 0,      -- MxLocalTrust
  first_seen_ms   INTEGER NOT NULL,
  no_key_ms       INTEGER NOT NULL DEFAULT 0,      -- a claim gave nothing
  no_olm_sent     INTEGER NOT NULL DEFAULT 0,
  unwedged_ms     INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (user_id, device_id)
) WITHOUT ROWID;
CREATE INDEX devices_by_key ON devices (curve25519);

-- Cross-signing identities: public keys as the server says, and the master key as first seen.
CREATE TABLE identities (
  user_id       TEXT PRIMARY KEY NOT NULL,
  master        TEXT NOT NULL,                     -- signed objects
  self_signing  TEXT,
  user_signing  TEXT,                              -- ours only
  master_key    BLOB NOT NULL,
  pinned_key    BLOB NOT NULL,
  is_verified   INTEGER NOT NULL DEFAULT 0,        -- signed by our user-signing key; ours: trusted
  was_verified  INTEGER NOT NULL DEFAULT 0         -- latched until withdrawn
) WITHOUT ROWID;

-- Our private keys and the backup's, by the names that secret storage gives them.
CREATE TABLE secrets (
  name  TEXT PRIMARY KEY NOT NULL,
  value BLOB NOT NULL
) WITHOUT ROWID;

-- Requests for secrets that we sent to our other devices: a row for each device.
CREATE TABLE secret_requests (
  request_id TEXT    NOT NULL,
  device_id  TEXT    NOT NULL,
  name       TEXT    NOT NULL,
  sent_ms    INTEGER NOT NULL,
  PRIMARY KEY (request_id, device_id)
) WITHOUT ROWID;

-- Requests that our other devices sent, answered once they are verified.
CREATE TABLE secret_wishes (
  device_id   TEXT    NOT NULL,
  name        TEXT    NOT NULL,
  request_id  TEXT    NOT NULL,
  received_ms INTEGER NOT NULL,
  answered_ms INTEGER NOT NULL DEFAULT 0,          -- of the newest answer, 0: never
  is_open     INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY (device_id, name)
) WITHOUT ROWID;

-- Signed objects that the server is to have: keys of users (by public key) and of our devices.
CREATE TABLE pending_signatures (
  user_id TEXT NOT NULL,
  target  TEXT NOT NULL,
  object  TEXT NOT NULL,
  PRIMARY KEY (user_id, target)
) WITHOUT ROWID;

-- By user and key: a key alone proves nothing (E2E-022).
CREATE TABLE olm_sessions (
  user_id    TEXT    NOT NULL,
  curve25519 BLOB    NOT NULL,                     -- the other device's
  session_id TEXT    NOT NULL,
  pickle     BLOB    NOT NULL,
  used       INTEGER NOT NULL,                     -- order of the last decryption, or of creation
  PRIMARY KEY (user_id, curve25519, session_id)
) WITHOUT ROWID;
CREATE INDEX olm_sessions_by_use ON olm_sessions (used);

-- Devices whose Olm messages could not be read: a new session is due (E2E-041).
CREATE TABLE olm_wedged (
  id         INTEGER PRIMARY KEY,
  user_id    TEXT NOT NULL,
  curve25519 BLOB NOT NULL,
  UNIQUE (user_id, curve25519)
);

-- Olm messages that were processed; old ones are dropped.
CREATE TABLE olm_hashes (
  hash        BLOB    PRIMARY KEY NOT NULL,
  received_ms INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX olm_hashes_by_age ON olm_hashes (received_ms);

-- To-device messages on their way. batch: those that left together, under one transaction id.
CREATE TABLE to_device_queue (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  type      TEXT NOT NULL,
  user_id   TEXT NOT NULL,
  device_id TEXT NOT NULL,                         -- or '*'
  content   TEXT NOT NULL,
  txn_id    TEXT
);
CREATE INDEX to_device_unsent ON to_device_queue (txn_id, type, id);
CREATE INDEX to_device_under_way ON to_device_queue (id) WHERE txn_id IS NOT NULL;

-- Rooms that were seen encrypted: never unseen again (E2E-065).
CREATE TABLE room_encryption (
  room_id            TEXT PRIMARY KEY NOT NULL,
  algorithm          TEXT    NOT NULL,
  rotation_period_ms INTEGER NOT NULL,
  rotation_messages  INTEGER NOT NULL
) WITHOUT ROWID;

-- Megolm sessions by which others' (and our own) messages are read.
CREATE TABLE megolm_inbound (
  id             INTEGER PRIMARY KEY,
  room_id        TEXT    NOT NULL,
  session_id     TEXT    NOT NULL,
  curve25519     BLOB    NOT NULL,                 -- of the device that made it
  ed25519        BLOB,                             -- that it claims
  sender         TEXT,                             -- user id, where an Olm message said so
  device_keys    TEXT,                             -- MSC4147
  pickle         BLOB    NOT NULL,
  first_index    INTEGER NOT NULL,
  origin         INTEGER NOT NULL,                 -- MxKeyOrigin
  shared_history INTEGER NOT NULL DEFAULT 0,
  chain          TEXT,                             -- forwarding_curve25519_key_chain, JSON
  backed_up      TEXT,                             -- version of the backup that has it as it is
  received_ms    INTEGER NOT NULL
);
CREATE UNIQUE INDEX megolm_inbound_by_id ON megolm_inbound (room_id, session_id);
CREATE INDEX megolm_inbound_backup ON megolm_inbound (backed_up, id);

-- Which event a message index belongs to (E2E-076).
CREATE TABLE megolm_indices (
  session       INTEGER NOT NULL REFERENCES megolm_inbound (id) ON DELETE CASCADE,
  message_index INTEGER NOT NULL,
  event_id      TEXT    NOT NULL,
  ts            INTEGER NOT NULL,
  PRIMARY KEY (session, message_index)
) WITHOUT ROWID;

-- What senders said about keys that they did not give us. session_id '': m.no_olm, about the device.
CREATE TABLE withheld (
  room_id     TEXT    NOT NULL,
  session_id  TEXT    NOT NULL,
  sender      TEXT    NOT NULL,
  code        TEXT    NOT NULL,
  received_ms INTEGER NOT NULL,
  PRIMARY KEY (room_id, session_id, sender)
) WITHOUT ROWID;

-- Our own session in each room, and who has its key.
CREATE TABLE megolm_outbound (
  room_id    TEXT    PRIMARY KEY NOT NULL,
  session_id TEXT    NOT NULL,
  pickle     BLOB    NOT NULL,
  created_ms INTEGER NOT NULL,
  messages   INTEGER NOT NULL DEFAULT 0,
  visibility TEXT    NOT NULL,
  is_over    INTEGER NOT NULL DEFAULT 0            -- to be replaced before the next message
) WITHOUT ROWID;
-- Our sessions as they were made: a device that lost a key is given it again, from where it had it (E2E-042, E2E-080).
CREATE TABLE megolm_starts (
  session_id TEXT    PRIMARY KEY NOT NULL,
  room_id    TEXT    NOT NULL,
  pickle     BLOB    NOT NULL,
  created_ms INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE megolm_shares (
  room_id       TEXT    NOT NULL,
  session_id    TEXT    NOT NULL,
  user_id       TEXT    NOT NULL,
  device_id     TEXT    NOT NULL,
  curve25519    BLOB    NOT NULL,
  message_index INTEGER,                           -- from which on the device can read; NULL: withheld
  withheld      TEXT,                              -- code that was sent
  olm_session   TEXT,                              -- by which the key left
  must_resend   INTEGER NOT NULL DEFAULT 0,        -- it got lost
  PRIMARY KEY (session_id, user_id, device_id)
) WITHOUT ROWID;
CREATE INDEX megolm_shares_by_device ON megolm_shares (user_id, curve25519);

-- How well reading works, per day of arrival and outcome; no ids (chappe-cli report). -1: read after all, that day.
CREATE TABLE decryption_days (
  day     TEXT    NOT NULL,                        -- UTC, YYYY-MM-DD
  outcome INTEGER NOT NULL,                        -- MxDecryptionFailure; 0: read
  count   INTEGER NOT NULL,
  PRIMARY KEY (day, outcome)
) WITHOUT ROWID;

-- The session and the place in it of an encrypted event, and why it could not be read.
ALTER TABLE events ADD COLUMN session_id TEXT;
ALTER TABLE events ADD COLUMN message_index INTEGER;
ALTER TABLE events ADD COLUMN failure INTEGER NOT NULL DEFAULT 0;
ALTER TABLE events ADD COLUMN failed_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE events ADD COLUMN is_news INTEGER NOT NULL DEFAULT 0;   -- arrived live, unreadable: may notify once it is read
CREATE INDEX events_unread_by_session ON events (room, session_id) WHERE failure > 0;

-- A file that has to be at the server first: where it waits, sealed, and how to open it (mx-file-send.c).
ALTER TABLE outbox ADD COLUMN upload TEXT;

-- What an older version stored.
UPDATE events
   SET failure = 1, failed_ms = ts, session_id = json_extract (raw, '$.content.session_id')
 WHERE type = 'm.room.encrypted' AND redacted_by IS NULL;
INSERT OR IGNORE INTO room_encryption (room_id, algorithm, rotation_period_ms, rotation_messages)
SELECT rooms.room_id,
       ifnull (json_extract (state.content, '$.algorithm'), ''),
       604800000,
       100
  FROM state JOIN rooms ON rooms.id = state.room
 WHERE state.type = 'm.room.encryption' AND state.state_key = '' AND state.is_stripped = 0;
INSERT INTO tracked_users (user_id, outdated)
SELECT DISTINCT members.user_id, 1
  FROM members JOIN rooms ON rooms.id = members.room
 WHERE rooms.is_encrypted = 1 AND rooms.membership = 1 AND members.membership = 1;
INSERT OR REPLACE INTO account_values (name, value) VALUES ('device_mark', '1');
