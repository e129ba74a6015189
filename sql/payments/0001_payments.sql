-- compatible
-- Charges, and what payments keeps of orders. One charge an order, ever; the bank's ids stay in this database.
CREATE TABLE order_replica (
	id BINARY(16) NOT NULL PRIMARY KEY,
	version BIGINT NOT NULL CHECK (version >= 1),
	status VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
		CHECK (status IN ('created', 'awaiting_payment', 'completed', 'cancelled')),
	user_id BINARY(16) NOT NULL,
	ticket_id BINARY(16) NOT NULL,
	ticket_revision BIGINT NOT NULL CHECK (ticket_revision >= 1),
	seller_id BINARY(16) NOT NULL,
	title VARCHAR(120) NOT NULL,
	category VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
		CHECK (category IN ('concert', 'sports', 'theatre', 'other')),
	venue VARCHAR(120) NULL,
	starts_at DATETIME(6) NULL,
	time_zone VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NULL,
	seat VARCHAR(80) NULL,
	price BIGINT NOT NULL CHECK (price BETWEEN 1 AND 10000000000000),
	currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	cancel_reason VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NULL
		CHECK (cancel_reason IN ('buyer', 'expired', 'payment_failed', 'ticket_changed')),
	expires_at DATETIME(6) NOT NULL,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE charge (
	id BINARY(16) NOT NULL PRIMARY KEY,
	version BIGINT NOT NULL CHECK (version >= 1),
	order_id BINARY(16) NOT NULL,
	user_id BINARY(16) NOT NULL,
	amount BIGINT NOT NULL CHECK (amount BETWEEN 1 AND 10000000000000),
	currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	status VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL CHECK (status IN ('created', 'failed', 'completed')),
	failure_reason VARCHAR(300) NULL,
	stripe_session_id VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NULL,
	stripe_session_url VARCHAR(2000) CHARACTER SET ascii COLLATE ascii_bin NULL,
	stripe_intent_id VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NULL,
	stripe_refund_id VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NULL,
	created_at DATETIME(6) NOT NULL,
	settled_at DATETIME(6) NULL,
	refunded_at DATETIME(6) NULL,
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	UNIQUE KEY one_charge_an_order (order_id),
	CONSTRAINT charge_of_order FOREIGN KEY (order_id) REFERENCES order_replica (id),
	CONSTRAINT known_to_the_bank CHECK (stripe_session_id IS NOT NULL OR stripe_intent_id IS NOT NULL),
	CONSTRAINT session_has_a_page CHECK ((stripe_session_id IS NULL) = (stripe_session_url IS NULL)),
	CONSTRAINT failed_for_a_reason CHECK ((status = 'failed') = (failure_reason IS NOT NULL)),
	CONSTRAINT settled_at_a_time CHECK ((status = 'created') = (settled_at IS NULL)),
	CONSTRAINT refunded_was_completed CHECK (stripe_refund_id IS NULL OR status = 'completed'),
	CONSTRAINT completed_by_an_intent CHECK (status <> 'completed' OR stripe_intent_id IS NOT NULL)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Charges that something is still to be done about, and when to look: by the server's own clock, which tests do not move. Whoever moves
-- next_try_at on has claimed the charge until then.
CREATE TABLE charge_task (
	charge_id BINARY(16) NOT NULL PRIMARY KEY,
	order_id BINARY(16) NOT NULL,
	next_try_at DATETIME(6) NOT NULL,
	tries BIGINT NOT NULL,
	UNIQUE KEY task_of_order (order_id),
	KEY due (next_try_at),
	CONSTRAINT task_of_charge FOREIGN KEY (charge_id) REFERENCES charge (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- The bank's events, each once; kept for 30 days.
CREATE TABLE webhook_event (
	id VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
	type VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	outcome VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
		CHECK (outcome IN ('applied', 'known', 'ignored', 'unknown', 'mismatch')),
	received_at DATETIME(6) NOT NULL,
	KEY received (received_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
