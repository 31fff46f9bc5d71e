#pragma once

#include <concepts>
#include <memory>
#include <utility>

#include "waybill/base/ensure.hpp"

namespace waybill::runtime {

/// Something to be run: a function without arguments that can be moved but not copied, so that it may own
/// promises, connections and completion handlers. Not thread-safe; an empty one must not be called.
class Job {
 public:
  Job() = default;

  template <class F>
    requires(std::invocable<F&> && !std::same_as<F, Job>)
  Job(F function) : body_(std::make_unique<Holding<F>>(std::move(function))) {}

  explicit operator bool() const noexcept { return body_ != nullptr; }

  void operator()() {
    ENSURE(body_ != nullptr, "an empty job has nothing to run");
    body_->run();
  }

 private:
  struct Body {
    virtual ~Body() = default;
    virtual void run() = 0;
  };

  template <class F>
  struct Holding final : Body {
    explicit Holding(F given) : function(std::move(given)) {}
    void run() override { static_cast<void>(function()); }
    F function;
  };

  std::unique_ptr<Body> body_;
};

}  // namespace waybill::runtime
