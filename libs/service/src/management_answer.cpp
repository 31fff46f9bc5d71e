#include "management_answer.hpp"

#include <nlohmann/json.hpp>
#include <utility>

namespace waybill::service {
namespace {

using Json = nlohmann::json;

/// A list of objects; nothing for anything else.
std::optional<Json> read_list(std::string_view text) {
  auto list = Json::parse(text, nullptr, false);
  if (!list.is_array()) return std::nullopt;
  for (const auto& item : list) {
    if (!item.is_object()) return std::nullopt;
  }
  return list;
}

const std::string* text_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? nullptr : found->get_ptr<const std::string*>();
}

}  // namespace

std::optional<std::vector<outbox::BrokerView::QueueLoad>> read_queues(std::string_view json) {
  const auto list = read_list(json);
  if (!list) return std::nullopt;
  std::vector<outbox::BrokerView::QueueLoad> queues;
  for (const auto& item : *list) {
    const auto* name = text_of(item, "name");
    if (name == nullptr) return std::nullopt;
    outbox::BrokerView::QueueLoad load{message::Queue{*name}, {}};
    const auto messages = item.find("messages");
    if (messages != item.end() && messages->is_number_unsigned()) {
      load.messages = messages->get<std::uint64_t>();
    }
    queues.push_back(std::move(load));
  }
  return queues;
}

std::optional<std::vector<outbox::BoundQueue>> read_bindings(std::string_view json) {
  const auto list = read_list(json);
  if (!list) return std::nullopt;
  std::vector<outbox::BoundQueue> bindings;
  for (const auto& item : *list) {
    const auto* exchange = text_of(item, "source");
    const auto* destination = text_of(item, "destination");
    const auto* type = text_of(item, "destination_type");
    const auto* key = text_of(item, "routing_key");
    if (exchange == nullptr || destination == nullptr || type == nullptr || key == nullptr) {
      return std::nullopt;
    }
    if (*type != "queue" || exchange->empty()) continue;
    bindings.push_back(
        {message::Exchange{*exchange}, message::Queue{*destination}, message::RoutingKey{*key}});
  }
  return bindings;
}

std::string percent_encoded(std::string_view name) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~";
  std::string encoded;
  for (const char byte : name) {
    if (plain.find(byte) != std::string_view::npos) {
      encoded += byte;
      continue;
    }
    const auto value = static_cast<unsigned char>(byte);
    encoded += '%';
    encoded += digits[value / 16];
    encoded += digits[value % 16];
  }
  return encoded;
}

std::string binding_body(const outbox::BoundQueue& binding) {
  return Json{{"routing_key", binding.routing_key.value()}}.dump();
}

}  // namespace waybill::service
