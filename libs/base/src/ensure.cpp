#include "waybill/base/ensure.hpp"

#include <cstdio>
#include <cstdlib>

namespace waybill::base {

void ensure_failed(const char* condition, const char* file, int line, std::string_view why) {
  std::fprintf(stderr, "%s:%d: ENSURE(%s) does not hold%s%.*s; this is a bug, so the process ends here\n",
               file, line, condition, why.empty() ? "" : ": ", static_cast<int>(why.size()), why.data());
  std::fflush(stderr);
  std::abort();
}

}  // namespace waybill::base
