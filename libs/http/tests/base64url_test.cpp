#include "base64url.hpp"

#include <gtest/gtest.h>

#include "sha256.hpp"

namespace waybill::http {
namespace {

using namespace std::string_literals;

TEST(Base64url, writes_the_examples_of_rfc_4648_without_padding) {
  EXPECT_EQ(base64url_of(""), "");
  EXPECT_EQ(base64url_of("f"), "Zg");
  EXPECT_EQ(base64url_of("fo"), "Zm8");
  EXPECT_EQ(base64url_of("foo"), "Zm9v");
  EXPECT_EQ(base64url_of("foob"), "Zm9vYg");
  EXPECT_EQ(base64url_of("fooba"), "Zm9vYmE");
  EXPECT_EQ(base64url_of("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64url_of("\xFB\xFF"), "-_8");
}

TEST(Base64url, reads_what_it_has_written) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(bytes_of_base64url(base64url_of(bytes)), bytes);
    bytes.push_back(static_cast<char>(i * 37));
  }
}

// A second way to write the same would make two cursors, or two keys, of one.
TEST(Base64url, refuses_every_other_way_to_write_the_same) {
  EXPECT_EQ(bytes_of_base64url("Zg"), "f");
  for (const auto* text : {"Zg==", "Zh", "Zm9", "Z", "Zm9vY", "Zm 9v", "Zm9v\n", "+/8", "Zm9v=", "Zg\x80g"}) {
    EXPECT_EQ(bytes_of_base64url(text), std::nullopt) << text;
  }
  EXPECT_EQ(bytes_of_base64url("Zm9v\0"s), std::nullopt);
}

TEST(Sha256, is_what_the_standard_gives_for_its_examples) {
  EXPECT_EQ(hex_of(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex_of(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace waybill::http
