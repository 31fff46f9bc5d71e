#include "net/login.hpp"

#include <unistd.h>

#include <algorithm>

#include "wire/bytes.hpp"
#include "wire/header_table.hpp"

namespace waybill::amqp {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::uint16_t most_channels = 16;

void send_start_ok(Link& link, const Endpoint& endpoint, const std::string& connection_name) {
  HeaderTable capabilities;
  for (const auto name : {"publisher_confirms"sv, "consumer_cancel_notify"sv, "connection.blocked"sv,
                          "basic.nack"sv, "authentication_failure_close"sv}) {
    capabilities.add(name, true);
  }
  HeaderTable client;
  client.add("product", "Waybill"sv);
  client.add("platform", "C++"sv);
  client.add("connection_name", std::string_view{connection_name});
  client.add("capabilities", capabilities.table());

  std::string response;
  response.append(1, '\0').append(endpoint.user).append(1, '\0').append(endpoint.password);
  amqp_connection_start_ok_t start_ok{};
  start_ok.client_properties = client.table();
  start_ok.mechanism = to_bytes("PLAIN");
  start_ok.response = to_bytes(response);
  start_ok.locale = to_bytes("en_US");
  link.out().method(0, AMQP_CONNECTION_START_OK_METHOD, &start_ok);
}

// The next method of the login, or the broker's reason to refuse it.
template <class Answer>
const Answer& next(Link& link, const Endpoint& endpoint, amqp_method_number_t method,
                   base::Deadline deadline) {
  const auto answer = link.expect(0, {method, AMQP_CONNECTION_CLOSE_METHOD}, deadline);
  if (answer.id == AMQP_CONNECTION_CLOSE_METHOD) {
    const auto& close = *static_cast<const amqp_connection_close_t*>(answer.decoded);
    const auto fault = refused_login(endpoint, close.reply_code, to_string(close.reply_text));
    throw ConnectionFault(fault.trouble, fault.what);
  }
  return *static_cast<const Answer*>(answer.decoded);
}

// Zero stands for no limit of one's own.
template <class Number>
Number agreed(Number ours, Number theirs) {
  return ours == 0 || theirs == 0 ? std::max(ours, theirs) : std::min(ours, theirs);
}

}  // namespace

Fault refused_login(const Endpoint& endpoint, std::uint16_t code, const std::string& text) {
  const std::string said = " (it said: " + std::to_string(code) + " " + text + ")";
  const std::string broker = "the broker at " + endpoint.address();
  if (code == AMQP_ACCESS_REFUSED) {
    return {Trouble::login_refused,
            broker + " refused the login of user '" + endpoint.user +
                "': wrong user or password; correct them in the broker's URL, or set the "
                "password with: rabbitmqctl change_password " +
                endpoint.user + said};
  }
  const std::string host = "virtual host '" + endpoint.virtual_host + "'";
  if (code == AMQP_NOT_ALLOWED && text.find("not found") != std::string::npos) {
    return {Trouble::virtual_host, broker + " has no " + host + "; create it with: rabbitmqctl add_vhost '" +
                                       endpoint.virtual_host + "', or correct the broker's URL" + said};
  }
  if (code == AMQP_NOT_ALLOWED && text.find("limit (") != std::string::npos) {
    return {Trouble::virtual_host, broker + " takes no more connections to " + host + " of user '" +
                                       endpoint.user +
                                       "'; close some, or raise the limit with: rabbitmqctl "
                                       "set_vhost_limits or set_user_limits" +
                                       said};
  }
  if (code == AMQP_NOT_ALLOWED && text.find("is down") != std::string::npos) {
    return {Trouble::virtual_host, broker + " has " + host +
                                       ", which does not run; see the broker's log, or "
                                       "start it with: rabbitmqctl restart_vhost -p '" +
                                       endpoint.virtual_host + "'" + said};
  }
  if (code == AMQP_NOT_ALLOWED && text.find("refused for user") != std::string::npos) {
    return {Trouble::virtual_host, broker + " does not let user '" + endpoint.user + "' use " + host +
                                       "; allow it with: rabbitmqctl set_permissions -p '" +
                                       endpoint.virtual_host + "' " + endpoint.user +
                                       " '.*' '.*' '.*', or correct the broker's URL" + said};
  }
  if (code == AMQP_NOT_ALLOWED) {
    return {Trouble::virtual_host, broker + " does not open " + host + " now" + said};
  }
  return {Trouble::unreachable, broker + " ended the login" + said};
}

void log_in(Link& link, const Endpoint& endpoint, const Options& options, base::Deadline deadline) {
  link.out().protocol_header();
  next<amqp_connection_start_t>(link, endpoint, AMQP_CONNECTION_START_METHOD, deadline);
  send_start_ok(link, endpoint, options.connection_name);

  const auto tune = next<amqp_connection_tune_t>(link, endpoint, AMQP_CONNECTION_TUNE_METHOD, deadline);
  amqp_connection_tune_ok_t tune_ok{};
  tune_ok.channel_max = agreed(most_channels, tune.channel_max);
  tune_ok.frame_max = agreed(options.frame_max_bytes, tune.frame_max);
  tune_ok.heartbeat = agreed(static_cast<std::uint16_t>(options.heartbeat.count()), tune.heartbeat);
  if (options.heartbeat.count() == 0) tune_ok.heartbeat = 0;
  link.out().method(0, AMQP_CONNECTION_TUNE_OK_METHOD, &tune_ok);

  amqp_connection_open_t open{};
  open.virtual_host = to_bytes(endpoint.virtual_host);
  link.out().method(0, AMQP_CONNECTION_OPEN_METHOD, &open);
  next<amqp_connection_open_ok_t>(link, endpoint, AMQP_CONNECTION_OPEN_OK_METHOD, deadline);
  link.tune(tune_ok.frame_max, std::chrono::seconds{tune_ok.heartbeat});
}

}  // namespace waybill::amqp
