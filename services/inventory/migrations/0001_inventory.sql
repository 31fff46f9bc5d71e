-- What is sold, and where each piece of it is: free, set aside for an order, or gone. Every piece that ever
-- came in is in one of the three, which the last check holds the service to.
CREATE TABLE product (
  sku               text COLLATE "C" PRIMARY KEY,
  name              text NOT NULL,
  price_minor_units bigint NOT NULL CHECK (price_minor_units >= 0),
  currency          text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  available         bigint NOT NULL DEFAULT 0 CHECK (available >= 0),
  reserved          bigint NOT NULL DEFAULT 0 CHECK (reserved >= 0),
  sold              bigint NOT NULL DEFAULT 0 CHECK (sold >= 0),
  received          bigint NOT NULL DEFAULT 0,
  revision          bigint NOT NULL DEFAULT 1,
  changed_at        timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT every_piece_is_somewhere CHECK (available + reserved + sold = received)
) WITH (
  -- Room for the next versions of a row on its own page: a few rows are changed by every batch.
  fillfactor = 20,
  autovacuum_vacuum_scale_factor = 0.05,
  autovacuum_vacuum_cost_delay = 0
);

-- What became of each order's wish for goods. A row is the memory by which a command that comes again gets
-- the answer that it got before.
CREATE TABLE reservation (
  id         uuid PRIMARY KEY,
  -- The command that asked for it. A repeat has the same three.
  saga       uuid NOT NULL,
  step       text NOT NULL,
  epoch      bigint NOT NULL,
  order_id   text NOT NULL,
  -- 'tombstone': the release came first, so that the reservation must never be made.
  state      text NOT NULL CHECK (state IN ('reserved', 'confirmed', 'released', 'refused', 'tombstone')),
  -- [{"sku": …, "quantity": …, "unit_price": …}], all in one currency.
  lines      jsonb NOT NULL DEFAULT '[]',
  currency   text,
  reason     text CHECK (reason IN ('insufficient', 'unknown_sku', 'mixed_currencies')),
  -- [{"sku": …, "requested": …, "available": …}]
  shortages  jsonb NOT NULL DEFAULT '[]',
  created_at timestamptz NOT NULL DEFAULT now(),
  ended_at   timestamptz,
  UNIQUE (saga, step, epoch),
  CHECK ((state = 'refused') = (reason IS NOT NULL)),
  CHECK ((state IN ('reserved', 'confirmed', 'released')) = (currency IS NOT NULL))
);
CREATE INDEX reservation_by_order ON reservation (order_id);
-- Those that have not ended are few, so that looking for overdue ones costs little.
CREATE INDEX reservation_open ON reservation (id) WHERE state = 'reserved';
