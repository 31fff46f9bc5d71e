#include "net/link.hpp"

#include <gtest/gtest.h>

#include <array>

#include "waybill/runtime/event_fd.hpp"

namespace waybill::amqp {
namespace {

// A broker that has said again and again that it is not blocked, in so many bytes.
class Chatty final : public Transport {
 public:
  explicit Chatty(std::size_t bytes) : left_(bytes) { ready_.signal(); }

  int descriptor() const override { return ready_.descriptor(); }
  std::size_t read(std::span<std::uint8_t> room) override {
    const auto size = std::min(room.size(), left_);
    for (std::size_t i = 0; i < size; ++i) room[i] = word[at_++ % word.size()];
    left_ -= size;
    return size;
  }
  std::size_t write(std::span<const std::uint8_t> bytes) override { return bytes.size(); }

 private:
  static constexpr std::array<std::uint8_t, 12> word{AMQP_FRAME_METHOD, 0, 0, 0, 0, 0, 4, 0, 10, 0, 61,
                                                     AMQP_FRAME_END};
  runtime::EventFd ready_;
  std::size_t left_;
  std::size_t at_ = 0;
};

class Nobody final : public LinkUser {
 public:
  base::SteadyTime attend() override { return base::SteadyTime::max(); }
  void on_frame(const amqp_frame_t&) override {}
};

// Who rests between two reads has to know that there is something to read already.
TEST(Link, knows_whether_there_is_more_to_read) {
  Waiter waiter;
  Nobody nobody;
  Link little(std::make_unique<Chatty>(80), waiter, nobody, "broker:1");
  little.turn(base::SteadyTime{});
  EXPECT_FALSE(little.has_more());

  Link much(std::make_unique<Chatty>(800'000), waiter, nobody, "broker:1");
  much.turn(base::SteadyTime{});
  EXPECT_TRUE(much.has_more());
  int turns = 1;
  for (; much.has_more(); ++turns) much.turn(base::SteadyTime{});
  EXPECT_GT(turns, 2);
}

}  // namespace
}  // namespace waybill::amqp
