-- compatible
CREATE INDEX fee ON orders (fee);
