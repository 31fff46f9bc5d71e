#pragma once

#include <cstddef>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "waybill/saga/plan.hpp"
#include "waybill/saga_simulation/faults.hpp"

namespace waybill::saga_simulation {

/// How often which input found a saga in which state, and what became of it, over all histories. One thread.
class Coverage {
 public:
  /// One definition's counters.
  class Table;

  Coverage();
  ~Coverage();
  Coverage(const Coverage&) = delete;
  Coverage& operator=(const Coverage&) = delete;

  /// The plan outlives it.
  void add(const saga::Plan& plan);
  Table& table(std::size_t version) { return *tables_[version]; }

  /// What could have been, with these faults and whatever the participants answer, and was not seen.
  std::vector<std::string> unseen(const Faults& faults) const;
  /// What was seen and is not among what could have been: then unseen() may say too little.
  std::vector<std::string> unforeseen(const Faults& faults) const;

  std::string to_string() const;
  friend std::ostream& operator<<(std::ostream& out, const Coverage& coverage);

 private:
  std::vector<std::unique_ptr<Table>> tables_;
};

}  // namespace waybill::saga_simulation
