CREATE TABLE goods (
  sku       text PRIMARY KEY,
  available bigint NOT NULL CHECK (available >= 0)
);
