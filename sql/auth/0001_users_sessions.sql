-- compatible
-- Who may sign in, and the sessions that were begun.
CREATE TABLE user (
	id            BINARY(16) NOT NULL PRIMARY KEY,
	version       BIGINT NOT NULL,
	email         VARCHAR(254) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	password_hash VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	display_name  VARCHAR(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	status        VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	created_at    DATETIME(6) NOT NULL,
	updated_at    DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	UNIQUE KEY user_email (email),
	CONSTRAINT user_status CHECK (status IN ('active', 'blocked', 'deleted'))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE session (
	id         BINARY(16) NOT NULL PRIMARY KEY,
	version    BIGINT NOT NULL,
	user_id    BINARY(16) NOT NULL,
	created_at DATETIME(6) NOT NULL,
	expires_at DATETIME(6) NOT NULL,
	revoked_at DATETIME(6) NULL,
	KEY session_user (user_id),
	KEY session_expires (expires_at),
	CONSTRAINT session_of_user FOREIGN KEY (user_id) REFERENCES user (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- How often signing in failed of late, by account ("account:<hash of the address>") and by network address ("address:<prefix>").
CREATE TABLE sign_in_attempt (
	subject    VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
	failures   BIGINT NOT NULL,
	last_at    DATETIME(6) NOT NULL,
	allowed_at DATETIME(6) NOT NULL,
	KEY sign_in_attempt_last (last_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
