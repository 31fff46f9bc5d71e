#pragma once

#include <optional>
#include <string>
#include <vector>

#include "waybill/amqp/manifest.hpp"

namespace waybill::amqp {

/// The manifest as it is written, each part with its line; what belongs together has not been checked yet.
struct ManifestDraft {
  struct Exchange {
    std::string name;
    int line = 1;
    std::string type;
  };
  struct Bound {
    int line = 1;
    std::string exchange;
    std::optional<std::string> key;
  };
  struct Queue {
    std::string name;
    int line = 1;
    std::string service;
    Ordering order = Ordering::none;
    std::string consumer;
    std::vector<Bound> bindings;
  };
  int exchanges_line = 1;
  std::vector<Exchange> exchanges;
  std::vector<Queue> queues;
};

}  // namespace waybill::amqp
