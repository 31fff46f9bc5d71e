#include "settings.hpp"

#include "waybill/runtime/form.hpp"

namespace shop::payment {

const waybill::runtime::Setting<std::chrono::milliseconds>& slow_after() {
  using namespace std::chrono_literals;
  static const auto setting =
      waybill::runtime::Setting{"payment.slow_after", waybill::runtime::form::duration(1ms, 24h),
                                "After how long a charge is made whose means of payment takes its time"}
          .by_default("20s");
  return setting;
}

}  // namespace shop::payment
