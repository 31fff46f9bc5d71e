#pragma once

#include <cstddef>
#include <iosfwd>
#include <sstream>
#include <string>
#include <type_traits>
#include <vector>

#include "waybill/simulate/virtual_time.hpp"

namespace waybill::simulate {

/// What happened in one history, a line each, with the virtual time. Nobody listens while thousands of
/// histories are played, and then a line costs next to nothing: what is given as a function is asked only
/// when somebody does. One thread.
///
///   story.tell("the process takes ", [&] { return name_of(message); });
class Story {
 public:
  explicit Story(const VirtualTime& time, bool is_heard = true) : time_(time), is_heard_(is_heard) {}

  template <class... Parts>
  void tell(const Parts&... parts) {
    if (!is_heard_) return;
    std::ostringstream line;
    (put(line, parts), ...);
    add(line.str());
  }

  bool is_heard() const { return is_heard_; }
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  template <class Part>
  static void put(std::ostream& out, const Part& part) {
    if constexpr (std::is_invocable_v<const Part&>) {
      out << part();
    } else {
      out << part;
    }
  }
  void add(const std::string& line);

  const VirtualTime& time_;
  bool is_heard_;
  std::vector<std::string> lines_;
};

/// The end of a story, and how many lines came before it.
void print_end(std::ostream& out, const std::vector<std::string>& lines, std::size_t most);

}  // namespace waybill::simulate
