-- breaks 4
-- A card is authorised first and captured once orders has secured the order. The check of the column alone goes with its column, as in file 3;
-- the checks of the table that name it make way for it. An authorised charge has an intent and is not settled.
ALTER TABLE charge
	DROP CONSTRAINT failed_for_a_reason,
	DROP CONSTRAINT settled_at_a_time,
	DROP CONSTRAINT refunded_was_completed,
	DROP CONSTRAINT completed_by_an_intent,
	ADD COLUMN status_word VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NULL AFTER status,
	ADD COLUMN authorised_at DATETIME(6) NULL AFTER created_at,
	ADD KEY charge_of_intent (stripe_intent_id),
	ADD KEY charge_of_session (stripe_session_id),
	ALGORITHM=COPY, LOCK=SHARED;
UPDATE charge SET status_word = status, updated_at = updated_at;
ALTER TABLE charge DROP COLUMN status, ALGORITHM=COPY, LOCK=SHARED;
ALTER TABLE charge
	CHANGE COLUMN status_word status VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	ALGORITHM=COPY, LOCK=SHARED;
ALTER TABLE charge
	ADD CONSTRAINT known_status CHECK (status IN ('created', 'authorised', 'failed', 'completed')),
	ADD CONSTRAINT failed_for_a_reason CHECK ((status = 'failed') = (failure_reason IS NOT NULL)),
	ADD CONSTRAINT authorised_at_a_time CHECK (status <> 'authorised' OR authorised_at IS NOT NULL),
	ADD CONSTRAINT settled_at_a_time CHECK ((status IN ('created', 'authorised')) = (settled_at IS NULL)),
	ADD CONSTRAINT refunded_was_completed CHECK (stripe_refund_id IS NULL OR status = 'completed'),
	ADD CONSTRAINT paid_by_an_intent CHECK (status NOT IN ('authorised', 'completed') OR stripe_intent_id IS NOT NULL),
	ALGORITHM=COPY, LOCK=SHARED;
ALTER TABLE order_replica ADD COLUMN secured_at DATETIME(6) NULL AFTER expires_at, ALGORITHM=COPY, LOCK=SHARED;
