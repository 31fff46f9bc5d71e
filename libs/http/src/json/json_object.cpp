#include "waybill/http/json_object.hpp"

#include <algorithm>

#include "json/json_reading.hpp"
#include "text_check.hpp"
#include "waybill/base/ensure.hpp"
#include "whole_number.hpp"
#include "word_list.hpp"

namespace waybill::http {
namespace {

using Kind = JsonNode::Kind;

constexpr std::string_view uuid_accepted = "a UUID of 36 characters";

std::string it_takes(const std::string& accepted) { return "; it takes " + accepted; }

// "is 0", "is 'fax'"; of a secret field, what is left to be said.
std::string is_shown_as(const std::optional<std::string>& shown, std::string_view otherwise) {
  return "is " + (shown ? *shown : std::string(otherwise));
}

}  // namespace

std::optional<std::uint32_t> JsonObject::find(std::string_view name) {
  for (auto at = at_ + 1; at < reading_->node(at_).end; at = reading_->node(at).end) {
    auto& member = reading_->node(at);
    if (member.name != name) continue;
    member.is_asked = true;
    return at;
  }
  absent_.emplace_back(name);
  return std::nullopt;
}

template <class NodeKind, class Accepted>
std::optional<std::uint32_t> JsonObject::member(std::string_view name, NodeKind kind, Need need,
                                                const Accepted& accepted) {
  if (at_ == JsonReading::nowhere) return std::nullopt;
  const auto found = find(name);
  if (!found) {
    if (need == Need::must) reading_->refuse_missing(at_, name, "is missing" + it_takes(accepted()));
    return std::nullopt;
  }
  const auto is_kind = reading_->node(*found).kind;
  if (is_kind == kind) return found;
  const bool could_be_left_out = is_kind == Kind::null && need == Need::may;
  reading_->refuse(*found, "is " + std::string(name_of(is_kind)) + it_takes(accepted()) +
                               (could_be_left_out ? ", or is left out" : ""));
  return std::nullopt;
}

std::optional<std::string> JsonObject::read_text(std::string_view name, TextRule rule, Need need) {
  const auto at = member(name, Kind::text, need, [&] { return text_accepted(rule); });
  if (!at) return std::nullopt;
  const auto given = reading_->node(*at).text;
  if (const auto unfit = unfit_text(given, rule)) {
    reading_->refuse(*at, *unfit + it_takes(text_accepted(rule)));
    return std::nullopt;
  }
  return std::string(given);
}

std::optional<std::int64_t> JsonObject::read_integer(std::string_view name, std::int64_t least,
                                                     std::int64_t most, Need need) {
  const auto accepted = [&] { return whole_number_accepted(least, most); };
  const auto at = member(name, Kind::number, need, accepted);
  if (!at) return std::nullopt;
  const auto given = reading_->node(*at).text;
  const auto number = whole_number(given);
  if (number && *number >= least && *number <= most) return number;
  const bool is_written_otherwise = given.find_first_of(".eE") != std::string_view::npos;
  reading_->refuse(*at, is_shown_as(reading_->shown(*at, name), "another number") +
                            (is_written_otherwise ? ", which is not written as a whole number" : "") +
                            it_takes(accepted()));
  return std::nullopt;
}

std::optional<bool> JsonObject::read_boolean(std::string_view name, Need need) {
  const auto at = member(name, Kind::boolean, need, [] { return std::string("true or false"); });
  if (!at) return std::nullopt;
  return reading_->node(*at).is_true;
}

std::optional<std::string_view> JsonObject::any_text(std::string_view name, std::string_view accepted,
                                                     Need need) {
  const auto at = member(name, Kind::text, need, [&] { return std::string(accepted); });
  if (!at) return std::nullopt;
  return reading_->node(*at).text;
}

void JsonObject::refuse_text(std::string_view name, std::string_view accepted) {
  const auto at = find(name);
  ENSURE(at, "a text that was read is there");
  reading_->refuse(*at,
                   is_shown_as(reading_->shown(*at, name), "another text") + it_takes(std::string(accepted)));
}

std::optional<std::ptrdiff_t> JsonObject::read_word(std::string_view name,
                                                    std::span<const std::string_view> words, Need need) {
  const auto at = member(name, Kind::text, need, [&] { return listed(words, "or"); });
  if (!at) return std::nullopt;
  const auto given = reading_->node(*at).text;
  const auto found = std::ranges::find(words, given);
  if (found != words.end()) return found - words.begin();
  const auto shown = reading_->shown(*at, name);
  // A near miss would tell of a secret what it nearly is.
  const auto meant =
      shown ? meant_or_listed(given, words, "it takes", "or") : "it takes " + listed(words, "or");
  reading_->refuse(*at, is_shown_as(shown, "another text") + "; " + meant);
  return std::nullopt;
}

std::optional<std::vector<std::string>> JsonObject::read_texts(std::string_view name, ListRule rule,
                                                               TextRule each, Need need) {
  const auto items = items_of(name, rule, "texts", need);
  if (!items) return std::nullopt;
  std::vector<std::string> texts;
  texts.reserve(items->count);
  for (auto at = items->next; at < items->end; at = reading_->node(at).end) {
    const auto& item = reading_->node(at);
    if (item.kind != Kind::text) {
      reading_->refuse(at, "is " + std::string(name_of(item.kind)) + it_takes(text_accepted(each)));
    } else if (const auto unfit = unfit_text(item.text, each)) {
      reading_->refuse(at, *unfit + it_takes(text_accepted(each)));
    } else {
      texts.emplace_back(item.text);
    }
  }
  return texts;
}

std::optional<JsonObject> JsonObject::inner_object(std::string_view name, Need need) {
  const auto at = member(name, Kind::object, need, [] { return std::string("an object"); });
  if (!at) return std::nullopt;
  return JsonObject(*reading_, *at);
}

std::optional<JsonObject::Items> JsonObject::items_of(std::string_view name, ListRule rule,
                                                      std::string_view of, Need need) {
  const auto accepted = [&] { return "a list of " + counted(rule.min, rule.max, of); };
  const auto at = member(name, Kind::list, need, accepted);
  if (!at) return std::nullopt;
  const auto& list = reading_->node(*at);
  if (list.size < rule.min || list.size > rule.max) {
    reading_->refuse(*at, (list.size == 0 ? std::string("is empty") : "has " + std::to_string(list.size)) +
                              it_takes(accepted()));
    return std::nullopt;
  }
  return Items{.next = *at + 1, .end = list.end, .count = list.size};
}

std::optional<JsonObject> JsonObject::next_object(Items& items) {
  while (items.next < items.end) {
    const auto at = items.next;
    const auto& item = reading_->node(at);
    items.next = item.end;
    if (item.kind == Kind::object) return JsonObject(*reading_, at);
    reading_->refuse(at, "is " + std::string(name_of(item.kind)) + it_takes("an object"));
  }
  return std::nullopt;
}

void JsonObject::close() { reading_->refuse_unknown(at_, absent_); }

void JsonObject::refuse(std::string_view name, std::string_view detail) {
  if (at_ == JsonReading::nowhere) return;
  if (const auto found = find(name)) {
    reading_->refuse(*found, detail);
  } else {
    reading_->refuse_missing(at_, name, detail);
  }
}

std::string JsonObject::text(std::string_view name, TextRule rule) {
  return read_text(name, rule, Need::must).value_or("");
}
std::optional<std::string> JsonObject::optional_text(std::string_view name, TextRule rule) {
  return read_text(name, rule, Need::may);
}
std::int64_t JsonObject::integer(std::string_view name, std::int64_t least, std::int64_t most) {
  return read_integer(name, least, most, Need::must).value_or(0);
}
std::optional<std::int64_t> JsonObject::optional_integer(std::string_view name, std::int64_t least,
                                                         std::int64_t most) {
  return read_integer(name, least, most, Need::may);
}
bool JsonObject::boolean(std::string_view name) { return read_boolean(name, Need::must).value_or(false); }
std::optional<bool> JsonObject::optional_boolean(std::string_view name) {
  return read_boolean(name, Need::may);
}
base::Uuid JsonObject::uuid(std::string_view name) {
  return parsed<base::Uuid>(name, uuid_accepted, &base::Uuid::parse);
}
std::optional<base::Uuid> JsonObject::optional_uuid(std::string_view name) {
  return optional_parsed<base::Uuid>(name, uuid_accepted, &base::Uuid::parse);
}
std::vector<std::string> JsonObject::texts(std::string_view name, ListRule rule, TextRule each) {
  return read_texts(name, rule, each, Need::must).value_or(std::vector<std::string>{});
}
std::optional<std::vector<std::string>> JsonObject::optional_texts(std::string_view name, ListRule rule,
                                                                   TextRule each) {
  return read_texts(name, rule, each, Need::may);
}

}  // namespace waybill::http
