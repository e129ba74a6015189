-- compatible
-- Messages that the service could not handle, moved here from its queue <service>.dead by its events program. undecided: a person has to look; not so
-- once it was sent again (stagedoor dead retry), until it fails again. digest: of queue, message id, type and body, so that one which comes twice is one
-- row. parking: an id of the parking of the message that the row was made or changed by; NULL when the broker parked it. body NULL: the empty body.
-- encoded: it was no text, and is kept as base64url.
CREATE TABLE dead_letter (
	id BIGINT NOT NULL AUTO_INCREMENT,
	digest CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	queue VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	message_id VARCHAR(300) NULL,
	type VARCHAR(300) NULL,
	correlation_id VARCHAR(300) NULL,
	reason VARCHAR(300) NOT NULL,
	encoded BOOLEAN NOT NULL,
	body MEDIUMTEXT NULL,
	parking VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NULL,
	undecided BOOLEAN NOT NULL DEFAULT TRUE,
	times BIGINT NOT NULL DEFAULT 1,
	parked_at DATETIME(6) NOT NULL,
	last_at DATETIME(6) NOT NULL,
	retried_at DATETIME(6) NULL,
	PRIMARY KEY (id),
	UNIQUE KEY dead_letter_digest (digest),
	KEY dead_letter_undecided (undecided),
	KEY dead_letter_retried (retried_at)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
