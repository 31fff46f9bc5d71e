#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "waybill/amqp/manifest.hpp"

namespace waybill::amqp::tests {

/// A manifest of `retry` and `dlx`, which stand on lines 2 and 3, a direct exchange `commands` (4), a fanout
/// `events` (5), a topic `news` (6), a queue bound to each of them (9 to 11), and more queues from line 12
/// on.
inline std::string manifest_with(std::string_view queues = "") {
  return std::string(R"({"exchanges": {
"retry": {"type": "direct"},
"dlx": {"type": "direct"},
"commands": {"type": "direct"},
"events": {"type": "fanout"},
"news": {"type": "topic"}
},
"queues": {
"a.commands": {"service": "a", "bindings": [{"exchange": "commands", "key": "a"}]},
"a.events": {"service": "a", "bindings": [{"exchange": "events"}]},
"b.news": {"service": "b", "bindings": [{"exchange": "news", "key": "news.#"}]})") +
         (queues.empty() ? "" : ",\n") + std::string(queues) + "\n}}\n";
}

/// All that is wrong with it, without the file's name: "12: queue 'q' …".
inline std::vector<std::string> problems_of(std::string_view json) {
  const std::string path = "m.json";
  const auto manifest = read_manifest(json, path);
  std::vector<std::string> lines;
  if (manifest) return lines;
  for (const auto& line : manifest.error().lines) lines.push_back(line.substr(path.size() + 1));
  return lines;
}

}  // namespace waybill::amqp::tests
