#include "waybill/postgres/parameters.hpp"

#include <limits>
#include <string>

#include "waybill/postgres/fault.hpp"

namespace waybill::postgres {
namespace {

constexpr std::size_t longest = 1'000'000'000;

void append(std::string& out, std::int32_t number) {
  const auto bytes = to_big_endian(number);
  out.append(bytes.data(), bytes.size());
}

}  // namespace

int checked_length(std::size_t length) {
  if (length > longest) {
    throw Fault(FaultKind::permanent,
                "a parameter of " + std::to_string(length) +
                    " bytes is longer than PostgreSQL takes (1 GB): split it, or keep it elsewhere");
  }
  return static_cast<int>(length);
}

ArrayWriter::ArrayWriter(TypeId element, std::size_t count, std::size_t bytes_each) {
  out_.reserve(20 + count * (4 + bytes_each));
  append(out_, count == 0 ? 0 : 1);  // dimensions
  append(out_, 0);                   // whether there are NULLs
  append(out_, static_cast<std::int32_t>(element));
  if (count == 0) return;
  append(out_, checked_length(count));
  append(out_, 1);  // the lower bound
}

void ArrayWriter::value(std::string_view bytes) {
  append(out_, checked_length(bytes.size()));
  out_.append(bytes);
}

void ArrayWriter::null() {
  out_[7] = 1;
  append(out_, -1);
}

}  // namespace waybill::postgres
