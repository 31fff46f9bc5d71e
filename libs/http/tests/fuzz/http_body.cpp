#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "base64url.hpp"
#include "cursor.hpp"
#include "fuzz_input.hpp"
#include "keys/key_file.hpp"
#include "keys/key_text.hpp"
#include "percent.hpp"
#include "precondition.hpp"
#include "same_json.hpp"
#include "waybill/base/ensure.hpp"
#include "waybill/base/utf8.hpp"
#include "waybill/http/api_keys.hpp"
#include "waybill/http/entity_tag.hpp"
#include "waybill/http/json_body.hpp"
#include "waybill/http/query.hpp"

namespace waybill::http {
namespace {

using nlohmann::json;

/// What a handler might read.
struct Everything {
  std::string text;
  std::int64_t integer = 0;
  std::vector<std::string> texts;
  std::vector<std::int64_t> lines;
};

Everything read_everything(JsonBody& body) {
  Everything read;
  read.text = body.text("text", {.min = 1, .max = 20});
  read.integer = body.integer("integer", -1000, 1000);
  (void)body.optional_boolean("boolean");
  (void)body.optional_uuid("uuid");
  (void)body.optional_one_of<int>("word", {{"one", 1}, {"two", 2}});
  (void)body.optional_integer("secret", 0, 99'999);
  read.texts =
      body.optional_texts("texts", {0, 3}, {.max = 10, .lines = true}).value_or(std::vector<std::string>{});
  const auto line = [](JsonObject& inner) { return inner.integer("n/~", 0, 9); };
  read.lines = body.optional_list<std::int64_t>("lines", {1, 30}, line).value_or(std::vector<std::int64_t>{});
  (void)body.optional_object<std::int64_t>("object", line);
  return read;
}

/// The pointer as RFC 6901 writes it outside of a URL.
std::string plain_pointer(const std::string& fragment) {
  ENSURE(fragment.starts_with('#'), "a pointer is a fragment");
  const bool is_of_a_url = std::ranges::all_of(fragment, [](char c) { return c > ' ' && c < '\x7F'; });
  ENSURE(is_of_a_url, "a pointer is escaped");
  // Not by percent_decoded(): names may have control characters, which are none of a path or a query.
  std::string plain;
  for (std::size_t at = 1; at < fragment.size(); ++at) {
    if (fragment[at] != '%') {
      plain.push_back(fragment[at]);
      continue;
    }
    plain.push_back(static_cast<char>(std::stoi(fragment.substr(at + 1, 2), nullptr, 16)));
    at += 2;
  }
  return plain;
}

void check_pointer(const std::string& fragment, const json& document) {
  const json::json_pointer pointer(plain_pointer(fragment));
  ENSURE(pointer.empty() || document.contains(pointer.parent_pointer()), "a pointer leads to what there is");
}

std::size_t times_in(std::string_view text, std::string_view part) {
  std::size_t times = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++times;
  return times;
}

void check_secret(std::string_view text, const std::string& told, const json& document) {
  const auto secret = document.is_object() && document.contains("secret") ? document["secret"].dump() : "";
  const bool is_there_once = secret.size() >= 8 &&
                             secret.find_first_not_of("0123456789") == std::string::npos &&
                             times_in(text, secret) == 1 && text.find('\\') == std::string_view::npos;
  ENSURE(!is_there_once || told.find(secret) == std::string::npos, "no problem shows a secret");
}

void check_read(const Everything& read, const json& document) {
  ENSURE(!document.is_discarded(), "what is read without a problem is JSON");
  ENSURE(document["text"] == read.text && document["integer"] == read.integer, "it is read as it was sent");
  ENSURE(document.value("texts", std::vector<std::string>{}) == read.texts,
         "lists are read as they were sent");
  for (std::size_t i = 0; i < read.lines.size(); ++i) {
    ENSURE(document["lines"][i]["n/~"] == read.lines[i], "lists are read as they were sent");
  }
  ENSURE(document.size() <= 9, "nothing is passed over");
}

void check_body(std::string_view text) {
  JsonBody body(text, {.values = 5'000, .secrets = {"secret"}});
  const auto read = read_everything(body);
  const auto problem = body.problem();
  const auto document = json::parse(text, nullptr, false);
  if (!problem) return check_read(read, document);
  const auto told = to_json(*problem);
  ENSURE(!json::parse(told, nullptr, false).is_discarded(), "a problem is JSON");
  ENSURE(problem->errors.size() <= 20 && !problem->detail.empty(), "a problem says what, and is short");
  ENSURE((problem->status == 400) == problem->errors.empty(), "what is no JSON has no fields");
  for (const auto& error : problem->errors) {
    ENSURE(error.detail.size() < 400, "a detail is short");
    // The other parser refuses what is beyond its numbers, and then knows no places.
    if (!document.is_discarded()) check_pointer(error.pointer, document);
  }
  check_secret(text, told, document);
  ENSURE(!body.problem_lines("f").empty(), "a file has the same problems");
}

void check_query(std::string_view text) {
  Query query(text);
  const auto parameters = query.parameters();
  std::string again;
  for (const auto& parameter : parameters) {
    (void)query.optional_text(parameter.name, {.max = 100'000});
    again +=
        (again.empty() ? "" : "&") + percent_encoded(parameter.name) + "=" + percent_encoded(parameter.value);
  }
  const auto problem = query.problem();
  if (problem) {
    ENSURE(problem->status == 400 && !problem->errors.empty() && problem->errors.size() <= 20);
    return;
  }
  const auto is_same = [](const Query::Parameter& a, const Query::Parameter& b) {
    return a.name == b.name && a.value == b.value;
  };
  ENSURE(std::ranges::equal(parameters, Query(again).parameters(), is_same),
         "a query is read as it was written");
  for (const auto& parameter : parameters) ENSURE(base::is_storable(parameter.value));
}

void check_cursor(const std::string& text) {
  const auto bytes = bytes_of_base64url(text);
  if (!bytes) return;
  ENSURE(base64url_of(*bytes) == text, "bytes are written in one way only");
  std::uint64_t fingerprint = 0;
  for (const char byte : bytes->substr(std::min<std::size_t>(1, bytes->size()), 8)) {
    fingerprint = fingerprint << 8 | static_cast<std::uint8_t>(byte);
  }
  if (const auto values = values_in_cursor(*bytes, fingerprint)) {
    ENSURE(cursor_bytes(fingerprint, *values) == *bytes, "values are written in one way only");
  }
}

/// What RFC 9110 takes, written another way.
bool is_list_of_tags(const std::string& field) {
  static const std::string tag = R"re((W/)?"[^"[:cntrl:] ]*")re";
  static const std::regex any(R"([ \t]*\*[ \t]*)");
  static const std::regex list("[ \t,]*" + tag + "([ \t]*,[ \t,]*" + tag + ")*[ \t]*(,[ \t,]*)?");
  return std::regex_match(field, any) || std::regex_match(field, list);
}

void check_tags(const std::string& field, Method method) {
  Request request;
  request.method = method;
  request.headers.add("If-None-Match", field);
  const auto listed = listed_tags(request.headers, "if-none-match");
  const auto refused = refuse_precondition(request, EntityTag::of_revision(7));
  // The standard's expressions take stack for each character.
  constexpr std::size_t longest_judged = 200;
  ENSURE(field.size() > longest_judged || listed.has_value() == is_list_of_tags(field),
         "all that is a list of tags is taken, and nothing else");
  ENSURE(listed || refused, "what cannot be read is not passed over");
  if (refused)
    ENSURE(listed ? refused->status == (method == Method::get ? 304 : 412) : refused->status == 400);
  if (!listed || listed->is_any) return;
  std::string again;
  for (const auto& tag : listed->tags)
    again += (again.empty() ? "" : ",") + std::string(tag.is_weak ? "W/" : "") + std::string(tag.text);
  Headers headers;
  headers.add("If-None-Match", again);
  const auto same = listed_tags(headers, "If-None-Match");
  ENSURE(same && same->tags.size() == listed->tags.size(), "tags are read as they were written");
}

void check_keys(const std::string& presented, const std::string& file) {
  Headers headers;
  headers.add("Authorization", presented);
  const auto key = presented_key(headers);
  ENSURE(key.has_value(), "one field is at most one key");
  const auto read = read_key_file(file, "f", false);
  const auto keys = ApiKeys::parse(file, "f", ApiKeys::Development::refused);
  ENSURE(keys.has_value() == read.problems.empty());
  if (!keys) return;
  if (*key) ENSURE(keys->find(**key) == nullptr, "nobody finds a key of a hash");
  std::set<std::string> ids;
  for (const auto& entry : read.entries) {
    ENSURE(is_key_id(entry.key.id) && ids.insert(entry.key.id).second, "ids are sound and different");
    ENSURE(!entry.key.scopes.empty() && !entry.key.is_development);
    resilience::check(entry.key.rate);
  }
}

}  // namespace
}  // namespace waybill::http

// Four lines, a query, a cursor, a list of entity tags and a key, and then a body, which is a file of keys
// too.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace waybill;
  fuzz::Input input(data, size);
  http::check_query(input.line());
  http::check_cursor(input.line());
  const auto tags = input.line();
  http::check_tags(tags, http::Method::get);
  http::check_tags(tags, http::Method::put);
  const auto key = input.line();
  const auto body = input.rest();
  http::check_same_json(body);
  http::check_body(body);
  http::check_keys(key, body);
  return 0;
}
