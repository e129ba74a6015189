-- compatible
-- Tables that every service's database has. Times are UTC; ids are 16 bytes; tokens, types and keys are ASCII.

-- Events, written in the transaction of the change that they tell of; the relay publishes what has no sent_at and the rest is the
-- service's event log for 30 days. ids are not in the order of commits, so nobody may read "from the last id on".
CREATE TABLE outbox (
	id BIGINT NOT NULL AUTO_INCREMENT,
	event_id BINARY(16) NOT NULL,
	type VARCHAR(60) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	subject VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	version BIGINT NOT NULL,
	body MEDIUMTEXT NOT NULL,
	correlation_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	sent_at DATETIME(6) NULL,
	PRIMARY KEY (id),
	UNIQUE KEY outbox_event (event_id),
	KEY outbox_sent (sent_at, id),
	CONSTRAINT outbox_version CHECK (version >= 1)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- One row: who holds its lock is the one relay at work. The time is the server's own, which tests do not move.
CREATE TABLE relay_state (
	id BIGINT NOT NULL,
	progressed_at DATETIME(6) NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT relay_state_one CHECK (id = 1)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

INSERT INTO relay_state (id, progressed_at) VALUES (1, UTC_TIMESTAMP(6));

-- What was answered to a request with an Idempotency-Key. A row without a status is a claim: the request is being worked on, or was cut off.
CREATE TABLE idempotency (
	user_id BINARY(16) NOT NULL,
	route VARCHAR(60) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	idem_key VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	body_hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	status BIGINT NULL,
	location VARCHAR(2000) NULL,
	content_type VARCHAR(100) NULL,
	body MEDIUMTEXT NULL,
	claimed_at DATETIME(6) NOT NULL,
	PRIMARY KEY (user_id, route, idem_key),
	KEY idempotency_age (claimed_at),
	CONSTRAINT idempotency_status CHECK (status BETWEEN 100 AND 599)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Sessions that were ended before their time. sid_key is 16 zero bytes when all of the user's sessions began too early, so that it can be part of
-- the key; a row is of no use once `until` has passed, because by then every token that it meant has expired.
CREATE TABLE session_revoked (
	user_id BINARY(16) NOT NULL,
	sid_key BINARY(16) NOT NULL,
	sid BINARY(16) NULL,
	issued_before DATETIME(6) NOT NULL,
	until DATETIME(6) NOT NULL,
	PRIMARY KEY (user_id, sid_key),
	KEY session_revoked_until (until),
	CONSTRAINT session_revoked_key CHECK (sid_key = COALESCE(sid, X'00000000000000000000000000000000'))
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
