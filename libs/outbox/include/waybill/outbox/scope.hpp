#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "waybill/base/deadline.hpp"
#include "waybill/contract/concepts.hpp"
#include "waybill/contract/payload.hpp"
#include "waybill/message/envelope.hpp"
#include "waybill/outbox/message.hpp"
#include "waybill/outbox/reply_address.hpp"
#include "waybill/outbox/sender.hpp"
#include "waybill/postgres/pool.hpp"

namespace waybill::outbox {

/// What goes along with a payload. What is not given is taken from the message that is being handled, where
/// there is one; an expiry, a saga and headers never are.
struct Details {
  std::optional<std::string> subject{};  ///< the key that orders it
  std::optional<std::string> correlation_id{};
  /// Of a command: the routing key for its replies. The sender's own unless given.
  std::optional<std::string> reply_to{};
  std::optional<base::WallTime> expiry{};
  std::optional<message::SagaReference> saga{};
  std::map<std::string, std::string> headers{};
};

/// Messages that are to be sent if a transaction is committed; written in one statement of a kind.
class Outgoing {
 public:
  void add(Message message) { now_.push_back(std::move(message)); }
  void add(Reminder reminder) { later_.push_back(std::move(reminder)); }
  std::size_t size() const { return now_.size() + later_.size(); }
  void clear() {
    now_.clear();
    later_.clear();
  }
  /// How much there is, and back to that.
  struct Mark {
    std::size_t now = 0;
    std::size_t later = 0;
  };
  Mark mark() const { return {now_.size(), later_.size()}; }
  void back_to(Mark mark);
  /// Writes all, and forgets them; the sender hears of the commit.
  void write(postgres::Tx& tx, const Sender& sender);

 private:
  std::vector<Message> now_;
  std::vector<Reminder> later_;
};

/// One transaction that changes state and says so: what is sent through it is sent if the transaction is
/// committed, and only then.
///
/// Promises: messages go out in the order of the calls, each with an id of its own, the sender as its source,
/// and the trace, cause and conversation of the message that is being handled. A payload that receivers would
/// refuse (too large, too deep) is a contract::BadPayloadError here. Concurrency: as Tx.
class Scope {
 public:
  /// `cause` is the message that is being handled, if any. All outlive the scope.
  Scope(postgres::Tx& tx, const Sender& sender, Outgoing& outgoing, const message::Envelope* cause = nullptr)
      : tx_(tx), sender_(sender), outgoing_(outgoing), cause_(cause) {}
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

  postgres::Tx& tx() { return tx_; }

  /// To all who listen to events.
  template <contract::Event T>
  void publish(const T& event, Details details = {}) {
    put({sender_.routes.events, {}}, Kind::event, event, std::move(details));
  }
  /// To an exchange of its own, as a topic.
  template <contract::Event T>
  void publish(message::Address to, const T& event, Details details = {}) {
    put(std::move(to), Kind::event, event, std::move(details));
  }

  /// To one service, by its name.
  template <contract::Command T>
  void send(std::string service, const T& command, Details details = {}) {
    if (!details.reply_to) details.reply_to = sender_.service;
    put({sender_.routes.commands, message::RoutingKey{std::move(service)}}, Kind::command, command,
        std::move(details));
  }

  /// The answer of a command, now or in a later transaction than the one that handled it; nothing is sent
  /// where nobody wants one. std::logic_error for what the command's contract does not name.
  template <contract::Answer T>
  void answer(const ReplyAddress& address, const T& answer, std::map<std::string, std::string> headers = {}) {
    constexpr bool is_refusal = contract::traits<T>::kind == contract::Kind::refusal;
    put_answer(address, is_refusal ? Kind::refusal : Kind::reply, answer, std::move(headers));
  }

  /// A command to one service, or an event, when the time has come: by the database's clock, and within the
  /// relay's pace. Its id is made then.
  template <contract::Command T>
  void schedule(Due due, std::string service, const T& command, Details details = {}) {
    if (!details.reply_to) details.reply_to = sender_.service;
    put_later(due, {sender_.routes.commands, message::RoutingKey{std::move(service)}}, Kind::command, command,
              std::move(details));
  }
  template <contract::Event T>
  void schedule(Due due, const T& event, Details details = {}) {
    put_later(due, {sender_.routes.events, {}}, Kind::event, event, std::move(details));
  }

  /// The same for messages whose contract is known only at run time; std::logic_error for what its contract
  /// does not make a command, an event or an answer.
  void send_payload(std::string service, const contract::Payload& command, Details details = {});
  void publish_payload(const contract::Payload& event, Details details = {});
  void answer_payload(const ReplyAddress& address, const contract::Payload& answer);

  /// For who goes on after something has failed that had sent a part of its messages: they are forgotten.
  Outgoing::Mark mark() const { return outgoing_.mark(); }
  void back_to(Outgoing::Mark mark) { outgoing_.back_to(mark); }

 protected:
  ~Scope() = default;

  void put(message::Address to, Kind kind, const contract::Payload& payload, Details details) {
    outgoing_.add(compose(std::move(to), kind, payload, std::move(details)));
  }
  const Sender& sender() const { return sender_; }

 private:
  template <class F>
  friend auto transact(postgres::Pool&, const Sender&, F&&, base::Deadline);

  void put_answer(const ReplyAddress& address, std::optional<Kind> kind, const contract::Payload& payload,
                  std::map<std::string, std::string> headers);
  Kind kind_of(const Message& message) const;
  void put_later(Due due, message::Address to, Kind kind, const contract::Payload& payload, Details details) {
    outgoing_.add(Reminder{compose(std::move(to), kind, payload, std::move(details)), due});
  }
  Message compose(message::Address to, Kind kind, const contract::Payload& payload, Details details) const;
  Message compose(message::Address to, Kind kind, const contract::Payload& payload, Details details,
                  const message::Envelope* cause) const;

  postgres::Tx& tx_;
  const Sender& sender_;
  Outgoing& outgoing_;
  const message::Envelope* cause_;
};

/// Runs the function, given a Scope, in a transaction of the pool: what Pool::transact() promises, and what
/// was sent through the scope is in the outbox if it is committed.
///
///   outbox::transact(pool, sender, [&](outbox::Scope& scope) {
///     orders::insert(scope.tx(), order);
///     scope.publish(placed(order), {.subject = order.id});
///   }, deadline);
template <class F>
auto transact(postgres::Pool& pool, const Sender& sender, F&& function, base::Deadline deadline) {
  return pool.transact(
      [&](postgres::Tx& tx) {
        Outgoing outgoing;
        Scope scope(tx, sender, outgoing);
        if constexpr (std::is_void_v<std::invoke_result_t<F&, Scope&>>) {
          function(scope);
          outgoing.write(tx, sender);
        } else {
          auto value = function(scope);
          outgoing.write(tx, sender);
          return value;
        }
      },
      deadline);
}

}  // namespace waybill::outbox
