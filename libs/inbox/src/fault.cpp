#include "waybill/inbox/fault.hpp"

#include <array>
#include <utility>

#include "waybill/contract/bad_payload.hpp"
#include "waybill/postgres/fault.hpp"

namespace waybill::inbox {

std::string_view to_string(Reason reason) {
  static constexpr std::array names{std::string_view("unreadable"),    std::string_view("unknown_type"),
                                    std::string_view("no_handler"),    std::string_view("out_of_time"),
                                    std::string_view("other_payload"), std::string_view("permanent"),
                                    std::string_view("attempts_used"), std::string_view("crashed"),
                                    std::string_view("never_returned")};
  return names.at(static_cast<std::size_t>(reason));
}

Judged judge(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const Pause& pause) {
    return {Rest{pause.rest()}, pause.what()};
  } catch (const postgres::Fault& fault) {
    if (fault.kind() == postgres::FaultKind::permanent) return {GiveUp{Reason::permanent}, fault.what()};
    return {TryAgain{}, fault.what()};
  } catch (const Permanent& permanent) {
    return {GiveUp{Reason::permanent}, permanent.what()};
  } catch (const contract::BadPayloadError& bad) {
    return {GiveUp{Reason::permanent}, bad.what()};
  } catch (const std::logic_error& bug) {
    return {GiveUp{Reason::permanent}, bug.what()};
  } catch (const std::exception& other) {
    return {TryAgain{}, other.what()};
  } catch (...) {
    return {TryAgain{}, "something that is no std::exception was thrown"};
  }
}

}  // namespace waybill::inbox
