#pragma once

#include <string>
#include <vector>

#include "confirm_ledger.hpp"
#include "connection.hpp"
#include "exchange_probe.hpp"
#include "exchange_register.hpp"
#include "hand_over.hpp"
#include "waiting_line.hpp"
#include "waybill/amqp/confirming_publisher.hpp"
#include "wire/content.hpp"

namespace waybill::amqp {

/// Publishes what is handed over and hears the broker's answers. Runs on the connection's thread.
class PublisherRole final : public Role {
 public:
  PublisherRole(const PublisherOptions& options, HandOver& hand_over);

  base::SteadyTime attend() override;
  void set_up(Link& link, bool new_link) override;
  void serve(Link& link) override;
  void interrupted(const Fault& fault) override;
  void say_last(Link&) override {}
  void finished() override;
  void on_frame(const amqp_frame_t& frame) override;

 private:
  void send_waiting(Link& link);
  bool may_send(const Unsent& item, FrameWriter& out);
  void send(Unsent& item, Link& link);
  void on_publish_frame(const amqp_frame_t& frame);
  void on_confirm(bool known);
  void on_returned(const amqp_frame_t& frame);
  [[noreturn]] void on_channel_closed(const amqp_channel_close_t& close);
  void on_probe_frame(const amqp_frame_t& frame);
  void tell(std::vector<Ended>& ended);

  const PublisherOptions& options_;
  HandOver& hand_over_;
  WaitingLine line_;
  ConfirmLedger ledger_;
  ExchangeRegister exchanges_;
  ExchangeProbe probe_;
  ContentWriter content_;
  Link* link_ = nullptr;      // from set_up() on
  message::Returned return_;  // its method is here, its content header is to come
  bool return_awaits_header_ = false;
  std::vector<Unsent> arrived_;
  std::vector<Ended> told_;
  base::SteadyTime now_{};  // as of the last attend()
};

}  // namespace waybill::amqp
