#include "accept_fixture.hpp"

#include <array>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <utility>

#include "waybill/accept/migrations.hpp"
#include "waybill/outbox/migrations.hpp"
#include "waybill/postgres/migrations.hpp"

namespace waybill::accept::testing {
namespace {

/// What a handler has, and where its answer goes.
struct Asked {
  http::Request request;
  Acceptor::Function function;
  Sharing sharing;
  std::promise<http::Response> answered;
};

boost::asio::awaitable<void> ask_acceptor(Acceptor* acceptor, std::shared_ptr<Asked> asked) {
  asked->answered.set_value(co_await acceptor->accept(asked->request, asked->function, asked->sharing));
}

}  // namespace

std::optional<std::string> field(const http::Response& answer, std::string_view name) {
  for (const auto& [its_name, value] : answer.headers) {
    if (its_name == name) return value;
  }
  return std::nullopt;
}

bool is_replayed(const http::Response& answer) { return field(answer, "Idempotency-Replayed") == "true"; }

std::string essence(const http::Response& answer) {
  std::string text = std::to_string(answer.status) + "\n" + answer.content_type + "\n";
  for (const auto& [name, value] : answer.headers) {
    if (name != "Idempotency-Replayed") text.append(name).append(": ").append(value).append("\n");
  }
  return text + answer.body;
}

std::string verdict(const http::Response& answer) {
  constexpr std::string_view before = "urn:waybill:problem:";
  auto text = std::to_string(answer.status);
  const auto at = answer.body.find(before);
  if (at == std::string::npos) return text;
  const auto name = std::string_view(answer.body).substr(at + before.size());
  return text.append(1, ' ').append(name.substr(0, name.find('"')));
}

AcceptFixture::AcceptFixture() {
  const std::array modules{outbox::migrations(), accept::migrations()};
  postgres::migrate_up(database_options(database_.url()), modules, soon());
  sql("CREATE TABLE public.effect (name text NOT NULL)");
  thread_ = runtime::Thread("loop", [this] { loop_.run(); });
}

AcceptFixture::~AcceptFixture() {
  loop_.finish();
  thread_.join();
}

postgres::Options AcceptFixture::database_options(const std::string& url, std::size_t connections) {
  postgres::Options options;
  options.url = url;
  options.connections = connections;
  options.application_name = "accept-test";
  options.allow_unsafe_durability = true;
  return options;
}

AcceptorOptions AcceptFixture::one_group() {
  AcceptorOptions options;
  options.groups = 1;
  return options;
}

http::Request AcceptFixture::request(const std::string& key, const std::string& body) {
  http::Request request;
  request.method = http::Method::post;
  request.target = "/api/v1/orders";
  request.route = "/api/v1/orders";
  request.headers.add("Content-Type", "application/json");
  if (!key.empty()) request.headers.add("Idempotency-Key", key);
  request.body = body;
  request.client = "shop";
  request.id = "request-" + key;
  return request;
}

Acceptor::Function AcceptFixture::effect(const std::string& name) {
  return [name](Scope& scope) {
    scope.tx().execute("INSERT INTO effect (name) VALUES ($1)", name);
    scope.publish(placed(name), {.subject = name});
    return http::json_response(201, "{\"id\":\"" + name + "\"}").with("Location", "/api/v1/orders/" + name);
  };
}

shop::order::v1::OrderPlaced AcceptFixture::placed(const std::string& order) {
  shop::order::v1::OrderPlaced event;
  event.set_order_id(order);
  return event;
}

Acceptor::Function AcceptFixture::counted(std::atomic<int>& runs, Acceptor::Function function) {
  return [&runs, function = std::move(function)](Scope& scope) {
    ++runs;
    return function(scope);
  };
}

Answer AcceptFixture::send(Acceptor& acceptor, http::Request request, Acceptor::Function function,
                           Sharing sharing) {
  auto asked = std::make_shared<Asked>(Asked{
      .request = std::move(request), .function = std::move(function), .sharing = sharing, .answered = {}});
  auto answer = asked->answered.get_future();
  loop_.spawn("ask", ask_acceptor(&acceptor, std::move(asked)));
  return answer;
}

http::Response AcceptFixture::ask(Acceptor& acceptor, http::Request request, Acceptor::Function function) {
  return send(acceptor, std::move(request), std::move(function)).get();
}

http::Response AcceptFixture::ask_until_answered(Acceptor& acceptor, const http::Request& request,
                                                 const Acceptor::Function& function) {
  const auto until = soon();
  for (;;) {
    auto answer = ask(acceptor, request, function);
    if ((answer.status != 409 && answer.status < 500) || until.passed()) return answer;
  }
}

std::string AcceptFixture::sql(const std::string& statement) const {
  auto text = database_.sql(statement);
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

std::int64_t AcceptFixture::count(const std::string& what) const {
  return std::stoll(sql("SELECT count(*) FROM " + what));
}

void AcceptFixture::expect_each_once() const {
  EXPECT_EQ(sql("SELECT name FROM effect GROUP BY 1 HAVING count(*) > 1"), "") << "an effect happened twice";
  EXPECT_EQ(sql("SELECT client, key FROM waybill.idempotency GROUP BY 1, 2 HAVING count(*) > 1"), "")
      << "a request was answered twice";
  EXPECT_EQ(sql("SELECT name, events FROM effect FULL JOIN (SELECT key, count(*) AS events "
                "FROM waybill.outbox GROUP BY 1) AS sent ON key = name WHERE events IS DISTINCT FROM 1 "
                "OR name IS NULL"),
            "")
      << "an effect without its event, an event without its effect, or two of them";
}

void Gate::open() {
  const std::lock_guard lock(mutex_);
  is_open_ = true;
  changed_.notify_all();
}

void Gate::pass() {
  std::unique_lock lock(mutex_);
  ++come_;
  changed_.notify_all();
  changed_.wait_for(lock, 30s, [this] { return is_open_; });
}

bool Gate::await(int come) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, 20s, [&] { return come_ >= come; });
}

Acceptor::Function Gate::before(Acceptor::Function function) {
  return [this, function = std::move(function)](Scope& scope) {
    pass();
    return function(scope);
  };
}

}  // namespace waybill::accept::testing
