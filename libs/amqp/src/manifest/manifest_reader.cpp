#include <utility>

#include "manifest/check_draft.hpp"
#include "manifest/read_draft.hpp"
#include "waybill/amqp/manifest.hpp"
#include "waybill/runtime/text_file.hpp"

namespace waybill::amqp {
namespace {

using ManifestResult = boost::system::result<Manifest, runtime::Problems>;

constexpr std::size_t largest_manifest = 1 << 20;

ManifestQueue queue_from(ManifestDraft::Queue draft) {
  ManifestQueue queue;
  queue.name = message::Queue{std::move(draft.name)};
  queue.service = ServiceName{std::move(draft.service)};
  queue.order = draft.order;
  queue.consumer = ConsumerName{std::move(draft.consumer)};
  for (auto& bound : draft.bindings) {
    queue.bindings.push_back({message::Exchange{std::move(bound.exchange)}, queue.name,
                              message::RoutingKey{std::move(bound.key).value_or("")}});
  }
  return queue;
}

}  // namespace

/// Alone may make a manifest, so that there is none that was not checked.
class ManifestReader {
 public:
  static Manifest manifest_from(ManifestDraft draft) {
    std::vector<ExchangeSpec> exchanges;
    for (auto& exchange : draft.exchanges) {
      exchanges.push_back({.name = message::Exchange{std::move(exchange.name)}, .type = exchange.type});
    }
    std::vector<ManifestQueue> queues;
    for (auto& queue : draft.queues) queues.push_back(queue_from(std::move(queue)));
    return {std::move(exchanges), std::move(queues)};
  }
};

ManifestResult read_manifest(std::string_view json, std::string_view path) {
  Findings findings(path);
  const auto file = parse_located(json, findings);
  if (!file) return findings.problems();
  auto draft = read_draft(*file, findings);
  check_draft(draft, findings);
  if (!findings.empty()) return findings.problems();
  return ManifestReader::manifest_from(std::move(draft));
}

ManifestResult load_manifest(const std::string& path) {
  const auto text = runtime::read_text_file(path, largest_manifest);
  if (text) return read_manifest(*text, path);
  return runtime::Problems{.lines = {path + " " + text.error().why() + "; name a manifest that is there"},
                           .of = "the topology manifest"};
}

}  // namespace waybill::amqp
