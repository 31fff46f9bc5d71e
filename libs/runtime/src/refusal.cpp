#include "waybill/runtime/refusal.hpp"

#include <boost/throw_exception.hpp>

#include "waybill/base/ensure.hpp"

namespace waybill::runtime {

std::string Refusal::to_string() const {
  std::string subject = "pool '" + pool + "': ";
  switch (why) {
    case Why::full:
      return subject + "its queue is full; try again later, or give it more threads or a longer queue";
    case Why::closed:
      return subject + "it is shutting down and takes no more work";
    case Why::late:
      return subject + "no thread was free before the deadline; the work was not begun";
  }
  ENSURE(false, "a refusal has one of the reasons listed");
  return subject;
}

void throw_exception_from_error(const Refusal& refusal, const boost::source_location& where) {
  boost::throw_exception(Refused(refusal), where);
}

}  // namespace waybill::runtime
