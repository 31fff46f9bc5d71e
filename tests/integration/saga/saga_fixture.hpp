#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "book_trip.hpp"
#include "quick_trip.hpp"
#include "waybill/contract/codec.hpp"
#include "waybill/inbox/handlers.hpp"
#include "waybill/message/envelope.hpp"
#include "waybill/outbox/sender.hpp"
#include "waybill/postgres/pool.hpp"
#include "waybill/saga/engine.hpp"
#include "waybill/servers/test_database.hpp"

namespace waybill::saga::testing {

using namespace std::chrono_literals;

inline base::Deadline soon() { return base::Deadline::after(30s); }

/// A database with sagas in it, and no broker: what comes is given to the handlers by hand, and what is sent
/// stands in waybill.outbox.
class SagaFixture : public ::testing::Test {
 protected:
  SagaFixture();

  static postgres::Options database_options(const std::string& url);
  base::Uuid begin(const Definition<Trip>& definition, const Trip& trip);
  /// Hands messages to the engine's handlers, in one transaction, as the inbox does.
  void deliver(const Engine& engine, const std::vector<message::Envelope>& envelopes);
  void deliver(const std::vector<message::Envelope>& envelopes) { deliver(engine_, envelopes); }

  template <class T>
  static message::Envelope answer(const base::Uuid& saga, const std::string& step, const T& payload,
                                  std::uint32_t epoch = 1) {
    auto envelope = envelope_of(payload);
    envelope.saga = message::SagaReference{saga, step, epoch};
    return envelope;
  }
  static message::Envelope envelope_of(const contract::Payload& payload);

  /// As if so much time had passed for all sagas.
  void pass(std::chrono::seconds time);
  std::size_t look() { return engine_.look(pool_, 64, soon()).went_on; }

  std::string sql(const std::string& statement) const { return database_.sql(statement); }
  std::string status(const base::Uuid& saga) const;
  /// The types that wait in the outbox, without their packages, in order, and forgets them.
  std::string sent();
  std::string outcomes(const base::Uuid& saga) const;

  servers::TestDatabase database_;
  postgres::Pool pool_{database_options(database_.url())};
  outbox::Sender sender_{.service = "trip"};
  Engine engine_{{}, sender_};
};

}  // namespace waybill::saga::testing
