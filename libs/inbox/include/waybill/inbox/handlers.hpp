#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "waybill/base/ensure.hpp"
#include "waybill/contract/concepts.hpp"
#include "waybill/contract/kind.hpp"
#include "waybill/contract/payload.hpp"
#include "waybill/inbox/scope.hpp"

namespace waybill::inbox {

/// One of the messages that a handler of batches gets.
template <class T>
struct Item {
  const T& message;
  Scope& scope;
};

/// One of the messages that a handler of several contracts gets.
template <class... T>
struct AnyItem {
  std::variant<const T*...> message;  ///< none is null
  Scope& scope;

  /// Calls it with the message as what it is.
  template <class F>
  decltype(auto) visit(F visitor) const {
    return std::visit([&](const auto* as_it_is) -> decltype(auto) { return visitor(*as_it_is); }, message);
  }
};

/// A link of the chain around every handler: does something, calls next() once, does something. What it
/// throws counts as thrown by the handler. Called with the messages that are handled together: one, but for
/// handlers of batches. What the database refuses of the statements that a handler pipelined comes behind all
/// links.
using Link = std::function<void(std::span<Scope* const> scopes, const std::function<void()>& next)>;

/// What a consumer does with which messages.
///
///   inbox::Handlers handlers;
///   handlers.on<ReserveStock>(reserve_stock)
///       .on_batch<OrderPlaced>([](std::span<const inbox::Item<OrderPlaced>> placed, postgres::Tx& tx) { … })
///       .on_batch_of<ReleaseStock, ConfirmReservation>(
///           [](std::span<const inbox::AnyItem<ReleaseStock, ConfirmReservation>> commands,
///              postgres::Tx& tx) { … })
///       .use(audit);
///
/// A contract has one handler (ENSURE). A handler throws for a fault, see judge(); a refusal is a reply.
class Handlers {
 public:
  template <contract::Contract T, std::invocable<const T&, Scope&> F>
  Handlers& on(F handler) {
    return add(contract::traits<T>::name, entry_of<T>(std::move(handler)));
  }

  /// The same for a handler that changes rows which many messages share: `shared` names what (an account's
  /// number, say), and the messages of a transaction wait for all of their names at once, in one order for
  /// all, before any is handled. Without it, two transactions that come to the same rows in another order
  /// end one another: none is lost by that, but their work is done twice.
  template <contract::Contract T, std::invocable<const T&, Scope&> F, std::invocable<const T&> S>
  Handlers& on(F handler, S shared) {
    auto entry = entry_of<T>(std::move(handler));
    entry.shared = [shared = std::move(shared)](const contract::Payload& payload) -> std::string {
      return shared(static_cast<const T&>(payload));
    };
    return add(contract::traits<T>::name, std::move(entry));
  }

  /// For set-based SQL: all messages of this contract in a transaction at once, after those of the other
  /// contracts. When it throws, halves are tried, then single messages, until it is known whose fault it was.
  template <contract::Contract T, std::invocable<std::span<const Item<T>>, postgres::Tx&> F>
  Handlers& on_batch(F handler) {
    expect(T::default_instance(), contract::traits<T>::name);
    Entry entry{.kind = contract::traits<T>::kind,
                .many = [handler = std::move(handler)](std::span<const Part> parts, postgres::Tx& tx) {
                  std::vector<Item<T>> items;
                  items.reserve(parts.size());
                  for (const auto& part : parts) {
                    items.push_back({static_cast<const T&>(*part.payload), *part.scope});
                  }
                  handler(std::span<const Item<T>>(items), tx);
                }};
    return add(contract::traits<T>::name, std::move(entry));
  }

