#include "fuzz_input.hpp"
#include "waybill/base/ensure.hpp"
#include "waybill/base/timestamp.hpp"
#include "waybill/base/uuid.hpp"
#include "waybill/base/uuid_v7.hpp"
#include "waybill/message/foreign_id.hpp"

namespace waybill {
namespace {

void check_uuid(const std::string& text) {
  const auto id = base::Uuid::parse(text);
  if (!id) return;
  const auto written = id->to_string();
  ENSURE(base::Uuid::parse(written) == id, "an id is read as it was written");
  ENSURE(text.size() == written.size(), "only the canonical form is an id");
  if (const auto time = base::time_of(*id); time && base::is_representable(*time)) {
    const auto range = base::ids_between(*time, *time + std::chrono::milliseconds{1});
    ENSURE(id->version() != 7 || range.contains(*id), "an id lies among those of its time");
  }
}

void check_timestamp(const std::string& text) {
  const auto time = base::parse_timestamp(text);
  if (!time) return;
  ENSURE(base::is_representable(*time), "a time that was read can be written");
  ENSURE(base::parse_timestamp(base::format_timestamp(*time)) == time, "a time is read as it was written");
}

void check_foreign_id(const std::string& time_text, const std::string& source, const std::string& id) {
  const auto time = base::parse_timestamp(time_text);
  if (!time || time->time_since_epoch().count() < 0) return;
  const auto made = message::uuid_of_foreign_id(*time, source, id);
  ENSURE(made.version() == 8, "a foreign id becomes a UUIDv8");
  ENSURE(made == message::uuid_of_foreign_id(*time, source, id), "the same message has the same id");
  ENSURE(base::time_of(made) == std::chrono::floor<std::chrono::milliseconds>(*time),
         "the id tells its message's time");
}

}  // namespace
}  // namespace waybill

// An id that is read otherwise than it was written is a message that is handled twice, or never.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  waybill::fuzz::Input input(data, size);
  const auto id = input.line();
  const auto time = input.line();
  const auto source = input.line();
  waybill::check_uuid(id);
  waybill::check_timestamp(time);
  waybill::check_foreign_id(time, source, id);
  return 0;
}
