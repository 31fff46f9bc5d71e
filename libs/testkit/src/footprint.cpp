#include "waybill/testkit/footprint.hpp"

#include <malloc.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace waybill::testkit {
namespace {

std::size_t entries_of(const char* directory) {
  const std::filesystem::directory_iterator entries(directory);
  return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

std::size_t resident() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word) {
    std::size_t kib = 0;
    if (word == "VmRSS:" && status >> kib) return kib;
  }
  return 0;
}

}  // namespace

Footprint Footprint::now() {
  malloc_trim(0);
  return {resident(), entries_of("/proc/self/fd"), entries_of("/proc/self/task")};
}

std::string to_string(const Footprint& footprint) {
  return std::to_string(footprint.resident_kib) + " KiB resident, " + std::to_string(footprint.descriptors) +
         " descriptors, " + std::to_string(footprint.threads) + " threads";
}

}  // namespace waybill::testkit
