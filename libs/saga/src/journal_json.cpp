#include "journal_json.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "names.hpp"
#include "store.hpp"

namespace waybill::saga {
namespace {

using Json = nlohmann::json;

constexpr Names<InputKind, 5> input_names{{{InputKind::begin, "begin"},
                                           {InputKind::answer, "answer"},
                                           {InputKind::due, "due"},
                                           {InputKind::cancel, "cancel"},
                                           {InputKind::operate, "operate"}}};

std::string quoted(std::string_view text) {
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string beginning(InputKind kind) {
  return std::string("{\"kind\":\"").append(name_in(input_names, kind)).append(1, '"');
}

}  // namespace

std::string json_of_begin(std::string_view key, const AnyData& data) {
  return beginning(InputKind::begin)
      .append(",\"key\":")
      .append(quoted(key))
      .append(",\"data\":")
      .append(data.to_text())
      .append(1, '}');
}

std::string json_of(const input::Answer& answer, const message::Envelope& envelope,
                    std::string_view payload) {
  auto out = beginning(InputKind::answer);
  out.append(",\"step\":").append(quoted(answer.step));
  out.append(",\"epoch\":").append(std::to_string(answer.epoch));
  out.append(",\"type\":").append(quoted(answer.type));
  out.append(",\"message_id\":\"").append(envelope.id.value().to_string()).append(1, '"');
  if (!payload.empty()) out.append(",\"payload\":").append(payload);
  return out.append(1, '}');
}

std::string json_of(const input::Cancel& cancel) {
  return beginning(InputKind::cancel).append(",\"by\":").append(quoted(cancel.by)).append(1, '}');
}

std::string json_of(const input::Operate& operate) {
  auto out = beginning(InputKind::operate);
  out.append(",\"order\":\"").append(to_string(operate.order));
  return out.append("\",\"by\":").append(quoted(operate.reason)).append(1, '}');
}

std::string json_of(const input::Due&) { return beginning(InputKind::due).append(1, '}'); }

std::string json_of(const Plan& plan, std::span<const Sent> sent) {
  std::string out = "[";
  for (const auto& one : sent) {
    if (out.size() > 1) out.append(1, ',');
    out.append("{\"step\":\"").append(plan.steps[one.step].name);
    out.append(one.is_undo ? "\",\"undo\":true,\"epoch\":" : "\",\"undo\":false,\"epoch\":");
    out.append(std::to_string(one.epoch));
    out.append(",\"attempt\":").append(std::to_string(one.attempt)).append(1, '}');
  }
  return out.append(1, ']');
}

JournalEntry read_line(const store::Line& line) try {
  JournalEntry entry;
  entry.saga = line.saga;
  entry.revision = line.revision;
  entry.at = line.at;
  entry.name = line.type;
  entry.version = line.version;
  entry.outcome = outcome_of(line.outcome).value();
  entry.status = status_of(line.status).value();
  entry.at_step = line.step;
  const auto input = Json::parse(line.input);
  entry.kind = value_in(input_names, input.at("kind").get_ref<const std::string&>()).value();
  entry.step = input.value("step", "");
  entry.epoch = input.value("epoch", 0U);
  entry.type = input.value("type", "");
  entry.order = input.value("order", "");
  entry.by = input.value("by", "");
  for (const auto* name : {"payload", "data"}) {
    if (const auto found = input.find(name); found != input.end()) entry.payload = found->dump();
  }
  for (const auto& sent : Json::parse(line.sent)) {
    entry.sent.push_back({sent.at("step"), sent.at("undo"), sent.at("epoch"), sent.at("attempt")});
  }
  return entry;
} catch (const std::exception& error) {
  throw std::runtime_error("revision " + std::to_string(line.revision) + " of saga " + line.saga.to_string() +
                           " stands in the journal as nobody has written it: " + error.what());
}

}  // namespace waybill::saga
