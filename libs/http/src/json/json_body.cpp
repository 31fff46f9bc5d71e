#include "waybill/http/json_body.hpp"

#include <utility>

#include "json/json_reading.hpp"
#include "waybill/runtime/text_position.hpp"

namespace waybill::http {
namespace {

Problem body_malformed(std::string_view text, const JsonFlaw& flaw) {
  Problem problem{.status = 400, .name = "body-malformed", .title = "The body is not read as JSON"};
  if (text.empty()) {
    problem.detail = "the body is empty; send a JSON object";
    return problem;
  }
  const auto [line, column] = runtime::position_at(text, flaw.offset);
  problem.detail = "line " + std::to_string(line) + ", column " + std::to_string(column) + " (byte " +
                   std::to_string(flaw.offset) + "): " + flaw.what;
  return problem;
}

std::string body_summary(const JsonIssues& issues) {
  const auto& first = issues.kept().front();
  if (issues.count() == 1) {
    return (first.pointer == "#" ? std::string("the body") : first.pointer) + " " + first.detail;
  }
  const auto kept = issues.kept().size();
  return std::to_string(issues.count()) + " fields are refused; 'errors' tells " +
         (kept < issues.count() ? "of the first " + std::to_string(kept) : "of each");
}

Problem body_invalid(const JsonIssues& issues) {
  Problem problem{.status = 422,
                  .name = "body-invalid",
                  .title = "The body is not what is taken here",
                  .detail = body_summary(issues)};
  for (const auto& issue : issues.kept()) problem.errors.push_back({issue.pointer, issue.detail});
  return problem;
}

// What nobody asked for in the outermost object is known only now, and is not kept: more may be asked for.
JsonIssues all_issues(const JsonReading& reading, std::span<const std::string> absent) {
  auto issues = reading.issues();
  if (reading.root() != JsonReading::nowhere) reading.add_unknown(reading.root(), absent, issues);
  return issues;
}

}  // namespace

JsonBody::JsonBody(std::string_view text, const JsonOptions& options)
    : JsonBody(std::make_unique<JsonReading>(text, options)) {}
JsonBody::JsonBody(std::unique_ptr<JsonReading> reading)
    : JsonObject(*reading, reading->root()), reading_(std::move(reading)) {}
JsonBody::~JsonBody() = default;
JsonBody::JsonBody(JsonBody&&) noexcept = default;
JsonBody& JsonBody::operator=(JsonBody&&) noexcept = default;

std::optional<Problem> JsonBody::problem() const {
  if (reading_->flaw()) return body_malformed(reading_->text(), *reading_->flaw());
  const auto issues = all_issues(*reading_, absent());
  if (issues.count() == 0) return std::nullopt;
  return body_invalid(issues);
}

std::vector<std::string> JsonBody::problem_lines(std::string_view path) const {
  const auto text = reading_->text();
  const auto at_line = [&](std::size_t offset) {
    return std::string(path) + ":" + std::to_string(runtime::position_at(text, offset).line) + ": ";
  };
  if (const auto& flaw = reading_->flaw()) {
    const auto column = runtime::position_at(text, flaw->offset).column;
    return {at_line(flaw->offset) + "the file is not read as JSON at column " + std::to_string(column) +
            ": " + flaw->what};
  }
  const auto issues = all_issues(*reading_, absent());
  std::vector<std::string> lines;
  for (const auto& issue : issues.kept()) {
    lines.push_back(at_line(issue.offset) + issue.pointer + " " + issue.detail);
  }
  if (const auto more = issues.count() - lines.size(); more > 0) {
    lines.push_back(std::string(path) + ": and " + std::to_string(more) + " more");
  }
  return lines;
}

}  // namespace waybill::http
