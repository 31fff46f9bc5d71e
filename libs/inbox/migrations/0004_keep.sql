-- How long each consumer of this database remembers. They share the partitions: what one of them has
-- forgotten, another may still have to know.
CREATE TABLE waybill.inbox_keep (
  consumer text PRIMARY KEY,
  keep     interval NOT NULL,
  told_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);

DROP FUNCTION waybill.maintain_inbox(interval, integer);

-- Makes the partitions of inbox for the days to come and for those that messages may still come from, drops
-- those that are a day older than what any consumer remembers, and forgets attempts as old. A consumer that
-- is no more counts until there is nothing left that it would remember. It belongs to the owner of the
-- tables, so that a service needs no right to change tables. One at a time: who comes while another is at it
-- waits, as what it needs may be more than what the other makes. A partition is named after its UTC day.
CREATE FUNCTION waybill.maintain_inbox(its_consumer text, its_keep interval, ahead integer DEFAULT 3)
RETURNS TABLE (made text, dropped text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s'
AS $$
DECLARE
  today date := (clock_timestamp() AT TIME ZONE 'UTC')::date;
  longest interval;
  oldest date;
  day date;
  name text;
  low uuid;
  past uuid;
BEGIN
  PERFORM pg_advisory_xact_lock(2002873708, 1768841848);
  INSERT INTO waybill.inbox_keep AS row (consumer, keep) VALUES (its_consumer, its_keep)
  ON CONFLICT (consumer) DO UPDATE SET keep = excluded.keep, told_at = excluded.told_at;
  DELETE FROM waybill.inbox_keep WHERE told_at < clock_timestamp() - keep - interval '1 day';
  SELECT max(keep) INTO longest FROM waybill.inbox_keep;
  oldest := ((clock_timestamp() - longest) AT TIME ZONE 'UTC')::date - 1;
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
    BEGIN
      EXECUTE format('DROP TABLE waybill.%I', name);
    EXCEPTION WHEN lock_not_available THEN
      EXIT;  -- whoever reads one, a backup for hours, reads them all
    END;
    made := NULL;
    dropped := name;
    RETURN NEXT;
  END LOOP;
  DELETE FROM waybill.attempt WHERE changed_at < clock_timestamp() - longest - interval '1 day';
END
$$;
