#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "waybill/base/deadline.hpp"
#include "waybill/message/outcome.hpp"
#include "waybill/outbox/binding_source.hpp"

namespace waybill::outbox {

/// What reaches the relay's thread from others: outcomes, wake-ups, the wish that it stop. Any thread puts
/// in; one takes out.
class RelayMailbox {
 public:
  struct Outcome {
    std::uint64_t term = 0;  ///< of which leadership the publication was
    std::int64_t id = 0;
    message::Outcome outcome;
  };
  /// What the watch of bindings has asked for.
  struct Looked {
    boost::system::result<BrokerView, CannotSee> seen;
  };
  struct Marked {
    std::optional<CannotSee> failure;
  };
  struct CopyEnded {
    std::uint64_t page = 0;
    message::Outcome outcome;
  };
  struct News {
    std::uint64_t term = 0;
    std::variant<Looked, Marked, CopyEnded> what;
  };
  struct Mail {
    std::vector<Outcome> outcomes;
    std::vector<News> news;
    bool is_woken = false;

    void clear() {
      outcomes.clear();
      news.clear();
    }
  };

  void put(Outcome outcome) {
    {
      const std::lock_guard lock(mutex_);
      outcomes_.push_back(std::move(outcome));
      if (!is_waiting_) return;
    }
    changed_.notify_one();
  }
  void put(News news) {
    {
      const std::lock_guard lock(mutex_);
      news_.push_back(std::move(news));
      if (!is_waiting_) return;
    }
    changed_.notify_one();
  }
  void wake() {
    {
      const std::lock_guard lock(mutex_);
      is_woken_ = true;
      if (!is_waiting_) return;
    }
    changed_.notify_one();
  }
  void stop(base::Deadline flush_until) {
    {
      const std::lock_guard lock(mutex_);
      flush_until_ = std::min(flush_until, flush_until_);
      is_stopped_ = true;
    }
    changed_.notify_one();
  }
  /// Nothing when nobody wants it to stop.
  std::optional<base::Deadline> flush_until() const {
    const std::lock_guard lock(mutex_);
    return is_stopped_ ? std::optional(flush_until_) : std::nullopt;
  }

  /// What has come, without waiting.
  void take(Mail& mail) {
    mail.clear();
    const std::lock_guard lock(mutex_);
    take_locked(mail);
  }
  /// What has come, as soon as there is any, or nothing when the deadline comes. Once it is to stop, waits no
  /// longer than that allows.
  void await(Mail& mail, base::Deadline deadline) {
    mail.clear();
    std::unique_lock lock(mutex_);
    const bool was_stopped = is_stopped_;
    is_waiting_ = true;
    changed_.wait_until(lock, deadline.when(), [&] { return has_any() || is_stopped_ != was_stopped; });
    is_waiting_ = false;
    take_locked(mail);
  }

 private:
  bool has_any() const { return !outcomes_.empty() || !news_.empty() || is_woken_; }
  void take_locked(Mail& mail) {
    std::swap(mail.outcomes, outcomes_);
    std::swap(mail.news, news_);
    mail.is_woken = std::exchange(is_woken_, false);
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Outcome> outcomes_;
  std::vector<News> news_;
  bool is_woken_ = false;
  bool is_waiting_ = false;
  bool is_stopped_ = false;
  base::Deadline flush_until_ = base::Deadline::never();
};

}  // namespace waybill::outbox
