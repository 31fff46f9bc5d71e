#include "depot_load.hpp"

#include <gtest/gtest.h>

#include <utility>

#include "waybill/testkit/eventually.hpp"

namespace waybill::guide {

DeliveryLoad::DeliveryLoad(Deliver deliver) : deliver_(std::move(deliver)) {
  for (int client = 0; client < clients; ++client) {
    threads_.emplace_back("client", [this, client] { run(client); });
  }
}

void DeliveryLoad::run(int client) {
  for (int n = 0; goes_on_; ++n) {
    const auto key = std::to_string(client) + "-" + std::to_string(n);
    // A service that is away answers nothing, one that is busy or waits for its database 503 or 409.
    const auto is_done = [&] {
      const auto status = deliver_(key);
      EXPECT_TRUE(!status || *status == 201 || *status == 503 || *status == 409 || *status == 504) << *status;
      return status == 201;
    };
    if (testkit::eventually(is_done, std::chrono::minutes{1})) {
      ++done_;
    } else {
      ADD_FAILURE() << "the delivery " << key << " was not taken in";
      return;
    }
  }
}

std::int64_t DeliveryLoad::stop() {
  goes_on_ = false;
  for (auto& thread : threads_) thread.join();
  threads_.clear();
  return done_;
}

}  // namespace waybill::guide
