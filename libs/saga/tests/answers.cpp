#include "answers.hpp"

#include <utility>

#include "bank/v1/bank.pb.h"
#include "rail/v1/rail.pb.h"

namespace waybill::saga {
namespace {

template <class Message>
AnyAnswer answer_of(Message message) {
  return {message.GetTypeName(), std::make_shared<Message>(std::move(message))};
}

}  // namespace

AnyAnswer seat_reserved() {
  rail::v1::SeatReserved reserved;
  reserved.set_seat("12A");
  reserved.set_price_minor(4'500);
  return answer_of(reserved);
}
AnyAnswer train_is_full() { return answer_of(rail::v1::TrainIsFull()); }
AnyAnswer seat_released() { return answer_of(rail::v1::SeatReleased()); }
AnyAnswer card_charged() { return answer_of(bank::v1::CardCharged()); }
AnyAnswer card_declined() {
  bank::v1::CardDeclined declined;
  declined.set_why("over the limit");
  return answer_of(declined);
}
AnyAnswer card_refunded() { return answer_of(bank::v1::CardRefunded()); }
AnyAnswer ticket_issued() {
  rail::v1::TicketIssued issued;
  issued.set_ticket("T-1");
  return answer_of(issued);
}

}  // namespace waybill::saga
