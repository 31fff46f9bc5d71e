-- Which of the blocked rows are the first of their lanes is looked up once for each row of a pass.
CREATE INDEX outbox_blocked_by_lane ON waybill.outbox_blocked (exchange, key, id);

-- As in outbox: what would be refused there when it becomes due is refused here at once.
ALTER TABLE waybill.scheduled ADD CONSTRAINT scheduled_kind_check
  CHECK (kind IN ('command', 'event', 'reply', 'refusal', 'reminder', 'retry', 'dead_letter'));
