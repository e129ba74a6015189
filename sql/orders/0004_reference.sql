-- compatible
-- What people call an order by, "7K4-2QX", as a number: the last 30 bits of its id, to find it by.
ALTER TABLE orders
	ADD COLUMN reference BIGINT GENERATED ALWAYS AS
		(MOD(CAST(CONV(HEX(SUBSTRING(id, 13, 4)), 16, 10) AS UNSIGNED), 1073741824)) STORED,
	ADD KEY order_by_reference (reference);
