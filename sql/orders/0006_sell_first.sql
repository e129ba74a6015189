-- breaks 6
-- Earlier programs ask tickets for a lock, end orders that are secured, and sell returned tickets again.
-- Orders alone decides about sales: `decided` is the number of the seller's last proposal that was decided here, and until the first one the revision.
ALTER TABLE ticket_replica ADD COLUMN decided BIGINT NULL, ALGORITHM=COPY, LOCK=SHARED;
UPDATE ticket_replica SET decided = revision, updated_at = updated_at;
ALTER TABLE ticket_replica MODIFY COLUMN decided BIGINT NOT NULL,
	ADD CONSTRAINT decided_what_was_accepted CHECK (decided >= revision), ALGORITHM=COPY, LOCK=SHARED;

-- A new status and a new time. The columns are swapped, since MySQL and MariaDB name the CHECK of a column differently.
ALTER TABLE orders
	ADD COLUMN status_word VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NULL AFTER status,
	ADD COLUMN secured_at DATETIME(6) NULL AFTER held_at,
	ALGORITHM=COPY, LOCK=SHARED;
UPDATE orders SET status_word = status, updated_at = updated_at;
ALTER TABLE orders
	DROP CONSTRAINT cancelled_for_a_reason, DROP CONSTRAINT ended_at_a_time, DROP CONSTRAINT ended_has_no_slot,
	DROP CONSTRAINT awaiting_was_held, DROP INDEX one_active_order, DROP INDEX live_of_user, DROP INDEX overdue,
	DROP COLUMN active_ticket, ALGORITHM=COPY, LOCK=SHARED;
ALTER TABLE orders DROP COLUMN status, ALGORITHM=COPY, LOCK=SHARED;
ALTER TABLE orders
	CHANGE COLUMN status_word status VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	ALGORITHM=COPY, LOCK=SHARED;
-- a returned sale keeps its ticket: nobody else may be sold it
ALTER TABLE orders
	ADD COLUMN active_ticket BINARY(16) GENERATED ALWAYS AS
		(CASE WHEN status IN ('created', 'awaiting_payment', 'completed', 'returned') THEN ticket_id END) STORED,
	ADD UNIQUE KEY one_active_order (active_ticket),
	ADD KEY live_of_user (user_id, status, expires_at),
	ADD KEY overdue (status, expires_at),
	ADD CONSTRAINT order_status CHECK (status IN ('created', 'awaiting_payment', 'completed', 'cancelled', 'returned')),
	ADD CONSTRAINT cancelled_for_a_reason CHECK ((status = 'cancelled') = (cancel_reason IS NOT NULL)),
	ADD CONSTRAINT ended_at_a_time CHECK ((status IN ('completed', 'cancelled', 'returned')) = (ended_at IS NOT NULL)),
	ADD CONSTRAINT ended_has_no_slot CHECK (slot IS NULL OR status IN ('created', 'awaiting_payment')),
	ADD CONSTRAINT awaiting_was_held CHECK (held_at IS NOT NULL OR status IN ('created', 'cancelled')),
	ADD CONSTRAINT secured_was_held CHECK (secured_at IS NULL OR held_at IS NOT NULL),
	ALGORITHM=COPY, LOCK=SHARED;
