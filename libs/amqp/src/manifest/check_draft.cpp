#include "manifest/check_draft.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "manifest/names.hpp"
#include "waybill/amqp/queue_rules.hpp"
#include "waybill/runtime/near_miss.hpp"
#include "waybill/runtime/printable.hpp"

namespace waybill::amqp {
namespace {

using DraftQueue = ManifestDraft::Queue;
using DraftBound = ManifestDraft::Bound;
using DraftExchange = ManifestDraft::Exchange;

std::string name_with_kind(std::string_view what, const std::string& name) {
  return std::string(what) + " '" + runtime::printable(name) + "'";
}

class DraftCheck {
 public:
  DraftCheck(const ManifestDraft& draft, Findings& findings) : draft_(draft), findings_(findings) {
    for (const auto& exchange : draft.exchanges) {
      exchanges_.emplace(exchange.name, &exchange);
      names_.push_back(exchange.name);
    }
  }

  void run() {
    require_direct(retry_exchange().value(), "retries and replays go");
    require_direct(dead_letter_exchange().value(), "dead letters go");
    for (const auto& queue : draft_.queues) check_queue(queue);
    for (const auto& exchange : draft_.exchanges) check_use(exchange);
  }

 private:
  static bool is_bound_by_rule(const std::string& exchange) {
    return exchange == retry_exchange().value() || exchange == dead_letter_exchange().value();
  }

  void require_direct(const std::string& name, const std::string& what) {
    const auto found = exchanges_.find(name);
    if (found == exchanges_.end()) {
      findings_.add(draft_.exchanges_line, "there is no exchange '" + name + "', by which every queue's " +
                                               what + "; add it with \"type\": \"direct\"");
    } else if (!found->second->type.empty() && found->second->type != "direct") {
      findings_.add(found->second->line, "exchange '" + name + "' has to be direct, for every queue's " +
                                             what + " by it to that queue alone; write \"type\": \"direct\"");
    }
  }

  void check_queue(const DraftQueue& queue) {
    const auto name = name_with_kind("queue", queue.name);
    const auto [other, is_first] = consumers_.emplace(queue.consumer, &queue);
    // An empty one is a finding already.
    if (!is_first && !queue.consumer.empty() && other->second->service != queue.service) {
      findings_.add(queue.line, name + " has the consumer '" + runtime::printable(queue.consumer) +
                                    "', which is also that of " +
                                    name_with_kind("queue", other->second->name) +
                                    "; only queues of one service, such as the partitions of one, may share "
                                    "a consumer: give it another");
    }
    std::set<std::pair<std::string, std::string>> seen;
    for (const auto& bound : queue.bindings) {
      if (bound.exchange.empty()) continue;
      if (!seen.emplace(bound.exchange, bound.key.value_or("")).second) {
        findings_.add(bound.line, name + " is bound twice to " + name_with_kind("exchange", bound.exchange) +
                                      " by the same key; keep one of the two");
      }
      check_bound(name, bound);
    }
  }

  void check_bound(const std::string& queue, const DraftBound& bound) {
    const auto to = name_with_kind("exchange", bound.exchange);
    if (is_bound_by_rule(bound.exchange)) {
      findings_.add(bound.line,
                    queue + " is bound to " + to + ", as every queue is by rule; remove the binding");
      return;
    }
    const auto found = exchanges_.find(bound.exchange);
    if (found == exchanges_.end()) {
      const auto meant = runtime::near_miss(bound.exchange, names_);
      findings_.add(bound.line, queue + " is bound to " + to + ", which is not declared; " +
                                    (meant ? "did you mean " + *meant + "?" : "add it to the exchanges"));
      return;
    }
    used_.insert(bound.exchange);
    if (const auto flaw = flaw_of_binding(found->second->type, bound.key)) {
      findings_.add(bound.line, queue + " is bound to " + to + " " + *flaw);
    }
  }

  static std::optional<std::string> flaw_of_binding(const std::string& type,
                                                    const std::optional<std::string>& key) {
    if (type.empty()) return {};  // of a wrong type, which is a finding already
    if (type == "fanout") {
      if (!key) return {};
      return "with a key, and a fanout sends to every queue whatever the key; remove the key";
    }
    if (!key) return "without a key, and a " + type + " exchange sends by key; add one";
    const auto flaw = type == "topic" ? flaw_of_pattern(*key) : flaw_of_key(*key);
    if (!flaw) return {};
    return "by the key '" + runtime::printable(*key) + "', which " + *flaw;
  }

  void check_use(const DraftExchange& exchange) {
    if (used_.contains(exchange.name) || is_bound_by_rule(exchange.name)) return;
    findings_.add(exchange.line, name_with_kind("exchange", exchange.name) +
                                     " leads to no queue, so whatever is published to it comes back; bind a "
                                     "queue to it, or remove it");
  }

  const ManifestDraft& draft_;
  Findings& findings_;
  std::map<std::string, const DraftExchange*> exchanges_;
  std::vector<std::string> names_;
  std::map<std::string, const DraftQueue*> consumers_;
  std::set<std::string> used_;
};

}  // namespace

void check_draft(const ManifestDraft& draft, Findings& findings) { DraftCheck(draft, findings).run(); }

}  // namespace waybill::amqp
