-- SPDX-License-Identifier: GPL-3.0-or-later
-- SPDX-FileCopyrightText: 2026 The Chappe authors

-- What nobody else has, a second time on other pages, always by the same commit: where a page is damaged
-- mx-store-salvage.c takes it from there. The columns of mirror_X are those of X, in the same order; a step that
-- adds one to X adds it here. Not mirrored: the sync position, which is asked for anew after damage, and keys that
-- the backup has.

CREATE TABLE mirror_account_values (
  name  TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO mirror_account_values SELECT * FROM account_values
 WHERE name NOT IN ('sliding_pos', 'sliding_total', 'classic_token', 'to_device_token');
CREATE TRIGGER mirror_account_values_insert AFTER INSERT ON account_values
WHEN new.name NOT IN ('sliding_pos', 'sliding_total', 'classic_token', 'to_device_token') BEGIN
  DELETE FROM mirror_account_values WHERE name = new.name;
  INSERT INTO mirror_account_values SELECT * FROM account_values WHERE name = new.name;
END;
CREATE TRIGGER mirror_account_values_update AFTER UPDATE ON account_values
WHEN new.name NOT IN ('sliding_pos', 'sliding_total', 'classic_token', 'to_device_token') BEGIN
  DELETE FROM mirror_account_values WHERE name = old.name;
  INSERT INTO mirror_account_values SELECT * FROM account_values WHERE name = new.name;
END;
CREATE TRIGGER mirror_account_values_delete AFTER DELETE ON account_values BEGIN
  DELETE FROM mirror_account_values WHERE name = old.name;
END;

CREATE TABLE mirror_drafts (
  room_id TEXT PRIMARY KEY NOT NULL,
  draft   TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO mirror_drafts SELECT * FROM drafts;
CREATE TRIGGER mirror_drafts_insert AFTER INSERT ON drafts BEGIN
  DELETE FROM mirror_drafts WHERE room_id = new.room_id;
  INSERT INTO mirror_drafts SELECT * FROM drafts WHERE room_id = new.room_id;
END;
CREATE TRIGGER mirror_drafts_update AFTER UPDATE ON drafts BEGIN
  DELETE FROM mirror_drafts WHERE room_id = old.room_id;
  INSERT INTO mirror_drafts SELECT * FROM drafts WHERE room_id = new.room_id;
END;
CREATE TRIGGER mirror_drafts_delete AFTER DELETE ON drafts BEGIN
  DELETE FROM mirror_drafts WHERE room_id = old.room_id;
END;

CREATE TABLE mirror_outbox (
  id           INTEGER PRIMARY KEY,
  room_id      TEXT    NOT NULL,
  txn_id       TEXT    NOT NULL,
  event_type   TEXT    NOT NULL,
  content      TEXT    NOT NULL,
  wire_type    TEXT,
  wire_content TEXT,
  redacts      TEXT,
  depends_on   TEXT,
  state        INTEGER NOT NULL,
  event_id     TEXT,
  attempts     INTEGER NOT NULL,
  created_ms   INTEGER NOT NULL,
  error_code   INTEGER NOT NULL,
  error_domain TEXT,
  upload       TEXT
);
INSERT INTO mirror_outbox SELECT * FROM outbox;
CREATE TRIGGER mirror_outbox_insert AFTER INSERT ON outbox BEGIN
  DELETE FROM mirror_outbox WHERE id = new.id;
  INSERT INTO mirror_outbox SELECT * FROM outbox WHERE id = new.id;
END;
CREATE TRIGGER mirror_outbox_update AFTER UPDATE ON outbox BEGIN
  DELETE FROM mirror_outbox WHERE id = old.id;
  INSERT INTO mirror_outbox SELECT * FROM outbox WHERE id = new.id;
END;
CREATE TRIGGER mirror_outbox_delete AFTER DELETE ON outbox BEGIN
  DELETE FROM mirror_outbox WHERE id = old.id;
END;

CREATE TABLE mirror_olm_account (
  id            INTEGER PRIMARY KEY,
  pickle        BLOB    NOT NULL,
  is_uploaded   INTEGER NOT NULL,
  server_keys   INTEGER,
  fallback_used INTEGER NOT NULL,
  fallback_ms   INTEGER NOT NULL,
  old_fallback  INTEGER NOT NULL,
  upload        TEXT,
  must_drain    INTEGER NOT NULL
);
INSERT INTO mirror_olm_account SELECT * FROM olm_account;
CREATE TRIGGER mirror_olm_account_insert AFTER INSERT ON olm_account BEGIN
  DELETE FROM mirror_olm_account WHERE id = new.id;
  INSERT INTO mirror_olm_account SELECT * FROM olm_account WHERE id = new.id;
END;
CREATE TRIGGER mirror_olm_account_update AFTER UPDATE ON olm_account BEGIN
  DELETE FROM mirror_olm_account WHERE id = old.id;
  INSERT INTO mirror_olm_account SELECT * FROM olm_account WHERE id = new.id;
END;
CREATE TRIGGER mirror_olm_account_delete AFTER DELETE ON olm_account BEGIN
  DELETE FROM mirror_olm_account WHERE id = old.id;
END;

CREATE TABLE mirror_identities (
  user_id      TEXT PRIMARY KEY NOT NULL,
  master       TEXT NOT NULL,
  self_signing TEXT,
  user_signing TEXT,
  master_key   BLOB NOT NULL,
  pinned_key   BLOB NOT NULL,
  is_verified  INTEGER NOT NULL,
  was_verified INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO mirror_identities SELECT * FROM identities;
CREATE TRIGGER mirror_identities_insert AFTER INSERT ON identities BEGIN
  DELETE FROM mirror_identities WHERE user_id = new.user_id;
  INSERT INTO mirror_identities SELECT * FROM identities WHERE user_id = new.user_id;
END;
CREATE TRIGGER mirror_identities_update AFTER UPDATE ON identities BEGIN
  DELETE FROM mirror_identities WHERE user_id = old.user_id;
  INSERT INTO mirror_identities SELECT * FROM identities WHERE user_id = new.user_id;
END;
CREATE TRIGGER mirror_identities_delete AFTER DELETE ON identities BEGIN
  DELETE FROM mirror_identities WHERE user_id = old.user_id;
END;

CREATE TABLE mirror_secrets (
  name  TEXT PRIMARY KEY NOT NULL,
  value BLOB NOT NULL
) WITHOUT ROWID;
INSERT INTO mirror_secrets SELECT * FROM secrets;
CREATE TRIGGER mirror_secrets_insert AFTER INSERT ON secrets BEGIN
  DELETE FROM mirror_secrets WHERE name = new.name;
  INSERT INTO mirror_secrets SELECT * FROM secrets WHERE name = new.name;
END;
CREATE TRIGGER mirror_secrets_update AFTER UPDATE ON secrets BEGIN
  DELETE FROM mirror_secrets WHERE name = old.name;
  INSERT INTO mirror_secrets SELECT * FROM secrets WHERE name = new.name;
END;
CREATE TRIGGER mirror_secrets_delete AFTER DELETE ON secrets BEGIN
  DELETE FROM mirror_secrets WHERE name = old.name;
END;

CREATE TABLE mirror_megolm_inbound (
  id             INTEGER PRIMARY KEY,
  room_id        TEXT    NOT NULL,
  session_id     TEXT    NOT NULL,
  curve25519     BLOB    NOT NULL,
  ed25519        BLOB,
  sender         TEXT,
  device_keys    TEXT,
  pickle         BLOB    NOT NULL,
  first_index    INTEGER NOT NULL,
  origin         INTEGER NOT NULL,
  shared_history INTEGER NOT NULL,
  chain          TEXT,
  backed_up      TEXT,
  received_ms    INTEGER NOT NULL
);
INSERT INTO mirror_megolm_inbound SELECT * FROM megolm_inbound
 WHERE backed_up IS NULL;
CREATE TRIGGER mirror_megolm_inbound_insert AFTER INSERT ON megolm_inbound
WHEN new.backed_up IS NULL BEGIN
  DELETE FROM mirror_megolm_inbound WHERE id = new.id;
  INSERT INTO mirror_megolm_inbound SELECT * FROM megolm_inbound WHERE id = new.id;
END;
CREATE TRIGGER mirror_megolm_inbound_update AFTER UPDATE ON megolm_inbound BEGIN
  DELETE FROM mirror_megolm_inbound WHERE id = old.id;
  INSERT INTO mirror_megolm_inbound SELECT * FROM megolm_inbound WHERE id = new.id AND backed_up IS NULL;
END;
CREATE TRIGGER mirror_megolm_inbound_delete AFTER DELETE ON megolm_inbound BEGIN
  DELETE FROM mirror_megolm_inbound WHERE id = old.id;
END;
