#pragma once

#include <compare>
#include <functional>
#include <ostream>
#include <utility>

namespace waybill::base {

/// A value of type T that does not mix with other values of type T: a queue's name is not a routing key.
///   using Queue = base::Strong<std::string, struct QueueTag>;
template <class T, class Tag>
class Strong {
 public:
  using value_type = T;

  Strong() = default;
  explicit Strong(T value) noexcept(std::is_nothrow_move_constructible_v<T>) : value_(std::move(value)) {}

  const T& value() const& noexcept { return value_; }
  T&& value() && noexcept { return std::move(value_); }

  friend auto operator<=>(const Strong&, const Strong&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Strong& strong) { return out << strong.value_; }

 private:
  T value_{};
};

}  // namespace waybill::base

template <class T, class Tag>
struct std::hash<waybill::base::Strong<T, Tag>> {
  std::size_t operator()(const waybill::base::Strong<T, Tag>& strong) const noexcept {
    return std::hash<T>{}(strong.value());
  }
};
