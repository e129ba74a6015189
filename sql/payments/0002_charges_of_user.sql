-- compatible
-- A user's own charges, newest first, for the copy of their data.
ALTER TABLE charge ADD KEY charges_of_user (user_id, id);
