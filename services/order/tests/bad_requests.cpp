#include "bad_requests.hpp"

#include <functional>
#include <nlohmann/json.hpp>
#include <utility>

namespace shop::order {
namespace {

using nlohmann::json;

const std::string orders = "/api/v1/orders";
const std::string some_id = "0190b5a8-3c00-7000-8000-00000000f001";
const std::string as_json = "Content-Type: application/json\r\n";
const std::string idempotency = "Idempotency-Key: FRESH\r\n";

std::string request(const std::string& method, const std::string& target, const std::string& fields) {
  return method + " " + target + " HTTP/1.1\r\nHost: shop\r\n" + fields;
}

std::string posted(const std::string& body, const std::string& fields = as_json + idempotency + "KEY",
                   const std::string& target = orders) {
  return request("POST", target, fields + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n") +
         body;
}

json good() {
  return {{"customer_id", "ada"},
          {"contact", {{"email", "ada@example.com"}, {"phone", "+4930123456"}, {"push_token", "device-1"}}},
          {"lines", {{{"sku", "tea"}, {"quantity", 1}}}},
          {"payment_token", "tok_ok"}};
}

/// A good order but for what `spoil` does to it.
BadRequest spoilt(std::string name, std::string pointer, const std::function<void(json&)>& spoil) {
  auto order = good();
  spoil(order);
  return {std::move(name), posted(order.dump()), 422, "body-invalid", std::move(pointer)};
}

/// The same field with many values, none of which will do.
void add_values(std::vector<BadRequest>& bad, const std::string& pointer, const std::vector<json>& values) {
  for (const auto& value : values) {
    auto order = good();
    order[json::json_pointer(pointer)] = value;
    bad.push_back({pointer + " is " + value.dump().substr(0, 40), posted(order.dump()), 422, "body-invalid",
                   "#" + pointer});
  }
}

BadRequest malformed(std::string name, const std::string& body) {
  return {std::move(name), posted(body), 400, "body-malformed", {}};
}

BadRequest no_object(std::string name, const std::string& body) {
  return {std::move(name), posted(body), 422, "body-invalid", "#"};
}

std::string nested(char open, char close, std::size_t depth) {
  return R"({"customer_id":)" + std::string(depth, open) + std::string(depth, close) + "}";
}

BadRequest read(std::string name, const std::string& target, int status, std::string problem,
                std::string field = {}) {
  return {std::move(name), request("GET", target, "KEY\r\n"), status, std::move(problem), std::move(field)};
}

}  // namespace

std::vector<BadRequest> bad_orders() {
  std::vector<BadRequest> bad;
  for (const auto* field : {"customer_id", "lines", "payment_token"}) {
    bad.push_back(spoilt(std::string("no ") + field, std::string("#/") + field,
                         [&](json& order) { order.erase(field); }));
  }
  for (const auto* field : {"sku", "quantity"}) {
    bad.push_back(spoilt(std::string("a line without ") + field, std::string("#/lines/0/") + field,
                         [&](json& order) { order["lines"][0].erase(field); }));
  }
  add_values(bad, "/customer_id",
             {nullptr, 7, true, json::array(), json::object(), "", " ", "a b", "ada\n", "ä", "-ada", "../etc",
              "<script>", std::string(65, 'a'), "' OR 1=1 --"});
  add_values(bad, "/payment_token",
             {nullptr, 7, false, json::array(), "", "tok ok", std::string("tok\0", 4), std::string(129, 't'),
              "tok;drop", "tök"});
  add_values(bad, "/contact", {nullptr, "ada@example.com", 1, json::array()});
  add_values(bad, "/contact/email",
             {nullptr, 1, "", "ada", "@", "a@", "@b", "a@b@c", "a b@c", "a@b\r\nBcc: all@c", "<a@b>", "a,b@c",
              "(a)@b", std::string(250, 'a') + "@b.de"});
  add_values(bad, "/contact/phone",
             {nullptr, 4930123456, "", "4930123456", "+0301234567", "+49 30 123", "+49x30123456", "+1",
              "+12345678901234567"});
  add_values(bad, "/contact/push_token", {nullptr, 1, "", "a b", std::string(129, 'p'), "p/q"});
  add_values(bad, "/lines", {nullptr, "tea", 1, json::object(), json::array()});
  add_values(bad, "/lines/0", {nullptr, "tea", 1, json::array()});
  add_values(bad, "/lines/0/sku",
             {nullptr, 1, "", " ", "t ea", "te\ta", "-tea", "tea/1", "%20", std::string(65, 't'),
              std::string("tea\0", 4), "'; DELETE FROM orders; --"});
  add_values(bad, "/lines/0/quantity",
             {nullptr, 0, -1, 10'001, 4'294'967'296, -9'223'372'036'854'775'807, 1.0, 1.5, "1", true,
              json::array(), json::object()});
  bad.push_back(spoilt("a price, which is the inventory's to say", "#/lines/0/unit_price",
                       [](json& order) { order["lines"][0]["unit_price"] = 1; }));
  for (const auto* field : {"total", "status", "id", "client", "customerId", "__proto__"}) {
    bad.push_back(spoilt(std::string("an unknown field ") + field, std::string("#/") + field,
                         [&](json& order) { order[field] = "x"; }));
  }
  bad.push_back(spoilt("an unknown way to reach them", "#/contact/fax",
                       [](json& order) { order["contact"]["fax"] = "+4930123456"; }));
  bad.push_back(spoilt("the same goods twice", "#/lines/1/sku",
                       [](json& order) { order["lines"].push_back(order["lines"][0]); }));
  bad.push_back(spoilt("a thousand lines", "#/lines", [](json& order) {
    for (int n = 0; n < 999; ++n)
      order["lines"].push_back({{"sku", "s" + std::to_string(n)}, {"quantity", 1}});
  }));
  bad.push_back(spoilt("a hundred and one lines", "#/lines", [](json& order) {
    for (int n = 0; n < 100; ++n)
      order["lines"].push_back({{"sku", "s" + std::to_string(n)}, {"quantity", 1}});
  }));
  return bad;
}

std::vector<BadRequest> bad_json() {
  const auto whole = good().dump();
  return {
      malformed("no body", ""),
      malformed("only space", "   "),
      no_object("no object", "[]"),
      no_object("a text", R"("order")"),
      no_object("a number", "1"),
      no_object("null", "null"),
      malformed("half of one", whole.substr(0, whole.size() / 2)),
      malformed("all but the end", whole.substr(0, whole.size() - 1)),
      malformed("something behind it", whole + "x"),
      malformed("two of them", whole + whole),
      malformed("a comma too many", R"({"customer_id":"ada",})"),
      malformed("single quotes", "{'customer_id':'ada'}"),
      malformed("names without quotes", "{customer_id:1}"),
      malformed("a comment", "{/* */}"),
      malformed("NaN", R"({"customer_id":NaN})"),
      malformed("a number with a zero before it", R"({"customer_id":01})"),
      malformed("a plus sign", R"({"customer_id":+1})"),
      malformed("hexadecimal", R"({"customer_id":0x1})"),
      malformed("a name twice", R"({"customer_id":"ada","customer_id":"bob"})"),
      malformed("a name twice, once escaped", R"({"customer_id":"ada","customer_\u0069d":"bob"})"),
      malformed("a name twice in a line", R"({"lines":[{"sku":"a","sku":"b"}]})"),
      malformed("a byte that is no UTF-8", "{\"customer_id\":\"\xff\"}"),
      malformed("an overlong form", "{\"customer_id\":\"\xc0\xaf\"}"),
      malformed("a surrogate in UTF-8", "{\"customer_id\":\"\xed\xa0\x80\"}"),
      malformed("half a surrogate pair", R"({"customer_id":"\ud800"})"),
      malformed("a byte order mark", "\xef\xbb\xbf" + whole),
      malformed("UTF-16", std::string("{\0}\0", 4)),
      malformed("a control character", "{\"customer_id\":\"a\x01\"}"),
      malformed("a line break in a text", "{\"customer_id\":\"a\nb\"}"),
      malformed("an escape that is none", R"({"customer_id":"\x"})"),
      malformed("nested lists", nested('[', ']', 10'000)),
      malformed("nested lists that do not end", R"({"customer_id":)" + std::string(30'000, '[')),
      malformed("nested objects that do not end",
                [] {
                  std::string bomb;
                  for (int n = 0; n < 5'000; ++n) bomb += R"({"a":)";
                  return bomb;
                }()),
      malformed(
          "a wide bomb", R"({"lines":[)" +
                             [] {
                               std::string items;
                               for (int n = 0; n < 25'000; ++n) items += "0,";
                               return items;
                             }() +
                             "0]}"),
  };
}

std::vector<BadRequest> bad_envelopes() {
  const auto body = good().dump();
  const auto length = "Content-Length: " + std::to_string(body.size()) + "\r\n";
  const auto cancel = orders + "/" + some_id + "/cancel";
  return {
      {"no key", posted(body, as_json + idempotency), 401, "unauthorized"},
      {"an unknown key", posted(body, as_json + idempotency + "X-API-Key: wb_shop_nothing\r\n"), 401,
       "unauthorized"},
      {"two keys", posted(body, as_json + idempotency + "KEYX-API-Key: wb_shop_nothing\r\n"), 400,
       "key-ambiguous"},
      {"no idempotency key", posted(body, as_json + "KEY"), 400, "idempotency-key-missing",
       "header: Idempotency-Key"},
      {"an empty idempotency key", posted(body, as_json + "KEYIdempotency-Key: \r\n"), 400,
       "idempotency-key-"},
      {"a long idempotency key",
       posted(body, as_json + "KEYIdempotency-Key: " + std::string(300, 'k') + "\r\n"), 400,
       "idempotency-key-invalid"},
      {"no content type", posted(body, idempotency + "KEY"), 415, "content-type-unknown"},
      {"XML", posted("<order/>", "Content-Type: application/xml\r\n" + idempotency + "KEY"), 415,
       "content-type-unknown"},
      {"a form", posted("a=b", "Content-Type: application/x-www-form-urlencoded\r\n" + idempotency + "KEY"),
       415, "content-type-unknown"},
      {"another charset",
       posted(body, "Content-Type: application/json; charset=utf-16\r\n" + idempotency + "KEY"), 415,
       "content-type-unknown"},
      {"a compressed body", posted(body, as_json + idempotency + "KEYContent-Encoding: gzip\r\n"), 415,
       "content-type-unknown"},
      {"more than it takes", posted(R"({"customer_id":")" + std::string(70'000, 'a') + "\"}"), 413,
       "body-too-large"},
      {"the announcement of a gigabyte",
       request("POST", orders, as_json + idempotency + "KEYContent-Length: 1073741824\r\n\r\n"), 413,
       "body-too-large"},
      {"PUT", request("PUT", orders, "KEY\r\n"), 405, "method-not-allowed"},
      {"DELETE of an order", request("DELETE", orders + "/" + some_id, "KEY\r\n"), 405, "method-not-allowed"},
      {"PATCH of an order", request("PATCH", orders + "/" + some_id, "KEY\r\n"), 405, "method-not-allowed"},
      {"GET of a cancellation", request("GET", cancel, "KEY\r\n"), 405, "method-not-allowed"},
      {"GET with a body", request("GET", orders, "KEYContent-Length: 2\r\n\r\n{}"), 400, "body-unexpected"},
      {"the cancellation of nobody's order", posted("", as_json + idempotency + "KEY", cancel), 404,
       "order-unknown"},
      {"the cancellation of what is no id", posted("", as_json + idempotency + "KEY", orders + "/1/cancel"),
       404, "order-unknown"},
      {"a cancellation with a reason", posted(R"({"why":"x"})", as_json + idempotency + "KEY", cancel), 422,
       "body-invalid", "#"},
      {"a length beside chunks",
       request("POST", orders,
               as_json + idempotency + "KEY" + length + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
       400, "request-malformed"},
      {"two lengths",
       request("POST", orders, as_json + idempotency + "KEY" + length + length + "\r\n") + body, 400,
       "request-malformed"},
      {"a negative length", request("POST", orders, as_json + idempotency + "KEYContent-Length: -1\r\n\r\n"),
       400, "request-malformed"},
      {"an obscure encoding",
       request("POST", orders, as_json + idempotency + "KEYTransfer-Encoding: xchunked\r\n\r\n"), 501,
       "transfer-encoding-unknown"},
      {"a folded field", request("GET", orders, "KEYX-Fold: a\r\n b\r\n\r\n"), 400, "request-malformed"},
      {"a space before the colon", request("GET", orders, "KEYX-Space : a\r\n\r\n"), 400,
       "request-malformed"},
      {"lone line feeds", "GET " + orders + " HTTP/1.1\nHost: shop\n\n", 400, "request-malformed"},
      {"a request within a chunk's size",
       request("POST", orders,
               as_json + idempotency + "KEYTransfer-Encoding: chunked\r\n\r\n1;a=\"\n\"\r\nx\r\n0\r\n\r\n"),
       400, "request-malformed"},
      {"no host", "GET " + orders + " HTTP/1.1\r\n\r\n", 400, "request-malformed"},
      {"another protocol", "\x16\x03\x01\x02\x01\r\n\r\n", 400, "request-malformed"},
      {"fields without end", request("GET", orders, "X-Long: " + std::string(9'000, 'x') + "\r\n\r\n"), 431,
       "headers-too-large"},
  };
}

std::vector<BadRequest> bad_reads() {
  const auto order = orders + "/";
  return {
      read("an order that is not there", order + some_id, 404, "order-unknown"),
      read("an id that is none", order + "1", 404, "order-unknown"),
      read("an id with a quote", order + "'", 404, "order-unknown"),
      read("the timeline of nobody's order", order + some_id + "/timeline", 404, "order-unknown"),
      read("the stream of nobody's order", order + some_id + "/stream", 404, "order-unknown"),
      read("an escape that is no UTF-8", order + "%ff", 400, "path-invalid"),
      read("an escape of nothing", order + "%0", 400, "path-invalid"),
      read("a control character", order + "%00", 400, "path-invalid"),
      read("a path that is not there", "/api/v1/order", 404, "not-found"),
      read("a slash too many", orders + "/", 404, "not-found"),
      read("a limit of none", orders + "?limit=0", 400, "query-invalid", "query: limit"),
      read("a limit of too many", orders + "?limit=201", 400, "query-invalid", "query: limit"),
      read("a limit that is no number", orders + "?limit=ten", 400, "query-invalid", "query: limit"),
      read("a limit twice", orders + "?limit=1&limit=2", 400, "query-invalid", "query: limit"),
      read("a status that is none", orders + "?status=shipped", 400, "query-invalid", "query: status"),
      read("an empty customer", orders + "?customer_id=", 400, "query-invalid", "query: customer_id"),
      read("an unknown filter", orders + "?customer=ada", 400, "query-invalid", "query: customer"),
      read("a cursor that is none", orders + "?cursor=abc", 400, "query-invalid", "query: cursor"),
      read("a parameter of one order", order + some_id + "?deep=1", 400, "query-invalid", "query: deep"),
      read("a parameter of a timeline", order + some_id + "/timeline?from=2", 400, "query-invalid",
           "query: from"),
      {"a parameter of a new order",
       posted(good().dump(), as_json + idempotency + "KEY", orders + "?dry_run=1"), 400, "query-invalid",
       "query: dry_run"},
      {"a parameter of a cancellation",
       posted("", idempotency + "KEY", order + some_id + "/cancel?reason=late"), 400, "query-invalid",
       "query: reason"},
      read("a parameter of a stream", order + some_id + "/stream?from=2", 400, "query-invalid",
           "query: from"),
      read("a query that is no UTF-8", orders + "?customer_id=%ff", 400, "query-invalid"),
  };
}

}  // namespace shop::order
