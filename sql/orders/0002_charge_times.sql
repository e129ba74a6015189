-- compatible
-- When this service heard how a charge stood, by its own clock, for the story of an order; none for what was heard before it was kept.
ALTER TABLE charge_replica
	ADD COLUMN begun_at DATETIME(6) NULL,
	ADD COLUMN decided_at DATETIME(6) NULL,
	ADD COLUMN returned_at DATETIME(6) NULL;
