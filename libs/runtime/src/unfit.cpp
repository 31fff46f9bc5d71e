#include "waybill/runtime/unfit.hpp"

#include <boost/throw_exception.hpp>
#include <stdexcept>

namespace waybill::runtime {

void throw_exception_from_error(const Unfit& unfit, const boost::source_location& where) {
  boost::throw_exception(std::invalid_argument("the value " + unfit.why()), where);
}

}  // namespace waybill::runtime
