-- Sagas, and what has happened to each.
CREATE SCHEMA IF NOT EXISTS waybill;

CREATE TABLE waybill.saga (
  id             uuid PRIMARY KEY,
  type           text NOT NULL,
  version        integer NOT NULL,
  key            text NOT NULL,
  status         text NOT NULL
                 CHECK (status IN ('running', 'compensating', 'completed', 'compensated', 'abandoned')),
  -- The step at which it is, all steps that were begun, and under 'data' what the saga remembers.
  state          jsonb NOT NULL,
  -- When it goes on by itself, without an answer.
  deadline_at    timestamptz,
  -- When somebody looks whether the deadline has come: not later than it, unless the definition has thrown
  -- and is tried again after a while. It stays where it is while deadlines move away from it, so that most
  -- changes of a row touch no index; of a saga that has ended it is the time at which its row is deleted.
  look_at        timestamptz NOT NULL,
  revision       bigint NOT NULL,
  needs_operator text,
  begun_at       timestamptz NOT NULL,
  changed_at     timestamptz NOT NULL,
  UNIQUE (type, key)
) WITH (
  -- Room for the next versions of a row on its own page.
  fillfactor = 50,
  autovacuum_vacuum_scale_factor = 0.05,
  autovacuum_vacuum_cost_delay = 0
);
CREATE INDEX saga_to_look_at ON waybill.saga (look_at);
CREATE INDEX saga_that_needs_operator ON waybill.saga (id) WHERE needs_operator IS NOT NULL;

-- Each input that came to a saga, what it has changed, and what was sent for it. By time, so that keeping
-- less is dropping a partition. `input` is json, which keeps what a participant has written as it was.
CREATE TABLE waybill.saga_journal (
  saga_id  uuid NOT NULL,
  revision bigint NOT NULL,
  at       timestamptz NOT NULL,
  type     text NOT NULL,
  version  integer NOT NULL,
  input    json NOT NULL,
  outcome  text NOT NULL,
  status   text NOT NULL,
  step     text NOT NULL,
  sent     json NOT NULL
) PARTITION BY RANGE (at);
CREATE INDEX saga_journal_by_saga ON waybill.saga_journal (saga_id, revision);

-- Makes the partitions of saga_journal for the days to come, and says so. It belongs to the owner of the
-- tables, so that a service needs no right to change tables. A partition is named after its UTC day.
CREATE FUNCTION waybill.make_saga_journal(ahead integer DEFAULT 3)
RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s'
AS $$
DECLARE
  today date := (clock_timestamp() AT TIME ZONE 'UTC')::date;
  day date;
  name text;
BEGIN
  -- One at a time, and the others find it done.
  PERFORM pg_advisory_xact_lock(2002873708, 1768841849);
  FOR day IN SELECT today + n FROM generate_series(-1, ahead) AS n LOOP
    name := 'saga_journal_' || to_char(day, 'YYYYMMDD');
    CONTINUE WHEN to_regclass('waybill.' || name) IS NOT NULL;
    -- Made apart and attached after, which locks the parent only lightly.
    EXECUTE format('CREATE TABLE waybill.%I (LIKE waybill.saga_journal INCLUDING DEFAULTS, '
                   'CHECK (at >= %L AND at < %L))',
                   name, day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
    EXECUTE format('ALTER TABLE waybill.saga_journal ATTACH PARTITION waybill.%I '
                   'FOR VALUES FROM (%L) TO (%L)',
                   name, day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
    RETURN NEXT name;
  END LOOP;
END
$$;

-- Drops the partitions that are older than `keep`, and says so. One that somebody reads is dropped another
-- time.
CREATE FUNCTION waybill.drop_saga_journal(keep interval)
RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s'
AS $$
DECLARE
  name text;
BEGIN
  FOR name IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'waybill.saga_journal'::regclass
      AND c.relname ~ '^saga_journal_[0-9]{8}$'
      AND to_date(right(c.relname, 8), 'YYYYMMDD') < ((clock_timestamp() - keep) AT TIME ZONE 'UTC')::date
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

-- Until when lines of the journal find their partition.
CREATE FUNCTION waybill.saga_journal_until() RETURNS timestamptz
LANGUAGE sql STABLE
AS $$
  SELECT coalesce(max(to_date(right(c.relname, 8), 'YYYYMMDD') + 1)::timestamp AT TIME ZONE 'UTC',
                  '-infinity')
  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
  WHERE i.inhparent = 'waybill.saga_journal'::regclass AND c.relname ~ '^saga_journal_[0-9]{8}$'
$$;

SELECT waybill.make_saga_journal();
