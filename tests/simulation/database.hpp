#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "waybill/outbox/relay_action.hpp"
#include "waybill/simulate/fake_store.hpp"
#include "waybill/simulate/fake_table.hpp"

namespace waybill::simulation {

/// A mistake that a service could make; each is played by the processes around the machines.
enum class Mistake : std::uint8_t {
  none,
  // Of relays:
  reads_ahead_alone,           ///< what was committed late is never looked for
  sweeps_for_late_rows_alone,  ///< … or only now and then
  deletes_before_the_confirm,
  takes_unknown_for_confirmed,
  sends_several_of_a_key,
  forgets_what_is_blocked,  ///< a leader begins without it
  promotes_without_sending_on,
  // Of consumers:
  acknowledges_before_the_commit,
  dedupes_the_redelivered_only,
  takes_in_doubt_for_committed,
  advances_no_attempt,
  acknowledges_before_a_failure_is_recorded,
  notes_no_beginning,
  replies_in_a_transaction_of_its_own,
  notes_it_handled_in_a_transaction_of_its_own,
  // Of those who set it up:
  lets_consumers_compete_for_an_ordered_queue,
  writes_without_a_lock,  ///< two producers at once for one key
};

/// What a message does to who handles it.
struct Nature {
  std::uint32_t throws = 0;     ///< so many attempts fail
  bool kills = false;           ///< whoever handles it
  int at_work = 0;              ///< processes that have begun it, alone
  std::uint32_t suspected = 0;  ///< so often it had nothing to do with the end that it is counted for
};

/// Of each message, by its number.
using Natures = std::map<std::int64_t, Nature>;

/// The tables of one service, in short.
struct Database {
  struct Scheduled {
    base::SteadyTime due{};
    message::Publication publication;
  };
  struct Attempt {
    std::uint32_t attempt = 1;
    std::set<std::int64_t> begun_by{};  ///< processes that have not said that it is over
  };
  struct Effect {
    std::int64_t message = 0;
    std::string key;
  };

  Database(simulate::History& history, const std::string& name) : store(history, name) {}

  /// For the work of a transaction: a message that is sent if it is committed.
  void add(std::int64_t id, message::Publication publication) {
    auto key = publication.message.correlation_id;
    outbox.insert(id, {.id = id, .key = std::move(key), .publication = std::move(publication)});
  }

  simulate::FakeStore store;
  simulate::FakeTable<std::int64_t, outbox::Row> outbox{store};
  simulate::FakeTable<std::int64_t, outbox::Row> blocked{store};
  simulate::FakeTable<std::int64_t, Scheduled> scheduled{store};
  simulate::FakeTable<std::int64_t, std::uint32_t> inbox{store};
  simulate::FakeTable<std::int64_t, Attempt> attempts{store};
  simulate::FakeTable<std::int64_t, int> dead_letters{store};
  simulate::FakeTable<std::int64_t, std::string> accepted{store};  ///< from outside, with their keys
  simulate::FakeTable<std::size_t, Effect> effects{store};         ///< in the order in which they were made
  std::function<void()> wake = [] {};                              ///< the relays of this process
};

}  // namespace waybill::simulation
