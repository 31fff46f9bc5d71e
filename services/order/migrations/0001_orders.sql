-- Orders as their clients see them. How an order goes on is its saga's; when that turns back or ends, it says
-- so here, in the same transaction.
CREATE TABLE orders (
  -- UUIDv7: in the order in which they were placed.
  id          uuid PRIMARY KEY,
  saga_id     uuid NOT NULL,
  -- Whose API key placed it; nobody else sees it.
  client      text NOT NULL,
  customer_id text NOT NULL,
  contact     jsonb NOT NULL,
  lines       jsonb NOT NULL,
  status      text NOT NULL DEFAULT 'placed'
              CHECK (status IN ('placed', 'cancelling', 'confirmed', 'cancelled')),
  reason      text,
  total_minor bigint CHECK (total_minor >= 0),
  currency    text,
  placed_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at    timestamptz,
  revision    bigint NOT NULL DEFAULT 1,
  CHECK ((ended_at IS NOT NULL) = (status IN ('confirmed', 'cancelled'))),
  CHECK ((reason IS NOT NULL) = (status IN ('cancelling', 'cancelled')))
) WITH (
  -- Room for the end of an order on the page of its beginning.
  fillfactor = 70
);
CREATE INDEX orders_of_client ON orders (client, id);
CREATE INDEX orders_of_customer ON orders (client, customer_id, id);
