#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "waybill/base/clock.hpp"
#include "waybill/base/uuid.hpp"
#include "waybill/http/query.hpp"
#include "waybill/http/request.hpp"
#include "waybill/http/response.hpp"

namespace waybill::http {

/// One value of a cursor. A text has at most 1,000 bytes, of UTF-8 without NUL; a time falls into the years 0
/// to 9999.
using CursorValue = std::variant<std::string, std::int64_t, base::WallTime, base::Uuid>;
using CursorValues = std::vector<CursorValue>;

/// How many items a page has.
struct PageLimits {
  std::int64_t most = 200;
  std::int64_t by_default = 50;
};

/// Which listing a cursor belongs to: its name, and what the client has filtered it by.
class Listing {
 public:
  /// All parameters of the query count, but for "limit" and "cursor".
  Listing(std::string_view name, const Query& query);

  /// Throws std::invalid_argument for a text that no cursor holds.
  std::string cursor(const CursorValues& last) const;
  /// Nothing for what is not a cursor of this listing.
  std::optional<CursorValues> read(std::string_view cursor) const;

 private:
  std::uint64_t fingerprint_;
};

/// Which page of a listing a client asks for: `limit` items behind those whose keys are `after`. Keys are
/// what the listing is ordered by, together unique.
///
///   http::Query query(request.query());
///   const auto status = query.optional_one_of<Status>("status", …);
///   auto page = http::PageRequest<base::WallTime, base::Uuid>::read(query, "orders");
///   if (auto problem = query.problem()) return http::to_response(*problem);
///   const auto orders = find_orders(status, page.after, page.limit + 1);
///   return http::page_of(request, page, orders, keys_of, json_of);
///
/// Promises: a cursor of another listing, with other filters or of other kinds of keys is a problem of the
/// query, "query: cursor". Does not promise: that a cursor was made here. Anyone can make one, and it says no
/// more than where to begin in what that client may read anyway.
template <class... Keys>
struct PageRequest {
  std::int64_t limit = 0;
  std::optional<std::tuple<Keys...>> after{};
  Listing listing;

  static PageRequest read(Query& query, std::string_view name, PageLimits limits = {}) {
    PageRequest page{.limit = query.optional_integer("limit", 1, limits.most).value_or(limits.by_default),
                     .listing = Listing(name, query)};
    const auto cursor = query.optional_text("cursor", {.min = 1, .max = 8'000});
    if (!cursor) return page;
    if (const auto values = page.listing.read(*cursor)) {
      page.after = keys_of(*values, std::index_sequence_for<Keys...>{});
    }
    if (!page.after) query.refuse("cursor", "is none of this listing with these filters; begin without one");
    return page;
  }

  /// That leads to what follows these keys.
  std::string cursor(const Keys&... last) const { return listing.cursor({CursorValue(last)...}); }

 private:
  template <std::size_t... Index>
  static std::optional<std::tuple<Keys...>> keys_of(const CursorValues& values,
                                                    std::index_sequence<Index...> /*all*/) {
    const bool fits =
        values.size() == sizeof...(Keys) && (std::holds_alternative<Keys>(values[Index]) && ...);
    if (!fits) return std::nullopt;
    return std::tuple<Keys...>(std::get<Keys>(values[Index])...);
  }
};

/// {"items":[…],"next_cursor":…} of items that are JSON already; null and no `Link` on the last page. The
/// link is the request's own target with that cursor.
Response page_response(const Request& request, std::span<const std::string> items,
                       const std::optional<std::string>& next_cursor);

/// The page of what was found, at most `page.limit` rows: one more that was found is not shown, and tells
/// that there is a next page, behind the last that is. `keys_of` a row are what the listing is ordered by, a
/// tuple or the only one, by a function or a member; `json_of` it is text.
template <class... Keys, class Row, std::invocable<const Row&> KeysOf, std::invocable<const Row&> JsonOf>
Response page_of(const Request& request, const PageRequest<Keys...>& page, const std::vector<Row>& found,
                 KeysOf keys_of, JsonOf json_of) {
  const auto shown = std::span(found).first(std::min(found.size(), static_cast<std::size_t>(page.limit)));
  std::optional<std::string> next;
  if (shown.size() < found.size()) {
    const std::tuple<Keys...> last(std::invoke(keys_of, shown.back()));
    next = std::apply([&](const Keys&... keys) { return page.cursor(keys...); }, last);
  }
  std::vector<std::string> items;
  items.reserve(shown.size());
  for (const auto& row : shown) items.push_back(std::invoke(json_of, row));
  return page_response(request, items, next);
}

}  // namespace waybill::http
