-- compatible
-- revised_at is when the offer last changed: holds and sales change the row, not the offer. Of the earlier ones it is at best when the row
-- last changed.
ALTER TABLE ticket ADD COLUMN revised_at DATETIME(6) NULL AFTER created_at;
UPDATE ticket SET revised_at = CASE WHEN revision = 1 THEN created_at ELSE updated_at END, updated_at = updated_at WHERE revised_at IS NULL;
ALTER TABLE ticket MODIFY COLUMN revised_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6);
