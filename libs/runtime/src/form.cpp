#include "waybill/runtime/form.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>

namespace waybill::runtime::form {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};
constexpr std::array byte_units{Unit{"B", 1}, Unit{"KiB", 1ULL << 10}, Unit{"MiB", 1ULL << 20},
                                Unit{"GiB", 1ULL << 30}};
constexpr std::array time_units{Unit{"ms", 1}, Unit{"s", 1000}, Unit{"m", 60'000}, Unit{"h", 3'600'000},
                                Unit{"d", 86'400'000}};

/// The quantity in the largest unit that leaves no rest.
std::string with_unit(std::uint64_t quantity, std::span<const Unit> units) {
  Unit best = units.front();
  for (const auto& unit : units) {
    if (quantity >= unit.factor && quantity % unit.factor == 0) best = unit;
  }
  return std::to_string(quantity / best.factor) + std::string(best.name);
}

std::string names_of(std::span<const Unit> units) {
  std::string names;
  for (const auto& unit : units) names.append(names.empty() ? "" : ", ").append(unit.name);
  return names;
}

/// What is measured in units, how the units are called, and its bounds.
struct Measure {
  std::string_view what;
  std::span<const Unit> units;
  std::uint64_t least;
  std::uint64_t most;

  std::string accepted() const {
    return std::string(what) + " from " + with_unit(least, units) + " to " + with_unit(most, units) +
           ", a whole number with its unit (" + names_of(units) + ")";
  }
};

Read<std::uint64_t> read_measure(const Given& given, const Measure& measure) {
  const auto text = detail::read_text(given);
  if (!text) return text.error();
  const char* const last = text->data() + text->size();
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), last, number);
  if (error == std::errc::invalid_argument) return Unfit::that("does not begin with a whole number");
  const std::string_view name(end, static_cast<std::size_t>(last - end));
  if (name.empty()) return Unfit::that("has no unit");
  const auto unit = std::ranges::find(measure.units, name, &Unit::name);
  if (unit == measure.units.end()) return Unfit::that("has no unit that is known here");
  const bool too_large = error == std::errc::result_out_of_range || number > measure.most / unit->factor;
  if (too_large) return Unfit::that("is more than " + with_unit(measure.most, measure.units));
  const std::uint64_t quantity = number * unit->factor;
  if (quantity < measure.least) return Unfit::that("is less than " + with_unit(measure.least, measure.units));
  return quantity;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

namespace detail {

Read<std::string> read_text(const Given& given) {
  const auto* const text = std::get_if<std::string>(&given);
  if (text == nullptr) return Unfit::that("is a list");
  if (text->empty()) return Unfit::that("is empty");
  return *text;
}

std::vector<std::string> items_of(const Given& given) {
  if (const auto* const list = std::get_if<std::vector<std::string>>(&given)) return *list;
  std::vector<std::string> items;
  std::string_view rest = std::get<std::string>(given);
  if (trimmed(rest).empty()) return items;
  for (;;) {
    const auto comma = rest.find(',');
    items.emplace_back(trimmed(rest.substr(0, comma)));
    if (comma == std::string_view::npos) return items;
    rest.remove_prefix(comma + 1);
  }
}

Read<std::int64_t> read_integer(const Given& given, std::int64_t least, std::int64_t most) {
  const auto text = read_text(given);
  if (!text) return text.error();
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error == std::errc::invalid_argument || end != text->data() + text->size()) {
    return Unfit::that("is not a whole number");
  }
  const bool out_of_range = error == std::errc::result_out_of_range;
  if (out_of_range ? text->front() == '-' : number < least)
    return Unfit::that("is less than " + std::to_string(least));
  if (out_of_range || number > most) return Unfit::that("is more than " + std::to_string(most));
  return number;
}

std::string accepted_integer(std::int64_t least, std::int64_t most) {
  return "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
}

}  // namespace detail

Form<std::string> text() { return {.accepted = "a text that is not empty", .read = detail::read_text}; }

Form<bool> flag() { return one_of<bool>({{"true", true}, {"false", false}}); }

Form<ByteCount> size(ByteCount least, ByteCount most) {
  const Measure measure{"a size", byte_units, least.value(), most.value()};
  return {.accepted = measure.accepted(), .read = [measure](const Given& given) -> Read<ByteCount> {
            const auto bytes = read_measure(given, measure);
            if (!bytes) return bytes.error();
            return ByteCount{*bytes};
          }};
}

Form<std::chrono::milliseconds> duration(std::chrono::milliseconds least, std::chrono::milliseconds most) {
  const Measure measure{"a duration", time_units, static_cast<std::uint64_t>(least.count()),
                        static_cast<std::uint64_t>(most.count())};
  return {.accepted = measure.accepted(),
          .read = [measure](const Given& given) -> Read<std::chrono::milliseconds> {
            const auto milliseconds = read_measure(given, measure);
            if (!milliseconds) return milliseconds.error();
            return std::chrono::milliseconds{*milliseconds};
          }};
}

Form<HostPort> host_port() {
  return {.accepted = "host:port, such as db.example.com:5432 or [::1]:5432",
          .read = [](const Given& given) -> Read<HostPort> {
            const auto text = detail::read_text(given);
            if (!text) return text.error();
            return HostPort::parse(*text);
          }};
}

Form<Url> url(std::vector<std::string> schemes, Hosts hosts) {
  std::string accepted = "a URL such as " + schemes.front() + "://user:password@host:port/path";
  for (std::size_t i = 1; i < schemes.size(); ++i)
    accepted += (i == 1 ? ", or with " : ", ") + schemes[i] + "://";
  return {.accepted = std::move(accepted),
          .read = [schemes = std::move(schemes), hosts](const Given& given) -> Read<Url> {
            const auto text = detail::read_text(given);
            if (!text) return text.error();
            auto url = Url::parse(*text);
            if (!url) return url.error();
            if (std::ranges::find(schemes, url->scheme) == schemes.end())
              return Unfit::that("has another scheme");
            if (hosts == Hosts::one && url->hosts.size() > 1) return Unfit::that("has more than one host");
            return url;
          },
          .masked = &Url::masked};
}

}  // namespace waybill::runtime::form
