#include "waybill/simulate/story.hpp"

#include <algorithm>
#include <iomanip>
#include <ostream>

namespace waybill::simulate {

void Story::add(const std::string& line) {
  std::ostringstream out;
  const auto milliseconds = std::chrono::duration<double, std::milli>(time_.elapsed()).count();
  out << std::setw(10) << std::fixed << std::setprecision(1) << milliseconds << " ms  " << line;
  lines_.push_back(out.str());
}

void print_end(std::ostream& out, const std::vector<std::string>& lines, std::size_t most) {
  const auto printed = std::min(lines.size(), most);
  if (printed < lines.size()) out << "  … after " << lines.size() - printed << " lines more:\n";
  for (auto at = lines.size() - printed; at < lines.size(); ++at) out << lines[at] << '\n';
}

}  // namespace waybill::simulate
