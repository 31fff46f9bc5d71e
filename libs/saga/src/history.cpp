#include "waybill/saga/history.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>
#include <stdexcept>
#include <utility>

#include "journal_json.hpp"
#include "store.hpp"
#include "waybill/base/timestamp.hpp"
#include "waybill/message/envelope.hpp"
#include "waybill/saga/advance.hpp"
#include "waybill/saga/journal.hpp"

namespace waybill::saga {
namespace {

using RecordedJson = nlohmann::json;

JournalEntry read_recorded(std::string_view text) {
  const auto json = RecordedJson::parse(text);
  const auto saga = base::Uuid::parse(json.at("saga_id").get_ref<const std::string&>());
  const auto at = base::parse_timestamp(json.at("at").get_ref<const std::string&>());
  if (!saga || !at) throw std::runtime_error("a line without an id or a time");
  const std::string type = json.at("type");
  const std::string outcome = json.at("outcome");
  const std::string status = json.at("status");
  const std::string step = json.at("step");
  return read_line({*saga, json.at("revision"), *at, type, json.at("version"), json.at("input").dump(),
                    outcome, status, step, json.at("sent").dump()});
}

/// What a definition makes of an input, in the terms of the journal.
void set_result(JournalEntry& entry, const Plan& plan, const Change& change) {
  entry.outcome = change.outcome;
  entry.status = change.instance.status;
  entry.at_step = plan.steps[change.instance.at].name;
  entry.sent.clear();
  for (const auto& sent : change.sent) {
    entry.sent.push_back({plan.steps[sent.step].name, sent.is_undo, sent.epoch, sent.attempt});
  }
}

bool has_same_result(const JournalEntry& one, const JournalEntry& other) {
  return one.outcome == other.outcome && one.status == other.status && one.at_step == other.at_step &&
         one.sent == other.sent;
}

std::string result_in_words(const JournalEntry& entry) {
  return std::string(to_string(entry.outcome)) + ", " + std::string(to_string(entry.status)) + " at step '" +
         entry.at_step + "': " + in_words(entry);
}

input::Order order_of(const std::string& text) {
  using input::Order;
  for (const auto order : {Order::retry, Order::compensate, Order::resume, Order::abandon}) {
    if (to_string(order) == text) return order;
  }
  throw std::runtime_error("'" + text + "' is no order of an operator");
}

/// One saga that is played again.
class Player {
 public:
  Player(const Plan& plan, const contract::Codec& codec) : plan_(plan), codec_(codec) {}

  /// The same line as this definition would have written it.
  JournalEntry play(JournalEntry entry) {
    try {
      auto change = entry.kind == InputKind::begin ? begun(entry) : advanced(entry);
      set_result(entry, plan_, change);
      instance_ = std::move(change.instance);
    } catch (const std::exception& error) {
      entry.outcome = Outcome::unknown_answer;
      entry.at_step = std::string("it fails: ") + error.what();
      entry.sent.clear();
    }
    return entry;
  }

 private:
  Change begun(const JournalEntry& entry) const {
    return begin(plan_, plan_.read_data(RecordedJson::parse(entry.payload)), entry.at);
  }

  Change advanced(const JournalEntry& entry) {
    switch (entry.kind) {
      case InputKind::answer: {
        const auto payload = payload_of(entry);
        return advance(plan_, instance_, input::Answer{entry.step, entry.epoch, entry.type, payload.get()},
                       entry.at);
      }
      case InputKind::cancel:
        return advance(plan_, instance_, input::Cancel{entry.by}, entry.at);
      case InputKind::operate:
        return advance(plan_, instance_, input::Operate{order_of(entry.order), entry.by}, entry.at);
      case InputKind::due:
      case InputKind::begin:
        break;
    }
    return advance(plan_, instance_, input::Due{}, entry.at);
  }

  contract::PayloadPointer payload_of(const JournalEntry& entry) const {
    if (entry.payload.empty()) throw std::runtime_error("the answer was too large for the journal");
    message::Envelope envelope;
    envelope.type = entry.type;
    envelope.content_type = contract::content_type_of(contract::Encoding::json);
    envelope.payload = entry.payload;
    return codec_.decode(envelope).value();
  }

  const Plan& plan_;
  const contract::Codec& codec_;
  Instance instance_;
};

}  // namespace

Replayed replay(const Plan& plan, std::string_view lines, const contract::Codec& codec) {
  Replayed replayed;
  std::optional<Player> player;
  std::optional<base::Uuid> saga;
  while (!lines.empty()) {
    const auto end = std::min(lines.find('\n'), lines.size());
    const auto text = lines.substr(0, end);
    lines.remove_prefix(std::min(end + 1, lines.size()));
    if (text.find_first_not_of(" \r\t") == text.npos) continue;
    const auto recorded = read_recorded(text);
    if (recorded.saga != saga) {
      saga = recorded.saga;
      player.reset();
      const bool is_whole = recorded.kind == InputKind::begin && recorded.name == plan.name;
      if (is_whole) player.emplace(plan, codec);
      ++(is_whole ? replayed.sagas : replayed.skipped);
    }
    if (!player) continue;
    ++replayed.inputs;
    const auto now = player->play(recorded);
    if (has_same_result(recorded, now)) continue;
    replayed.divergence =
        Divergence{recorded.saga, recorded.revision, result_in_words(recorded), result_in_words(now)};
    break;
  }
  return replayed;
}

std::ostream& operator<<(std::ostream& out, const Replayed& replayed) {
  out << replayed.sagas << " sagas with " << replayed.inputs << " inputs";
  if (replayed.skipped > 0)
    out << " (" << replayed.skipped << " of another name, or whose beginning is not recorded)";
  if (!replayed.divergence) return out << ": nothing diverges";
  const auto& it = *replayed.divergence;
  return out << ": saga " << it.saga.to_string() << " diverges at revision " << it.revision
             << "\n  recorded: " << it.recorded << "\n  now:      " << it.now;
}

}  // namespace waybill::saga
