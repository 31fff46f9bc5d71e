#include <charconv>
#include <exception>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>

#include "soak.hpp"
#include "waybill/telemetry/log_config.hpp"

namespace {

constexpr std::string_view usage =
    "Usage: soak_amqp [--minutes N] [--seed S]\n"
    "Runs a publisher and a subscriber with mild faults between on the broker of WAYBILL_RABBITMQ_URL.\n"
    "Exit status: 0 all is well, 1 something is wrong, 2 wrong usage. scripts/soak --help tells the rest.\n";

template <class Number>
std::optional<Number> read(std::string_view text) {
  Number number{};
  const auto end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  if (result.ec != std::errc{} || result.ptr != end) return std::nullopt;
  return number;
}

std::optional<waybill::soak::Plan> plan_of(int argc, char** argv) {
  constexpr double longest = 60.0 * 24 * 365;
  waybill::soak::Plan plan;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view option = argv[i];
    const auto minutes = read<double>(argv[i + 1]);
    const auto seed = read<std::uint64_t>(argv[i + 1]);
    if (option == "--minutes" && minutes && *minutes > 0 && *minutes < longest) {
      plan.time = std::chrono::duration_cast<std::chrono::milliseconds>(
          std::chrono::duration<double, std::ratio<60>>{*minutes});
    } else if (option == "--seed" && seed) {
      plan.seed = *seed;
    } else {
      return std::nullopt;
    }
  }
  if (argc % 2 == 0) return std::nullopt;
  return plan;
}

}  // namespace

int main(int argc, char** argv) {
  const auto plan = plan_of(argc, argv);
  if (!plan) {
    std::cerr << usage;
    return 2;
  }
  // Each fault is a few lines of warnings, which nobody reads in a soak.
  waybill::telemetry::configure_log({.level = waybill::telemetry::Level::error});
  try {
    return waybill::soak::run(*plan) ? 0 : 1;
  } catch (const std::exception& fault) {
    std::cerr << "soak_amqp: " << fault.what() << "\n";
    return 1;
  }
}
