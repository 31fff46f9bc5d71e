-- What customers want to hear of, and by which channel. Who has no row here wants everything.
CREATE TABLE preference (
  customer_id     text NOT NULL,
  channel         text NOT NULL CHECK (channel IN ('email', 'sms', 'push')),
  wants_placed    boolean NOT NULL,
  wants_confirmed boolean NOT NULL,
  wants_cancelled boolean NOT NULL,
  PRIMARY KEY (customer_id, channel)
);

-- One row for each message that a customer is to get over one channel.
CREATE TABLE notification (
  -- Made of the event's id and the channel, so that it is the same however often the event comes, and greater
  -- for later events.
  id           uuid PRIMARY KEY,
  event_id     uuid NOT NULL,
  event        text NOT NULL CHECK (event IN ('placed', 'confirmed', 'cancelled')),
  order_id     uuid NOT NULL,
  customer_id  text NOT NULL,
  channel      text NOT NULL CHECK (channel IN ('email', 'sms', 'push')),
  recipient    text NOT NULL,
  status       text NOT NULL CHECK (status IN ('requested', 'delivered', 'undeliverable')),
  subject      text,
  requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  delivered_at timestamptz,
  CHECK ((delivered_at IS NOT NULL) = (status = 'delivered')),
  CONSTRAINT notification_once UNIQUE (event_id, customer_id, channel)
) WITH (
  -- Room for what a delivery changes, on the page of the row.
  fillfactor = 75
);
CREATE INDEX notification_of_order ON notification (order_id, id);
CREATE INDEX notification_of_customer ON notification (customer_id, id);
