#include "management.hpp"

#include <stdexcept>

#include "http_client.hpp"

namespace waybill::servers {
namespace {

std::string text_of(const nlohmann::json& body) { return body.is_null() ? std::string{} : body.dump(); }

[[noreturn]] void refuse(const ServerUrl& server, const std::string& method, const std::string& target,
                         const HttpAnswer& answer) {
  throw std::runtime_error("RabbitMQ's management API at " + server.host + ":" + std::to_string(server.port) +
                           " answers " + std::to_string(answer.status) + " to " + method + " " + target +
                           ": " + answer.body);
}

}  // namespace

nlohmann::json Management::call(const std::string& method, const std::string& target,
                                const nlohmann::json& body) const {
  const auto answer = http_request(server_, method, target, text_of(body));
  if (answer.status < 200 || answer.status > 299) refuse(server_, method, target, answer);
  return answer.body.empty() ? nlohmann::json{} : nlohmann::json::parse(answer.body);
}

void Management::remove_if_there(const std::string& target) const {
  const auto answer = http_request(server_, "DELETE", target, {});
  if (answer.status != 404 && (answer.status < 200 || answer.status > 299))
    refuse(server_, "DELETE", target, answer);
}

std::string path(std::initializer_list<std::string_view> segments) {
  std::string path = "/api";
  for (const auto segment : segments) path += "/" + percent_encoded(segment);
  return path;
}

}  // namespace waybill::servers
