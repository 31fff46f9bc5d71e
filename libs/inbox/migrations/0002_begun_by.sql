-- The processes that have begun a suspect and neither ended it nor taken the note back: one that begins it
-- again, in doubt whether it has noted it, counts once.
ALTER TABLE waybill.attempt
  DROP COLUMN crashes,
  ADD COLUMN begun_by uuid[] NOT NULL DEFAULT '{}';
