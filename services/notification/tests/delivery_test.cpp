#include "domain/delivery.hpp"

#include <gmock/gmock.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "channels/file_sink.hpp"
#include "waybill/base/uuid_v7.hpp"
#include "waybill/testkit/temporary_directory.hpp"

namespace shop::notification {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr auto id = "018d3f2e-0000-8000-8000-0000000000ab";

Delivery a_delivery(Channel channel, std::string recipient) {
  return {.id = *waybill::base::Uuid::parse(id),
          .channel = channel,
          .recipient = std::move(recipient),
          .words = {.subject = channel == Channel::sms ? "" : "Your order", .text = "It is\non its way.\n"},
          .requested_at = waybill::base::WallTime{1'700'000'000'123'456us}};
}

std::string read(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::size_t count_files(const fs::path& path) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(path), fs::directory_iterator()));
}

TEST(EmailText, is_a_message_of_rfc_5322) {
  EXPECT_EQ(email_text(a_delivery(Channel::email, "ada@example.com"), "orders@shop.example"),
            "Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n"
            "From: orders@shop.example\r\n"
            "To: ada@example.com\r\n"
            "Subject: Your order\r\n"
            "Message-ID: <018d3f2e-0000-8000-8000-0000000000ab@shop.example>\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: 8bit\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "\r\n"
            "It is\r\non its way.\r\n");
}

TEST(PlainText, has_a_subject_only_where_the_channel_has_one) {
  EXPECT_EQ(plain_text(a_delivery(Channel::sms, "+4930123456")), "To: +4930123456\n\nIt is\non its way.\n");
  EXPECT_EQ(plain_text(a_delivery(Channel::push, "device")),
            "To: device\nSubject: Your order\n\nIt is\non its way.\n");
}

// Whoever let a line break come so far has a bug, and no mail may go out of it.
TEST(EmailTextDeath, ends_the_process_rather_than_write_a_header_with_a_line_break) {
  auto broken = a_delivery(Channel::email, "ada@example.com\r\nBcc: all@example.com");
  EXPECT_DEATH(email_text(broken, "orders@shop.example"), "control character");
  broken = a_delivery(Channel::email, "ada@example.com");
  broken.words.subject = "a\nb";
  EXPECT_DEATH(email_text(broken, "orders@shop.example"), "control character");
}

TEST(FileSink, writes_one_file_for_each_and_the_same_file_when_it_is_asked_again) {
  const waybill::testkit::TemporaryDirectory directory;
  const auto email = directory.path() / "mail" / "email";
  // What one who was killed has left.
  std::filesystem::create_directories(email);
  const auto left = email / ("." + std::string(id) + ".eml.1.part");
  std::ofstream(left) << std::string(10'000, 'x');
  std::filesystem::last_write_time(left,
                                   std::filesystem::file_time_type::clock::now() - std::chrono::hours{2});
  FileSink sink(directory.path() / "mail", "orders@shop.example");
  const std::array all{a_delivery(Channel::email, "ada@example.com"), a_delivery(Channel::sms, "+4930123456"),
                       a_delivery(Channel::push, "device")};
  for (int n = 0; n < 2; ++n) {
    sink.deliver(all);
    EXPECT_EQ(read(email / (std::string(id) + ".eml")), email_text(all[0], "orders@shop.example"));
    EXPECT_EQ(read(directory.path() / "mail" / "sms" / (std::string(id) + ".txt")), plain_text(all[1]));
    EXPECT_EQ(read(directory.path() / "mail" / "push" / (std::string(id) + ".txt")), plain_text(all[2]));
    for (const auto* channel : {"email", "sms", "push"}) {
      EXPECT_EQ(count_files(directory.path() / "mail" / channel), 1U);
    }
  }
}

TEST(FileSink, writes_all_of_a_large_batch) {
  const waybill::testkit::TemporaryDirectory directory;
  FileSink sink(directory.path(), "orders@shop.example");
  std::vector<Delivery> all;
  for (int n = 0; n < 100; ++n) {
    all.push_back(a_delivery(Channel::sms, "+49301234" + std::to_string(100 + n)));
    all.back().id = waybill::base::new_uuid_v7();
    all.back().words.text = "This is number " + std::to_string(n);
  }
  sink.deliver(all);
  for (const auto& each : all) {
    EXPECT_EQ(read(directory.path() / "sms" / (each.id.to_string() + ".txt")), plain_text(each));
  }
  EXPECT_EQ(count_files(directory.path() / "sms"), 100U);
}

// A reader sees the old file or the new one, never a part of one.
TEST(FileSink, replaces_a_file_as_a_whole) {
  const waybill::testkit::TemporaryDirectory directory;
  FileSink sink(directory.path(), "orders@shop.example");
  const auto delivery = a_delivery(Channel::sms, "+4930123456");
  const auto path = directory.path() / "sms" / (std::string(id) + ".txt");
  std::ofstream(path) << "before";
  std::ifstream reader(path);
  sink.deliver({&delivery, 1});
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(reader), {}), "before");
  EXPECT_EQ(read(path), plain_text(delivery));
}

TEST(FileSink, is_away_while_the_file_system_refuses_and_says_what_it_refused) {
  const waybill::testkit::TemporaryDirectory directory;
  FileSink sink(directory.path() / "mail", "orders@shop.example");
  fs::remove_all(directory.path() / "mail" / "sms");
  const auto delivery = a_delivery(Channel::sms, "+4930123456");
  try {
    sink.deliver({&delivery, 1});
    FAIL() << "it delivered into nothing";
  } catch (const SinkAway& away) {
    EXPECT_THAT(away.what(), AllOf(HasSubstr("sms"), HasSubstr("No such file or directory")));
  }
  fs::create_directory(directory.path() / "mail" / "sms");
  sink.deliver({&delivery, 1});
  EXPECT_EQ(count_files(directory.path() / "mail" / "sms"), 1U);
}

}  // namespace
}  // namespace shop::notification
