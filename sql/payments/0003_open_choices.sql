-- breaks 3
-- A later version may add words to a choice, and what this service keeps of others must take them: no CHECK on such columns, and room for 40
-- characters (common/schema/choices.def). The check of a column alone goes with its column, in MySQL and MariaDB alike; its name differs, which is
-- why each column makes way for another. Programs that run meanwhile find a column missing for a moment, hence the first line; afterwards those of
-- before would work.
ALTER TABLE order_replica
	ADD COLUMN status_word VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NULL AFTER status,
	ADD COLUMN category_word VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NULL AFTER category,
	ADD COLUMN cancel_reason_word VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NULL AFTER cancel_reason,
	ALGORITHM=COPY, LOCK=SHARED;
UPDATE order_replica SET status_word = status, category_word = category, cancel_reason_word = cancel_reason, updated_at = updated_at;
ALTER TABLE order_replica DROP COLUMN status, DROP COLUMN category, DROP COLUMN cancel_reason, ALGORITHM=COPY, LOCK=SHARED;
ALTER TABLE order_replica
	CHANGE COLUMN status_word status VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	CHANGE COLUMN category_word category VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	CHANGE COLUMN cancel_reason_word cancel_reason VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NULL,
	ALGORITHM=COPY, LOCK=SHARED;
