#pragma once

#include <concepts>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <type_traits>
#include <utility>

#include "waybill/base/ensure.hpp"

namespace waybill::saga {

/// JSON that the database takes and that reads back as it was; throws std::runtime_error for a number that is
/// none (JSON has no word for it, and it could not be read again).
std::string write_data(const nlohmann::json& json);

/// What a saga can remember: a plain struct that nlohmann_json reads and writes. Written with defaults, it
/// reads what an older program has kept, which lacks the newer fields:
///
///   struct Trip { std::string customer; std::int64_t price_minor = 0; };
///   NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Trip, customer, price_minor)
template <class T>
concept SagaData = std::default_initializable<T> && std::copyable<T> &&
                   requires(nlohmann::json& json, const T& from, T& to) {
                     to_json(json, from);
                     from_json(json, to);
                   };

/// What one saga remembers, of whatever type its definition says. A value.
class AnyData {
 public:
  AnyData() = default;
  template <class T>
  static AnyData of(T value) {
    AnyData made;
    made.held_ = std::make_unique<HeldAs<T>>(std::move(value));
    return made;
  }
  /// Throws nlohmann::json::exception for what is not the JSON of a T.
  template <class T>
  static AnyData read(const nlohmann::json& json) {
    return of(json.get<T>());
  }

  AnyData(AnyData&&) noexcept = default;
  AnyData& operator=(AnyData&&) noexcept = default;
  AnyData(const AnyData& other) : held_(other.held_ ? other.held_->copy() : nullptr) {}
  AnyData& operator=(const AnyData& other) { return *this = AnyData(other); }
  ~AnyData() = default;

  /// It is a T (ENSURE).
  template <class T>
  T& as() {
    return const_cast<T&>(std::as_const(*this).as<T>());
  }
  template <class T>
  const T& as() const {
    ENSURE(held_ && held_->kind == &kind_of<T>, "the data of a saga has the type of its definition");
    return static_cast<const HeldAs<T>&>(*held_).value;
  }

  std::string to_text() const { return held_ ? held_->text() : "null"; }

 private:
  template <class T>
  static constexpr char kind_of = 0;  // its address tells types apart

  struct Held {
    explicit Held(const char* its_kind) : kind(its_kind) {}
    virtual ~Held() = default;
    virtual std::unique_ptr<Held> copy() const = 0;
    virtual std::string text() const = 0;
    const char* kind;
  };
  template <class T>
  struct HeldAs final : Held {
    explicit HeldAs(T given) : Held(&kind_of<T>), value(std::move(given)) {}
    std::unique_ptr<Held> copy() const override { return std::make_unique<HeldAs>(value); }
    std::string text() const override { return write_data(nlohmann::json(value)); }
    T value;
  };

  std::unique_ptr<Held> held_;
};

}  // namespace waybill::saga
