#pragma once

#include "shop_world.hpp"
#include "waybill/saga_simulation/answer_of.hpp"

namespace shop {

/// A new id, the same in each history of a seed.
waybill::base::Uuid next_id(World& world);

/// Makes inventory and payment of the world take their commands.
void add_inventory(waybill::saga_simulation::Simulator<World>& simulator);
void add_payment(waybill::saga_simulation::Simulator<World>& simulator);

}  // namespace shop
