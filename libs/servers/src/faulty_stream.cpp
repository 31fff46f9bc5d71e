#include "faulty_stream.hpp"

#include <algorithm>

#include "waybill/base/ensure.hpp"
#include "waybill/servers/fault_proxy.hpp"

namespace waybill::servers {
namespace {

constexpr std::size_t piece_bytes = 16 * 1024;
/// A throttled stream goes in slices of this part of a second.
constexpr std::uint64_t slices_per_second = 50;

}  // namespace

std::size_t FaultyStream::wanted() const {
  if (faults_.stopped || overrun_) return 0;
  return dropping_ ? piece_bytes : std::min(piece_bytes, FaultProxy::buffer_bytes - held_);
}

void FaultyStream::take(std::string_view bytes, base::SteadyTime now) {
  if (dropping_) return;
  ENSURE(bytes.size() <= wanted(), "the stream is given no more than it wants");
  std::string piece(bytes);
  if (corrupt_at_ && *corrupt_at_ < taken_ + piece.size()) {
    char& byte = piece[*corrupt_at_ - taken_];
    byte = static_cast<char>(~byte);
    corrupt_at_.reset();
  }
  if (cut_at_ && cut_at_->offset < taken_ + piece.size()) {
    piece.resize(cut_at_->offset - taken_);
    overrun_ = true;
  }
  if (piece.empty()) return;
  taken_ += piece.size();
  held_ += piece.size();
  last_due_ = std::max(last_due_, now + draw_delay());
  pieces_.push_back({std::move(piece), last_due_});
}

std::chrono::milliseconds FaultyStream::draw_delay() {
  if (faults_.jitter.count() == 0) return faults_.delay;
  const auto bound = static_cast<std::uint64_t>(faults_.jitter.count()) + 1;
  return faults_.delay + std::chrono::milliseconds{random_() % bound};
}

std::string_view FaultyStream::ready(base::SteadyTime now) const {
  const auto when = next_ready();
  if (!when || *when > now) return {};
  const auto rest = std::string_view(pieces_.front().bytes).substr(passed_of_first_);
  const auto rate = faults_.bytes_per_second;
  return rate == 0 ? rest : rest.substr(0, std::max<std::uint64_t>(1, rate / slices_per_second));
}

void FaultyStream::passed(std::size_t count, base::SteadyTime now) {
  ENSURE(!pieces_.empty() && count <= pieces_.front().bytes.size() - passed_of_first_);
  held_ -= count;
  passed_of_first_ += count;
  if (passed_of_first_ == pieces_.front().bytes.size()) {
    pieces_.pop_front();
    passed_of_first_ = 0;
  }
  if (faults_.bytes_per_second == 0) return;
  const std::chrono::nanoseconds time_for_count{count * 1'000'000'000ULL / faults_.bytes_per_second};
  pass_next_at_ = std::max(pass_next_at_, now) + time_for_count;
}

std::optional<base::SteadyTime> FaultyStream::next_ready() const {
  if (pieces_.empty()) return std::nullopt;
  const auto due = pieces_.front().due;
  return faults_.bytes_per_second == 0 ? due : std::max(due, pass_next_at_);
}

void FaultyStream::cut_after(std::uint64_t bytes, Cut how) {
  if (!overrun_) cut_at_ = CutAt{taken_ + bytes, how};
}

void FaultyStream::corrupt(std::uint64_t offset) { corrupt_at_ = taken_ + offset; }

std::optional<Cut> FaultyStream::cut_due() const {
  if (!overrun_ || !pieces_.empty()) return std::nullopt;
  return cut_at_->how;
}

void FaultyStream::drop_everything() {
  dropping_ = true;
  pieces_.clear();
  held_ = passed_of_first_ = 0;
}

void FaultyStream::heal() {
  for (auto& piece : pieces_) piece.due = {};
  last_due_ = pass_next_at_ = {};
  corrupt_at_.reset();
  if (!overrun_) cut_at_.reset();
}

}  // namespace waybill::servers
