#include "parcels.hpp"

namespace waybill::saga_simulation::testing {

using namespace std::chrono_literals;
using namespace saga;

namespace {

parcel::v1::Pack to_pack(const Parcel& parcel) {
  parcel::v1::Pack command;
  command.set_what(parcel.what);
  return command;
}
parcel::v1::Unpack to_unpack(const Parcel&) { return {}; }
parcel::v1::Send to_send(const Parcel&) { return {}; }
void keep_grams(Parcel& parcel, const parcel::v1::Packed& packed) { parcel.grams = packed.grams(); }

auto pack_step() {
  return step<"pack">(to_pack)
      .on<parcel::v1::Packed>(keep_grams)
      .refused_by<parcel::v1::TooLarge>()
      .undo(to_unpack)
      .within(10s);
}

}  // namespace

Definition<Parcel> send_parcel() {
  return define<Parcel>("send-parcel", 1, pack_step(), point_of_no_return,
                        step<"send">(to_send).on<parcel::v1::IsSent>().resent_every(5s));
}

Definition<Parcel> send_parcel_twice() {
  return define<Parcel>("send-parcel", 2, pack_step(), point_of_no_return,
                        step<"send">(to_send).on<parcel::v1::IsSent>().resent_every(5s),
                        step<"send-again">(to_send).on<parcel::v1::IsSent>().resent_every(5s));
}

Parcel new_parcel(Warehouse&, std::size_t number) { return {.what = "thing " + std::to_string(number)}; }

AnswerOf<parcel::v1::Pack> pack(Warehouse& warehouse, const parcel::v1::Pack&,
                                const message::SagaReference& asked) {
  const auto* known = warehouse.packings.find(asked);
  if (known == nullptr) {
    const auto state = warehouse.dice->strikes(10) ? Packing::refused : Packing::packed;
    if (state == Packing::packed) ++warehouse.packed;
    known = &warehouse.packings.insert(asked, state);
  }
  if (*known == Packing::unpacked) return std::nullopt;
  if (*known == Packing::refused) return parcel::v1::TooLarge();
  parcel::v1::Packed answer;
  answer.set_grams(500);
  return answer;
}

AnswerOf<parcel::v1::Unpack> unpack(Warehouse& warehouse, const parcel::v1::Unpack&,
                                    const message::SagaReference& asked) {
  auto* known = warehouse.packings.find(asked);
  if (known == nullptr) {
    warehouse.packings.insert(asked, Packing::unpacked);
  } else if (std::exchange(*known, Packing::unpacked) == Packing::packed) {
    --warehouse.packed;
  }
  return parcel::v1::Unpacked();
}

AnswerOf<parcel::v1::Send> send(Warehouse& warehouse, const parcel::v1::Send&,
                                const message::SagaReference& asked) {
  if (warehouse.is_deaf) return std::nullopt;
  if (warehouse.sendings.find(asked) == nullptr) warehouse.sendings.insert(asked, true);
  return parcel::v1::IsSent();
}

simulate::Verdict all_is_accounted_for(const Warehouse& warehouse, std::span<const PlayedSaga> sagas) {
  const auto completed = std::ranges::count(sagas, Status::completed, &PlayedSaga::status);
  if (warehouse.packed == completed) return std::nullopt;
  return std::to_string(warehouse.packed) + " are packed, and " + std::to_string(completed) +
         " sagas complete";
}

Simulator<Warehouse> parcel_simulator() {
  Simulator<Warehouse> simulator([](simulate::History& history) { return Warehouse{.dice = &history.dice}; });
  simulator.definition(send_parcel(), new_parcel)
      .participant(pack)
      .participant(unpack)
      .participant(testing::send)
      .holds_at_end(all_is_accounted_for);
  return simulator;
}

}  // namespace waybill::saga_simulation::testing
