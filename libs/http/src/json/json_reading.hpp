#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "json/json_parser.hpp"
#include "json/json_tree.hpp"
#include "waybill/http/json_body.hpp"

namespace waybill::http {

/// One thing that is wrong with a body that is JSON.
struct JsonIssue {
  std::string pointer{};
  std::string detail{};
  std::size_t offset = 0;
};

/// The first of them, and how many there are in all: a body that is wrong throughout costs no more than
/// anybody reads.
class JsonIssues {
 public:
  static constexpr std::size_t most_kept = 20;

  bool is_full() const { return kept_.size() >= most_kept; }
  void add(JsonIssue issue) {
    ++count_;
    if (!is_full()) kept_.push_back(std::move(issue));
  }
  void count_one() { ++count_; }

  const std::vector<JsonIssue>& kept() const { return kept_; }
  std::size_t count() const { return count_; }

 private:
  std::vector<JsonIssue> kept_;
  std::size_t count_ = 0;
};

/// What is shared by the objects of a body: the values, and what is wrong with them.
class JsonReading {
 public:
  static constexpr std::uint32_t nowhere = UINT32_MAX;

  JsonReading(std::string_view text, const JsonOptions& options);

  /// Of the outermost object; `nowhere` when there is none.
  std::uint32_t root() const { return root_; }
  JsonNode& node(std::uint32_t at) { return tree_.nodes[at]; }
  std::string_view text() const { return text_; }
  const std::optional<JsonFlaw>& flaw() const { return flaw_; }
  const JsonIssues& issues() const { return issues_; }

  /// A value that is there. `detail` begins with what it is or has: "is 0; it takes …".
  void refuse(std::uint32_t at, std::string_view detail);
  /// A member that is not.
  void refuse_missing(std::uint32_t object, std::string_view name, std::string_view detail);
  /// The members of an object that nobody asked for. `absent`: what was asked for and is not there.
  void refuse_unknown(std::uint32_t object, std::span<const std::string> absent) {
    add_unknown(object, absent, issues_);
  }
  void add_unknown(std::uint32_t object, std::span<const std::string> absent, JsonIssues& into) const;

  /// A value as a problem may show it, in quotes if it is a text; nothing for one of a secret field.
  std::optional<std::string> shown(std::uint32_t at, std::string_view field) const;

 private:
  JsonIssue unknown(std::uint32_t object, std::uint32_t member, std::span<const std::string> absent) const;

  std::string_view text_;
  std::vector<std::string_view> secrets_;
  JsonTree tree_;
  std::optional<JsonFlaw> flaw_;
  JsonIssues issues_;
  std::uint32_t root_ = nowhere;
};

}  // namespace waybill::http
