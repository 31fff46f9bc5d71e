-- The answers of requests that change state, so that who repeats a request gets the first one's answer.
CREATE SCHEMA IF NOT EXISTS waybill;

CREATE TABLE waybill.idempotency (
  -- Of client and key: what the row is found by, and the number of the advisory lock that is held by the
  -- transaction which answers a request of that key. Keys of a partitioned table are unique in a partition
  -- only: it is the lock that keeps a request from being answered twice.
  hash         bigint NOT NULL,
  client       text NOT NULL,
  key          text NOT NULL,
  fingerprint  bytea NOT NULL,
  status       integer NOT NULL,
  content_type text NOT NULL,
  -- One a line, "Name: value".
  headers      text NOT NULL,
  body         bytea NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT clock_timestamp()
) PARTITION BY RANGE (created_at);
CREATE INDEX idempotency_by_hash ON waybill.idempotency (hash);

-- Makes the partitions of idempotency for the days to come, and says so. It belongs to the owner of the
-- tables, so that a service needs no right to change tables. A partition is named after its UTC day.
CREATE FUNCTION waybill.make_idempotency(ahead integer DEFAULT 3)
RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s'
AS $$
DECLARE
  today date := (clock_timestamp() AT TIME ZONE 'UTC')::date;
  day date;
  name text;
BEGIN
  -- One at a time, and the others find it done.
  PERFORM pg_advisory_xact_lock(2002873708, 1768841850);
  FOR day IN SELECT today + n FROM generate_series(-1, ahead) AS n LOOP
    name := 'idempotency_' || to_char(day, 'YYYYMMDD');
    CONTINUE WHEN to_regclass('waybill.' || name) IS NOT NULL;
    -- Made apart and attached after, which locks the parent only lightly. Rows are never changed, and dropped
    -- with their partition: freezing them would be for nothing.
    EXECUTE format('CREATE TABLE waybill.%I (LIKE waybill.idempotency INCLUDING DEFAULTS, '
                   'CHECK (created_at >= %L AND created_at < %L)) '
                   'WITH (autovacuum_vacuum_insert_threshold = -1)',
                   name, day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
    EXECUTE format('ALTER TABLE waybill.idempotency ATTACH PARTITION waybill.%I '
                   'FOR VALUES FROM (%L) TO (%L)',
                   name, day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
    RETURN NEXT name;
  END LOOP;
END
$$;

-- Drops the partitions that are older than `keep`, and never one with an answer of the last 24 hours, and
-- says so. One that somebody reads is dropped another time, and new answers wait behind that only briefly.
CREATE FUNCTION waybill.drop_idempotency(keep interval)
RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '500ms'
AS $$
DECLARE
  oldest date := ((clock_timestamp() - greatest(keep, interval '24 hours')) AT TIME ZONE 'UTC')::date;
  name text;
BEGIN
  PERFORM pg_advisory_xact_lock(2002873708, 1768841850);
  FOR name IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'waybill.idempotency'::regclass
      AND c.relname ~ '^idempotency_[0-9]{8}$' AND to_date(right(c.relname, 8), 'YYYYMMDD') < oldest
    ORDER BY c.relname
  LOOP
    BEGIN
      EXECUTE format('DROP TABLE waybill.%I', name);
    EXCEPTION WHEN lock_not_available THEN
      EXIT;  -- whoever reads one reads them all
    END;
    RETURN NEXT name;
  END LOOP;
END
$$;

-- For how many seconds from now answers find their partition, as far as partitions follow one another.
CREATE FUNCTION waybill.idempotency_room() RETURNS bigint
LANGUAGE sql STABLE
AS $$
  SELECT coalesce(extract(epoch FROM max(to_date(right(c.relname, 8), 'YYYYMMDD') + 1)::timestamp
                                     AT TIME ZONE 'UTC' - clock_timestamp())::bigint, 0)
  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
  WHERE i.inhparent = 'waybill.idempotency'::regclass AND c.relname ~ '^idempotency_[0-9]{8}$'
$$;

SELECT waybill.make_idempotency();
