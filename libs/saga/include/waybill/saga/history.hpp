#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "waybill/base/uuid.hpp"
#include "waybill/contract/codec.hpp"
#include "waybill/saga/definition.hpp"
#include "waybill/saga/plan.hpp"

namespace waybill::saga {

/// Where a definition does something else than what was recorded.
struct Divergence {
  base::Uuid saga;
  std::int64_t revision = 0;
  std::string recorded;  ///< in words: what was done, …
  std::string now;       ///< … and what this definition does
};

struct Replayed {
  std::size_t sagas = 0;
  std::size_t inputs = 0;
  std::size_t skipped = 0;  ///< sagas of another name, or whose beginning is not in the record
  std::optional<Divergence> divergence;

  explicit operator bool() const { return !divergence; }
  friend std::ostream& operator<<(std::ostream& out, const Replayed& replayed);
};

/// Plays recorded sagas again, by another definition: what it would have done otherwise, it would also do
/// otherwise with those that are under way when the program is exchanged. Where it diverges, it needs another
/// version, and the program both definitions. Compared are outcome, status, step, and which commands are
/// sent; not what they say and to whom, events, what is kept, nor shorter waits. An answer of more than 1 MiB
/// is not in the journal: it is told as a divergence.
///
/// `lines` is what this prints, a JSON object a line, for as many sagas of one version as one likes:
///
///   SELECT to_jsonb(line) FROM waybill.saga_journal AS line WHERE version = 1 ORDER BY saga_id, revision, at
///
/// Stops at the first divergence. Throws std::runtime_error for what is no such record.
Replayed replay(const Plan& plan, std::string_view lines, const contract::Codec& codec = contract::Codec());

template <class Data>
Replayed replay(const Definition<Data>& definition, std::string_view lines,
                const contract::Codec& codec = contract::Codec()) {
  return replay(definition.plan(), lines, codec);
}

}  // namespace waybill::saga
