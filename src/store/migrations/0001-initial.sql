-- SPDX-License-Identifier: GPL-3.0-or-later
-- SPDX-FileCopyrightText: 2026 The Chappe authors

-- Values of the account itself; account data ('' as room_id: global).
CREATE TABLE account_values (
  name  TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE account_data (
  room_id TEXT NOT NULL,
  type    TEXT NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (room_id, type)
) WITHOUT ROWID;

-- What is known of a room and is neither state nor event.
CREATE TABLE rooms (
  id                INTEGER PRIMARY KEY AUTOINCREMENT,
  room_id           TEXT    NOT NULL UNIQUE,
  membership        INTEGER NOT NULL DEFAULT 0,
  is_encrypted      INTEGER NOT NULL DEFAULT 0,   -- latched
  version           TEXT,
  heroes            TEXT,                         -- user ids, one a line; NULL: never said
  joined_count      INTEGER NOT NULL DEFAULT -1,
  invited_count     INTEGER NOT NULL DEFAULT -1,
  server_name       TEXT,                         -- as computed by sliding sync
  server_avatar     TEXT,
  is_dm             INTEGER NOT NULL DEFAULT 0,
  members_complete  INTEGER NOT NULL DEFAULT 0,
  unread            INTEGER NOT NULL DEFAULT 0,
  highlights        INTEGER NOT NULL DEFAULT 0,
  server_unread     INTEGER NOT NULL DEFAULT -1,  -- valid until our own position moves
  server_highlights INTEGER NOT NULL DEFAULT -1,
  seen_ts           INTEGER NOT NULL DEFAULT 0,   -- ms, arrival of the room or of its invitation
  typing            TEXT                          -- user ids, one a line; emptied at open
);

-- The room list, ready to draw.
CREATE TABLE room_rows (
  room             INTEGER PRIMARY KEY REFERENCES rooms (id) ON DELETE CASCADE,
  room_id          TEXT    NOT NULL,
  name             TEXT    NOT NULL,
  avatar_url       TEXT,
  topic            TEXT,
  canonical_alias  TEXT,
  membership       INTEGER NOT NULL,
  flags            INTEGER NOT NULL,
  direct_user      TEXT,
  tag_order        REAL    NOT NULL,
  notifications    INTEGER NOT NULL,
  unread           INTEGER NOT NULL,
  highlights       INTEGER NOT NULL,
  last_ts          INTEGER NOT NULL,
  sort_key         INTEGER NOT NULL,
  last_event_id    TEXT,
  last_sender      TEXT,
  last_sender_name TEXT,
  last_summary     TEXT,
  preview          INTEGER NOT NULL,
  draft_text       TEXT,
  failed_sends     INTEGER NOT NULL,
  inviter          TEXT,
  inviter_name     TEXT,
  invite_reason    TEXT,
  joined_members   INTEGER NOT NULL,
  invited_members  INTEGER NOT NULL,
  successor        TEXT,
  predecessor      TEXT,
  room_version     TEXT,
  access_rule      TEXT
);

-- Current state, but for members. is_stripped: what an invitation showed.
CREATE TABLE state (
  room        INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
  is_stripped INTEGER NOT NULL DEFAULT 0,
  type        TEXT    NOT NULL,
  state_key   TEXT    NOT NULL,
  event_id    TEXT,
  sender      TEXT    NOT NULL,
  ts          INTEGER NOT NULL,
  content     TEXT    NOT NULL,
  PRIMARY KEY (room, is_stripped, type, state_key)
) WITHOUT ROWID;

CREATE TABLE members (
  room         INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
  user_id      TEXT    NOT NULL,
  membership   INTEGER NOT NULL,
  is_present   INTEGER NOT NULL,                  -- joined or invited
  display_name TEXT,                              -- cleaned
  name_key     TEXT    NOT NULL,                  -- normalised: equal keys are ambiguous
  avatar_url   TEXT,
  power        INTEGER NOT NULL DEFAULT 0,
  event_id     TEXT,
  content      TEXT    NOT NULL,
  PRIMARY KEY (room, user_id)
) WITHOUT ROWID;
CREATE INDEX members_by_name  ON members (room, name_key);
CREATE INDEX members_in_order ON members (room, is_present, power DESC, name_key, user_id);

-- The linked list of blocks and gaps. rank orders the blocks of a room, oldest first.
CREATE TABLE blocks (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  room         INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
  rank         INTEGER NOT NULL,
  is_detached  INTEGER NOT NULL DEFAULT 0,        -- an island from a jump, not yet joined to the rest
  is_stale     INTEGER NOT NULL DEFAULT 0,        -- live block: the sync position was lost since
  gap_before   INTEGER NOT NULL DEFAULT 0,
  token_before TEXT,
  gap_after    INTEGER NOT NULL DEFAULT 0,
  token_after  TEXT
);
CREATE UNIQUE INDEX blocks_in_order ON blocks (room, rank);

CREATE TABLE events (
  id              INTEGER PRIMARY KEY,
  room            INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
  event_id        TEXT    NOT NULL,
  block           INTEGER,                        -- NULL: kept aside, not in the timeline
  position        INTEGER,
  type            TEXT    NOT NULL,
  sender          TEXT    NOT NULL,
  ts              INTEGER NOT NULL,
  state_key       TEXT,
  relation_type   TEXT,
  relation_target TEXT,
  relation_key    TEXT,
  shown           INTEGER NOT NULL,               -- 0 drawn on its target or not at all, 1 a row, 2 a message
  push            INTEGER NOT NULL DEFAULT 0,     -- 0 silent or read on arrival, 1 notifies, 2 highlights
  redacted_by     TEXT,                           -- user id
  raw             TEXT    NOT NULL,
  clear           TEXT
);
CREATE UNIQUE INDEX events_by_id ON events (room, event_id);
CREATE INDEX events_in_order     ON events (block, position);
CREATE INDEX events_rows         ON events (block, position) WHERE shown > 0;
CREATE INDEX events_messages     ON events (block, position) WHERE shown = 2;
CREATE INDEX events_notifying    ON events (block, position) WHERE push > 0;
CREATE INDEX events_relations    ON events (room, relation_target, relation_type)
                                 WHERE relation_target IS NOT NULL;

-- Redactions whose target is not here yet.
CREATE TABLE pending_redactions (
  room     INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
  target   TEXT    NOT NULL,
  event_id TEXT    NOT NULL,
  PRIMARY KEY (room, target)
) WITHOUT ROWID;

CREATE TABLE receipts (
  room      INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
  user_id   TEXT    NOT NULL,
  kind      TEXT    NOT NULL,
  thread_id TEXT    NOT NULL,                     -- '': unthreaded
  event_id  TEXT    NOT NULL,
  ts        INTEGER NOT NULL,
  PRIMARY KEY (room, user_id, kind, thread_id)
) WITHOUT ROWID;
CREATE INDEX receipts_by_event ON receipts (room, event_id);

-- Events up to which we have read: at most one that is in the timeline, and those not seen yet.
CREATE TABLE own_reads (
  room         INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
  event_id     TEXT    NOT NULL,
  ts           INTEGER NOT NULL,
  is_ahead     INTEGER NOT NULL DEFAULT 0,        -- unknown event that must be newer than what is stored
  is_confirmed INTEGER NOT NULL DEFAULT 0,        -- the server knows
  PRIMARY KEY (room, event_id)
) WITHOUT ROWID;

CREATE TABLE outbox (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  room_id      TEXT    NOT NULL,
  txn_id       TEXT    NOT NULL UNIQUE,
  event_type   TEXT    NOT NULL,
  content      TEXT    NOT NULL,
  wire_type    TEXT,
  wire_content TEXT,
  redacts      TEXT,
  depends_on   TEXT,
  state        INTEGER NOT NULL,
  event_id     TEXT,
  attempts     INTEGER NOT NULL DEFAULT 0,
  created_ms   INTEGER NOT NULL,
  error_code   INTEGER NOT NULL DEFAULT 0,
  error_domain TEXT
);
CREATE INDEX outbox_by_room ON outbox (room_id, id);

CREATE TABLE drafts (
  room_id TEXT PRIMARY KEY NOT NULL,
  draft   TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE media (
  id      INTEGER PRIMARY KEY,
  mxc     TEXT    NOT NULL,
  variant TEXT    NOT NULL,
  size    INTEGER NOT NULL,
  used_us INTEGER NOT NULL,
  data    BLOB    NOT NULL
);
CREATE UNIQUE INDEX media_by_name ON media (mxc, variant);
CREATE INDEX media_by_use         ON media (used_us, size);
