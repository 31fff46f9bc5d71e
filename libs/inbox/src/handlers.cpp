#include "waybill/inbox/handlers.hpp"

#include <algorithm>
#include <utility>

#include "waybill/base/ensure.hpp"

namespace waybill::inbox {

Handlers& Handlers::on_batch_of(std::span<const ContractName> contracts, const ManyHandler& handler) {
  if (contracts.empty()) return *this;
  // One entry for all, since a batch is put together by it.
  const auto other = std::ranges::find_if(
      contracts, [](const ContractName& contract) { return contract.kind != contract::Kind::event; });
  const auto kind = other == contracts.end() ? contract::Kind::event : other->kind;
  const auto entry = std::make_shared<const Entry>(Entry{.kind = kind, .many = handler});
  for (const auto& contract : contracts) add(contract.name, entry);
  return *this;
}

Handlers& Handlers::on_others(std::function<bool(const message::Envelope&)> is_for_it, ManyHandler handler) {
  ENSURE(!others_, "there is one handler for all others");
  is_for_others_ = std::move(is_for_it);
  others_ = std::make_shared<const Entry>(Entry{.kind = contract::Kind::command, .many = std::move(handler)});
  return *this;
}

const Handlers::Entry* Handlers::find_other(const message::Envelope& envelope) const {
  return others_ && is_for_others_(envelope) ? others_.get() : nullptr;
}

void Handlers::expect(const contract::Payload& example, std::string_view name) {
  ENSURE(contract::name_of(example) == name, "the class of a contract and its traits are of one name");
}

Handlers& Handlers::add(std::string_view type, Entry entry) {
  return add(type, std::make_shared<const Entry>(std::move(entry)));
}

Handlers& Handlers::add(std::string_view type, std::shared_ptr<const Entry> entry) {
  const bool is_new = entries_.try_emplace(std::string(type), std::move(entry)).second;
  ENSURE(is_new, "a contract has one handler: call both from it");
  return *this;
}

const Handlers::Entry* Handlers::find(std::string_view type) const {
  const auto found = entries_.find(type);
  return found == entries_.end() ? nullptr : found->second.get();
}

bool Handlers::are_of_events_only() const {
  return std::ranges::all_of(entries_,
                             [](const auto& entry) { return entry.second->kind == contract::Kind::event; });
}

void Handlers::run(const Entry& entry, const Part& part) const {
  if (links_.empty()) return entry.one(*part.payload, *part.scope);
  Scope* const scopes[] = {part.scope};
  run_links(0, scopes, [&] { entry.one(*part.payload, *part.scope); });
}

void Handlers::run(const Entry& entry, std::span<const Part> parts, postgres::Tx& tx) const {
  std::vector<Scope*> scopes;
  for (const auto& part : parts) scopes.push_back(part.scope);
  run_links(0, scopes, [&] { entry.many(parts, tx); });
}

void Handlers::run_links(std::size_t from, std::span<Scope* const> scopes,
                         const std::function<void()>& last) const {
  if (from == links_.size()) return last();
  links_[from](scopes, [&] { run_links(from + 1, scopes, last); });
}

}  // namespace waybill::inbox
