#include <gtest/gtest.h>

#include "trial/v1/parcel.contract.hpp"
#include "trial/v2/parcel.contract.hpp"
#include "waybill/contract/concepts.hpp"

// Headers that know kinds and replies must not make everybody compile protobuf.
#ifdef GOOGLE_PROTOBUF_VERSION
#error "a traits header includes protobuf"
#endif

namespace waybill::contract {
namespace {

using trial::v1::ParcelLost;
using trial::v1::ParcelSent;
using trial::v1::SendParcel;
using trial::v2::ParcelReturned;

TEST(Traits, tell_name_and_kind_of_a_class_that_is_only_declared) {
  static_assert(traits<SendParcel>::name == "trial.v1.SendParcel");
  static_assert(traits<SendParcel>::kind == Kind::command);
  static_assert(traits<ParcelReturned>::kind == Kind::refusal);
  EXPECT_EQ(to_string(traits<ParcelLost>::kind), "event");
}

TEST(Traits, list_the_replies_of_a_command_in_their_order_also_of_another_package) {
  static_assert(std::is_same_v<traits<SendParcel>::replies, types<ParcelSent, ParcelReturned>>);
  static_assert(traits<ParcelSent>::replies::size == 0);
}

TEST(Traits, make_concepts_by_kind) {
  static_assert(Command<SendParcel> && !Event<SendParcel> && !Answer<SendParcel>);
  static_assert(Event<ParcelLost> && !Command<ParcelLost>);
  static_assert(Reply<ParcelSent> && Answer<ParcelSent> && !Refusal<ParcelSent>);
  static_assert(Refusal<ParcelReturned> && Answer<ParcelReturned> && !Reply<ParcelReturned>);
  static_assert(!Contract<int> && !Command<int>);
}

TEST(Traits, tell_which_answers_belong_to_a_command) {
  static_assert(AnswerTo<ParcelSent, SendParcel> && AnswerTo<ParcelReturned, SendParcel>);
  static_assert(!AnswerTo<ParcelLost, SendParcel> && !AnswerTo<ParcelSent, ParcelLost>);
}

}  // namespace
}  // namespace waybill::contract
