#include "waybill/runtime/setting.hpp"

#include <algorithm>

namespace waybill::runtime {
namespace {

bool is_word_character(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

bool is_name(std::string_view text) {
  bool word_begins = true;
  for (const char c : text) {
    if (c == '.' && word_begins) return false;
    if (c != '.' && !is_word_character(c)) return false;
    word_begins = c == '.';
  }
  return !word_begins;
}

}  // namespace

std::string Declaration::environment_name() const {
  std::string variable = "WAYBILL_";
  for (const char c : name) {
    const bool is_lower = c >= 'a' && c <= 'z';
    variable += c == '.' ? '_' : is_lower ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return variable;
}

Declaration declare(std::string name, std::string help, std::string accepted, bool secret_inside) {
  ENSURE(is_name(name), "setting '" + name + "': a name is lower-case words, digits and _, joined by dots");
  ENSURE(!help.empty(), "setting '" + name + "': say what it is for");
  Declaration declaration;
  declaration.name = std::move(name);
  declaration.help = std::move(help);
  declaration.accepted = std::move(accepted);
  declaration.secrecy = secret_inside ? Secrecy::secret_inside : Secrecy::open;
  return declaration;
}

void set_default(Declaration& declaration, std::string text) {
  const auto value = declaration.read(text);
  ENSURE(value.has_value(), "setting '" + declaration.name + "': its default " + value.error().why());
  declaration.default_text = std::move(text);
  declaration.required = false;
}

std::string shown(const Given& given) {
  if (const auto* const text = std::get_if<std::string>(&given)) return *text;
  std::string joined;
  for (const auto& item : std::get<std::vector<std::string>>(given))
    joined += (joined.empty() ? "" : ",") + item;
  return joined;
}

}  // namespace waybill::runtime
