-- compatible
-- Of a kind of show that few sell, the other orders of the list would read every listing. The count reads this index alone.
ALTER TABLE ticket ADD KEY on_offer_category (on_offer, category, starts_order, id, starts_day, price, currency, created_at);
