#pragma once

#include <chrono>
#include <string>

namespace shop::analytics {

/// 2026-01-31.
std::string to_text(std::chrono::sys_days day);

}  // namespace shop::analytics
