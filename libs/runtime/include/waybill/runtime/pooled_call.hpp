#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

namespace waybill::runtime {

/// One function on its way through a BlockingPool: it is either begun by a thread of the pool or abandoned by
/// the caller, never both. Begun, it ends in a result or an exception. The function and what it captured are
/// gone by then.
class PooledCall {
 public:
  virtual ~PooledCall() = default;

  /// Run by the pool's thread; does nothing when it was abandoned before. Says whether it was run.
  bool execute() noexcept;
  /// Run by the caller that waits no longer; false when a thread has begun, so that the end has to be
  /// awaited.
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
};

template <class F>
class PooledFunction final : public PooledCall {
 public:
  using Result = std::invoke_result_t<F&>;

  explicit PooledFunction(F function) : function_(std::in_place, std::move(function)) {}

  /// The result, once, after execute().
  Result take() {
    rethrow();
    if constexpr (!std::is_void_v<Result>) return std::forward<Result>(*result_);
  }

 private:
  struct Nothing {};
  using Stored = std::conditional_t<std::is_void_v<Result>, Nothing, Result>;
  static_assert(!std::is_reference_v<Result>,
                "a reference into another thread's work: return a value or a pointer");

  void invoke() override {
    if constexpr (std::is_void_v<Result>) {
      std::invoke(*function_);
    } else {
      result_.emplace(std::invoke(*function_));
    }
  }
  void discard() noexcept override { function_.reset(); }

  std::optional<F> function_;
  std::optional<Stored> result_;
};

}  // namespace waybill::runtime
