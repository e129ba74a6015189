-- breaks 3
-- How many orders of a buyer may be live at a time is the setting HOLD_BUDGET, so slots go on beyond five. The check of a column alone goes with its
-- column, in MySQL and MariaDB alike; its name differs, which is why the column makes way for another.
ALTER TABLE orders ADD COLUMN live_slot BIGINT NULL AFTER slot;
UPDATE orders SET live_slot = slot, updated_at = updated_at WHERE slot IS NOT NULL;
ALTER TABLE orders DROP CONSTRAINT ended_holds_no_slot, DROP INDEX five_live_orders;
ALTER TABLE orders DROP COLUMN slot;
ALTER TABLE orders RENAME COLUMN live_slot TO slot;
ALTER TABLE orders
	ADD UNIQUE KEY live_order_of_slot (user_id, slot),
	ADD CONSTRAINT slot_of_budget CHECK (slot BETWEEN 1 AND 100),
	ADD CONSTRAINT ended_has_no_slot CHECK (slot IS NULL OR status IN ('created', 'awaiting_payment'));

-- Who lets holds lapse: how many since they last bought something or let none lapse for a day, when the last was due, and until when they
-- cannot order; none after a first one.
CREATE TABLE hold_budget (
	user_id BINARY(16) NOT NULL PRIMARY KEY,
	version BIGINT NOT NULL,
	lapses BIGINT NOT NULL,
	lapsed_at DATETIME(6) NOT NULL,
	allowed_at DATETIME(6) NULL,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	KEY hold_budget_age (lapsed_at),
	CONSTRAINT hold_budget_counters CHECK (version >= 1 AND lapses >= 1),
	CONSTRAINT hold_budget_pause CHECK (allowed_at > lapsed_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
