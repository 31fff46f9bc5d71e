#include "waybill/runtime/problems.hpp"

#include <boost/throw_exception.hpp>

namespace waybill::runtime {

std::string Problems::to_string() const {
  std::string text = of + " has " + std::to_string(lines.size());
  text += lines.size() == 1 ? " problem:" : " problems:";
  for (const auto& line : lines) text.append("\n  ").append(line);
  return text;
}

void throw_exception_from_error(const Problems& problems, const boost::source_location& where) {
  boost::throw_exception(ConfigurationRefused(problems), where);
}

}  // namespace waybill::runtime
