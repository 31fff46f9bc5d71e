-- A partition that somebody reads, a backup for hours, is dropped another time; those to come are made all
-- the same.

-- Makes the partitions of outbox_sent for the days to come and drops those that are older than `keep`. It
-- belongs to the owner of the tables, so that whoever runs the relay needs no right to change tables. Returns
-- what it made and dropped. A partition is named after its UTC day.
CREATE OR REPLACE FUNCTION waybill.maintain_outbox_sent(keep interval, ahead integer DEFAULT 3)
RETURNS TABLE (made text, dropped text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s'
AS $$
DECLARE
  today date := (clock_timestamp() AT TIME ZONE 'UTC')::date;
  day date;
  name text;
BEGIN
  FOR day IN SELECT today + n FROM generate_series(-1, ahead) AS n LOOP
    name := 'outbox_sent_' || to_char(day, 'YYYYMMDD');
    CONTINUE WHEN to_regclass('waybill.' || name) IS NOT NULL;
    -- Made apart and attached after, which locks the parent only lightly.
    EXECUTE format('CREATE TABLE waybill.%I (LIKE waybill.outbox_sent INCLUDING DEFAULTS, '
                   'CHECK (sent_at >= %L AND sent_at < %L))',
                   name, day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
    EXECUTE format('ALTER TABLE waybill.outbox_sent ATTACH PARTITION waybill.%I FOR VALUES FROM (%L) TO (%L)',
                   name, day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
    made := name;
    dropped := NULL;
    RETURN NEXT;
  END LOOP;
  FOR name IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'waybill.outbox_sent'::regclass
      AND c.relname ~ '^outbox_sent_[0-9]{8}$'
      AND to_date(right(c.relname, 8), 'YYYYMMDD') < ((clock_timestamp() - keep) AT TIME ZONE 'UTC')::date
    ORDER BY c.relname
  LOOP
    BEGIN
      EXECUTE format('DROP TABLE waybill.%I', name);
    EXCEPTION WHEN lock_not_available THEN
      EXIT;  -- whoever reads one reads them all
    END;
    made := NULL;
    dropped := name;
    RETURN NEXT;
  END LOOP;
END
$$;
