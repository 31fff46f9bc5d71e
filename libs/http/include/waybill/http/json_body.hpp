#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "waybill/http/json_object.hpp"
#include "waybill/http/problem.hpp"

namespace waybill::http {

struct JsonOptions {
  std::size_t depth = 16;       ///< objects and lists within each other
  std::size_t values = 20'000;  ///< in the whole body
  /// Names of fields, at whatever depth, whose values no problem shows.
  std::vector<std::string_view> secrets{};
};

/// A request's body: one JSON object, read strictly, field by field.
///
///   http::JsonBody body(request.body);
///   PlaceOrder order;
///   order.customer = body.text("customer_id", {.min = 1, .max = 64});
///   order.lines = body.list<Line>("lines", {.min = 1, .max = 100}, [](http::JsonObject& line) {
///     return Line{.sku = line.text("sku", {1, 64}), .quantity = line.integer("quantity", 1, 1000)};
///   });
///   order.note = body.optional_text("note", {0, 500});
///   if (auto problem = body.problem()) return http::to_response(*problem);
///
/// Promises: what is read is exactly what was sent, or there is a problem. JSON is RFC 8259's and nothing
/// more: valid UTF-8, no byte order mark, no unpaired surrogates, each name once in an object however it is
/// escaped, nothing behind the object. Time and memory are bounded by the body's size and the options, and no
/// depth takes stack. A problem shows at most 24 printable characters of a value, and nothing of a secret
/// one. Does not promise: numbers other than whole ones of 64 bits, which no field takes. Concurrency: one
/// thread. The text outlives it.
class JsonBody : public JsonObject {
 public:
  explicit JsonBody(std::string_view text, const JsonOptions& options = {});
  /// A text that is gone with the statement would be read after its end.
  template <class Text>
    requires std::same_as<Text, std::string>
  explicit JsonBody(Text&&, const JsonOptions& = {}) = delete;
  ~JsonBody();
  JsonBody(JsonBody&&) noexcept;
  JsonBody& operator=(JsonBody&&) noexcept;

  /// All that is wrong, once everything has been asked for; up to 20 fields, and how many more there are. 400
  /// "body-malformed", with line, column and byte, where it is not JSON; 422 "body-invalid" where it is.
  [[nodiscard]] std::optional<Problem> problem() const;

  /// The same for a file that a process is given: "keys.json:7: #/keys/0/scopes is missing; …".
  [[nodiscard]] std::vector<std::string> problem_lines(std::string_view path) const;

 private:
  explicit JsonBody(std::unique_ptr<JsonReading> reading);
  std::unique_ptr<JsonReading> reading_;
};

}  // namespace waybill::http
