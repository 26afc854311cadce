-- SPDX-License-Identifier: GPL-3.0-or-later
-- SPDX-FileCopyrightText: 2026 The Chappe authors

-- Batches are chosen from the index alone.
DROP INDEX to_device_unsent;
CREATE INDEX to_device_unsent ON to_device_queue (txn_id, type, id, user_id, device_id);

-- Counted at each arrival, from the index alone: the rows are large.
DROP INDEX events_notifying;
CREATE INDEX events_notifying ON events (block, position, push, ts) WHERE push > 0;
