#include "waybill/saga/journal.hpp"

#include "names.hpp"

namespace waybill::saga {
namespace {

std::string named(const std::string& step) { return "step '" + step + "'"; }

std::string what_came(const JournalEntry& entry) {
  switch (entry.kind) {
    case InputKind::begin:
      return "it began";
    case InputKind::answer:
      return std::string(last_part(entry.type)) + " came from " + named(entry.step);
    case InputKind::due:
      return "its deadline came";
    case InputKind::cancel:
      return entry.by.empty() ? "it was to be cancelled" : "'" + entry.by + "' wanted it cancelled";
    case InputKind::operate:
      return "an operator wanted it to " + entry.order + (entry.by.empty() ? "" : " ('" + entry.by + "')");
  }
  return "something came";
}

std::string what_it_led_to(const JournalEntry& entry) {
  switch (entry.outcome) {
    case Outcome::begun:
    case Outcome::step_done:
    case Outcome::step_undone:
    case Outcome::step_refused:
    case Outcome::cancelled:
    case Outcome::compensates:
    case Outcome::abandoned:
    case Outcome::resumed:
    case Outcome::retried:
      return {};
    case Outcome::step_timed_out:
      return "the step was not answered in time";
    case Outcome::step_resent:
    case Outcome::undo_resent:
      return "nothing had been answered";
    case Outcome::turns_forward:
      return "it goes forward again when this undo is answered";
    case Outcome::not_due:
      return "it was too early";
    case Outcome::repeated:
      return "which it knew: nothing changed";
    case Outcome::other_epoch:
      return "about an earlier try: nothing changed";
    case Outcome::late:
      return "too late, its undo takes care of it: nothing changed";
    case Outcome::has_ended:
      return "after its end: nothing changed";
    case Outcome::too_late:
      return "too late: nothing changed";
    case Outcome::not_possible:
      return "which is not possible: nothing changed";
    case Outcome::unknown_step:
    case Outcome::unknown_answer:
      return "which it does not understand";
  }
  return {};
}

std::string what_was_sent(const JournalEntry& entry) {
  std::string words;
  for (const auto& sent : entry.sent) {
    if (!words.empty()) words += ", ";
    words += sent.is_undo ? "the undo of " + named(sent.step) : named(sent.step);
    words += sent.attempt > 1 ? " was asked for again" : " was asked for";
  }
  return words;
}

}  // namespace

std::string in_words(const JournalEntry& entry) {
  std::string words = what_came(entry);
  for (const auto& more : {what_it_led_to(entry), what_was_sent(entry)}) {
    if (!more.empty()) words += ", " + more;
  }
  if (has_changed(entry.outcome) && has_ended(entry.status))
    words += ", it is " + std::string(to_string(entry.status));
  return words;
}

}  // namespace waybill::saga
