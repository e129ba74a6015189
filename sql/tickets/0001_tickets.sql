-- compatible
-- Listings, and what tickets keeps of orders and users. on_offer, starts_order and starts_day exist for the lists: who may see it,
-- undated shows last, and the day by the venue's own calendar.
CREATE TABLE ticket (
	id BINARY(16) NOT NULL PRIMARY KEY,
	version BIGINT NOT NULL,
	revision BIGINT NOT NULL,
	status VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	order_id BINARY(16) NULL,
	user_id BINARY(16) NOT NULL,
	title VARCHAR(120) NOT NULL,
	category VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	venue VARCHAR(120) NULL,
	starts_at DATETIME(6) NULL,
	starts_day CHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	time_zone VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NULL,
	seat VARCHAR(80) NULL,
	face_value BIGINT NULL,
	price BIGINT NOT NULL,
	currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	on_offer BOOLEAN GENERATED ALWAYS AS (CASE WHEN status = 'listed' AND order_id IS NULL THEN TRUE ELSE FALSE END) STORED,
	starts_order DATETIME(6) GENERATED ALWAYS AS (COALESCE(starts_at, '9999-12-31 00:00:00')) STORED,
	CONSTRAINT ticket_status CHECK (status IN ('listed', 'sold', 'withdrawn')),
	CONSTRAINT ticket_category CHECK (category IN ('concert', 'sports', 'theatre', 'other')),
	CONSTRAINT ticket_amounts CHECK (price BETWEEN 1 AND 10000000000000 AND (face_value IS NULL OR face_value BETWEEN 1 AND 10000000000000)),
	CONSTRAINT ticket_counters CHECK (revision >= 1 AND version >= revision),
	CONSTRAINT ticket_holder CHECK ((status <> 'sold' OR order_id IS NOT NULL) AND (status <> 'withdrawn' OR order_id IS NULL)),
	-- the list that most people see is read from this index alone: everything that it shows, 16 columns (the most that MySQL takes)
	KEY on_offer_start (on_offer, starts_order, id, starts_day, price, category, currency, version, revision, user_id, title, venue,
		time_zone, seat, face_value, created_at),
	-- the other orders of the list are chosen by index alone, and only the rows of one page are read
	KEY on_offer_price (on_offer, price, id, category, currency, starts_day, starts_order),
	KEY on_offer_new (on_offer, created_at, id, category, currency, starts_day, starts_order, price),
	KEY seller (user_id, id)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

-- What is known of each order: the newest version that has arrived. An order that waits for a lock to end is found by its ticket.
CREATE TABLE order_replica (
	id BINARY(16) NOT NULL PRIMARY KEY,
	version BIGINT NOT NULL,
	status VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	ticket_id BINARY(16) NOT NULL,
	ticket_revision BIGINT NOT NULL,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	CONSTRAINT order_replica_status CHECK (status IN ('created', 'awaiting_payment', 'completed', 'cancelled')),
	KEY waiting (ticket_id, status, ticket_revision, id)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE seller_replica (
	id BINARY(16) NOT NULL PRIMARY KEY,
	version BIGINT NOT NULL,
	display_name VARCHAR(60) NOT NULL,
	status VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	CONSTRAINT seller_replica_status CHECK (status IN ('active', 'blocked', 'deleted'))
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;