  /// For what takes several contracts alike: all of their messages in a transaction at once, in the order in
  /// which they came, as on_batch() for one contract.
  template <contract::Contract... T, std::invocable<std::span<const AnyItem<T...>>, postgres::Tx&> F>
    requires(sizeof...(T) > 0)
  Handlers& on_batch_of(F handler) {
    (expect(T::default_instance(), contract::traits<T>::name), ...);
    constexpr std::array contracts{ContractName{contract::traits<T>::name, contract::traits<T>::kind}...};
    return on_batch_of(contracts,
                       [handler = std::move(handler)](std::span<const Part> parts, postgres::Tx& tx) {
                         std::vector<AnyItem<T...>> items;
                         items.reserve(parts.size());
                         for (const auto& part : parts)
                           items.push_back({any_of<T...>(*part.payload), *part.scope});
                         handler(std::span<const AnyItem<T...>>(items), tx);
                       });
  }

  /// The same for contracts that are known only at run time.
  struct Part;
  struct ContractName {
    std::string_view name;
    contract::Kind kind = contract::Kind::event;
  };
  using ManyHandler = std::function<void(std::span<const Part>, postgres::Tx&)>;
  Handlers& on_batch_of(std::span<const ContractName> contracts, const ManyHandler& handler);

  /// For messages of contracts that have no handler, as far as `is_for_it` says of their envelopes: they come
  /// to it as to on_batch_of(), and without a payload, since the program may not know their contracts.
  Handlers& on_others(std::function<bool(const message::Envelope&)> is_for_it, ManyHandler handler);

  /// Puts a link around all handlers, inside of those that were given before.
  Handlers& use(Link link) {
    links_.push_back(std::move(link));
    return *this;
  }

  struct Part {
    const contract::Payload* payload = nullptr;  ///< null for on_others()
    Scope* scope = nullptr;
  };
  struct Entry {
    contract::Kind kind = contract::Kind::event;
    std::function<void(const contract::Payload&, Scope&)> one{};
    ManyHandler many{};
    std::function<std::string(const contract::Payload&)> shared{};
  };

  /// Null where there is none.
  const Entry* find(std::string_view type) const;
  const Entry* find_other(const message::Envelope& envelope) const;
  /// Whether it handles nothing but events: then a type that nobody knows is taken for one.
  bool are_of_events_only() const;
  std::size_t size() const { return entries_.size(); }

  void run(const Entry& entry, const Part& part) const;
  void run(const Entry& entry, std::span<const Part> parts, postgres::Tx& tx) const;

 private:
  template <class T, class F>
  static Entry entry_of(F handler) {
    expect(T::default_instance(), contract::traits<T>::name);
    return {.kind = contract::traits<T>::kind,
            .one = [handler = std::move(handler)](const contract::Payload& payload, Scope& scope) {
              handler(static_cast<const T&>(payload), scope);
            }};
  }
  /// That it is this contract (ENSURE). It also makes the linker keep what the contract is made of, of which
  /// a handler that only reads fields may name nothing: a contract that is not linked in is not known.
  static void expect(const contract::Payload& example, std::string_view name);
  template <class... T>
  static std::variant<const T*...> any_of(const contract::Payload& payload) {
    const auto name = contract::name_of(payload);
    std::optional<std::variant<const T*...>> found;
    const auto is = [&]<class Each>(const contract::types<Each>& /*contract*/) {
      if (name != contract::traits<Each>::name) return false;
      found.emplace(&static_cast<const Each&>(payload));
      return true;
    };
    const bool is_one = (is(contract::types<T>{}) || ...);
    ENSURE(is_one, "a batch has no messages of other contracts");
    return *found;
  }
  Handlers& add(std::string_view type, Entry entry);
  Handlers& add(std::string_view type, std::shared_ptr<const Entry> entry);
  void run_links(std::size_t from, std::span<Scope* const> scopes, const std::function<void()>& last) const;

  std::map<std::string, std::shared_ptr<const Entry>, std::less<>> entries_;
  std::vector<Link> links_;
  std::function<bool(const message::Envelope&)> is_for_others_;
  std::shared_ptr<const Entry> others_;
};

}  // namespace waybill::inbox
