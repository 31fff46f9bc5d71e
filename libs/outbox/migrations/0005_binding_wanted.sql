-- Since when a binding ought to be there, as far as the watch knows: of one that no look ever found, the
-- events sent from then on are missing in its queue.
ALTER TABLE waybill.binding_watch ADD COLUMN wanted_since timestamptz NOT NULL DEFAULT clock_timestamp();
