#include "waybill/saga_simulation/coverage.hpp"

#include <algorithm>
#include <array>
#include <iomanip>
#include <ostream>
#include <sstream>

#include "reach.hpp"
#include "table.hpp"

namespace waybill::saga_simulation {
namespace {

/// The cells of all tables in which the one thing is so and the other not.
std::vector<std::string> names_where(const std::vector<std::unique_ptr<Coverage::Table>>& tables,
                                     const Faults& faults, bool is_seen, bool is_reachable) {
  std::vector<std::string> names;
  for (const auto& table : tables) {
    const auto reachable = reachable_cells(table->plan(), table->cells(), faults);
    for (std::size_t cell = 0; cell < reachable.size(); ++cell) {
      if ((table->counts()[cell] > 0) == is_seen && reachable[cell] == is_reachable) {
        names.push_back(table->name(cell));
      }
    }
  }
  return names;
}

using Line = std::array<std::string, 3>;

/// A line for each state and input that were seen together: both, and what became of it, how often.
std::vector<Line> lines_of(const Coverage::Table& table) {
  const auto& cells = table.cells();
  std::vector<Line> lines;
  std::string last_state;
  for (std::size_t cell = 0; cell < table.counts().size(); cell += Cells::outcomes) {
    std::string made;
    for (auto at = cell; at < cell + Cells::outcomes; ++at) {
      if (table.counts()[at] == 0) continue;
      if (!made.empty()) made += ", ";
      made += std::string(saga::to_string(Cells::outcome(at))) + " " + std::to_string(table.counts()[at]);
    }
    if (made.empty()) continue;
    const auto state = cells.state_name(cell);
    lines.push_back({state == last_state ? "" : state, cells.input_name(cell), made});
    last_state = state;
  }
  return lines;
}

}  // namespace

std::string Coverage::Table::name(std::size_t cell) const {
  return plan_.name + ", version " + std::to_string(plan_.version) + ": " + cells_.state_name(cell) + ", " +
         cells_.input_name(cell) + ": " + std::string(saga::to_string(Cells::outcome(cell)));
}

Coverage::Coverage() = default;
Coverage::~Coverage() = default;

void Coverage::add(const saga::Plan& plan) { tables_.push_back(std::make_unique<Table>(plan)); }

std::vector<std::string> Coverage::unseen(const Faults& faults) const {
  return names_where(tables_, faults, false, true);
}
std::vector<std::string> Coverage::unforeseen(const Faults& faults) const {
  return names_where(tables_, faults, true, false);
}

std::string Coverage::to_string() const {
  std::ostringstream out;
  out << *this;
  return out.str();
}

std::ostream& operator<<(std::ostream& out, const Coverage& coverage) {
  for (const auto& table : coverage.tables_) {
    out << table->plan().name << ", version " << table->plan().version << '\n';
    const auto lines = lines_of(*table);
    std::size_t state_width = 0;
    std::size_t input_width = 0;
    for (const auto& [state, input, made] : lines) {
      state_width = std::max(state_width, state.size());
      input_width = std::max(input_width, input.size());
    }
    for (const auto& [state, input, made] : lines) {
      out << "  " << std::left << std::setw(static_cast<int>(state_width)) << state << "  "
          << std::setw(static_cast<int>(input_width)) << input << "  " << made << '\n';
    }
  }
  return out;
}

}  // namespace waybill::saga_simulation
