-- Payments, one for each step of a saga that asks for one, and the ledger of what has moved because of them.
CREATE TABLE payment (
  -- A UUIDv7, so that ids order by time.
  id            uuid PRIMARY KEY,
  saga          uuid NOT NULL,
  step          text NOT NULL,
  epoch         bigint NOT NULL,
  order_id      uuid NOT NULL,
  customer_id   text,
  amount_minor  bigint CHECK (amount_minor >= 0),
  currency      text CHECK (currency ~ '^[A-Z]{3}$'),
  state         text NOT NULL
                CHECK (state IN ('charged', 'declined', 'pending', 'refunded', 'called_off', 'tombstone')),
  reason        text CHECK (reason IN ('insufficient_funds', 'means_refused', 'suspected_fraud')),
  explanation   text,
  -- Where the answer of a pending charge goes, as outbox::ReplyAddress writes it.
  reply_address text,
  created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  changed_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (saga, step, epoch),
  -- Only a refund that came before its charge knows of no amount.
  CHECK ((state = 'tombstone') = (amount_minor IS NULL)),
  -- What is more is declined.
  CHECK (state = 'declined' OR amount_minor <= 1000000000000),
  CHECK ((state = 'tombstone') = (currency IS NULL)),
  CHECK ((state = 'declined') = (reason IS NOT NULL)),
  CHECK ((state = 'pending') = (reply_address IS NOT NULL))
);
CREATE INDEX payment_of_order ON payment (order_id);

-- The chart of accounts. It is a type and no table: a row of accounts that every transfer refers to would be
-- locked by all who write, and nobody could spell an account wrongly in either.
CREATE TYPE ledger_account AS ENUM ('provider:clearing', 'shop:revenue');

-- Each row is the same money once as debit and once as credit, in one currency. So there is no way to write
-- anything that does not add up to nothing, and nothing that had to be added up to find out.
CREATE TABLE ledger_transfer (
  id           uuid PRIMARY KEY,
  payment_id   uuid NOT NULL REFERENCES payment,
  kind         text NOT NULL CHECK (kind IN ('capture', 'refund')),
  debit        ledger_account NOT NULL,
  credit       ledger_account NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor BETWEEN 1 AND 1000000000000),
  currency     text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  at           timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- A payment is captured once at most, and given back once at most.
  UNIQUE (payment_id, kind),
  CHECK (debit <> credit)
);

-- What was written stays; a mistake is put right by a transfer the other way. This holds for the owner of the
-- table as well, whom no REVOKE would keep from anything.
CREATE FUNCTION refuse_to_change_the_ledger() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  RAISE EXCEPTION 'the ledger is only added to: no % of %', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transfer
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_the_ledger();
REVOKE UPDATE, DELETE, TRUNCATE ON ledger_transfer FROM PUBLIC;

-- The two entries of each transfer: a debit counts up, a credit down.
CREATE VIEW ledger_entry AS
SELECT id AS transfer_id, debit AS account, currency, amount_minor, payment_id, at FROM ledger_transfer
UNION ALL
SELECT id, credit, currency, -amount_minor, payment_id, at FROM ledger_transfer;

CREATE VIEW ledger_balance AS
SELECT account, currency, sum(amount_minor) AS balance FROM ledger_entry GROUP BY account, currency;
