#include "waybill/contract/kind.hpp"

#include "waybill/base/ensure.hpp"

namespace waybill::contract {

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::command:
      return "command";
    case Kind::event:
      return "event";
    case Kind::reply:
      return "reply";
    case Kind::refusal:
      return "refusal";
  }
  ENSURE(false, "every kind has a name");
}

}  // namespace waybill::contract
