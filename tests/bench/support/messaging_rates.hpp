#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include "bare_amqp.hpp"
#include "sample_message.hpp"
#include "shop_messages.hpp"
#include "waybill/message/subscriber.hpp"

namespace waybill::bench {

/// A queue of its own with so many commands in it.
class FilledQueue {
 public:
  explicit FilledQueue(int count) {
    admin_.declare_quorum_queue(name_);
    fill_queue(name_, count);
  }
  ~FilledQueue() { admin_.delete_queue(name_); }
  FilledQueue(const FilledQueue&) = delete;
  FilledQueue& operator=(const FilledQueue&) = delete;
  const std::string& name() const { return name_; }

 private:
  BareAmqp admin_;
  std::string name_ = unique_queue("inbox");
};

/// Waits until so many things are done. Any thread.
class Countdown {
 public:
  explicit Countdown(int left) : left_(left) {}
  void done(int count);
  /// Throws std::runtime_error when it takes four minutes.
  void wait();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int left_;
};

/// So many commands in the outbox of a database, and the queue that they are for.
class WaitingRows {
 public:
  /// `times` as many: all after the first are copies under other ids.
  WaitingRows(const MessagingDatabase& database, int count, int times = 1);
  ~WaitingRows() { admin_.delete_queue(queue_); }
  WaitingRows(const WaitingRows&) = delete;
  WaitingRows& operator=(const WaitingRows&) = delete;

  const MessagingDatabase& database() const { return database_; }
  const std::string& queue() const { return queue_; }
  int count() const { return count_; }
  int left() const { return std::stoi(database_.sql("SELECT count(*) FROM waybill.outbox")); }

 private:
  const MessagingDatabase& database_;
  BareAmqp admin_;
  std::string queue_ = unique_queue("relay");
  int count_;
};

/// Rows a second that our relay sends, for as long as it takes, but no longer than `most`.
double relay_rate(const WaitingRows& waiting, std::chrono::seconds most = std::chrono::seconds{200});

std::unique_ptr<message::Subscriber> subscribe_to(const std::string& queue);

/// Commands a second that our inbox handles, each with a row and an answer.
double one_row_rate(const MessagingDatabase& database, int count);

}  // namespace waybill::bench
