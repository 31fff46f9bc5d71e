-- What is known of each order, from the events that came, whatever their order.
CREATE TABLE order_status (
  order_id    uuid PRIMARY KEY,
  placed_at   timestamptz,
  ended_at    timestamptz,
  outcome     text CHECK (outcome IN ('confirmed', 'cancelled')),
  reason      text,
  currency    text,
  minor_units bigint,
  CHECK (placed_at IS NOT NULL OR ended_at IS NOT NULL),
  CHECK ((ended_at IS NULL) = (outcome IS NULL)),
  CHECK ((outcome IS NOT DISTINCT FROM 'cancelled') = (reason IS NOT NULL)),
  CHECK ((outcome IS NOT DISTINCT FROM 'confirmed') = (currency IS NOT NULL)),
  CHECK ((currency IS NULL) = (minor_units IS NULL))
) WITH (
  -- Room for the end of an order on the page of its beginning.
  fillfactor = 70
);

-- The same, counted: kept in step with order_status in each transaction, so that a summary reads a few rows
-- however many orders there are.
CREATE TABLE order_count (
  status text NOT NULL CHECK (status IN ('open', 'confirmed', 'cancelled')),
  reason text NOT NULL,
  orders bigint NOT NULL CHECK (orders >= 0),
  PRIMARY KEY (status, reason),
  CHECK ((status = 'cancelled') = (reason <> ''))
) WITH (
  -- Each batch changes a few rows: their old versions are reused on the page.
  fillfactor = 20
);

CREATE TABLE revenue_by_day (
  day         date NOT NULL,
  currency    text NOT NULL,
  orders      bigint NOT NULL CHECK (orders >= 0),
  minor_units bigint NOT NULL,
  PRIMARY KEY (day, currency)
) WITH (
  fillfactor = 50
);
