-- What the watch of bindings knows of each binding, so that a leader that follows goes on with it. Times are
-- the database's.
CREATE TABLE waybill.binding_watch (
  queue         text NOT NULL,
  exchange      text NOT NULL,
  routing_key   text NOT NULL,
  -- The key by which the watch has bound the queue to tell it from a later one of the same name; empty while
  -- it has not.
  mark          text NOT NULL DEFAULT '',
  last_good_at  timestamptz,
  last_empty_at timestamptz,
  missing_since timestamptz,
  -- Events sent since replay_from are to be sent to the queue again; up to replay_to once that is known. All
  -- up to the row (replay_at, replay_id) were.
  replay_from   timestamptz,
  replay_to     timestamptz,
  replay_at     timestamptz,
  replay_id     bigint,
  replayed_at   timestamptz,
  PRIMARY KEY (queue, exchange, routing_key)
);
