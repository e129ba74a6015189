-- compatible
-- search_text is what a search looks through: the words of title and venue, case and accents aside. Two underlines before each word make
-- the shortest as long as InnoDB's shortest token and none a stop word, so that "U2" and "The Who" are found whatever the server's
-- settings are. The classes of the expression are those of common/base/split.h.
-- sold_at is when a sale was heard of. Of the earlier ones it is when the row last changed: a sale is final.
ALTER TABLE ticket
	ADD COLUMN sold_at DATETIME(6) NULL AFTER created_at,
	ADD COLUMN search_text VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci GENERATED ALWAYS AS
		(CONCAT('__', REGEXP_REPLACE(CONCAT_WS(' ', title, venue), '[^\\p{L}\\p{M}\\p{N}]+', ' __'))) STORED;
UPDATE ticket SET sold_at = updated_at, updated_at = updated_at WHERE status = 'sold' AND sold_at IS NULL;
ALTER TABLE ticket ADD FULLTEXT KEY search (search_text);
-- a seller's listings by what became of them: counts, sales and their sums from the index alone
ALTER TABLE ticket ADD KEY seller_state (user_id, status, on_offer, sold_at, id, currency, price);

-- When a hold ends, for the seller's eyes; unknown of orders from before.
ALTER TABLE order_replica ADD COLUMN expires_at DATETIME(6) NULL AFTER ticket_revision;

-- Of a deleted user: none of their listings is left on offer, nor can be again.
ALTER TABLE seller_replica
	ADD COLUMN retired BOOLEAN NOT NULL DEFAULT FALSE,
	ADD KEY unretired (status, retired, updated_at, id);
