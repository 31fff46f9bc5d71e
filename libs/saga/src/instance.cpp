#include "waybill/saga/instance.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "names.hpp"
#include "waybill/base/timestamp.hpp"
#include "waybill/base/utf8.hpp"

namespace waybill::saga {
namespace {

using Json = nlohmann::json;

constexpr Names<Status, 5> status_names{{{Status::running, "running"},
                                         {Status::compensating, "compensating"},
                                         {Status::completed, "completed"},
                                         {Status::compensated, "compensated"},
                                         {Status::abandoned, "abandoned"}}};
constexpr Names<StepStatus, 7> step_names{{{StepStatus::waiting, "waiting"},
                                           {StepStatus::begun, "begun"},
                                           {StepStatus::done, "done"},
                                           {StepStatus::refused, "refused"},
                                           {StepStatus::undoing, "undoing"},
                                           {StepStatus::undone, "undone"},
                                           {StepStatus::left, "left"}}};
constexpr Names<CauseKind, 5> cause_names{{{CauseKind::none, "none"},
                                           {CauseKind::refused, "refused"},
                                           {CauseKind::timed_out, "timed_out"},
                                           {CauseKind::cancelled, "cancelled"},
                                           {CauseKind::by_operator, "by_operator"}}};

template <class E, std::size_t n>
E read_name(const Names<E, n>& names, const Json& json) {
  const auto& text = json.get_ref<const std::string&>();
  if (const auto value = value_in(names, text)) return *value;
  throw std::runtime_error("'" + text + "' is none of the words for it");
}

base::WallTime read_time(const Json& json) {
  if (const auto time = base::parse_timestamp(json.get_ref<const std::string&>())) return *time;
  throw std::runtime_error("'" + json.dump() + "' is no time");
}

// Written by hand, without a tree: all but the data are words of ours and numbers.
void append_step(std::string& out, const std::string& name, const StepState& step) {
  out.append(1, '"').append(name).append("\":{\"status\":\"").append(to_string(step.status));
  out.append("\",\"epoch\":").append(std::to_string(step.epoch));
  out.append(",\"attempts\":").append(std::to_string(step.attempts));
  out.append(",\"since\":\"").append(base::format_timestamp(step.since));
  if (step.sent_at != step.since) out.append("\",\"sent\":\"").append(base::format_timestamp(step.sent_at));
  out.append("\"}");
}

std::uint32_t read_count(const Json& json) {
  const auto count = json.is_number_unsigned() ? json.get<std::uint64_t>() : std::uint64_t{1} << 32;
  if (count >> 32 != 0) throw std::runtime_error("'" + json.dump() + "' is no count");
  return static_cast<std::uint32_t>(count);
}

StepState read_step(const Json& json) {
  StepState step;
  step.status = read_name(step_names, json.at("status"));
  step.epoch = read_count(json.at("epoch"));
  step.attempts = read_count(json.at("attempts"));
  step.since = read_time(json.at("since"));
  const auto sent = json.find("sent");
  step.sent_at = sent == json.end() ? step.since : read_time(*sent);
  return step;
}

/// advance() relies on it that one step is under way, and no other, while a saga is.
void require_one_under_way(const Plan& plan, const Instance& instance) {
  const bool is_abandoned = instance.status == Status::abandoned;
  if (is_abandoned != instance.before_abandoned.has_value()) {
    throw std::runtime_error("'before' says what an abandoned saga was, and stands with no other");
  }
  const auto status = instance.before_abandoned.value_or(instance.status);
  if (is_abandoned && has_ended(status)) throw std::runtime_error("what has ended is not abandoned");
  for (std::size_t i = 0; i < instance.steps.size(); ++i) {
    const auto its_status = instance.steps[i].status;
    const bool is_begun = i == instance.at && status == Status::running;
    const bool is_undoing = i == instance.at && status == Status::compensating;
    if ((its_status == StepStatus::begun) != is_begun || (its_status == StepStatus::undoing) != is_undoing) {
      throw std::runtime_error("step '" + plan.steps[i].name + "' is " + std::string(to_string(its_status)) +
                               " while the saga is " + std::string(to_string(status)) + " at step '" +
                               plan.steps[instance.at].name + "'");
    }
    if (is_undoing && !plan.steps[i].undo) {
      throw std::runtime_error("step '" + plan.steps[i].name + "' is undoing, and has no undo");
    }
  }
}

/// What people wrote, as jsonb can keep it.
std::string as_json(std::string_view text) { return Json(base::storable(text)).dump(); }

}  // namespace

std::string_view to_string(Status status) { return name_in(status_names, status); }
std::string_view to_string(StepStatus status) { return name_in(step_names, status); }
std::optional<Status> status_of(std::string_view text) { return value_in(status_names, text); }

bool stand_alike(const Instance& one, const Instance& other) {
  return one.status == other.status && one.at == other.at && one.steps == other.steps &&
         one.cause == other.cause && one.turns_forward == other.turns_forward &&
         one.stays_undone == other.stays_undone && one.needs_operator == other.needs_operator &&
         one.before_abandoned == other.before_abandoned && one.deadline == other.deadline;
}

std::string write_state(const Plan& plan, const Instance& instance) {
  return write_state(plan, instance, instance.data.to_text());
}

std::string write_state(const Plan& plan, const Instance& instance, std::string_view data) {
  std::string out = "{\"at\":\"" + plan.steps.at(instance.at).name + "\",\"steps\":{";
  bool is_first = true;
  for (std::size_t i = 0; i < instance.steps.size(); ++i) {
    if (instance.steps[i].status == StepStatus::waiting) continue;
    if (!std::exchange(is_first, false)) out.append(1, ',');
    append_step(out, plan.steps[i].name, instance.steps[i]);
  }
  out.append(1, '}');
  if (instance.cause.kind != CauseKind::none) {
    out.append(",\"cause\":{\"kind\":\"").append(to_string(instance.cause.kind));
    out.append("\",\"step\":\"").append(instance.cause.step);
    out.append("\",\"text\":").append(as_json(instance.cause.text)).append(1, '}');
  }
  if (instance.turns_forward) out.append(",\"turns_forward\":true");
  if (instance.stays_undone) out.append(",\"stays_undone\":true");
  if (instance.before_abandoned) {
    out.append(",\"before\":\"").append(to_string(*instance.before_abandoned)).append(1, '"');
  }
  return out.append(",\"data\":").append(data).append(1, '}');
}

Instance read_state(const Plan& plan, Status status, std::optional<base::WallTime> deadline,
                    std::string needs_operator, std::string_view state) try {
  Instance instance;
  instance.status = status;
  instance.deadline = deadline;
  instance.needs_operator = std::move(needs_operator);
  instance.steps.resize(plan.steps.size());
  const auto json = Json::parse(state);
  const auto index_of = [&](const std::string& name) {
    if (const auto index = plan.step(name)) return *index;
    throw std::runtime_error("the definition has no step '" + name + "'");
  };
  instance.at = index_of(json.at("at").get_ref<const std::string&>());
  for (const auto& [name, step] : json.at("steps").items()) instance.steps[index_of(name)] = read_step(step);
  if (const auto cause = json.find("cause"); cause != json.end()) {
    instance.cause = {read_name(cause_names, cause->at("kind")), cause->at("step").get<std::string>(),
                      cause->at("text").get<std::string>()};
  }
  instance.turns_forward = json.value("turns_forward", false);
  instance.stays_undone = json.value("stays_undone", false);
  if (const auto before = json.find("before"); before != json.end()) {
    instance.before_abandoned = read_name(status_names, *before);
  }
  require_one_under_way(plan, instance);
  instance.data = plan.read_data(json.at("data"));
  return instance;
} catch (const std::exception& error) {
  throw std::runtime_error("a saga of '" + plan.name + "', version " + std::to_string(plan.version) +
                           ", holds a state that cannot be read: " + error.what());
}

}  // namespace waybill::saga
