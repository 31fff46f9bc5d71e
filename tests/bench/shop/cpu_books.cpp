#include "cpu_books.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <vector>

namespace waybill::bench {
namespace {

namespace fs = std::filesystem;

std::optional<pid_t> number_of(const fs::path& process) {
  const auto name = process.filename().string();
  pid_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  return error == std::errc{} && end == name.data() + name.size() ? std::optional(number) : std::nullopt;
}

/// The kernel's name of the socket that listens at a port.
std::optional<std::string> listening_socket(std::uint16_t port) {
  constexpr std::size_t local_address = 1;
  constexpr std::size_t state = 3;
  constexpr std::size_t inode = 9;
  for (const auto* const table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    std::ifstream lines(table);
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      const std::vector<std::string> columns{std::istream_iterator<std::string>(words), {}};
      if (columns.size() <= inode || columns[state] != "0A") continue;
      const auto colon = columns[local_address].find(':');
      if (std::stoul(columns[local_address].substr(colon + 1), nullptr, 16) == port) {
        return "socket:[" + columns[inode] + "]";
      }
    }
  }
  return std::nullopt;
}

bool holds(const fs::path& process, const std::string& socket) {
  std::error_code gone;
  for (const auto& file : fs::directory_iterator(process / "fd", gone)) {
    if (fs::read_symlink(file.path(), gone) == socket) return true;
  }
  return false;
}

pid_t process_at(std::uint16_t port) {
  if (const auto socket = listening_socket(port)) {
    // Who was forked holds the socket as well, and has a greater number, unless they have gone round.
    for (const auto& process : fs::directory_iterator("/proc")) {
      const auto number = number_of(process.path());
      if (number && holds(process.path(), *socket)) return *number;
    }
  }
  throw std::runtime_error("nobody is seen to listen at port " + std::to_string(port));
}

struct ProcessTimes {
  pid_t parent = 0;
  double own = 0;
  double ended_children = 0;
};

std::optional<ProcessTimes> times_of(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  // The name before them may have spaces and brackets.
  std::istringstream words(line.substr(line.rfind(')') + 2));
  const std::vector<std::string> columns{std::istream_iterator<std::string>(words), {}};
  const auto seconds = [&](std::size_t column) {
    return std::stod(columns.at(column)) / static_cast<double>(::sysconf(_SC_CLK_TCK));
  };
  return ProcessTimes{std::stoi(columns.at(1)), seconds(11) + seconds(12), seconds(13) + seconds(14)};
}

}  // namespace

void CpuBooks::watch(const std::string& name, std::uint16_t port) { processes_[name] = process_at(port); }

void CpuBooks::watch_self(const std::string& name) { processes_[name] = ::getpid(); }

void CpuBooks::watch_postgres(std::uint16_t port, Sessions sessions) {
  postgres_ = process_at(port);
  sessions_ = std::move(sessions);
}

CpuSeconds CpuBooks::read() const {
  CpuSeconds seconds;
  for (const auto& [name, process] : processes_) {
    if (const auto times = times_of(process)) seconds[name] = times->own;
  }
  if (!sessions_) return seconds;
  const auto sessions = sessions_();
  auto& rest = seconds["postgres, the rest"];
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const auto number = number_of(entry.path());
    const auto times = number ? times_of(*number) : std::nullopt;
    if (!times || (*number != postgres_ && times->parent != postgres_)) continue;
    const auto session = sessions.find(*number);
    (session == sessions.end() ? rest : seconds["postgres, " + session->second]) += times->own;
    if (*number == postgres_) rest += times->ended_children;
  }
  return seconds;
}

std::uint16_t port_of(const std::string& url) {
  const auto at = url.find('@');
  const auto colon = url.find(':', at == std::string::npos ? url.find("//") + 2 : at);
  if (colon == std::string::npos) throw std::runtime_error("a URL without a port");
  return static_cast<std::uint16_t>(std::stoul(url.substr(colon + 1)));
}

}  // namespace waybill::bench
