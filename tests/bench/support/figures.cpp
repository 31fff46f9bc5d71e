#include "figures.hpp"

#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>

namespace waybill::bench {

namespace {

void print_value(const char* kind, std::string_view name, std::string_view unit, double value) {
  std::printf("{\"%s\":\"%.*s\",\"unit\":\"%.*s\",\"value\":%.6g}\n", kind, static_cast<int>(name.size()),
              name.data(), static_cast<int>(unit.size()), unit.data(), value);
  std::fflush(stdout);
}

}  // namespace

void print_figure(std::string_view metric, std::string_view unit, double value) {
  print_value("metric", metric, unit, value);
}

void print_part(std::string_view part, std::string_view unit, double value) {
  print_value("part", part, unit, value);
}

std::chrono::duration<double> cpu_used() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return std::chrono::duration<double>(seconds(usage.ru_utime) + seconds(usage.ru_stime));
}

double seconds_of(const std::function<void()>& work) {
  const auto began = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

std::string need_environment(const char* name) {
  const char* value = std::getenv(name);
  if (!value) {
    throw std::runtime_error(std::string(name) +
                             " is not set; run scripts/bench, or eval \"$(scripts/stack env)\" first");
  }
  return value;
}

int run(int argc, char** argv, Side ours, Side floor) {
  const std::string_view side = argc > 1 ? argv[1] : "";
  const bool quick = argc > 2 && std::string_view(argv[2]) == "--quick";
  if (side != "ours" && side != "floor") {
    std::fprintf(stderr, "usage: %s ours|floor [--quick]\n", argv[0]);
    return 2;
  }
  try {
    (side == "ours" ? ours : floor)(quick);
    return 0;
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "%s: %s\n", argv[0], fault.what());
    return 1;
  }
}

}  // namespace waybill::bench
