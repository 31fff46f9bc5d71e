#include "waybill/http/entity_tag.hpp"

#include <array>

#include "base64url.hpp"
#include "precondition.hpp"
#include "sha256.hpp"
#include "waybill/http/problem.hpp"

namespace waybill::http {
namespace {

Response precondition_malformed(std::string_view name) {
  const std::string header(name);
  return to_response({.status = 400,
                      .name = "precondition-malformed",
                      .title = "A precondition that is not read",
                      .detail = header + " is malformed; it takes '*' or entity tags in double quotes",
                      .errors = {{"header: " + header, "is malformed"}}});
}

Response precondition_failed(std::string_view name, std::string_view why) {
  return to_response({.status = 412,
                      .name = "precondition-failed",
                      .title = "The precondition does not hold",
                      .detail = std::string(why) + "; nothing was done: read it again and decide anew",
                      .errors = {{"header: " + std::string(name), std::string(why)}}});
}

Response not_modified(const EntityTag& current) { return empty_response(304).with("ETag", current.text()); }

bool is_read_by(const Request& request) {
  return request.method == Method::get || request.method == Method::head;
}

std::optional<Response> refuse_if_match(const Request& request, const std::optional<EntityTag>& current) {
  constexpr std::string_view name = "If-Match";
  if (!request.headers.find(name)) return std::nullopt;
  const auto listed = listed_tags(request.headers, name);
  if (!listed) return precondition_malformed(name);
  if (!current) return precondition_failed(name, "there is nothing that it could match");
  if (listed->is_any || listed->has_strong(current->text())) return std::nullopt;
  return precondition_failed(name, "it has changed since");
}

std::optional<Response> refuse_if_none_match(const Request& request,
                                             const std::optional<EntityTag>& current) {
  constexpr std::string_view name = "If-None-Match";
  if (!request.headers.find(name)) return std::nullopt;
  const auto listed = listed_tags(request.headers, name);
  if (!listed) return precondition_malformed(name);
  if (!current || !(listed->is_any || listed->has(current->text()))) return std::nullopt;
  if (is_read_by(request)) return not_modified(*current);
  return precondition_failed(name, "it is there already");
}

// What a cache keeps of the answer that a 304 stands for.
bool is_kept_when_not_modified(std::string_view name) {
  constexpr std::array<std::string_view, 4> kept{"Cache-Control", "Content-Location", "Expires", "Vary"};
  for (const auto known : kept) {
    if (is_same_name(name, known)) return true;
  }
  return false;
}

}  // namespace

EntityTag EntityTag::of_revision(std::uint64_t revision) {
  return EntityTag("\"r" + std::to_string(revision) + "\"");
}

EntityTag EntityTag::of_body(std::string_view body) {
  // 128 bits of it are enough to tell apart what nobody forges.
  const auto hash = sha256(body);
  return EntityTag("\"" + base64url_of({reinterpret_cast<const char*>(hash.data()), 16}) + "\"");
}

std::optional<Response> refuse_precondition(const Request& request, const std::optional<EntityTag>& current) {
  if (auto refused = refuse_if_match(request, current)) return refused;
  return refuse_if_none_match(request, current);
}

Response tagged(const Request& request, const EntityTag& current, Response response) {
  const bool is_success = response.status >= 200 && response.status < 300;
  if (!is_success) return response;
  auto refused = refuse_precondition(request, current);
  if (!refused) {
    response.headers.emplace_back("ETag", current.text());
    return response;
  }
  if (refused->status != 304) return *std::move(refused);
  for (auto& field : response.headers) {
    if (is_kept_when_not_modified(field.first)) refused->headers.push_back(std::move(field));
  }
  return *std::move(refused);
}

}  // namespace waybill::http
