-- compatible
-- How a user wants pages to be: none is as they come.
ALTER TABLE user
	ADD COLUMN time_zone VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NULL,
	ADD COLUMN page_size BIGINT NULL,
	ADD CONSTRAINT user_page_size CHECK (page_size BETWEEN 1 AND 100);
