-- Who has taken a parked message to handle it: another process that finds it here cannot know whether that
-- one has died of it, and handles it alone.
ALTER TABLE waybill.parked ADD COLUMN taken_by uuid;
