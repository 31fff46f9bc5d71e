#include "saga_fixture.hpp"

#include <array>
#include <deque>

#include "waybill/base/uuid_v7.hpp"
#include "waybill/inbox/migrations.hpp"
#include "waybill/inbox/scope.hpp"
#include "waybill/outbox/migrations.hpp"
#include "waybill/postgres/migrations.hpp"
#include "waybill/saga/migrations.hpp"

namespace waybill::saga::testing {

SagaFixture::SagaFixture() {
  const std::array modules{outbox::migrations(), inbox::migrations(), saga::migrations()};
  postgres::migrate_up(database_options(database_.url()), modules, soon());
  engine_.add(book_trip());
}

postgres::Options SagaFixture::database_options(const std::string& url) {
  postgres::Options options;
  options.url = url;
  options.connections = 8;
  options.application_name = "saga-test";
  options.allow_unsafe_durability = true;
  return options;
}

base::Uuid SagaFixture::begin(const Definition<Trip>& definition, const Trip& trip) {
  return outbox::transact(
      pool_, sender_, [&](outbox::Scope& scope) { return engine_.begin(scope, definition, trip.id, trip); },
      soon());
}

void SagaFixture::deliver(const Engine& engine, const std::vector<message::Envelope>& envelopes) {
  inbox::Handlers handlers;
  const message::Queue queue{"trip.replies"};
  engine.receive_answers(handlers, queue);
  engine.receive_cancellations(handlers, queue);
  const auto* entry = handlers.find(envelopes.front().type);
  const bool is_known = entry != nullptr;
  if (!is_known) entry = handlers.find_other(envelopes.front());
  std::vector<contract::PayloadPointer> payloads;
  for (const auto& envelope : envelopes) {
    payloads.push_back(is_known ? sender_.codec.decode(envelope).value() : nullptr);
  }
  pool_.transact(
      [&](postgres::Tx& tx) {
        outbox::Outgoing outgoing;
        std::deque<inbox::Scope> scopes;
        std::vector<inbox::Handlers::Part> parts;
        for (std::size_t i = 0; i < envelopes.size(); ++i) {
          auto& scope = scopes.emplace_back(tx, sender_, outgoing, envelopes[i]);
          parts.push_back({payloads[i].get(), &scope});
        }
        handlers.run(*entry, parts, tx);
        outgoing.write(tx, sender_);
      },
      soon());
}

message::Envelope SagaFixture::envelope_of(const contract::Payload& payload) {
  message::Envelope envelope;
  contract::Codec().encode(payload, envelope).value();
  envelope.id = message::MessageId{base::new_uuid_v7()};
  envelope.source = "partner";
  envelope.reply_to = "partner";
  envelope.time = base::system_clock().wall();
  return envelope;
}

void SagaFixture::pass(std::chrono::seconds time) {
  const auto seconds = std::to_string(time.count());
  sql("UPDATE waybill.saga SET revision = revision + 1, deadline_at = deadline_at - interval '" + seconds +
      " s', look_at = look_at - interval '" + seconds +
      " s', state = regexp_replace(state::text, '\"since\": \"[^\"]*\"', '\"since\": "
      "\"2026-01-01T00:00:00Z\"', "
      "'g')::jsonb");
}

std::string SagaFixture::status(const base::Uuid& saga) const {
  auto text = sql("SELECT status FROM waybill.saga WHERE id = '" + saga.to_string() + "'");
  if (!text.empty()) text.pop_back();
  return text;
}

std::string SagaFixture::sent() {
  auto text =
      sql("WITH gone AS (DELETE FROM waybill.outbox RETURNING id, type) "
          "SELECT coalesce(string_agg(regexp_replace(type, '^.*\\.', ''), ' ' ORDER BY id), '') FROM gone");
  text.pop_back();
  return text;
}

std::string SagaFixture::outcomes(const base::Uuid& saga) const {
  auto text =
      sql("SELECT coalesce(string_agg(outcome, ' ' ORDER BY revision, at), '') "
          "FROM waybill.saga_journal WHERE saga_id = '" +
          saga.to_string() + "'");
  text.pop_back();
  return text;
}

}  // namespace waybill::saga::testing
