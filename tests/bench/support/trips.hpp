#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "shop_messages.hpp"
#include "waybill/base/uuid.hpp"
#include "waybill/contract/payload.hpp"
#include "waybill/inbox/handlers.hpp"
#include "waybill/message/envelope.hpp"
#include "waybill/outbox/sender.hpp"
#include "waybill/postgres/pool.hpp"
#include "waybill/saga/engine.hpp"

namespace waybill::bench {

/// Trips in a database, and the answers to what they ask for, as they come from an inbox: 32 in a
/// transaction.
class Trips {
 public:
  static constexpr std::size_t batch = 32;
  static constexpr std::size_t steps = 3;

  explicit Trips(const MessagingDatabase& database);

  /// They begin, 32 in a transaction.
  void begin(int count);
  const std::vector<base::Uuid>& ids() const { return ids_; }
  /// What would come to them, step after step; made before it is timed.
  void prepare_answers();
  /// All take the answer of this step.
  void take_answers(std::size_t step);
  /// A part of them.
  void take_answers(std::size_t step, std::size_t from, std::size_t count);

  const saga::Engine& engine() const { return engine_; }
  postgres::Pool& pool() { return pool_; }

 private:
  struct Answer {
    message::Envelope envelope;
    contract::PayloadPointer payload;
  };
  Answer answer(const base::Uuid& saga, std::size_t step) const;

  postgres::Pool pool_;
  outbox::Sender sender_{.service = "trip"};
  saga::Engine engine_;
  inbox::Handlers handlers_;
  std::vector<base::Uuid> ids_;
  std::vector<Answer> answers_[steps];
  int begun_ = 0;
};

}  // namespace waybill::bench
