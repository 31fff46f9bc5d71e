#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <future>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "shop/order/v1/order.contract.hpp"
#include "shop/order/v1/order.pb.h"
#include "waybill/accept/acceptor.hpp"
#include "waybill/outbox/sender.hpp"
#include "waybill/postgres/pool.hpp"
#include "waybill/runtime/event_loop.hpp"
#include "waybill/runtime/thread.hpp"
#include "waybill/servers/test_database.hpp"

namespace waybill::accept::testing {

using namespace std::chrono_literals;

inline base::Deadline soon() { return base::Deadline::after(30s); }

using Answer = std::future<http::Response>;

/// The value of a header field of an answer; nothing where it has none.
std::optional<std::string> field(const http::Response& answer, std::string_view name);
bool is_replayed(const http::Response& answer);
/// All but what marks a repeat, for comparison.
std::string essence(const http::Response& answer);
/// "503 overloaded": of a problem document also the name.
std::string verdict(const http::Response& answer);

/// A database with an outbox, answers, and a table `effect` that functions write to; a loop that runs on a
/// thread of its own, as a server's does.
class AcceptFixture : public ::testing::Test {
 protected:
  AcceptFixture();
  /// Acceptors are gone by then.
  ~AcceptFixture() override;

  static postgres::Options database_options(const std::string& url, std::size_t connections = 4);
  /// One group at a time, so that what comes meanwhile makes one group.
  static AcceptorOptions one_group();

  static http::Request request(const std::string& key, const std::string& body = "{}");
  /// An effect of that name, an event, and an answer 201 with the name in it.
  static Acceptor::Function effect(const std::string& name);
  static shop::order::v1::OrderPlaced placed(const std::string& order = "o");
  /// The same, counted.
  static Acceptor::Function counted(std::atomic<int>& runs, Acceptor::Function function);

  Answer send(Acceptor& acceptor, http::Request request, Acceptor::Function function,
              Sharing sharing = Sharing::shared);
  /// The effect is named as the key.
  Answer send(Acceptor& acceptor, const std::string& key) {
    return send(acceptor, request(key), effect(key));
  }
  http::Response ask(Acceptor& acceptor, http::Request request, Acceptor::Function function);
  http::Response ask(Acceptor& acceptor, const std::string& key) {
    return ask(acceptor, request(key), effect(key));
  }
  /// Again after each answer that asks for it (409, 503), as a client does.
  http::Response ask_until_answered(Acceptor& acceptor, const http::Request& request,
                                    const Acceptor::Function& function);

  std::string sql(const std::string& statement) const;
  std::string effects() const { return sql("SELECT string_agg(name, ' ' ORDER BY name) FROM effect"); }
  std::int64_t count(const std::string& what) const;
  /// Nothing is there twice: no effect, no answer, no event; and each effect has its event.
  void expect_each_once() const;

  servers::TestDatabase database_;
  postgres::Pool pool_{database_options(database_.url())};
  outbox::Sender sender_{.service = "order"};
  runtime::EventLoop loop_;
  runtime::Thread thread_;
};

/// Keeps functions from going on until it is opened, and says how many have come to it.
class Gate {
 public:
  ~Gate() { open(); }
  void open();
  void pass();
  bool await(int come);
  /// In front of a function.
  Acceptor::Function before(Acceptor::Function function);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int come_ = 0;
  bool is_open_ = false;
};

}  // namespace waybill::accept::testing
