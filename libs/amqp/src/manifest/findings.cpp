#include "manifest/findings.hpp"

#include <algorithm>

namespace waybill::amqp {

runtime::Problems Findings::problems() const {
  auto sorted = all_;
  std::ranges::stable_sort(sorted, {}, &Finding::line);
  runtime::Problems problems{.lines = {}, .of = "the topology manifest"};
  for (const auto& finding : sorted) {
    problems.lines.push_back(path_ + ":" + std::to_string(finding.line) + ": " + finding.what);
  }
  return problems;
}

}  // namespace waybill::amqp
