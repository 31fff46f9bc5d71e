-- What each consumer of this database has handled, is trying again, and has set aside.
CREATE SCHEMA IF NOT EXISTS waybill;

-- A message is handled when its row is here: the row is committed with what the handler did. By ranges of
-- ids: an id begins with its time, so that forgetting is dropping a partition.
CREATE TABLE waybill.inbox (
  message_id   uuid NOT NULL,
  consumer     text NOT NULL,
  handled_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  payload_hash bigint NOT NULL,
  PRIMARY KEY (message_id, consumer)
) PARTITION BY RANGE (message_id);

-- Only of messages that failed or may have ended a process: `attempt` is the only one that still counts.
CREATE TABLE waybill.attempt (
  message_id      uuid NOT NULL,
  consumer        text NOT NULL,
  attempt         integer NOT NULL,
  state           text NOT NULL CHECK (state IN ('suspect', 'hung', 'waiting', 'dead')),
  crashes         integer NOT NULL DEFAULT 0,
  first_failed_at timestamptz,
  error           text NOT NULL DEFAULT '',
  changed_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (message_id, consumer)
);

-- Of queues with an order: messages of a key behind one that failed. The first of a key is the one that
-- failed, and is due at a time; the others wait for it.
CREATE TABLE waybill.parked (
  consumer    text NOT NULL,
  key         text NOT NULL,
  seq         bigint NOT NULL,
  message_id  uuid NOT NULL,
  attempt     integer NOT NULL,
  due_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  exchange    text NOT NULL,
  routing_key text NOT NULL,
  type        text NOT NULL,
  headers     jsonb NOT NULL,
  payload     bytea NOT NULL,
  parked_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (consumer, key, seq),
  UNIQUE (consumer, message_id)
);
CREATE SEQUENCE waybill.parked_seq AS bigint START 1000000000;

-- Makes the partitions of inbox for the days to come and for those that messages may still come from, drops
-- those that are older than `keep` and a day, and forgets attempts as old. It belongs to the owner of the
-- tables, so that a service needs no right to change tables. One at a time; who finds another at it does
-- nothing. A partition is named after its UTC day.
CREATE FUNCTION waybill.maintain_inbox(keep interval, ahead integer DEFAULT 3)
RETURNS TABLE (made text, dropped text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s'
AS $$
DECLARE
  today date := (clock_timestamp() AT TIME ZONE 'UTC')::date;
  oldest date := ((clock_timestamp() - keep) AT TIME ZONE 'UTC')::date - 1;
  day date;
  name text;
  low uuid;
  past uuid;
BEGIN
  IF NOT pg_try_advisory_xact_lock(2002873708, 1768841848) THEN
    RETURN;
  END IF;
  FOR day IN SELECT oldest + n FROM generate_series(0, today - oldest + ahead) AS n LOOP
    name := 'inbox_' || to_char(day, 'YYYYMMDD');
    CONTINUE WHEN to_regclass('waybill.' || name) IS NOT NULL;
    low := rpad(lpad(to_hex(extract(epoch FROM day)::bigint * 1000), 12, '0'), 32, '0')::uuid;
    past := rpad(lpad(to_hex(extract(epoch FROM day + 1)::bigint * 1000), 12, '0'), 32, '0')::uuid;
    -- Made apart and attached after, which locks the parent only lightly.
    EXECUTE format('CREATE TABLE waybill.%I (LIKE waybill.inbox INCLUDING DEFAULTS INCLUDING INDEXES, '
                   'CHECK (message_id >= %L AND message_id < %L))', name, low, past);
    EXECUTE format('ALTER TABLE waybill.inbox ATTACH PARTITION waybill.%I FOR VALUES FROM (%L) TO (%L)',
                   name, low, past);
    made := name;
    dropped := NULL;
    RETURN NEXT;
  END LOOP;
  FOR name IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'waybill.inbox'::regclass
      AND c.relname ~ '^inbox_[0-9]{8}$' AND to_date(right(c.relname, 8), 'YYYYMMDD') < oldest
    ORDER BY c.relname
  LOOP
    EXECUTE format('DROP TABLE waybill.%I', name);
    made := NULL;
    dropped := name;
    RETURN NEXT;
  END LOOP;
  DELETE FROM waybill.attempt WHERE changed_at < clock_timestamp() - keep - interval '1 day';
END
$$;
SELECT waybill.maintain_inbox(interval '7 days');
