#include "waybill/service/management_bindings.hpp"

#include <boost/asio/awaitable.hpp>
#include <stdexcept>
#include <utility>

#include "management_answer.hpp"
#include "waybill/outbound/fault.hpp"
#include "waybill/outbound/http_client.hpp"
#include "waybill/runtime/event_loop.hpp"
#include "waybill/runtime/url.hpp"

namespace waybill::service {
namespace {

using boost::asio::awaitable;
using outbox::CannotSee;

outbound::Options client_options(const ManagementOptions& options) {
  outbound::Options client;
  client.name = "management";
  client.connections.total = client.connections.per_host = 2;
  client.messages.response_body_bytes = 16 * 1024 * 1024;
  client.tls = options.tls;
  return client;
}

std::string base_of(const std::string& url) {
  const auto parsed = runtime::Url::parse(url);
  if (!parsed) {
    throw std::invalid_argument("the management API's URL " + parsed.error().why());
  }
  if (parsed->scheme != "http" && parsed->scheme != "https") {
    throw std::invalid_argument("the management API's URL has to begin with http:// or https://");
  }
  return url.ends_with('/') ? url.substr(0, url.size() - 1) : url;
}

}  // namespace

struct ManagementBindings::Api {
  Api(runtime::EventLoop& loop, const ManagementOptions& options)
      : base(base_of(options.url) + "/api"),
        virtual_host(percent_encoded(options.virtual_host)),
        client(loop.executor(), client_options(options)) {}

  const std::string base;
  const std::string virtual_host;
  outbound::HttpClient client;

  struct Answer {
    bool is_right = false;
    std::string text;  // the body, or why it is not right
  };

  awaitable<Answer> ask(outbound::Request request, int expected, base::Deadline deadline) {
    try {
      auto response = co_await client.send(std::move(request), deadline);
      if (response.status == expected) co_return Answer{true, std::move(response.body)};
      co_return Answer{false, "the management API answered " + std::to_string(response.status) +
                                  "; see that its user has the tag 'management' and rights in the virtual "
                                  "host, and that the virtual host is there"};
    } catch (const outbound::Fault& fault) {
      co_return Answer{false, fault.what()};
    }
  }

  outbound::Request listing(const std::string& what, const std::string& columns) const {
    outbound::Request request;
    request.url = base + "/" + what + "/" + virtual_host + "?columns=" + columns;
    return request;
  }

  static awaitable<void> look(std::shared_ptr<Api> api, base::Deadline deadline, Looked done) {
    auto request = api->listing("queues", "name,messages");
    auto answer = co_await api->ask(std::move(request), 200, deadline);
    if (!answer.is_right) co_return done(CannotSee{std::move(answer.text)});
    auto queues = read_queues(answer.text);
    request = api->listing("bindings", "source,destination,destination_type,routing_key");
    answer = co_await api->ask(std::move(request), 200, deadline);
    if (!answer.is_right) co_return done(CannotSee{std::move(answer.text)});
    auto bindings = read_bindings(answer.text);
    if (!queues || !bindings) {
      co_return done(CannotSee{"the management API answered with something else than RabbitMQ's lists"});
    }
    done(outbox::BrokerView{*std::move(queues), *std::move(bindings)});
  }

  static awaitable<void> bind(std::shared_ptr<Api> api, outbox::BoundQueue binding, base::Deadline deadline,
                              Bound done) {
    outbound::Request request;
    request.method = outbound::Method::post;
    request.url = api->base + "/bindings/" + api->virtual_host + "/e/" +
                  percent_encoded(binding.exchange.value()) + "/q/" + percent_encoded(binding.queue.value());
    request.headers.push_back({"Content-Type", "application/json"});
    request.body = binding_body(binding);
    auto answer = co_await api->ask(std::move(request), 201, deadline);
    if (answer.is_right) co_return done(std::nullopt);
    done(CannotSee{std::move(answer.text)});
  }
};

ManagementBindings::ManagementBindings(runtime::EventLoop& loop, ManagementOptions options)
    : loop_(loop), api_(std::make_shared<Api>(loop, options)) {}

ManagementBindings::~ManagementBindings() { api_->client.close(); }

void ManagementBindings::look(base::Deadline deadline, Looked done) {
  loop_.spawn("bindings", Api::look(api_, deadline, std::move(done)));
}

void ManagementBindings::bind(outbox::BoundQueue binding, base::Deadline deadline, Bound done) {
  loop_.spawn("bindings", Api::bind(api_, std::move(binding), deadline, std::move(done)));
}

}  // namespace waybill::service
