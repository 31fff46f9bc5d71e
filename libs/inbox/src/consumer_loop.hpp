#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "batch_run.hpp"
#include "consumer_machine.hpp"
#include "dead_letter.hpp"
#include "intake.hpp"
#include "parking.hpp"
#include "quarantine.hpp"
#include "received.hpp"
#include "recorder.hpp"
#include "watchdog.hpp"
#include "waybill/inbox/consumer.hpp"
#include "waybill/postgres/session.hpp"

namespace waybill::inbox {

/// Asks the machine what to do and does it, until it is to stop. run() on one thread, stop() from any.
class ConsumerLoop final : private AtWork {
 public:
  ConsumerLoop(ConsumerOptions options, postgres::Pool& pool, const outbox::Sender& sender, Handlers handlers,
               Subscribe subscribe, const Probe& probe);

  void run();
  void stop();

 private:
  void perform(const act::Receive&);
  void perform(const act::Begin& begin);
  void perform(const act::TakeBack& take_back);
  void perform(const act::Run& run);
  void perform(const act::Record& record);
  void perform(const act::Settle& settle);
  void perform(const act::Sleep& sleep);
  void perform(const act::GiveBack& give_back);
  void perform(const act::Stop&) {}

  void at(const Received* message) override;
  /// The handler has not come back: notes it where it can, and ends the process.
  [[noreturn]] void end_process();

  Received read(message::Delivery delivery) const;
  void take(std::vector<Received> messages);
  /// Of a queue with an order: parked messages that are due, if there are any and they are this one's to
  /// take.
  std::vector<Due::Message> take_due();
  void take_parked(std::vector<Due::Message> due);
  void subscribe_again();
  void keep_tables();
  bool is_stopped() const;
  /// False when it is to stop.
  bool rest_for(std::chrono::milliseconds duration);

  const ConsumerOptions options_;
  postgres::Pool& pool_;
  const outbox::Sender& sender_;
  const Handlers handlers_;
  const Subscribe subscribe_;
  const Probe probe_;
  const Origins origins_;
  const Intake intake_;
  Recorder recorder_;
  ConsumerMachine machine_;

  std::unique_ptr<message::Subscriber> subscriber_;  ///< exchanged with the mutex held
  std::optional<Quarantine::Pass> alone_;
  std::vector<Received> hand_;
  std::map<std::size_t, Failure> failures_;
  bool was_in_doubt_ = false;  ///< a Run was, and none has come to its end since
  base::Deadline keep_tables_at_ = base::Deadline::after(std::chrono::nanoseconds{0});
  /// Of a queue with an order: when the next parked message is due.
  base::Deadline look_for_due_at_ = base::Deadline::after(std::chrono::nanoseconds{0});
  /// One consumer takes them: the server knows which, and when its process has ended.
  std::optional<postgres::Session> parked_;
  bool keeps_parked_ = false;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool is_stopped_ = false;
  base::Uuid at_id_;
  std::uint32_t at_attempt_ = 0;
  std::string at_type_;
  /// The time of a Run.
  const std::chrono::milliseconds batch_within_;
  Watchdog watchdog_;
};

}  // namespace waybill::inbox
