#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include "waybill/base/ensure.hpp"
#include "waybill/runtime/job.hpp"

namespace waybill::runtime {

/// One function on its way through a BlockingPool: it is either begun by a thread of the pool or abandoned by
/// its caller, never both. Begun, it ends in a result or an exception, and the caller is told. The function
/// and what it captured are gone by then.
class PooledCall {
 public:
  virtual ~PooledCall() = default;

  /// What tells the caller; set before the pool has the call.
  void on_end(Job tell) { tell_ = std::move(tell); }

  /// For the pool's thread: runs the function, unless the call was abandoned. Says whether the caller is to
  /// be told.
  bool execute() noexcept;
  void tell() noexcept;
  /// For a caller that waits no longer; false when a thread has begun, so that the end has to be awaited.
  bool abandon() noexcept;

 protected:
  virtual void invoke() = 0;
  virtual void discard() noexcept = 0;
  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  enum class Stage { waiting, begun, abandoned };
  std::atomic<Stage> stage_ = Stage::waiting;
  std::exception_ptr error_;
  Job tell_;
};

template <class F>
class PooledFunction final : public PooledCall {
 public:
  using Result = std::invoke_result_t<F&>;
  static_assert(!std::is_reference_v<Result>,
                "a reference into another thread's work: return a value or a pointer");

  template <class G>
  explicit PooledFunction(std::in_place_t, G&& function) : function_(std::forward<G>(function)) {}

  /// The result or the exception, once, when the call has ended.
  Result take() {
    rethrow();
    ENSURE(result_.has_value(), "a call has a result once it has ended");
    if constexpr (!std::is_void_v<Result>) return *std::move(result_);
  }

 private:
  struct Nothing {};
  using Stored = std::conditional_t<std::is_void_v<Result>, Nothing, Result>;

  void invoke() override {
    ENSURE(function_.has_value(), "a call is begun once");
    if constexpr (std::is_void_v<Result>) {
      std::invoke(*function_);
      result_.emplace();
    } else {
      result_.emplace(std::invoke(*function_));
    }
  }
  void discard() noexcept override { function_.reset(); }

  std::optional<F> function_;
  std::optional<Stored> result_;
};

}  // namespace waybill::runtime
