#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "waybill/base/clock.hpp"
#include "waybill/postgres/pool.hpp"
#include "waybill/runtime/thread.hpp"

namespace waybill::accept {

/// Sees to it that answers find a partition, and that old ones go: on a thread of its own, now and then, and
/// on another's where it has come too late for that. It begins when somebody first asks for room, or a little
/// after it was made: whoever makes it may yet be making the tables. Any thread.
class Upkeep {
 public:
  Upkeep(postgres::Pool& pool, std::chrono::seconds keep);
  ~Upkeep();
  Upkeep(const Upkeep&) = delete;
  Upkeep& operator=(const Upkeep&) = delete;

  /// Makes partitions, unless it is known that there are some for the next hour. What fails is left to who
  /// needs them.
  void see_to_room();
  /// What was known of partitions is wrong.
  void room_is_missing();

 private:
  void run();
  void make();
  void drop();
  bool has_room();

  postgres::Pool& pool_;
  const std::chrono::seconds keep_;
  std::mutex mutex_;
  std::condition_variable changed_;
  base::SteadyTime room_until_{};
  bool was_asked_ = false;
  bool stopped_ = false;
  runtime::Thread thread_;
};

}  // namespace waybill::accept
