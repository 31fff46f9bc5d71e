#include "play.hpp"
#include "words.hpp"

namespace waybill::saga_simulation::detail {

using namespace std::chrono_literals;

Play::Milliseconds Play::between(Milliseconds shortest, Milliseconds longest) {
  return Milliseconds(history_.dice.between(shortest.count(), std::max(shortest, longest).count()));
}

Play::Milliseconds Play::way() { return between(1ms, script_.times.longest_way); }

/// Of any magnitude up to twice of what is waited for: what comes in the midst of something else is as likely
/// as what comes long after.
Play::Milliseconds Play::late(Milliseconds wait) {
  return between(1ms, 2 * wait / (std::int64_t{1} << (2 * history_.dice.below(7))));
}

/// Most of what comes between comes while something is under way; some when all has come to rest.
Play::Milliseconds Play::soon_or_later() { return history_.dice.chance(75) ? way() : between(1ms, 30'000ms); }

std::string Play::name_of(std::size_t letter) const {
  const auto& named = letters_[letter];
  return detail::name_of(plan(sagas_[named.saga].version), named);
}

void Play::bring(std::size_t letter, Milliseconds after) {
  history_.time.after(after, [this, letter] { arrive(letter); });
}

void Play::arrive(std::size_t letter) {
  if (letters_[letter].kind == LetterKind::command) {
    take_command(letter);
  } else {
    take_input(letter);
  }
}

/// A new message. Who sent it waits so long until he does something about it.
void Play::post(Letter letter, Milliseconds wait) {
  letters_.push_back(std::move(letter));
  const auto posted = letters_.size() - 1;
  if (strikes(faults_.losses)) {
    tell([&] { return name_of(posted); }, " is lost");
    return;
  }
  auto after = way();
  if (strikes(faults_.delays)) {
    after += late(wait);
    tell([&] { return name_of(posted); }, " is late");
  }
  bring(posted, after);
  if (!strikes(faults_.doubles)) return;
  tell([&] { return name_of(posted); }, " is doubled");
  bring(posted, late(wait));
}

void Play::post_order(std::size_t saga, saga::input::Order order) {
  letters_.push_back({.kind = LetterKind::order, .saga = saga, .order = order});
  bring(letters_.size() - 1, soon_or_later());
}

/// What others want of a saga, at any time.
void Play::disturb(std::size_t number) {
  using saga::input::Order;
  if (strikes(faults_.early_dues)) {
    history_.time.after(soon_or_later(), [this, number] { take_due(number); });
  }
  if (plan(sagas_[number].version).cancel && strikes(faults_.cancels)) {
    letters_.push_back({.kind = LetterKind::cancel, .saga = number});
    bring(letters_.size() - 1, soon_or_later());
  }
  if (strikes(faults_.retries)) post_order(number, Order::retry);
  const auto status = sagas_[number].instance.status;
  const bool looks = faults_.operators_look;
  if ((!looks || status == saga::Status::running) && strikes(faults_.compensates)) {
    post_order(number, Order::compensate);
  }
  if ((!looks || status == saga::Status::compensating) && strikes(faults_.resumes)) {
    post_order(number, Order::resume);
  }
  if (strikes(faults_.abandons)) post_order(number, Order::abandon);
}

const Stage::Command& Play::command_of(const Letter& letter) const {
  const auto& step = stage_.versions[sagas_[letter.saga].version][letter.step];
  return letter.is_undo ? step.undo : step.act;
}

base::Uuid Play::id_of(std::size_t saga) const {
  base::Uuid::Bytes bytes{};
  bytes[14] = static_cast<std::uint8_t>((saga + 1) >> 8U);
  bytes[15] = static_cast<std::uint8_t>(saga + 1);
  return base::Uuid(bytes);
}

}  // namespace waybill::saga_simulation::detail
