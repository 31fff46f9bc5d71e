#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "parcel/v1/parcel.contract.hpp"
#include "parcel/v1/parcel.pb.h"
#include "waybill/saga/definition.hpp"
#include "waybill/saga_simulation/rows.hpp"
#include "waybill/saga_simulation/simulator.hpp"

namespace waybill::saga_simulation::testing {

/// What the saga of the tests remembers.
struct Parcel {
  std::string what;
  std::int64_t grams = 0;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Parcel, what, grams)

/// A parcel is packed, and then it is sent.
saga::Definition<Parcel> send_parcel();
/// The same with two sendings.
saga::Definition<Parcel> send_parcel_twice();

enum class Packing : std::uint8_t { packed, refused, unpacked };

struct Warehouse {
  simulate::Dice* dice = nullptr;
  Rows<Packing> packings{};
  Rows<bool> sendings{};
  int packed = 0;  ///< so many stand there or were sent
  bool is_deaf = false;
};

Parcel new_parcel(Warehouse& warehouse, std::size_t number);
AnswerOf<parcel::v1::Pack> pack(Warehouse& warehouse, const parcel::v1::Pack& command,
                                const message::SagaReference& asked);
AnswerOf<parcel::v1::Unpack> unpack(Warehouse& warehouse, const parcel::v1::Unpack& command,
                                    const message::SagaReference& asked);
AnswerOf<parcel::v1::Send> send(Warehouse& warehouse, const parcel::v1::Send& command,
                                const message::SagaReference& asked);

/// What is packed is what completed sagas have.
simulate::Verdict all_is_accounted_for(const Warehouse& warehouse, std::span<const PlayedSaga> sagas);

/// One version, its participants, and what must hold at the end.
Simulator<Warehouse> parcel_simulator();

/// Nothing goes wrong.
inline constexpr Faults no_faults{.crashes_before_commit = 0,
                                  .crashes_after_commit = 0,
                                  .losses = 0,
                                  .doubles = 0,
                                  .delays = 0,
                                  .forgotten = 0,
                                  .absences = 0,
                                  .old_processes = 0,
                                  .early_dues = 0,
                                  .cancels = 0,
                                  .retries = 0,
                                  .compensates = 0,
                                  .resumes = 0,
                                  .abandons = 0};

}  // namespace waybill::saga_simulation::testing
