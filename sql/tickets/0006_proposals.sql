-- breaks 6
-- Earlier programs change an offer without asking orders, and take an order that awaits payment for one that has the ticket already.
ALTER TABLE ticket ADD COLUMN proposal BIGINT NULL,
	ADD CONSTRAINT ticket_proposal CHECK (proposal > revision), ALGORITHM=COPY, LOCK=SHARED;

-- The last proposal of each seller who made one, kept after its decision: a refused one is shown to its seller. A withdrawal has no offer.
CREATE TABLE proposal (
	ticket_id BINARY(16) NOT NULL PRIMARY KEY,
	version BIGINT NOT NULL,
	number BIGINT NOT NULL,
	kind VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	status VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	held_since DATETIME(6) NULL,
	title VARCHAR(120) NULL,
	category VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NULL,
	venue VARCHAR(120) NULL,
	starts_at DATETIME(6) NULL,
	time_zone VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NULL,
	seat VARCHAR(80) NULL,
	face_value BIGINT NULL,
	price BIGINT NULL,
	currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	CONSTRAINT proposal_counters CHECK (version >= 1 AND number >= 2),
	CONSTRAINT proposal_status CHECK (status IN ('open', 'accepted', 'refused')),
	CONSTRAINT proposal_offer CHECK (kind = 'withdrawal' OR (title IS NOT NULL AND category IS NOT NULL AND price IS NOT NULL
		AND currency IS NOT NULL)),
	CONSTRAINT proposal_of_ticket FOREIGN KEY (ticket_id) REFERENCES ticket (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;
