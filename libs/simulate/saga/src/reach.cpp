#include "reach.hpp"

#include <array>
#include <set>
#include <tuple>
#include <utility>

namespace waybill::saga_simulation {
namespace {

using saga::Status;
using saga::StepStatus;

constexpr base::WallTime beginning{std::chrono::hours{1}};
constexpr std::uint32_t most_epochs = 2;

/// Where a saga stands, and what can be on its way to it from one of its steps, which is followed. What the
/// others have answered is the way to where it stands.
struct Point {
  saga::Instance instance;
  /// By epoch: which of its answers the participant gives, plus one; zero while it gave none.
  std::array<std::size_t, most_epochs + 1> answered{};
  std::array<bool, most_epochs + 1> is_undo_sent{};
};

/// The plan without whatever is kept of answers, for there are none.
saga::Plan bare(saga::Plan plan) {
  for (auto& step : plan.steps) {
    for (auto& answer : step.answers) answer.keep = nullptr;
  }
  return plan;
}

/// Walks all that a saga can come to, as far as it matters to one step.
class Walk {
 public:
  Walk(const saga::Plan& plan, const Cells& cells, const Faults& faults, std::size_t followed,
       std::vector<bool>& found)
      : plan_(plan), cells_(cells), faults_(faults), followed_(followed), found_(found) {}

  void go() {
    Point point;
    auto change = saga::begin(plan_, {}, beginning);
    point.instance = std::move(change.instance);
    add(std::move(point));
    while (!open_.empty()) {
      const auto from = std::move(open_.back());
      open_.pop_back();
      give_answers(from);
      give_dues(from);
      give_orders(from);
    }
  }

 private:
  using Key = std::tuple<Status, std::size_t, bool, bool, std::optional<Status>, StepStatus, std::uint32_t,
                         decltype(Point::answered), decltype(Point::is_undo_sent)>;

  void add(Point point) {
    auto& instance = point.instance;
    if (instance.steps[followed_].epoch > most_epochs) return;
    // Of the others, those before the one it is at are done, and those behind it do not matter.
    for (std::size_t i = 0; i < instance.steps.size(); ++i) {
      auto& step = instance.steps[i];
      if (i != followed_) {
        if (i < instance.at) step.status = StepStatus::done;
        step.epoch = i > instance.at ? 0 : 1;
        if (i > instance.at) step.status = StepStatus::waiting;
      }
      step.attempts = 1;
      step.since = step.sent_at = beginning;
    }
    instance.cause = {};
    instance.needs_operator.clear();
    const auto& step = instance.steps[followed_];
    if (!known_
             .insert({instance.status, instance.at, instance.turns_forward, instance.stays_undone,
                      instance.before_abandoned, step.status, step.epoch, point.answered, point.is_undo_sent})
             .second) {
      return;
    }
    open_.push_back(std::move(point));
  }

  void give(const Point& from, std::size_t input_index, const saga::Input& input,
            base::WallTime now = beginning) {
    auto point = from;
    auto change = saga::advance(plan_, from.instance, input, now);
    found_[cells_.cell(cells_.state_of(from.instance), input_index, change.outcome)] = true;
    point.instance = std::move(change.instance);
    for (const auto& sent : change.sent) {
      if (sent.step == followed_ && sent.is_undo && sent.epoch <= most_epochs) {
        point.is_undo_sent[sent.epoch] = true;
      }
    }
    add(std::move(point));
  }

  void give_answer(const Point& from, std::size_t step, std::uint32_t epoch, std::string_view type) {
    const saga::input::Answer answer{plan_.steps[step].name, epoch, type, nullptr};
    give(from, cells_.answer(step, type), answer);
  }

  void give_answers(const Point& from) {
    const auto& row = plan_.steps[followed_];
    for (std::uint32_t epoch = 1; epoch <= from.instance.steps[followed_].epoch; ++epoch) {
      for (std::size_t i = 0; i < row.answers.size(); ++i) {
        if (from.answered[epoch] != 0 && from.answered[epoch] != i + 1) continue;
        auto point = from;
        point.answered[epoch] = i + 1;
        give_answer(point, followed_, epoch, row.answers[i].type);
      }
      if (from.is_undo_sent[epoch]) give_answer(from, followed_, epoch, row.undone_by);
    }
    const auto at = from.instance.at;
    if (at == followed_) return;
    for (const auto& answer : plan_.steps[at].answers) {
      if (from.instance.status == Status::running) give_answer(from, at, 1, answer.type);
    }
    if (from.instance.status == Status::compensating) give_answer(from, at, 1, plan_.steps[at].undone_by);
  }

  void give_dues(const Point& from) {
    auto point = from;
    const auto due = [&](base::WallTime deadline, base::WallTime now) {
      if (!has_ended(point.instance.status)) point.instance.deadline = deadline;
      give(point, cells_.due(), saga::input::Due{}, now);
    };
    const bool is_early_possible = faults_.early_dues > 0 || faults_.crashes_after_commit > 0;
    if (is_early_possible) due(beginning + std::chrono::seconds(1), beginning);
    if (has_ended(from.instance.status)) return;
    const auto& row = plan_.steps[from.instance.at];
    const bool asks_again = from.instance.status == Status::compensating || row.resent_every;
    if (asks_again) due(beginning, beginning);
    if (from.instance.status == Status::running && row.within) due(beginning, beginning + *row.within);
  }

  void give_orders(const Point& from) {
    using saga::input::Order;
    if (plan_.cancel && faults_.cancels > 0) give(from, cells_.cancel(), saga::input::Cancel{});
    const auto order = [&](Order what) { give(from, cells_.order(what), saga::input::Operate{what, {}}); };
    if (faults_.retries > 0) order(Order::retry);
    if (faults_.compensates > 0) order(Order::compensate);
    if (faults_.resumes > 0 || from.instance.status == Status::abandoned) order(Order::resume);
    if (faults_.abandons > 0) order(Order::abandon);
  }

  const saga::Plan& plan_;
  const Cells& cells_;
  const Faults& faults_;
  const std::size_t followed_;
  std::vector<bool>& found_;
  std::set<Key> known_;
  std::vector<Point> open_;
};

}  // namespace

std::vector<bool> reachable_cells(const saga::Plan& plan, const Cells& cells, const Faults& faults) {
  std::vector<bool> found(cells.count());
  const auto without_data = bare(plan);
  for (std::size_t step = 0; step < plan.steps.size(); ++step) {
    Walk(without_data, cells, faults, step, found).go();
  }
  return found;
}

}  // namespace waybill::saga_simulation
