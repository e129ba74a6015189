-- compatible: it takes more than before
-- A later version may add words to a choice, and what this service keeps of others must take them: no CHECK on such columns, and room for 40
-- characters (common/schema/choices.def).
ALTER TABLE order_replica DROP CONSTRAINT order_replica_status,
	MODIFY COLUMN status VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, ALGORITHM=COPY, LOCK=SHARED;
ALTER TABLE seller_replica DROP CONSTRAINT seller_replica_status,
	MODIFY COLUMN status VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, ALGORITHM=COPY, LOCK=SHARED;
