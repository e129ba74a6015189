-- compatible
-- Which order a refused proposal lost to: its end tells whether the seller can propose again.
ALTER TABLE proposal ADD COLUMN held_by BINARY(16) NULL AFTER held_since, ALGORITHM=COPY, LOCK=SHARED;
