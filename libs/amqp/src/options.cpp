#include "waybill/amqp/options.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace waybill::amqp {
namespace {

constexpr std::size_t brokers_largest_message = 128 * 1024 * 1024;
constexpr std::uint32_t smallest_frame = 4'096;
constexpr std::uint32_t largest_frame = 16 * 1024 * 1024;

void require(bool holds, const std::string& otherwise) {
  if (!holds) throw std::invalid_argument(otherwise);
}

void require_readable(const std::string& file, const std::string& option) {
  if (file.empty()) return;
  errno = 0;
  const bool is_readable = std::ifstream{file}.good();
  const std::string why = std::strerror(errno);
  require(is_readable, "amqp: " + option + " '" + file + "' cannot be read: " + why +
                           "; name a PEM file that this user may read");
}

void check(const TlsFiles& tls) {
  require(tls.certificate.empty() == tls.key.empty(),
          "amqp: tls.certificate and tls.key belong together: give both or neither");
  require_readable(tls.authority, "tls.authority");
  require_readable(tls.certificate, "tls.certificate");
  require_readable(tls.key, "tls.key");
}

}  // namespace

Options Options::for_urls(std::initializer_list<std::string_view> urls) {
  Options options;
  options.endpoints.clear();
  for (const auto url : urls) options.endpoints.push_back(parse_url(url).value());
  return options;
}

void check(const Options& options) {
  require(!options.endpoints.empty(), "amqp: no endpoint is given; name at least one broker");
  for (const auto& endpoint : options.endpoints) {
    require(endpoint.user.size() <= 255 && endpoint.virtual_host.size() <= 255,
            "amqp: the user and the virtual host of " + endpoint.address() + " may have 255 bytes at most");
  }
  for (const auto& endpoint : options.endpoints) {
    require(endpoint.password.size() <= 2'048,
            "amqp: the password for " + endpoint.address() + " may have 2048 bytes at most");
  }
  check(options.tls);
  require(options.connection_name.size() <= 255, "amqp: connection_name may have 255 bytes at most");
  require(
      options.heartbeat.count() >= 0 && options.heartbeat.count() <= 65'535,
      "amqp: heartbeat is " + std::to_string(options.heartbeat.count()) + " s; it takes 0 (none) to 65535");
  require(options.answer_timeout.count() > 0, "amqp: answer_timeout must be more than nothing");
  require(options.backoff.initial.count() > 0 && options.backoff.maximum >= options.backoff.initial,
          "amqp: backoff needs 0 < initial <= maximum");
  require(options.max_message_bytes <= brokers_largest_message,
          "amqp: max_message_bytes is " + std::to_string(options.max_message_bytes) +
              "; the broker takes 134217728 (128 MiB) at most");
  require(
      options.frame_max_bytes >= smallest_frame && options.frame_max_bytes <= largest_frame,
      "amqp: frame_max_bytes is " + std::to_string(options.frame_max_bytes) + "; it takes 4096 to 16777216");
}

}  // namespace waybill::amqp
