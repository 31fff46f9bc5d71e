#include <gmock/gmock.h>
#include <signal.h>

#include <memory>
#include <string>
#include <vector>

#include "bank/v1/bank.contract.hpp"
#include "bank/v1/bank.pb.h"
#include "book_trip.hpp"
#include "guide_page.hpp"
#include "rail/v1/rail.contract.hpp"
#include "rail/v1/rail.pb.h"
#include "trip/v1/trip.contract.hpp"
#include "trip/v1/trip.pb.h"
#include "waybill/amqp/confirming_publisher.hpp"
#include "waybill/amqp/manifest.hpp"
#include "waybill/amqp/topology.hpp"
#include "waybill/base/uuid_v7.hpp"
#include "waybill/contract/codec.hpp"
#include "waybill/message/wire_format.hpp"
#include "waybill/saga/drawing.hpp"
#include "waybill/servers/disposable_postgres.hpp"
#include "waybill/servers/program.hpp"
#include "waybill/servers/test_virtual_host.hpp"
#include "waybill/testkit/eventually.hpp"

// The service of docs/guide/sagas.md: the page shows what is compiled, and it does what the page says.

namespace waybill::guide {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

const std::string trip_folder = WAYBILL_GUIDE_TRIP "/";

TEST(SagasPage, shows_the_files_as_they_are) {
  const auto page = read_file(WAYBILL_GUIDE_SAGAS_PAGE);
  for (const auto& [kind, file] :
       {std::pair{"cpp", "book_trip.hpp"}, std::pair{"cpp", "book_trip.cpp"}, std::pair{"cpp", "main.cpp"}}) {
    EXPECT_THAT(page,
                HasSubstr(std::string("\n```") + kind + "\n" + read_file(trip_folder + file) + "```\n"));
  }
}

TEST(SagasPage, shows_the_saga_as_it_draws_itself_and_the_words_of_the_compiler) {
  const auto page = read_file(WAYBILL_GUIDE_SAGAS_PAGE);
  EXPECT_THAT(page, HasSubstr("\n```mermaid\n" + saga::to_mermaid(book_trip().plan()) + "```\n"));
  const std::string words =
      "saga: this step can be followed by a failure and has no undo: add .undo(...) or .nothing_to_undo()";
  EXPECT_THAT(page, HasSubstr("static assertion failed: " + words + "\n"));
}

base::Deadline in_time() { return base::Deadline::after(30s); }

class TripService : public ::testing::Test {
 protected:
  TripService() {
    amqp::set_up_topology(amqp::Options::for_urls({broker_.url()}),
                          {amqp::load_manifest(trip_folder + "topology.json").value().topology()}, in_time());
    service_ = std::make_unique<servers::Program>(
        WAYBILL_GUIDE_TRIP_PROGRAM, std::vector<std::string>{},
        std::map<std::string, std::string>{{"TRIP_DATABASE", database_.url()},
                                           {"TRIP_BROKER", broker_.url()},
                                           {"TRIP_TOPOLOGY", trip_folder + "topology.json"}});
  }

  void send(const std::string& exchange, const std::string& key, message::Envelope envelope,
            const contract::Payload& payload) const {
    contract::Codec().encode(payload, envelope).value();
    envelope.id = message::MessageId{base::new_uuid_v7()};
    envelope.source = "desk";
    envelope.time = base::system_clock().wall();
    EXPECT_TRUE(broker_.publish({message::Exchange{exchange}, message::RoutingKey{key}},
                                message::write_envelope(envelope)));
  }
  /// As a participant: takes a command and answers it.
  void answer(const std::string& queue, const std::string& expected, const contract::Payload& payload) const {
    const auto command = next_of(queue);
    EXPECT_EQ(command.type, expected);
    message::Envelope reply;
    reply.saga = command.saga;
    send("replies", command.reply_to, reply, payload);
  }
  message::Envelope next_of(const std::string& queue) const {
    std::vector<message::WireMessage> taken;
    EXPECT_TRUE(testkit::eventually([&] { return !(taken = broker_.take(queue, 1)).empty(); })) << queue;
    return taken.empty() ? message::Envelope{} : message::read_envelope(taken.at(0)).value();
  }
  void book(const std::string& trip) const {
    trip::v1::BookTrip command;
    command.set_trip_id(trip);
    command.set_train("ICE 1601");
    command.set_card("visa");
    send("commands", "trip", {}, command);
  }
  static rail::v1::SeatReserved seat_reserved() {
    rail::v1::SeatReserved reserved;
    reserved.set_seat("12A");
    reserved.set_price_minor(4'900);
    return reserved;
  }

  servers::DisposablePostgres database_;
  servers::TestVirtualHost broker_;
  std::unique_ptr<servers::Program> service_;
};

TEST_F(TripService, of_the_guide_books_calls_off_cancels_and_stops_when_it_is_told_to) {
  book("t1");
  answer("rail.commands", "rail.v1.ReserveSeat", seat_reserved());
  answer("bank.commands", "bank.v1.ChargeCard", bank::v1::CardCharged{});
  rail::v1::TicketIssued issued;
  issued.set_ticket("T-1");
  answer("rail.commands", "rail.v1.IssueTicket", issued);
  const auto booked = next_of("desk.events");
  EXPECT_EQ(booked.type, "trip.v1.TripBooked");
  EXPECT_EQ(booked.subject, "t1");

  book("t2");
  answer("rail.commands", "rail.v1.ReserveSeat", seat_reserved());
  bank::v1::CardDeclined declined;
  declined.set_why("no money");
  answer("bank.commands", "bank.v1.ChargeCard", declined);
  answer("rail.commands", "rail.v1.ReleaseSeat", rail::v1::SeatReleased{});
  const auto called_off = next_of("desk.events");
  EXPECT_EQ(called_off.type, "trip.v1.TripCalledOff");
  EXPECT_THAT(called_off.payload, HasSubstr("no money"));

  book("t3");
  EXPECT_EQ(next_of("rail.commands").type, "rail.v1.ReserveSeat");
  trip::v1::CancelTrip cancel;
  cancel.set_trip_id("t3");
  message::Envelope asking;
  asking.reply_to = "desk";
  send("commands", "trip", asking, cancel);
  EXPECT_EQ(next_of("desk.replies").type, "trip.v1.CancellationAccepted");
  answer("rail.commands", "rail.v1.ReleaseSeat", rail::v1::SeatReleased{});
  EXPECT_EQ(next_of("desk.events").type, "trip.v1.TripCalledOff");

  service_->send(SIGTERM);
  EXPECT_EQ(service_->wait(in_time()), 0);
}

}  // namespace
}  // namespace waybill::guide
