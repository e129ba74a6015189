-- compatible
-- Orders, and what this service keeps of tickets and charges: replicas, fed by events.

CREATE TABLE ticket_replica (
	id BINARY(16) NOT NULL PRIMARY KEY,
	version BIGINT NOT NULL CHECK (version >= 1),
	revision BIGINT NOT NULL CHECK (revision >= 1),
	status VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL CHECK (status IN ('listed', 'sold', 'withdrawn')),
	order_id BINARY(16) NULL,
	user_id BINARY(16) NOT NULL,
	title VARCHAR(120) NOT NULL,
	category VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
		CHECK (category IN ('concert', 'sports', 'theatre', 'other')),
	venue VARCHAR(120) NULL,
	starts_at DATETIME(6) NULL,
	time_zone VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NULL,
	seat VARCHAR(80) NULL,
	face_value BIGINT NULL CHECK (face_value BETWEEN 1 AND 10000000000000),
	price BIGINT NOT NULL CHECK (price BETWEEN 1 AND 10000000000000),
	currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- What each revision of a listing offered, to show a buyer what changed since.
CREATE TABLE ticket_terms (
	ticket_id BINARY(16) NOT NULL,
	revision BIGINT NOT NULL CHECK (revision >= 1),
	title VARCHAR(120) NOT NULL,
	category VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
		CHECK (category IN ('concert', 'sports', 'theatre', 'other')),
	venue VARCHAR(120) NULL,
	starts_at DATETIME(6) NULL,
	time_zone VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NULL,
	seat VARCHAR(80) NULL,
	price BIGINT NOT NULL CHECK (price BETWEEN 1 AND 10000000000000),
	currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	PRIMARY KEY (ticket_id, revision),
	CONSTRAINT terms_of_ticket FOREIGN KEY (ticket_id) REFERENCES ticket_replica (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE orders (
	id BINARY(16) NOT NULL PRIMARY KEY,
	version BIGINT NOT NULL CHECK (version >= 1),
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
	status VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
		CHECK (status IN ('created', 'awaiting_payment', 'completed', 'cancelled')),
	cancel_reason VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NULL
		CHECK (cancel_reason IN ('buyer', 'expired', 'payment_failed', 'ticket_changed')),
	expires_at DATETIME(6) NOT NULL,
	slot BIGINT NULL CHECK (slot BETWEEN 1 AND 5),
	created_at DATETIME(6) NOT NULL,
	held_at DATETIME(6) NULL,
	ended_at DATETIME(6) NULL,
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	active_ticket BINARY(16) GENERATED ALWAYS AS
		(CASE WHEN status IN ('created', 'awaiting_payment', 'completed') THEN ticket_id END) STORED,
	UNIQUE KEY one_active_order (active_ticket),
	UNIQUE KEY five_live_orders (user_id, slot),
	KEY newest_of_user (user_id, id),
	KEY live_of_user (user_id, status, expires_at),
	KEY overdue (status, expires_at),
	CONSTRAINT order_of_ticket FOREIGN KEY (ticket_id) REFERENCES ticket_replica (id),
	CONSTRAINT nobody_buys_their_own CHECK (seller_id <> user_id),
	CONSTRAINT cancelled_for_a_reason CHECK ((status = 'cancelled') = (cancel_reason IS NOT NULL)),
	CONSTRAINT ended_at_a_time CHECK ((status IN ('completed', 'cancelled')) = (ended_at IS NOT NULL)),
	CONSTRAINT ended_holds_no_slot CHECK (slot IS NULL OR status IN ('created', 'awaiting_payment')),
	CONSTRAINT awaiting_was_held CHECK (held_at IS NOT NULL OR status IN ('created', 'cancelled'))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE charge_replica (
	id BINARY(16) NOT NULL PRIMARY KEY,
	version BIGINT NOT NULL CHECK (version >= 1),
	order_id BINARY(16) NOT NULL,
	user_id BINARY(16) NOT NULL,
	amount BIGINT NOT NULL CHECK (amount BETWEEN 1 AND 10000000000000),
	currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	status VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL CHECK (status IN ('created', 'failed', 'completed')),
	refunded BOOLEAN NOT NULL,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	KEY charge_of_order (order_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
