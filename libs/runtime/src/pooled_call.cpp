#include "waybill/runtime/pooled_call.hpp"

namespace waybill::runtime {

bool PooledCall::execute() noexcept {
  auto expected = Stage::waiting;
  if (!stage_.compare_exchange_strong(expected, Stage::begun)) return false;
  try {
    invoke();
  } catch (...) {
    error_ = std::current_exception();
  }
  discard();
  return true;
}

void PooledCall::tell() noexcept {
  // Taken out first: the caller may let go of the last other reference while it is told.
  Job tell = std::move(tell_);
  tell();
}

bool PooledCall::abandon() noexcept {
  auto expected = Stage::waiting;
  if (!stage_.compare_exchange_strong(expected, Stage::abandoned)) return false;
  discard();
  tell_ = {};
  return true;
}

}  // namespace waybill::runtime
