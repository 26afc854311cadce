-- SPDX-License-Identifier: GPL-3.0-or-later
-- SPDX-FileCopyrightText: 2026 The Chappe authors

-- Verifications that this device takes part in: a run that ends in the middle leaves the other side waiting.
CREATE TABLE verifications (
  room_id        TEXT    NOT NULL,                 -- '': by to-device
  transaction_id TEXT    NOT NULL,
  user_id        TEXT    NOT NULL,
  device_id      TEXT    NOT NULL,                 -- each that was told of it; '' in a room
  created_ms     INTEGER NOT NULL,
  PRIMARY KEY (room_id, transaction_id, device_id)
) WITHOUT ROWID;

-- When the server last told the user's devices.
ALTER TABLE tracked_users ADD COLUMN answered_ms INTEGER NOT NULL DEFAULT 0;

-- Only read with: their sending halves may have been used already, by a future that was lost (E2E-009).
ALTER TABLE olm_sessions ADD COLUMN is_retired INTEGER NOT NULL DEFAULT 0;
-- The server has one-time keys whose private halves were lost that way.
ALTER TABLE olm_account ADD COLUMN must_drain INTEGER NOT NULL DEFAULT 0;
