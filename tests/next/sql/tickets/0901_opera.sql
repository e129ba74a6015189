-- compatible: it takes more than before
ALTER TABLE ticket DROP CONSTRAINT ticket_category,
	ADD CONSTRAINT ticket_category_too CHECK (category IN ('concert', 'sports', 'theatre', 'other', 'opera')),
	ALGORITHM=COPY, LOCK=SHARED;
