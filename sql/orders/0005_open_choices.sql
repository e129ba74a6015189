-- breaks 5
-- A later version may add words to a choice, and what this service keeps of others must take them: no CHECK on such columns, and room for 40
-- characters (common/schema/choices.def). The check of a column alone goes with its column, in MySQL and MariaDB alike; its name differs, which is
-- why each column makes way for another. Programs that run meanwhile find a column missing for a moment, hence the first line; afterwards those of
-- before would work.
ALTER TABLE ticket_replica
	ADD COLUMN status_word VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NULL AFTER status,
	ADD COLUMN category_word VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NULL AFTER category,
	ALGORITHM=COPY, LOCK=SHARED;
UPDATE ticket_replica SET status_word = status, category_word = category, updated_at = updated_at;
ALTER TABLE ticket_replica DROP COLUMN status, DROP COLUMN category, ALGORITHM=COPY, LOCK=SHARED;
ALTER TABLE ticket_replica
	CHANGE COLUMN status_word status VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	CHANGE COLUMN category_word category VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	ALGORITHM=COPY, LOCK=SHARED;
ALTER TABLE ticket_terms
	ADD COLUMN category_word VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NULL AFTER category,
	ALGORITHM=COPY, LOCK=SHARED;
UPDATE ticket_terms SET category_word = category;
ALTER TABLE ticket_terms DROP COLUMN category, ALGORITHM=COPY, LOCK=SHARED;
ALTER TABLE ticket_terms
	CHANGE COLUMN category_word category VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	ALGORITHM=COPY, LOCK=SHARED;
ALTER TABLE orders
	ADD COLUMN category_word VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NULL AFTER category,
	ALGORITHM=COPY, LOCK=SHARED;
UPDATE orders SET category_word = category, updated_at = updated_at;
ALTER TABLE orders DROP COLUMN category, ALGORITHM=COPY, LOCK=SHARED;
ALTER TABLE orders
	CHANGE COLUMN category_word category VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	ALGORITHM=COPY, LOCK=SHARED;
ALTER TABLE charge_replica
	ADD COLUMN status_word VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NULL AFTER status,
	ALGORITHM=COPY, LOCK=SHARED;
UPDATE charge_replica SET status_word = status, updated_at = updated_at;
ALTER TABLE charge_replica DROP COLUMN status, ALGORITHM=COPY, LOCK=SHARED;
ALTER TABLE charge_replica
	CHANGE COLUMN status_word status VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	ALGORITHM=COPY, LOCK=SHARED;
