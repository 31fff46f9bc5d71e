#pragma once

#include <string>

namespace waybill::contract {

/// A payload as text. What was cut is no JSON any more, but still valid UTF-8.
struct Rendering {
  std::string text;
  bool is_cut = false;
};

}  // namespace waybill::contract
