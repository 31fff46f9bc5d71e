#include "waybill/saga/drawing.hpp"

#include <algorithm>

#include "names.hpp"

namespace waybill::saga {
namespace {

/// A state's id, which may not hold a hyphen.
std::string id_of(const std::string& step, std::string_view prefix) {
  auto id = std::string(prefix) + step;
  std::ranges::replace(id, '-', '_');
  return id;
}

std::string seconds(std::chrono::milliseconds time) {
  if (time.count() % 1'000 == 0) return std::to_string(time.count() / 1'000) + " s";
  return std::to_string(time.count()) + " ms";
}

class Drawing {
 public:
  explicit Drawing(const Plan& plan) : plan_(plan) {}

  std::string draw() {
    out_ = "stateDiagram-v2\n  direction LR\n";
    for (const auto& step : plan_.steps) {
      const auto name = step.name + ": " + std::string(last_part(step.act.type));
      line("state \"" + name + "\" as " + id_of(step.name, "do_"));
      if (!step.undo) continue;
      line("state \"undo " + step.name + ": " + std::string(last_part(step.undo->type)) + "\" as " +
           id_of(step.name, "undo_"));
    }
    line("[*] --> " + id_of(plan_.steps.front().name, "do_"));
    for (std::size_t i = 0; i < plan_.steps.size(); ++i) draw_step(i);
    draw_way_back();
    return std::move(out_);
  }

 private:
  void line(const std::string& text) { out_.append("  ").append(text).append(1, '\n'); }
  void arrow(std::string_view from, std::string_view to, std::string_view why) {
    out_.append("  ").append(from).append(" --> ").append(to).append(": ").append(why).append(1, '\n');
  }

  void draw_step(std::size_t at) {
    const auto& step = plan_.steps[at];
    const auto from = id_of(step.name, "do_");
    const auto next = at + 1 < plan_.steps.size() ? id_of(plan_.steps[at + 1].name, "do_") : "completed";
    for (const auto& answer : step.answers) {
      const auto to = answer.is_refusal ? back_from(at) : next;
      arrow(from, to, last_part(answer.type));
    }
    std::string failures;
    if (step.within) failures = "after " + seconds(*step.within);
    if (plan_.cancel && at < plan_.point_of_no_return) {
      failures += (failures.empty() ? "" : " or ") + std::string(last_part(plan_.cancel->type));
    }
    if (!failures.empty()) arrow(from, back_from(at + 1), failures);
    if (step.resent_every) arrow(from, from, "every " + seconds(*step.resent_every));
    if (at == plan_.point_of_no_return) {
      line("note right of " + from);
      line("  behind the point of no return");
      line("end note");
    }
  }

  /// What undoing leads to, when the steps before this one are to be undone.
  std::string back_from(std::size_t at) const {
    while (at-- > 0) {
      if (plan_.steps[at].undo) return id_of(plan_.steps[at].name, "undo_");
    }
    return "compensated";
  }

  void draw_way_back() {
    for (std::size_t i = plan_.steps.size(); i-- > 0;) {
      const auto& step = plan_.steps[i];
      if (!step.undo) continue;
      const auto from = id_of(step.name, "undo_");
      arrow(from, back_from(i), last_part(step.undone_by));
      arrow(from, from, "every " + seconds(plan_.undo_resent_every));
    }
    line("completed --> [*]");
    line("compensated --> [*]");
  }

  const Plan& plan_;
  std::string out_;
};

}  // namespace

std::string to_mermaid(const Plan& plan) { return Drawing(plan).draw(); }

}  // namespace waybill::saga
