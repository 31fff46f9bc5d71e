#pragma once

#include <any>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "waybill/base/ensure.hpp"
#include "waybill/runtime/form.hpp"

namespace waybill::runtime {

enum class Secrecy {
  open,
  secret_inside,  ///< a URL's password, say: the rest is shown
  secret,
};

/// A setting, whatever the type of its value.
struct Declaration {
  struct Value {
    // Without it one could be made of anything, by way of any, and a result could not tell it from an Unfit.
    Value(std::any held, std::string text) : value(std::move(held)), shown(std::move(text)) {}
    std::any value;
    std::string shown;  ///< for people, secrets masked
  };

  std::string name;
  std::string help;
  std::string accepted;
  std::optional<std::string> default_text;
  bool required = true;
  Secrecy secrecy = Secrecy::open;
  std::function<Read<Value>(const Given&)> read;
  std::any absent = {};  ///< the value of an optional setting that is not set
  std::string option{};  ///< "workers" where it may be given as --workers VALUE as well

  /// WAYBILL_POSTGRES_URL for postgres.url.
  std::string environment_name() const;
  /// A value that holds a secret may come from a file: WAYBILL_POSTGRES_URL_FILE.
  bool may_come_from_file() const { return secrecy != Secrecy::open; }
};

/// What a secret looks like wherever it is shown.
inline constexpr std::string_view mask = "********";

/// Declares one item of configuration: its name, what it accepts, and what it is for. It is required unless
/// it gets a default or is made optional. A value; declared as a constant beside the code that reads it:
///   inline const Setting<std::chrono::milliseconds> statement_timeout =
///       Setting{"postgres.statement_timeout", form::duration(1ms, 1h), "How long a statement may
///       take"}.by_default("10s");
template <class T>
class Setting {
 public:
  Setting(std::string name, Form<T> form, std::string help);

  /// A default is written as a user would write it; one that is not of the form is a bug (ENSURE).
  Setting by_default(std::string text) &&;
  /// Never shown, not even when it is malformed.
  Setting secret() &&;
  /// May be given on the command line as well, as --WORD VALUE. Not a secret: everybody sees those (ENSURE).
  Setting as_option(std::string word) &&;
  /// May be left out, and is nothing then.
  Setting<std::optional<T>> optional() &&;

  const std::string& name() const { return declaration_.name; }
  const Declaration& declaration() const { return declaration_; }
  operator const Declaration&() const { return declaration_; }

 private:
  template <class>
  friend class Setting;
  explicit Setting(Declaration declaration) : declaration_(std::move(declaration)) {}

  Declaration declaration_;
};

/// Checks the name (lower-case words, digits and _, joined by dots) and builds the rest of a declaration.
Declaration declare(std::string name, std::string help, std::string accepted, bool secret_inside);
void set_default(Declaration& declaration, std::string text);
/// The text as it was given, for showing.
std::string shown(const Given& given);

template <class T>
Setting<T>::Setting(std::string name, Form<T> form, std::string help)
    : declaration_(
          declare(std::move(name), std::move(help), std::move(form.accepted), form.masked != nullptr)) {
  declaration_.read = [read = std::move(form.read),
                       masked = std::move(form.masked)](const Given& given) -> Read<Declaration::Value> {
    auto value = read(given);
    if (!value) return value.error();
    std::string text = masked ? masked(*value) : shown(given);
    return Declaration::Value(std::any(*std::move(value)), std::move(text));
  };
}

template <class T>
Setting<T> Setting<T>::by_default(std::string text) && {
  set_default(declaration_, std::move(text));
  return std::move(*this);
}

template <class T>
Setting<T> Setting<T>::as_option(std::string word) && {
  ENSURE(declaration_.secrecy == Secrecy::open, "what is on the command line is no secret");
  declaration_.option = std::move(word);
  return std::move(*this);
}

template <class T>
Setting<T> Setting<T>::secret() && {
  ENSURE(declaration_.option.empty(), "what is on the command line is no secret");
  declaration_.secrecy = Secrecy::secret;
  return std::move(*this);
}

template <class T>
Setting<std::optional<T>> Setting<T>::optional() && {
  ENSURE(!declaration_.default_text, "a setting with a default is never absent");
  declaration_.required = false;
  declaration_.absent = std::optional<T>();
  declaration_.read = [read = std::move(declaration_.read)](const Given& given) -> Read<Declaration::Value> {
    auto value = read(given);
    if (!value) return value.error();
    value->value = std::optional<T>(std::any_cast<T>(std::move(value->value)));
    return value;
  };
  return Setting<std::optional<T>>(std::move(declaration_));
}

}  // namespace waybill::runtime
