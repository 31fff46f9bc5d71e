-- waybill: no transaction
CREATE INDEX CONCURRENTLY account_by_owner ON account (owner);
